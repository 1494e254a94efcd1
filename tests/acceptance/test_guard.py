"""F2: the guard stops hazardous edits and lets harmless ones pass, in plans of Terraform's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from generator.api import guard
from generator.guard import Stop, Verdict
from tests.acceptance import vcenter
from tests.acceptance.edits import Edit, configuration, state
from tests.acceptance.hazards import HARMLESS, HAZARDOUS
from tests.acceptance.roots import Cli
from tests.acceptance.test_provider import NEEDS_PROVIDER

pytestmark = pytest.mark.tools

PLATFORM = Path(__file__).resolve().parents[1] / "golden" / "acme-ml"
AS_OF = "2026-11-20"


@dataclass(frozen=True, slots=True)
class Judged:
    """A plan in its JSON form, and the verdict about it."""

    text: str
    verdict: Verdict

    def stops(self, edit: Edit) -> list[Stop]:
        """What stops the object of an edit."""
        return [stop for stop in self.verdict.stops if stop.address == edit.address]


@pytest.fixture(scope="module")
def planned(
    command_line: Callable[[str], Cli],
    endpoint: vcenter.Endpoint,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[tuple[Edit, ...]], Judged]:
    """Plans a root that wants some edits, and judges the plan; the provider only logs in."""
    cli = command_line("terraform")
    folder = tmp_path_factory.mktemp("guarded")
    (folder / "provider.tf").write_text(NEEDS_PROVIDER, "utf-8")
    ready = cli.run(folder, "init", "-no-color")
    assert ready, ready.output

    def judged(edits: tuple[Edit, ...]) -> Judged:
        (folder / "main.tf").write_text(configuration(edits), "utf-8")
        (folder / "terraform.tfstate").write_text(json.dumps(state(edits)), "utf-8")
        command = ("plan", "-refresh=false", "-no-color", "-out=plan.bin")
        made = cli.run(folder, *command, settings=endpoint.environment())
        assert made, made.output
        text = cli.run(folder, "show", "-json", "plan.bin").output
        (folder / "plan.json").write_text(text, "utf-8")
        return Judged(text, guard(folder / "plan.json", as_of=AS_OF, platforms=[PLATFORM]))

    return judged


@pytest.fixture(scope="module")
def hazardous(planned: Callable[[tuple[Edit, ...]], Judged]) -> Judged:
    return planned(HAZARDOUS)


@pytest.fixture(scope="module")
def harmless(planned: Callable[[tuple[Edit, ...]], Judged]) -> Judged:
    return planned(HARMLESS)


def test_there_are_as_many_edits_as_promised() -> None:
    assert len({edit.address for edit in HAZARDOUS}) == len(HAZARDOUS) >= 25
    assert len({edit.address for edit in HARMLESS}) == len(HARMLESS) >= 10


@pytest.mark.parametrize("edit", HAZARDOUS, ids=lambda edit: edit.address)
def test_f2_a_hazardous_edit_is_stopped_and_its_object_named(hazardous: Judged, edit: Edit) -> None:
    by_rule = {stop.rule: stop for stop in hazardous.stops(edit)}
    stop = by_rule[edit.rule]
    assert edit.told in stop.message
    assert stop.name in stop.message
    assert (stop.kind, bool(stop.why), bool(stop.mend)) == (edit.kind, True, True)


@pytest.mark.parametrize("edit", HAZARDOUS, ids=lambda edit: edit.address)
def test_f2_a_hazardous_edit_names_its_blast_radius(hazardous: Judged, edit: Edit) -> None:
    blast = hazardous.stops(edit)[0].blast_radius
    assert blast.note
    assert blast.basis in ("planned", "at-most")
    assert None not in (blast.vms, blast.nodes, blast.gpus)


@pytest.mark.parametrize("edit", HARMLESS, ids=lambda edit: edit.address)
def test_a_harmless_edit_passes(harmless: Judged, edit: Edit) -> None:
    assert [(stop.rule, stop.message) for stop in harmless.stops(edit)] == []


def test_every_harmless_edit_but_the_empty_one_is_in_the_plan(harmless: Judged) -> None:
    """So that none passes because nothing was planned."""
    passed = {one.address for one in harmless.verdict.passed}
    assert passed == {edit.address for edit in HARMLESS} - {"vsphere_namespace.same"}


def test_no_password_of_a_plan_is_told(hazardous: Judged) -> None:
    assert "not-to-be-shown" in hazardous.text
    assert "not-to-be-shown" not in repr(hazardous.verdict)
