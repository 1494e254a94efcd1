"""A second release in which a team and a class are gone: nothing that exists is destroyed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.api import load, render
from generator.render.output import write
from tests.acceptance import shipped, vcenter
from tests.acceptance.policies import post_policies
from tests.acceptance.roots import LOCAL_BACKEND, Cli, Step, _plan, changes, post_requests

pytestmark = pytest.mark.tools

INVENTED = "".join(
    f'resource "vsphere_tag_category" "{name}" {{\n'
    "  lifecycle {\n    ignore_changes = [associable_types]\n  }\n}\n"
    for name in ("mlgen", "mlgen_release")
)
"""What the simulator makes up of a tag category (simulator_inventions.json) cannot be applied."""

ROOTS = ("10-foundation", "20-classes", "30-dev-namespaces")
"""Applied with the REST bodies behind the classes, as people do it."""


def released(folder: Path, *, research: bool) -> Path:
    """Renders the example, or it without the work of a team, over the last release."""
    text = shipped.BLUEPRINT.read_text(encoding="utf-8")
    if not research:
        text = text.replace("revision: 7", "revision: 8")
        text = text.replace("      access: notebook ", "      access: form ")
        text = text.replace("    owner: research\n", "    owner: ml-eng\n")
        text = text.replace("memory: 16GiB", "memory: 30GiB")
    (folder / "b.yaml").write_text(text, encoding="utf-8")
    shutil.copy(shipped.INVENTORY, folder / "s.site.yaml")
    out = folder / "out"
    (result,) = render(load([folder / "b.yaml"]), out=out)
    write(out / shipped.PLATFORM, result.files)
    return out / shipped.PLATFORM / shipped.VCENTER


def laid_out(rendered: Path, scratch: Path) -> list[Path]:
    """The roots with their states: rendered files are replaced, the rest stays."""
    folders = []
    for name in ROOTS:
        folder = scratch / name
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.tf"):
            old.unlink()
        for new in (rendered / name).glob("*.tf"):
            shutil.copy(new, folder)
        (folder / "backend_override.tf").write_text(LOCAL_BACKEND, encoding="utf-8")
        if name == "10-foundation":
            (folder / "simulator_override.tf").write_text(INVENTED, encoding="utf-8")
        folders.append(folder)
    return folders


def applied(cli: Cli, folder: Path, settings: dict[str, str]) -> tuple[set[str], Step]:
    """The actions that a plan would take, and the end of its apply."""
    assert cli.run(folder, "init", "-no-color")
    plan = _plan(cli, folder, settings)
    assert "error" not in plan, plan["error"]
    actions = {action for each in changes(plan) for action in each["change"]["actions"]}
    return actions, cli.run(folder, "apply", "-auto-approve", "-no-color", settings=settings)


@pytest.mark.parametrize("tool", ["terraform", "opentofu"])
def test_what_leaves_the_blueprint_stays_in_vcenter(
    tool: str,
    command_line: Callable[[str], Cli],
    start_simulator: Callable[..., vcenter.Endpoint],
    tmp_path: Path,
) -> None:
    """The namespace of a team and the class that nodes may still run on."""
    cli, endpoint = command_line(tool), start_simulator()
    settings = dict(endpoint.environment())
    first = released(tmp_path, research=True)
    for folder in laid_out(first, tmp_path / "roots"):
        assert applied(cli, folder, settings)[1]
        if folder.name == "20-classes":
            post_requests(first / "supervisor", endpoint)
            post_policies(first / "storage" / "policies", endpoint)
    before = vcenter.snapshot(endpoint)
    second = released(tmp_path, research=False)
    assert (second / "30-dev-namespaces" / "removed.tf").is_file()
    taken: set[str] = set()
    for folder in laid_out(second, tmp_path / "roots"):
        actions, done = applied(cli, folder, settings)
        assert done, done.output
        taken |= actions
    after = vcenter.snapshot(endpoint)
    assert "delete" not in taken
    assert "forget" in taken
    assert all(set(before[kind]) <= set(after[kind]) for kind in before if kind != "tags")
    assert len(after["tags"]) >= len(before["tags"])
