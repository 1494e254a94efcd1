"""generator.sizing.machine.numa: one node where it fits, and what to do where it does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.quantity import GIB
from generator.sizing.machine.numa import Fit, Machine, Node, NumaFit, fit, largest, slowdown
from generator.sizing.nonsense import Nonsense

NODE = Node(cores=32, memory_bytes=512 * GIB, gpus=2)


def on_two_nodes(vcpus: int, gib: int, gpus: int = 0, *, splittable: bool = False) -> NumaFit:
    machine = Machine(vcpus=vcpus, memory_bytes=gib * GIB, gpus=gpus)
    return fit(machine, NODE, 2, splittable=splittable)


def test_the_largest_vm_of_a_node_leaves_an_eighth_of_it() -> None:
    assert largest(NODE) == Machine(vcpus=28, memory_bytes=448 * GIB, gpus=2)
    assert largest(NODE, 2) == Machine(vcpus=56, memory_bytes=896 * GIB, gpus=4)


def test_a_vm_of_that_size_stays_on_one_node_without_penalty() -> None:
    verdict = on_two_nodes(28, 448, 2)

    assert verdict.fit is Fit.ONE_NODE
    assert (verdict.nodes, verdict.slowdown, verdict.binding) == (1, 1.0, ())


@pytest.mark.parametrize(
    ("shape", "binding"),
    [((29, 64, 0), "vCPUs"), ((8, 449, 0), "memory"), ((8, 64, 3), "GPUs")],
)
def test_what_exceeds_a_node_is_named(shape: tuple[int, int, int], binding: str) -> None:
    verdict = on_two_nodes(*shape)

    assert verdict.fit is Fit.SPREAD
    assert verdict.binding == (binding,)
    assert verdict.nodes == 2


def test_a_spread_vm_shows_its_nodes_to_the_guest_and_pays() -> None:
    verdict = on_two_nodes(40, 700, 4)

    assert verdict.cores_per_socket == 20
    assert "20 cores per socket" in verdict.advice
    assert verdict.slowdown == pytest.approx(1 + 0.5 * 0.73)


def test_divisible_work_becomes_one_vm_per_node() -> None:
    verdict = on_two_nodes(40, 700, 4, splittable=True)

    assert verdict.fit is Fit.SPLIT
    assert verdict.machines == 2
    assert verdict.each == Machine(vcpus=20, memory_bytes=350 * GIB, gpus=2)
    assert verdict.slowdown == 1.0


def test_an_odd_number_of_gpus_does_not_split_into_two() -> None:
    assert on_two_nodes(40, 700, 3, splittable=True).fit is Fit.SPREAD


@pytest.mark.parametrize("shape", [(57, 64, 0), (8, 897, 0), (8, 64, 5)])
def test_what_exceeds_the_host_fits_nowhere(shape: tuple[int, int, int]) -> None:
    verdict = on_two_nodes(*shape, splittable=True)

    assert verdict.fit is Fit.NONE
    assert "larger host" in verdict.advice


def test_gpus_on_a_host_without_any_are_refused() -> None:
    with pytest.raises(Nonsense, match="no GPU on any NUMA node"):
        fit(
            Machine(vcpus=4, memory_bytes=GIB, gpus=1),
            Node(cores=8, memory_bytes=64 * GIB),
            2,
            splittable=False,
        )


@pytest.mark.parametrize(
    "machine", [Machine(vcpus=0, memory_bytes=1), Machine(vcpus=1, memory_bytes=0)]
)
def test_a_vm_of_nothing_is_nonsense(machine: Machine) -> None:
    with pytest.raises(Nonsense, match="above zero"):
        fit(machine, NODE, 2, splittable=False)


@given(st.integers(1, 16))
def test_spreading_further_never_gets_faster(nodes: int) -> None:
    assert 1 <= slowdown(nodes) < slowdown(nodes + 1) < 1.73 + 1e-9


@given(st.integers(1, 256), st.integers(1, 4096), st.integers(0, 8), st.booleans())
def test_every_verdict_holds_the_whole_vm(
    vcpus: int, gib: int, gpus: int, splittable: bool
) -> None:
    verdict = on_two_nodes(vcpus, gib, gpus, splittable=splittable)
    room = largest(NODE, verdict.nodes)

    assert verdict.machines * verdict.each.vcpus >= vcpus
    assert verdict.machines * verdict.each.memory_bytes >= gib * GIB
    assert verdict.machines * verdict.each.gpus == gpus
    if verdict.fit is not Fit.NONE:
        assert vcpus <= room.vcpus
        assert gib * GIB <= room.memory_bytes
        assert gpus <= room.gpus
