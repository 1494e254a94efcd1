"""What lies in a datacenter that lies in a folder is found by its whole path alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.acceptance import diffing, shipped, vcenter
from tests.acceptance.conftest import rendered
from tests.acceptance.roots import Cli, Life, live

pytestmark = pytest.mark.tools

NAME, SITE, VCENTER = "edge-one.yaml", "edge-one.site.yaml", "vc-rtm1"


def render_in(folder: Path, datacenters: str) -> Path:
    """The platform of one host, whose datacenter is said to lie in a folder, or in none."""
    source = shipped.ROOT / "blueprints"
    folder.mkdir()
    shutil.copy(source / NAME, folder)
    facts = yaml.safe_load((source / SITE).read_text("utf-8"))
    facts["datacenters"][0] |= {"folder": datacenters} if datacenters else {}
    (folder / SITE).write_text(yaml.safe_dump(facts), "utf-8")
    return rendered(folder / NAME, folder / "out")


def moved(endpoint: vcenter.Endpoint, name: str) -> None:
    """The only datacenter, put into a new folder below the root folder."""
    from pyVim.task import WaitForTask
    from pyVmomi import vim

    with vcenter.soap(endpoint) as instance:
        (datacenter,) = vcenter.inventory_objects(instance, vim.Datacenter)
        folder = instance.content.rootFolder.CreateFolder(name)
        WaitForTask(folder.MoveIntoFolder_Task([datacenter]))


@pytest.mark.parametrize(("stated", "found"), [("emea", True), ("", False)])
def test_the_platforms_folder_is_found_below_the_stated_one_only(
    stated: str,
    found: bool,
    tmp_path: Path,
    command_line: Callable[[str], Cli],
    start_simulator: Callable[..., vcenter.Endpoint],
) -> None:
    endpoint = start_simulator(inventory=shipped.ROOT / "blueprints" / SITE)
    moved(endpoint, "emea")
    tree = render_in(tmp_path / "site", stated)
    life: Life = live(command_line("terraform"), tree / VCENTER, tmp_path / "roots", endpoint)
    applied = {root: bool(step) for root, step in life.applied.items()}
    assert applied["10-foundation"], life.applied["10-foundation"].output
    assert applied["40-prod-vms"] is found, life.applied["40-prod-vms"].output


def made(endpoint: vcenter.Endpoint, paths: list[str]) -> None:
    """Folders of the platform, as its roots make them, without their tags."""
    from pyVmomi import vim

    with vcenter.soap(endpoint) as instance:
        (datacenter,) = vcenter.inventory_objects(instance, vim.Datacenter)
        known = {"": datacenter.vmFolder}
        for path in sorted(paths):
            above, _, name = path.rpartition("/")
            known[path] = known[above].CreateFolder(name)


@pytest.mark.parametrize("stated", ["emea", ""])
def test_a_comparison_finds_the_platforms_folders_where_they_are(
    stated: str, tmp_path: Path, start_simulator: Callable[..., vcenter.Endpoint]
) -> None:
    """Those that others made are there to be taken over; nobody has to state the folder for it."""
    endpoint = start_simulator(inventory=shipped.ROOT / "blueprints" / SITE)
    moved(endpoint, "emea")
    tree = render_in(tmp_path / "site", stated)
    (seen,) = json.loads((tree / "plan.json").read_text("utf-8"))["vcenters"]
    folders = [*seen["folders"], *(below for _, below in seen["environment_folders"])]
    folders += [team for fabric in seen["fabrics"] for team in fabric["folders"]]
    paths = sorted({folder["path"] for folder in folders})
    made(endpoint, paths)
    site = diffing.Site(endpoint, tree.parent, tmp_path / "site" / NAME)
    ran = site.diff("--only", "folder", "--only", "datacenter")
    there = [one["key"] for one in ran.answer["adoptions"] if one["kind"] == "folder"]
    assert there == [f"emea/rtm1/vm/{path}" for path in paths], ran.said
    assert ran.rows == []
