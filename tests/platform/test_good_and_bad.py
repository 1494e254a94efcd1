"""Every rule about desired states has a state that breaks it alone, and one that breaks none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from generator.platform.objects import (
    Adoption,
    DesiredState,
    Fabric,
    Machine,
    Manage,
    OpenQuestion,
    StoragePolicy,
)
from generator.platform.rules import RULES, judge
from tests.platform.test_rules import NAMESPACE, state

IDS = tuple(sorted(rule.id for rule in RULES))
States = tuple[DesiredState, ...]

POLICY = StoragePolicy(
    name="p-gold",
    manage=Manage.CREATE,
    description="",
    storage_class="p-gold",
    tag_category="ml-tier",
    tag="gold",
    datastores=("san-1",),
    untagged=(),
)
ADOPTION = Adoption(of="folder", name="old", within="", datacenter="dc", id="group-v1")
QUESTION = OpenQuestion(
    subject="site here: supervisors", question="Which?", owner="vi", why="why", blocks=("x",)
)
MACHINE = Machine(
    name="p-dev-a-0",
    key="a-0",
    demand="a",
    folder="p/dev/a",
    datacenter="dc",
    cluster="gpu",
    pool="p-dev",
    datastore="ds",
    network="net",
    template="ubuntu",
    vcpus=4,
    memory_mib=8192,
    reserved=True,
    hardware_version=21,
    mmio_gib=0,
    host="",
    pci_devices=(),
    vgpus=(),
    restart_priority="",
)


def encrypted(above: str, below: str, reason: str = "") -> States:
    """A platform whose tier asks for one encryption on a datastore that has another."""
    policy = replace(POLICY, encryption=above, encrypted_below=below, reason=reason)
    return (state("p", storage_policies=(policy,)),)


def fabric(*machines: Machine) -> States:
    """A platform with plain VMs."""
    held = Fabric(
        environment="dev",
        folders=(),
        pools=(),
        machines=machines,
        anti_affinities=(),
        keep_offs=(),
    )
    return (state("p", fabrics=(held,)),)


OTHER = {
    "tag_categories": (),
    "folders": (),
    "namespaces": (replace(NAMESPACE, name="q-dev-a"),),
}

CASES: Mapping[str, tuple[States, States]] = {
    "MLG-D001": ((state("p"), state("q")), (state("p"), state("q", **OTHER))),
    "MLG-D002": (
        (state("p", namespaces=(replace(NAMESPACE, name="x" * 64),)),),
        (state("p", namespaces=(replace(NAMESPACE, name="x" * 63),)),),
    ),
    "MLG-D003": (
        (state("p", namespaces=(NAMESPACE, replace(NAMESPACE, team="b"))),),
        (state("p", namespaces=(NAMESPACE, replace(NAMESPACE, name="p-dev-b"))),),
    ),
    "MLG-D004": ((replace(state("p"), questions=(QUESTION,)),), (state("p"),)),
    "MLG-D010": (fabric(replace(MACHINE, vgpus=("nvidia_l4-24c",))), fabric(MACHINE)),
    "MLG-D060": (
        (state("p", unadopted=(ADOPTION,)),),
        (state("p", adoptions=(ADOPTION,)),),
    ),
    "MLG-D050": (encrypted("vm", "array"), encrypted("vm", "array", reason="two key holders")),
    "MLG-D051": (encrypted("array", "none"), encrypted("array", "array")),
}
"""By rule: states that break it and no other, and states that break none."""


def test_every_rule_has_its_states() -> None:
    """A new rule of the desired state gets a line in CASES."""
    assert tuple(sorted(CASES)) == IDS


@pytest.mark.parametrize("rule", IDS)
def test_the_bad_states_break_this_rule_and_no_other(rule: str) -> None:
    bad, _ = CASES[rule]
    assert {finding.rule for finding in judge(bad)} == {rule}


@pytest.mark.parametrize("rule", IDS)
def test_the_good_states_break_no_rule(rule: str) -> None:
    _, good = CASES[rule]
    assert list(judge(good)) == []


@pytest.mark.parametrize("rule", IDS)
def test_each_finding_says_what_where_why_and_how_to_mend(rule: str) -> None:
    bad, _ = CASES[rule]
    for finding in judge(bad):
        assert finding.message
        assert finding.path
        assert finding.why
        assert finding.mend


@pytest.mark.parametrize(
    ("above", "below", "reason", "rules"),
    [
        ("vm", "vsan", "", ["MLG-D050"]),
        ("vsan", "array", "", ["MLG-D050"]),
        ("array", "array", "", []),
        ("none", "array", "", []),
        ("vm", "none", "", []),
        ("vm", "", "", []),
        ("vsan", "none", "", ["MLG-D051"]),
        ("vsan", "none", "a reason is no encryption", ["MLG-D051"]),
        ("vsan", "", "", []),
    ],
)
def test_f24_encryption_is_where_it_is_promised_and_there_once(
    above: str, below: str, reason: str, rules: list[str]
) -> None:
    assert [finding.rule for finding in judge(encrypted(above, below, reason))] == rules
