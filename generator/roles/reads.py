"""The registry of reads: every call by which ``diff`` looks at a vCenter, by kind and field.

What reads a live vCenter must make no call that is not here: ``registered_method``,
``registered_property`` and ``registered_request`` say whether one is. The roles of ``diff`` and
``diff-host`` are derived from this table and nothing else (F8).
"""

from __future__ import annotations

from functools import cache

from generator.catalog.privileges import Call, call, property_call, request_call
from generator.roles.model import Read
from generator.roles.reads_rest import REST_READS
from generator.roles.reads_soap import SOAP_READS

SESSION = (
    "Login", "Logout", "RetrieveServiceContent", "CurrentTime", "ServiceInstance.content",
    "CreateContainerView", "DestroyView", "ContainerView.view", "CreateFilter",
    "DestroyPropertyFilter", "CreatePropertyCollector", "DestroyPropertyCollector",
    "RetrieveProperties", "RetrievePropertiesEx", "ContinueRetrievePropertiesEx",
    "CancelRetrievePropertiesEx", "WaitForUpdatesEx", "CancelWaitForUpdates",
    "SessionManager.currentSession", "FindByInventoryPath", "FindByUuid",
    "POST /api/session", "GET /api/session", "DELETE /api/session",
    "POST /rest/com/vmware/cis/session", "DELETE /rest/com/vmware/cis/session",
    "POST /rest/com/vmware/cis/session?~action=get",
)  # fmt: skip
"""What opens and closes sessions, views and filters; F13 allows these and no other change."""

SESSION_LIST = Read(
    kind="session", fields="who is logged in", calls=("SessionManager.sessionList",)
)
"""Only where somebody asks for it: its privilege also ends the sessions of others."""

READS = (*SOAP_READS, *REST_READS)
"""Every read, by kind."""


@cache
def _registered() -> frozenset[str]:
    return frozenset(
        (*SESSION, *SESSION_LIST.calls, *(name for read in READS for name in read.calls))
    )


def registered_method(method: str) -> bool:
    """Whether a SOAP method, by its name on the wire, is in the registry."""
    return method in _registered()


def registered_property(path: str) -> bool:
    """Whether a property (``HostSystem.config.graphicsInfo``) is; ``Fetch`` reads one of these."""
    return _known(property_call(path))


def registered_request(request: str) -> bool:
    """Whether a REST request (``GET /api/vcenter/namespaces/instances/x``) is."""
    return _known(request_call(request))


def _known(found: Call | None) -> bool:
    return found is not None and found.name in _registered()


def needs(read: Read) -> tuple[str, ...]:
    """The privileges that a read needs, sorted."""
    found = (call(name) for name in read.calls)
    return tuple(sorted({p for each in found if each is not None for p in each.privileges}))
