"""What is there and serves nobody, as far as a snapshot can tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from generator.asbuilt.facts import Facts
from generator.asbuilt.loads import reserved_mib
from generator.asbuilt.model import Idle
from generator.asbuilt.rules import ClassesServe, ClassesStart, HoldersRun, LibrariesServe
from generator.finding import Finding
from generator.vcenter.snapshot import Seen, is_off, texts

_MIB_PER_GIB = 1024


def idle(facts: Facts) -> Iterator[Idle]:
    """VMs that are off with GPUs or reservations, classes and libraries of nobody."""
    for vm in _off(facts):
        held = [*texts(vm.fields.get("vgpus")), *texts(vm.fields.get("passthrough"))]
        if held:
            yield Idle(kind="vm", name=vm.key, what=f"{_power(vm)}; takes back {_many(held)}")
    yield from _reserving(facts)
    for one in facts.of("vm-class"):
        if _serves_nobody(one):
            held = [*texts(one.fields.get("vgpus")), *texts(one.fields.get("pci_devices"))]
            more = f", with {_many(held)}" if held else ""
            yield Idle(kind="vm-class", name=one.key, what=f"no VM and no namespace{more}")
    for one in _unused_libraries(facts):
        kind = str(one.fields.get("type") or "local").lower()
        stale = kind == "subscribed" and one.fields.get("automatic_sync") is False
        more = ", synchronised by hand" if stale else ""
        what = f"no namespace has it ({kind}{more})"
        yield Idle(kind="content-library", name=one.key, what=what)


def idle_findings(facts: Facts) -> Iterator[Finding]:
    """The same as far as GPUs are concerned, and classes that can start nowhere."""
    room = {(c.name, fit.profile): fit.least for c in facts.clusters for fit in c.fits}
    for vm in _off(facts):
        held = texts(vm.fields.get("vgpus"))
        if held:
            cluster, wanted = str(vm.fields.get("cluster") or ""), Counter(held)
            lacks = sorted(n for n, count in wanted.items() if room.get((cluster, n), 0) < count)
            starts = (
                f"no room for {', '.join(lacks)} in its cluster today"
                if lacks
                else "it would start today"
            )
            yield HoldersRun.breach(
                f"{vm.key} is {_power(vm)} and has {_many(list(held))}; {starts}",
                path=f"vm/{vm.key}",
                mend="ask its owner: remove the vGPU, or count on its coming back",
            )
    yield from _classes(facts)
    for one in _unused_libraries(facts):
        yield LibrariesServe.breach(
            f"no namespace has the content library {one.key}",
            path=f"content-library/{one.key}",
            mend="give it to a namespace, or ask its owner whether it can go",
        )


def _classes(facts: Facts) -> Iterator[Finding]:
    offers = [texts(host.fields.get("vgpu_types")) for host in facts.of("host")]
    offered = {name for types in offers for name in types}
    for one in facts.of("vm-class"):
        held = texts(one.fields.get("vgpus"))
        if held and _serves_nobody(one):
            yield ClassesServe.breach(
                f"the VM class {one.key} ({_many(list(held))}) has no VM and no namespace",
                path=f"vm-class/{one.key}",
                mend="bind it to a namespace, or delete it",
            )
        nowhere = sorted(set(held) - offered)
        if nowhere and offered:
            yield ClassesStart.breach(
                f"no host offers {', '.join(nowhere)} of the VM class {one.key}",
                path=f"vm-class/{one.key}",
                mend="make a class of a profile that hosts offer; an edited class changes no VM",
            )


def _off(facts: Facts) -> Iterator[Seen]:
    for vm in facts.of("vm"):
        if is_off(vm) and not vm.fields.get("template"):
            yield vm


def _reserving(facts: Facts) -> Iterator[Idle]:
    """VMs without a GPU that are off and reserve memory, as one sum for each cluster."""
    vms: Counter[str] = Counter()
    mib: Counter[str] = Counter()
    for vm in _off(facts):
        reserved = reserved_mib(vm)
        gpus = vm.fields.get("vgpus") or vm.fields.get("passthrough")
        if reserved and not gpus:
            cluster = str(vm.fields.get("cluster") or "no cluster")
            vms[cluster] += 1
            mib[cluster] += reserved
    for cluster in sorted(vms):
        what = f"{vms[cluster]} VM(s) that are off would reserve {mib[cluster] // _MIB_PER_GIB} GiB"
        yield Idle(kind="reservation", name=cluster, what=what)


def _serves_nobody(one: Seen) -> bool:
    """Whether a class is known to have neither VM nor namespace."""
    vms, spaces = one.fields.get("vms"), one.fields.get("namespaces")
    return vms == () and spaces == ()


def _unused_libraries(facts: Facts) -> Iterator[Seen]:
    """Libraries of no namespace, where the namespaces and their libraries were read."""
    spaces = list(facts.of("namespace"))
    read = facts.was_read("namespace", "", "") and all(
        "content_libraries" in one.fields for one in spaces
    )
    used = {name for one in spaces for name in texts(one.fields.get("content_libraries"))}
    if read and any(True for _ in facts.of("supervisor")):
        yield from (one for one in facts.of("content-library") if one.key not in used)


def _power(vm: Seen) -> str:
    return "suspended" if vm.fields.get("power") == "suspended" else "off"


def _many(names: list[str]) -> str:
    """``2 x a, b`` for ``a``, ``b``, ``a``."""
    counts = Counter(names)
    return ", ".join(f"{n} x {name}" if n > 1 else name for name, n in sorted(counts.items()))
