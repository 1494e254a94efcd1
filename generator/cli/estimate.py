"""``mlgen estimate``: one workload, no blueprint."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.cli.console import colour, format_option, print_json
from generator.cli.observations import observations_option, revision_body, revision_text
from generator.report.machine import plain

if TYPE_CHECKING:
    from generator.ledger import Entry
    from generator.sizing.estimate import Estimate
    from generator.sizing.estimate.answer import ChoiceAnswer

EXIT_INFEASIBLE = 4


@click.command(
    name="estimate",
    epilog="Examples: mlgen estimate workload.yaml; "
    "echo '{model: {family: llama-3.1-8b}, serving: {mode: service, context: 8192, sessions: 20}, "
    "gpu: nvidia-h100-sxm5-80}' | mlgen estimate - --format json. "
    "Exit codes: 0 feasible, 4 infeasible, 1 could not run.",
)
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--ledger", is_flag=True, help="Also print every figure with its rule and source.")
@observations_option
@format_option
def command(file: Path, ledger: bool, observations: tuple[Path, ...], form: str) -> int:
    """Say what one workload needs: memory, GPUs, profile, time, checkpoint and reading.

    FILE holds the mapping of a workload, as in workloads[] of a blueprint, or just its model,
    train, serving or hpo, and gpu. A dash reads standard input.
    """
    from generator.api import estimate_observed

    answer, revision = estimate_observed(file, observations)
    if form == "json":
        measured = revision_body(revision) if observations else {}
        print_json("estimate", estimate_body(answer) | measured)
    else:
        click.echo(estimate_text(answer, with_ledger=ledger), nl=False)
        if observations:
            click.echo("\n" + revision_text(revision, colour=colour(sys.stdout)), nl=False)
    return 0 if answer.feasible else EXIT_INFEASIBLE


def estimate_body(answer: Estimate) -> dict[str, Any]:
    """The answer as its schema wants it: what makes no sense for the workload is left out."""
    memory, serving, training = answer.memory, answer.serving, answer.training
    body: dict[str, Any] = {
        "memory": {
            "weights_bytes": memory.weights_bytes,
            "gradients_bytes": memory.gradients_bytes,
            "optimizer_bytes": memory.optimizer_bytes,
            "activations_bytes": memory.activations_bytes,
            "kv_cache_bytes": memory.kv_cache_bytes,
            "kv_bytes_per_token": memory.kv_bytes_per_token,
            "kv_room_bytes": memory.kv_room_bytes,
            "runtime_bytes": memory.runtime_bytes,
            "static_bytes": memory.static_bytes,
            "total_bytes": memory.total_bytes,
            "allocated_bytes": memory.allocated_bytes,
            "all_gpus_bytes": memory.all_gpus_bytes,
            "host_bytes": memory.host_bytes,
        },
        "io": {"read_bytes_per_s": answer.read_bytes_per_s},
        "gpu": answer.gpu or None,
        "gpus": answer.gpus,
        "profile": answer.profile or None,
        "feasible": answer.feasible,
        "reasons": list(answer.reasons),
        "choice": _choice(answer),
        "ledger": [_entry(entry) for entry in answer.ledger],
    }
    if serving is not None:
        body["serving"] = {
            "kv_capacity_tokens": serving.kv_capacity_tokens,
            "sessions_guaranteed": serving.sessions_guaranteed,
            "sessions_practical": serving.sessions_practical,
            "concurrency": serving.concurrency,
            "ttft_s": _bounds(serving.first_token_low_s, serving.first_token_high_s),
            "prefill_s": serving.prefill_s,
            "tpot_s": serving.per_token_s,
            "tokens_per_s": serving.tokens_per_s,
            "items_per_s": serving.items_per_s,
            "latency_s": serving.latency_s,
            "replicas": serving.replicas,
        }
    if training is not None:
        body["training"] = plain(training)
    if answer.checkpoint is not None:
        body["checkpoint"] = plain(answer.checkpoint)
    return _stated(body)


def _choice(answer: Estimate) -> dict[str, Any] | None:
    """The proposal; what it does not have is left out."""
    if answer.choice is None:
        return None
    written: dict[str, Any] = plain(answer.choice)
    return {name: value for name, value in written.items() if value not in ("", 0)}


def _bounds(low: float | None, high: float | None) -> dict[str, float] | None:
    return None if low is None or high is None else {"low": low, "high": high}


def _entry(entry: Entry) -> dict[str, Any]:
    written: dict[str, Any] = plain(entry)
    written["kind"] = written.pop("basis")
    return {k: v for k, v in written.items() if k != "subject" and v not in (None, "")} | {
        "unit": entry.unit
    }


def _stated(node: dict[str, Any]) -> dict[str, Any]:
    """Without what is None, and without mappings that this leaves empty."""
    kept = {k: _stated(v) if isinstance(v, dict) else v for k, v in node.items()}
    return {k: v for k, v in kept.items() if v is not None and v != {}}


def estimate_text(answer: Estimate, *, with_ledger: bool) -> str:
    """The answer as tables for people."""
    from generator.report.text import table

    body = estimate_body(answer)
    rows = [
        (group, _words(name), *_shown(name, value))
        for group in ("memory", "serving", "training", "checkpoint", "io")
        for name, value in body.get(group, {}).items()
    ]
    gpu = f"{answer.gpus} x {answer.gpu}" if answer.gpu else str(answer.gpus)
    rows.append(("choice", "GPUs", gpu, ""))
    if answer.profile:
        rows.append(("choice", "profile", answer.profile, ""))
    parts = [table(("part", "figure", "value", "unit"), rows)]
    verdict = "feasible" if answer.feasible else "not feasible"
    parts.append("\n".join([verdict, *(f"  {reason}" for reason in answer.reasons)]) + "\n")
    if answer.choice is not None:
        parts.append(_choice_text(answer.choice))
    if with_ledger:
        parts.append(
            table(
                ("figure", "value", "unit", "rule", "source", "kind", "effect if wrong"),
                [
                    (e.name, *_ledger_value(e), e.rule, e.source, e.basis.value, e.effect)
                    for e in answer.ledger
                ],
            )
        )
    return "\n".join(parts)


def _choice_text(choice: ChoiceAnswer) -> str:
    """The proposal in a line, and a line for each option that it left."""
    from generator.sizing.estimate.choice import in_words

    lines = [f"proposal: {in_words(choice)}"]
    if choice.row:
        lines.append(f"  by {choice.row} of the decision table; {choice.source}")
    for each in choice.rejected:
        alike = f" (and {each.alike} more)" if each.alike else ""
        lines.append(f"  not {each.offer}: {each.reason} [{each.constraint}]{alike}")
    return "\n".join(lines) + "\n"


def _words(name: str) -> str:
    for suffix in ("_bytes_per_s", "_bytes", "_s"):
        if name.endswith(suffix) and not name.endswith("per_s"):
            name = name.removesuffix(suffix)
    return name.replace("_", " ")


def _shown(name: str, value: Any) -> tuple[str, str]:
    if isinstance(value, dict):
        return f"{value['low']:.3g} .. {value['high']:.3g}", "s"
    if name.endswith("bytes_per_s"):
        return f"{value / 1e6:.1f}", "MB/s"
    if name == "kv_bytes_per_token":
        return f"{value:.0f}", "B"
    if name.endswith("bytes"):
        return f"{value / (1 << 30):.2f}", "GiB"
    if isinstance(value, float):
        return f"{value:.4g}", "s" if name.endswith("_s") and not name.endswith("per_s") else ""
    return str(value), ""


def _ledger_value(entry: Entry) -> tuple[str, str]:
    if entry.unit == "B" and isinstance(entry.value, int | float) and entry.value >= 1 << 20:
        return f"{entry.value / (1 << 30):.2f}", "GiB"
    shown = f"{entry.value:.4g}" if isinstance(entry.value, float) else str(entry.value)
    return shown, entry.unit
