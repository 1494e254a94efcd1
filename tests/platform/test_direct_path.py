"""DirectPath profiles of the devices that our classes take (F30)."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from generator.catalog import Catalog
from generator.placement.engine import place
from generator.placement.hosts.stock import stock
from generator.placement.plan import Chosen, Plan
from generator.platform.build import desired_state
from generator.platform.direct_path import device_of
from generator.platform.objects import DirectPathProfile, PciDevice
from generator.sizing.engine import size
from generator.supply.model import SiteInventory
from tests import example
from tests.platform import test_machines as plain_vms
from tests.platform import test_shares as vcf9

MI300X = "amd-mi300x"


def with_version(version: str | None, facts: SiteInventory | None = None) -> SiteInventory:
    """The example's site whose vCenter states a version."""
    facts = facts or example.site()
    (vcenter,) = facts.vcenters
    return replace(facts, vcenters=(replace(vcenter, version=version),))


@cache
def plan() -> Plan:
    return example.planned()


def profiles(
    facts: SiteInventory | None = None, plan_: Plan | None = None
) -> tuple[DirectPathProfile, ...]:
    """Those of the example, of which the site states version 9.0."""
    facts = facts or with_version("9.0")
    found = desired_state(example.blueprint(), {"ams1": facts}, plan_ or plan(), Catalog.builtin())
    return found.vcenters[0].direct_path_profiles


def with_passthrough(chosen: Chosen) -> Chosen:
    """The demand with whole GPUs of a board that has no vGPU."""
    return replace(chosen, model=MI300X, profile="", passthrough=True, device_group="")


@cache
def with_whole_gpus() -> Plan:
    """The plan in which every GPU demand takes whole GPUs."""
    chosen = (with_passthrough(c) if c.demand.gpu else c for c in plan().chosen)
    return replace(plan(), chosen=tuple(chosen))


def test_f30_every_device_that_a_class_takes_has_one_profile() -> None:
    vcenter = desired_state(
        example.blueprint(), {"ams1": with_version("9.0")}, plan(), Catalog.builtin()
    ).vcenters[0]
    devices = [device_of(c) for c in vcenter.vm_classes if c.vgpus]
    assert sorted(p.device for p in vcenter.direct_path_profiles) == sorted(set(devices))
    taken = {name for p in vcenter.direct_path_profiles for name, _ in p.per_vm}
    assert taken == {c.name for c in vcenter.vm_classes if c.vgpus}


@pytest.mark.parametrize("version", [None, "8.0U3"])
def test_f30_below_9_there_are_none(version: str | None) -> None:
    """The blueprint targets 8.0U3."""
    assert profiles(with_version(version)) == ()


@pytest.mark.parametrize(("target", "count"), [("8.0U3", 0), ("9.0", 2), ("9.1", 2)])
def test_the_target_counts_where_the_site_states_no_version(target: str, count: int) -> None:
    (vcenter,) = vcf9.facts().vcenters
    unstated = replace(vcf9.facts(), vcenters=(replace(vcenter, version=None),))
    found = vcf9.state(vcenter=target, site=unstated).vcenters[0]
    assert len(found.direct_path_profiles) == count


def test_the_numbers_of_a_general_pattern_name_no_device() -> None:
    """They would move when a device is added, and profiles be renamed for nothing."""
    assert "{seq" in (example.site().naming.pattern or "")
    assert not any(p.name.startswith("ams1-") for p in profiles())


def test_the_names_say_board_and_size() -> None:
    assert [p.name for p in profiles()] == [
        "acme-ml-h100-2x80c",
        "acme-ml-h100-1-10c",
        "acme-ml-h100-10c",
        "acme-ml-h100-20c",
        "acme-ml-h100-4-40c",
        "acme-ml-h100-40c",
    ]


def test_one_vm_takes_a_device_group_once() -> None:
    (pair,) = (p for p in profiles() if p.device_group)
    assert (pair.vgpu, [count for _, count in pair.per_vm]) == ("", [1])


def test_a_whole_gpu_is_known_by_its_ids_and_a_vm_takes_as_many_as_it_has() -> None:
    (only,) = profiles(plan_=with_whole_gpus())
    assert only.device == "1002:74a1|1002:74b5"
    assert only.name == "acme-ml-mi300x-dp"
    gpus = {c.demand.gpu.gpus for c in with_whole_gpus().chosen if c.demand.gpu}
    assert {count for _, count in only.per_vm} == gpus


def test_the_order_of_ids_makes_no_other_device() -> None:
    ids = ((0x1002, 0x74B5), (0x1002, 0x74A1))
    one, other = (
        DirectPathProfile(name="n", description="d", pci_device=PciDevice(allowed=some, label="l"))
        for some in (ids, ids[::-1])
    )
    assert one.device == other.device == "1002:74a1|1002:74b5@l"


def test_a_plain_vm_takes_a_gpu_by_its_address_and_has_no_profile() -> None:
    facts = with_version("9.1", plain_vms.site())
    assert plain_vms.desired(facts=facts).vcenters[0].direct_path_profiles == ()


def test_f17_the_site_names_them_by_its_own_pattern() -> None:
    facts = with_version("9.0")
    naming = replace(facts.naming, per_kind={"direct_path_profile": "gpu-{profile}"})
    names = [p.name for p in profiles(replace(facts, naming=naming))]
    assert names[:2] == ["gpu-2x80c", "gpu-1-10c"]


def test_a_pattern_that_tells_nothing_apart_gives_no_name_twice() -> None:
    facts = with_version("9.0")
    naming = replace(facts.naming, per_kind={"direct_path_profile": "{platform}"})
    names = [p.name for p in profiles(replace(facts, naming=naming))]
    assert names[0] == "acme-ml"
    assert len(set(names)) == len(names)


def test_f1_the_description_starts_with_the_mark_and_fits_what_vcenter_takes() -> None:
    for profile in profiles():
        mark, _, what = profile.description.partition(" ")
        assert mark == f"mlgen:acme-ml/direct-path-profile/{profile.name}"
        assert profile.device in what
        assert len(profile.description) < 256


def test_sized_again_the_names_stay() -> None:
    """A class's name carries its revision; a profile's is only of its device."""
    again = place(
        size(example.blueprint(), Catalog.builtin()),
        stock({"ams1": example.site()}),
        Catalog.builtin(),
    )
    larger = tuple(
        replace(c, demand=replace(c.demand, vcpus=c.demand.vcpus + 2)) for c in again.chosen
    )
    assert [p.name for p in profiles(plan_=replace(again, chosen=larger))] == [
        p.name for p in profiles()
    ]
