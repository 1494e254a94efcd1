"""Each placement has the lever that makes it true, and a grade that follows from it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.catalog import Catalog
from generator.placement.engine import place
from generator.placement.hosts.stock import Host
from generator.placement.plan import Grade, Placed, Plan
from generator.placement.rules import NoHope
from generator.placement.terms import Terms, terms_of
from generator.sizing.demand import Demand, RunWindow, Sharing
from tests.example import blueprint, planned
from tests.placement.build import demand, host, need, sized

CATALOG = Catalog.builtin()
PAIR = need(0, Sharing.NONE, gpus=2, nvlink=True)


def plan(*demands: Demand, hosts: list[Host], **terms: object) -> Plan:
    """The plan for some demands."""
    return place(sized(*demands), hosts, CATALOG, replace(Terms(mixed_size=False), **terms))  # type: ignore[arg-type]


def first(found: Plan, name: str = "d") -> Placed:
    """The first VM of a demand."""
    return next(spot for spot in found.placed if spot.demand == name)


def test_one_size_in_the_pool() -> None:
    spot = first(plan(demand("d", need(9), count=8), hosts=[host("a", gpus=1)]))
    assert spot.lever == "same-size mode, and one time-sliced size bound in z1"
    assert spot.grade is Grade.ENFORCED


def test_mixed_size_mode() -> None:
    """Of two places of 40, one of 40 and one of 20 leave none for sure in the other order."""
    both = demand("d", need(16), count=1), demand("e", need(30), permanent=True)
    found = plan(*both, hosts=[host("a", gpus=1)], mixed_size=True)
    assert "mixed-size mode on every time-sliced GPU in z1" in first(found).lever
    assert first(found).grade is Grade.ENFORCED
    assert first(found, "e").grade is Grade.ENFORCED


def test_mig_mode_keeps_time_sliced_classes_away() -> None:
    """Whatever comes to the other GPU."""
    found = plan(
        demand("d", need(30, Sharing.MIG)), demand("e", need(9), count=8), hosts=[host("a")]
    )
    assert first(found).lever == "MIG mode on the GPU admits MIG classes only, bound in z1"
    assert first(found).grade is Grade.ENFORCED
    assert first(found, "e").grade is Grade.ENFORCED


def test_a_pool_powered_on_first() -> None:
    others = demand("e", need(9), count=2)
    found = plan(demand("d", PAIR, permanent=True), others, hosts=[host("a"), host("b")])
    assert first(found).lever.startswith("a fixed pool, powered on before any fraction; device")
    assert first(found).grade is Grade.BY_POWER_ON_ORDER


def test_a_zone_of_its_own() -> None:
    """What is bound in another zone never comes."""
    far = host("b", zone="z2", cluster="c2")
    only = demand("e", need(9), count=8)
    found = plan(demand("d", PAIR), only, hosts=[host("a"), far])
    assert {spot.host for spot in found.placed if spot.demand == "e"} == {"b"}
    assert first(found).lever == "device group of 2 whole GPUs in z1"
    assert first(found).grade is Grade.ENFORCED


def test_reservations_of_the_zone_where_the_version_has_them() -> None:
    others = demand("e", need(9), count=2)
    both = demand("d", PAIR), others
    hosts = [host("a"), host("b")]
    assert first(plan(*both, hosts=hosts)).grade is Grade.HOPE
    spot = first(plan(*both, hosts=hosts, reservations=True))
    assert spot.lever.startswith("zone vm_reservations: 1 of the class, with disallow_unreserved")
    assert spot.grade is Grade.ENFORCED


HOUR_S = 3600


def at(hour: int, hours: int) -> tuple[RunWindow, ...]:
    """Some hours of Monday."""
    return (RunWindow(start_s=hour * HOUR_S, duration_s=hours * HOUR_S),)


def shift(name: str, hour: int, count: int, gib: float) -> Demand:
    """VMs with vGPUs that run for four hours from then on."""
    return demand(name, need(gib), count=count, windows=at(hour, 4))


def test_f30_what_takes_turns_on_a_gpu_is_reserved_for_nobody() -> None:
    """A reservation holds all week, and what fills both GPUs at night leaves none for the day."""
    turns = shift("d", 0, 2, 30), shift("e", 0, 2, 9), shift("f", 8, 16, 9)
    found = plan(*turns, hosts=[host("a", gpus=2)], reservations=True)
    assert not [spot for spot in found.placed if spot.reserved]
    assert first(found).grade is Grade.HOPE
    assert "no reservation, as it would hold all week" in first(found).lever


def test_f30_shifts_that_fit_side_by_side_are_reserved() -> None:
    """With a GPU for each of them nothing has to take turns."""
    turns = shift("d", 0, 2, 30), shift("e", 0, 4, 9), shift("f", 8, 8, 9)
    found = plan(*turns, hosts=[host("a", gpus=2), host("b", gpus=2)], reservations=True)
    assert first(found).reserved
    assert {spot.grade for spot in found.placed} == {Grade.ENFORCED}


@pytest.mark.parametrize(
    ("vcenter", "served"), [("9.0", True), ("9.1", True), ("8.0U3", False), (None, False)]
)
def test_only_a_stated_version_9_reserves(vcenter: str | None, served: bool) -> None:
    platform = blueprint().platform
    targets = replace(platform.targets, vcenter=vcenter)
    stated = replace(blueprint(), platform=replace(platform, targets=targets))
    assert terms_of(stated, CATALOG).reservations is served


def test_a_vm_without_a_gpu() -> None:
    """Guaranteed ones must find their reservation, the others reserve nothing."""
    small = host("a", gpus=0, free_cores=8, numa_cores=4)
    firm = demand("d", environment="prod", permanent=True, count=2)
    found = plan(firm, demand("e"), hosts=[small, replace(small, name="b")])
    assert first(found).lever.startswith("VM class without a GPU")
    assert first(found, "e").lever.startswith("VM class that reserves nothing")
    tight = plan(replace(firm, count=4, minimum=4), hosts=[small, replace(small, name="b")])
    assert first(tight).grade is Grade.ENFORCED
    split = replace(small, free_cores=6)
    mixed = replace(firm, name="f", vcpus=2, count=2, minimum=2)
    full = plan(firm, mixed, hosts=[split, replace(split, name="b")])
    assert first(full).lever.startswith("DRS fully automated")
    assert first(full).grade is Grade.BY_POWER_ON_ORDER


OTHERS = demand("e", need(9), count=2)


@pytest.mark.parametrize(
    ("mine", "mixed", "mend"),
    [
        (demand("d", PAIR), False, "state persistence: permanent"),
        (
            demand("d", need(9), environment="prod", permanent=True, count=8),
            True,
            "set every time-sliced nvidia-h100-pcie-80 of z1 to mixed-size mode",
        ),
    ],
)
def test_hope_is_an_error_with_the_cheapest_lever(mine: Demand, mixed: bool, mend: str) -> None:
    rival = demand("e", need(34), count=2, permanent=True) if mixed else OTHERS
    hosts = [host("a")] if mixed else [host("a"), host("b")]
    found = plan(mine, rival, hosts=hosts, mixed_size=mixed, isolation="none")
    breach = next(f for f in found.findings if f.rule == NoHope.id)
    assert breach.mend.startswith(mend)


def test_the_last_offer_is_hosts_of_its_own() -> None:
    """A permanent demand whose equals may take its places before it."""
    ones = demand("d", need(4, Sharing.MIG), environment="prod", permanent=True, count=2)
    half = demand("h", need(30, Sharing.MIG), environment="dev", permanent=True)
    two = demand("t", need(16, Sharing.MIG), environment="dev", permanent=True)
    a100 = host("a", gpus=1, model="nvidia-a100-pcie-80", nvlink="")
    found = plan(ones, half, two, hosts=[a100], isolation="none")
    breach = next(f for f in found.findings if f.rule == NoHope.id)
    assert breach.mend == "give a a zone or cluster of its own, bound to its class only"


def test_what_was_offered_holds() -> None:
    """The demand that becomes permanent is no longer left to hope."""
    hosts = [host("a"), host("b")]
    assert plan(demand("d", PAIR), OTHERS, hosts=hosts).findings
    assert not plan(demand("d", PAIR, permanent=True), OTHERS, hosts=hosts).findings


def test_dev_may_hope() -> None:
    """Only production and NVLink must not."""
    found = plan(demand("d", need(30), count=2), OTHERS, hosts=[host("a")])
    assert first(found).grade is Grade.HOPE
    assert first(found).lever.startswith("nothing: 0 of 2 start in any order")
    assert not [f for f in found.findings if f.rule == NoHope.id]


def test_the_example_leaves_neither_production_nor_nvlink_to_hope() -> None:
    shipped = planned()
    linked = {c.demand.name for c in shipped.chosen if c.demand.gpu and c.demand.gpu.nvlink}
    hoping = {s.demand for s in shipped.placed if s.grade is Grade.HOPE}
    firm = {s.demand for s in shipped.placed if s.environment == "prod"} | linked
    assert "vision-cnn" in firm
    assert hoping & firm == set()


def test_linked_gpus_by_their_ids_are_offered_a_device_group() -> None:
    """With DirectPath the host takes any free devices; as vGPUs it knows which are linked."""
    ids = demand("d", replace(PAIR, passthrough=True))
    found = plan(ids, hosts=[host("a", gpus=4)])
    breach = next(f for f in found.findings if f.rule == NoHope.id)
    assert breach.mend.startswith("take full-size vGPUs")
    assert first(plan(demand("d", PAIR), hosts=[host("a", gpus=4)])).grade is Grade.ENFORCED
