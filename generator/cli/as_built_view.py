"""The as-built report as people and programs read it (F38)."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from generator.cli.as_built_tables import sections
from generator.cli.section import Section
from generator.report.machine import plain
from generator.report.map import KINDS
from generator.report.text import findings_text, table, visible

if TYPE_CHECKING:
    from generator.asbuilt.model import AsBuilt, Framebuffer
    from generator.report.map import MapHost

WORDS = {
    **KINDS,
    "held": "held as a whole",
    "free": "free",
    "stranded": "stranded: no profile fits",
}
"""The kinds of slices where there is no plan."""
SHOWN = 24
"""Rows of a table and hosts of the picture in the terminal; the other formats have all of them."""
_BOLD = "1"
_NARROWEST, _WIDEST = 60, 100
_PLACES = (
    "vSphere does not tell places: where sizes mix, vGPUs are drawn where they leave least room."
)
_ALONE = (
    "Each row counts its profile alone, on GPUs as they are set today, at least to at most. After "
    "a loss: once the VMs of the worst host to lose run elsewhere. HA keeps no GPU free for that; "
    "from VCF 9 on, reservations of a VM class in a zone keep places for VKS nodes: those are "
    "among what fits, and for nobody else."
)
_PARTS = (
    "GiB of framebuffer. Uncertain: free, and of use only if vGPUs sit luckily, for vSphere tells "
    "no places. Memory: GiB that VMs with GPUs can still reserve."
)
NOTES = {"What fits": _ALONE, "Hosts": _PARTS}


class Bar(NamedTuple):
    """A part of a GPU in a picture of HTML: how wide in thousandths, what, and in words."""

    kind: str
    share: int
    label: str
    title: str


class Drawn(NamedTuple):
    """A GPU in a picture of HTML."""

    name: str
    about: str
    bars: tuple[Bar, ...]


class Page(NamedTuple):
    """What Markdown and HTML print; ``pictures`` is empty where there is no GPU to draw."""

    title: str
    lines: tuple[str, ...]
    verdict: str
    pictures: tuple[tuple[Drawn, ...], ...]
    places: str
    legend: tuple[tuple[str, str], ...]
    drawing: tuple[str, ...]
    sections: tuple[tuple[Section, tuple[str, ...]], ...]
    next_title: str
    commands: tuple[str, ...]


def text(found: AsBuilt, source: str, *, width: int, colour: bool, unicode: bool) -> str:
    """The terminal view: the answer first, then the picture, the tables and what to do next."""
    lines = [_bold(visible(title(found)), colour=colour)]
    lines += [part for line in about(found) for part in _wrapped(line, width)]
    lines += ["", *_wrapped(verdict(found), width), ""]
    hosts = _hosts(found)
    if hosts:
        from generator.report.map_text import bars_text

        shown = bars_text(
            hosts[:SHOWN], width=width, colour=colour, unicode=unicode, words=WORDS
        ).strip("\n")
        more = [f"and {len(hosts) - SHOWN} more hosts"] if len(hosts) > SHOWN else []
        lines += [shown, *more, *_wrapped(_PLACES, width), ""]
    for section in sections(found):
        lines += [_bold(section.title, colour=colour), *_table(section, width), ""]
    findings = [finding for one in found.vcenters for finding in one.findings]
    lines += [_bold("Findings", colour=colour), findings_text(findings, colour=colour)]
    following = [f"  {visible(one)}" for one in commands(found, source)]
    lines += [_bold("Next", colour=colour), *following]
    said = "\n".join(lines) + "\n"
    return said if unicode else said.encode("ascii", "replace").decode("ascii")


def _table(section: Section, width: int) -> Iterator[str]:
    for line in table(section.head, section.rows[:SHOWN]).splitlines():
        yield f"  {line}"
    if len(section.rows) > SHOWN:
        yield f"  and {len(section.rows) - SHOWN} more; --format json has them all"
    if section.title in NOTES:
        yield from (f"  {line}" for line in _wrapped(NOTES[section.title], width - 2))


def _wrapped(words: str, width: int) -> list[str]:
    import textwrap

    return textwrap.wrap(visible(words), min(max(width, _NARROWEST), _WIDEST)) or [""]


def page(found: AsBuilt, source: str) -> Page:
    """The same for Markdown and HTML."""
    from generator.report.map_text import bars_text

    hosts = _hosts(found)
    bars = bars_text(hosts, width=100, unicode=True, words=WORDS) if hosts else ""
    every = [*sections(found), _findings(found)]
    return Page(
        title=visible(title(found)),
        lines=tuple(map(visible, about(found))),
        verdict=visible(verdict(found)),
        pictures=(tuple(_picture(hosts)),) if hosts else (),
        places=_PLACES,
        legend=tuple((kind, WORDS[kind]) for kind in ("running", "held", "free", "stranded")),
        drawing=tuple(bars.strip("\n").splitlines()),
        sections=tuple((_visible(one), _notes(one)) for one in every if one.rows),
        next_title="Next",
        commands=tuple(map(visible, commands(found, source))),
    )


def body(found: AsBuilt) -> dict[str, Any]:
    """The report by ``schemas/as-built.schema.json``."""
    answer: dict[str, Any] = plain(found)
    answer["version"] = 1
    answer["framebuffer"] = plain(found.framebuffer)
    answer["failed"] = [
        {"name": name, "reason": reason, "mend": mend} for name, reason, mend in found.failed
    ]
    for one in answer["vcenters"]:
        one["unknown_devices"] = [
            {"host": host, "name": name} for host, name in one["unknown_devices"]
        ]
    return answer


def title(found: AsBuilt) -> str:
    """What the report is about."""
    return f"As built: {', '.join(one.name for one in found.vcenters)}"


def about(found: AsBuilt) -> Iterator[str]:
    """When and by whom each vCenter was read, and how old that is."""
    for one in found.vcenters:
        yield (
            f"{one.name}: vCenter {one.version} (build {one.build}), {one.objects} objects read on "
            f"{one.started[:10]}{_age(one.ended, found.as_of)} in the role {one.role}."
        )
    for name, reason, mend in found.failed:
        yield f"{name} was not read: {reason}. Mend: {mend}"
    yield f"Ends of support are judged as of {found.as_of}. Nothing was changed anywhere."


def _age(ended: str, as_of: str) -> str:
    """How old a reading is, in days; nothing where it is of the day itself."""
    try:
        days = (date.fromisoformat(as_of) - date.fromisoformat(ended[:10])).days
    except ValueError:
        return ""
    return f", {days} day(s) before that" if days > 0 else ""


def verdict(found: AsBuilt) -> str:
    """The answer in a line."""
    hosts = [host for one in found.vcenters for host in one.hosts]
    gpus = sum(len(host.gpus) for host in hosts)
    plain_hosts = sum(c.plain_hosts for one in found.vcenters for c in one.clusters)
    if not gpus:
        return f"No GPU that the catalogue knows; {plain_hosts} host(s) without one."
    waits = sum(len(c.waits) for one in found.vcenters for c in one.clusters)
    grave = sum(
        f.severity.value in ("error", "warning") for one in found.vcenters for f in one.findings
    )
    return (
        f"{gpus} GPU(s) on {len(hosts)} host(s): {_sums(found.framebuffer)}. "
        f"{waits} VM(s) would not start again after the loss of their host. {grave} warning(s)."
    )


def _sums(parts: Framebuffer) -> str:
    words = (
        (parts.used_mib, "used by vGPUs"), (parts.held_mib, "held as whole GPUs"),
        (parts.free_mib, "free"), (parts.uncertain_mib, "uncertain"),
        (parts.stranded_mib, "stranded"), (parts.shut_mib, "on hosts that carry nothing now"),
    )  # fmt: skip
    said = ", ".join(f"{mib / 1024:.0f} {word}" for mib, word in words if mib)
    return f"{parts.total_mib / 1024:.0f} GiB, of which {said}"


def commands(found: AsBuilt, source: str) -> Iterator[str]:
    """What to run next; ``source`` is the snapshot, "" where a vCenter was read."""
    kept = shlex.quote(source) if source else "vc.snapshot"
    rules = [finding.rule for one in found.vcenters for finding in one.findings]
    said = [
        (f"mlgen inventory export --out {kept}", "" if source else "keep what was read"),
        (f"mlgen init acme --inventory {kept}", "a blueprint that fits there"),
        (f"mlgen inventory report {kept} --format html > as-built.html", "the same to pass on"),
        (f"mlgen diff --against {kept} --inventory LATER.snapshot", "what changed since"),
        (f"mlgen explain {rules[0] if rules else ''}", "why a finding matters" if rules else ""),
    ]
    kept_width = max(len(command) for command, why in said if why)
    yield from (f"{command:<{kept_width}}  # {why}" for command, why in said if why)


def _hosts(found: AsBuilt) -> tuple[MapHost, ...]:
    from generator.api import as_built_hosts

    return as_built_hosts(found)


def _visible(section: Section) -> Section:
    """The table without direction marks, which the filters of the files let through."""
    return section._replace(rows=tuple(tuple(map(visible, row)) for row in section.rows))


def _notes(section: Section) -> tuple[str, ...]:
    return (NOTES[section.title],) if section.title in NOTES else ()


def _findings(found: AsBuilt) -> Section:
    rows = tuple(
        (f.severity.value, f.rule, f.message, f.why, f.mend)
        for one in found.vcenters
        for f in one.findings
    )
    return Section("Findings", ("", "rule", "what", "why", "mend"), rows)


def _picture(hosts: tuple[MapHost, ...]) -> Iterator[Drawn]:
    for host in hosts:
        for gpu in host.gpus:
            bars = []
            for one in gpu.slices:
                label = ", ".join(one.owners)
                words = f"{label or WORDS[one.kind]}, {one.size} of {gpu.units} {gpu.unit}"
                who = f": {', '.join(one.vms)}" if one.vms else ""
                share = 1000 * (one.start + one.size) // gpu.units - 1000 * one.start // gpu.units
                bars.append(Bar(one.kind, share, visible(label), visible(words + who)))
            yield Drawn(visible(gpu.name), f"{gpu.model}, {gpu.mode}", tuple(bars))


def _bold(words: str, *, colour: bool) -> str:
    return f"\x1b[{_BOLD}m{words}\x1b[0m" if colour else words
