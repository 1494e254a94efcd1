"""The rendered apply script against a simulated vCenter, run as its user runs it."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.acceptance import shipped, vcenter
from tests.acceptance.applying import APPLY, LIMIT_S, Site

PBM = {  # a policy body as the storage target writes it
    "name": "raid5",
    "description": "mlgen:acme-ml/storage-policy/raid5",
    "category": "REQUIREMENT",
    "resourceType": {"resourceType": "STORAGE"},
    "constraints": {
        "subProfiles": [
            {
                "name": "VSAN",
                "capability": [
                    {
                        "id": {"namespace": "VSAN", "id": "hostFailuresToTolerate"},
                        "constraint": [
                            {"propertyInstance": [{"id": "hostFailuresToTolerate", "value": 1}]}
                        ],
                    }
                ],
            }
        ]
    },
}
SITE = yaml.safe_load(shipped.INVENTORY.read_text("utf-8"))
SUPERVISOR = SITE["supervisors"][0]["id"]
POLICY = "vSAN Default Storage Policy"


@pytest.fixture
def site(platform: Path, tmp_path: Path, start_simulator: Callable[..., vcenter.Endpoint]) -> Site:
    """The example's requests, and one each for a zone, a tag, and a namespace of others.

    The namespaces that Terraform makes are made by hand; ``theirs`` has entries of its owner.
    """
    copy = tmp_path / "platform"
    shutil.copytree(platform, copy)
    site = Site(start_simulator(), copy, tmp_path / "state")
    vcenter.create_tag_policies(site.endpoint, site.tag_policies())
    with vcenter.Rest(site.endpoint) as rest:
        classes = [json.loads(f.read_text()) for f in (site.folder / "vm-classes").iterdir()]
        theirs = {"id": "theirs", "cpu_count": 2, "memory_MB": 4096}
        rest.call("POST", vcenter.CLASSES, theirs)
        made = {body["namespace"] for body in site.bodies() if "namespace" in body}
        for name in sorted(made):
            body = {"namespace": name, "supervisor": SUPERVISOR}
            rest.call("POST", f"{vcenter.NAMESPACES}/v2", body)
        foreign = {
            "namespace": "theirs",
            "supervisor": SUPERVISOR,
            "vm_service_spec": {"vm_classes": ["theirs"], "content_libraries": []},
        }
        rest.call("POST", f"{vcenter.NAMESPACES}/v2", foreign)
    lists = {
        "cluster": "gpu-a",
        "storage_policies": [POLICY],
        "content_libraries": ["vkr-ams1"],
        "vm_classes": [classes[0]["id"]],
        "made_here": [classes[0]["id"]],
    }
    site.add("namespace", "theirs", "", {"namespace": "theirs", "create": False, **lists})
    site.add("namespace", "ours", "", {"namespace": "ours", "create": True, **lists})
    tag = {"category": "ml-tier", "tag": "bulk", "datastore": "vsan-gpu-a"}
    site.add("tag-attachment", "bulk", "", tag)
    site.add("zone", "z9", "", {"zone": "z9", "description": "made", "clusters": ["gpu-a"]})
    policies = site.platform / shipped.VCENTER / "storage" / "policies"
    policies.mkdir(parents=True, exist_ok=True)
    (policies / "raid5.json").write_text(json.dumps(PBM), "utf-8")
    return site


def test_a_dry_run_is_the_default_and_writes_nothing(site: Site) -> None:
    before = site.seen()
    done = site.run()
    assert done.returncode == 3, done.stderr
    assert "create vm-class" in done.stdout
    assert site.seen() == before
    assert site.journals() == []


def test_it_applies_every_kind_and_a_second_run_changes_nothing(site: Site) -> None:
    before = site.seen()
    done = site.run(*APPLY)
    assert done.returncode == 0, done.stdout + done.stderr
    after = site.seen()
    assert len(after["classes"]) == len(before["classes"]) + 1
    assert sorted({*after["zones"]} - {*before["zones"]}) == ["z9"]
    assert after["attached"]["bulk"] == before["attached"]["bulk"] + 1
    bodies = (site.platform / shipped.VCENTER / "storage" / "policies").glob("*.json")
    stated = {json.loads(body.read_text("utf-8"))["name"] for body in bodies}
    assert {"acme-ml-nvme", "raid5"} <= stated
    assert {*after["policies"]} - {*before["policies"]} == stated
    assert "ours" in after["namespaces"]
    access = after["namespaces"]["acme-ml-dev-research"]["access_list"]
    roles = {(each["domain"], each["subject"]): each["role"] for each in access}
    assert roles == {
        ("corp.example", "ml-all"): "VIEW",
        ("corp.example", "ml-research"): "EDIT",
    }
    again = site.run(*APPLY)
    assert again.returncode == 0, again.stderr
    assert "0 of " in again.stdout
    assert site.seen() == after
    assert len(site.journals()) == 1


def test_f10_entries_of_others_survive_a_merge(site: Site) -> None:
    site.run(*APPLY)
    bound = site.seen()["namespaces"]["theirs"]["vm_service_spec"]["vm_classes"]
    assert bound[0] == "theirs"
    assert len(bound) == 2


def test_a_run_that_is_killed_is_completed_by_the_next(site: Site) -> None:
    """Killed outright right after its first write: nothing tidies up behind it."""
    before = site.seen()
    with subprocess.Popen(
        site.command(*APPLY), env=site.environment(), stdout=subprocess.DEVNULL
    ) as process:
        limit = time.monotonic() + LIMIT_S
        while "done" not in _journal_text(site) and time.monotonic() < limit:
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert site.seen() != before
    assert site.run().returncode == 3  # work is left
    done = site.run(*APPLY)
    assert done.returncode == 0, done.stderr
    assert site.run().returncode == 0


def _journal_text(site: Site) -> str:
    return "".join(path.read_text("utf-8") for path in site.journals())


def test_a_rollback_restores_what_was_there(site: Site) -> None:
    """But for the namespace that was made: no script deletes one."""
    site.run("--apply", "--change-id", "CHG1", "--only", "zone", "--only", "tag-attachment")
    (first,) = site.journals()
    between = site.seen()
    shown = site.run("--rollback", str(first))
    assert shown.returncode == 3, shown.stderr
    assert site.seen() == between
    done = site.run("--rollback", str(first), *APPLY)
    assert done.returncode == 0, done.stderr
    assert "z9" not in site.seen()["zones"]


def test_a_rollback_leaves_what_others_added_since(site: Site) -> None:
    before = site.seen()
    document = json.loads((site.folder / "requests.json").read_text("utf-8"))
    document["requests"] = [r for r in document["requests"] if r["name"] != "ours"]
    (site.folder / "requests.json").write_text(json.dumps(document), "utf-8")
    assert site.run(*APPLY).returncode == 0
    (journal,) = site.journals()
    with vcenter.Rest(site.endpoint) as rest:
        path = f"{vcenter.NAMESPACES}/acme-ml-dev-research/access/corp.example/late?type=GROUP"
        rest.call("POST", path, {"role": "VIEW"})
    done = site.run("--rollback", str(journal), *APPLY)
    assert done.returncode == 0, done.stdout + done.stderr
    after = site.seen()
    access = after["namespaces"]["acme-ml-dev-research"].pop("access_list")
    before["namespaces"]["acme-ml-dev-research"].pop("access_list")
    assert [each["subject"] for each in access] == ["late"]
    assert after["policies"] == before["policies"]
    assert after["classes"] == before["classes"]
    assert after["attached"] == before["attached"]
    bound = after["namespaces"]["theirs"]["vm_service_spec"]["vm_classes"]
    assert bound == ["theirs"]


def test_f3_a_class_with_other_content_is_never_changed(site: Site) -> None:
    (file,) = (site.folder / "vm-classes").iterdir()
    body = json.loads(file.read_text("utf-8"))
    with vcenter.Rest(site.endpoint) as rest:
        rest.call("POST", vcenter.CLASSES, body | {"cpu_count": 1})
    before = site.seen()
    done = site.run(*APPLY)
    assert done.returncode == 1
    assert "never changed" in done.stderr
    assert site.seen() == before


@pytest.mark.parametrize(
    ("arguments", "environment", "reason"),
    [
        (("--apply",), {}, "--change-id overrides"),
        ((*APPLY, "--max-changes", "1"), {}, "more than --max-changes 1"),
        (APPLY, {"VSPHERE_PASSWORD": "wrong"}, "401"),
        (APPLY, {"VSPHERE_CA_FILE": "/nonexistent"}, "stopped"),
        (APPLY, {"VSPHERE_THUMBPRINT": "00" * 32}, "not the stated one"),
    ],
)
def test_it_refuses_before_it_writes(
    site: Site, arguments: tuple[str, ...], environment: dict[str, str], reason: str
) -> None:
    """F22: outside of the change windows; and too much, nobody's session, no known certificate."""
    before = site.seen()
    done = site.run(*arguments, **environment)
    assert done.returncode == 1
    assert reason in done.stderr
    assert site.seen() == before
    assert vcenter.PASSWORD not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("stated", "reason"), [("", "any vCenter"), ("0" * 8, "the inventory means")]
)
def test_it_refuses_another_vcenter(site: Site, stated: str, reason: str) -> None:
    file = site.folder / "requests.json"
    document = json.loads(file.read_text("utf-8"))
    document["vcenter"]["instance_uuid"] = stated
    file.write_text(json.dumps(document), "utf-8")
    done = site.run(*APPLY)
    assert done.returncode == 1
    assert reason in done.stderr


def test_f10_a_missing_namespace_stops_all_before_the_first_write(site: Site) -> None:
    with vcenter.Rest(site.endpoint) as rest:
        rest.call("DELETE", f"{vcenter.NAMESPACES}/acme-ml-prod-all")
    before = site.seen()
    done = site.run(*APPLY)
    assert done.returncode == 1
    assert "no namespace acme-ml-prod-all" in done.stderr
    assert site.seen() == before


def test_the_journal_holds_no_secret_and_is_its_owners_alone(site: Site) -> None:
    site.run(*APPLY)
    (journal,) = site.journals()
    assert vcenter.PASSWORD not in journal.read_text("utf-8")
    assert journal.stat().st_mode & 0o077 == 0


def test_a_policy_with_other_rules_is_never_changed(site: Site) -> None:
    """Its objects would all be laid out again."""
    assert site.run(*APPLY, "--only", "storage-policy").returncode == 0
    file = site.platform / shipped.VCENTER / "storage" / "policies" / "raid5.json"
    file.write_text(file.read_text("utf-8").replace('"value": 1', '"value": 2'), "utf-8")
    done = site.run(*APPLY, "--only", "storage-policy")
    assert done.returncode == 1
    assert "never changed" in done.stderr
