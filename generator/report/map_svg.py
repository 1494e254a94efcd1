"""The map as an SVG picture: self-contained, as wide as an A4 page, the same bytes every time.

Every slice carries its code or is hatched, and has a title that a screen reader says and a pointer
shows; colour only helps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.report.map import (
    KINDS,
    MapGpu,
    MapHost,
    MapSlice,
    PlatformMap,
    clusters,
    codes,
    heading,
    kinds,
    owned_profiles,
)
from generator.report.map_sums import summary
from generator.report.text import visible

PAGE_MM = 190
"""An A4 page less margins of 10 mm."""
_WIDE = 760
_LEFT = 130
_ROW = 22
_LINE = 16
_LETTER = 6
"""A generous width of a letter at 11 px, to know which texts fit."""

_TINTS = ("#9ecae1", "#fdd0a2", "#c7e9c0", "#dadaeb", "#fbb4c9", "#e5d8a8", "#b3e2cd", "#d9d9d9")
_FILLS = {
    "free": "#ffffff",
    "stranded": "url(#stranded)",
    "reserved": "url(#reserved)",
    "held": "url(#held)",
}
_STYLE = (
    "text{font:11px sans-serif;fill:#111}.h{font-weight:bold}"
    "rect{stroke:#333;stroke-width:1}.running{stroke-dasharray:4 2}"
    ".over{paint-order:stroke;stroke:#fff;stroke-width:4px}"
)
_HATCHES = {
    "stranded": '<path d="M0 0L6 6M6 0L0 6" stroke="#a00" stroke-width="1"/>',
    "reserved": '<circle cx="3" cy="3" r="1.2" fill="#960"/>',
    "held": '<path d="M0 3H6" stroke="#555" stroke-width="2"/>',
}


def map_svg(drawn: PlatformMap, *, title: str) -> str:
    """The picture with its sums and its legend; ``title`` names the platform."""
    sheet = _Sheet(drawn.hosts)
    body = [*sheet.sums(drawn, title), *sheet.clusters(), *sheet.legend()]
    high = sheet.y + 10
    said = "; ".join(f"{name}: {words}" for name, words in summary(drawn))
    patterns = "".join(
        f'<pattern id="{name}" width="6" height="6" patternUnits="userSpaceOnUse">{drawing}'
        "</pattern>"
        for name, drawing in _HATCHES.items()
    )
    tall = f"{high * PAGE_MM / _WIDE:g}mm"
    box = f'width="{PAGE_MM}mm" height="{tall}" viewBox="0 0 {_WIDE} {high}"'
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img" aria-labelledby="title desc">',
        f'<title id="title">{_escaped(f"GPUs of {title}")}</title>',
        f'<desc id="desc">{_escaped(said)}</desc>',
        f"<style>{_STYLE}</style>",
        f"<defs>{patterns}</defs>",
        f'<rect width="{_WIDE}" height="{high}" style="fill:#fff;stroke:none"/>',
    ]
    return "\n".join([*head, *body, "</svg>"]) + "\n"


class _Sheet:
    """Draws from top to bottom; ``y`` is how far it has come."""

    def __init__(self, hosts: Sequence[MapHost]) -> None:
        self._hosts = hosts
        self._codes = codes(hosts)
        self._tints = {owners: _TINTS[n % len(_TINTS)] for n, owners in enumerate(self._codes)}
        self.y = 10

    def _text(self, x: int, words: str, *, bold: bool = False) -> str:
        style = ' class="h"' if bold else ""
        fitting = (_WIDE - x) // _LETTER
        words = words if len(words) <= fitting else words[: fitting - 3] + "..."
        return f'<text x="{x}" y="{self.y - 4}"{style}>{_escaped(words)}</text>'

    def sums(self, drawn: PlatformMap, title: str) -> Iterator[str]:
        """The platform and its totals."""
        self.y += _LINE
        yield self._text(10, title, bold=True)
        for name, words in summary(drawn):
            self.y += _LINE
            yield self._text(10, name)
            yield self._text(_LEFT, words)

    def clusters(self) -> Iterator[str]:
        """Each cluster with its hosts, equal ones drawn once."""
        for cluster, groups in clusters(self._hosts):
            self.y += _ROW + 6
            yield self._text(10, f"cluster {cluster}", bold=True)
            for title, hosts in groups:
                self.y += _ROW
                yield self._text(10, heading(title, hosts))
                for gpu in hosts[0].gpus:
                    yield from self._gpu(gpu, hosts[0])

    def _gpu(self, gpu: MapGpu, host: MapHost) -> Iterator[str]:
        self.y += _ROW
        name = gpu.name.removeprefix(f"{host.name}/")
        yield self._text(20, f"{name} {gpu.mode}"[: (_LEFT - 20) // _LETTER])
        for one in gpu.slices:
            yield self._slice(gpu, one)

    def _slice(self, gpu: MapGpu, one: MapSlice) -> str:
        room = _WIDE - _LEFT - 10
        left = _LEFT + one.start * room // gpu.units
        wide = _LEFT + (one.start + one.size) * room // gpu.units - left
        code = self._codes.get(one.owners, "")
        fill = _FILLS.get(one.kind) or self._tints.get(one.owners, "#ffffff")
        style = ' class="running"' if one.kind == "running" else ""
        label = f"{code} {', '.join(one.owners)}" if code else KINDS[one.kind].partition(":")[0]
        if len(label) * _LETTER > wide - 6:
            label = code if len(code) * _LETTER <= wide - 6 else ""
        over = ' class="over"' if one.kind in _HATCHES else ""
        at = f'x="{left + 4}" y="{self.y - 5}"{over}'
        text = f"<text {at}>{_escaped(label)}</text>" if label else ""
        return (
            f"<g><title>{_escaped(_said(gpu, one))}</title>"
            f'<rect x="{left}" y="{self.y - 19}" width="{wide}" height="{_ROW - 3}" '
            f'fill="{fill}"{style}/>{text}</g>'
        )

    def legend(self) -> Iterator[str]:
        """What the codes and the hatchings mean."""
        self.y += 8
        used = owned_profiles(self._hosts)
        for owners, code in self._codes.items():
            yield self._swatch(self._tints[owners], code)
            words = ", in turns with ".join(owners)
            yield self._text(50, "  ".join([words, ", ".join(used[owners])]))
        for kind in kinds(self._hosts):
            if kind in _FILLS:
                yield self._swatch(_FILLS[kind], "")
                yield self._text(50, KINDS[kind])
        if "running" in kinds(self._hosts):
            self.y += _LINE + 4
            yield self._text(50, "broken outline: runs today")

    def _swatch(self, fill: str, code: str) -> str:
        self.y += _LINE + 4
        box = f'<rect x="10" y="{self.y - 15}" width="32" height="15" fill="{fill}"/>'
        return box + (f'<text x="14" y="{self.y - 4}">{_escaped(code)}</text>' if code else "")


def _said(gpu: MapGpu, one: MapSlice) -> str:
    """A slice in words: what, which profile, and its place."""
    who = ", ".join(one.vms) or ", ".join(one.owners) or KINDS[one.kind]
    what = f"{who}: {one.profile}" if one.profile else who
    place = f"{one.start} to {one.start + one.size} of {gpu.units} {gpu.unit}"
    return f"{gpu.name}, {what}, {place}"


_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\ufffe": "", "\uffff": ""}


def _escaped(text: str) -> str:
    """Fit for an XML text or attribute, whatever a document brought along."""
    for plain, escaped in _ESCAPES.items():
        text = text.replace(plain, escaped)
    return visible(text)
