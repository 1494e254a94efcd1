"""Other GPU models in the hosts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from generator.blueprint.near import short
from generator.catalog import Catalog
from generator.finding import Finding, Place
from generator.source import MappingNode
from generator.supply.alter.absence import absent
from generator.supply.alter.roster import Roster, drop, items
from generator.supply.rules.boards import can_be_linked

_OF_THE_OLD = ("mode", "mixed_size")


def unknown_boards(
    found: Sequence[Roster], other_gpus: Iterable[tuple[str, str]]
) -> Iterator[Finding]:
    """A finding for each GPU model that is supposed to be replaced and that no host has."""
    models = sorted({str(gpu.get("model")) for r in found for h in r.hosts() for gpu in _gpus(h)})
    for old, new in other_gpus:
        if old not in models:
            yield absent("GPU model", old, models, _place(old, new))


def change_boards(
    found: Sequence[Roster], other_gpus: Iterable[tuple[str, str]], catalog: Catalog
) -> None:
    """Gives the hosts the other models, in no mode; all at once, so two may change places.

    A host keeps its NVLink only where the new boards can be linked in the same way.
    """
    instead = dict(other_gpus)
    for host in (host for roster in found for host in roster.hosts()):
        changed = [gpu for gpu in _gpus(host) if str(gpu.get("model")) in instead]
        for gpu in changed:
            old = str(gpu["model"])
            place = _place(old, instead[old])
            gpu.put("model", instead[old], place, place)
            for key in _OF_THE_OLD:
                drop(gpu, key)
        models = [str(gpu.get("model")) for gpu in _gpus(host)]
        if changed and not can_be_linked(str(host.get("nvlink")), models, catalog):
            drop(host, "nvlink")
            for gpu in _gpus(host):
                drop(gpu, "nvlink_with")


def _gpus(host: MappingNode) -> list[MappingNode]:
    return [gpu for gpu in items(host.get("gpus")) if isinstance(gpu, MappingNode)]


def _place(old: str, new: str) -> Place:
    return Place(f"--gpu {short(old)}={short(new)}", 1, 1)
