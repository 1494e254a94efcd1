"""Limits, reservations and rights of namespaces by the rendered script, on vCenter 9."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator.api import observe_vcenters, vcenter_settings
from generator.api.diffing import compared, sides_of
from tests.acceptance import reserving, vcenter
from tests.acceptance.applying import APPLY, Site

DEV, PROD = "vcf9-dev-science", "vcf9-prod-all"
POLICY, GIVEN = "vcf9-shared", "theirs"
SUPERVISORS = "/api/vcenter/namespace-management/supervisors"


@pytest.fixture
def site(
    documents: tuple[Path, Path, Path],
    tmp_path: Path,
    start_simulator: Callable[..., vcenter.Endpoint],
) -> Site:
    """What Terraform makes before: classes, policies, and namespaces that may use them."""
    _, inventory, platform = documents
    endpoint = start_simulator("-version", "9.1.0", inventory=inventory)
    site = Site(endpoint, platform, tmp_path / "state", reserving.VCENTER)
    prepare(site)
    return site


def prepare(site: Site) -> None:
    """The namespaces of the shares; each has a policy of somebody else with a limit."""
    vcenter.create_policies(site.endpoint, [GIVEN])
    vcenter.create_tag_policies(site.endpoint, site.tag_policies())
    policies = policy_ids(site)
    with vcenter.Rest(site.endpoint) as rest:
        for share in (body for body in site.bodies() if "update" in body):
            classes = sorted(reserved(share))
            for name in classes:
                body = {"id": name, "cpu_count": 8, "memory_MB": 65536}
                rest.call("POST", vcenter.CLASSES, body)
            made = {
                "namespace": share["namespace"],
                "supervisor": share["supervisor"],
                "storage_specs": [
                    {"policy": policies[POLICY]},
                    {"policy": policies[GIVEN], "limit": 7},
                ],
                "vm_service_spec": {"vm_classes": classes, "content_libraries": []},
            }
            rest.call("POST", f"{vcenter.NAMESPACES}/v2", made)


def policy_ids(site: Site) -> dict[str, str]:
    with vcenter.soap(site.endpoint) as instance:
        return vcenter.policy_ids(site.endpoint, instance)


def reserved(share: dict[str, Any]) -> dict[str, int]:
    """The counts that a share wants of each class."""
    return {
        each["reserved_vm_class"]: each["count"]
        for zone in share["update"].get("zones", [])
        for each in zone["vm_reservations"]
    }


def share_of(site: Site, namespace: str) -> dict[str, Any]:
    """The body of one share."""
    return next(b for b in site.bodies() if "update" in b and b["namespace"] == namespace)


def change(site: Site, tmp_path: Path, namespace: str, **fields: Any) -> Site:
    """The same site, with other content of one share."""
    copy = tmp_path / "changed"
    shutil.copytree(site.platform, copy)
    changed = Site(site.endpoint, copy, site.state, site.name)
    path = changed.folder / "namespace-shares" / f"{namespace}.json"
    body = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(body | fields), "utf-8")
    return changed


def read(site: Site, path: str) -> Any:
    """One path by another client."""
    with vcenter.Rest(site.endpoint) as rest:
        return rest.call("GET", path)


def namespace_of(site: Site, name: str) -> Any:
    return read(site, f"{vcenter.NAMESPACES}/v2/{name}")


def kept(site: Site) -> dict[str, int]:
    """What the zone keeps, by class."""
    share = share_of(site, PROD)
    (zone,) = read(site, f"{SUPERVISORS}/{share['supervisor']}/zones/bindings")["zones"]
    found = zone["resource_allocation"]["vm_reservations"]
    return {each["reserved_vm_class"]: each["count"] for each in found}


def test_f30_the_lever_that_a_placement_is_graded_by_is_rendered(
    documents: tuple[Path, Path, Path],
) -> None:
    """Each placement that a reservation enforces has it; no GPU class of the zone is without."""
    _, _, platform = documents
    plan = json.loads((platform / "plan.json").read_text("utf-8"))
    spots = [spot for spot in plan["placements"] if spot["reserved"]]
    assert {(spot["demand"], spot["grade"]) for spot in spots} == {("assistant", "enforced")}
    folder = platform / reserving.VCENTER / "supervisor" / "namespace-shares"
    zones = {
        path.stem: json.loads(path.read_text("utf-8"))["update"]["zones"]
        for path in folder.iterdir()
    }
    counts = {
        name: [each["count"] for zone in some for each in zone["vm_reservations"]]
        for name, some in zones.items()
    }
    assert counts == {DEV: [2], PROD: [len(spots)]}
    assert all(
        (zone["name"], zone["disallow_unreserved_direct_path_usage"]) == (reserving.ZONE, True)
        for some in zones.values()
        for zone in some
    )


def test_f30_reservations_reach_the_zone_and_a_second_run_changes_nothing(site: Site) -> None:
    assert kept(site) == {}
    done = site.run(*APPLY)
    assert done.returncode == 0, done.stdout + done.stderr
    assert kept(site) == reserved(share_of(site, DEV)) | reserved(share_of(site, PROD))
    again = site.run(*APPLY)
    assert again.returncode == 0, again.stderr
    assert "0 of " in again.stdout


SHARED = ("zone", "reserved", "cpu_limit", "memory_limit", "storage_limit")


def told(site: Site) -> list[tuple[str, str, Any]]:
    """What a comparison says of limits and reservations."""
    seen = observe_vcenters(vcenter_settings((site.name,), site.environment()))
    found = compared(sides_of(site.platform), seen).differences
    return [(one.kind, one.field, one.live) for one in found if one.field.startswith(SHARED)]


def test_f30_a_comparison_sees_a_reservation_that_is_taken_away(site: Site) -> None:
    """Of a namespace no version tells what zones keep for it: its mark does, and their sums."""
    assert {(kind, field.partition(".")[0]) for kind, field, _ in told(site)} >= {
        ("namespace", "zone_mark"), ("zone", "reserved"),
    }  # fmt: skip
    assert site.run(*APPLY).returncode == 0
    assert told(site) == []
    with vcenter.Rest(site.endpoint) as rest:
        bare = {"zones": [{"name": reserving.ZONE}]}
        rest.call("PATCH", f"{vcenter.NAMESPACES}/{DEV}", bare)
    (name,) = reserved(share_of(site, DEV))
    assert told(site) == [("zone", f"reserved.{name}", None)]


def test_f10_limits_join_what_others_have_put_there(site: Site) -> None:
    assert site.run(*APPLY).returncode == 0
    found, share, policies = namespace_of(site, PROD), share_of(site, PROD), policy_ids(site)
    assert found["resource_spec"] == share["update"]["resource_spec"]
    assert found["storage_specs"] == [
        {"policy": policies[POLICY], "limit": 2 * 1024 * 1024},
        {"policy": policies[GIVEN], "limit": 7},
    ]
    assert found["description"].startswith(f"{share['stamp']}#")


def test_f10_a_limit_that_somebody_took_away_is_put_back(site: Site) -> None:
    """As the Terraform provider does, which sends policies without their limits."""
    site.run(*APPLY)
    specs = [{"policy": each} for each in policy_ids(site).values()]
    mine = [spec for spec in specs if spec["policy"] == policy_ids(site)[POLICY]]
    with vcenter.Rest(site.endpoint) as rest:
        rest.call("PATCH", f"{vcenter.NAMESPACES}/{PROD}", {"storage_specs": mine})
    assert site.run().returncode == 3
    done = site.run(*APPLY)
    assert "1 of " in done.stdout
    assert namespace_of(site, PROD)["storage_specs"][0]["limit"] == 2 * 1024 * 1024


def test_f30_a_reservation_that_is_gone_is_seen(site: Site) -> None:
    """The service shows the counts of a zone, never those of a namespace."""
    site.run(*APPLY)
    with vcenter.Rest(site.endpoint) as rest:
        body = {"zones": [{"name": reserving.ZONE}]}
        rest.call("PATCH", f"{vcenter.NAMESPACES}/{PROD}", body)
    assert site.run("--only", "namespace-share").returncode == 3


def test_a_rollback_takes_limits_and_reservations_back(site: Site) -> None:
    before = {name: namespace_of(site, name) for name in (DEV, PROD)}
    assert site.run(*APPLY, "--only", "namespace-share").returncode == 0
    (journal,) = site.journals()
    done = site.run("--rollback", str(journal), *APPLY)
    assert done.returncode == 0, done.stdout + done.stderr
    assert kept(site) == {}
    for name, former in before.items():
        found = namespace_of(site, name)
        assert found.pop("resource_spec") == {}
        assert found == former


def test_f30_a_version_without_zones_is_refused(
    documents: tuple[Path, Path, Path],
    tmp_path: Path,
    start_simulator: Callable[..., vcenter.Endpoint],
) -> None:
    _, inventory, platform = documents
    endpoint = start_simulator("-version", "8.0.3", inventory=inventory)
    older = Site(endpoint, platform, tmp_path / "state", reserving.VCENTER)
    prepare(older)
    done = older.run(*APPLY)
    assert done.returncode == 1
    assert "needs VCF 9" in done.stderr
    assert older.journals() == []


def test_f10_what_others_reserve_in_an_adopted_namespace_stops_the_run(
    site: Site, tmp_path: Path
) -> None:
    """The service cannot say whose a reservation is, and a write replaces it."""
    with vcenter.Rest(site.endpoint) as rest:
        rest.call("POST", vcenter.CLASSES, {"id": "foreign", "cpu_count": 1, "memory_MB": 1024})
        update = {
            "vm_service_spec": {"vm_classes": ["foreign"], "content_libraries": []},
            "zones": [
                {
                    "name": reserving.ZONE,
                    "vm_reservations": [{"reserved_vm_class": "foreign", "count": 1}],
                }
            ],
        }
        rest.call("PATCH", f"{vcenter.NAMESPACES}/{PROD}", update)
    done = change(site, tmp_path, PROD, adopted=True).run(*APPLY)
    assert done.returncode == 1
    assert "who may reserve VM class foreign" in done.stderr
    assert kept(site) == {"foreign": 1}


@pytest.fixture
def providers(site: Site) -> Callable[..., None]:
    """Makes OIDC providers of the Supervisor, as its administrator does."""

    def make(*names: str) -> None:
        path = f"{SUPERVISORS}/{share_of(site, PROD)['supervisor']}/identity/providers"
        with vcenter.Rest(site.endpoint) as rest:
            for name in names:
                body = {
                    "display_name": name,
                    "issuer_URL": f"https://{name}.example",
                    "client_ID": "supervisor",
                    "client_secret": "made for this test",
                }
                rest.call("POST", path, body)

    return make


def entries(site: Site) -> list[dict[str, Any]]:
    return list(namespace_of(site, PROD)["access_list"])


def test_f20_groups_of_the_only_provider_carry_its_id(
    site: Site, providers: Callable[..., None]
) -> None:
    providers("corp-oidc")
    assert site.run(*APPLY).returncode == 0
    assert {each["identity_provider"] for each in entries(site)} == {"provider-corp-oidc"}
    assert site.run().returncode == 0


def test_f20_groups_are_of_vcenters_own_directory_where_no_provider_is(site: Site) -> None:
    """vCenter itself is then federated with it."""
    assert site.run(*APPLY).returncode == 0
    assert all("identity_provider" not in each for each in entries(site))


def test_f20_several_providers_want_a_name(site: Site, providers: Callable[..., None]) -> None:
    providers("corp-oidc", "lab-oidc")
    done = site.run(*APPLY)
    assert done.returncode == 1
    assert "2 identity providers, name the one meant" in done.stderr
    assert site.journals() == []
