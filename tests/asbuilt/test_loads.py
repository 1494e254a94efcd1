"""What running VMs take of their hosts."""

from __future__ import annotations

from typing import Any

import pytest

from generator.asbuilt.loads import Load, loads, reserved_mib
from tests.asbuilt.world import machine, read


@pytest.mark.parametrize(
    ("fields", "reserved"),
    [
        ({"memory_locked": True}, 65536),
        ({"memory_locked": False, "memory_reservation_mib": 1024}, 1024),
        ({"memory_locked": False}, 0),
        ({"memory_locked": True, "memory_mib": None}, 0),
        ({"memory_locked": True, "memory_mib": -1}, 0),
    ],
)
def test_memory_counts_as_it_is_reserved(fields: dict[str, Any], reserved: int) -> None:
    assert reserved_mib(machine("v", "a", **fields)) == reserved


def test_vms_that_run_are_summed_by_host() -> None:
    (seen,) = read(
        machine("v", "a"),
        machine("w", "a", memory_locked=False),
        machine("off", "a", power="poweredOff"),
        machine("x", "b", vcpus=2),
    ).vcenters
    assert loads(seen) == {
        "a": Load(vms=2, vcpus=16, reserved_mib=65536),
        "b": Load(vms=1, vcpus=2, reserved_mib=65536),
    }
