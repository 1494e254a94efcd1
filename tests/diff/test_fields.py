"""The field table speaks of leaves that exist, and says what follows."""

from __future__ import annotations

import pytest

from generator.diff.fields import CHURN, ROWS, rule_of
from generator.vcenter.kinds import KINDS
from tests.diff.worlds import FILES, wanted

LEAVES = {(kind.name, leaf.name) for kind in KINDS for leaf in kind.leaves}


def test_every_row_is_about_a_leaf() -> None:
    """A leaf that is renamed takes its row along."""
    rows = {(kind, name) for kind, some in ROWS.items() for name in some}
    churn = {(kind, name) for kind, some in CHURN.items() for name in some.split()}
    assert rows | churn <= LEAVES


def test_every_leaf_has_a_rule() -> None:
    """By its row, or by its form."""
    assert all(rule_of(kind, name).equality for kind, name in LEAVES)


def test_nothing_that_churns_is_asserted_but_the_host_of_a_pinned_vm() -> None:
    """F9: lawful operation is no drift."""
    churning = {
        (one.kind, field)
        for name in FILES
        for one in wanted(name)
        for field in one.fields
        if rule_of(one.kind, field).churns
    }
    assert churning <= {("vm", "host")}


@pytest.mark.parametrize("name", FILES)
def test_every_asserted_field_says_what_a_difference_leads_to(name: str) -> None:
    """A reader who is no expert must know why it matters."""
    silent = {
        (one.kind, field.partition(".")[0])
        for one in wanted(name)
        for field in one.fields
        if not rule_of(one.kind, field).consequence
    }
    assert silent == set()


def test_the_consequences_of_the_field_are_told() -> None:
    """The two that the field warns of."""
    assert "future nodes differ" in rule_of("vm-class", "memory_mib").consequence
    assert "NVLink" in rule_of("host", "assignment_policy").consequence
