"""What vCenter itself still counts of a device, by its DirectPath profile (VCF 9, F30).

The total of a profile is that of an empty cluster: boards that another size or mode has locked are
in it. So only what *remains* is taken, with what is reserved and not yet used as far as our own
reservations go, and never more than the boards' own geometry gives.

Source: vSphere API 9.0, DirectPathProfileManagerCapacityInfo: ``max >= consumed + remaining +
unusedReservation``, and ``max`` is computed as if no VM ran.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from generator.diff.differences import Slots, Unreadable
from generator.diff.index import Index
from generator.platform.objects import DesiredState, DirectPathProfile, Vcenter
from generator.vcenter.snapshot import Seen, texts

KIND = DirectPathProfile.kind


class Live(NamedTuple):
    """One vCenter, the plan for it, and what of its VMs is ours."""

    state: DesiredState
    vcenter: Vcenter
    there: Index
    ours: frozenset[str]


Rooms = Callable[[str], Iterable[tuple[Seen, int]]]
"""By vGPU profile the GPUs of the supply, with how many more of it each would start."""


def remaining(
    index: Index, clusters: Iterable[str], device: str, *, reserved: int, used: int
) -> int | None:
    """How many more units of a device vCenter would start for us in some clusters.

    ``reserved`` are the units that zones keep for us, ``used`` those that run. None where there is
    no profile of the device, or a cluster was not counted.
    """
    seen = index.objects.get((KIND, device))
    names = sorted(set(clusters))
    if seen is None or not names:
        return None
    left = [seen.fields.get(f"remaining.{name}") for name in names]
    kept = [seen.fields.get(f"unused_reservation.{name}") for name in names]
    if not all(isinstance(one, int) for one in (*left, *kept)):
        return None
    ours = max(0, reserved - used)
    return sum(_whole(left)) + min(ours, sum(_whole(kept)))


def _whole(values: Iterable[object]) -> Iterator[int]:
    yield from (one for one in values if isinstance(one, int))


def units(vcenter: Vcenter, device: str, vms: Mapping[str, int]) -> int:
    """The units of a device that so many VMs of each class take."""
    return sum(
        each * vms.get(name, 0)
        for profile in vcenter.direct_path_profiles
        if profile.device == device
        for name, each in profile.per_vm
    )


def reserved(vcenter: Vcenter) -> dict[str, int]:
    """The VMs that the zones keep for our namespaces, by class."""
    counts: dict[str, int] = {}
    for share in vcenter.shares:
        for zone in share.zones:
            for one in zone.reservations:
                counts[one.vm_class] = counts.get(one.vm_class, 0) + one.count
    return counts


def planned_vms(state: DesiredState, vcenter: Vcenter) -> dict[str, int]:
    """The VMs that the pools of a vCenter have at most, by class."""
    counts: dict[str, int] = {}
    here = {one.name for one in vcenter.namespaces}
    for cluster in state.clusters:
        for pool in cluster.pools if cluster.namespace in here else ():
            counts[pool.vm_class] = counts.get(pool.vm_class, 0) + pool.maximum
    return counts


def planned_profiles(state: DesiredState, vcenter: Vcenter) -> Counter[str]:
    """The vGPUs that a vCenter's pools and plain VMs hold at most, by profile."""
    counts: Counter[str] = Counter()
    classes = {one.name: one.vgpus for one in vcenter.vm_classes}
    for name, vms in planned_vms(state, vcenter).items():
        for profile in classes.get(name, ()):
            counts[profile] += vms
    for fabric in vcenter.fabrics:
        for machine in fabric.machines:
            counts.update(machine.vgpus)
    return counts


def counted(live: Live, gpus: Iterable[Seen], device: str, used: int) -> int | None:
    """What vCenter still counts for us of a device, in the clusters of some GPUs."""
    clusters = {name for gpu in gpus if (name := cluster_of(live.there, gpu))}
    kept = units(live.vcenter, device, reserved(live.vcenter))
    return remaining(live.there, clusters, device, reserved=kept, used=used)


def offered(live: Live, gpus: Iterable[Seen], device: str) -> bool:
    """False where vCenter says that no host of these clusters has the device, empty or not.

    It is the one thing that its maximum is good for: a driver, mode or link that is not there.
    """
    seen = live.there.objects.get((KIND, device))
    names = {name for gpu in gpus if (name := cluster_of(live.there, gpu))}
    if seen is None or not names:
        return True
    return not all(seen.fields.get(f"maximum.{name}") == 0 for name in sorted(names))


def uncounted(index: Index, found: Iterable[Slots]) -> Iterator[Unreadable]:
    """What vCenter did not count for us of devices that have a profile, and why."""
    for one in found:
        if one.remaining is not None or (KIND, one.profile) not in index.objects:
            continue
        for lacking in index.seen.unread:
            ours = lacking.kind == KIND and lacking.key in ("", one.profile)
            if ours and lacking.field.startswith("remaining."):
                yield Unreadable(
                    vcenter=one.vcenter,
                    kind=KIND,
                    key=one.profile,
                    field=lacking.field,
                    reason=lacking.reason,
                    detail=lacking.detail,
                )


def others(live: Live, gpus: Iterable[Seen], rooms: Rooms) -> Iterator[Slots]:
    """A row per device that is no single vGPU; ``gpus`` are those that the sites state."""
    there = list(gpus)
    for profile in live.vcenter.direct_path_profiles:
        if profile.pci_device is not None:
            yield _whole_gpus(live, profile, there)
        elif profile.device_group:
            yield from _groups(live, profile, rooms)


def _whole_gpus(live: Live, profile: DirectPathProfile, gpus: Iterable[Seen]) -> Slots:
    """Free are the GPUs that a host hands over by one of the ids and that no VM there has."""
    device = profile.pci_device
    assert device is not None
    ids = {f"{vendor:04x}:{number:04x}" for vendor, number in device.allowed}
    fitting = [gpu for gpu in gpus if _handed_over(gpu, ids, device.label)]
    used, foreign = _split(live, lambda vm: _held(vm, fitting, ids))
    free = max(0, len(fitting) - used - foreign)
    return _row(live, profile, fitting, (used, foreign, free))


def _groups(live: Live, profile: DirectPathProfile, rooms: Rooms) -> Iterator[Slots]:
    """Free are as many groups as each host has whole GPUs left for."""
    taker = {name for name, _ in profile.per_vm}
    classes = [one for one in live.vcenter.vm_classes if one.name in taker and one.vgpus]
    for one in classes[:1]:
        there = list(rooms(one.vgpus[0]))
        left = Counter(str(gpu.fields.get("host")) for gpu, free in there if free)
        used, foreign = _split(
            live, lambda vm: int(vm.fields.get("device_group") == profile.device)
        )
        free = sum(count // len(one.vgpus) for count in left.values())
        yield _row(live, profile, [gpu for gpu, _ in there], (used, foreign, free))


def _row(
    live: Live, profile: DirectPathProfile, gpus: Sequence[Seen], counts: tuple[int, int, int]
) -> Slots:
    used, foreign, free = counts
    return Slots(
        vcenter=live.vcenter.name,
        profile=profile.device,
        planned=units(live.vcenter, profile.device, planned_vms(live.state, live.vcenter)),
        used=used,
        foreign=foreign,
        free=free,
        stranded=0,
        remaining=counted(live, gpus, profile.device, used),
        offered=offered(live, gpus, profile.device),
    )


def _split(live: Live, count: Callable[[Seen], int]) -> tuple[int, int]:
    """What VMs that run take, ours and others'."""
    found = Counter[bool]()
    for one in live.there.running():
        found[one.key in live.ours] += count(one)
    return found[True], found[False]


def _handed_over(gpu: Seen, ids: set[str], label: str) -> bool:
    own = f"{gpu.fields.get('vendor_id')}:{gpu.fields.get('device_id')}"
    labelled = not label or gpu.fields.get("hardware_label") == label
    return bool(gpu.fields.get("passthrough")) and own in ids and labelled


def _held(vm: Seen, gpus: Iterable[Seen], ids: set[str]) -> int:
    """The devices among some GPUs of its host that a VM has: by address, or by ids."""
    host = vm.fields.get("host")
    there = {gpu.key for gpu in gpus if gpu.fields.get("host") == host}
    return sum(
        f"{host}/{each}" in there or bool(ids & set(each.partition("@")[0].split("|")))
        for each in texts(vm.fields.get("passthrough"))
        if there
    )


def cluster_of(index: Index, gpu: Seen) -> str:
    """The cluster of a GPU's host; "" where it was not read."""
    host = index.objects.get(("host", str(gpu.fields.get("host"))))
    return str(host.fields.get("cluster") or "") if host is not None else ""


def would_start(one: Slots) -> str:
    """How many more start, and which of the two counts says so."""
    if one.remaining is None:
        return f"{one.free} would start"
    if one.bound == "vcenter":
        return f"{one.free} would start by the boards, but only {one.remaining} by vCenter's count"
    if one.bound == "geometry":
        return f"only {one.free} would start by the boards, {one.remaining} by vCenter's count"
    return f"{one.free} would start by the boards and by vCenter's count"


def mend_of_slots(one: Slots) -> str:
    """Where to look for what is short, by what bounds it."""
    if not one.offered:
        return "vCenter says that no host has it: look at driver, mode and links of the GPUs"
    if one.bound == "vcenter":
        return (
            "look at the profile's capacity in vCenter: hosts in maintenance and reservations of "
            "other namespaces are not in what remains"
        )
    return "free the slots that others hold, or set the modes of the plan on empty GPUs"
