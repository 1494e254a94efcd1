"""A platform on VCF 9, applied whole by Terraform and the script, and compared whole (F30)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.acceptance import diffing, release, reserving, vcenter
from tests.acceptance.conftest import rendered
from tests.acceptance.roots import Cli

pytestmark = pytest.mark.tools

DEV, PROD = "vcf9-dev-science", "vcf9-prod-all"
BY_OWNERS = {"vcenter", "cluster", "host", "datastore"}
"""What people set by the rendered instructions, and a type of datastore that the simulator lacks:
``simulator_drops.json`` has the same for the shipped example."""


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory,
    command_line: Callable[[str], Cli],
    start_simulator: Callable[..., vcenter.Endpoint],
) -> diffing.Site:
    folder = tmp_path_factory.mktemp("vcf9")
    blueprint, inventory = reserving.written(folder)
    platform = rendered(blueprint, folder / "out")
    endpoint = start_simulator("-version", "9.1.0", inventory=inventory)
    scratch: Path = folder / "scratch"
    release.apply(platform, reserving.VCENTER, endpoint, command_line("terraform"), scratch)
    vcenter.command(endpoint, {"do": "keep"})
    return diffing.Site(endpoint, platform.parent, blueprint)


@pytest.fixture
def applied(site: diffing.Site) -> Iterator[diffing.Site]:
    """It; what the control did in a test is undone after it."""
    yield site
    site.tell({"do": "undo"})


def rows(ran: diffing.Ran) -> set[tuple[str, str]]:
    """Kind and key of what differs, less what its owners do."""
    return {(kind, key) for kind, key, *_ in ran.rows if kind not in BY_OWNERS}


def test_f30_what_was_applied_whole_differs_only_in_what_owners_do(applied: diffing.Site) -> None:
    found = applied.diff()
    assert {kind for kind, *_ in found.rows} == BY_OWNERS
    assert (found.answer["applied"], found.answer["two_way"]) == ("vcf9-1", "")
    assert all(each["by_design"] for each in found.answer["unreadable"])


def test_f30_the_profiles_count_what_the_boards_hold(applied: diffing.Site) -> None:
    slots = applied.diff().answer["slots"]
    assert [(each["free"], each["remaining"], each["bound"]) for each in slots] == [
        (6, 6, "both"),
        (3, 3, "both"),
    ]


@pytest.mark.parametrize("namespace", [DEV, PROD])
def test_f30_a_reservation_that_somebody_took_away_is_found_in_its_zone(
    applied: diffing.Site, namespace: str
) -> None:
    """The service shows it for all namespaces together."""
    zones = [{"name": reserving.ZONE}]
    applied.tell(
        {"do": "rest", "store": "namespaces", "key": namespace, "path": "zones", "value": zones}
    )
    assert rows(applied.diff()) == {("zone", reserving.ZONE)}


def test_f30_a_share_that_somebody_wrote_over_is_found_by_its_mark(applied: diffing.Site) -> None:
    wish = {"do": "rest", "store": "namespaces", "key": PROD, "path": "description"}
    applied.tell({**wish, "value": "of the VI team"})
    found = applied.diff()
    assert rows(found) == {("namespace", PROD)}
    assert {field for kind, _, field, *_ in found.rows if kind == "namespace"} == {"zone_mark"}
