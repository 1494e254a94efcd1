"""The provider of the matrix is the one that the rendered roots pin."""

from __future__ import annotations

from generator.catalog import Catalog
from generator.catalog.store import document
from generator.render.terraform.root import PROVIDER_VERSION


def test_f29_one_release_is_written_for_and_it_is_the_pinned_one() -> None:
    versions = Catalog.builtin().versions
    rows = [versions.find("provider", name) for name in versions.known("provider")]
    assert [row.facts["pinned"] for row in rows if row and "pinned" in row.facts] == [
        PROVIDER_VERSION
    ]


def test_f29_virtual_hardware_ends_with_the_release_that_brought_it() -> None:
    """Where the matrix has that release; the day is then the same."""
    versions = Catalog.builtin().versions
    rows = document("versions/hardware_versions").values()
    known = [(row, versions.find("esx", row["vsphere"])) for row in rows]
    compared = [(row["supported_until"], esx.supported_until) for row, esx in known if esx]
    assert len(compared) >= 3
    assert all(own == theirs for own, theirs in compared)
