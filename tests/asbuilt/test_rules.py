"""Each rule of the first look: a vCenter that breaks it, and one that does not."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from generator.api import all_rules
from generator.asbuilt.rules import RULES
from generator.vcenter.snapshot import Seen, Unread
from tests.asbuilt.world import center, cluster, found, gpu, host, machine, only
from tests.vcenter.snapshots import seen

QUIET = (cluster(), center(), host("a"), gpu("a"), host("b"), gpu("b"))
"""A vCenter with which nothing is wrong."""
REST = (cluster(), center())
DRIVER = "package.NVD-AIE_ESXi"
SUPERVISOR = seen("supervisor", "sup", clusters=("gpu-a",))


class Case(NamedTuple):
    """Objects that break a rule, and what is said of them."""

    rule: str
    objects: tuple[Seen, ...]
    said: str


def spaces(*libraries: str) -> tuple[Seen, ...]:
    """A Supervisor with one namespace that has some libraries, and the library vkr."""
    return (
        SUPERVISOR,
        seen("namespace", "dev", content_libraries=libraries),
        seen("content-library", "vkr", type="SUBSCRIBED"),
    )


BAD = (
    Case("MLG-A001", (*REST, host("a", version="7.0.3"), gpu("a")), "over since 2025-10-02"),
    Case("MLG-A001", (*QUIET, machine("old", "a", hardware_version=19)), "virtual hardware vmx-19"),
    Case("MLG-A002", (*REST, host("a", version="12.0.0"), gpu("a")), "ESX 12.0.0 of a is not in"),
    Case("MLG-A002", (*QUIET, machine("new", "a", hardware_version=99)), "vmx-99"),
    Case(
        "MLG-A003",
        (*REST, host("a"), gpu("a"), host("b", version="8.0.2"), gpu("b")),
        "ESX 8.0.2, 8.0.3",
    ),
    Case(
        "MLG-A003",
        (*REST, host("a", **{DRIVER: "580.1"}), gpu("a"), host("b", **{DRIVER: "595.1"}), gpu("b")),
        "vGPU managers 19, 20",
    ),
    Case(
        "MLG-A004",
        (*REST, host("a", version="7.0.3", **{DRIVER: "595.1"}), gpu("a")),
        "vGPU manager 20 of a needs ESX 8.0 or later, and there is 7.0U3",
    ),
    Case("MLG-A010", (cluster(drs_enabled=False), *QUIET[1:]), "DRS of gpu-a is off"),
    Case("MLG-A010", (cluster(drs_automation="manual"), *QUIET[1:]), "DRS of gpu-a is manual"),
    Case(
        "MLG-A011",
        (cluster(), center(**{"setting.vgpu.hotmigrate.enabled": None}), *QUIET[2:]),
        "is not set",
    ),
    Case(
        "MLG-A012",
        (
            seen("cluster", "gpu-a", drs_enabled=True, drs_automation="fullyAutomated"),
            *QUIET[1:],
        ),
        "has no VgpuMMAutomationTimeoutSecs",
    ),
    Case(
        "MLG-A013",
        (cluster(**{"drs_option.PassthroughDrsAutomation": "1"}), *QUIET[1:]),
        "LBMaxVmotionPerHost is not set, VmDevicesStunTimeTolerated is not set",
    ),
    Case("MLG-A014", (cluster(ha_enabled=False), *QUIET[1:]), "HA of gpu-a is off"),
    Case("MLG-A014", (cluster(ha_admission_control=False), *QUIET[1:]), "beyond what it can start"),
    Case(
        "MLG-A020",
        (*REST, host("a"), gpu("a", vms=("v",)), machine("v", "a", "nvidia_h100-20c")),
        "1 of 1 VM(s) with GPUs in gpu-a would not start again",
    ),
    Case("MLG-A021", (*QUIET, host("c"), gpu("c", graphics_type="shared")), "80.0 GiB stranded"),
    Case("MLG-A022", (*QUIET, gpu("a", 1, "strange")), "a has Strange GPU"),
    Case(
        "MLG-A022",
        (*QUIET, gpu("a", 1, "l40s", vms=("q",)), machine("q", "a", "nvidia_l40s-8q")),
        "does not know nvidia_l40s-8q",
    ),
    Case(
        "MLG-A023",
        (
            *REST,
            host("a"),
            gpu("a", vms=("v",)),
            machine("v", "a", "nvidia_h100-20c"),
            seen("zone", "z1", clusters=("gpu-a",), **{"reserved.c": 4}),
            seen("vm-class", "c", vgpus=("nvidia_h100-20c",), vms=("v",), namespaces=("dev",)),
        ),
        "4 more nvidia_h100-20c are reserved in gpu-a, and 3 would start",
    ),
    Case(
        "MLG-A030",
        (*QUIET, machine("v", "a", "nvidia_h100-20c", power="poweredOff")),
        "ams1/vm/v is off and has nvidia_h100-20c; it would start today",
    ),
    Case(
        "MLG-A030",
        (*QUIET, machine("v", "a", "nvidia_l40s-8c", power="suspended")),
        "is suspended and has nvidia_l40s-8c; no room for nvidia_l40s-8c",
    ),
    Case(
        "MLG-A031",
        (*QUIET, seen("vm-class", "c", vgpus=("nvidia_h100-20c",), vms=(), namespaces=())),
        "the VM class c (nvidia_h100-20c) has no VM and no namespace",
    ),
    Case(
        "MLG-A032",
        (
            *REST,
            host("a", vgpu_types=("nvidia_h100-20c",)),
            gpu("a"),
            seen("vm-class", "c", vgpus=("nvidia_l40s-8c",), vms=("x",), namespaces=()),
        ),
        "no host offers nvidia_l40s-8c of the VM class c",
    ),
    Case("MLG-A033", (*QUIET, *spaces("other")), "no namespace has the content library vkr"),
)


def identity(case: Case) -> str:
    return f"{case.rule}-{case.said[:24]}"


@pytest.mark.parametrize("case", BAD, ids=identity)
def test_what_breaks_a_rule_is_found(case: Case) -> None:
    """F38: what is stale, and what contradicts the position on vGPU VMs (F16)."""
    messages = [one.message for one in found(case.rule, *case.objects)]
    assert [case.said in message for message in messages].count(True) == 1, messages


@pytest.mark.parametrize("case", BAD, ids=identity)
def test_nothing_is_found_without_a_way_to_mend_it(case: Case) -> None:
    assert all(one.mend and one.why and one.path for one in only(*case.objects).findings)


def test_a_vcenter_in_order_breaks_no_rule() -> None:
    assert only(*QUIET).findings == ()


@pytest.mark.parametrize(
    "more",
    [
        (machine("v", "a", "nvidia_h100-20c", hardware_version=21),),
        (machine("t", "a", template=True, power="poweredOff", hardware_version=13),),
        (seen("vm-class", "c", vgpus=("nvidia_h100-20c",), vms=(), namespaces=("dev",)),),
        (seen("vm-class", "small", vgpus=(), vms=(), namespaces=()),),
        spaces("vkr"),
        (seen("content-library", "vkr", type="LOCAL"),),
    ],
    ids=["new hardware", "template", "bound class", "class without a GPU", "used library",
         "no Supervisor"],
)  # fmt: skip
def test_what_is_in_order_is_not_told(more: tuple[Seen, ...]) -> None:
    world = (*REST, host("a"), gpu("a", vms=("v",)), host("b"), gpu("b"), *more)
    assert only(*world).findings == ()


def test_balancing_with_its_limits_is_in_order() -> None:
    options = {
        "drs_option.PassthroughDrsAutomation": "1",
        "drs_option.LBMaxVmotionPerHost": "1",
        "drs_option.VmDevicesStunTimeTolerated": "100",
    }
    assert only(cluster(**options), *QUIET[1:]).findings == ()


def test_a_name_in_a_command_stays_a_name() -> None:
    """Also behind quotes that PowerShell takes for its own."""
    name = "a'; Remove-VM *; \u2019"
    (one,) = found("MLG-A010", cluster(name, drs_enabled=False), host("a", cluster=name), gpu("a"))
    assert "-Cluster 'a''; Remove-VM *; \u2019\u2019' -DrsEnabled" in one.mend


def test_an_older_vcenter_does_not_heed_the_option_of_balancing() -> None:
    world = (cluster(**{"drs_option.PassthroughDrsAutomation": "1"}), *QUIET[1:])
    (one,) = found("MLG-A013", *world, version="8.0.1")
    assert "vcenter 8.0U2 or later is needed" in one.message


def test_directpath_alone_asks_for_no_vgpu_setting() -> None:
    given = gpu("a", passthrough=True, graphics_type="direct")
    world = (cluster(), center(**{"setting.vgpu.hotmigrate.enabled": None}), host("a"), given)
    assert found("MLG-A011", *world) == []


UNREAD = [
    Unread(kind="gpu", key="a", field="", reason="permission", detail="NoPermission"),
    Unread(kind="host", key="", field="package", reason="role", detail="role diff-host only"),
    Unread(kind="vm", key="", field="", reason="failed", detail="reset"),
]


@pytest.mark.parametrize("lost", UNREAD, ids=lambda one: one.reason)
def test_what_the_report_lacks_is_told_with_who_grants_it(lost: Unread) -> None:
    """F8, F38."""
    (one,) = found("MLG-A040", *QUIET, unread=(lost,))
    assert one.mend == only(*QUIET, unread=(lost,)).unread[0].mend or lost.reason == "role"


@pytest.mark.parametrize(
    ("kind", "field", "quiet"),
    [
        ("cluster", "drs_option", "MLG-A012"),
        ("vcenter", "setting.vgpu.hotmigrate.enabled", "MLG-A011"),
    ],
)
def test_what_was_not_read_is_not_called_unset(kind: str, field: str, quiet: str) -> None:
    bare = seen("cluster", "gpu-a", drs_enabled=True, drs_automation="fullyAutomated")
    world = (bare, seen("vcenter", ""), *QUIET[2:])
    lost = Unread(kind=kind, key="", field=field, reason="permission", detail="no")
    assert found(quiet, *world, unread=(lost,)) == []
    assert found(quiet, *world) != []


def test_every_rule_is_registered_and_broken_here() -> None:
    assert set(RULES) <= set(all_rules())
    assert {rule.id for rule in RULES} == {case.rule for case in BAD} | {"MLG-A040"}
