"""``--observations FILE``: what was measured, and how verbs print what it changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from generator.sizing.observed import Change
    from generator.sizing.revision import Revision

Command = TypeVar("Command", bound=Callable[..., Any])


def observations_option(command: Command) -> Command:
    """``--observations FILE``, repeatable."""
    return click.option(
        "--observations",
        type=click.Path(path_type=Path, allow_dash=True),
        multiple=True,
        envvar="MLGEN_OBSERVATIONS",
        help="Measured figures, which replace computed ones: an Observations document, a CSV "
        "table or an answer of Prometheus.",
    )(command)


def revision_body(revision: Revision) -> dict[str, Any]:
    """Changes and warnings as the schemas want them: what nobody knows is left out."""
    from generator.report.machine import findings_body

    return {"changes": [_change(each) for each in revision.changes]} | findings_body(
        revision.findings
    )


def _change(change: Change) -> dict[str, Any]:
    from generator.report.machine import plain

    stated = {key: value for key, value in plain(change).items() if value not in (None, "")}
    return stated | {"far_off": change.is_far_off}


def revision_text(revision: Revision, *, colour: bool) -> str:
    """Changes and warnings for people."""
    from generator.report.text import findings_text, table

    changes = table(
        ("workload", "figure", "estimated", "measured", "ratio", "now", "source"),
        [_row(change) for change in revision.changes],
    )
    return changes + "\n" + findings_text(revision.findings, colour=colour)


def _row(change: Change) -> tuple[str, ...]:
    from generator.sizing.written import written

    source = change.source if change.used else f"not used: {change.source}"
    return (
        change.workload,
        change.figure,
        written(change.analytic, change.unit),
        written(change.measured, change.unit),
        "-" if change.ratio is None else f"{change.ratio:.2f}",
        written(change.result, change.unit),
        source,
    )
