"""Which profile carries a need."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.catalog import Catalog
from generator.placement.devices.profiles import choose
from generator.placement.terms import Terms
from generator.sizing.demand import Sharing
from tests.placement.build import H100, need

CATALOG = Catalog.builtin()
RTX = "nvidia-rtx-pro-6000-blackwell-se"


@pytest.mark.parametrize(
    ("model", "gib", "latency", "expected"),
    [
        (RTX, 36, True, "nvidia_rtx_pro_6000_blackwell_dc-2-48c"),
        (RTX, 36, False, "nvidia_rtx_pro_6000_blackwell_dc-2-48c"),
        (RTX, 18, True, "nvidia_rtx_pro_6000_blackwell_dc-1-24c"),
        (H100, 36, True, "nvidia_h100-4-40c"),
        (H100, 36, False, "nvidia_h100-3-40c"),
    ],
)
def test_of_equal_framebuffers_the_one_with_most_compute_of_its_own_serves(
    model: str, gib: float, latency: bool, expected: str
) -> None:
    """Two 4-48C share four slices in turns: 2-48C has two to itself, and half of the board."""
    wanted = replace(need(gib, Sharing.MIG), compute_first=latency)
    found = choose(wanted, CATALOG.accelerator(model), Terms())
    assert found is not None
    assert found.name == expected
