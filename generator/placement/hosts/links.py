"""Which GPUs of a host are joined by NVLink: only they make a device group.

Sources: accelerators reference, section 7 (bridge pairs, quads, fixed halves of an HGX board).
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.placement.hosts.stock import Gpu, Host

_DOMAIN = {"bridge-pair": 2, "bridge-quad": 4, "nvswitch": 8}
"""GPUs of one link domain."""

GROUP_SIZES = (2, 4, 8)
"""The partitions of a domain; each lies inside one of the next size."""


def link_groups(host: Host, count: int) -> tuple[tuple[int, ...], ...]:
    """The indices of every ``count`` GPUs that the host offers as one group."""
    return tuple(
        domain[start : start + count]
        for domain in _domains(host)
        for start in range(0, len(domain) - count + 1, count)
    )


def joined_groups(
    host: Host, known: dict[object, tuple[tuple[int, ...], ...]]
) -> tuple[tuple[int, ...], ...]:
    """The NVLink groups of a host; equal hosts share the answer in ``known``."""
    linked = any(gpu.linked for gpu in host.gpus)
    key = (
        host.nvlink,
        tuple((g.model, g.numa, g.linked, g.pci if linked else "") for g in host.gpus),
    )
    if key not in known:
        known[key] = tuple(g for size in GROUP_SIZES for g in link_groups(host, size))
    return known[key]


def _domains(host: Host) -> Iterator[tuple[int, ...]]:
    """What the facts say of each GPU; else consecutive GPUs of a model, as boards are fitted."""
    if any(gpu.linked for gpu in host.gpus):
        yield from _stated(host.gpus)
        return
    size = _DOMAIN.get(host.nvlink, 0)
    for model in sorted({gpu.model for gpu in host.gpus}) if size else ():
        alike = [gpu for gpu in host.gpus if gpu.model == model]
        for start in range(0, len(alike), size):
            domain = alike[start : start + size]
            bridged = len(domain) == size and len({gpu.numa for gpu in domain}) == 1
            if bridged or host.nvlink == "nvswitch":
                yield tuple(gpu.index for gpu in domain)


def _stated(gpus: tuple[Gpu, ...]) -> Iterator[tuple[int, ...]]:
    """The GPUs that reach one another over links that the facts name."""
    rest = list(gpus)
    while rest:
        domain = [rest.pop(0)]
        for known in domain:
            joined = [g for g in rest if g.pci in known.linked or known.pci in g.linked]
            domain += joined
            rest = [gpu for gpu in rest if gpu not in joined]
        if len(domain) > 1:
            yield tuple(sorted(gpu.index for gpu in domain))
