"""CPUs: what inference without a GPU is computed from."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from generator.catalog.row import Row


class Cpu(NamedTuple):
    """One CPU model, per socket; a multiply-add counts as two operations.

    ``isa`` names the vector and matrix extensions that matter (``amx-bf16``, ``avx512-vnni``).
    None means: not found.
    """

    id: str
    vendor: str
    product: str
    cores: int
    isa: tuple[str, ...]
    bf16_ops_per_cycle_per_core: int | None
    int8_ops_per_cycle_per_core: int | None
    amx_clock_ghz: float | None
    base_clock_ghz: float | None
    boost_clock_ghz: float | None
    memory_channels: int | None
    memory: str | None
    memory_bandwidth_bytes_per_s: int
    tdp_w: float | None
    sources: Mapping[str, tuple[str, ...]]
    unverified: tuple[str, ...]
    notes: tuple[str, ...]

    def __hash__(self) -> int:
        return hash(self.id)


def read_cpu(row: Row) -> Cpu:
    """A CPU from its row."""
    cpu = Cpu(
        id=row.text("id"),
        vendor=row.text("vendor"),
        product=row.text("product"),
        cores=row.whole("cores", 1),
        isa=row.texts("isa"),
        bf16_ops_per_cycle_per_core=row.whole_or_none("bf16_ops_per_cycle_per_core"),
        int8_ops_per_cycle_per_core=row.whole_or_none("int8_ops_per_cycle_per_core"),
        amx_clock_ghz=row.number_or_none("amx_clock_ghz"),
        base_clock_ghz=row.number_or_none("base_clock_ghz"),
        boost_clock_ghz=row.number_or_none("boost_clock_ghz"),
        memory_channels=row.whole_or_none("memory_channels"),
        memory=row.text_or_none("memory"),
        memory_bandwidth_bytes_per_s=round(row.number("memory_bandwidth_gb_per_s") * 10**9),
        tdp_w=row.number_or_none("tdp_w"),
        sources=MappingProxyType(row.citations()),
        unverified=row.texts("unverified"),
        notes=row.texts("notes"),
    )
    row.done()
    return cpu
