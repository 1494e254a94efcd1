"""What stands around the apply script's writes: the lock in vCenter, and the look at the result."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance import vcenter
from tests.acceptance.applying import APPLY, Site

LOCK = "mlgen-lock:apply"
ONLY = (*APPLY, "--only", "storage-policy", "--only", "tag-attachment", "--only", "policy-match")


@pytest.fixture
def site(platform: Path, tmp_path: Path, start_simulator: Callable[..., vcenter.Endpoint]) -> Site:
    """The example where Terraform has made its tags and policies."""
    copy = tmp_path / "platform"
    shutil.copytree(platform, copy)
    site = Site(start_simulator(), copy, tmp_path / "state")
    vcenter.create_tag_policies(site.endpoint, site.tag_policies())
    return site


def lock(site: Site, description: str) -> None:
    """Another machine takes the lock."""
    with vcenter.Rest(site.endpoint) as rest:
        category = {"name": "mlgen-lock", "cardinality": "MULTIPLE", "associable_types": []}
        path = f"{vcenter.TAGGING}/category"
        made = rest.call("POST", path, {"create_spec": category | {"description": ""}})["value"]
        tag = {"category_id": made, "name": "apply", "description": description}
        rest.call("POST", f"{vcenter.TAGGING}/tag", {"create_spec": tag})


def locks(site: Site) -> list[str]:
    with vcenter.Rest(site.endpoint) as rest:
        return [tag for tag in rest.tagging()["tags"] if tag == LOCK]


def events(site: Site) -> list[dict[str, Any]]:
    """The lines of the newest journal."""
    return [json.loads(line) for line in site.journals()[-1].read_text("utf-8").splitlines()]


def test_f10_another_machine_holds_the_lock_of_a_vcenter(site: Site) -> None:
    """Whoever it is; nothing is written, and the lock stays theirs."""
    lock(site, "eve@elsewhere since 2026-11-21T10:00:00+00:00 for other-3; owner 0123")
    before = site.seen()
    done = site.run(*ONLY)
    assert done.returncode == 1
    assert "locked by eve@elsewhere" in done.stderr
    assert site.seen() == before
    assert locks(site) == [LOCK]
    assert site.journals() == []


def test_f10_the_lock_of_a_dead_run_is_broken_on_demand_only(site: Site) -> None:
    lock(site, "eve@elsewhere since yesterday for other-3; owner 0123")
    assert site.run(*ONLY).returncode == 1
    done = site.run(*ONLY, "--break-lock")
    assert done.returncode == 0, done.stderr
    assert locks(site) == []


def test_f10_the_lock_is_held_while_it_writes_and_let_go_after(site: Site) -> None:
    """Also by a run that ends with an error."""
    detach(site)
    assert site.run(*ONLY).returncode == 1
    assert locks(site) == []
    with vcenter.Rest(site.endpoint) as rest:
        assert "mlgen-lock" in rest.tagging()["tag categories"]


def test_f10_a_dry_run_takes_no_lock(site: Site) -> None:
    lock(site, "eve@elsewhere since now for other-3; owner 0123")
    assert site.run("--only", "storage-policy").returncode == 3


def test_f10_its_own_lock_of_a_killed_run_is_taken_over(site: Site) -> None:
    """The local lock shows that no other run of this user on this machine is alive."""
    assert site.run(*APPLY, "--only", "storage-policy").returncode == 0
    (owner,) = site.state.glob("mlgen/*/owner")
    assert owner.stat().st_mode & 0o077 == 0
    _take_away(site)
    _again(site, f"me since then; owner {owner.read_text('utf-8')}")
    done = site.run(*APPLY, "--only", "storage-policy")
    assert done.returncode == 0, done.stderr
    assert locks(site) == []


def _take_away(site: Site) -> None:
    """The policies that the run made."""
    path = site.journals()[-1]
    assert site.run("--rollback", str(path), *APPLY).returncode == 0


def _again(site: Site, description: str) -> None:
    with vcenter.Rest(site.endpoint) as rest:
        for each in rest.values(f"{vcenter.TAGGING}/category"):
            found = rest.call("GET", f"{vcenter.TAGGING}/category/id:{each}")["value"]
            if found["name"] == "mlgen-lock":
                tag = {"category_id": each, "name": "apply", "description": description}
                rest.call("POST", f"{vcenter.TAGGING}/tag", {"create_spec": tag})


def detach(site: Site) -> None:
    """Somebody takes the tags off all datastores."""
    with vcenter.Rest(site.endpoint) as rest:
        for tag in rest.values(f"{vcenter.TAGGING}/tag"):
            place = f"{vcenter.TAGGING}/tag-association/id:{tag}"
            for each in rest.call("POST", f"{place}?~action=list-attached-objects", {})["value"]:
                rest.call("POST", f"{place}?~action=detach", {"object_id": each})


def test_f15_every_policy_finds_the_datastore_of_its_tier(site: Site) -> None:
    """After the last write, and the journal says so."""
    done = site.run(*ONLY)
    assert done.returncode == 0, done.stdout + done.stderr
    assert events(site)[-1] == {"event": "verified", "faults": []}
    assert site.run(*ONLY).returncode == 0


def test_f15_a_policy_that_matches_no_datastore_is_an_error(site: Site) -> None:
    """In the journal of the run that wrote, and again in every run after it."""
    detach(site)
    done = site.run(*ONLY)
    assert done.returncode == 1
    (name, *_) = sorted(site.tag_policies())
    fault = f"no datastore is compatible with storage policy {name}"
    assert fault in done.stderr
    assert fault in events(site)[-1]["faults"][0]["faults"]
    again = site.run("--only", "policy-match")
    assert again.returncode == 1
    assert fault in again.stderr


def test_f15_a_policy_that_matches_another_datastore_is_an_error(site: Site) -> None:
    """The plan counts on the capacity of the one that it names."""
    (name, (category, tag)), *_ = sorted(site.tag_policies().items())
    detach(site)
    site.add(
        "tag-attachment", "other", "", {"category": category, "tag": tag, "datastore": "vsan-gpu-a"}
    )
    done = site.run(*ONLY)
    assert done.returncode == 1
    assert f"storage policy {name} does not match" in done.stderr


def test_f15_a_dry_run_says_what_its_tags_will_mend(site: Site) -> None:
    detach(site)
    done = site.run(*ONLY[3:])
    assert done.returncode == 3
    assert "not yet: no datastore is compatible" in done.stdout


def test_a_policy_that_is_not_there_stops_the_run(
    platform: Path, tmp_path: Path, start_simulator: Callable[..., vcenter.Endpoint]
) -> None:
    bare = Site(start_simulator(), platform, tmp_path / "state")
    done = bare.run(*ONLY)
    assert done.returncode == 1
    assert "no storage policy" in done.stderr


def test_the_disks_of_a_class_are_of_a_policy_by_its_id(site: Site) -> None:
    """A body carries the name; a second run sees that what is there is the same."""
    with vcenter.soap(site.endpoint) as instance:
        known = vcenter.policy_ids(site.endpoint, instance)
    (name, *_) = site.tag_policies()
    disks = {"policy": name, "volumes": [{"size": 1024}]}
    body = {"id": "cached", "cpu_count": 2, "memory_MB": 4096, "instance_storage": disks}
    site.add("vm-class", "cached", vcenter.CLASSES, body)
    assert site.run(*APPLY, "--only", "vm-class").returncode == 0
    with vcenter.Rest(site.endpoint) as rest:
        made = rest.call("GET", f"{vcenter.CLASSES}/cached")
    assert made["instance_storage"] == disks | {"policy": known[name]}
    assert site.run("--only", "vm-class").returncode == 0


def test_a_class_whose_disks_have_no_policy_stops_the_run(site: Site) -> None:
    disks = {"policy": "nowhere", "volumes": [{"size": 1024}]}
    body = {"id": "cached", "cpu_count": 2, "memory_MB": 4096, "instance_storage": disks}
    site.add("vm-class", "cached", vcenter.CLASSES, body)
    done = site.run(*APPLY, "--only", "vm-class")
    assert done.returncode == 1
    assert "no storage policy nowhere" in done.stderr
