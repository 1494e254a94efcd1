"""A verdict about a Terraform plan as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from generator.report.text import visible

if TYPE_CHECKING:
    from generator.guard import Stop, Verdict
    from generator.guard.blast import Blast


def text(verdict: Verdict) -> str:
    """Stops first, then what was waived, what passes and which waivers do not count."""
    return "\n".join(visible(line) for line in _lines(verdict)) + "\n"


def _lines(verdict: Verdict) -> Iterator[str]:
    for stop in verdict.stops:
        yield from _stop("stop", stop)
        yield ""
    for one in verdict.waived:
        yield from _stop("waived", one.stop)
        by = f" by {one.approved_by}" if one.approved_by else ""
        yield f"  waived under {one.change} until {one.expires}{by}: {one.reason}"
        yield ""
    for passing in verdict.passed:
        note = f": {passing.note}" if passing.note else ""
        yield f"passes: {passing.address} ({', '.join(passing.actions)}){note}"
    for idle in verdict.not_counted:
        at = f" at {idle.path}" if idle.path else ""
        under = f" under {idle.change}" if idle.change else ""
        yield f"waiver of {idle.rule}{at}{under} does not count: {idle.because}"
    yield _summary(verdict)


def _stop(word: str, stop: Stop) -> Iterator[str]:
    yield f"{word}[{stop.rule}]: {stop.message}"
    yield f"  --> {stop.address} ({', '.join(stop.actions)})"
    yield f"  why: {stop.why}"
    yield f"  mend: {stop.mend}"
    yield f"  blast radius: {reach(stop.blast_radius)}"


def reach(blast: Blast) -> str:
    """The figures of a blast radius, or that they are unknown."""
    if blast.vms is None:
        return f"unknown ({blast.note})"
    most = "at most " if blast.basis == "at-most" else ""
    figures = (
        _count(blast.vms, "VM"), _count(blast.nodes or 0, "node"), _count(blast.gpus or 0, "GPU"),
    )  # fmt: skip
    return f"{most}{', '.join(figures)} ({blast.note})"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")


def _summary(verdict: Verdict) -> str:
    objects = len({stop.address for stop in verdict.stops})
    told = (
        f"stopped: {_count(len(verdict.stops), 'reason')} at {_count(objects, 'object')}"
        if verdict.stops
        else "nothing stops this plan"
    )
    return (
        f"{told}; {len(verdict.waived)} waived, {len(verdict.passed)} passed; "
        f"judged as of {verdict.as_of}"
    )
