"""The steps of the hand-off that send something by REST, taken in their order on a new vCenter."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.handoff.steps import Step, order_of_work
from tests.acceptance import shipped, vcenter
from tests.acceptance.applying import APPLY, Site
from tests.acceptance.test_apply_script import SUPERVISOR
from tests.example import desired, planned

pytestmark = pytest.mark.tools

SCRIPT = f"python apply/apply.py {shipped.VCENTER} "
PENDING = 3


@pytest.fixture
def site(platform: Path, tmp_path: Path, start_simulator: Callable[..., vcenter.Endpoint]) -> Site:
    """The example where its first root is applied, and nothing else is there yet."""
    copy = tmp_path / "platform"
    shutil.copytree(platform, copy)
    site = Site(start_simulator(), copy, tmp_path / "state")
    vcenter.create_tag_policies(site.endpoint, site.tag_policies())
    return site


def steps(platform: Path) -> list[Step]:
    """The order of work of what is rendered."""
    paths = [str(file.relative_to(platform)) for file in platform.rglob("*") if file.is_file()]
    return list(order_of_work(desired(), planned(), paths))


def make_namespaces(site: Site) -> None:
    """What the roots of namespaces make."""
    with vcenter.Rest(site.endpoint) as rest:
        for name in sorted({body["namespace"] for body in site.bodies() if "namespace" in body}):
            body = {"namespace": name, "supervisor": SUPERVISOR}
            rest.call("POST", f"{vcenter.NAMESPACES}/v2", body)


def test_each_step_finds_what_it_needs_and_its_check_then_passes(site: Site) -> None:
    """F35: shown, sent, and nothing left to do; the namespaces come where their roots stand."""
    taken = []
    for step in steps(site.platform):
        if step.title.startswith(f"Apply {shipped.VCENTER}/30-dev"):
            make_namespaces(site)
        if step.check.startswith(SCRIPT):
            arguments = step.check.removeprefix(SCRIPT).split()
            assert step.command.startswith(step.check)
            shown = site.run(*arguments)
            assert shown.returncode == PENDING, (step.title, shown.stderr)
            sent = site.run(*arguments, *APPLY)
            assert sent.returncode == 0, (step.title, sent.stderr)
            checked = site.run(*arguments)
            assert checked.returncode == 0, (step.title, checked.stderr)
            taken.append(step.title)
    assert taken == [
        f"Send the storage policies of {shipped.VCENTER}",
        f"Send the VM classes of {shipped.VCENTER}",
        f"Send the rights and shares of {shipped.VCENTER}",
    ]
    everything = site.run()
    assert (everything.returncode, everything.stdout.splitlines()[-1][:2]) == (0, "0 ")
