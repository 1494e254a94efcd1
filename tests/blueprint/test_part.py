"""Typed parts behave like frozen dataclasses."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, fields, replace

import pytest

from generator.blueprint.model.organisation import Notebooks, Organisation, Team

TEAM = Team(name="research", members={"analyst": 2}, notebooks=Notebooks(concurrency=0.5))


def test_what_is_not_stated_is_none_or_empty() -> None:
    """No default hides behind an absent key."""
    assert (TEAM.access, TEAM.notebooks and TEAM.notebooks.image) == (None, None)
    assert Organisation().teams == ()
    assert Team(name="x").members == {}


def test_a_part_cannot_be_changed() -> None:
    """Neither by assignment nor by deletion."""
    with pytest.raises(FrozenInstanceError):
        TEAM.name = "other"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del TEAM.name


def test_a_part_has_no_room_for_other_attributes() -> None:
    """Parts are slotted."""
    assert not hasattr(TEAM, "__dict__")


def test_parts_are_equal_by_value_and_type() -> None:
    """Two parts are equal where all fields are; a part equals nothing else."""
    assert replace(TEAM, name="research") == TEAM
    assert replace(TEAM, name="other") != TEAM
    assert Team(name="x") != "x"


def test_equal_parts_have_equal_hashes() -> None:
    """Parts without mappings can be keys."""
    assert hash(Notebooks(concurrency=0.5)) == hash(Notebooks(concurrency=0.5))


def test_a_part_shows_what_was_stated_only() -> None:
    """So that a failing test can be read."""
    assert repr(Organisation(teams=(Team(name="x"),))) == "Organisation(teams=(Team(name='x'),))"


@pytest.mark.parametrize(
    ("stated", "message"),
    [({}, "Team needs name"), ({"name": "x", "nmae": "y"}, "Team has no nmae")],
    ids=["missing", "unknown"],
)
def test_a_part_takes_exactly_its_fields(stated: dict[str, str], message: str) -> None:
    """By keyword only."""
    with pytest.raises(TypeError, match=message):
        Team(**stated)  # type: ignore[arg-type]


def test_a_part_survives_copying_and_pickling() -> None:
    """Both make an equal part."""
    assert copy.deepcopy(TEAM) == TEAM
    assert pickle.loads(pickle.dumps(TEAM)) == TEAM


def test_dataclass_tools_work_on_parts() -> None:
    """``fields`` lists them in the order of the schema."""
    assert [field.name for field in fields(Notebooks)][:2] == ["concurrency", "idle_cull_s"]
