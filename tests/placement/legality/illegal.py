"""Illegal plans, each with the one rule that it breaks; small ones, made by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tests.placement.legality.cases import (
    A30,
    A100,
    B200,
    DAY,
    GIB,
    H100,
    H200,
    HGX_A100,
    HGX_H100,
    L4,
    L40S,
    MORNING,
    NEW,
    NIGHT,
    RTX,
    SUNDAY_NIGHT,
    T4,
    V100,
    Case,
    On,
    host,
    plan,
)
from tests.placement.legality.facts import Gpu, Host, Supervisor, Vgpu, Windows
from tests.placement.legality.tables import BOARDS, MIXED_SIZE_IDS


def illegal() -> Iterator[Case]:
    """A hundred and more plans that no host would run."""
    yield from _one_too_many()
    yield from _wrong_places()
    yield from _wrong_modes()
    yield from _beside_others()
    yield from _beyond_the_host()
    yield from _not_as_asked()
    yield from _wrong_groups()
    yield from _wrong_sharing()
    yield from _wrong_books()


def _one_too_many() -> Iterator[Case]:
    """One vGPU more than the GPU has of a size, on every board."""
    for n, (model, board) in enumerate(BOARDS.items()):
        size, most = list(board.counts.items())[n % len(board.counts)]
        vms = [On(f"{size}c")] * (most + 1)
        yield plan(f"one-{size}c-too-many-on-{model}", "count", host(model), *vms)


def _wrong_places() -> Iterator[Case]:
    """Places that are none, and two vGPUs on one."""
    for kind, sizes in MIXED_SIZE_IDS.items():
        model = next(name for name, board in BOARDS.items() if board.mixed == kind)
        size = [size for size in sizes if size in BOARDS[model].counts][1]
        other = [size for size in sizes if size in BOARDS[model].counts][2]
        yield plan(f"no-id-of-class-{kind}", "place", host(model), On(f"{size}c", 1))
        yield plan(
            f"two-in-one-place-of-class-{kind}",
            "overlap",
            host(model),
            On(f"{size}c", 0),
            On(f"{other}c", 0),
        )
    wrong = (
        (H100, "1-10c", 7), (H100, "1-20c", 1), (H100, "2-20c", 6), (H100, "3-40c", 2),
        (H100, "4-40c", 4), (H100, "7-80c", 1), (H100, "1-10c", -1), (A30, "1-6c", 4),
        (A30, "2-12c", 1), (A30, "4-24c", 2), (RTX, "1-24c", 1), (RTX, "2-48c", 3),
        (RTX, "4-96c", 6),
    )  # fmt: skip
    for model, code, at in wrong:
        yield plan(f"{code}-at-{at}-of-{model}", "place", host(model), On(code, at))
    clashing = (
        (H100, ("4-40c", 0), ("2-20c", 2)), (H100, ("3-40c", 4), ("1-10c", 5)),
        (H200, ("4-71c", 0), ("1-18c", 3)), (A30, ("2-12c", 0), ("1-6c", 1)),
        (RTX, ("2-48c", 0), ("1-24c", 3)), (B200, ("3-90c", 0), ("1-45c", 2)),
        (H100, ("2-20c", 2), ("1-20c", 2)),
    )  # fmt: skip
    for model, one, two in clashing:
        name = f"{one[0]}-and-{two[0]}-of-{model}"
        yield plan(name, "overlap", host(model), On(*one), On(*two))
    yield plan("four-on-a-third", "share", host(RTX), *[On("1-8c", 0)] * 4)
    yield plan("five-on-a-4g", "share", host(RTX), *[On("4-24c", 0)] * 5)
    yield plan("two-on-one-instance-of-hopper", "share", host(H100), *[On("1-10c", 0)] * 2)
    yield plan("media-twice", "media", host(A30), On("1-6cme", 0), On("2-12cme", 2))


def _wrong_modes() -> Iterator[Case]:
    """Modes that exclude one another, or that a board or a release lacks."""
    h100 = host(H100)
    yield plan("mig-and-time-sliced", "mode", h100, On("4-40c", 0), On("10c"))
    yield plan("mig-by-night", "mode", h100, On("4-40c", 0, NIGHT), On("10c", windows=DAY))
    yield plan("mig-beside-whole", "mode", h100, On("1-10c", 0, NIGHT), On("80c", windows=DAY))
    mixed = (On("40c", 0, NIGHT), On("10c", 40, NIGHT))
    yield plan("mixed-by-night", "mode", h100, *mixed, On("16c", windows=DAY))
    for model, code in ((T4, "8c"), (V100, "16c"), (H200, "70c")):
        yield plan(f"mixed-on-{model}", "mode", host(model), On(code, 0))
    old: tuple[dict[str, str], ...] = (
        {},
        {"esx": "8.0U3"},
        *({**NEW, name: text} for name, text in (
            ("esx", "8.0U2"), ("vcenter", "8.0U2"), ("vgpu_host", "16.5"),
        )),
    )  # fmt: skip
    for n, versions in enumerate(old):
        yield plan(f"mixed-too-early-{n}", "mode", h100, On("40c", 0), versions=versions)
    for model, one, two in ((H100, "40c", "10c"), (L4, "12c", "4c"), (T4, "8c", "4c")):
        yield plan(f"two-sizes-on-{model}", "size", host(model), On(one), On(two))
    early = [On("40c", windows=NIGHT), On("10c", windows=MORNING)]
    yield plan("two-sizes-in-the-morning", "size", h100, *early)
    over = [On("40c", windows=NIGHT), On("20c", windows=SUNDAY_NIGHT)]
    yield plan("two-sizes-over-the-end-of-the-week", "size", h100, *over)


def _beside_others() -> Iterator[Case]:
    """GPUs on which others are."""

    def shared(*running: Vgpu, model: str = H100, **gpu: Any) -> Host:
        facts = Gpu(name="a/gpu0", model=model, pci="p0", running=running, **gpu)
        return replace(host(model), gpus=(facts,))

    size = "nvidia_h100-"
    yield plan("held", "held", shared(held_by="vdi"), On("40c"))
    unknown_slice = shared(Vgpu("x", f"{size}2-20c"))
    yield plan("unknown-slice", "unknown", unknown_slice, On("1-10c", 6))
    unknown_id = shared(Vgpu("x", f"{size}40c"), mixed_size=True)
    yield plan("unknown-id", "unknown", unknown_id, On("10c", 0))
    yield plan("another-series", "tenant", shared(Vgpu("x", f"{size}8q")), On("8c"))
    yield plan("their-size-is-another", "size", shared(Vgpu("x", f"{size}40c")), On("20c"))
    theirs = shared(Vgpu("x", f"{size}40c", 0), mixed_size=True)
    yield plan("they-are-mixed", "tenant", theirs, On("40c"))
    yield plan("they-are-not-mixed", "tenant", shared(Vgpu("x", f"{size}40c")), On("10c", 40))
    yield plan("their-id", "overlap", theirs, On("10c", 30))
    cut = shared(Vgpu("x", f"{size}3-40c", 0))
    yield plan("their-slices", "overlap", cut, On("4-40c", 0))
    yield plan("their-instance", "share", cut, On("3-40c", 0))
    yield plan("they-are-cut", "mode", cut, On("10c"))
    full = shared(*[Vgpu(f"x{n}", f"{size}20c") for n in range(3)])
    yield plan("their-count", "count", full, On("20c"), On("20c"))
    whole = shared(Vgpu("x", f"{size}80c"))
    yield plan("their-whole-gpu", "count", whole, On("80c"))
    yield plan("promised", "others", host(H100, 2, gpus_of_others=1), On("40c"),
               On("40c", gpus=(1,)))  # fmt: skip


def _beyond_the_host() -> Iterator[Case]:
    """Cores and memory, at the worst moment."""

    def cpus(count: int, windows: Windows = ()) -> On:
        return On("", windows=windows, gpus=(), shape=(("vcpus", count),))

    def memory(size: int, windows: Windows = (), gpus: tuple[int, ...] = ()) -> On:
        return On("40c", windows=windows, gpus=gpus, shape=(("memory_bytes", size * GIB),))

    large = host(H100, memory_bytes=65536 * GIB, cores=16)
    yield plan("cores", "cores", large, cpus(12), cpus(8))
    yield plan("cores-at-night", "cores", large, cpus(12, NIGHT), cpus(8, MORNING))
    yield plan("cores-on-monday", "cores", large, cpus(12, NIGHT), cpus(8, SUNDAY_NIGHT))
    case = plan("cores-shared", "cores", large, cpus(40), cpus(40))
    works = tuple(replace(work, vcpus_per_core=4.0) for work in case.facts.works)
    yield replace(case, facts=replace(case.facts, works=works))
    small = host(H100, memory_bytes=128 * GIB)
    yield plan("memory", "memory", small, memory(96), memory(48))
    yield plan("memory-overhead", "memory", small, memory(64, gpus=(0,)), memory(64))
    yield plan("memory-at-night", "memory", small, memory(96, NIGHT), memory(48, MORNING))
    yield plan("memory-on-monday", "memory", small, memory(96, NIGHT), memory(48, SUNDAY_NIGHT))


def _not_as_asked() -> Iterator[Case]:
    """VMs that are not what was asked for, or that their release cannot be given."""

    def need(**fields: Any) -> tuple[tuple[str, Any], ...]:
        return tuple(fields.items())

    h100, two = host(H100), host(H100, 2)
    yield plan("too-few-cpus", "shape", h100, On("40c", shape=(("vcpus", 2),)))
    yield plan("too-little-memory", "shape", h100, On("40c", shape=(("memory_bytes", GIB),)))
    yield plan("a-gpu-too-few", "gpus", two, On("80c", need=need(gpus=2)))
    yield plan("one-gpu-twice", "gpus", two, On("80c", need=need(gpus=2), gpus=(0, 0)))
    yield plan("another-hosts-gpu", "gpus", two, On("80c", shape=(("gpus", ("b/gpu0",)),)))
    unasked = (("gpus", ("a/gpu0",)), ("profile", "nvidia_h100-80c"))
    yield plan("an-unasked-gpu", "gpus", h100, On("", gpus=(), shape=unasked))
    both = replace(two, gpus=(two.gpus[0], replace(two.gpus[1], model=A100)))
    yield plan("two-models", "model", both, On("80c", gpus=(0, 1)))
    yield plan("another-model", "model", h100, On("40c", need=need(model=L40S)))
    for model, code, precision in (
        (A100, "40c", "fp8"), (T4, "8c", "bf16"), (HGX_H100, "40c", "fp4"), (V100, "16c", "int8"),
    ):  # fmt: skip
        vm = On(code, need=need(precision=precision))
        yield plan(f"{precision}-on-{model}", "precision", host(model), vm)
    for model, profile in (
        (H100, "nvidia_h100l-47c"), (H100, "nvidia_h100-24c"), (A100, "grid_a100d-5c"),
        (B200, "nvidia_b200x-90c"), (L4, "nvidia_l4-1-6c"), (H100, "grid_h100-40c"),
    ):  # fmt: skip
        vm = On("40c", shape=(("profile", profile),))
        yield plan(f"{profile}-on-{model}", "profile", host(model), vm)
    yield plan("no-vgpu", "board", host("nvidia-gh200-96"), On("96c"))
    for sharing, code, at in (("mig", "40c", -1), ("time-sliced", "3-40c", 0), ("full", "40c", -1)):
        vm = On(code, at, need=need(sharing=sharing))
        yield plan(f"{code}-for-{sharing}", "sharing", h100, vm)
    yield plan("another-type", "stated", h100, On("40c", need=need(profile="nvidia_h100-16c")))
    for model, code, at, mib in (
        (H100, "40c", -1, 38321), (L4, "24c", -1, 21361), (T4, "16c", -1, 14165),
        (A100, "1-10c", 0, 9566), (H200, "1-18c", 0, 16385), (H100, "80c", -1, 76657),
    ):  # fmt: skip
        vm = On(code, at, need=need(usable_bytes=mib << 20))
        yield plan(f"{mib}-mib-of-{code}-on-{model}", "framebuffer", host(model), vm)
    for code in ("1-10cme", "1-20c"):
        versions = {"esx": "8.0U2"}
        yield plan(f"{code}-too-early", "version", h100, On(code, 0), versions=versions)
    eight, esx7 = On("141c", gpus=tuple(range(8))), {"esx": "7.0U3"}
    yield plan("eight-on-esx-7", "per VM", host(H200, 8), eight, versions=esx7)
    twice = On("40c", gpus=(0, 1))
    yield plan("fractions-on-esx-7", "per VM", two, twice, versions=esx7)


def _wrong_groups() -> Iterator[Case]:
    """GPUs that are not joined as they would have to be."""

    def group(code: str, *gpus: int) -> On:
        return On(code, gpus=gpus, nvlink=True)

    pairs = host(H100, 4, nvlink="bridge-pair")
    switch = host(HGX_H100, 8, nvlink="nvswitch")
    yield plan("no-link", "nvlink", host(H100, 2), group("80c", 0, 1))
    yield plan("no-link-on-l40s", "nvlink", host(L40S, 2, nvlink="bridge-pair"), group("48c", 0, 1))
    yield plan("across-pairs", "nvlink", pairs, group("80c", 1, 2))
    yield plan("four-of-two-pairs", "nvlink", pairs, group("80c", 0, 1, 2, 3))
    yield plan("across-halves", "nvlink", switch, group("80c", 3, 4))
    yield plan("four-across-halves", "nvlink", switch, group("80c", 2, 3, 4, 5))
    yield plan("three-of-a-switch", "nvlink", switch, group("80c", 0, 1, 2))
    yield plan("fractions-joined", "nvlink", pairs, group("40c", 0, 1))
    cut = On("7-80c", 0, gpus=(0, 1), nvlink=True)
    yield plan("instances-joined", "nvlink", pairs, cut)
    stated = replace(
        pairs,
        gpus=tuple(replace(g, linked=(f"p{(n + 2) % 4}",)) for n, g in enumerate(pairs.gpus)),
    )
    yield plan("not-the-stated-pair", "nvlink", stated, group("80c", 0, 1))
    yield plan("a-pair-shared", "count", pairs, group("80c", 0, 1), On("80c", gpus=(1,)))
    yield plan("a-pair-nibbled", "size", pairs, group("80c", 0, 1), On("10c", gpus=(1,)))
    eight = tuple(range(8))
    ampere = host(HGX_A100, 8, nvlink="nvswitch")
    blackwell = host(B200, 8, nvlink="nvswitch")
    yield plan("hopper-switch-too-early", "nvlink", switch, group("80c", *eight),
               versions={"esx": "8.0U1"})  # fmt: skip
    yield plan("pair-too-early", "nvlink", pairs, group("80c", 0, 1), versions={"esx": "7.0U3"})
    yield plan("ampere-switch-too-early", "nvlink", ampere, group("80c", 0, 1),
               versions={"esx": "7.0U3"})  # fmt: skip
    yield plan("blackwell-switch-too-early", "nvlink", blackwell, group("180c", *eight),
               versions={"esx": "9.0", "nvaie_infra": "7.1"})  # fmt: skip


def _wrong_sharing() -> Iterator[Case]:
    """Environments, sites and hosts that must keep apart or stay unused."""
    h100 = host(H100)
    prod, dev = On("40c", environment="prod"), On("40c")
    yield plan("gpu-of-two-environments", "isolation", h100, prod, dev)
    two = host(H100, 2)
    yield plan("host-of-two-environments", "isolation", two, prod, On("40c", gpus=(1,)),
               isolation="host")  # fmt: skip
    plain = (On("", gpus=(), environment="prod"), On("", gpus=()))
    yield plan("host-of-two-plain-vms", "isolation", h100, *plain, isolation="host")
    by_turns = (On("40c", environment="prod", windows=NIGHT), On("40c", windows=DAY))
    yield plan("gpu-of-two-in-turns", "isolation", h100, *by_turns)
    apart = plan("cluster-of-two-environments", "isolation", h100, prod, isolation="cluster")
    b = replace(h100, name="b", gpus=(replace(h100.gpus[0], name="b/gpu0"),))
    second = plan("", "", b, replace(dev, shape=(("gpus", ("b/gpu0",)), ("work", "w1"))))
    work = replace(second.facts.works[0], name="w1")
    facts = replace(apart.facts, hosts=(h100, b), works=(*apart.facts.works, work))
    yield replace(apart, facts=facts, placements=(*apart.placements, *second.placements))
    yield plan("maintenance", "maintenance", replace(h100, maintenance=True), dev)
    elsewhere = (Supervisor("s", clusters=("d",)),)
    yield plan("no-supervisor", "supervisor", h100, dev, supervisors=elsewhere)
    zones = {("s", "z"): frozenset({"d"})}
    zoned = (Supervisor("s", zones=("z",)),)
    yield plan("no-supervisor-in-the-zone", "supervisor", h100, dev, supervisors=zoned, zones=zones)
    far = replace(b, cluster="d")
    moved = replace(second.placements[0], cluster="d", environment="prod")
    own = replace(work, environment="prod")
    both = plan("two-supervisors", "supervisor", h100, dev)
    each = (Supervisor("s", clusters=("c",)), Supervisor("s", clusters=("d",)))
    facts = replace(both.facts, hosts=(h100, far), works=(*both.facts.works, own), supervisors=each)
    yield replace(both, facts=facts, placements=(*both.placements, moved))


def _wrong_books() -> Iterator[Case]:
    """VMs that nobody wants, that are there twice, or that are elsewhere than is said."""
    case = plan("more-than-wanted", "wanted", host(H100), On("40c"))
    (one,) = case.placements
    yield replace(case, placements=(one, replace(one, index=1)))
    (work,) = case.facts.works
    several = replace(case.facts, works=(replace(work, count=3),))
    yield Case("twice", "twice", several, (one, one))
    yield Case("no-such-work", "unknown name", case.facts, (replace(one, work="x"),))
    yield Case("no-such-host", "unknown name", case.facts, (replace(one, host="x"),))
    yield Case("another-cluster", "cluster", case.facts, (replace(one, cluster="d"),))
    elsewhere = replace(case.facts, works=(replace(work, site="t"),))
    yield Case("another-site", "site", elsewhere, (one,))
