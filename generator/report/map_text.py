"""The map in a terminal: a bar per GPU, its slices in true proportion and place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from generator.report.map import (
    KINDS,
    MapGpu,
    MapHost,
    PlatformMap,
    clusters,
    codes,
    heading,
    kinds,
    owned_profiles,
)
from generator.report.map_sums import summary
from generator.report.text import visible

NARROWEST, WIDEST = 60, 160
_MODE_WIDTH = 12
_INDENT = 2


class Look(NamedTuple):
    """How bars are drawn: the fill of each kind, the mark between slices, and the ellipsis."""

    fills: dict[str, str]
    edge: str


UNICODE = Look(
    fills={
        "planned": "\u2588",  # full block
        "running": "\u2593",  # dark shade
        "held": "\u2592",  # medium shade
        "reserved": "\u2591",  # light shade
        "free": "\u00b7",  # middle dot
        "stranded": "\u00d7",  # multiplication sign
    },
    edge="\u2502",
)
ASCII = Look(
    fills={
        "planned": "#", "running": "=", "reserved": ":", "held": "%", "free": ".", "stranded": "x",
    },
    edge="|",
)  # fmt: skip

_COLOURS = {
    "planned": "36",
    "running": "34",
    "reserved": "33",
    "held": "35",
    "free": "32",
    "stranded": "31",
}


def map_text(
    drawn: PlatformMap, *, width: int = 80, colour: bool = False, unicode: bool = True
) -> str:
    """The sums, the bars and the legend, in lines of at most ``width`` columns.

    Equal hosts are drawn once. Without ``unicode`` only ASCII is used; ``colour`` adds to the
    letters and fills, it never stands for them.
    """
    columns = min(max(width, NARROWEST), WIDEST)
    sums = "".join(f"{line}\n" for line in _sums(drawn, columns))
    text = sums if unicode else sums.encode("ascii", "replace").decode("ascii")
    return text + bars_text(drawn.hosts, width=width, colour=colour, unicode=unicode)


def bars_text(
    hosts: Sequence[MapHost],
    *,
    width: int = 80,
    colour: bool = False,
    unicode: bool = True,
    words: Mapping[str, str] = KINDS,
) -> str:
    """The bars and the legend alone; ``words`` says what each kind of slice is."""
    columns = min(max(width, NARROWEST), WIDEST)
    pen = _Pen(hosts, columns, UNICODE if unicode else ASCII, colour=colour)
    text = "".join(f"{line}\n" for line in (*pen.bars(), *pen.legend(words)))
    return text if unicode else text.encode("ascii", "replace").decode("ascii")


def _sums(drawn: PlatformMap, columns: int) -> Iterator[str]:
    rows = summary(drawn)
    wide = max(len(name) for name, _ in rows) + 2
    for name, said in rows:
        first, *rest = _wrapped(said, columns - wide)
        yield f"{name:<{wide}}{first}"
        yield from (f"{'':<{wide}}{line}" for line in rest)


def _wrapped(text: str, columns: int) -> list[str]:
    """Words in lines; a word longer than a line is cut."""
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > columns:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + word
    return [_cut(line, columns) for line in lines]


def _cut(text: str, columns: int) -> str:
    return text if len(text) <= columns else text[: columns - 3] + "..."


class _Pen:
    """Draws the GPUs of some hosts with one set of codes."""

    def __init__(self, hosts: Sequence[MapHost], columns: int, look: Look, *, colour: bool) -> None:
        self._hosts = hosts
        self._columns = columns
        self._look = look
        self._colour = colour
        self._codes = codes(hosts)
        names = [_short(gpu, host) for host in hosts for gpu in host.gpus]
        self._name_width = min(12, max(map(len, names), default=0))

    def bars(self) -> Iterator[str]:
        """Clusters, hosts and a line per GPU."""
        for cluster, groups in clusters(self._hosts):
            yield ""
            yield _cut(visible(f"cluster {cluster}"), self._columns)
            for title, hosts in groups:
                yield from _wrapped(visible(heading(title, hosts)), self._columns)
                for gpu in hosts[0].gpus:
                    yield self._line(gpu, hosts[0])

    def _line(self, gpu: MapGpu, host: MapHost) -> str:
        name = _cut(visible(_short(gpu, host)), self._name_width)
        mode = _cut(visible(gpu.mode), _MODE_WIDTH)
        head = f"{'':<{_INDENT}}{name:<{self._name_width}} {mode:<{_MODE_WIDTH}} "
        return head + self._bar(gpu, self._columns - len(head) - 1) + self._look.edge

    def _bar(self, gpu: MapGpu, columns: int) -> str:
        drawn = ""
        for one in gpu.slices:
            begin = one.start * columns // gpu.units
            end = (one.start + one.size) * columns // gpu.units
            if end > begin:
                code = self._codes.get(one.owners, "") if one.owners else ""
                room = end - begin - 1
                code = code if len(code) <= room else ""  # a part of a code would be another's
                inside = (code + self._look.fills[one.kind] * room)[:room]
                drawn += self._look.edge + self._paint(one.kind, inside)
        return drawn

    def _paint(self, kind: str, text: str) -> str:
        return f"\x1b[{_COLOURS[kind]}m{text}\x1b[0m" if self._colour and text else text

    def legend(self, words: Mapping[str, str]) -> Iterator[str]:
        """What the codes and the fills mean."""
        if not self._codes and not kinds(self._hosts):
            return
        yield ""
        used = owned_profiles(self._hosts)
        wide = max((len(code) for code in self._codes.values()), default=1)
        for owners, code in self._codes.items():
            said = ", in turns with ".join(owners)
            said += f"  {', '.join(used[owners])}" if used[owners] else ""
            first, *rest = _wrapped(visible(said), self._columns - wide - 1)
            yield f"{code:<{wide}} {first}"
            yield from (f"{'':<{wide}} {line}" for line in rest)
        for kind in kinds(self._hosts):
            fill = self._look.fills[kind]
            yield f"{self._paint(kind, fill * wide)} {words[kind]}"


def _short(gpu: MapGpu, host: MapHost) -> str:
    """``gpu0`` of ``esx-01/gpu0``: the host stands above it."""
    return gpu.name.removeprefix(f"{host.name}/")
