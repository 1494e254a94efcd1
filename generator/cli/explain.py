"""``mlgen explain``: a rule, a field of the language, or a figure down to its source."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.cli.console import format_option, print_json

if TYPE_CHECKING:
    from generator.ledger import Entry

_RULE = re.compile(r"MLG-[A-Z][0-9]{3}")
_PATHS = 8
"""Paths of fields with one name that are shown."""


@click.command(
    name="explain",
    epilog="Examples: mlgen explain MLG-P002; mlgen explain workloads.serving.sessions; "
    "mlgen explain --plan out/acme-ml/plan.json rag-llm; "
    "mlgen explain --workload workload.yaml memory.total_bytes; "
    "mlgen explain --bibliography > docs/bibliography.md; "
    "mlgen explain --coverage > docs/coverage.md",
)
@click.argument("thing", required=False)
@click.option(
    "--plan",
    type=click.Path(path_type=Path),
    help="A plan.json, or the rendered folder that holds it: THING is then one of its subjects, "
    "such as a workload.",
)
@click.option(
    "--workload",
    type=click.Path(path_type=Path, allow_dash=True),
    help="A file for mlgen estimate: THING is then one of its figures, such as total or tpot.",
)
@click.option("--bibliography", is_flag=True, help="Print every work that figures cite instead.")
@click.option("--coverage", is_flag=True, help="Print who does each field of each object instead.")
@format_option
def command(
    thing: str | None,
    plan: Path | None,
    workload: Path | None,
    bibliography: bool,
    coverage: bool,
    form: str,
) -> None:
    """Explain THING: a rule id, a field as a dotted path, or with --plan or --workload figures."""
    if bibliography or coverage:
        click.echo(_bibliography() if bibliography else _coverage(), nl=False)
        return
    if thing is None:
        raise click.UsageError("name a THING to explain, or ask for --bibliography or --coverage")
    if plan is not None:
        found = _of_plan(plan, thing)
    elif workload is not None:
        found = _of_workload(workload, thing)
    elif _RULE.fullmatch(thing.upper()):
        found = {"lines": _rule(thing.upper())}
    else:
        found = {"lines": _field(thing)}
    if form == "json":
        print_json("explanation", {"thing": thing, **found})
    else:
        click.echo("\n".join(found["lines"]))


def _bibliography() -> str:
    from generator.report.markdown import bibliography_page
    from generator.sizing.bibliography import works

    return bibliography_page((work.key, work.also, work.citation) for work in works())


def _coverage() -> str:
    from generator.platform.coverage.fields import field_contract
    from generator.report.machine import plain
    from generator.report.markdown import coverage_page

    return coverage_page(plain(clause) for clause in field_contract())


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


def _of_plan(plan: Path, subject: str) -> dict[str, Any]:
    """Every figure of a plan's subject."""
    from generator.api.plan_file import plan_of

    plan = plan_of(plan)
    try:
        ledger = json.loads(plan.read_text(encoding="utf-8"))["ledger"]
        rows = [_row(entry) for entry in ledger if entry["subject"] == subject]
        subjects = sorted({entry["subject"] for entry in ledger})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise click.BadParameter(f"{plan} is no plan of mlgen: {error}") from error
    if not rows:
        raise click.BadParameter(f"the plan has no {subject!r}; it has {', '.join(subjects)}")
    return _explanation(rows)


def _of_workload(workload: Path, figure: str) -> dict[str, Any]:
    """One figure of a workload's estimate, and those that it is made of, to their sources."""
    from generator.api import estimate
    from generator.blueprint.near import did_you_mean
    from generator.sizing.estimate.answer_ledger import behind, explained

    answer = estimate(workload)
    found = list(explained(answer, figure))
    if not found:
        names = tuple(dict.fromkeys(entry.name for entry in answer.ledger))
        near = did_you_mean(figure, names)
        hint = f"did you mean {near}?" if near else f"it has {', '.join(names)}"
        raise click.BadParameter(f"the estimate has no figure {figure!r}; {hint}")
    rows = [_entry_row(entry) for entry in (*found, *behind(answer, found))]
    return _explanation(rows)


def _entry_row(entry: Entry) -> dict[str, Any]:
    from generator.report.machine import plain

    return _row({**plain(entry), "basis": entry.basis.value})


def _row(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry of the ledger as the answer has it; what it does not state is left out."""
    kept = ("subject", "name", "value", "unit", "low", "high", "rule", "source", "effect")
    row = {key: entry.get(key) for key in kept} | {"kind": entry["basis"]}
    for key in ("subject", "name", "rule", "source", "kind"):
        if not isinstance(row[key], str):
            raise TypeError(f"{key} of a figure is no text")
    return {k: v for k, v in row.items() if v is not None and v != ""} | {
        "unit": str(entry["unit"])
    }


def _explanation(rows: list[dict[str, Any]]) -> dict[str, Any]:
    from generator.report.text import visible

    citations = dict(_citations(rows))
    lines = [line for row in rows for line in _lines(row)]
    if citations:
        lines += ["sources:", *(f"  [{key}] {text}" for key, text in citations.items())]
    return {
        "lines": [visible(line) for line in lines],
        "figures": rows,
        "citations": [{"key": key, "citation": text} for key, text in citations.items()],
    }


def _citations(rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Key and full citation of every work that the figures' sources name."""
    from generator.catalog import Catalog, UnknownRow
    from generator.sizing.bibliography import catalogue_keys, cited

    catalog = Catalog.builtin()
    for row in rows:
        yield from ((work.key, work.citation) for work in cited(row["source"]))
        for key in catalogue_keys(row["source"]):
            try:
                yield key, catalog.citation(key)
            except UnknownRow:
                continue


def _lines(row: Mapping[str, Any]) -> Iterator[str]:
    """A figure for people: its value, then what it rests on."""
    from generator.sizing.written import written

    unit = row["unit"]
    yield f"{row['name']} = {written(row['value'], unit)}".rstrip()
    if "low" in row and "high" in row:
        yield f"  range: {written(row['low'], unit)} .. {written(row['high'], unit)}"
    yield f"  rule: {row['rule']}"
    yield f"  source: {row['source']} ({row['kind']})"
    if "effect" in row:
        yield f"  if wrong: {row['effect']}"


def _field(written: str) -> list[str]:
    from generator.blueprint.schema_field import ending, field

    found, paths = field(written), ending(written)
    if found is None and len(paths) == 1:
        found = field(paths[0])
    if found is None:
        raise click.BadParameter(_unknown(written, paths))
    title = f": {found.facts['title']}" if "title" in found.facts else ""
    return [f"{found.path} ({found.kind}){title}", *_facts(found.facts)]


def _unknown(written: str, paths: tuple[str, ...]) -> str:
    """What somebody may have meant by a word that is neither a rule nor one field."""
    from generator.blueprint.near import did_you_mean, short
    from generator.blueprint.schema_field import every_path

    if paths:
        more = f" and {len(paths) - _PATHS} more" if len(paths) > _PATHS else ""
        return f"several fields are called {short(written)}: {', '.join(paths[:_PATHS])}{more}"
    known = every_path()
    near = did_you_mean(written, known) if "." in written else None
    last = {path.rpartition(".")[2]: path for path in reversed(known)}
    name = None if near else did_you_mean(written.rpartition(".")[2], last)
    meant = near or (last[name] if name else "")
    hint = f"did you mean {meant}?" if meant else "mlgen rules lists rules, mlgen schema fields"
    return f"neither a rule nor a field of the language: {short(written)}; {hint}"


def _facts(node: dict[str, Any]) -> list[str]:
    lines = [node["description"]] if "description" in node else []
    words = node.get("enum", node.get("items", {}).get("enum", ()))
    if words:
        each = "one of" if "enum" in node else "each one of"
        lines.append(f"{each}: {', '.join(map(str, words))}")
    if "examples" in node:
        lines.append(f"examples: {json.dumps(node['examples'], ensure_ascii=False)}")
    if "properties" in node:
        lines.append(f"fields: {', '.join(node['properties'])}")
    return lines
