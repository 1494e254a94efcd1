"""Frozen, slotted, keyword-only dataclasses that cost next to nothing to define.

``dataclass`` writes and compiles a constructor, a comparison and a ``repr`` for each class, and
looks closely at each field: half a millisecond, and a start has more than three hundred classes.
Records inherit these methods from one base, and are dataclasses (``fields`` and ``replace`` work)
from when somebody first asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field
from inspect import get_annotations
from typing import Any, ClassVar, TypeVar, cast, dataclass_transform, get_origin

RecordT = TypeVar("RecordT", bound="Record")

_put = object.__setattr__


class _Fields:
    """The fields of a record as ``dataclasses`` knows them, made when they are first asked for."""

    def __get__(self, one: object, owner: type[Record]) -> dict[str, Field[Any]]:
        body = {name: default for name, _, default in _stated(owner) if default is not MISSING}
        body |= {"__annotations__": types_of(owner), "__module__": owner.__module__, "__doc__": "."}
        like: Any = type(owner.__name__, (), body)
        made = dataclass(init=False, repr=False, eq=False, kw_only=True)(like)
        found: dict[str, Field[Any]] = made.__dataclass_fields__
        owner.__dataclass_fields__ = found
        return found


_FIELDS = _Fields()


class Record:
    """The base of all records: frozen, equal by value, and showing only what was stated."""

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]] = cast("dict[str, Field[Any]]", _FIELDS)

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
    types = {
        name: of_type for name, of_type in get_annotations(cls).items() if not _of_class(of_type)
    }
    stated = vars(cls)
    left = {n: value for n, value in stated.items() if n not in types and n not in _WITHOUT_SLOTS}
    inherited = {name for base in cls.__mro__[1:] for name in getattr(base, "__slots__", ())}
    slots = tuple(name for name in types if name not in inherited)
    body = {**left, "__slots__": slots, "__dataclass_fields__": _FIELDS}
    made: type[RecordT] = cast("Any", type)(cls.__name__, cls.__bases__, body)
    made.__qualname__ = cls.__qualname__
    _STATED[made] = types, {name: stated[name] for name in types if name in stated}
    return made


_WITHOUT_SLOTS = ("__dict__", "__weakref__")
_STATED: dict[type, tuple[dict[str, Any], dict[str, Any]]] = {}
"""The types and the defaults that the body of each record states, by name."""


def types_of(cls: type[Record]) -> Mapping[str, Any]:
    """The type of each field as it is written, inherited ones first."""
    return {name: of_type for name, of_type, _ in _stated(cls)}


def _stated(cls: type[Record]) -> Iterator[tuple[str, Any, Any]]:
    """Each field with its type, and its default or its ``Field``."""
    last = {name: base for base in reversed(cls.__mro__) for name in _STATED.get(base, ((),))[0]}
    for name, base in last.items():
        types, defaults = _STATED[base]
        yield name, types[name], defaults.get(name, MISSING)


def _of_class(of_type: object) -> bool:
    if isinstance(of_type, str):
        return of_type.startswith("ClassVar[")
    return get_origin(of_type) is ClassVar


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
        _PLANS[cls] = tuple(_planned(name, default) for name, _, default in _stated(cls))
    return _PLANS[cls]


def _planned(name: str, default: Any) -> tuple[str, Any, Callable[[], Any] | None]:
    if not isinstance(default, Field):
        return name, default, None
    factory = default.default_factory
    return name, default.default, None if factory is MISSING else factory
