"""The outlook of a plan in words."""

from __future__ import annotations

import pytest

from tests.cli.running import ROOT, Mlgen


@pytest.mark.parametrize(
    ("name", "opens"),
    [
        ("edge-one", ["bound: the plan opens 1 GPU(s); no plan opens fewer (cores)"]),
        ("cpu-amx", []),
    ],
)
def test_the_bound_is_said_where_there_are_gpus(mlgen: Mlgen, name: str, opens: list[str]) -> None:
    """A platform without one opens none, and that needs no proof."""
    lines = mlgen("size", str(ROOT / "blueprints" / f"{name}.yaml")).out.splitlines()
    assert [line for line in lines if line.startswith("bound:")] == opens
