"""Tables, answers of Prometheus and documents become observations, or findings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.blueprint.model.observations import DIMENSIONS, Observation
from generator.blueprint.model.words import Figure
from generator.blueprint.observed import Sighting, read_observations
from generator.blueprint.observed.values import quantity_text, unit_of
from generator.blueprint.schema import MAX_FINDINGS, schema
from generator.finding import Finding, Refused
from generator.quantity import GIB, UNITS, Dimension, Quantity

HERE = Path(__file__).resolve().parents[1] / "fixtures" / "observations"
HEADER = "workload,figure,value,unit,window,source\n"

BAD: dict[str, tuple[str, int]] = {
    "nan.csv": ("MLG-O003", 2),
    "infinite.csv": ("MLG-O003", 2),
    "negative.csv": ("MLG-O003", 2),
    "zero.csv": ("MLG-O003", 2),
    "words.csv": ("MLG-O003", 2),
    "too-large.csv": ("MLG-O003", 2),
    "too-small.csv": ("MLG-O003", 2),
    "other-dimension.csv": ("MLG-O004", 2),
    "unknown-unit.csv": ("MLG-O004", 2),
    "no-unit.csv": ("MLG-O004", 2),
    "unknown-figure.csv": ("MLG-S006", 2),
    "bad-name.csv": ("MLG-S007", 2),
    "twice.csv": ("MLG-O005", 4),
    "short-row.csv": ("MLG-O001", 2),
    "open-quote.csv": ("MLG-O001", 2),
    "control.csv": ("MLG-O001", 2),
    "heading.csv": ("MLG-O001", 1),
    "heading-twice.csv": ("MLG-O001", 1),
    "failed.json": ("MLG-O002", 1),
    "empty.json": ("MLG-O002", 1),
    "no-workload.json": ("MLG-O002", 2),
    "no-figure.json": ("MLG-O002", 2),
    "other-figure.json": ("MLG-O002", 2),
    "nan.json": ("MLG-O003", 2),
    "infinite.json": ("MLG-O003", 2),
    "unit.json": ("MLG-O004", 2),
    "number.json": ("MLG-O002", 2),
    "time.json": ("MLG-O002", 2),
    "no-sample.json": ("MLG-O002", 2),
    "no-metric.json": ("MLG-O002", 2),
    "twice.json": ("MLG-O005", 2),
    "two-units.json": ("MLG-O005", 2),
    "dimension.yaml": ("MLG-O004", 5),
    "zero.yaml": ("MLG-O003", 5),
    "twice.yaml": ("MLG-O005", 6),
    "request.yaml": ("MLG-S001", 2),
}
"""The rule that each bad file breaks, and the line on which it does."""


def seen(name: str) -> dict[tuple[str, str], Observation]:
    """The observations of a good file by workload and figure."""
    found = [sighting.observation for sighting in read_observations([HERE / "good" / name])]
    return {(one.workload, one.figure): one for one in found}


def refused(*paths: Path) -> tuple[Finding, ...]:
    """The findings about files that cannot be used."""
    with pytest.raises(Refused) as caught:
        read_observations(paths)
    return caught.value.findings


def written(folder: Path, text: str, name: str = "seen.csv") -> Path:
    """A file with this text."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_becomes_observations() -> None:
    """Numbers plain or scientific, units in any of their spellings, text in quotes."""
    found = seen("table.csv")
    assert found["rag-llm", "kv_room"].quantity.value == 51.2 * GIB
    assert found["rag-llm", "per_token"].quantity == Quantity(0.0215, "vLLM /metrics, over 24h")
    assert found["vision-cnn", "throughput"].value == "2500/s"
    assert found["vision-cnn", "throughput"].window == "epochs 2 to 4, warm"


def test_an_empty_value_is_unknown_and_not_zero() -> None:
    """The row is left out."""
    assert ("rag-llm", "first_token") not in seen("table.csv")


def test_a_table_vouches_for_rows_without_a_source() -> None:
    """By its name."""
    assert seen("table.csv")["vision-cnn", "throughput"].source.endswith("table.csv")


def test_an_instant_answer_becomes_observations() -> None:
    """By label or by name; of several series of memory the largest counts."""
    found = seen("instant.json")
    assert found["rag-llm", "total"].value == "44989782425B"
    assert "2 samples in 2 series" in found["rag-llm", "total"].source
    assert found["vision-cnn", "step"].quantity.value == pytest.approx(0.1024)
    assert found["rag-llm", "weights"].window is None


def test_a_range_is_sized_by_its_slow_end_and_its_largest_memory() -> None:
    """The 95th percentile of times, the 5th of throughput, the largest of memory."""
    found = seen("range.json")
    # 99 samples have a value; the 95th percentile by nearest rank is the 95th of them.
    assert found["rag-llm", "per_token"].value == "0.0295s"
    assert "95th percentile of 99 samples, 1 without a value" in (
        found["rag-llm", "per_token"].source
    )
    assert found["vision-cnn", "throughput"].value == "2405/s"
    assert found["rag-llm", "total"].value == "46000000000B"
    assert found["rag-llm", "total"].window == "1h"


def test_a_document_is_read_as_it_stands() -> None:
    """With the day of the measurement."""
    assert seen("document.yaml")["rag-llm", "per_token"].at == "2026-11-20"


def test_what_a_file_is_follows_from_its_content(tmp_path: Path) -> None:
    """Not from its name."""
    for name in ("table.csv", "instant.json", "document.yaml"):
        text = (HERE / "good" / name).read_text(encoding="utf-8")
        assert read_observations([written(tmp_path, text, "seen.txt")])


def test_every_bad_file_is_told_of() -> None:
    """And no other."""
    assert {path.name for path in (HERE / "bad").iterdir()} == set(BAD)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_breaks_its_rule_on_its_line(name: str) -> None:
    """With words for its reader."""
    rule, line = BAD[name]
    findings = refused(HERE / "bad" / name)
    assert {finding.rule for finding in findings} == {rule}
    assert line in {finding.places[0].line for finding in findings}
    assert all(finding.message and finding.mend and finding.why for finding in findings)


def test_all_bad_rows_of_a_table_are_told_in_one_run(tmp_path: Path) -> None:
    """Those of the reader, of the schema and of the figures."""
    rows = "a,total,NaN,GiB,1h,x\na,totl,3,GiB,1h,x\na,step,3,s,1h,x\na,step,3,s,1h,x\n"
    rules = [finding.rule for finding in refused(written(tmp_path, HEADER + rows))]
    assert rules == ["MLG-O003", "MLG-S006", "MLG-O005"]


def test_a_figure_stands_in_one_file_only(tmp_path: Path) -> None:
    """Or the order of the files would decide."""
    one = written(tmp_path, HEADER + "a,step,3,s,1h,x\n", "one.csv")
    two = written(tmp_path, HEADER + "a,step,3,s,1h,x\n", "two.csv")
    (only,) = refused(one, two)
    assert only.rule == "MLG-O005"
    assert [Path(place.file).name for place in only.places] == ["two.csv", "one.csv"]


def test_findings_are_counted_up_to_a_bound(tmp_path: Path) -> None:
    """A generated table could fill the disk with them."""
    findings = refused(written(tmp_path, HEADER + "a,total,NaN,GiB,1h,x\n" * 1000))
    assert len(findings) == MAX_FINDINGS
    assert "MLG-S011" in {finding.rule for finding in findings}


def test_a_file_that_is_not_there_is_told() -> None:
    """As for any document."""
    assert [finding.rule for finding in refused(Path("no-such-file.csv"))] == ["MLG-L001"]


@given(st.text(max_size=200))
def test_any_table_ends_in_observations_or_findings(text: str) -> None:
    """Never in a crash."""
    outcome(HEADER + text, "seen.csv")


_scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
_anything = st.recursive(
    _scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["metric", "value", "values", "workload", "figure", "unit", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.lists(_anything, max_size=3))
def test_any_answer_ends_in_observations_or_findings(result: list[Any]) -> None:
    """Whatever a proxy made of it."""
    answer = {"status": "success", "data": {"resultType": "matrix", "result": result}}
    outcome(json.dumps(answer), "seen.json")


def outcome(text: str, name: str) -> tuple[Sighting, ...]:
    """What reading a text leads to; findings are as good as observations."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            return read_observations([path])
        except Refused as told:
            return _none(told)


def _none(told: Refused) -> tuple[Sighting, ...]:
    """No observations, because something is wrong with all of them."""
    assert told.findings
    return ()


@given(st.decimals("1e-6", "1e15", places=6))
def test_a_number_keeps_its_value_through_the_language(number: Any) -> None:
    """Nine decimals are enough for any clock."""
    text = quantity_text(str(number), "seconds", Dimension.DURATION)
    row = Observation(workload="w", figure="step", value=text, source="s")
    assert row.quantity.value == pytest.approx(float(number), rel=1e-12, abs=1e-9)


@pytest.mark.parametrize(
    ("written_as", "dimension", "unit"),
    [
        ("GiB", Dimension.DATA, "GiB"),
        ("bytes", Dimension.DATA, "B"),
        ("tokens/s", Dimension.FREQUENCY, "/s"),
        ("Seconds", Dimension.DURATION, "s"),
        ("tokens/s", Dimension.DURATION, None),
        ("seconds", Dimension.DATA, None),
        ("", Dimension.DATA, None),
    ],
)
def test_units_of_other_programs_are_known(
    written_as: str, dimension: Dimension, unit: str | None
) -> None:
    """Of the figure's own dimension only."""
    assert unit_of(written_as, dimension) == unit


def test_the_figures_are_those_of_assume() -> None:
    """By name, and each with the unit that its field carries."""
    assumed = schema("PlatformBlueprint")["$defs"]["assumptions"]["properties"]
    assert list(get_args(Figure)) == list(assumed) == list(DIMENSIONS)
    units = {"data": Dimension.DATA, "duration": Dimension.DURATION}
    units["frequency"] = Dimension.FREQUENCY
    stated = {name: units[node["$ref"].rpartition("/")[2]] for name, node in assumed.items()}
    assert stated == DIMENSIONS


def test_a_measured_value_takes_the_units_of_all_figures() -> None:
    """The schema's pattern lists them, the rule says which fit."""
    pattern = schema("Observations")["$defs"]["measured"]["pattern"]
    listed = pattern.partition("[ ]?(")[2].removesuffix(")$").split("|")
    known = {unit for dimension in DIMENSIONS.values() for unit in UNITS[dimension]}
    assert (set(listed), len(listed)) == (known, len(known))
