"""``--observations``: what was measured, through the command line."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from generator.sizing.estimate.answer import CheckpointAnswer, TrainingAnswer
from generator.sizing.observed import Change
from tests.cli.running import ROOT, Mlgen

EXAMPLE = ROOT / "blueprints" / "acme-ml.yaml"

SERVICE = (
    "{name: rag-llm, model: {family: llama-3.1-8b}, gpu: nvidia-h100-sxm5-80, "
    "serving: {mode: service, context: 8192, sessions: 20}}"
)
OTHERS = {
    "training": "{model: {family: llama-3.1-8b}, gpu: nvidia-h200-sxm-141, "
    "train: {sequence: 2048, micro_batch: 1, steps: 1000, deadline: 2h}}",
    "adapters": "{model: {family: llama-3.1-8b, method: {qlora: {rank: 16}}}, "
    "train: {sequence: 2048, micro_batch: 1}}",
    "search": "{model: {family: resnet50}, hpo: {trials: 50, trial_time: 2h, memory: 12GiB}}",
    "images": "{model: {family: resnet50}, gpu: nvidia-a30, serving: {rate: 500/s, p95: 80ms}}",
    "cpu": "{model: {family: llama-2-7b}, accelerator: {kind: cpu}, serving: {batch: 1}}",
    "nothing-fits": "{model: {family: llama-3.1-405b}, gpu: nvidia-t4, serving: {sessions: 4}}",
    "no-gpu": "{model: {family: qwen2.5-7b}, serving: {context: 4096}}",
}
TABLE = """\
workload,figure,value,unit,window,source
rag-llm,per_token,100,ms,24h,vLLM
rag-llm,runtime,1.5,GiB,,nvidia-smi
"""


def answer(out: str) -> dict[str, Any]:
    """A JSON answer, checked against the schema that it names."""
    body: dict[str, Any] = json.loads(out)
    path = ROOT / "schemas" / str(body["schema"]).rpartition("/")[2]
    schema = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(body)
    return body


def file(folder: Path, name: str, text: str) -> Path:
    """A file with this text."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_measured_figures_replace_computed_ones(mlgen: Mlgen, tmp_path: Path) -> None:
    """In the answer, in the list of changes and in the ledger."""
    work, table = file(tmp_path, "w.yaml", SERVICE), file(tmp_path, "seen.csv", TABLE)
    code, out, _ = mlgen("estimate", work, "--observations", table, "--format", "json")
    body = answer(out)
    changes = {change["figure"]: change for change in body["changes"]}
    assert (code, body["serving"]["tpot_s"]) == (0, 0.1)
    assert body["memory"]["runtime_bytes"] == 1.5 * (1 << 30)
    assert changes["per_token"]["used"]
    assert changes["per_token"]["far_off"]
    assert changes["per_token"]["ratio"] == pytest.approx(0.1 / changes["per_token"]["analytic"])
    noted = {entry["name"]: entry for entry in body["ledger"]}
    assert noted["per_token"]["kind"] == "measured"


def test_a_far_measurement_is_a_warning_and_no_failure(mlgen: Mlgen, tmp_path: Path) -> None:
    """In words for people, with its place."""
    work, table = file(tmp_path, "w.yaml", SERVICE), file(tmp_path, "seen.csv", TABLE)
    code, out, err = mlgen("estimate", work, "--observations", table)
    assert (code, err) == (0, "")
    assert "warning[MLG-Z004]: per_token of rag-llm was measured as 100 ms" in out
    assert f"{table}:2:1" in out
    assert "vLLM, over 24h" in out


def test_several_files_of_several_kinds_count_together(mlgen: Mlgen, tmp_path: Path) -> None:
    """A document, a table and an answer of Prometheus."""
    sample = {
        "metric": {"__name__": "mlgen_first_token_seconds", "workload": "rag-llm"},
        "value": [1763700000, "0.7"],
    }
    prometheus = {"status": "success", "data": {"resultType": "vector", "result": [sample]}}
    document = (
        "apiVersion: mlgen/v1alpha1\nkind: Observations\nmetadata: {name: n}\nobservations:\n"
        "  - {workload: rag-llm, figure: kv_room, value: 20GiB, source: log}\n"
    )
    named = {"seen.csv": TABLE, "seen.json": json.dumps(prometheus), "seen.yaml": document}
    options = [
        argument
        for name, text in named.items()
        for argument in ("--observations", file(tmp_path, name, text))
    ]
    work = file(tmp_path, "w.yaml", SERVICE)
    body = answer(mlgen("estimate", work, *options, "--format", "json")[1])
    used = {change["figure"] for change in body["changes"] if "measured" in change}
    assert used == {"per_token", "runtime", "first_token", "kv_room"}
    assert body["serving"]["ttft_s"] == {"low": 0.7, "high": 0.7}


def test_a_workload_without_a_name_takes_the_only_observed_one(
    mlgen: Mlgen, tmp_path: Path
) -> None:
    """As most files for estimate have none."""
    work = file(tmp_path, "w.yaml", SERVICE.replace("name: rag-llm, ", ""))
    table = file(tmp_path, "seen.csv", TABLE)
    body = answer(mlgen("estimate", work, "--observations", table, "--format", "json")[1])
    assert body["serving"]["tpot_s"] == 0.1


def test_bad_observations_end_with_1_and_their_findings(mlgen: Mlgen, tmp_path: Path) -> None:
    """On standard error, with the line."""
    work = file(tmp_path, "w.yaml", SERVICE)
    table = file(tmp_path, "seen.csv", TABLE.replace("100", "NaN"))
    code, out, err = mlgen("estimate", work, "--observations", table)
    assert (code, out) == (1, "")
    assert "error[MLG-O003]" in err
    assert f"{table}:2:1" in err
    code, out, err = mlgen("size", EXAMPLE, "--observations", table, "--format", "json")
    assert (code, err) == (1, "")
    assert [finding["rule"] for finding in answer(out)["findings"]] == ["MLG-O003"]


def test_without_observations_nothing_is_compared(mlgen: Mlgen, tmp_path: Path) -> None:
    """The answer has no such keys."""
    work = file(tmp_path, "w.yaml", SERVICE)
    assert (
        not {"changes", "findings"} & answer(mlgen("estimate", work, "--format", "json")[1]).keys()
    )
    assert (
        not {"changes", "findings"} & answer(mlgen("size", EXAMPLE, "--format", "json")[1]).keys()
    )


def test_a_blueprint_is_sized_with_what_was_measured(mlgen: Mlgen, tmp_path: Path) -> None:
    """Every workload that the observations name; another name is a warning."""
    table = file(tmp_path, "seen.csv", TABLE + "rag-lm,total,40,GiB,,nvidia-smi\n")
    code, out, _ = mlgen("size", EXAMPLE, "--observations", table, "--format", "json")
    body = answer(out)
    measured = [change for change in body["changes"] if "measured" in change]
    assert code == 0
    assert [(c["workload"], c["figure"]) for c in measured] == [
        ("rag-llm", "per_token"),
        ("rag-llm", "runtime"),
    ]
    assert "MLG-O006" in {finding["rule"] for finding in body["findings"]}
    _, text, _ = mlgen("size", EXAMPLE, "--observations", table)
    assert "did you mean rag-llm?" in text


@pytest.mark.parametrize("name", OTHERS)
def test_the_answer_obeys_its_schema_for_every_kind_of_work(
    mlgen: Mlgen, tmp_path: Path, name: str
) -> None:
    """What makes no sense for it is left out."""
    work = file(tmp_path, "w.yaml", OTHERS[name])
    code, out, err = mlgen("estimate", work, "--format", "json")
    assert (code in (0, 4), err) == (True, "")
    assert answer(out)["ledger"]


@pytest.mark.parametrize(
    ("part", "cls"), [("training", TrainingAnswer), ("checkpoint", CheckpointAnswer)]
)
def test_the_schema_has_every_figure_of_an_answer(part: str, cls: type) -> None:
    """A figure that only one of them knows would make the other wrong."""
    schema = json.loads((ROOT / "schemas" / "estimate.schema.json").read_text(encoding="utf-8"))
    assert set(schema["$defs"][part]["properties"]) == {field.name for field in fields(cls)}


@pytest.mark.parametrize("name", ["estimate", "size"])
def test_the_schema_has_every_part_of_a_change(name: str) -> None:
    """And one that is derived."""
    schema = json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))
    parts = {field.name for field in fields(Change)} | {"far_off"}
    assert set(schema["$defs"]["change"]["properties"]) == parts


def test_validate_judges_observations_whole(mlgen: Mlgen, tmp_path: Path) -> None:
    """Not only their shape."""
    head = "apiVersion: mlgen/v1alpha1\nkind: Observations\nmetadata: {name: n}\nobservations:\n"
    row = "  - {workload: w, figure: step, value: 3GiB, source: s}\n"
    code, out, err = mlgen("validate", file(tmp_path, "seen.yaml", head + row))
    assert (code, err) == (2, "")
    assert "MLG-O004" in out
    good = file(tmp_path, "good.yaml", head + row.replace("3GiB", "3s"))
    assert mlgen("validate", good)[0] == 0


def test_the_schema_of_observations_is_printed(mlgen: Mlgen) -> None:
    """As that of every kind."""
    code, out, _ = mlgen("schema", "observations")
    assert (code, json.loads(out)["title"]) == (0, "Observations")
    assert "observations" in mlgen("explain", "observations.figure")[1]
