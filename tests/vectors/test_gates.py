"""The bars: what published measurements confirm. Each test prints the figures that it judges."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from tests.vectors.runner import Scored, chosen, rows, scored

DISAGREEMENTS = Path(__file__).parents[2] / "docs" / "sizing-disagreements.md"


def quantile(values: list[float], share: float) -> float:
    """The value below which ``share`` of them lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def errors(found: list[Scored]) -> list[float]:
    """Absolute relative errors; a row without an answer counts as wholly wrong."""
    return [1.0 if one.error is None else abs(one.error) for one in found]


def shown(found: list[Scored]) -> str:
    """The rows for a reader of a failure."""
    return "\n".join(
        f"{one.row.id}: {one.answer!r} instead of {one.expected!r} ({one.row.topic})"
        for one in found
    )


def test_every_published_row_is_answered() -> None:
    """A row that nobody answers is a miss, so there must be none by oversight.

    Those that state nothing to compute from are named in docs/sizing-disagreements.md.
    """
    explained = DISAGREEMENTS.read_text(encoding="utf-8")
    unanswered = [one for one in scored() if isinstance(one.answer, Exception)]
    gated = [one for one in unanswered if one.row.tier in "ABC"]
    assert not [one for one in gated if f"`{one.row.id}`" not in explained], shown(gated)


def test_arithmetic_and_specifications_agree() -> None:
    """Tier A: all inside, but for what docs/sizing-disagreements.md explains (at most 2 %)."""
    found = list(chosen("", tiers="A"))
    outside = [one for one in found if not one.inside]
    explained = DISAGREEMENTS.read_text(encoding="utf-8")
    unexplained = [one for one in outside if f"`{one.row.id}`" not in explained]
    print(f"tier A: {len(found) - len(outside)} of {len(found)} inside")
    assert not unexplained, shown(unexplained)
    assert len(outside) <= 0.02 * len(found)


def test_sharp_measurements_agree() -> None:
    """Tier B: at least 95 % inside their tolerance."""
    found = list(chosen("", tiers="B"))
    outside = [one for one in found if not one.inside]
    print(f"tier B: {len(found) - len(outside)} of {len(found)} inside")
    assert len(outside) <= 0.05 * len(found), shown(outside)


@pytest.mark.parametrize(
    ("topics", "tiers", "median", "p90"),
    [
        (("training_memory.",), "C", 0.10, None),
        (("inference_memory.", "kv_cache."), "BC", 0.03, None),
        (
            ("training_time.throughput", "training_time.tflops", "training_time.step",
             "training_time.mfu"),
            "C", 0.15, None,
        ),
        (("training_time.",), "C", 0.15, None),
        (("inference_latency.tpot", "inference_latency.decode"), "C", 0.10, 0.30),
        (("inference_throughput.saturated",), "C", 0.25, None),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)  # fmt: skip
def test_noisy_measurements_agree(
    topics: tuple[str, ...], tiers: str, median: float, p90: float | None
) -> None:
    """Tier C: the median of the absolute error, and its 90th percentile where one is asked for."""
    found = errors(list(chosen(*topics, tiers=tiers)))
    middle, tail = quantile(found, 0.5), quantile(found, 0.9)
    print(f"{' '.join(topics)}: median {middle:.1%}, p90 {tail:.1%} of {len(found)} rows")
    assert middle <= median
    assert p90 is None or tail <= p90


def test_times_to_first_token_lie_in_their_interval() -> None:
    """Four of five rows inside, and the interval no wider than a factor of six."""
    found = list(chosen("inference_latency.ttft"))
    inside = sum(one.inside for one in found) / len(found)
    widths = [one.answer["high"] / one.answer["low"] for one in found]
    width = quantile(widths, 0.5)
    print(f"time to first token: {inside:.0%} inside, median high/low {width:.2f}")
    assert inside >= 0.8
    assert width <= 6


def test_verdicts_agree() -> None:
    """Whether it fits or runs out of memory: all right."""
    wrong = [one for one in chosen("feasibility") if not one.inside]
    assert not wrong, shown(wrong)


def test_each_disagreement_names_a_row() -> None:
    """An entry that excuses nothing is stale."""
    text = DISAGREEMENTS.read_text(encoding="utf-8")
    known = {row.id for row in rows()}
    named = {line.split("`")[1] for line in text.splitlines() if line.startswith("## `")}
    outside = {one.row.id for one in scored() if not one.inside}
    assert named <= known
    assert named <= outside


def test_every_topic_is_scored_for_a_reader(capsys: pytest.CaptureFixture[str]) -> None:
    """The table that says how good the engine is, topic by topic."""
    table: dict[tuple[str, str], list[Scored]] = defaultdict(list)
    for one in scored():
        table[one.row.topic, one.row.tier].append(one)
    with capsys.disabled():
        print()
        for (topic, tier), found in sorted(table.items()):
            inside = sum(one.inside for one in found)
            numbers = [abs(one.error) for one in found if one.error is not None]
            middle = f"median {quantile(numbers, 0.5):7.2%}" if numbers else ""
            tail = f"p90 {quantile(numbers, 0.9):7.2%}" if numbers else ""
            print(f"{topic:45} {tier} {inside:3} of {len(found):3} inside  {middle} {tail}")
    assert table
