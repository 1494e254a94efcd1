"""``mlgen explain``: any figure down to its source."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from generator.cli import run
from generator.cli.estimate import estimate_body
from tests.sizing.estimate.asked import Document, ask

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = str(ROOT / "blueprints" / "acme-ml.yaml")
CHAT: Document = {
    "model": {"family": "llama-3.1-8b"},
    "serving": {"context": 8192, "sessions": 20},
    "gpu": "nvidia-h100-sxm5-80",
}
TUNE: Document = {
    "model": {"family": "llama-2-7b", "method": {"lora": {"rank": 16}}},
    "train": {"sequence": 2048, "micro_batch": 2, "tokens": 10**9, "framework": "peft"},
    "gpu": "nvidia-h100-sxm5-80",
}

Explain = Callable[..., tuple[int, str, str]]


@pytest.fixture
def explain(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Explain:
    """Asks for a figure of a workload, or with ``plan`` for a subject of a plan."""

    def call(document: Document, figure: str, *options: str) -> tuple[int, str, str]:
        file = tmp_path / "workload.json"
        file.write_text(json.dumps(document), encoding="utf-8")
        code = run(["explain", "--workload", str(file), figure, *options])
        captured = capfd.readouterr()
        return code, captured.out, captured.err

    return call


def answer(out: str) -> dict[str, Any]:
    """The JSON answer, checked against its schema."""
    body: dict[str, Any] = json.loads(out)
    schema = json.loads((ROOT / "schemas" / "explanation.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(body)
    return body


def test_a_figure_has_value_range_rule_source_and_citation(explain: Explain) -> None:
    """All that is known of it, and the works in full below."""
    code, out, err = explain(CHAT, "per_token")
    assert (code, err) == (0, "")
    assert out.startswith("per_token = ")
    assert "  range: " in out
    assert "  rule: reading + multiplying" in out
    assert "  source: fitted: aiconfigurator" in out
    assert "[aiconfigurator] NVIDIA: Dynamo aiconfigurator" in out
    assert "https://github.com/ai-dynamo/aiconfigurator" in out


def test_an_assumption_says_what_it_would_change(explain: Explain) -> None:
    """Its effect, computed."""
    _, out, _ = explain(CHAT, "max_num_seqs")
    assert "  if wrong: framebuffer from " in out
    assert "state serving.max_num_seqs (assumed)" in out


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        ("memory.total_bytes", "total"),
        ("total_bytes", "total"),
        ("total", "total"),
        ("serving.tpot_s", "per_token"),
        ("tpot", "per_token"),
        ("serving.ttft_s", "first_token"),
        ("ttft", "first_token"),
        ("weights", "weights"),
        ("gpus", "gpus"),
        ("model", "model"),
    ],
)
def test_a_figure_may_be_named_as_in_json_or_as_in_the_ledger(
    explain: Explain, asked: str, line: str
) -> None:
    """Or by the last part of its key."""
    code, out, _ = explain(CHAT, asked)
    assert code == 0
    assert out.startswith(f"{line} = ")


def test_a_total_is_explained_by_its_parts(explain: Explain) -> None:
    """Down to the lines that rest on a source alone."""
    _, out, _ = explain(CHAT, "memory.total_bytes", "--format", "json")
    body = answer(out)
    names = [figure["name"] for figure in body["figures"]]
    assert names[0] == "total"
    assert {"weights", "kv_cache", "activations", "runtime", "model", "gpu"} <= set(names)
    assert {"Kwon et al., PagedAttention", "AIC"} <= {one["key"] for one in body["citations"]}


def test_what_a_run_keeps_is_explained_with_logits_and_buffers(explain: Explain) -> None:
    """The activations of the answer are three lines of the ledger."""
    _, out, _ = explain(TUNE, "memory.activations_bytes", "--format", "json")
    first, *others = answer(out)["figures"]
    assert first["rule"] == "activations + logits + buffers"
    assert {"activations", "logits", "buffers"} <= {figure["name"] for figure in others}


@pytest.mark.parametrize("document", [CHAT, TUNE], ids=["serving", "training"])
def test_every_number_of_an_answer_is_explained(explain: Explain, document: Document) -> None:
    """Its own line comes first, and has its value."""
    body = estimate_body(ask(document))
    asked = 0
    for group in ("memory", "serving", "training", "checkpoint", "io"):
        for name, value in body.get(group, {}).items():
            code, out, err = explain(document, f"{group}.{name}", "--format", "json")
            assert code == 0, err
            first = answer(out)["figures"][0]
            if not isinstance(value, dict):
                assert first["value"] == pytest.approx(value, abs=1.0, rel=1e-9), name
            asked += 1
    assert asked > 15


def test_a_figure_that_there_is_not_is_named_with_the_nearest(explain: Explain) -> None:
    """Exit 1, and nothing on standard output."""
    code, out, err = explain(CHAT, "wieghts")
    assert (code, out) == (1, "")
    assert "did you mean weights?" in err


def test_a_workload_that_cannot_be_is_refused_as_estimate_refuses_it(explain: Explain) -> None:
    """With rule, place and mend."""
    code, out, err = explain({"model": {"family": "lama-3.1-8b"}, "serving": {}}, "total")
    assert (code, out) == (1, "")
    assert "MLG-Z003" in err
    assert "write llama-3.1-8b" in err


def test_a_workload_may_come_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A dash, as for estimate."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(CHAT).encode())))
    assert run(["explain", "--workload", "-", "weights"]) == 0
    assert capsys.readouterr().out.startswith("weights = 14.96 GiB")


def test_a_subject_of_a_plan_has_its_citations(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Every line of it, and the works below."""
    assert run(["render", EXAMPLE, "--out", str(tmp_path)]) == 0
    plan = str(tmp_path / "acme-ml" / "plan.json")
    capsys.readouterr()
    assert run(["explain", "--plan", str(Path(plan).parent), "rag-llm"]) == 0
    capsys.readouterr()
    assert run(["explain", "--plan", plan, "rag-llm", "--format", "json"]) == 0
    body = answer(capsys.readouterr().out)
    assert {figure["subject"] for figure in body["figures"]} == {"rag-llm"}
    assert "Kwon et al., PagedAttention" in {one["key"] for one in body["citations"]}


def test_a_broken_plan_is_no_crash(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A file of another kind, and lines of other types."""
    file = tmp_path / "plan.json"
    for text in ("[]", "{}", '{"ledger": [1]}', '{"ledger": [{"subject": "a", "basis": 1}]}'):
        file.write_text(text, encoding="utf-8")
        assert run(["explain", "--plan", str(file), "a"]) == 1
        assert "is no plan of mlgen" in capsys.readouterr().err


def test_nothing_to_explain_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither a thing nor the bibliography."""
    assert run(["explain"]) == 1
    assert "name a THING" in capsys.readouterr().err


def test_figures_of_documents_cannot_smuggle_escapes(explain: Explain) -> None:
    """A source is shown as it is safe to show."""
    bad = {"value": "15GiB", "source": "a\u202eb"}
    code, out, err = explain({**CHAT, "assume": {"weights": bad}}, "weights")
    assert "\u202e" not in out + err
    assert code in (0, 1)


@pytest.mark.parametrize(
    "written",
    [
        "environments.prod.supervisor_needs[1]",
        "supervisor_needs",
        "environments.*.supervisor_needs",
    ],
)
def test_a_field_is_found_as_findings_and_pages_write_it(
    written: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["explain", written]) == 0
    out = capfd.readouterr().out
    assert "(PlatformBlueprint): Supervisor needs" in out
    assert "each one of: network-isolation, " in out


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("environments.supervisor_nedes", "did you mean environments.supervisor_needs?"),
        ("supervisor-nedes", "did you mean environments.supervisor_needs?"),
        ("manage", "several fields are called manage: "),
        ("zzzzzz", "mlgen rules lists rules"),
    ],
)
def test_a_field_that_is_none_names_what_may_be_meant(
    written: str, hint: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["explain", written]) == 1
    assert hint in " ".join(capfd.readouterr().err.split())
