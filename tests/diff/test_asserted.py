"""Every kind of record of the desired state is seen in a vCenter, or says why it is not."""

from __future__ import annotations

from dataclasses import fields
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest

from generator.diff.asserted import LEFT_OUT, PROJECTORS, WITHIN, Asserted
from generator.diff.asserted.ground import Ground
from generator.diff.asserted.record import merged
from generator.diff.asserted.settings import UNSEEN, host_setting
from generator.diff.asserted.site import SECTIONS, UNSTATED
from generator.diff.fields import ORDER, leaf_of
from generator.platform import objects
from generator.platform.gpu_settings import RECIPES
from generator.platform.objects import DesiredState, Fabric, Vcenter
from generator.record import Record, altered
from generator.supply.model import SiteInventory
from tests.diff import worlds
from tests.diff.worlds import ACME, FILES, PLAIN, wanted


def reached(kind: Any, found: set[type[Record]]) -> set[type[Record]]:
    """The records in a type and in the types of its fields."""
    if get_origin(kind) in (tuple, Union, UnionType):
        for inside in get_args(kind):
            reached(inside, found)
    elif isinstance(kind, type) and issubclass(kind, Record) and kind not in found:
        found.add(kind)
        for hint in get_type_hints(kind).values():
            reached(hint, found)
    return found


def test_every_kind_of_the_desired_state_is_projected_or_says_why_not() -> None:
    """A kind that somebody adds to the state fails here until diff knows it."""
    kinds = reached(DesiredState, set()) - {DesiredState, Vcenter}
    assert kinds == {*PROJECTORS, *WITHIN, *LEFT_OUT}
    assert all(LEFT_OUT.values())
    assert {*WITHIN.values()} <= {*PROJECTORS}


def test_every_exported_record_is_reached() -> None:
    """Nothing of the platform's objects is left beside the state."""
    public = {getattr(objects, name) for name in objects.__all__}
    records = {one for one in public if isinstance(one, type) and issubclass(one, Record)}
    assert records - reached(DesiredState, set()) == set()


def test_every_section_of_an_inventory_is_asserted_or_says_why_not() -> None:
    """Supply drifts too."""
    assert {one.name for one in fields(SiteInventory)} == {*SECTIONS, *UNSTATED}


@pytest.mark.parametrize("name", FILES)
def test_only_known_kinds_and_leaves_are_asserted(name: str) -> None:
    """The words of ``kinds``."""
    unknown = [
        (one.kind, field)
        for one in wanted(name)
        for field in one.fields
        if one.kind not in ORDER or leaf_of(one.kind, field) is None
    ]
    assert unknown == []


@pytest.mark.parametrize("name", FILES)
def test_everything_asserted_has_a_mend(name: str) -> None:
    """Of the whole, or of each of its fields."""
    assert [one.key for one in wanted(name) if "" not in one.mends and not one.fields] == []
    lacking = [
        (one.kind, one.key, field)
        for one in wanted(name)
        for field in one.fields
        if field not in one.mends and "" not in one.mends
    ]
    assert lacking == []


def test_identities_are_unique() -> None:
    """Several parts of a plan say something of one object, once."""
    identities = [one.identity for one in wanted()]
    assert len(identities) == len(set(identities))


def test_every_setting_is_projected_or_says_why_it_cannot_be_seen() -> None:
    """Each recipe of the GPU layer, with a value of its own form."""
    its = worlds.sides()
    ground_of = {v.name: v for v in its.desired.vcenters}
    vcenter = ground_of["vc-ams1"]
    ground = Ground("acme-ml", vcenter, "out")
    setting = vcenter.host_settings[3]
    silent = {
        name
        for name in RECIPES
        if not list(host_setting(ground, altered(setting, setting=name, value="1", actor="script")))
    }
    assert silent == {name for name in UNSEEN if name in RECIPES}


@pytest.mark.parametrize("name", FILES)
def test_no_setting_of_a_plan_is_passed_over(name: str) -> None:
    """It is projected, or its reason is stated; what is only proposed is nobody's yet."""
    for vcenter in worlds.sides(name).desired.vcenters:
        ground = Ground("x", vcenter, "out")
        silent = {
            it.setting
            for it in vcenter.host_settings
            if it.actor != "proposed"
            and it.setting not in UNSEEN
            and (it.setting, it.value) != ("nvidia.mig-mode", "0")
            and not list(host_setting(ground, it))
        }
        assert silent == set()


def test_what_is_only_proposed_is_nobodys_yet() -> None:
    """F5: nothing of a shared cluster is drift before its owners agree."""
    vcenter = worlds.sides().desired.vcenters[0]
    ground = Ground("acme-ml", vcenter, "out")
    proposed = [altered(one, actor="proposed") for one in vcenter.host_settings]
    assert [made for one in proposed for made in host_setting(ground, one)] == []


def test_supply_is_asserted_as_the_site_states_it() -> None:
    """F5: model, place and count of GPUs, and the cluster as it stands."""
    gpus = [one for one in wanted() if one.kind == "gpu"]
    assert len(gpus) == 8
    assert {one.fields["device_id"] for one in gpus} == {("2331",)}
    (cluster,) = (one for one in wanted() if one.kind == "cluster")
    assert {"drs_enabled", "ha_host_failures"} <= cluster.facts
    assert "drs_option.PassthroughDrsAutomation" not in cluster.facts


def test_ownership_is_a_word_on_every_object() -> None:
    """F1: what is looked up is never ours."""
    owners = {(one.kind, one.owner) for one in wanted()}
    assert ("datacenter", "reference") in owners
    assert ("vm-class", "create") in owners
    assert ("host", "create") not in owners


def test_a_plain_world_asserts_its_machines() -> None:
    """VMs with pools, rights, overrides and rules."""
    kinds = {one.kind for one in wanted(PLAIN)}
    assert {"vm", "resource-pool", "permission", "role", "folder"} <= kinds
    assert any(
        isinstance(f, Fabric) for v in worlds.sides(PLAIN).desired.vcenters for f in v.fabrics
    )


def test_sets_join_and_the_plan_speaks_before_the_site() -> None:
    """Of one field two parties may say different things."""
    fact = Asserted(kind="gpu", key="h/0", vcenter="v", owner="reference",
                    fields={"vgpu_mode": "sameSize", "tags": ("a/b",)},
                    facts=frozenset(("vgpu_mode", "tags")), known=True)  # fmt: skip
    plan = Asserted(kind="gpu", key="h/0", vcenter="v", owner="create",
                    fields={"vgpu_mode": "mixedSize", "tags": ("c/d",)})  # fmt: skip
    (one,) = merged([fact, plan])
    assert one.fields == {"vgpu_mode": "mixedSize", "tags": ("a/b", "c/d")}
    assert (one.owner, one.facts, one.known) == ("create", frozenset(), False)
    (other,) = merged([plan, fact])
    assert other.fields["vgpu_mode"] == "mixedSize"


@pytest.mark.parametrize(
    ("kind", "starts"),
    [
        ("tag", "terraform -chdir=out/x/vc-ams1/10-foundation apply -target=vsphere_tag."),
        ("namespace", "terraform -chdir=out/x/vc-ams1/30-dev-namespaces apply -target="),
        ("vks-cluster", "kubectl -n acme-ml-dev-ml-eng apply -f out/x/dev/tanzu/"),
    ],
)
def test_mends_name_the_target(kind: str, starts: str) -> None:
    """The Terraform address, or the manifest."""
    one = next(o for o in wanted(ACME) if o.kind == kind and o.owner == "create")
    assert one.mends[""].command.startswith(starts)


def test_every_terraform_target_is_one_that_the_roots_manage() -> None:
    """The manifest lists the addresses that are really rendered."""
    import json

    managed = json.loads((worlds.golden() / "manifest.json").read_text("utf-8"))["terraform"]
    known = {f"{root}#{address}" for root, some in managed.items() for address in some}
    targets = {
        f"{command.split('out/x/')[1].split(' ')[0]}#{command.split('-target=')[1]}"
        for one in wanted(ACME)
        for mend in one.mends.values()
        if mend.by == "terraform"
        for command in [mend.command]
    }
    assert targets
    assert targets <= known
