"""Promised capacity is the worst over all orders of arrival."""

from __future__ import annotations

import pytest

from generator.catalog import Catalog
from generator.placement.devices.geometry import Board
from generator.placement.devices.shapes import EMPTY, Mode
from generator.placement.levers.reach import Device, Kind, Station
from generator.placement.levers.worst_order import Promise, Worst
from generator.quantity import GIB

H100 = "nvidia-h100-pcie-80"
BOARD = Board(Catalog.builtin().accelerator(H100))
POOL = ("s", "v", "z1")
PAIRS = tuple((n, n + 1) for n in range(0, 8, 2))


def kind(name: str, profile: str, most: int, *, gpus: int = 1, **other: object) -> Kind:
    """VMs of a class in dev that reserve 16 GiB each."""
    shape = BOARD.shape(f"nvidia_h100-{profile}") if profile else -1
    made = Kind(
        environment="dev",
        demand=name,
        pool=POOL,
        model=H100 if profile else "",
        shape=shape,
        gpus=gpus if profile else 0,
        nvlink=False,
        most=most,
        permanent=False,
        slots=(0,),
        millicores=0,
        memory_bytes=16 * GIB,
    )
    return made._replace(**other)


def station(*modes: Mode, memory_gib: int = 4096) -> Station:
    """A host with an empty H100 in each mode, joined in pairs."""
    return Station(
        name="esx",
        pool=POOL,
        millicores=64_000,
        memory_bytes=memory_gib * GIB,
        devices=tuple(Device(H100, mode, EMPTY) for mode in modes),
        groups=tuple(pair for pair in PAIRS if pair[1] < len(modes)),
    )


def promised(first: Kind, *others: Kind, on: Station, hosts: int = 1) -> Promise:
    """The promise of the first kind among others."""
    return Worst([first, *others], [on] * hosts, {H100: BOARD}).promise(first)


SAME, MIXED, MIG = Mode.SAME_SIZE, Mode.MIXED_SIZE, Mode.MIG


@pytest.mark.parametrize(
    ("modes", "others", "assured"),
    [
        ((SAME,), 0, 4),
        ((SAME, SAME), 1, 4),
        ((SAME, SAME), 2, 0),
        ((MIXED, MIXED), 2, 6),
        ((MIXED, MIXED), 7, 1),
        ((MIXED, MIXED), 8, 0),
        ((SAME, MIXED), 2, 3),
        ((MIG, MIG), 0, 0),
    ],
)
def test_slots_of_20c_beside_vgpus_of_10c(
    modes: tuple[Mode, ...], others: int, assured: int
) -> None:
    """A 10C locks a GPU in same-size mode and takes one of four places in mixed-size mode."""
    mine, small = kind("mine", "20c", 8), kind("small", "10c", others)
    assert promised(mine, small, on=station(*modes)).any_order == assured


def test_a_large_one_needs_a_gpu_that_no_small_one_is_on() -> None:
    mine, small = kind("mine", "40c", 2), kind("small", "10c", 5)
    assert promised(mine, small, on=station(MIXED, MIXED, MIXED)).any_order == 1


def test_powered_on_first_a_large_one_has_its_place() -> None:
    """Permanent, before the small ones."""
    mine, small = kind("mine", "40c", 2, permanent=True), kind("small", "10c", 8)
    assert promised(mine, small, on=station(MIXED, MIXED)) == Promise(0, 2)


def test_what_is_permanent_and_larger_goes_before() -> None:
    """Two of 40C and four of 20C fill two GPUs in the stated order."""
    mine = kind("mine", "20c", 4, permanent=True)
    large = kind("large", "40c", 2, permanent=True)
    assert promised(mine, large, on=station(MIXED, MIXED)) == Promise(4, 4)
    assert promised(large, mine, on=station(MIXED, MIXED)) == Promise(0, 2)


def test_a_4g_is_kept_out_by_a_1g_at_slice_0() -> None:
    mine = kind("mine", "4-40c", 2, permanent=True)
    small = kind("small", "1-10c", 2, permanent=True)
    assert promised(mine, small, on=station(MIG, MIG)) == Promise(0, 2)
    assert promised(small, mine, on=station(MIG, MIG)) == Promise(2, 2)


def test_a_full_mig_gpu_depends_on_where_hopper_puts_a_half() -> None:
    """3g at 4, 2g at 0 or 2, then two 1g: none of it is sure if VMs may stop and come again."""
    half = kind("half", "3-40c", 1, permanent=True)
    mine = kind("mine", "2-20c", 1, permanent=True)
    ones = kind("ones", "1-10c", 2, permanent=True)
    assert promised(half, mine, ones, on=station(MIG)) == Promise(0, 1)
    assert promised(mine, half, ones, on=station(MIG)) == Promise(0, 1)
    assert promised(ones, half, mine, on=station(MIG)) == Promise(1, 2)


@pytest.mark.parametrize(("fractions", "assured"), [(0, 4), (1, 3), (3, 1), (4, 0)])
def test_each_fraction_takes_one_pair(fractions: int, assured: int) -> None:
    pair = kind("pair", "80c", 4, gpus=2, nvlink=True)
    small = kind("small", "10c", fractions)
    assert promised(pair, small, on=station(*[SAME] * 8)).any_order == assured


@pytest.mark.parametrize(("singles", "assured"), [(0, 2), (5, 0), (4, 1)])
def test_gpus_that_nothing_joins_are_any_of_a_host(singles: int, assured: int) -> None:
    several = kind("several", "80c", 2, gpus=4)
    single = kind("single", "80c", singles)
    assert promised(several, single, on=station(*[SAME] * 8)).any_order == assured


def test_an_nvlink_group_is_broken_by_each_gpu_that_a_loose_vm_takes() -> None:
    """Three GPUs of one VM may lie in three pairs."""
    pair = kind("pair", "80c", 4, gpus=2, nvlink=True)
    loose = kind("loose", "80c", 1, gpus=3)
    assert promised(pair, loose, on=station(*[SAME] * 8)).any_order == 1


def test_windows_that_never_meet_do_no_harm() -> None:
    night, day = kind("night", "80c", 2, slots=(0,)), kind("day", "10c", 8, slots=(1,))
    both = kind("both", "10c", 1, slots=(0, 1))
    assert promised(night, day, on=station(SAME, SAME)).any_order == 2
    assert promised(night, day, both, on=station(SAME, SAME)).any_order == 1


@pytest.mark.parametrize(("memory_gib", "assured"), [(64, 4), (63, 0), (48, 0)])
def test_reserved_memory_can_close_a_host(memory_gib: int, assured: int) -> None:
    """Three more of 16 GiB elsewhere on the host leave just enough of 64."""
    mine = kind("mine", "80c", 4)
    on = station(SAME, SAME, SAME, SAME, memory_gib=memory_gib)
    assert promised(mine, on=on).any_order == assured


def test_another_host_makes_up_for_a_closed_one() -> None:
    mine, plain = kind("mine", "80c", 1), kind("plain", "", 3)
    on = station(SAME, memory_gib=63)
    assert promised(mine, plain, on=on, hosts=1).any_order == 0
    assert promised(mine, plain, on=on, hosts=2).any_order == 1


def test_a_vm_without_a_gpu_needs_one_host_with_its_memory() -> None:
    plain, gpus = kind("plain", "", 2), kind("gpus", "80c", 2)
    assert promised(plain, gpus, on=station(SAME, memory_gib=40), hosts=2).any_order == 2
    assert promised(plain, gpus, on=station(SAME, memory_gib=30), hosts=2).any_order == 0


def test_what_reserves_nothing_always_starts() -> None:
    plain = kind("plain", "", 9, memory_bytes=0)
    assert promised(plain, on=station(memory_gib=0)).any_order == 9


def test_permanent_is_tried_as_if_it_were() -> None:
    mine, small = kind("mine", "40c", 2), kind("small", "10c", 8)
    worst = Worst([mine, small], [station(MIXED)], {H100: BOARD})
    assert worst.promise(mine) == Promise(0, 0)
    assert worst.if_permanent(mine) == 2
