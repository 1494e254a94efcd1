"""Frozen, slotted, keyword-only dataclasses that cost next to nothing to define.

``dataclass`` writes and compiles a constructor, a comparison and a ``repr`` for each class: half a
millisecond, and the language, the desired state and the plan have more than a hundred. Records are
dataclasses (``fields`` and ``replace`` work) that inherit these methods from one base.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from typing import Any, ClassVar, TypeVar, dataclass_transform

RecordT = TypeVar("RecordT", bound="Record")

_put = object.__setattr__


class Record:
    """The base of all records: frozen, equal by value, and showing only what was stated."""

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def __init__(self, **stated: Any) -> None:
        defaults, factories, slots = _making(type(self))
        values = defaults | stated
        for name, factory in factories:
            if name not in stated:
                values[name] = factory()
        if len(values) != len(slots):
            raise _wrong(type(self), values)
        try:
            for name, put in slots:
                put(self, values[name])
        except KeyError:
            raise _wrong(type(self), values) from None

    def __setattr__(self, name: str, value: object) -> None:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __setstate__(self, state: tuple[None, dict[str, Any]]) -> None:
        for name, value in state[1].items():
            _put(self, name, value)

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return all(getattr(self, n) == getattr(other, n) for n, _, _ in _plan(type(self)))

    def __hash__(self) -> int:
        return hash((type(self), *(getattr(self, name) for name, _, _ in _plan(type(self)))))

    def __repr__(self) -> str:
        values = ((name, getattr(self, name)) for name, _, _ in _plan(type(self)))
        stated = (f"{name}={value!r}" for name, value in values if value not in (None, (), {}))
        return f"{type(self).__name__}({', '.join(stated)})"


def altered(one: RecordT, **changes: Any) -> RecordT:
    """The record with some fields changed, as ``dataclasses.replace`` in a fraction of its time."""
    made = object.__new__(type(one))
    for name, put in _making(type(one))[2]:
        put(made, changes[name] if name in changes else getattr(one, name))
    return made


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def record(cls: type[RecordT]) -> type[RecordT]:
    """Makes a subclass of ``Record`` a dataclass with slots."""
    return dataclass(slots=True, kw_only=True, init=False, repr=False, eq=False)(cls)


_Making = tuple[
    dict[str, Any],
    tuple[tuple[str, Callable[[], Any]], ...],
    tuple[tuple[str, Callable[[Any, Any], None]], ...],
]
_MAKINGS: dict[type, _Making] = {}


def _making(cls: type[Record]) -> _Making:
    """Defaults by name, factories by name, and for each field how its slot is filled."""
    found = _MAKINGS.get(cls)
    if found is None:
        plan = _plan(cls)
        found = _MAKINGS[cls] = (
            {name: default for name, default, _ in plan if default is not MISSING},
            tuple((name, factory) for name, _, factory in plan if factory is not None),
            tuple((name, getattr(cls, name).__set__) for name, _, _ in plan),
        )
    return found


def _wrong(cls: type[Record], values: dict[str, Any]) -> TypeError:
    """What is missing, or else what there is no field for."""
    names = [name for name, _, _ in _plan(cls)]
    missing = next((name for name in names if name not in values), None)
    if missing is not None:
        return TypeError(f"{cls.__name__} needs {missing}")
    unknown = ", ".join(name for name in values if name not in names)
    return TypeError(f"{cls.__name__} has no {unknown}")


_Plan = tuple[tuple[str, Any, Callable[[], Any] | None], ...]
_PLANS: dict[type, _Plan] = {}


def _plan(cls: type[Record]) -> _Plan:
    """For each field its name, its default (``MISSING`` for none) and its factory."""
    if cls not in _PLANS:
        _PLANS[cls] = tuple(
            (
                stated.name,
                stated.default,
                None if stated.default_factory is MISSING else stated.default_factory,
            )
            for stated in fields(cls)
        )
    return _PLANS[cls]
