"""The command line as a contract: exit codes, streams, formats."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from generator.cli import VERBS, run

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = str(ROOT / "blueprints" / "acme-ml.yaml")
SITE = str(ROOT / "blueprints" / "acme-ams1.site.yaml")
WORKED = str(ROOT / "tests" / "fixtures" / "worked-example.yaml")


class Ran:
    """What a run printed and how it ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> dict[str, object]:
        """Standard output, checked against the schema that it names."""
        answer: dict[str, object] = json.loads(self.out)
        name = str(answer["schema"]).rpartition("/")[2]
        schema = json.loads((ROOT / "schemas" / name).read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator(schema).validate(answer)
        return answer


Mlgen = Callable[..., Ran]


@pytest.fixture
def mlgen(capfd: pytest.CaptureFixture[str]) -> Mlgen:
    """Runs the command in this process."""

    def call(*arguments: str) -> Ran:
        code = run(list(arguments))
        captured = capfd.readouterr()
        return Ran(code, captured.out, captured.err)

    return call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the example and its site."""
    shutil.copy(EXAMPLE, tmp_path)
    shutil.copy(SITE, tmp_path)
    return tmp_path


def edited(folder: Path, old: str, new: str, name: str = "acme-ml.yaml") -> str:
    """The path of a document in which something was replaced."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return str(folder / "acme-ml.yaml")


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


def test_render_writes_once_and_then_nothing(mlgen: Mlgen, tmp_path: Path) -> None:
    """The second run changes no file; --check agrees."""
    out = str(tmp_path / "out")
    first = mlgen("render", EXAMPLE, "--out", out, "--format", "json")
    (platform,) = first.json["platforms"]
    assert first.code == 0
    assert platform["changes"]["created"]
    second = mlgen("render", EXAMPLE, "--out", out, "--format", "json")
    assert second.json["platforms"][0]["changes"]["unchanged"] == len(
        platform["changes"]["created"]
    )
    assert mlgen("render", EXAMPLE, "--out", out, "--check").code == 0


def test_the_printed_coverage_is_brief(mlgen: Mlgen, tmp_path: Path) -> None:
    """The fields that are left out are counted; the hand-off has them all."""
    printed = mlgen("render", EXAMPLE, "--out", str(tmp_path / "out")).out
    coverage = printed.partition("done by")[2].partition("\n\n")[0]
    assert "drs.PassthroughDrsAutomation and 6 more" in coverage
    assert max(len(line) for line in coverage.splitlines()) <= 140


def test_the_plan_and_the_manifest_obey_their_schemas(mlgen: Mlgen, tmp_path: Path) -> None:
    """Both name them."""
    mlgen("render", EXAMPLE, "--out", str(tmp_path))
    for name in ("plan.json", "manifest.json"):
        text = (tmp_path / "acme-ml" / name).read_text(encoding="utf-8")
        assert Ran(0, text, "").json["platform"] == "acme-ml"


def test_a_stale_output_ends_with_2_and_is_left_alone(mlgen: Mlgen, folder: Path) -> None:
    """--check and --diff write nothing; --diff shows the line."""
    out = folder / "out"
    mlgen("render", str(folder / "acme-ml.yaml"), "--out", str(out))
    changed = edited(folder, "revision: 7", "revision: 8")
    assert mlgen("render", changed, "--out", str(out), "--check").code == 2
    shown = mlgen("render", changed, "--out", str(out), "--diff")
    assert shown.code == 2
    assert '+  name        = "acme-ml-8"' in shown.out
    assert '-  name        = "acme-ml-7"' in shown.out
    assert "acme-ml-7" in (out / "acme-ml/vc-ams1/10-foundation/tags.tf").read_text()


def test_errors_stop_a_render_and_nothing_is_written(mlgen: Mlgen, tmp_path: Path) -> None:
    """Exit code 1, findings on standard error."""
    ran = mlgen("render", WORKED, "--out", str(tmp_path / "out"))
    assert ran.code == 1
    assert "MLG-" in ran.err
    assert not (tmp_path / "out").exists()


def test_what_does_not_fit_ends_with_4_and_is_not_written(mlgen: Mlgen, folder: Path) -> None:
    """With the binding reason."""
    ran = mlgen(
        "render",
        edited(folder, "members: {data-scientist: 10}", "members: {data-scientist: 100}"),
        "--out",
        str(folder / "out"),
    )
    assert ran.code == 4
    assert "notebooks-research" in ran.out
    assert not (folder / "out").exists()
    assert mlgen("size", str(folder / "acme-ml.yaml")).code == 4


def test_open_questions_fail_only_where_asked(mlgen: Mlgen, folder: Path) -> None:
    """They are printed either way."""
    path = edited(folder, ", pod_cidr: 172.20.0.0/16", "")
    out = str(folder / "out")
    ran = mlgen("render", path, "--out", out)
    assert ran.code == 0
    assert "open question for vi-team" in ran.out
    assert mlgen("render", path, "--out", out, "--fail-on", "question").code == 2


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
        (("--version",), "mlgen 0."),
        (("--help",), "Verbs"),
    ],
)
def test_the_other_verbs_answer(mlgen: Mlgen, arguments: tuple[str, ...], expected: str) -> None:
    """Each on standard output, with exit code 0."""
    ran = mlgen(*arguments)
    assert ran.code == 0
    assert expected in ran.out


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


def test_settings_come_from_flags_then_environment_then_file(
    mlgen: Mlgen,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """mlgen.toml, MLGEN_OUT, --out: the nearer wins."""
    monkeypatch.chdir(folder)
    (folder / "mlgen.toml").write_text('out = "from-file"\n[validate]\nfail-on = "notice"\n')
    assert mlgen("render", "acme-ml.yaml").code == 0
    assert (folder / "from-file").is_dir()
    assert mlgen("validate", "acme-ml.yaml").code == 2
    monkeypatch.setenv("MLGEN_OUT", "from-environment")
    mlgen("render", "acme-ml.yaml")
    assert (folder / "from-environment").is_dir()
    mlgen("render", "acme-ml.yaml", "--out", "from-flag")
    assert (folder / "from-flag").is_dir()


def test_a_broken_settings_file_is_named(
    mlgen: Mlgen,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Exit code 1 and its path."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mlgen.toml").write_text("out = ")
    ran = mlgen("rules")
    assert ran.code == 1
    assert "mlgen.toml" in ran.err


def test_tool_settings_of_a_project_count(
    mlgen: Mlgen,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """[tool.mlgen] of pyproject.toml."""
    monkeypatch.chdir(folder)
    (folder / "pyproject.toml").write_text('[tool.mlgen.validate]\nfail-on = "notice"\n')
    assert mlgen("validate", "acme-ml.yaml").code == 2


def process(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "generator", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("seed", ["0", "1", "4242"])
def test_the_bytes_do_not_depend_on_the_machine(tmp_path: Path, seed: str) -> None:
    """Neither hash seed nor locale, time zone, home or working folder."""
    reference = ROOT / "tests" / "golden" / "acme-ml"
    done = process(
        "render",
        EXAMPLE,
        "--out",
        str(tmp_path / "out"),
        cwd=tmp_path,
        PYTHONHASHSEED=seed,
        LC_ALL="C",
        TZ="Asia/Tokyo",
        HOME=str(tmp_path),
    )
    assert done.returncode == 0, done.stderr
    written = {p.relative_to(tmp_path / "out" / "acme-ml") for p in files(tmp_path / "out")}
    assert written == {p.relative_to(reference) for p in files(reference)}
    assert all(
        (reference / path).read_bytes() == (tmp_path / "out" / "acme-ml" / path).read_bytes()
        for path in written
    )


def files(folder: Path) -> list[Path]:
    """Every file below a folder."""
    return [path for path in folder.rglob("*") if path.is_file()]


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


def test_a_refusal_is_json_for_programs(mlgen: Mlgen, tmp_path: Path) -> None:
    """On standard output, by the schema of findings."""
    ran = mlgen("render", WORKED, "--out", str(tmp_path / "o"), "--format", "json")
    assert ran.code == 1
    assert {finding["rule"] for finding in ran.json["findings"]} >= {"MLG-B031"}
    assert ran.err == ""


def test_a_hand_edit_is_stale_to_a_check(mlgen: Mlgen, tmp_path: Path) -> None:
    """Not an obstacle: nothing would be written."""
    mlgen("render", EXAMPLE, "--out", str(tmp_path))
    edited_file = tmp_path / "acme-ml/vc-ams1/10-foundation/provider.tf"
    edited_file.write_text("# mine\n")
    assert mlgen("render", EXAMPLE, "--out", str(tmp_path), "--check").code == 2
    assert "+provider" in mlgen("render", EXAMPLE, "--out", str(tmp_path), "--diff").out
    assert mlgen("render", EXAMPLE, "--out", str(tmp_path)).code == 1
    assert edited_file.read_text() == "# mine\n"


def test_documents_without_a_blueprint_are_judged_by_shape_and_that_is_said(mlgen: Mlgen) -> None:
    """On standard error, beside the findings."""
    ran = mlgen("validate", SITE)
    assert ran.code == 0
    assert "shape only" in ran.err
