"""generator.sizing.machine.ram: what the guest needs, what is reserved, what the host adds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.ledger import Basis
from generator.quantity import GIB, MIB
from generator.sizing.machine.bill import Bill, Part
from generator.sizing.machine.ram import (
    Prefetch,
    Purpose,
    guest_memory,
    host_room_bytes,
    machine_memory,
    overhead,
)
from generator.sizing.nonsense import Nonsense

BATCH = Prefetch(workers=16, prefetch_factor=2, batch_bytes=256 * MIB)


def stated(gib: int) -> Bill:
    part = Part(name="stated", value=gib * GIB, rule="as stated", source="blueprint")
    return Bill(name="RAM", unit="bytes", parts=(part,))


def test_training_stages_twice_its_framebuffer() -> None:
    bill = guest_memory(Purpose.TRAINING, framebuffer_bytes=160 * GIB, prefetch=BATCH)

    assert {part.name: part.value / GIB for part in bill.parts} == {
        "system": 8,
        "staging": 320,
        "prefetch": 8,
    }


def test_inference_has_its_framebuffer_and_32_gib() -> None:
    bill = guest_memory(Purpose.INFERENCE, framebuffer_bytes=40 * GIB)

    assert bill.total == 72 * GIB


def test_offloaded_states_come_on_top() -> None:
    plain = guest_memory(Purpose.TRAINING, framebuffer_bytes=80 * GIB)
    offloading = guest_memory(
        Purpose.TRAINING, framebuffer_bytes=80 * GIB, offload_bytes=127.45 * GIB
    )

    assert offloading.total - plain.total == 128 * GIB


def test_assumed_parts_say_their_range() -> None:
    bill = guest_memory(Purpose.INFERENCE, framebuffer_bytes=40 * GIB)
    ends = {part.name: (part.low, part.high) for part in bill.parts if part.basis is Basis.ASSUMED}

    assert ends == {
        "staging": (20 * GIB, 80 * GIB),
        "server": (4 * GIB, 16 * GIB),
    }
    assert {entry.high for entry in bill.entries("rag")} >= {80 * GIB, 16 * GIB}


def test_weights_count_only_beyond_the_staging_share() -> None:
    small, large = (
        guest_memory(Purpose.INFERENCE, framebuffer_bytes=40 * GIB, weights_bytes=size * GIB)
        for size in (30, 131)
    )

    assert small.value("weights") == 0
    assert large.value("weights") == 91 * GIB


@pytest.mark.parametrize("gpus", [0, 1])
def test_all_memory_of_a_gpu_vm_is_reserved_and_none_of_another(gpus: int) -> None:
    memory = machine_memory(stated(128), vcpus=16, gpus=gpus, mmio_gib=128 * gpus)

    assert memory.configured_bytes == 128 * GIB
    assert memory.reserved_bytes == 128 * GIB * gpus
    assert memory.host_bytes == memory.reserved_bytes + memory.overhead.total


def test_a_window_of_128_gib_costs_83_mib_and_one_of_512_only_14_more() -> None:
    small, large = (overhead(64 * GIB, 8, gib).value("MMIO window") / MIB for gib in (128, 512))

    assert small == pytest.approx(83, abs=0.1)
    assert large - small == pytest.approx(14, abs=0.1)
    assert overhead(64 * GIB, 8, 0).value("MMIO window") == 0


@pytest.mark.parametrize(
    ("mib", "vcpus", "published_mb"),
    [(1024, 1, 25.90), (1024, 8, 53.82), (4096, 4, 60.67), (16384, 1, 139.62), (16384, 8, 168.60)],
)
def test_overhead_follows_the_published_samples(mib: int, vcpus: int, published_mb: float) -> None:
    assert overhead(mib * MIB, vcpus, 0).total / MIB == pytest.approx(published_mb, rel=0.03)


def test_a_host_admits_reservations_with_their_overhead() -> None:
    big = machine_memory(stated(448), vcpus=28, gpus=2, mmio_gib=512)
    room = host_room_bytes(1024 * GIB, [big, big], kept_bytes=128 * GIB)

    assert -8 * GIB < room < 0
    assert host_room_bytes(1024 * GIB, [big], kept_bytes=128 * GIB) > 440 * GIB


@pytest.mark.parametrize(
    ("field", "figures"),
    [
        ("framebuffer", {"framebuffer_bytes": -1.0}),
        ("train.offload", {"framebuffer_bytes": 1.0, "offload_bytes": -1.0}),
        ("weights", {"framebuffer_bytes": 1.0, "weights_bytes": -1.0}),
    ],
)
def test_negative_sizes_are_nonsense(field: str, figures: dict[str, float]) -> None:
    with pytest.raises(Nonsense) as refused:
        guest_memory(Purpose.TRAINING, **figures)  # type: ignore[arg-type]

    assert refused.value.field == field


@given(
    st.sampled_from(list(Purpose)),
    st.floats(0, 1e13),
    st.floats(0, 1e13),
    st.integers(0, 256),
    st.integers(0, 16),
)
def test_ram_is_whole_gib_the_sum_of_its_parts_and_holds_what_is_asked(
    purpose: Purpose, framebuffer: float, offload: float, workers: int, factor: int
) -> None:
    held = Prefetch(workers=workers, prefetch_factor=factor, batch_bytes=64 * MIB)
    bill = guest_memory(
        purpose, framebuffer_bytes=framebuffer, offload_bytes=offload, prefetch=held
    )

    assert bill.total == sum(part.value for part in bill.parts)
    assert bill.total % GIB == 0
    assert bill.total >= int(framebuffer) + int(offload) + held.held_bytes
