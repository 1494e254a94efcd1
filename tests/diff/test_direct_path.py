"""DirectPath profiles held against a vCenter of VCF 9, and the capacity that they tell (F30)."""

from __future__ import annotations

from typing import Any

import pytest

from generator.diff.capacity import Live, others, remaining
from generator.diff.differences import Slots
from generator.diff.index import Index
from generator.platform.objects import (
    ClassReservation,
    DirectPathProfile,
    PciDevice,
    Vcenter,
    VmClass,
    ZoneShare,
)
from generator.record import altered
from generator.vcenter.snapshot import Seen, Unread, Value, VcenterSeen
from tests.diff.worlds import sides, unread, whole, with_field, with_more, without, world

KIND, DEVICE = "direct-path-profile", "nvidia_h100xm-40c"
AT = (KIND, DEVICE)
CLUSTER = "wld-gpu"


def counted(seen: VcenterSeen, left: int | None, kept: int = 0, most: int = 99) -> VcenterSeen:
    """The world in which vCenter counts so many more of the device; None counts nothing."""
    figures = {"remaining": left, "unused_reservation": kept, "maximum": most, "consumed": 0}
    for name, value in figures.items():
        seen = with_field(seen, AT, f"{name}.{CLUSTER}", value) if left is not None else seen
    return seen


def slots(seen: VcenterSeen) -> Slots:
    return next(s for s in whole(seen, "vcf9").slots if s.profile == DEVICE)


def test_f30_a_profile_that_is_gone_is_a_warning_with_what_follows() -> None:
    (found,) = whole(without(world("vcf9"), {AT}), "vcf9").differences
    assert (found.what, found.severity.value) == ("missing", "warning")
    assert "does not count" in found.consequence
    assert found.mend.command.endswith("--only direct-path-profile --apply")


@pytest.mark.parametrize("field", ["name", "description"])
def test_another_name_or_description_is_a_notice(field: str) -> None:
    (found,) = whole(with_field(world("vcf9"), AT, field, "edited"), "vcf9").differences
    assert (found.field, found.severity.value) == (field, "notice")


def test_f1_one_that_others_made_for_the_device_serves() -> None:
    seen = with_field(world("vcf9"), AT, "name", "H100 40 GB")
    found = whole(with_field(seen, AT, "description", "VI team"), "vcf9")
    assert (found.differences, found.unmanaged) == ((), ())


def test_f12_one_with_our_mark_that_no_plan_wants_is_unmanaged() -> None:
    fields: dict[str, Value] = {
        "name": "old",
        "description": "mlgen:vcf9/direct-path-profile/old One vGPU",
    }
    stale = Seen(kind=KIND, key="nvidia_h100xm-5c", ident="p-9", fields=fields)
    (found,) = whole(with_more(world("vcf9"), stale), "vcf9").unmanaged
    assert (found.kind, found.key) == (KIND, "nvidia_h100xm-5c")
    assert "mlgen:vcf9/direct-path-profile/old," in found.why


def test_f30_without_counts_the_geometry_stands_alone() -> None:
    found = slots(world("vcf9"))
    assert (found.remaining, found.capacity, found.bound) == (None, found.free, "geometry")


def test_f30_a_total_for_an_empty_target_is_no_capacity() -> None:
    """The trap: the maximum takes part in nothing."""
    low, high = (slots(counted(world("vcf9"), 1, most=most)) for most in (1, 10_000))
    assert low == high
    assert (low.capacity, low.bound) == (1, "vcenter")


@pytest.mark.parametrize(
    ("more", "bound"), [(-1, "vcenter"), (0, "both"), (1, "geometry"), (500, "geometry")]
)
def test_f30_capacity_is_the_smaller_of_both_counts(more: int, bound: str) -> None:
    free = slots(world("vcf9")).free
    found = slots(counted(world("vcf9"), free + more))
    assert (found.capacity, found.bound) == (min(free, free + more), bound)


@pytest.mark.parametrize(("left", "short"), [(0, 1), (1, 0)])
def test_f30_what_vcenter_does_not_start_is_short_and_says_who_counts_so(
    left: int, short: int
) -> None:
    found = whole(counted(world("vcf9"), left), "vcf9")
    row = next(s for s in found.slots if s.profile == DEVICE)
    said = [f.message for f in found.findings if DEVICE in f.message]
    assert (row.planned, row.short, len(said)) == (1, short, short)
    assert all("but only 0 by vCenter's count" in message for message in said)


@pytest.mark.parametrize(("most", "said"), [(0, True), (6, False)])
def test_f30_a_device_that_no_host_has_is_said_to_be_so(most: int, said: bool) -> None:
    """The one thing that the total of an empty target tells."""
    found = whole(counted(world("vcf9"), 0, most=most), "vcf9")
    (mend,) = (f.mend for f in found.findings if DEVICE in f.message)
    assert ("no host has it" in mend) is said


@pytest.mark.parametrize("key", ["", DEVICE])
def test_f9_a_count_that_was_refused_is_unreadable_and_bounds_nothing(key: str) -> None:
    lacking = Unread(
        kind=KIND, key=key, field=f"remaining.{CLUSTER}", reason="permission", detail="no"
    )
    found = whole(unread(world("vcf9"), lacking), "vcf9")
    assert (KIND, DEVICE, "permission") in {(u.kind, u.key, u.reason) for u in found.unreadable}
    assert next(s for s in found.slots if s.profile == DEVICE).remaining is None
    assert not found.complete


def test_f9_profiles_that_may_not_be_listed_are_never_missing() -> None:
    lacking = Unread(kind=KIND, key="", field="", reason="permission", detail="no")
    found = whole(unread(without(world("vcf9"), {AT}), lacking), "vcf9")
    assert found.differences == ()
    assert (KIND, DEVICE) in {(u.kind, u.key) for u in found.unreadable}


@pytest.mark.parametrize(
    ("kept", "reserved", "used", "left"),
    [(7, 0, 0, 1), (7, 2, 0, 3), (7, 2, 1, 2), (7, 2, 5, 1), (1, 9, 0, 2)],
)
def test_f30_what_is_kept_for_us_counts_until_it_is_used(
    kept: int, reserved: int, used: int, left: int
) -> None:
    """What is reserved for others is in no figure of ours."""
    there = Index(counted(world("vcf9"), 1, kept))
    assert remaining(there, [CLUSTER], DEVICE, reserved=reserved, used=used) == left


@pytest.mark.parametrize(
    ("device", "clusters"), [("nvidia_other", [CLUSTER]), (DEVICE, []), (DEVICE, [CLUSTER, "b"])]
)
def test_f9_a_cluster_that_was_not_counted_leaves_no_sum(device: str, clusters: list[str]) -> None:
    there = Index(counted(world("vcf9"), 1))
    assert remaining(there, clusters, device, reserved=0, used=0) is None


GROUP = "Nvidia:2@nvidia_h100xm-80c%NVLink"
PAIR = VmClass(
    name="pair", vcpus=8, memory_mib=1024, cpu_reservation_percent=0,
    memory_reservation_percent=100, vgpus=("nvidia_h100xm-80c",) * 2, device_group=GROUP,
    mmio_gib=512, description="",
)  # fmt: skip


def live(profile: DirectPathProfile, *more: Seen, kept: int = 0) -> Live:
    """The world with one profile, and with zones that keep so many VMs of the class."""
    desired = sides("vcf9").desired
    (vcenter,) = desired.vcenters
    share = altered(
        vcenter.shares[0],
        zones=(ZoneShare(name="z", reservations=(ClassReservation(vm_class="pair", count=kept),)),),
    )
    changed: Vcenter = altered(
        vcenter, direct_path_profiles=(profile,), vm_classes=(PAIR,), shares=(share,)
    )
    cluster = next(c for c in desired.clusters if any(p.gpus for p in c.pools))
    pool = altered(cluster.pools[0], vm_class="pair", minimum=3, maximum=3)
    state = altered(desired, clusters=(altered(cluster, pools=(pool,)),))
    seen = with_more(without(world("vcf9"), {AT}), *more)
    return Live(state, changed, Index(seen), frozenset({"fra1/vm/ours"}))


def gpus(seen: VcenterSeen) -> list[Seen]:
    return [one for one in seen.objects if one.kind == "gpu"]


def vm(key: str, host: str, **fields: Any) -> Seen:
    return Seen(
        kind="vm", key=key, ident=key, fields={"power": "poweredOn", "host": host, **fields}
    )


def reported(device: str, left: int, kept: int = 0) -> Seen:
    fields: dict[str, Value] = {
        f"remaining.{CLUSTER}": left,
        f"unused_reservation.{CLUSTER}": kept,
    }
    return Seen(kind=KIND, key=device, ident="p-1", fields=fields)


def test_f30_a_device_group_needs_whole_gpus_of_one_host() -> None:
    """Two hosts with three and two such GPUs hold one group each."""
    profile = DirectPathProfile(
        name="n", description="d", device_group=GROUP, per_vm=(("pair", 1),)
    )
    running = vm("fra1/vm/ours", "esx-fra1", device_group=GROUP)
    asked = live(profile, reported(GROUP, 5), running)
    boards = gpus(world("vcf9"))
    some = [g for g in boards if g.key.startswith("esx-fra1/")][:3]
    some += [g for g in boards if g.key.startswith("esx-fra2/")][:2]
    full = [g for g in boards if g.key.startswith("esx-fra3/")][:4]
    rooms = [*((gpu, 1) for gpu in some), *((gpu, 0) for gpu in full)]
    (row,) = others(asked, boards, lambda _: rooms)
    assert (row.planned, row.used, row.free, row.remaining, row.bound) == (3, 1, 2, 5, "geometry")
    assert row.short == 0


def test_f30_a_whole_gpu_is_free_where_the_host_hands_it_over_and_nobody_has_it() -> None:
    boards = [
        altered(gpu, fields={**gpu.fields, "passthrough": True, "device_id": "2330"})
        for gpu in gpus(world("vcf9"))
        if gpu.key.startswith("esx-fra1/")
    ][:4]
    profile = DirectPathProfile(
        name="n", description="d", pci_device=PciDevice(allowed=((0x10DE, 0x2330),)),
        per_vm=(("pair", 2),),
    )  # fmt: skip
    ours = vm("fra1/vm/ours", "esx-fra1", passthrough=("10de:2330",))
    other = vm("fra1/vm/x", "esx-fra1", passthrough=(boards[0].key.partition("/")[2],))
    elsewhere = vm("fra1/vm/y", "esx-fra2", passthrough=("10de:2330",))
    asked = live(profile, reported(profile.device, 1, 2), ours, other, elsewhere, kept=1)
    (row,) = others(asked, [*boards, *gpus(world("vcf9"))[8:]], lambda _: ())
    assert (row.planned, row.used, row.foreign, row.free) == (6, 1, 1, 2)
    assert (row.remaining, row.bound, row.short) == (2, "both", 3)
