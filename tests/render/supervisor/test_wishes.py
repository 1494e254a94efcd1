"""What the apply script only looks at has no way to write, and what it writes has all of them."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from tests.render.supervisor.apply_modules import part

script = part("apply")
wishes = part("wishes")
LOOKED_AT = sorted(script.ALL_KINDS.keys() - script.WRITTEN_KINDS.keys())


@pytest.mark.parametrize("kind", sorted(script.WRITTEN_KINDS))
def test_a_kind_that_is_written_says_how_and_how_it_is_taken_back(kind: str) -> None:
    made = script.WRITTEN_KINDS[kind]({"kind": kind, "name": "own"}, {})
    assert isinstance(made, wishes.Operation)
    assert made.label == f"{kind} own"


@pytest.mark.parametrize("kind", LOOKED_AT)
def test_a_kind_that_is_only_looked_at_has_no_way_to_write(kind: str) -> None:
    made = script.ALL_KINDS[kind]({"kind": kind, "name": "own"}, {})
    assert isinstance(made, wishes.Wish)
    assert not {"write", "undo"} & {name for name, _ in inspect.getmembers(made)}


def test_an_operation_without_a_way_back_cannot_be_made() -> None:
    class Forgotten(wishes.Operation):  # type: ignore[name-defined, misc]
        check = read = wanted = write = wishes.Operation.verify

    with pytest.raises(TypeError, match="undo"):
        Forgotten({}, {})


def test_what_is_missing_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several bodies stand on one namespace."""

    class Wish:
        def check(self, vcenter: object) -> list[str]:
            assert vcenter is None
            return ["no namespace a"]

    monkeypatch.setattr(script, "_wishes", lambda *_: [Wish(), Wish()])
    with pytest.raises(script.Surprise, match=r"^no namespace a$"):
        script._bring_about(None, {}, Path(), None)
