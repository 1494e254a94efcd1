"""F14: what is there already is taken over, and the first plan after it is empty.

The objects are made by an apply and dropped from the state, as if somebody else had made them; then
the inventory says ``manage: adopt``.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.api import guard
from tests.acceptance import vcenter
from tests.acceptance.conftest import rendered
from tests.acceptance.roots import LOCAL_BACKEND, Cli, Step, _plan, changed_attributes, changes
from tests.acceptance.test_plain_vms import FOLDER, INVENTED, seed_template

pytestmark = pytest.mark.tools

ADOPTED = {
    "10-foundation": [
        {"kind": "tag-category", "name": "mlgen-tier"},
        {"kind": "tag", "name": "plain-bulk", "within": "mlgen-tier"},
        {"kind": "folder", "name": "plain"},
        {"kind": "role", "name": "plain-edit"},
        {"kind": "content-library", "name": "images"},
    ],
    "40-prod-vms": [
        {"kind": "folder", "name": "plain/prod"},
        {"kind": "folder", "name": "plain/prod/all"},
        {"kind": "resource-pool", "name": "plain-prod", "within": "plain-a"},
    ],
}
"""Each kind that a platform makes under a name of its own and that the provider can import."""

UNTAUGHT = {
    "10-foundation": "".join(
        f'resource "vsphere_tag_category" "{name}" {{\n'
        "  lifecycle {\n    ignore_changes = [associable_types, description]\n  }\n}\n"
        for name in ("mlgen", "mlgen_release", "mlgen_tier")
    ),
    "40-prod-vms": "",
}
"""What the simulator makes up of a tag category (simulator_inventions.json) cannot be applied."""

LIBRARY = {"name": "images", "holds": "vm-images", "subscribed": False, "datastore": "vmfs-plain"}


def site(folder: Path, *, library: str, objects: list[dict[str, str]]) -> Path:
    """The fixture beside its site, with a library and what is there already."""
    folder.mkdir()
    shutil.copy(FOLDER / "plain.yaml", folder)
    facts = yaml.safe_load((FOLDER / "plain.site.yaml").read_text("utf-8"))
    facts["libraries"] = [{**LIBRARY, "manage": library}]
    facts["objects"] = objects
    (folder / "plain.site.yaml").write_text(yaml.safe_dump(facts), "utf-8")
    return folder / "plain.yaml"


def laid_out(tree: Path, scratch: Path, root: str) -> Path:
    """The root with its state: rendered files are replaced, the rest stays."""
    folder = scratch / root
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.tf"):
        old.unlink()
    for new in (tree / root).glob("*.tf"):
        shutil.copy(new, folder)
    (folder / "backend_override.tf").write_text(LOCAL_BACKEND, "utf-8")
    if not (scratch / "modules").exists():
        shutil.copytree(tree / "modules", scratch / "modules")
    return folder


class Taking:
    """The life of both roots: made, dropped from the state, adopted."""

    def __init__(self, cli: Cli, endpoint: vcenter.Endpoint, folder: Path) -> None:
        self._cli = cli
        self.endpoint = endpoint
        self._settings = endpoint.environment()
        self._folder = folder
        self.first: dict[str, Mapping[str, Any]] = {}
        self.verdict: dict[str, Any] = {}
        self.applied: dict[str, Step] = {}
        self.again: dict[str, Mapping[str, Any]] = {}

    def make_and_drop(self) -> None:
        """Applies what the platform would make, and forgets those that are to be adopted."""
        blueprint = site(self._folder / "first", library="create", objects=[])
        tree = rendered(blueprint, self._folder / "out1") / "vc-rtm1"
        for root in ADOPTED:
            folder = laid_out(tree, self._folder, root)
            self._run(folder, "init")
            self._run(folder, "apply", "-auto-approve")
        others = [
            {**each, "manage": "adopt"}
            for each in (*ADOPTED["10-foundation"], *ADOPTED["40-prod-vms"])
            if each["kind"] != "content-library"
        ]
        blueprint = site(self._folder / "second", library="adopt", objects=others)
        self.tree = rendered(blueprint, self._folder / "out2") / "vc-rtm1"
        for root in ADOPTED:
            folder = laid_out(self.tree, self._folder, root)
            self._run(folder, "state", "rm", *self.imported(root))

    def imported(self, root: str) -> list[str]:
        """The addresses that the root imports."""
        lines = (self.tree / root / "imports.tf").read_text("utf-8").splitlines()
        return [line.removeprefix("  to = ") for line in lines if line.startswith("  to = ")]

    def adopt(self) -> None:
        """Plans, judges and applies the adoption of each root, and plans once more."""
        for root in ADOPTED:
            folder = self._folder / root
            self.first[root] = _plan(self._cli, folder, self._settings)
            assert "error" not in self.first[root], self.first[root]["error"]
            shown = self._cli.run(folder, "show", "-json", "plan.bin").output
            (folder / "plan.json").write_text(shown, "utf-8")
            self.verdict[root] = guard(folder / "plan.json", as_of="2026-11-20")
            (folder / "simulator_override.tf").write_text(UNTAUGHT[root], "utf-8")
            targets = [f"-target={address}" for address in self.imported(root)]
            self.applied[root] = self._cli.run(
                folder, "apply", "-auto-approve", "-no-color", *targets, settings=self._settings
            )
            self.again[root] = _plan(self._cli, folder, self._settings)

    def replan(self, root: str) -> Any:
        """What the guard says of a plan that is made now, with the adopted forgotten again."""
        folder = self._folder / root
        self._run(folder, "state", "rm", *self.imported(root))
        _plan(self._cli, folder, self._settings)
        shown = self._cli.run(folder, "show", "-json", "plan.bin").output
        (folder / "plan.json").write_text(shown, "utf-8")
        return guard(folder / "plan.json", as_of="2026-11-20")

    def _run(self, folder: Path, *arguments: str) -> None:
        done = self._cli.run(folder, *arguments, settings=self._settings)
        assert done, done.output


@pytest.fixture(scope="module", params=["terraform", "opentofu"])
def taking(
    request: pytest.FixtureRequest,
    command_line: Callable[[str], Cli],
    start_simulator: Callable[..., vcenter.Endpoint],
    tmp_path_factory: pytest.TempPathFactory,
) -> Taking:
    endpoint = start_simulator(inventory=FOLDER / "plain.site.yaml")
    seed_template(endpoint)
    made = Taking(command_line(request.param), endpoint, tmp_path_factory.mktemp("taking"))
    made.make_and_drop()
    made.adopt()
    return made


@pytest.mark.parametrize("root", ADOPTED)
def test_f14_everything_that_is_asked_for_is_imported(taking: Taking, root: str) -> None:
    planned = taking.first[root]
    assert "error" not in planned, planned["error"]
    importing = [each for each in planned["resource_changes"] if each["change"].get("importing")]
    assert len(importing) == len(ADOPTED[root])


@pytest.mark.parametrize("root", ADOPTED)
def test_f14_after_adoption_the_first_plan_is_empty(taking: Taking, root: str) -> None:
    planned = taking.first[root]
    assert changed_attributes(planned) <= INVENTED, changes(planned)
    assert {tuple(each["change"]["actions"]) for each in changes(planned)} <= {("update",)}


@pytest.mark.parametrize("root", ADOPTED)
def test_f14_the_adoption_is_applied_and_stays(taking: Taking, root: str) -> None:
    assert taking.applied[root], taking.applied[root].output
    assert changed_attributes(taking.again[root]) <= INVENTED


def test_f14_an_adoption_that_would_change_something_is_refused_with_the_attribute(
    taking: Taking,
) -> None:
    """Somebody gave the role another privilege in the meantime."""
    with vcenter.soap(taking.endpoint) as instance:
        manager = instance.content.authorizationManager
        (role,) = [each for each in manager.roleList if each.name == "plain-edit"]
        more = [*role.privilege, "Datastore.Browse"]
        manager.UpdateAuthorizationRole(roleId=role.roleId, newName=role.name, privIds=more)
    verdict = taking.replan("10-foundation")
    stops = {s.rule: s for s in verdict.stops if s.address == "vsphere_role.plain_edit"}
    assert "role_privileges" in str(stops["MLG-G004"])
