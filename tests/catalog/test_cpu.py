"""generator.catalog.cpu: the CPU rows."""

from __future__ import annotations

import re

import pytest

from generator.catalog import Catalog
from generator.catalog.cpu import Cpu

CATALOG = Catalog.builtin()
CPUS = [CATALOG.cpu(row_id) for row_id in CATALOG.ids("cpus")]


def test_there_are_ten_cpus() -> None:
    """Seven from Intel, three from AMD."""
    assert len(CPUS) == 10
    assert len(set(CPUS)) == 10


@pytest.mark.parametrize("cpu", CPUS, ids=lambda cpu: cpu.id)
def test_int8_doubles_bf16_and_amx_goes_with_its_rate(cpu: Cpu) -> None:
    """AMX does 1024 bf16 operations in a cycle; no AMD CPU has it, nor Intel's before 2023."""
    amx = "amx-bf16" in cpu.isa

    assert (cpu.int8_ops_per_cycle_per_core or 0) == 2 * (cpu.bf16_ops_per_cycle_per_core or 0)
    assert amx == (cpu.bf16_ops_per_cycle_per_core == 1024)
    assert amx == (cpu.vendor == "intel" and "Ice Lake" not in cpu.product)
    assert cpu.amx_clock_ghz is None


@pytest.mark.parametrize("cpu", CPUS, ids=lambda cpu: cpu.id)
def test_bandwidth_is_channels_times_speed_times_eight_bytes(cpu: Cpu) -> None:
    """Per socket, from the first memory speed that the row names."""
    speed = int(re.findall(r"DDR[45]-([0-9]+)", cpu.memory or "")[0])

    assert cpu.memory_bandwidth_bytes_per_s == (cpu.memory_channels or 0) * speed * 8 * 10**6
    assert cpu.sources["isa"]
