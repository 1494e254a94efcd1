"""Counts and amounts of a site."""

from __future__ import annotations

import pytest

from generator.vcenter.site import site_document
from generator.vcenter.site_amounts import positive
from generator.vcenter.snapshot import Snapshot
from tests.vcenter.snapshots import seen, vcenter_seen


@pytest.mark.parametrize(
    ("said", "kept"),
    [(64, 64), (0, None), (-1, None), (10**30, None), (None, None), ("64", None)],
)
def test_a_count_that_cannot_be_true_is_unknown(said: object, kept: int | None) -> None:
    assert positive(said) == kept


def test_a_host_that_vcenter_has_lost_is_in_the_site_without_its_size() -> None:
    lost = seen("host", "esx-01", sockets=0, cores=0, memory_bytes=0, cpu_model=None)
    one = vcenter_seen(objects=(lost,), unread=(), events=(), in_transition=())
    (host,) = site_document(Snapshot(vcenters=(one,)))["hosts"]
    assert host == {"name": "esx-01", "manage": "reference"}
