"""A wish for a whole GPU goes all the way from the blueprint to the body of its VM class."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cli.running import Mlgen, edited

OLD = "    train: {sequence: 4096, micro_batch: 4, activation_checkpointing: true}\n"
WISH = "    accelerator: {kind: passthrough, reason: a profiler needs the counters}\n"


def classes(out: Path) -> list[dict[str, Any]]:
    """The bodies of all classes that go by REST."""
    return [json.loads(file.read_text()) for file in sorted(out.rglob("vm-classes/*.json"))]


def test_a_wish_for_passthrough_is_written(mlgen: Mlgen, folder: Path) -> None:
    """Vendor and device of the H100 PCIe, and what it gives up."""
    blueprint = edited(folder, OLD, OLD + WISH)
    assert "DirectPath" in mlgen("size", blueprint).out
    mlgen("render", blueprint, "--out", str(folder / "out"))
    (body,) = [body for body in classes(folder / "out") if "-dp-" in body["id"]]
    (change,) = body["config_spec"]["deviceChange"]
    assert change["device"]["backing"]["allowedDevice"][0]["vendorId"] == 0x10DE
    assert "MLG-P008" in mlgen("validate", blueprint).out
