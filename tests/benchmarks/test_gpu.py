"""The measuring program: what it writes can be read, what it measures can be estimated.

PyTorch is not needed here: the modules under test do without it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from benchmarks.gpu.cases import Case, cases
from benchmarks.gpu.results import OBSERVABLE, Figure, observations, quantity, shown, table
from generator.blueprint.model.observations import FIELDS
from generator.blueprint.observed import read_observations
from generator.blueprint.read import read_workload
from generator.catalog import Catalog
from generator.sizing.estimate import estimate
from generator.source import parse

GIB = 1 << 30
SOURCE = 'measure.py on NVIDIA "H200" \\ torch 2.11'
FIGURES = (
    Figure("full-a", "total", "B", 41.9 * GIB, 40.0 * GIB, window="10 steps"),
    Figure("full-a", "step", "s", 0.1024, 0.1, window="10 steps", spread=0.021, note="a: b, {c}"),
    Figure("full-a", "allocated", "B", 40.0 * GIB),
    Figure("serve-a", "throughput", "/s", 2500.5, None),
    Figure("serve-a", "runtime", "B", None, 1.0 * GIB),
    Figure("serve-a", "activations", "B", 3.0 * GIB, observable=False),
)
ALL = [*cases(quick=False), *cases(quick=True)]


def test_the_document_can_be_read(tmp_path: Path) -> None:
    """Whatever a device or a note is called."""
    path = tmp_path / "observations.yaml"
    path.write_text(observations(FIGURES, name="measured", source=SOURCE), encoding="utf-8")
    seen = [sighting.observation for sighting in read_observations([path])]
    assert [(one.workload, one.figure) for one in seen] == [
        ("full-a", "total"),
        ("full-a", "step"),
        ("serve-a", "throughput"),
    ]
    assert seen[0].quantity.value == pytest.approx(41.9 * GIB, rel=1e-6)
    assert seen[1].source == f"{SOURCE}, a: b, {{c}}"
    assert seen[1].window == "10 steps"


def test_a_document_of_nothing_can_be_read_too(tmp_path: Path) -> None:
    """Unknown is not zero: what was not measured is left out."""
    path = tmp_path / "observations.yaml"
    empty = [Figure("a", "total", "B", None), Figure("a", "step", "s", 0.0)]
    path.write_text(observations(empty, name="measured", source="x"), encoding="utf-8")
    assert read_observations([path]) == ()


def test_the_table_shows_both_figures_and_their_ratio() -> None:
    """A dash where one of them is unknown."""
    rows = table(FIGURES).splitlines()[2:]
    assert rows[0] == "| full-a | total | 40.00 GiB | 41.90 GiB | 1.05 | - |  |"
    assert rows[1].endswith("| 100.000 ms | 102.400 ms | 1.02 | 2.1 % | a: b, {c} |")
    assert rows[3] == "| serve-a | throughput | - | 2500.5/s | - | - |  |"


@pytest.mark.parametrize(
    ("value", "unit", "written", "for_people"),
    [
        (1.5 * GIB, "B", "1.500000GiB", "1.50 GiB"),
        (3.0 * (1 << 20), "B", "3.000000MiB", "3.00 MiB"),
        (256.0, "B", "0.000244MiB", "256 B"),
        (0.0215, "s", "21.500000ms", "21.500 ms"),
        (2500.0, "/s", "2500.000000/s", "2500.0/s"),
    ],
)
def test_figures_are_written_in_units_of_the_language(
    value: float, unit: str, written: str, for_people: str
) -> None:
    """And in fewer digits for people."""
    assert (quantity(value, unit), shown(value, unit)) == (written, for_people)


def test_what_can_be_observed_is_what_assume_takes() -> None:
    """In the program's list as in the language."""
    assert list(FIELDS) == list(OBSERVABLE)


def test_names_of_cases_are_names_of_workloads_and_stand_once() -> None:
    """Observations are told apart by them."""
    names = [case["name"] for case in cases(quick=False)]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?", n) for n in names)


@pytest.mark.parametrize("case", ALL, ids=lambda case: case["name"])
def test_every_case_is_a_workload_that_can_be_estimated(case: Case) -> None:
    """On a GPU that the program knows."""
    placed = {**case, "gpu": "nvidia-h200-sxm-141"}
    (document,) = parse(json.dumps(placed).encode(), file="case.yaml")
    answer = estimate(read_workload(document), Catalog.builtin())
    assert answer.memory.total_bytes > 0


def test_the_cases_cover_what_is_to_be_measured() -> None:
    """Full and LoRA, recompute on and off, CNN and vision transformer, batch and context."""
    names = " ".join(case["name"] for case in cases(quick=False))
    wanted = ("full-", "lora-", "recompute-none", "recompute-full", "resnet50", "vit-b-16")
    assert all(word in names for word in wanted)
    served = [case["serving"] for case in cases(quick=False) if "serving" in case]
    assert {(one["sessions"], one["context"]) for one in served} >= {(1, 512), (32, 8192)}
