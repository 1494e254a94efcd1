"""Every call that a reading may make, and why. A call that is not here is never sent (F13)."""

from __future__ import annotations

import re

SOAP = {
    "RetrieveServiceContent": "which vCenter answers, before anybody logs in",
    "Login": "a session",
    "Logout": "ends the session",
    "CreateContainerView": "the objects of some types, whatever folder they lie in",
    "DestroyView": "gives the view back before the session ends",
    "RetrievePropertiesEx": "leaf properties of many objects at once",
    "ContinueRetrievePropertiesEx": "the next page of them",
    "CancelRetrievePropertiesEx": "gives the rest back where a reading ends early",
    "RetrieveAllPermissions": "who may do what where",
    "HasPrivilegeOnEntities": "whether the account may read what holds the objects",
    "QueryOptions": "single advanced settings of vCenter, by name",
    "CreateCollectorForEvents": "who changed an object",
    "SetCollectorPageSize": "bounds the events of one answer",
    "DestroyCollector": "gives the collector back",
    "DirectPathProfileManagerList": "DirectPath profiles, from version 9",
    "DirectPathProfileManagerQueryCapacity": "how many more of each a cluster would start",
    "PbmRetrieveServiceContent": "where the policy service keeps its managers",
    "PbmQueryProfile": "the ids of storage policies",
    "PbmRetrieveContent": "their rules",
    "PbmCheckCompatibility": "which datastores satisfy one",
}
"""SOAP methods by their names on the wire."""

HOST_SOAP = {
    "fetchSoftwarePackages": "the drivers of a host (Host.Config.Image)",
    "QueryConfiguredModuleOptionString": "options of its drivers (Host.Config.Settings)",
}
"""What only the role ``diff-host`` is sent for (F8)."""

_ID = "[^/?]+"
_MANAGED = "/api/vcenter/namespace-management"
_ZONED = "zone-associations/cluster"
_ATTACHED = "list-attached-objects-on-tags"
REST = tuple(
    (method, re.compile(pattern), why)
    for method, pattern, why in (
        ("POST", r"/api/session|/rest/com/vmware/cis/session", "a session"),
        ("DELETE", r"/api/session|/rest/com/vmware/cis/session", "ends the session"),
        ("GET", rf"/(api|rest/com/vmware)/cis/tagging/(category|tag)(/{_ID})?", "tags"),
        (
            "POST",
            r"/(api|rest/com/vmware)/cis/tagging/tag-association\?~?action=" + _ATTACHED,
            "what tags are attached to: a question that the API takes by POST",
        ),
        ("GET", rf"/(api|rest/com/vmware)/content/library(/{_ID})?", "content libraries"),
        ("GET", rf"{_MANAGED}/virtual-machine-classes", "VM classes"),
        ("GET", rf"/api/vcenter/namespaces/instances(/v2)?(/{_ID})?", "namespaces"),
        (
            "GET",
            rf"{_MANAGED}/(supervisors/summaries|clusters)",
            "Supervisors",
        ),
        ("GET", rf"{_MANAGED}/supervisors/{_ID}/topology", "their zones"),
        ("GET", rf"{_MANAGED}/supervisors/{_ID}/zones/bindings", "what their zones keep"),
        ("GET", rf"{_MANAGED}/software/clusters", "their versions"),
        ("GET", rf"{_MANAGED}/clusters/{_ID}", "their sizes"),
        (
            "GET",
            rf"/api/vcenter/consumption-domains/(zones(/cluster/{_ID}/associations)?|{_ZONED})",
            "zones and their clusters",
        ),
        ("GET", rf"/api/esx/settings/clusters/{_ID}/software", "the image of a cluster"),
    )
)
"""REST calls: method, path with query, and why."""

KUBERNETES = tuple(
    (re.compile(pattern), why)
    for pattern, why in (
        (r"/apis/(vmoperator\.vmware\.com|cluster\.x-k8s\.io)", "the versions that are served"),
        (r"/api/v1/namespaces\?.*", "namespaces"),
        (rf"/apis/vmoperator\.vmware\.com/{_ID}/virtualmachineclasses\?.*", "VM classes"),
        (rf"/apis/cluster\.x-k8s\.io/{_ID}/clusters\?.*", "VKS clusters"),
    )
)
"""What is asked of a Supervisor's Kubernetes, by GET alone: path with query, and why."""


class NotARead(Exception):
    """A defect of mlgen: something tried a call that is not among those that only read."""


def check_soap(method: str, *, host: bool = False) -> None:
    """Lets a SOAP method pass.

    Raises:
        NotARead: where it is not listed, or ``host`` is not granted and it needs that role.
    """
    if method not in SOAP and not (host and method in HOST_SOAP):
        raise NotARead(f"{method} is no call that a reading makes")


def check_rest(method: str, path: str) -> None:
    """Lets a REST call pass.

    Raises:
        NotARead: where it is not listed.
    """
    if not any(verb == method and known.fullmatch(path) for verb, known, _ in REST):
        raise NotARead(f"{method} {path} is no call that a reading makes")


def check_kubernetes(method: str, path: str) -> None:
    """Lets a call to Kubernetes pass.

    Raises:
        NotARead: where it is not listed.
    """
    if method != "GET" or not any(known.fullmatch(path) for known, _ in KUBERNETES):
        raise NotARead(f"{method} {path} is no call that a reading makes")
