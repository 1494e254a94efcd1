"""Joins the parts of a comparison."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields

from generator.finding import Finding
from generator.platform.whatif.fates import fates
from generator.platform.whatif.layout import Key, Layout, capacity, layout, shape
from generator.platform.whatif.records import (
    Comparison,
    DemandChange,
    Difference,
    FileChange,
    FindingChange,
    Shape,
    Side,
    Situation,
    Waiting,
)
from generator.platform.whatif.versions import upgrade


def compare(before: Situation, after: Situation) -> Comparison:
    """What differs between two situations of one platform. Pure and deterministic."""
    old, new = layout(before), layout(after)
    change = upgrade(old, new)
    return Comparison(
        before=_side(old),
        after=_side(new),
        demands=tuple(_demands(old, new)),
        vms=fates(old, new, change),
        versions=change.changes,
        hosts=tuple(change.hosts.values()),
        findings=_findings(before.findings, after.findings),
        files=_files(before.files, after.files),
    )


def _side(laid: Layout) -> Side:
    plan = laid.situation.plan
    waiting = (
        Waiting(
            environment=s.environment,
            demand=s.demand,
            wanted=s.wanted,
            placed=s.placed,
            minimum=s.minimum,
            fatal=s.fatal,
            because=s.because,
        )
        for s in plan.shortfalls
    )
    return Side(
        fits=plan.fits,
        waiting=tuple(sorted(waiting, key=lambda s: (s.environment, s.demand))),
        obstacles=plan.obstacles,
        capacity=capacity(laid),
    )


def _demands(before: Layout, after: Layout) -> Iterator[DemandChange]:
    for key in sorted({*before.chosen, *after.chosen}):
        old, new = shape(before, key), shape(after, key)
        if old == new:
            continue
        yield DemandChange(
            environment=key[0],
            demand=key[1],
            difference=_difference(key, before, after),
            fields=_differing(old, new),
            before=old,
            after=new,
        )


def _difference(key: Key, before: Layout, after: Layout) -> Difference:
    """A demand that no GPU can carry is still asked for: it is changed, not removed."""
    old, new = (key in side.chosen or key in side.short for side in (before, after))
    if old and new:
        return Difference.CHANGED
    return Difference.REMOVED if old else Difference.ADDED


def _differing(old: Shape | None, new: Shape | None) -> tuple[str, ...]:
    if old is None or new is None:
        return ()
    names = (field.name for field in fields(Shape))
    return tuple(name for name in names if getattr(old, name) != getattr(new, name))


def _findings(before: tuple[Finding, ...], after: tuple[Finding, ...]) -> FindingChange:
    """By what they say, not by where: a copied value has another place and is the same."""
    old, new = ({_said(finding) for finding in side} for side in (before, after))
    return FindingChange(
        new=tuple(finding for finding in after if _said(finding) not in old),
        gone=tuple(finding for finding in before if _said(finding) not in new),
    )


def _said(finding: Finding) -> tuple[str, ...]:
    return finding.rule, finding.severity.value, finding.path, finding.message


def _files(before: Mapping[str, str], after: Mapping[str, str]) -> FileChange:
    both = sorted(before.keys() & after.keys())
    changed = tuple(path for path in both if before[path] != after[path])
    return FileChange(
        added=tuple(sorted(after.keys() - before.keys())),
        removed=tuple(sorted(before.keys() - after.keys())),
        changed=changed,
        unchanged=len(both) - len(changed),
    )
