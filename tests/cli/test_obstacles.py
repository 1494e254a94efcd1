"""What is short beside hosts and GPUs is part of the answer."""

from __future__ import annotations

from pathlib import Path

from tests.cli.running import Mlgen, edited


def test_the_command_names_it_and_ends_with_4(mlgen: Mlgen, folder: Path) -> None:
    blueprint = edited(folder, "free_addresses: 900", "free_addresses: 3", "acme-ams1.site.yaml")

    ran = mlgen("size", blueprint)
    assert ran.code == 4
    assert "short: addresses of workload at ams1: 69 addresses needed, 3 free, today" in ran.out
    assert mlgen("size", blueprint, "--format", "json").json["fits"] is False
    assert mlgen("validate", blueprint).code == 2
    written = mlgen("render", blueprint, "--out", str(folder / "out"))
    assert (written.code, (folder / "out").exists()) == (4, False)
    assert "short: addresses of workload at ams1" in written.out


def test_whatif_says_what_becomes_short(mlgen: Mlgen, folder: Path) -> None:
    blueprint = edited(folder, "free_addresses: 900", "free_addresses: 60", "acme-ams1.site.yaml")
    ran = mlgen("whatif", blueprint, "--lose-host", "esx-04")
    assert "short before: addresses of workload at ams1" in ran.out
