"""What a site that was read holds, in words and as plain data (F38)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from generator.report.machine import plain
from generator.report.text import table, visible

if TYPE_CHECKING:
    from generator.api.first_look import FirstLook, HostLook

SHOWN = 20
"""Hosts and VMs that are shown one by one."""
_MIB_PER_GIB = 1024


def first_look_text(look: FirstLook) -> str:
    """What is free, what is stranded, who has GPUs, and what is stale."""
    parts = ["Free and stranded\n" + _hosts(look)]
    if look.holders:
        rows = [
            (one.vm, one.host or "-", one.power or "-", _many(one.gpus)) for one in look.holders
        ]
        parts.append("VMs with GPUs\n" + _shown(("VM", "host", "power", "GPUs"), rows) + _off(look))
    parts.append("Stale\n" + "".join(f"  {visible(line)}\n" for line in _stale(look)))
    return "\n".join(parts)


def first_look_body(look: FirstLook) -> dict[str, Any]:
    """The same for programs."""
    body: dict[str, Any] = plain(look)
    body["unknown"] = [{"host": host, "name": name} for host, name in look.unknown]
    return body


def _hosts(look: FirstLook) -> str:
    if not look.hosts:
        return f"  no GPU that the catalogue knows; {look.plain_hosts} host(s) without one\n"
    head = ("host", "GPUs", "vGPUs", "GiB", "free", "uncertain", "stranded", "held", "room for")
    return _shown(head, [_row(host) for host in look.hosts]) + _sums(look)


def _row(host: HostLook) -> tuple[str, ...]:
    models = _many(host.models)
    if host.why:
        return (host.host, models, *["-"] * 6, f"nothing: {host.why}")
    room = ", ".join(f"{one.count} x {one.profile or 'whole GPU'}" for one in host.rooms)
    free = (host.free_mib, host.uncertain_mib, host.stranded_mib)
    figures = (host.framebuffer_mib, *free, host.held_mib)
    return (host.host, models, str(host.vgpus), *map(_gib, figures), room or "-")


def _sums(look: FirstLook) -> str:
    free, uncertain, stranded, held, out = (
        sum(host.free_mib for host in look.hosts),
        sum(host.uncertain_mib for host in look.hosts),
        sum(host.stranded_mib for host in look.hosts),
        sum(host.held_mib for host in look.hosts),
        sum(len(host.models) for host in look.hosts if host.why),
    )
    perhaps = f"{_gib(uncertain)} uncertain, " if uncertain else ""
    free_now = f"{_gib(free)} GiB free, {perhaps}{_gib(stranded)} stranded"
    said = f"{free_now}, {_gib(held)} held as whole GPUs"
    more = f"; {out} GPU(s) on hosts that carry nothing now" if out else ""
    plain_hosts = f"; {look.plain_hosts} host(s) without a GPU" if look.plain_hosts else ""
    return f"  together: {said}{more}{plain_hosts}\n"


def _off(look: FirstLook) -> str:
    """What counts as free above and would be taken back."""
    off = sum(1 for one in look.holders if one.power not in ("on", ""))
    return f"  {off} of them not powered on: what they take then is free now\n" if off else ""


def _stale(look: FirstLook) -> Iterator[str]:
    for one in look.stale:
        yield f"{one.what}: {one.version}: {one.why}"
    if look.maintenance:
        yield f"in maintenance: {_several(look.maintenance)}"
    if look.unknown:
        unknown = [f"{name} in {host}" for host, name in look.unknown]
        yield f"devices that the catalogue does not know: {_several(unknown)}"
    if not (look.stale or look.maintenance or look.unknown):
        yield "nothing that was read"


def _shown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    text = table(head, rows[:SHOWN])
    more = len(rows) - SHOWN
    lines = "".join(f"  {line}\n" for line in text.splitlines())
    return lines + (f"  and {more} more; --format json has them all\n" if more > 0 else "")


def _several(names: Sequence[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def _many(names: Sequence[str]) -> str:
    """``2 x a, b`` for ``a``, ``b``, ``a``."""
    counts = {name: names.count(name) for name in sorted(names)}
    return ", ".join(f"{count} x {name}" if count > 1 else name for name, count in counts.items())


def _gib(mib: int) -> str:
    return f"{mib / _MIB_PER_GIB:.1f}".removesuffix(".0")
