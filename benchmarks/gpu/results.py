"""What was measured, written down: an ``Observations`` document and a table beside predictions.

This module needs neither PyTorch nor the engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

GIB = 1 << 30
MIB = 1 << 20

OBSERVABLE = (
    "weights", "activations", "runtime", "kv_room", "total", "step", "per_token", "first_token",
    "throughput",
)  # fmt: skip
"""Figures that ``workloads[].assume`` and so ``Observations`` have; the others are shown only."""


@dataclass(frozen=True)
class Figure:
    """One figure of a workload in base units (bytes, seconds, per second).

    None is unknown: on a CPU nobody counts a GPU's memory, and a formula may be missing.
    ``spread`` is how far repeats lie apart, as a share of the median. A figure that is not
    ``observable`` describes another program than the workload asks for, and is shown only.
    """

    workload: str
    name: str
    unit: str
    measured: float | None
    predicted: float | None = None
    window: str = ""
    spread: float | None = None
    note: str = ""
    observable: bool = True


def observations(figures: Iterable[Figure], *, name: str, source: str) -> str:
    """The measured figures as an ``Observations`` document; what is unknown is left out."""
    lines = [
        "apiVersion: mlgen/v1alpha1",
        "kind: Observations",
        f"metadata: {{name: {name}}}",
    ]
    rows = [_row(figure, source) for figure in figures if _is_observation(figure)]
    return "\n".join([*lines, "observations:" if rows else "observations: []", *rows]) + "\n"


def _is_observation(figure: Figure) -> bool:
    return figure.observable and figure.name in OBSERVABLE and bool(figure.measured)


def _row(figure: Figure, source: str) -> str:
    assert figure.measured is not None
    said = f"{source}, {figure.note}" if figure.note else source
    keys = [
        ("workload", figure.workload),
        ("figure", figure.name),
        ("value", quantity(figure.measured, figure.unit)),
        *([("window", figure.window)] if figure.window else []),
        ("source", said),
    ]
    return "  - {" + ", ".join(f"{key}: {quoted(value)}" for key, value in keys) + "}"


def quoted(text: str) -> str:
    """Text as a YAML scalar in double quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def quantity(value: float, unit: str) -> str:
    """A figure as a suffixed scalar of the language."""
    if unit == "B":
        size, symbol = (GIB, "GiB") if value >= GIB else (MIB, "MiB")
        return f"{value / size:.6f}{symbol}"
    if unit == "s":
        return f"{value * 1e3:.6f}ms"
    return f"{value:.6f}/s"


def table(figures: Sequence[Figure]) -> str:
    """Predicted against measured as Markdown; a dash where nobody knows."""
    lines = [
        "| workload | figure | predicted | measured | measured / predicted | spread | note |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for figure in figures:
        ratio = "-"
        if figure.measured and figure.predicted:
            ratio = f"{figure.measured / figure.predicted:.2f}"
        spread = "-" if figure.spread is None else f"{100 * figure.spread:.1f} %"
        cells = (
            figure.workload,
            figure.name,
            shown(figure.predicted, figure.unit),
            shown(figure.measured, figure.unit),
            ratio,
            spread,
            figure.note,
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def shown(value: float | None, unit: str) -> str:
    """A figure for people."""
    if value is None:
        return "-"
    if unit == "B":
        if value >= GIB:
            return f"{value / GIB:.2f} GiB"
        return f"{value / MIB:.2f} MiB" if value >= MIB else f"{value:.0f} B"
    return f"{value * 1e3:.3f} ms" if unit == "s" else f"{value:.1f}/s"
