"""DirectPath profiles of VCF 9: made by the rendered script, read, compared and counted (F30)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pyVmomi import vim

from generator.api import observe_vcenters, vcenter_settings
from generator.diff.between import between
from generator.vcenter.snapshot import VcenterSeen
from generator.vcenter.wanted import NOTHING_OURS
from tests.acceptance import diffing, reserving, vcenter
from tests.acceptance.applying import APPLY, Site
from tests.acceptance.furnished import put
from tests.acceptance.mutation import Mutation
from tests.acceptance.mutations_direct_path import (
    ALL,
    DESCRIBED,
    DEVICE,
    KIND,
    MANAGER,
    NAME,
    OTHER,
    OTHER_NAME,
)

pytestmark = pytest.mark.tools

ONLY = ("--only", KIND)
TYPES = vim.DirectPathProfileManager


@pytest.fixture
def site(
    documents: tuple[Path, Path, Path],
    tmp_path: Path,
    start_simulator: Callable[..., vcenter.Endpoint],
) -> Site:
    """A vCenter of version 9.1 without any profile."""
    _, inventory, platform = documents
    endpoint = start_simulator("-version", "9.1.0", inventory=inventory)
    return Site(endpoint, platform, tmp_path / "state", reserving.VCENTER)


@pytest.fixture(scope="module")
def made(
    documents: tuple[Path, Path, Path],
    tmp_path_factory: pytest.TempPathFactory,
    start_simulator: Callable[..., vcenter.Endpoint],
) -> Site:
    """Another, with the profiles of the release."""
    _, inventory, platform = documents
    endpoint = start_simulator("-version", "9.1.0", inventory=inventory)
    site = Site(endpoint, platform, tmp_path_factory.mktemp("state"), reserving.VCENTER)
    done = site.run(*APPLY, *ONLY)
    assert done.returncode == 0, done.stderr
    vcenter.command(endpoint, {"do": "keep"})
    return site


@pytest.fixture
def kept(made: Site) -> Iterator[Site]:
    """It again; what the control did in a test is undone after it."""
    yield made
    vcenter.command(made.endpoint, {"do": "undo"})


def profiles(site: Site) -> dict[str, tuple[str, str]]:
    """Name and description by vGPU profile, by another client."""
    with vcenter.soap(site.endpoint) as instance:
        manager = instance.content.directPathProfileManager
        found = manager.ListDirectPathProfiles(TYPES.FilterSpec())
        return {each.deviceConfig.vgpuProfile: (each.name, each.description) for each in found}


def make(site: Site, name: str, device: str) -> None:
    """A profile of somebody else."""
    with vcenter.soap(site.endpoint) as instance:
        config = TYPES.VmiopDirectPathConfig(vgpuProfile=device)
        spec = TYPES.CreateSpec(name=name, description="ours", deviceConfig=config)
        instance.content.directPathProfileManager.CreateDirectPathProfile(spec)


def differing(site: Site, documents: tuple[Path, Path, Path], *more: str) -> diffing.Ran:
    """`mlgen diff` of the profiles alone."""
    blueprint, _, platform = documents
    return diffing.Site(site.endpoint, platform.parent, blueprint).diff(*ONLY, *more)


def seen(site: Site) -> VcenterSeen:
    environment = diffing.Site(site.endpoint, site.platform.parent).environment()
    found = observe_vcenters(vcenter_settings((site.name,), environment), NOTHING_OURS)
    return found.vcenters[0]


def test_f30_profiles_are_made_and_a_second_run_changes_nothing(site: Site) -> None:
    assert site.run(*ONLY).returncode == 3
    assert profiles(site) == {}
    done = site.run(*APPLY, *ONLY)
    assert done.returncode == 0, done.stderr
    assert profiles(site)[DEVICE] == (NAME, DESCRIBED)
    assert profiles(site)[OTHER][0] == OTHER_NAME
    again = site.run(*APPLY, *ONLY)
    assert (again.returncode, again.stdout.splitlines()[0]) == (0, "0 of 2 to change")


def test_f30_what_was_applied_differs_in_nothing(
    kept: Site, documents: tuple[Path, Path, Path]
) -> None:
    found = differing(kept, documents)
    assert (found.code, found.rows, found.answer["unreadable"]) == (0, [], [])


@pytest.mark.parametrize("one", ALL, ids=str)
def test_a_change_of_a_profile_is_named_exactly(kept: Site, one: Mutation) -> None:
    before = seen(kept)
    vcenter.command(kept.endpoint, *one.wishes)
    found = between([(before, seen(kept))], (), diffing.AS_OF)
    rows = [(d.kind, d.key, d.field, d.applied, d.live, d.what) for d in found.differences]
    assert rows == [(one.kind, one.key, one.leaf, one.before, one.after, one.what)]


@pytest.mark.parametrize("one", ALL, ids=str)
def test_what_diff_finds_the_script_mends(
    site: Site, documents: tuple[Path, Path, Path], one: Mutation
) -> None:
    site.run(*APPLY, *ONLY)
    vcenter.command(site.endpoint, *one.wishes)
    found = differing(site, documents)
    assert found.rows == [(one.kind, one.key, one.leaf, one.before, one.after)]
    assert site.run(*APPLY, *ONLY).returncode == 0
    assert differing(site, documents).rows == []


def test_a_rollback_takes_profiles_away_again(site: Site) -> None:
    site.run(*APPLY, *ONLY)
    (journal,) = site.journals()
    done = site.run("--rollback", str(journal), *APPLY)
    assert done.returncode == 0, done.stderr
    assert profiles(site) == {}


def test_a_rollback_puts_a_name_back(site: Site) -> None:
    site.run(*APPLY, *ONLY)
    vcenter.command(site.endpoint, put(MANAGER, f"profile[name={NAME}].name", "H100 40 GB"))
    site.run(*APPLY, *ONLY)
    done = site.run("--rollback", str(site.journals()[-1]), *APPLY)
    assert done.returncode == 0, done.stderr
    assert profiles(site)[DEVICE] == ("H100 40 GB", DESCRIBED)


def test_f1_a_profile_of_others_for_the_device_serves_and_is_left_alone(
    site: Site, documents: tuple[Path, Path, Path]
) -> None:
    """A vCenter takes no second one of the same device."""
    make(site, "H100 40 GB", DEVICE)
    done = site.run(*APPLY, *ONLY)
    assert (done.returncode, "1 of 2 to change" in done.stdout) == (0, True)
    assert profiles(site)[DEVICE] == ("H100 40 GB", "ours")
    assert differing(site, documents).rows == []


def test_a_name_that_another_device_has_stops_the_run(site: Site) -> None:
    make(site, NAME, "nvidia_h100xm-20c")
    done = site.run(*APPLY, *ONLY)
    assert done.returncode == 1
    assert "that name is of the profile of nvidia_h100xm-20c" in done.stderr
    assert site.journals() == []


def test_f30_a_vcenter_of_before_has_no_profiles(
    documents: tuple[Path, Path, Path],
    tmp_path: Path,
    start_simulator: Callable[..., vcenter.Endpoint],
) -> None:
    _, inventory, platform = documents
    endpoint = start_simulator("-version", "8.0.3", inventory=inventory)
    older = Site(endpoint, platform, tmp_path / "state", reserving.VCENTER)
    done = older.run(*APPLY, *ONLY)
    assert done.returncode == 1
    assert "it needs VCF 9" in done.stderr
    assert [one.kind for one in seen(older).objects if one.kind == KIND] == []


def state(device: str, **figures: Any) -> dict[str, Any]:
    """What the simulator shall say of a device, whatever its boards hold."""
    return put(MANAGER, "stated[+]", {"cluster": "wld-gpu", "device": device, **figures})


def slots(ran: diffing.Ran) -> dict[str, dict[str, Any]]:
    return {each["profile"]: each for each in ran.answer["slots"]}


def test_f30_the_total_of_an_empty_target_is_never_capacity(
    kept: Site, documents: tuple[Path, Path, Path]
) -> None:
    """The trap: a maximum that is far above what remains changes nothing."""
    before = slots(differing(kept, documents))[DEVICE]
    vcenter.command(kept.endpoint, state(DEVICE, remaining=before["free"], max=500))
    assert slots(differing(kept, documents))[DEVICE] == before
    assert (before["remaining"], before["bound"]) == (before["free"], "both")


def test_f30_what_vcenter_counts_bounds_the_capacity_and_the_row_says_so(
    kept: Site, documents: tuple[Path, Path, Path]
) -> None:
    vcenter.command(kept.endpoint, state(DEVICE, remaining=0, max=6))
    found = differing(kept, documents, "--fail-on", "capacity")
    row = slots(found)[DEVICE]
    assert (row["remaining"], row["capacity"], row["bound"]) == (0, 0, "vcenter")
    assert row["short"] == row["planned"]
    assert found.code == 2
    (said,) = (f["message"] for f in found.answer["findings"] if f["rule"] == "MLG-V021")
    assert "but only 0 by vCenter's count" in said


def test_f30_the_geometry_bounds_what_vcenter_counts_too_high(
    kept: Site, documents: tuple[Path, Path, Path]
) -> None:
    free = slots(differing(kept, documents))[DEVICE]["free"]
    vcenter.command(kept.endpoint, state(DEVICE, remaining=free + 9, max=500))
    row = slots(differing(kept, documents))[DEVICE]
    assert (row["capacity"], row["bound"]) == (free, "geometry")


def test_f30_what_is_reserved_for_us_and_unused_counts_others_reservations_do_not(
    kept: Site, documents: tuple[Path, Path, Path]
) -> None:
    """The plan reserves two of this device, so that two of seven kept units are for us."""
    figures = {"remaining": 1, "unusedReservation": 7, "max": 9}
    vcenter.command(kept.endpoint, state(DEVICE, **figures))
    assert slots(differing(kept, documents))[DEVICE]["remaining"] == 3


def test_f9_a_capacity_that_vcenter_cannot_count_is_not_guessed(
    kept: Site, documents: tuple[Path, Path, Path]
) -> None:
    vcenter.command(kept.endpoint, state(DEVICE, fault=True))
    row = slots(differing(kept, documents))[DEVICE]
    assert (row["remaining"], row["bound"]) == (None, "geometry")
    found = differing(kept, documents)
    (lacking,) = found.answer["unreadable"]
    assert (found.code, lacking["key"], lacking["field"]) == (3, DEVICE, "remaining.wld-gpu")


def test_f9_profiles_that_the_account_may_not_see_are_unreadable_and_not_missing(
    kept: Site, documents: tuple[Path, Path, Path]
) -> None:
    vcenter.command(kept.endpoint, {"do": "forbid", "objects": [MANAGER]})
    found = differing(kept, documents)
    assert (found.code, found.rows) == (3, [])
    assert {one["key"] for one in found.answer["unreadable"]} == {DEVICE, OTHER}


def test_one_call_lists_and_one_per_cluster_counts(kept: Site) -> None:
    site = dataclasses.replace(diffing.Site(kept.endpoint, kept.platform.parent))
    before = len(site.requests())
    seen(kept)
    methods = [each["soap"] for each in site.requests(before)]
    asked = [name for name in methods if name.startswith("DirectPath")]
    assert asked == ["DirectPathProfileManagerList", "DirectPathProfileManagerQueryCapacity"]
