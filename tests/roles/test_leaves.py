"""F8: every leaf of a snapshot has a read, and who may read it is said the same everywhere."""

from __future__ import annotations

import pytest

from generator.roles.leaves import KUBERNETES, reach_of, reads_of_leaves, unreadable_leaves
from generator.roles.model import Purpose
from generator.roles.reads import READS
from generator.vcenter.kinds import KINDS

LEAVES = [
    (f"{kind.name}.{leaf.name}", leaf.reach)
    for kind in KINDS
    if kind.source != KUBERNETES
    for leaf in kind.leaves
]


@pytest.mark.parametrize(("leaf", "reach"), LEAVES)
def test_f8_the_reach_of_a_leaf_follows_from_the_calls_that_show_it(leaf: str, reach: str) -> None:
    assert reach_of(leaf) == reach


def test_every_leaf_that_vcenter_shows_has_a_read() -> None:
    assert set(reads_of_leaves()) == {leaf for leaf, _ in LEAVES}


def test_no_read_names_a_leaf_that_there_is_not() -> None:
    known = {kind.name for kind in KINDS} | {leaf for leaf, _ in LEAVES}
    named = [leaf for read in READS for leaf in read.leaves]
    assert set(named) <= known
    assert len(named) == len(set(named))


def test_f8_modules_and_packages_of_hosts_are_what_diff_cannot_read() -> None:
    assert unreadable_leaves(Purpose.DIFF) == {"host.package", "host.module_option"}
    assert unreadable_leaves(Purpose.DIFF_HOST) == frozenset()
