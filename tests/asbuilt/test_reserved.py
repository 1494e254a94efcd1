"""What zones keep for VM classes, held against what fits (F30)."""

from __future__ import annotations

import pytest

from generator.asbuilt.model import VcenterReport
from tests.asbuilt.world import cluster, gpu, host, machine, only
from tests.vcenter.snapshots import seen


def with_reservation(count: int, *clusters: str) -> VcenterReport:
    """An H100 with one VM of a class of 20 GB, of which the zone keeps some."""
    return only(
        cluster(), host("a"), gpu("a", vms=("v",)),
        machine("v", "a", "nvidia_h100-20c", namespace="dev", vm_class="c"),
        machine("off", "a", "nvidia_h100-20c", namespace="dev", vm_class="c", power="poweredOff"),
        machine("other", "a", vm_class="c"),
        seen("zone", "z1", clusters=clusters or ("gpu-a",), **{"reserved.c": count}),
        seen("vm-class", "c", vgpus=("nvidia_h100-20c",), vms=("v",), namespaces=("dev",)),
    )  # fmt: skip


def test_a_reservation_is_told_with_what_runs_of_it() -> None:
    (one,) = with_reservation(3).reserved
    assert (one.zone, one.vm_class) == ("z1", "c")
    assert (one.vgpus, one.reserved, one.running) == (("nvidia_h100-20c",), 3, 1)


@pytest.mark.parametrize(
    ("count", "clusters", "kept"),
    [(3, (), 2), (1, (), 0), (0, (), 0), (3, ("gpu-a", "gpu-b"), 0)],
    ids=["some left", "all taken", "none", "which cluster nobody knows"],
)
def test_what_is_left_of_it_is_among_what_fits(
    count: int, clusters: tuple[str, ...], kept: int
) -> None:
    """F30, F38."""
    (one,) = with_reservation(count, *clusters).clusters
    assert [fit.reserved for fit in one.fits if fit.profile == "nvidia_h100-20c"] == [kept]
    assert sum(fit.reserved for fit in one.fits) == kept


def test_a_class_that_was_not_read_reserves_no_profile() -> None:
    zone = seen("zone", "z1", clusters=("gpu-a",), **{"reserved.c": 2})
    (one,) = only(cluster(), host("a"), gpu("a"), zone).reserved
    assert (one.clusters, one.vgpus, one.running) == (("gpu-a",), (), 0)
