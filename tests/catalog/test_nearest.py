"""generator.catalog.nearest: what to propose for a wrong version or combination (F29)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.catalog import Catalog
from generator.catalog.nearest import changes, nearest_fit, nearest_known
from generator.catalog.store import TARGETS

VERSIONS = Catalog.builtin().versions
AS_OF = "2026-11-20"

combinations = st.fixed_dictionaries(
    {}, optional={target: st.sampled_from(VERSIONS.known(target)) for target in TARGETS}
)


@pytest.mark.parametrize(
    ("target", "stated", "near"),
    [
        ("esx", "8.1U3", "8.0U3"),
        ("vks", "3.8", "3.7"),
        ("vks", "4.0", "3.7"),
        ("kubernetes", "v1.40.2", "1.36"),
        ("kubernetes", "1.5", "1.29"),
        ("cluster_class", "builtin-generic-v3.9.0", "builtin-generic-v3.7.0"),
    ],
)
def test_an_unknown_version_has_a_nearest_known_one(target: str, stated: str, near: str) -> None:
    """F29: the first number that differs decides."""
    assert nearest_known(VERSIONS, target, stated) == near


@pytest.mark.parametrize(
    ("stated", "changed"),
    [
        ({"vks": "3.4", "kubernetes": "1.36"}, {"kubernetes": "1.33"}),
        ({"vgpu_host": "20", "nvaie_infra": "7"}, {"nvaie_infra": "8"}),
        (
            {"vks": "3.7", "kubernetes": "1.36", "cluster_class": "builtin-generic-v3.6.0"},
            {"cluster_class": "builtin-generic-v3.7.0"},
        ),
        ({"vks": "3.7", "kubernetes": "1.36"}, {}),
        ({"vks": "3.8", "kubernetes": "1.36"}, {"vks": "3.7"}),
    ],
)
def test_the_nearest_right_combination(stated: dict[str, str], changed: dict[str, str]) -> None:
    """F29: as little as possible changes."""
    assert dict(changes(stated, nearest_fit(VERSIONS, stated, AS_OF))) == changed


@given(combinations)
def test_a_proposal_is_right_keeps_the_targets_and_is_not_over(stated: dict[str, str]) -> None:
    """F29: nothing is proposed that breaks another rule; what is right stays as it is."""
    found = nearest_fit(VERSIONS, stated, AS_OF)
    moved = dict(changes(stated, found))
    assert VERSIONS.conflicts(found) == ()
    assert found.keys() == stated.keys()
    assert VERSIONS.expired(moved, AS_OF) == ()
    assert bool(moved) == bool(VERSIONS.conflicts(stated))
