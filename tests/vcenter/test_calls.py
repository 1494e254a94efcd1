"""Only what reads is ever sent (F13)."""

from __future__ import annotations

import re

import pytest
from pyVmomi import VmomiSupport

from generator.vcenter.calls import HOST_SOAP, REST, SOAP, NotARead, check_rest, check_soap

READS = re.compile(
    r"Retrieve|Continue|Query|Fetch|fetch|Pbm(Retrieve|Query|Check)|HasPrivilege"
    r"|DirectPathProfileManager(List|Query)"
)
CLOSES = {
    "Login", "Logout", "CreateContainerView", "DestroyView", "CancelRetrievePropertiesEx",
    "CreateCollectorForEvents", "SetCollectorPageSize", "DestroyCollector",
}  # fmt: skip
"""What is no question, but belongs to the session alone and ends with it."""


@pytest.mark.parametrize("name", [*SOAP, *HOST_SOAP])
def test_every_soap_method_reads_or_belongs_to_the_session(name: str) -> None:
    assert READS.match(name) or name in CLOSES


@pytest.mark.parametrize("name", ["ReconfigVM_Task", "Destroy_Task", "PbmUpdate", "UpdateOptions"])
def test_another_soap_method_is_not_sent(name: str) -> None:
    with pytest.raises(NotARead):
        check_soap(name, host=True)


@pytest.mark.parametrize("name", HOST_SOAP)
def test_what_needs_the_host_role_is_sent_for_it_only(name: str) -> None:
    check_soap(name, host=True)
    with pytest.raises(NotARead):
        check_soap(name)


def test_a_post_opens_a_session_or_asks() -> None:
    posts = [pattern.pattern for method, pattern, _ in REST if method == "POST"]
    assert len(posts) == 2
    assert "session" in posts[0]
    assert posts[1].endswith("list-attached-objects-on-tags")
    assert {method for method, _, _ in REST} == {"GET", "POST", "DELETE"}


def test_a_delete_ends_a_session_and_nothing_else() -> None:
    (pattern,) = (pattern for method, pattern, _ in REST if method == "DELETE")
    assert pattern.pattern == r"/api/session|/rest/com/vmware/cis/session"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", "/api/vcenter/namespaces/instances/ml"),
        ("DELETE", "/api/vcenter/namespaces/instances/ml"),
        ("POST", "/api/cis/tagging/tag"),
        ("POST", "/api/cis/tagging/tag-association/urn:1?action=attach"),
        ("GET", "/api/vcenter/vm/vm-1"),
        ("GET", "/api/cis/tagging/tag/../../../vcenter"),
        ("DELETE", "/api/session/other"),
    ],
)
def test_another_rest_call_is_not_sent(method: str, path: str) -> None:
    with pytest.raises(NotARead):
        check_rest(method, path)


def test_every_soap_method_exists() -> None:
    """By pyvmomi's own tables, so that no entry is a misspelling."""
    known = {
        info.wsdlName
        for name in (
            "ServiceInstance", "SessionManager", "ViewManager", "View", "PropertyCollector",
            "AuthorizationManager", "OptionManager", "EventManager", "HistoryCollector",
            "HostImageConfigManager", "HostKernelModuleSystem", "DirectPathProfileManager",
        )
        for info in VmomiSupport.GetWsdlType("urn:vim25", name)._GetMethodList()
    }  # fmt: skip
    assert {name for name in (*SOAP, *HOST_SOAP) if not name.startswith("Pbm")} <= known
