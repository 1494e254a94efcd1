"""A datacenter that lies in a folder: what lies in it has that folder in its path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.api import load, render
from generator.api.diffing import Asked, sides_of, wanted_of
from generator.diff.between import between
from generator.diff.examine import Sides, examine
from generator.record import altered
from generator.vcenter.site import site_document
from generator.vcenter.snapshot import Seen, Snapshot, VcenterSeen
from tests.diff import live, worlds
from tests.diff.renaming import called
from tests.diff.test_renames import BUSY, rows
from tests.diff.worlds import FILES, PLAIN, told
from tests.example import ROOT

DAY = "2026-11-20"


class Platform:
    """The platform of plain VMs, whose datacenter is said to lie in a folder, or in none."""

    def __init__(self, folder: Path, lies: str) -> None:
        blueprint, site = (ROOT / name for name in FILES[PLAIN])
        facts: dict[str, Any] = yaml.safe_load(site.read_text("utf-8"))
        facts["datacenters"][0] |= {"folder": lies} if lies else {}
        (folder / site.name).write_text(yaml.safe_dump(facts), "utf-8")
        place = folder / blueprint.name
        place.write_bytes(blueprint.read_bytes())
        (result,) = render(load([place]))
        self.seen = live.vcenter({file.path: file.text for file in result.files}, facts)
        self.sides: Sides = sides_of(place, Asked(out=folder / "none"))

    def told(self, seen: VcenterSeen) -> list[tuple[str, str, str, str]]:
        """What a comparison with a vCenter says."""
        found = examine(self.sides, {seen.name: seen}, (), DAY)
        return [*told(found.differences), *told_hidden(found.unreadable)]


def told_hidden(unreadable: Any) -> list[tuple[str, str, str, str]]:
    return [(one.kind, one.key, one.field, "hidden") for one in unreadable if one.hidden]


@pytest.fixture(params=["emea", "emea/west", "emea/vm"])
def within(request: pytest.FixtureRequest, tmp_path: Path) -> Platform:
    return Platform(tmp_path, request.param)


def test_what_is_in_it_is_found_by_its_whole_path(within: Platform) -> None:
    """Folders, rights and VMs."""
    assert within.told(within.seen) == []


@pytest.mark.parametrize("kind", ["folder", "vm", "permission"])
def test_what_is_gone_from_it_is_missing_under_its_whole_path(within: Platform, kind: str) -> None:
    """Of a kind the last, in which nothing else lies."""
    last = max(one.key for one in within.seen.objects if one.kind == kind)
    found = within.told(worlds.without(within.seen, {(kind, last)}))
    assert (kind, last.casefold(), "missing") in [(k, key.casefold(), w) for k, key, _, w in found]
    assert "renamed" not in [what for *_, what in found]


def test_one_that_nobody_states_a_folder_of_is_followed(tmp_path: Path) -> None:
    """Where it lies is then no fact: its VMs are compared where they are."""
    platform = Platform(tmp_path, "")
    moved = in_folder(platform.seen, "emea")
    assert platform.told(moved) == []
    (machine,) = [one for one in moved.objects if one.kind == "vm"][:1]
    changed = worlds.with_field(moved, (machine.kind, machine.key), "vcpus", 99)
    assert platform.told(changed) == [("vm", machine.key, "vcpus", "changed")]


def test_one_that_is_moved_to_another_folder_is_one_row(tmp_path: Path) -> None:
    """Terraform looks it up where it was."""
    platform = Platform(tmp_path, "emea")
    name = next(one.key for one in platform.seen.objects if one.kind == "datacenter")
    moved = in_folder(platform.seen, "apac", was="emea/")
    assert platform.told(moved) == [("datacenter", name, "folder", "changed")]


def in_folder(seen: VcenterSeen, folder: str, was: str = "") -> VcenterSeen:
    """The vCenter with its datacenter in a folder: every path begins with it."""
    name = next(one.key for one in seen.objects if one.kind == "datacenter")
    start = (f"{was}{name}/", f"{was}{name}|")

    def moved(one: Seen) -> Seen:
        key = f"{folder}/{one.key.removeprefix(was)}" if one.key.startswith(start) else one.key
        fields = dict(one.fields)
        if one.kind == "datacenter":
            fields["folder"] = folder
        elif str(fields.get("folder", "")).startswith(start):
            fields["folder"] = f"{folder}/{str(fields['folder']).removeprefix(was)}"
        return altered(one, key=key, fields=fields)

    return worlds.with_objects(seen, moved)


def test_one_of_two_of_a_name_is_known_by_its_folder(tmp_path: Path) -> None:
    """Vcenter allows the same name in another folder; the reader puts the folder behind both."""
    platform = Platform(tmp_path, "emea")
    (ours,) = [one for one in platform.seen.objects if one.kind == "datacenter"]
    twin = altered(ours, key=f"{ours.key}@apac", ident="twin", fields={"folder": "apac"})
    both = worlds.with_objects(
        platform.seen,
        lambda one: altered(one, key=f"{one.key}@emea") if one.kind == "datacenter" else one,
    )
    assert platform.told(worlds.with_more(both, twin)) == []


def test_devices_are_read_of_all_that_is_in_our_folders(within: Platform) -> None:
    """What the reader is told is a beginning of the paths that it makes."""
    ours = {one.key for one in within.seen.objects if one.kind == "folder"}
    assert wanted_of(within.sides.desired).folders <= ours


@pytest.mark.parametrize(
    ("kind", "key", "new"),
    [
        ("datacenter", "ams1", "ams2"),
        ("folder", "emea/ams1/vm/ml", "ai"),
        ("cluster", "gpu-a", "b"),
    ],
)
def test_between_two_snapshots_a_rename_there_is_one_row(kind: str, key: str, new: str) -> None:
    earlier = in_folder(BUSY, "emea")
    (found,) = rows(called(earlier, (kind, key), new), earlier)
    assert found[2:] == ("name", "renamed")


def test_between_two_snapshots_a_moved_datacenter_is_one_row() -> None:
    found = between([(BUSY, in_folder(BUSY, "emea"))], (), DAY).differences
    assert told(found) == [("datacenter", "ams1", "folder", "changed")]


def test_an_inventory_made_of_a_vcenter_says_where_its_datacenter_lies(within: Platform) -> None:
    """So that a platform on it looks it up there."""
    (ours,) = [one for one in within.seen.objects if one.kind == "datacenter"]
    (stated,) = site_document(Snapshot(vcenters=(within.seen,)))["datacenters"]
    assert stated["folder"] == ours.fields["folder"]
