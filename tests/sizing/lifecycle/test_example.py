"""The lifecycle of the shipped example, and how long a large one takes."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

from generator.ledger import Basis
from generator.sizing.lifecycle import lifecycle
from generator.sizing.lifecycle_case import gpu_supply
from tests.example import blueprint, site
from tests.sizing.lifecycle.lab import CATALOG, figure


def test_nothing_is_wrong_with_the_example() -> None:
    found = lifecycle(blueprint(), CATALOG, gpu_supply(blueprint(), {"ams1": site()}))

    assert found[1] == []
    assert figure(found, "rag-llm", "runtimes").value == "vllm, transformers, pytorch"
    assert figure(found, "churn-tabular", "retraining reserve").value == "on CPUs"
    assert figure(found, "pipeline-weekly-vision", "critical path").value == 6.4 * 3600


def test_every_figure_has_its_rule_and_source_and_every_assumption_its_effect() -> None:
    ledger, _ = lifecycle(blueprint(), CATALOG)

    assert ledger
    assert all(entry.rule and entry.source for entry in ledger)
    assumed = [entry for entry in ledger if entry.basis is Basis.ASSUMED]
    assert all(entry.effect and None not in (entry.low, entry.high) for entry in assumed)


def test_two_hundred_workloads_are_judged_at_once() -> None:
    wanted = blueprint()
    many = [replace(w, name=f"{w.name}-{n}") for n in range(25) for w in wanted.workloads]
    large = replace(wanted, workloads=tuple(many))
    lifecycle(large, CATALOG)

    taken = []
    for _ in range(5):
        start = perf_counter()
        lifecycle(large, CATALOG)
        taken.append(perf_counter() - start)

    assert len(many) == 200
    assert min(taken) < 0.02
