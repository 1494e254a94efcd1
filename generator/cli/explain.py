"""``mlgen explain``: a rule, a field of the language, or a figure of a plan down to its source."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import click

from generator.cli.console import format_option, print_json

_RULE = re.compile(r"MLG-[A-Z][0-9]{3}")


@click.command(
    name="explain",
    epilog="Examples: mlgen explain MLG-P002; mlgen explain workloads.serving.sessions; "
    "mlgen explain --plan out/acme-ml/plan.json rag-llm",
)
@click.argument("thing")
@click.option(
    "--plan",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A plan.json: THING is then one of its subjects, such as a workload.",
)
@format_option
def command(thing: str, plan: Path | None, form: str) -> None:
    """Explain THING: a rule id, a field as a dotted path, or with --plan a subject's figures."""
    if plan is not None:
        lines = _figures(plan, thing)
    elif _RULE.fullmatch(thing.upper()):
        lines = _rule(thing.upper())
    else:
        lines = _field(thing)
    if form == "json":
        print_json("explanation", {"thing": thing, "lines": lines})
    else:
        click.echo("\n".join(lines))


def _rule(identity: str) -> list[str]:
    from generator.api import all_rules

    for rule in all_rules():
        if rule.id == identity:
            return [
                f"{rule.id}: {rule.title}",
                f"severity: {rule.severity.value}",
                f"why: {rule.reason}",
                f"source: {rule.source}",
            ]
    raise click.BadParameter(f"there is no rule {identity}; mlgen rules lists them")


def _figures(plan: Path, subject: str) -> list[str]:
    from generator.report.text import visible

    try:
        ledger = json.loads(plan.read_text(encoding="utf-8"))["ledger"]
        rows = [entry for entry in ledger if entry["subject"] == subject]
        subjects = sorted({entry["subject"] for entry in ledger})
        lines = [
            visible(
                f"{e['name']} = {e['value']} {e['unit']}".rstrip()
                + f": {e['rule']} ({e['basis']}; {e['source']})"
            )
            for e in rows
        ]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise click.BadParameter(f"{plan} is no plan of mlgen: {error}") from error
    if not rows:
        raise click.BadParameter(f"the plan has no {subject!r}; it has {', '.join(subjects)}")
    return lines


def _field(dotted: str) -> list[str]:
    from generator.blueprint.schema import KINDS, schema

    for kind in KINDS:
        found = _walk(schema(kind), dotted.split("."))
        if found is not None:
            return [f"{dotted} ({kind}): {found.get('title', '')}", *_facts(found)]
    raise click.BadParameter(f"neither a rule nor a field of the language: {dotted}")


def _walk(root: dict[str, Any], steps: list[str]) -> dict[str, Any] | None:
    """The schema of a field; list items and references are stepped through."""
    node, own = root, root
    for step in steps:
        node = _resolved(root, node)
        node = _resolved(root, node.get("items", node))
        if step not in node.get("properties", {}):
            return None
        own = node = node["properties"][step]
    return {**_resolved(root, own), **own}


def _resolved(root: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        node = root["$defs"][node["$ref"].rpartition("/")[2]]
    return node


def _facts(node: dict[str, Any]) -> list[str]:
    lines = [node["description"]] if "description" in node else []
    if "enum" in node:
        lines.append(f"one of: {', '.join(map(str, node['enum']))}")
    if "examples" in node:
        lines.append(f"examples: {json.dumps(node['examples'], ensure_ascii=False)}")
    if "properties" in node:
        lines.append(f"fields: {', '.join(node['properties'])}")
    return lines
