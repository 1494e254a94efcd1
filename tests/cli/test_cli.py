"""The command line as a contract: exit codes, streams, formats."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from generator.cli import VERBS
from tests.cli.running import EXAMPLE, ROOT, SITE, WORKED, Mlgen, edited


def test_the_example_is_clean(mlgen: Mlgen) -> None:
    """No error and no warning; a notice says what waits."""
    ran = mlgen("validate", "--format", "json", EXAMPLE)
    severities = {finding["severity"] for finding in ran.json["findings"]}
    assert ran.code == 0
    assert not severities & {"error", "warning"}


def test_site_inventories_and_requests_are_validated_too(mlgen: Mlgen) -> None:
    """A pre-commit hook hands over every file."""
    assert mlgen("validate", EXAMPLE, SITE).code == 0


def test_findings_end_with_2_and_go_to_standard_output(mlgen: Mlgen) -> None:
    """Each with its rule, place, reason and remedy."""
    ran = mlgen("validate", WORKED)
    assert ran.code == 2
    assert "worked-example.yaml:" in ran.out
    assert "  why: " in ran.out
    assert "  mend: " in ran.out
    assert ran.err == ""


def test_a_misspelt_key_is_named_with_its_place_and_remedy(mlgen: Mlgen, folder: Path) -> None:
    """file:line:column and did you mean."""
    ran = mlgen("validate", edited(folder, "epochs: 90", "epoch: 90"))
    assert ran.code == 2
    assert "acme-ml.yaml:135:13" in ran.out
    assert "epochs" in ran.out


def test_fail_on_moves_the_gate(mlgen: Mlgen) -> None:
    """Notices fail only where asked."""
    assert mlgen("validate", EXAMPLE, "--fail-on", "notice").code == 2


def test_validate_reads_standard_input(monkeypatch: pytest.MonkeyPatch, mlgen: Mlgen) -> None:
    """A dash; the site is named."""
    import io

    content = Path(EXAMPLE).read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    ran = mlgen("validate", "-", "--site", SITE)
    assert (ran.code, "error" in ran.out) == (0, False)


def test_size_prints_demands_places_and_the_ledger(mlgen: Mlgen) -> None:
    """As text and as JSON."""
    text = mlgen("size", EXAMPLE, "--ledger").out
    assert "2 x nvidia_h100-80c" in text
    assert "Hu et al., LoRA" in text
    answer = mlgen("size", EXAMPLE, "--format", "json").json
    assert answer["fits"] is True
    assert len(answer["ledger"]) > 20


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("explain", "mlg-p002"), "why: "),
        (("explain", "workloads.serving.sessions"), "sessions"),
        (("explain", "storage_compute.datasets.size"), "examples"),
        (("rules",), "MLG-L001"),
        (("rules", "--format", "markdown"), "# Rules"),
        (("schema",), "platform-blueprint"),
        (("schema", "manifest"), '"$id"'),
        (("catalog",), "nvidia-h100-pcie-80"),
        (("catalog", "models"), "llama-2-7b"),
        (("catalog", "supervisor_flavours"), "vds-foundation"),
        (("catalog", "supervisor_flavours", "--format", "markdown"), "# What a Supervisor can do"),
        (("--version",), "mlgen 0."),
        (("--help",), "Verbs"),
    ],
)
def test_the_other_verbs_answer(mlgen: Mlgen, arguments: tuple[str, ...], expected: str) -> None:
    """Each on standard output, with exit code 0."""
    ran = mlgen(*arguments)
    assert ran.code == 0
    assert expected in ran.out


def test_f19_the_table_of_supervisors_is_printed_for_machines_too(mlgen: Mlgen) -> None:
    """F19: flavour by flavour, with what each can do and who says so."""
    answer = mlgen("catalog", "supervisor_flavours", "--format", "json").json
    rows = {row["id"]: row for row in answer["flavours"]}
    assert sorted(rows) == answer["ids"]
    assert rows["nsx-nsx"]["capabilities"]["rdma"]["since"] == "never"
    assert rows["vds-foundation"]["since"] == "vcenter 9.0 or later"


def test_ids_are_no_page(mlgen: Mlgen) -> None:
    assert mlgen("catalog", "models", "--format", "markdown").code == 1


def test_a_figure_of_a_plan_is_explained(mlgen: Mlgen, tmp_path: Path) -> None:
    """Down to its rule and source."""
    mlgen("render", EXAMPLE, "--out", str(tmp_path))
    plan = str(tmp_path / "acme-ml" / "plan.json")
    ran = mlgen("explain", "rag-llm", "--plan", plan)
    assert "weights = 14.96 GiB" in ran.out
    assert mlgen("explain", "nobody", "--plan", plan).code == 1


@pytest.mark.parametrize("verb", [*VERBS])
def test_json_answers_name_their_schema(mlgen: Mlgen, verb: str, tmp_path: Path) -> None:
    """Where a verb has JSON, its schema holds."""
    arguments = {
        "validate": [EXAMPLE],
        "size": [EXAMPLE],
        "whatif": [EXAMPLE],
        "render": [EXAMPLE, "--out", str(tmp_path)],
        "explain": ["MLG-L001"],
        "catalog": [],
        "rules": [],
    }
    wanted = arguments.get(verb)
    ran = mlgen(verb, *(wanted or []), "--format", "json") if wanted is not None else None
    assert ran is None or ran.json["schema"]


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nonsense",),
        ("validate",),
        ("validate", "--nonsense", EXAMPLE),
        ("render", EXAMPLE, "--format", "xml"),
        ("explain", "MLG-X999"),
        ("explain", "no.such.field"),
        ("schema", "nonsense"),
        ("render", "no-such-file.yaml"),
        ("explain", "x", "--plan", EXAMPLE),
    ],
)
def test_a_wrong_command_line_ends_with_1(mlgen: Mlgen, arguments: tuple[str, ...]) -> None:
    """With a word on standard error, and no traceback."""
    ran = mlgen(*arguments)
    assert ran.code == 1
    assert ran.err.strip()
    assert "Traceback" not in ran.err


def test_a_closed_pipe_is_no_crash(tmp_path: Path) -> None:
    """mlgen rules | head."""
    command = f"{sys.executable} -m generator rules | head -1"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Traceback" not in done.stderr


def test_a_file_that_cannot_be_read_is_no_finding_but_a_failure(mlgen: Mlgen) -> None:
    """Exit code 1: the command could not run."""
    ran = mlgen("validate", "no-such-file.yaml")
    assert ran.code == 1
    assert "MLG-L001" in ran.out


def test_documents_without_a_blueprint_are_judged_by_shape_and_that_is_said(mlgen: Mlgen) -> None:
    """On standard error, beside the findings."""
    ran = mlgen("validate", SITE)
    assert ran.code == 0
    assert "shape only" in ran.err
