"""What stands where on a GPU, and which of the rest can still be used."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.catalog import Catalog
from generator.placement.devices.shapes import Mode
from generator.placement.failures.slices import kept_mib, kept_spans, sliced
from generator.placement.plan import GpuPlan, Standing

CATALOG = Catalog.builtin()
H100 = CATALOG.accelerator("nvidia-h100-pcie-80")
H200 = CATALOG.accelerator("nvidia-h200-sxm-141")
NAMES = tuple(p.name for p in H100.profiles)
SMALL = ("nvidia_h100-1-10c", "nvidia_h100-4-40c", "nvidia_h100-10c", "nvidia_h100-20c")


def vgpu(code: str, start: int = -1, *, runs: bool = False, n: int = 0) -> Standing:
    """One vGPU of a demand, or of somebody's VM that runs."""
    profile = code if "_" in code else f"nvidia_h100-{code}"
    demand = "" if runs else "d"
    return Standing(
        demand=demand, environment="dev", vm=f"{code}-{n}", profile=profile, start=start, runs=runs
    )


def plan(mode: Mode, *standing: Standing, held_by: str = "") -> GpuPlan:
    """A GPU with its vGPUs; the framebuffer figures are not read."""
    return GpuPlan(
        site="s",
        host="a",
        name="a/gpu0",
        model=H100.id,
        today="",
        mode=mode,
        held_by=held_by,
        framebuffer_mib=81920,
        free_mib=0,
        stranded_mib=0,
        standing=standing,
    )


def cut(gpu: GpuPlan, *catalogue: str) -> list[tuple[str, int, int]]:
    """Kind, start and size of each slice of an H100."""
    return [(s.kind, s.start, s.size) for s in sliced(gpu, H100, catalogue or SMALL).slices]


def test_mig_instances_stand_at_their_slices_and_what_none_can_reach_is_stranded() -> None:
    """4g at 0 and 1g at 6: two more 1g have compute and room, slice 7 no start."""
    gpu = plan(Mode.MIG, vgpu("4-40c", 0), vgpu("1-10c", 6))
    assert cut(gpu) == [("planned", 0, 4), ("free", 4, 2), ("planned", 6, 1), ("stranded", 7, 1)]
    assert sliced(gpu, H100, SMALL).unit == "placement unit"


def test_two_3g_leave_no_memory_and_seven_1g_one_unit() -> None:
    """The worst cases of the guide."""
    assert cut(plan(Mode.MIG, vgpu("3-40c", 0), vgpu("3-40c", 4))) == [
        ("planned", 0, 4),
        ("planned", 4, 4),
    ]
    seven = [vgpu("1-10c", n, n=n) for n in range(7)]
    assert cut(plan(Mode.MIG, *seven))[-1] == ("stranded", 7, 1)


def test_mixed_sizes_stand_at_their_placement_ids() -> None:
    """Beside an 8C at 12 there is room for a 10C at 0 and from 20 on: 10 to 12 is lost."""
    assert cut(plan(Mode.MIXED_SIZE, vgpu("8c", 12)), "nvidia_h100-10c") == [
        ("free", 0, 10),
        ("stranded", 10, 2),
        ("planned", 12, 8),
        ("free", 20, 60),
    ]


def test_same_size_vgpus_stand_side_by_side() -> None:
    """In the order of the plan: they have no places; 17C leaves 5 of 141."""
    seventeen = next(p.name for p in H200.profiles if p.size_gb == 17)
    gpu = plan(Mode.SAME_SIZE, vgpu(seventeen), vgpu(seventeen, n=1))
    found = [(s.kind, s.start, s.size) for s in sliced(gpu, H200, (seventeen,)).slices]
    assert found == [
        ("planned", 0, 17),
        ("planned", 17, 17),
        ("free", 34, 102),
        ("stranded", 136, 5),
    ]


def test_a_gpu_that_somebody_holds_is_held_as_a_whole() -> None:
    """Whatever it does there."""
    assert cut(plan(Mode.EMPTY, held_by="others")) == [("held", 0, 80)]


@pytest.mark.parametrize(
    ("mode", "standing", "expected"),
    [
        (Mode.EMPTY, (), [("free", 0, 80)]),
        (Mode.PASSTHROUGH, (vgpu("80c"),), [("planned", 0, 80)]),
    ],
)
def test_an_empty_gpu_is_free_and_a_whole_one_taken(
    mode: Mode, standing: tuple[Standing, ...], expected: list[tuple[str, int, int]]
) -> None:
    """In one slice."""
    assert cut(plan(mode, *standing)) == expected


def test_what_runs_already_is_told_apart() -> None:
    """It cannot be moved."""
    gpu = plan(Mode.MIXED_SIZE, vgpu("40c", 0, runs=True), vgpu("40c", 40))
    assert cut(gpu) == [("running", 0, 40), ("planned", 40, 40)]


def test_what_is_kept_for_a_failure_is_neither_free_nor_stranded() -> None:
    """Half of the board."""
    gpu = plan(Mode.MIXED_SIZE, vgpu("20c", 0))
    found = sliced(gpu, H100, SMALL, reserved=[(40, 80)])
    assert [(s.kind, s.start, s.size) for s in found.slices] == [
        ("planned", 0, 20),
        ("free", 20, 20),
        ("reserved", 40, 40),
    ]


def test_a_reserve_strands_nothing_beside_it() -> None:
    """A 40C could still take both halves of the free half: it is the reserve that keeps it out."""
    gpu = plan(Mode.MIXED_SIZE, vgpu("40c", 0))
    found = sliced(gpu, H100, ("nvidia_h100-40c",), reserved=[(60, 80)])
    assert [s.kind for s in found.slices] == ["planned", "free", "reserved"]


@pytest.mark.parametrize(
    ("gpu", "places", "expected"),
    [
        (plan(Mode.MIG, vgpu("4-40c", 0)), [("1-10c", 5), ("1-10c", 4)], ((4, 5), (5, 6))),
        (plan(Mode.MIXED_SIZE, vgpu("20c", 0)), [("20c", 60)], ((60, 80),)),
        (plan(Mode.SAME_SIZE, vgpu("20c")), [("20c", -1), ("20c", -1)], ((20, 40), (40, 60))),
        (plan(Mode.EMPTY), [("40c", -1), ("20c", -1), ("20c", -1)], ((0, 20), (0, 40), (20, 40))),
        (plan(Mode.EMPTY), [("3-40c", 4)], ((40, 80),)),
        (plan(Mode.EMPTY), [("", -1)], ((0, 80),)),
    ],
    ids=["mig", "mixed-size", "behind what stands", "each size alone", "mig, empty", "directpath"],
)
def test_what_starts_after_a_failure_is_kept_at_its_place(
    gpu: GpuPlan, places: list[tuple[str, int]], expected: tuple[tuple[int, int], ...]
) -> None:
    """Sizes of one loss and of another may overlap: either is enough."""
    named = [(f"nvidia_h100-{code}" if code else "", start) for code, start in places]
    assert kept_spans(gpu, H100, named) == expected


def test_a_turn_on_an_instance_that_is_there_keeps_its_own_framebuffer_only() -> None:
    """8 of the 24 GB that the map shows as taken, and an instance of its own beside it."""
    rtx = CATALOG.accelerator("nvidia-rtx-pro-6000-blackwell-se")
    name = "nvidia_rtx_pro_6000_blackwell_dc-1-8c"
    gpu = replace(plan(Mode.MIG_TIME_SLICED, vgpu(name, 0)), model=rtx.id, framebuffer_mib=96 << 10)
    assert kept_mib(gpu, rtx, [(name, 0)]) == 8 << 10
    assert kept_mib(gpu, rtx, [(name, 3)]) == 24 << 10


def test_those_that_take_turns_share_a_place() -> None:
    """By day and by night."""
    gpu = plan(Mode.MIXED_SIZE, vgpu("40c", 0), vgpu("40c", 0, n=1), vgpu("20c", 60))
    found = sliced(gpu, H100, SMALL).slices
    assert [(s.start, s.size, len(s.standing)) for s in found] == [
        (0, 40, 2),
        (40, 20, 0),
        (60, 20, 1),
    ]


def test_same_size_vgpus_that_take_turns_begin_again() -> None:
    """Three 40C on two places."""
    gpu = plan(Mode.SAME_SIZE, *(vgpu("40c", n=n) for n in range(3)))
    assert [len(s.standing) for s in sliced(gpu, H100, SMALL).slices] == [2, 1]


def test_a_gpu_that_the_catalogue_does_not_know_is_drawn_all_the_same() -> None:
    """By its framebuffer."""
    found = sliced(plan(Mode.EMPTY), None)
    assert (found.units, found.slices[0].kind) == (80, "free")


def test_what_has_no_place_stands_beside_what_has_one() -> None:
    """A 40C runs at 0 by the facts: the plan's is drawn at 40."""
    gpu = plan(Mode.SAME_SIZE, vgpu("40c", 0, runs=True), vgpu("40c"))
    assert cut(gpu) == [("running", 0, 40), ("planned", 40, 40)]
