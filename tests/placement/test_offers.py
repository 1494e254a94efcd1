"""The ledger proves what a catalogue strands, and a listed one that strands more is named."""

from __future__ import annotations

import pytest

from generator.catalog import Catalog
from generator.placement.engine import place
from generator.placement.offers import catalogued
from generator.placement.plan import Plan
from generator.placement.terms import Terms
from generator.quantity import GIB
from generator.sizing.demand import Sharing
from tests.placement.build import demand, host, need, sized

CATALOG = Catalog.builtin()


def plan(*sizes_gib: int, model: str = "nvidia-h100-pcie-80", mixed_size: bool = True) -> Plan:
    """The plan of two needs and a MIG instance under listed sizes."""
    demands = [
        demand("small", need(7)),
        demand("large", need(16)),
        demand("slice", need(4, Sharing.MIG)),
    ]
    terms = Terms(mixed_size=mixed_size, sizes_bytes=tuple(size * GIB for size in sizes_gib))
    hosts = [host("a", model=model, gpus=4)]
    return catalogued(place(sized(*demands), hosts, CATALOG, terms), CATALOG, terms)


def test_the_ledger_has_the_worst_case_of_each_mode() -> None:
    """With the number of states that prove it."""
    rules = {entry.name: entry.rule for entry in plan().ledger if entry.name.startswith("cat")}
    assert rules == {
        "catalogue {10,20}": "they halve the board; strands 0 of 80 GB in any order of "
        "arrival, proved by enumeration of 625 states, 16 of them full",
        "catalogue {1g.10gb}": "the smallest that are enough; strands 10 of 80 GB in any order "
        "of arrival (7 x nvidia_h100-1-10c), proved by enumeration of 128 states, 1 of them full",
    }


def test_the_plan_says_where_each_catalogue_stands() -> None:
    """Both time-sliced sizes share one GPU, the MIG instance has another."""
    found = {each.mode: (each.sizes, each.gpus, each.stranded_gb) for each in plan().catalogues}
    assert found == {"time-sliced": ("{10,20}", 1, 0), "mig": ("{1g.10gb}", 1, 10)}


def test_listed_sizes_that_strand_memory_are_found_with_the_aligned_ones() -> None:
    """8C leaves gaps of 4 GB beside 20C."""
    found = [finding for finding in plan(8, 20).findings if finding.rule == "MLG-P005"]
    assert [finding.path for finding in found] == ["resource_management.gpu.catalogue"]
    assert "the sizes {8,20} can strand 16 of 80 GB (8 x nvidia_h100-8c" in found[0].message
    assert found[0].mend == "list {10,20}, which strands 0 GB at worst, or auto"


@pytest.mark.parametrize("sizes", [(10, 20, 40, 80), (8,), (), (3, 7)], ids=str)
def test_other_lists_are_left_alone(sizes: tuple[int, ...]) -> None:
    """Aligned sizes, a single one, none, and sizes that the board does not have."""
    assert not [finding for finding in plan(*sizes).findings if finding.rule == "MLG-P005"]


def test_sizes_that_strand_no_more_than_they_must_are_left_alone() -> None:
    """94 GB cannot be halved: 11, 23 and 47 leave 6, and nothing that carries them leaves less."""
    found = plan(11, 23, 47, model="nvidia-h100-nvl-94").findings
    assert not [finding for finding in found if finding.rule == "MLG-P005"]


def test_nothing_strands_where_each_gpu_carries_one_size() -> None:
    """Without mixed-size mode."""
    found = plan(8, 20, mixed_size=False).findings
    assert not [finding for finding in found if finding.rule == "MLG-P005"]
