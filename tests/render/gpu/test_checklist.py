"""The checklist of a GPU host names each firmware setting as the firmware does."""

from __future__ import annotations

import pytest

from generator.render.gpu import layer
from generator.render.gpu.bios import BIOS, BiosItem
from tests.example import desired


@pytest.mark.parametrize("item", BIOS, ids=lambda item: item.setting)
def test_each_firmware_setting_has_a_name_in_redfish(item: BiosItem) -> None:
    assert item.dell or item.hpe


def test_the_checklist_shows_both_makers() -> None:
    (text,) = (f.text for f in layer.files(desired()) if f.path.endswith("checklist.md"))
    rows = [line for line in text.splitlines() if "SriovGlobalEnable" in line]
    assert len(rows) == 1
    assert "Sriov=Enabled" in rows[0]
    assert "| Dell iDRAC | HPE iLO |" in text
