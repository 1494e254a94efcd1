"""The proposal of an estimate that names no GPU: what is chosen, what is rejected and why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from generator.blueprint.read import read_workload
from generator.catalog import Catalog
from generator.cli.estimate import estimate_body, estimate_text
from generator.sizing.estimate import Estimate, estimate
from generator.sizing.estimate.answer import ChoiceAnswer
from generator.sizing.estimate.choice import MOST_REJECTED
from generator.source import parse

SCHEMA = Path(__file__).parents[3] / "schemas" / "estimate.schema.json"
CHAT = "model: {family: llama-3.1-8b}, serving: {mode: service, context: 8192, sessions: 20"
SEARCH = (
    "model: {family: resnet50}, hpo: {trials: 500, trial_time: 1.5h, memory: 16GiB, deadline: 72h}"
)


def answered(text: str, *, proposing: bool = True) -> Estimate:
    """The estimate of a workload in the flow style."""
    (document,) = parse(f"{{{text}}}".encode(), file="w.yaml")
    return estimate(read_workload(document), Catalog.builtin(), proposing=proposing)


def proposed(text: str) -> ChoiceAnswer:
    """Its proposal."""
    choice = answered(text).choice
    assert choice is not None
    return choice


def test_a_steady_service_with_a_level_gets_a_mig_instance() -> None:
    choice = proposed(f"{CHAT}, p95_first_token: 1s}}")

    assert (choice.kind, choice.row) == ("mig", "mig-steady-service")


def test_the_profile_leaves_what_the_engine_takes_of_it() -> None:
    answer = answered(f"{CHAT}}}")
    assert answer.choice is not None
    profile = Catalog.builtin().accelerator(answer.choice.gpu).profile(answer.choice.profile)

    assert profile.usable_framebuffer_bytes * 0.9 >= answer.memory.total_bytes


def test_a_search_gets_parts_of_gpus_packed_with_their_like() -> None:
    choice = proposed(SEARCH)

    assert (choice.kind, choice.gpus, choice.gpus_in_all) == ("time-sliced", 1, 3)


def test_trees_get_cpus() -> None:
    text = "model: {family: gradient-boosting, size: 40MB}, serving: {mode: service, rate: 500/s}"
    choice = proposed(text)

    assert (choice.kind, choice.gpu, choice.row) == ("cpu", "", "cpu-classic")


def test_a_wish_overrides_the_table() -> None:
    assert proposed(f"{CHAT}}}, accelerator: {{kind: cpu}}").row == "stated-cpu"
    assert proposed(f"{CHAT}}}, accelerator: {{kind: full}}").row == "stated-full"


def test_isolation_rules_out_time_slices() -> None:
    choice = proposed(f"{CHAT}}}, accelerator: {{isolation: mig}}")

    assert choice.kind in ("mig", "full")
    assert "isolation" in {each.constraint for each in choice.rejected}


def test_where_nothing_fits_the_constraint_that_binds_is_named() -> None:
    choice = proposed("model: {family: llama-3.1-8b, precision: fp6}, serving: {mode: service}")

    assert (choice.kind, choice.gpu, choice.binding) == ("", "", "precision")


def test_wishes_that_contradict_each_other_give_no_proposal_and_an_estimate_all_the_same() -> None:
    answer = answered(f"{CHAT}}}, accelerator: {{kind: fraction, gpus: 2}}")
    assert answer.choice is not None

    assert answer.memory.total_bytes > 0
    assert (answer.choice.kind, answer.choice.binding) == ("", "accelerator.gpus")
    assert "exclude each other" in answer.choice.reason


def test_rejections_are_few_and_of_every_constraint_that_decided() -> None:
    choice = proposed(f"{CHAT}, p95_first_token: 1s}}")
    constraints = [each.constraint for each in choice.rejected]

    assert len(constraints) <= MOST_REJECTED
    assert {"cpu", "precision", "memory", "preference", "rank"} <= set(constraints)
    assert max(constraints.count(each) for each in constraints) <= 2
    assert all(each.offer and each.reason for each in choice.rejected)


def test_every_offer_is_accounted_for() -> None:
    from generator.sizing.choice.offers import all_offers

    catalog = Catalog.builtin()
    offers = all_offers(catalog.accelerator(row) for row in catalog.ids("accelerators"))
    rejected = proposed(f"{CHAT}}}").rejected

    # All of the catalogue and the CPU, less what was taken.
    assert sum(1 + each.alike for each in rejected) == len(offers)


def test_a_proposal_is_no_fact_of_the_answer() -> None:
    with_it, without = answered(f"{CHAT}}}"), answered(f"{CHAT}}}", proposing=False)

    assert without.choice is None
    assert (with_it.gpu, with_it.profile) == (without.gpu, without.profile) == ("", "")
    assert with_it.gpus == without.gpus


def test_a_named_gpu_needs_no_proposal() -> None:
    assert answered(f"{CHAT}}}, gpu: nvidia-h100-pcie-80").choice is None


@pytest.mark.parametrize(
    "text",
    [
        f"{CHAT}, p95_first_token: 1s}}",
        f"{CHAT}}}, accelerator: {{kind: cpu}}",
        f"{CHAT}}}, accelerator: {{kind: fraction, gpus: 2}}",
        f"{CHAT}}}, gpu: nvidia-h100-pcie-80",
        SEARCH,
    ],
)
def test_the_answer_keeps_to_its_schema(text: str) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    body = json.loads(json.dumps(estimate_body(answered(text))))
    body["schema"] = schema["$id"]

    Draft202012Validator(schema).validate(body)


def test_the_text_says_what_is_proposed_and_what_is_not() -> None:
    text = estimate_text(answered(SEARCH), with_ledger=False)

    assert "proposal: 1 x " in text
    assert "  by time-sliced of the decision table" in text
    assert "  not cpu: it asks for GPU memory [cpu]" in text
