"""Printed units in the engine's base units: bytes, seconds, bytes per second, plain counts."""

from __future__ import annotations

from generator.quantity import GIB, MIB

IN_BASE: dict[str, float] = {
    # sizes; "GB (as printed)" leaves open which is meant, and its rows' tolerances cover both
    "B": 1, "byte": 1, "bytes": 1, "KiB": 1024, "MiB": MIB, "GiB": GIB, "TiB": 1024 * GIB,
    "GiB-ish": GIB,
    "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "PB": 1e15,
    # rates
    "MiB/s": MIB, "GiB/s": GIB, "MB/s": 1e6, "GB/s": 1e9, "gBps": 1e9, "gbps": 1e9 / 8,
    "Gbps": 1e9 / 8, "Tb/s": 1e12 / 8, "Gb/s": 1e9 / 8, "TB/s": 1e12,
    "TFLOPS": 1e12, "TFLOP/s": 1e12, "TOPS": 1e12, "GFLOP": 1e9, "TFLOP": 1e12,
    "GFLOPs": 1e9, "TFLOPs": 1e12,
    # times
    "ms": 1e-3, "s": 1, "min": 60, "minutes": 60, "h": 3600, "hours": 3600, "days": 86400,
    "GPU-hours": 3600, "minutes lost per hour": 1 / 60,
    # counts and shares
    "bit": 1 / 8, "bits": 1 / 8, "us": 1e-6,
    "": 1, "count": 1, "billion": 1e9, "%": 0.01, "percent": 0.01, "ratio": 1,
}  # fmt: skip


def in_base(value: float, unit: str) -> float:
    """``value`` of ``unit`` in base units; KeyError for a unit that nobody listed."""
    return value * IN_BASE[unit]
