"""A comparison as text: both sides beside each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from generator.report.text import table, visible

if TYPE_CHECKING:
    from generator.api import WhatIf
    from generator.finding import Finding
    from generator.platform.whatif import Comparison
    from generator.platform.whatif.records import Capacity, DemandChange, Side, Spot, VmChange

_NONE = "-"


def text(answer: WhatIf) -> str:
    """Fit, capacity, demands, VMs, versions, findings and files, as far as they differ."""
    compared = answer.comparison
    sections = (
        _fit(answer),
        _capacity(compared),
        _demands(compared),
        _vms(compared),
        _versions(compared),
        _displaced(answer),
        _findings(compared),
        _files(compared),
    )
    return "\n".join("\n".join(lines) + "\n" for lines in map(list, sections) if lines)


def _fit(answer: WhatIf) -> Iterator[str]:
    compared = answer.comparison
    words = [("fits" if s.fits else "does not fit") for s in (compared.before, compared.after)]
    yield visible(f"{answer.before.blueprint.metadata.name}: {words[0]} before, {words[1]} after")
    for name, side in (("before", compared.before), ("after", compared.after)):
        yield from (f"waits {name}: {line}" for line in _waiting(side))
        yield from (f"short {name}: {visible(one.sentence)}" for one in side.obstacles)


def _waiting(side: Side) -> Iterator[str]:
    for one in side.waiting:
        grave = f", {one.minimum} must" if one.fatal else ""
        yield visible(
            f"{one.demand} in {one.environment}: {one.placed} of {one.wanted} fit{grave}: "
            f"{one.because}"
        )


def _capacity(compared: Comparison) -> Iterator[str]:
    before = {(c.site, c.cluster): c for c in compared.before.capacity}
    after = {(c.site, c.cluster): c for c in compared.after.capacity}
    rows = []
    for key in sorted({*before, *after}):
        old, new = before.get(key), after.get(key)
        pairs = zip(_figures(old or new), _figures(old), _figures(new), strict=True)
        rows += [
            ("/".join(key), figure, left, right) for (figure, _), (_, left), (_, right) in pairs
        ]
    if rows:
        yield table(("cluster", "capacity", "before", "after"), rows).rstrip("\n")


def _figures(one: Capacity | None) -> tuple[tuple[str, str], ...]:
    """The figures of a cluster in words; dashes where it is not there."""
    names = ("hosts", "GPUs used", "GPUs free", "framebuffer GiB", "cores", "memory GiB")
    if one is None:
        return tuple((name, _NONE) for name in names)
    total = "?" if one.framebuffer_gib is None else f"{one.framebuffer_gib:g}"
    values = (
        str(one.hosts),
        f"{one.gpus_used} of {one.gpus}",
        f"{one.gpus_free}" + (f", {one.gpus_held} held" if one.gpus_held else ""),
        f"{one.framebuffer_used_gib:g} of {total}",
        f"{one.cores_used} of {one.cores}",
        f"{one.memory_used_gib:g} of {one.memory_gib:g}",
    )
    return tuple(zip(names, values, strict=True))


def _demands(compared: Comparison) -> Iterator[str]:
    rows = [row for change in compared.demands for row in _demand(change)]
    if rows:
        head = ("environment", "demand", "what", "before", "after")
        yield table(head, rows).rstrip("\n")


def _demand(change: DemandChange) -> Iterator[tuple[str, str, str, str, str]]:
    who = change.environment, change.demand
    if change.before is None or change.after is None:
        shape = change.after or change.before
        assert shape is not None
        size = f"{shape.placed} of {shape.wanted} VMs" + (
            f", {shape.gpus} x {shape.profile} each" if shape.profile else ""
        )
        sides = (_NONE, size) if change.before is None else (size, _NONE)
        yield (*who, change.difference.value, *sides)
        return
    for name in change.fields:
        old, new = (_shown(getattr(side, name)) for side in (change.before, change.after))
        yield (*who, name.replace("_", " "), old, new)


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        counts = Counter(value)
        return ", ".join(f"{n} x {one}" if n > 1 else one for one, n in counts.items()) or _NONE
    return f"{value:g}" if isinstance(value, float) else str(value) or _NONE


def _vms(compared: Comparison) -> Iterator[str]:
    from generator.platform.whatif.records import Fate

    counts = Counter(change.fate for change in compared.vms)
    told = ", ".join(f"{fate.value} {counts[fate]}" for fate in Fate if counts[fate])
    yield f"VMs: {told or 'none'}"
    rows = [
        (_called(some), some[0].fate.value, _spot(some[0].before), _spot(some[0].after), why)
        for (_, why), some in _alike(compared.vms).items()
        if why
    ]
    if rows:
        yield table(("VM", "", "before", "after", "why"), rows).rstrip("\n")


def _alike(vms: Iterable[VmChange]) -> dict[tuple[object, str], list[VmChange]]:
    """VMs of a demand to which the same happens on the same GPUs, with the reasons."""
    found: dict[tuple[object, str], list[VmChange]] = {}
    for vm in vms:
        sites = tuple(spot and spot.site for spot in (vm.before, vm.after))
        shown = _spot(vm.before), _spot(vm.after)
        same = vm.environment, vm.demand, vm.fate, sites, shown
        found.setdefault((same, "; ".join(vm.reasons)), []).append(vm)
    return found


def _called(some: Sequence[VmChange]) -> str:
    numbers = ",".join(str(vm.index) for vm in some)
    return f"{some[0].environment}/{some[0].demand}/{numbers}"


def _spot(spot: Spot | None) -> str:
    if spot is None:
        return _NONE
    return ", ".join(spot.gpus) or spot.host


def _versions(compared: Comparison) -> Iterator[str]:
    for change in compared.versions:
        whose = f" of {change.subject}" if change.subject else ""
        yield visible(
            f"{change.target}{whose}: {change.before or 'unstated'} to "
            f"{change.after or 'unstated'}: {change.action} ({change.source})"
        )
    rows = [
        (
            str(work.order),
            f"{work.site}/{work.host}",
            str(len(work.gpu_vms)),
            str(len(work.other_vms)),
            "yes" if work.has_room else "no",
        )
        for work in compared.hosts
    ]
    if rows:
        head = ("reboot", "host", "vGPU VMs", "other VMs", "room for its vGPUs")
        yield table(head, rows).rstrip("\n")


def _displaced(answer: WhatIf) -> Iterator[str]:
    for vm in answer.displaced:
        size = f"{vm.vcpus or '?'} vCPU, {vm.memory or '?'}"
        yield visible(
            f"ran on {vm.site}/{vm.host}, and the plan keeps no room for it elsewhere: "
            f"{vm.vm} ({size})"
        )


def _findings(compared: Comparison) -> Iterator[str]:
    for word, findings in (("new", compared.findings.new), ("gone", compared.findings.gone)):
        yield from (f"{word}: {_finding(finding)}" for finding in findings)


def _finding(finding: Finding) -> str:
    return visible(f"{finding.severity.value}[{finding.rule}] {finding.path}: {finding.message}")


def _files(compared: Comparison) -> Iterator[str]:
    files = compared.files
    yield (
        f"files: {len(files.added)} added, {len(files.removed)} removed, "
        f"{len(files.changed)} changed, {files.unchanged} unchanged"
    )
    for word, paths in (("+", files.added), ("-", files.removed), ("~", files.changed)):
        yield from (visible(f"  {word} {path}") for path in paths)
