"""The properties of ``properties``, each on a few hundred cases that are the same in every run."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sizing.estimate.claims import Property
from tests.sizing.estimate.properties import PROPERTIES

CASES = 300
"""Cases of a property in the suite; ``benchmarks/deep/properties.py`` tries 10,000."""


@pytest.mark.parametrize("proposed", PROPERTIES, ids=lambda one: one.name.replace(" ", "-"))
def test_it_holds_for_any_workload(proposed: Property) -> None:
    """Whatever Hypothesis thinks of."""

    @settings(max_examples=CASES)
    @given(st.data())
    def holds(found: st.DataObject) -> None:
        proposed.holds(found.draw(proposed.cases))

    holds()
