"""The load of a host that is worth most, against every load there is."""

from __future__ import annotations

from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from generator.placement.bound.bins import SCALE, GpuClass, Kind, Station
from generator.placement.bound.host_bins import HostBin
from generator.placement.devices.shapes import EMPTY, NOWHERE
from tests.placement.bound.test_proof import SIZES, ask, board
from tests.placement.build import H100


def kind(size: str, cores: int, memory: int, gpus: int = 1, environment: str = "dev") -> Kind:
    """A VM of an H100's profile; memory in any unit."""
    shape = ask(H100, size).shape
    return Kind("", environment, H100, shape, gpus, cores, memory)


def worth(station: Station, kinds: tuple[Kind, ...], prices: tuple[int, ...]) -> int:
    """The worth of the best load, VM by VM."""

    @cache
    def best(first: int, cores: int, memory: int, gpus: tuple[tuple[str, int], ...]) -> int:
        found = 0
        for n in range(first, len(kinds)):
            vm = kinds[n]
            if vm.millicores > cores or vm.memory_bytes > memory:
                continue
            left = cores - vm.millicores, memory - vm.memory_bytes
            if vm.gpus > 1:
                if gpus.count(("", EMPTY)) >= vm.gpus:
                    kept = tuple(sorted(gpus))[vm.gpus :]
                    found = max(found, prices[n] - vm.gpus * SCALE + best(n, *left, kept))
                continue
            for place, (tenant, layout) in enumerate(gpus):
                after = board(H100).join(layout, vm.shape)
                if after != NOWHERE and tenant in ("", vm.environment):
                    then = (*gpus[:place], (vm.environment, after), *gpus[place + 1 :])
                    gain = prices[n] - SCALE * (layout == EMPTY)
                    found = max(found, gain + best(n, *left, tuple(sorted(then))))
        return found

    start = (("", EMPTY),) * sum(gpu.number for gpu in station.gpus)
    return best(0, station.millicores, station.memory_bytes, start)


@given(
    st.lists(
        st.builds(
            kind,
            st.sampled_from(SIZES[H100][:4]),
            st.integers(1, 5),
            st.integers(1, 5),
            environment=st.sampled_from(["dev", "prod"]),
        ),
        min_size=1,
        max_size=4,
        unique=True,
    ),
    st.lists(st.integers(0, SCALE), min_size=4, max_size=4),
    st.tuples(st.integers(4, 9), st.integers(4, 9)),
)
@settings(max_examples=80, deadline=None)
def test_the_table_finds_what_trying_every_load_finds(
    kinds: list[Kind], prices: list[int], has: tuple[int, int]
) -> None:
    station = Station("s", *has, (GpuClass(H100, EMPTY, 2),))
    some = tuple(sorted(kinds))
    each = HostBin(station, 1, some, {H100: board(H100)}, binds=(True, True), one_environment=False)
    found, column = each.best(prices)
    assert found == worth(station, some, tuple(prices[: len(some)]))
    paid = sum(prices[number] * count for number, count in column.counts)
    assert paid - SCALE * column.opened == found


def test_a_vm_with_several_gpus_takes_them_whole() -> None:
    """It is worth more than two halves, and leaves a GPU for one of them."""
    kinds = (kind("40c", 1, 1), kind("40c", 1, 1, gpus=2))
    station = Station("s", 3, 9, (GpuClass(H100, EMPTY, 3),))
    each = HostBin(
        station, 1, kinds, {H100: board(H100)}, binds=(True, False), one_environment=False
    )
    found, column = each.best([SCALE * 3 // 4, SCALE * 4])
    assert found == 2 * SCALE + SCALE // 2
    assert (column.counts, column.opened) == (((0, 2), (1, 1)), 3)


def test_one_environment_on_a_host_where_hosts_part_them() -> None:
    kinds = tuple(sorted(kind("40c", 1, 1, environment=e) for e in ("dev", "prod")))
    station = Station("s", 3, 9, (GpuClass(H100, EMPTY, 2),))
    together, apart = (
        HostBin(station, 1, kinds, {H100: board(H100)}, binds=(True, False), one_environment=one)
        for one in (False, True)
    )
    assert together.best([SCALE * 2, SCALE * 2])[0] == 4 * SCALE
    assert len(together.best([SCALE * 2, SCALE * 2])[1].counts) <= 2
    assert len(apart.best([SCALE * 2, SCALE * 2])[1].counts) == 1
