"""A host keeps memory for each VM beside the VM's own."""

from __future__ import annotations

import pytest

from generator.catalog import Catalog
from generator.placement.engine import place
from generator.placement.hosts.overhead import overhead_bytes, overhead_entry, window_gib
from generator.quantity import GIB, MIB
from generator.sizing.demand import Demand
from tests.placement.build import H100, demand, host, need, sized

CATALOG = Catalog.builtin()
BOARD = CATALOG.accelerator(H100)


def test_a_vm_without_a_gpu_has_no_mmio_window() -> None:
    # 14.4 + 4 x 4 vCPUs + 7.5 x 32 GiB
    assert overhead_bytes(demand("d"), None) == pytest.approx(270.4 * MIB, abs=MIB)


def test_a_window_costs_what_was_read_for_512_gib() -> None:
    with_gpu = overhead_bytes(demand("d", need(16)), BOARD) - overhead_bytes(demand("d"), None)
    assert with_gpu == pytest.approx(97 * MIB, abs=MIB)


@pytest.mark.parametrize(("gpus", "gib"), [(1, 512), (2, 512), (4, 1024), (8, 2048)])
def test_the_window_is_at_least_what_the_vm_service_gives(gpus: int, gib: int) -> None:
    assert window_gib(demand("d", need(16, gpus=gpus)), BOARD) == gib


@pytest.mark.parametrize("made", [demand("d"), demand("d", need(16))], ids=["cpu", "gpu"])
def test_every_demand_has_its_overhead_in_the_ledger(made: Demand) -> None:
    plan = place(sized(made), [host("a")], CATALOG)
    (entry,) = [entry for entry in plan.ledger if entry.name == "VM overhead"]
    assert entry == overhead_entry(made, BOARD if made.gpu else None)


def test_a_host_with_exactly_a_vms_memory_does_not_carry_it() -> None:
    made = demand("d", memory_bytes=32 * GIB)
    exact = host("a", free_memory_bytes=32 * GIB)
    roomy = host("a", free_memory_bytes=32 * GIB + overhead_bytes(made, None))
    assert not place(sized(made), [exact], CATALOG).placed
    assert place(sized(made), [roomy], CATALOG).fits
