"""What more fits on a cluster, now and after the loss of a host."""

from __future__ import annotations

from typing import Any

import pytest

from generator.asbuilt.fits import FIXED, NO_HA, NO_PROFILE
from generator.asbuilt.model import ClusterSeen
from tests.asbuilt.world import gpu, host, machine, of_cluster


def two_hosts(*more: Any, **settings: Any) -> ClusterSeen:
    """Two hosts with an H100 each; on the first runs a vGPU of 20 GB."""
    return of_cluster(
        host("a"), host("b"), gpu("a", vms=("v",)), gpu("b"),
        *(more or (machine("v", "a", "nvidia_h100-20c"),)), **settings,
    )  # fmt: skip


def fits(found: ClusterSeen, code: str) -> tuple[int, int, int, int]:
    """Running, least, most and after a loss of one type."""
    (one,) = (fit for fit in found.fits if fit.profile == f"nvidia_h100-{code}")
    return one.running, one.least, one.most, one.after_loss


def test_each_profile_is_counted_alone_on_gpus_as_they_are_set() -> None:
    """F38: 3 more of 20 GB beside the first, 4 on the idle GPU; of 40 GB only there."""
    found = two_hosts()
    assert fits(found, "20c")[:3] == (1, 7, 7)
    assert fits(found, "40c")[:3] == (0, 2, 2)


def test_after_a_loss_the_vms_of_the_host_run_elsewhere_first() -> None:
    """Losing a leaves b with v and 3 places of 20 GB; losing b leaves 3 beside v. None of 40 GB."""
    found = two_hosts()
    assert fits(found, "20c")[3] == 3
    assert fits(found, "40c")[3] == 0
    assert found.waits == ()


def test_the_loss_of_the_only_host_leaves_nothing() -> None:
    found = of_cluster(host("a"), gpu("a"))
    assert fits(found, "20c") == (0, 4, 4, 0)


def waits(found: ClusterSeen) -> list[tuple[str, str]]:
    return [(one.vm, one.why) for one in found.waits]


def test_a_vm_waits_where_another_size_has_locked_the_gpu() -> None:
    """F38, F5: HA counts no GPU, and the only other one is locked to another size."""
    found = of_cluster(
        host("a"), host("b"), gpu("a", vms=("v",)), gpu("b", vms=("w",)),
        machine("v", "a", "nvidia_h100-20c"), machine("w", "b", "nvidia_h100-40c"),
    )  # fmt: skip
    assert [vm for vm, _ in waits(found)] == ["v", "w"]
    assert all("no GPU of another host has a place" in why for _, why in waits(found))


def test_the_large_vm_starts_again_first() -> None:
    """One idle GPU takes the 80 GB or the 20 GB of a lost host, not both."""
    found = of_cluster(
        host("a"), host("b"), gpu("a", 0, vms=("big",)), gpu("a", 1, vms=("small",)), gpu("b"),
        machine("big", "a", "nvidia_h100-80c"), machine("small", "a", "nvidia_h100-20c"),
    )  # fmt: skip
    assert [vm for vm, _ in waits(found)] == ["small"]


def test_a_vm_with_two_gpus_starts_again_as_a_whole_or_not_at_all() -> None:
    pair = machine("pair", "a", "nvidia_h100-80c", "nvidia_h100-80c")
    both = (gpu("a", 0, vms=("pair",)), gpu("a", 1, vms=("pair",)))
    one_left = of_cluster(host("a"), host("b"), *both, gpu("b"), pair)
    two_left = of_cluster(host("a"), host("b"), *both, gpu("b"), gpu("b", 1), pair)
    assert [vm for vm, _ in waits(one_left)] == ["pair"]
    assert waits(two_left) == []
    assert fits(one_left, "80c")[3] == 0


def test_memory_counts_as_it_is_reserved() -> None:
    """A vGPU VM reserves all of its memory; what others merely have is no obstacle."""
    small = host("b", memory_bytes=96 << 30)
    others = {"memory_locked": False, "memory_reservation_mib": 0}
    vm = machine("v", "a", "nvidia_h100-20c")
    world = (host("a"), small, gpu("a", vms=("v",)), gpu("b"), vm)
    assert waits(of_cluster(*world, machine("plain", "b", memory_mib=96 << 10, **others))) == []
    greedy = of_cluster(*world, machine("plain", "b", memory_mib=64 << 10))
    assert waits(greedy) == [("v", "no other host has the memory to reserve")]


@pytest.mark.parametrize(
    ("vm", "settings", "why"),
    [
        (machine("v", "a", "nvidia_h100-20c"), {"ha_enabled": False}, NO_HA),
        (machine("v", "a", "nvidia_h100-20q"), {}, NO_PROFILE),
    ],
)
def test_a_vm_that_nothing_starts_again_waits(vm: Any, settings: Any, why: str) -> None:
    assert waits(two_hosts(vm, **settings)) == [("v", why)]


def test_a_device_by_its_address_starts_on_no_other_host_and_one_by_its_kind_does() -> None:
    """Dynamic DirectPath I/O lets HA look for another device."""
    devices = [gpu(on, passthrough=True, graphics_type="direct") for on in ("a", "b")]
    fixed = of_cluster(
        host("a"), host("b"), *devices, machine("v", "a", passthrough=("0000:10:00.0",))
    )
    dynamic = of_cluster(
        host("a"), host("b"), *devices, machine("v", "a", passthrough=("10de:2331",))
    )
    assert waits(fixed) == [("v", FIXED)]
    assert waits(dynamic) == []
    (whole,) = dynamic.fits
    assert (whole.profile, whole.least, whole.after_loss) == ("passthrough", 1, 0)


def test_hosts_that_carry_nothing_take_nobody() -> None:
    found = of_cluster(
        host("a"), host("b", maintenance=True), gpu("a", vms=("v",)), gpu("b"),
        machine("v", "a", "nvidia_h100-20c"),
    )  # fmt: skip
    assert waits(found) == [("v", "the cluster has no other host with this GPU")]


def test_vms_that_are_off_are_not_lost() -> None:
    off = machine("v", "a", "nvidia_h100-20c", power="poweredOff")
    found = of_cluster(host("a"), gpu("a"), off)
    assert (found.restarts, found.waits) == (0, ())


def test_the_same_loss_twice_gives_the_same_answer() -> None:
    """Each loss leaves all as it was: equal hosts lose equally."""
    vms = [machine(f"v{n}", f"h{n}", "nvidia_h100-80c") for n in range(3)]
    hosts = [host(f"h{n}") for n in range(4)]
    boards = [gpu(f"h{n}", vms=(f"v{n}",) if n < 3 else ()) for n in range(4)]
    found = of_cluster(*hosts, *boards, *vms)
    assert found.waits == ()
    assert fits(found, "80c") == (3, 1, 1, 0)
