"""What a pair of documents leads to: files, figures and findings, without what only echoes."""

from __future__ import annotations

import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from generator import render
from generator.api import Project, handoff
from generator.api.judging import stops
from generator.api.loading import examine
from generator.ledger import Basis, Entry

Documents = Mapping[str, Any]
"""Roots by file name; the one that is no site is the blueprint."""

MUTE_KEYS = {"description", "reason", "why", "source", "rule", "text", "comment", "stamp"}
"""Keys of files and plans that carry words for people, and stamps."""

FIGURES = (
    "placements", "shortfalls", "obstacles", "volumes", "tiers", "flows", "links", "addresses",
)  # fmt: skip
"""The sections of plan.json that hold computed figures."""


class Observation(NamedTuple):
    """``valid`` is false where a document breaks its schema; then nothing else is known.

    ``files`` are lines by path, ``figures`` sorted values by their place in the
    plan, ``findings`` how often each rule is broken, ``asked`` the paths of open questions.
    ``projects`` are what a hand-off is made of, where nothing else tells.
    """

    valid: bool
    files: Mapping[str, Counter[str]]
    figures: Mapping[str, tuple[Any, ...]]
    findings: Counter[str]
    asked: Counter[str]
    projects: tuple[Project, ...] = ()

    @property
    def handed(self) -> Mapping[str, Counter[str]]:
        """The lines of the hand-off by path."""
        (handed,) = handoff(self.projects)
        return {f.path: _lines(f.path, f.text) for f in handed.documents}


class Effect(NamedTuple):
    """What a change changed: ``kind`` is file, figure, finding, hand-off or question."""

    kind: str
    place: str


def observe(documents: Documents) -> Observation:
    """Loads, judges and renders the documents as mlgen does, from files of their own."""
    with tempfile.TemporaryDirectory(dir=_memory()) as folder:
        for name, root in documents.items():
            text = json.dumps(root, ensure_ascii=False)
            (Path(folder) / name).write_text(text, encoding="utf-8")
        main = next(name for name, root in documents.items() if "SiteInv" not in root["kind"])
        return _observed(Path(folder) / main)


@cache
def _memory() -> str | None:
    """A folder that needs no disk, where the system has one."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def _observed(blueprint: Path) -> Observation:
    examined = examine([blueprint])
    findings = Counter(finding.rule for finding in examined.findings)
    valid = not any(rule.startswith(("MLG-S", "MLG-L")) for rule in findings)
    if not valid or stops(examined.findings) or not examined.projects:
        return Observation(valid, {}, {}, findings, Counter())
    (rendered,) = render(examined.projects)
    texts = {f.path: f.text for f in rendered.files}
    texts.pop("manifest.json")
    plan = json.loads(texts.pop("plan.json"))
    return Observation(
        valid=True,
        files={
            **{path: _lines(path, text) for path, text in texts.items()},
            "plan.json": _lines("plan.json", json.dumps(plan["diff_ignore"])),
        },
        figures=_figures(plan, examined.projects[0].assessed.ledger),
        findings=findings,
        asked=Counter(question["subject"] for question in plan["open_questions"]),
        projects=examined.projects,
    )


@lru_cache(maxsize=4096)
def _lines(path: str, text: str) -> Counter[str]:
    """How often a file says each line."""
    return Counter(_said(path, text))


def _said(path: str, text: str) -> Iterator[str]:
    """What a file says, a line each; comments, descriptions, stamps and hashes are left out."""
    text = re.sub(r"mlgen:[\w./-]+", "mlgen:", re.sub(r"-r[0-9a-f]{6}\b", "-r", text))
    if path.endswith(".json"):
        yield from (f"{at}: {value!r}" for at, value in _flat(json.loads(text), ""))
        return
    for line in text.splitlines():
        bare = line.strip()
        if bare and not re.match(r"#|//|description\b|error_message\b|<#", bare):
            yield bare


def _flat(node: Any, at: str) -> Iterator[tuple[str, Any]]:
    """The scalars of a JSON value with their places, list indices left out."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key not in MUTE_KEYS:
                yield from _flat(value, f"{at}.{key}" if at else key)
    elif isinstance(node, list):
        yield f"{at}[]", f"{len(node)} items"
        for value in node:
            yield from _flat(value, f"{at}[]")
    else:
        yield at, node


def _figures(plan: Mapping[str, Any], ledger: tuple[Entry, ...]) -> dict[str, tuple[Any, ...]]:
    """Numbers of the plan by place, and the computed figures of the ledger by name."""
    found: dict[str, list[str]] = {}
    for section in FIGURES:
        for at, value in _flat(plan[section], section):
            figure = not isinstance(value, str) or value.endswith(" items")
            if figure or at in ("placements[].profile", "placements[].grade"):
                found.setdefault(f"plan.json: {at}", []).append(repr(value))
    for entry in ledger:
        if entry.basis in (Basis.ANALYTIC, Basis.ASSUMED) and not isinstance(entry.value, str):
            found.setdefault(f"figure of size: {entry.name}", []).append(repr(entry.value))
    return {place: tuple(sorted(values)) for place, values in found.items()}


def effects(before: Observation, after: Observation) -> Iterator[Effect]:
    """What differs, the most telling kind first; a document that broke its schema has no effect."""
    if not (before.valid and after.valid):
        return
    rendered = bool(before.files and after.files)
    if rendered:
        yield from (Effect("file", p) for p in _changed(before.files, after.files))
        both = before.figures.keys() & after.figures.keys()
        changed = sorted(p for p in both if before.figures[p] != after.figures[p])
        yield from (Effect("figure", p) for p in sorted(changed, key=lambda p: "size" in p))
    yield from (Effect("finding", rule) for rule in _counted(before.findings, after.findings))
    if rendered:
        # The hand-off prints what other parts decide too: it is asked last.
        yield from (Effect("hand-off", p) for p in _changed(before.handed, after.handed))
        yield from (Effect("question", p) for p in _counted(before.asked, after.asked))


def _changed(
    before: Mapping[str, Counter[str]], after: Mapping[str, Counter[str]]
) -> Iterator[str]:
    for path in sorted(before.keys() | after.keys()):
        if before.get(path) != after.get(path):
            yield path


def _counted(before: Counter[str], after: Counter[str]) -> Iterator[str]:
    yield from (key for key in sorted(before.keys() | after.keys()) if before[key] != after[key])
