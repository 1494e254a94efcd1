"""The map in a terminal: true proportions, one drawing for equal hosts, nothing by colour alone."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.report.map import KINDS, MapHost, codes
from generator.report.map_text import map_text
from tests.report.drawn import EVERY_KIND, MIXED, drawn, gpu, host, part


def test_a_gpu_is_a_bar_of_its_slices_with_a_legend() -> None:
    """Half of it the 4g, a quarter free, an eighth each for what runs and what is lost."""
    assert map_text(drawn(host("esx-01", MIXED)), width=60, unicode=False) == (
        "GPUs         1 of 1 used\n"
        "framebuffer  50 of 80 GiB allocated (62.5 %), 20 free, 10\n"
        "             stranded\n"
        "allocatable  50 GiB for those that run or wait, 100.0 % of\n"
        "             it allocated\n"
        "hosts        1 of 1 used, 2 VMs\n"
        "cores        8 vCPUs on 64 cores\n"
        "memory       64 of 512 GiB (12.5 %)\n"
        "\n"
        "cluster c (s)\n"
        "esx-01  1 x h100  8 vCPUs on 64 cores, 64 of 512 GiB\n"
        "  gpu0 mig          |B#################|.........|A===|xxxx|\n"
        "\n"
        "A legacy  1-10c\n"
        "B rag (prod)  4-40c\n"
        "# in the plan\n"
        "= runs today\n"
        ". free\n"
        "x stranded: no profile of the plan fits\n"
    )


def bars(text: str, edge: str = "|") -> list[str]:
    """What stands between the edges of each bar."""
    return [line.partition(edge)[2].rstrip(edge) for line in text.splitlines() if edge in line]


sizes = st.lists(st.integers(1, 20), min_size=1, max_size=8)


@given(sizes, st.integers(20, 200))
def test_a_slice_is_as_wide_as_its_part_of_the_gpu(parts: list[int], width: int) -> None:
    """Within one column, and no line is longer than asked for."""
    starts = [sum(parts[:n]) for n in range(len(parts))]
    kinds = ["free", "stranded"] * 4
    slices = [part(kinds[n], starts[n], size) for n, size in enumerate(parts)]
    text = map_text(drawn(host("esx-01", gpu(*slices))), width=width, unicode=False)
    (bar,) = [line for line in text.splitlines() if line.startswith("  gpu0")]
    whole = bar.rindex("|") - bar.index("|")
    edges = [found.start() - bar.index("|") for found in re.finditer(r"\|", bar)]
    ends = [(start + size) * whole // sum(parts) for start, size in zip(starts, parts, strict=True)]
    assert sorted({0, *ends}) == edges
    assert max(map(len, text.splitlines())) <= max(60, min(width, 160))


def test_every_kind_has_a_fill_of_its_own_in_both_alphabets() -> None:
    """So that it can be read without colour."""
    for unicode in (True, False):
        text = map_text(drawn(host("esx-01", EVERY_KIND)), unicode=unicode)
        legend = [line.partition(" ") for line in text.splitlines() if line[2:] in KINDS.values()]
        assert [said for _, _, said in legend] == list(KINDS.values())
        assert len({fill for fill, _, _ in legend}) == len(KINDS)
        assert all(fill in "".join(bars(text, "|" if not unicode else "│")) for fill, *_ in legend)


def test_without_unicode_everything_is_ascii() -> None:
    """Names too."""
    assert map_text(drawn(host("esx-ü", MIXED)), unicode=False).isascii()


def test_colour_adds_nothing_that_is_not_there_without_it() -> None:
    """The same text in between."""
    plain = map_text(drawn(host("esx-01", EVERY_KIND)))
    painted = map_text(drawn(host("esx-01", EVERY_KIND)), colour=True)
    assert "\x1b[" not in plain
    assert painted != plain
    assert re.sub(r"\x1b\[[0-9]*m", "", painted) == plain


def test_names_cannot_smuggle_escapes() -> None:
    """From documents."""
    evil = gpu(part("planned", 0, 8, "\x1b[31mx\n"))
    text = map_text(drawn(host("esx\x1b[2J", evil, cluster="\u202e")))
    assert not re.search("[\x1b\u202e]", text)


def many(count: int) -> list[MapHost]:
    """Equal hosts."""
    return [host(f"esx-{n:04}", MIXED, MIXED) for n in range(1, count + 1)]


def test_a_thousand_equal_hosts_are_drawn_once() -> None:
    """Under the names of the first and the last."""
    text = map_text(drawn(*many(1000)))
    assert "esx-0001 ... esx-1000: 1000 equal hosts, each 2 x h100" in text
    assert len(bars(text, "│")) == 2


def test_a_host_that_differs_is_drawn_by_itself() -> None:
    """And the others say which they are."""
    hosts = many(9)
    hosts[3] = host("esx-0004", EVERY_KIND)
    text = map_text(drawn(*hosts))
    assert "esx-0001 ... esx-0003, esx-0005 ... esx-0009: 8 equal hosts" in text
    assert "\nesx-0004  1 x h100  8 vCPUs" in text


def test_many_stretches_are_counted_not_named() -> None:
    """Every other host differs."""
    hosts = [replace(one, gpus=one.gpus[: 1 + n % 2]) for n, one in enumerate(many(10))]
    assert "esx-0001, esx-0003, esx-0005, 2 more: 5 equal hosts" in map_text(drawn(*hosts))


def test_a_host_without_gpu_is_named() -> None:
    """It carries VMs all the same."""
    assert "\nesx-09  no GPU  8 vCPUs on 64 cores" in map_text(drawn(host("esx-09")))


def test_clusters_stand_apart_and_in_order() -> None:
    """Whatever the order of the hosts."""
    text = map_text(drawn(host("b", MIXED, cluster="d"), host("a", MIXED)))
    assert text.index("cluster c (s)") < text.index("cluster d (s)")


@pytest.mark.parametrize(
    ("count", "last"), [(1, "A"), (27, "a"), (52, "z"), (53, "A1"), (105, "A2")]
)
def test_each_purpose_has_a_code(count: int, last: str) -> None:
    """As many as there are."""
    slices = [part("planned", n, 1, f"{n:03}") for n in range(count)]
    found = codes([host("esx-01", gpu(*slices))])
    assert len(set(found.values())) == count
    assert list(found.values())[-1] == last


def test_a_code_that_does_not_fit_is_left_out() -> None:
    """A part of it would be another's."""
    slices = [part("planned", n, 1, f"{n:03}") for n in range(60)]
    (bar,) = bars(map_text(drawn(host("esx-01", gpu(*slices))), width=160, unicode=False))
    assert "A1" not in bar
    assert bar.startswith("A")


def test_what_takes_turns_is_named_together() -> None:
    """Day and night on one place."""
    both = replace(part("planned", 0, 8), owners=("day", "night"))
    assert "A day, in turns with night" in map_text(drawn(host("esx-01", gpu(both))))
