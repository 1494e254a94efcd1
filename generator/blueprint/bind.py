"""Builds typed parts from trees that a schema has accepted.

The plan of a class is made once, from its fields: the schema's key, and how a value becomes the
field's type. A quantity's field ends in its base unit, so the name says how to read it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import Field
from functools import lru_cache, partial
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin

from generator.blueprint.model.part import Part
from generator.quantity import Dimension, Quantity, parse
from generator.record import types_of

PartT = TypeVar("PartT", bound=Part)
Convert = Callable[[Any], Any]
Plan = dict[str, tuple[str, Convert | None]]

_plans: dict[type[Part], Plan] = {}

_SUFFIXES = tuple(
    (f"_{dimension.value}", dimension)
    for dimension in sorted(Dimension, key=lambda dimension: -len(dimension.value))
    if dimension is not Dimension.PARAMETERS
)


def bind(cls: type[PartT], node: Mapping[str, Any]) -> PartT:
    """``node`` as a ``cls``. The schema of ``cls`` must have accepted it."""
    plan = _plan(cls)
    stated = {}
    for key, value in node.items():
        if key in plan and value is not None:
            name, convert = plan[key]
            stated[name] = convert(value) if convert else value
    return cls(**stated)


def key_of(field: Field[Any]) -> str:
    """The schema's key of a field: its name without base unit and trailing underscore."""
    return _key_and_dimension(field.name, field.type)[0]


def _plan(cls: type[Part]) -> Plan:
    """For each key of the schema: the field's name and how its value is converted."""
    if cls not in _plans:
        plan: Plan = {}
        for name, of_type in types_of(cls).items():
            key, dimension = _key_and_dimension(name, of_type)
            plan[key] = (name, _converter(of_type, dimension))
        _plans[cls] = plan
    return _plans[cls]


def _key_and_dimension(name: str, of_type: Any) -> tuple[str, Dimension]:
    if _holds_quantities(of_type):
        for suffix, dimension in _SUFFIXES:
            if name.endswith(suffix):
                return name.removesuffix(suffix), dimension
    return name.removesuffix("_"), Dimension.PARAMETERS


def _holds_quantities(of_type: Any) -> bool:
    return of_type is Quantity or any(map(_holds_quantities, get_args(of_type)))


def _converter(of_type: Any, dimension: Dimension) -> Convert | None:
    """How a value becomes ``of_type``; None where it is that already."""
    if isinstance(of_type, UnionType):
        return _union(of_type, dimension)
    origin = get_origin(of_type)
    if origin is tuple:
        return partial(_tuple, _converter(get_args(of_type)[0], dimension))
    if origin is Mapping:
        return partial(_mapping, _converter(get_args(of_type)[1], dimension))
    if of_type is Quantity:
        return partial(_quantity, dimension)
    if of_type is int:
        return _count
    if isinstance(of_type, type) and issubclass(of_type, Part):
        return partial(bind, of_type)
    return None


def _union(of_type: UnionType, dimension: Dimension) -> Convert | None:
    """A type or None; a union of several scalars needs no conversion."""
    options = [option for option in get_args(of_type) if option is not NoneType]
    return _converter(options[0], dimension) if len(options) == 1 else None


def _tuple(convert: Convert | None, node: Any) -> tuple[Any, ...]:
    """The items of a list. A word in its place (``auto``) names the default: no items."""
    if isinstance(node, str):
        return ()
    return tuple(map(convert, node) if convert else node)


def _mapping(convert: Convert | None, node: Mapping[str, Any]) -> dict[str, Any]:
    if convert is None:
        return dict(node)
    return {key: convert(value) for key, value in node.items()}


def _count(node: Any) -> int | None:
    """A whole number, also from ``2.0``. A word (``as-declared``) names the default."""
    return None if isinstance(node, str) else int(node)


def _quantity(dimension: Dimension, node: Any) -> Quantity:
    if isinstance(node, str):
        return _scalar(dimension, node, "")
    return _scalar(dimension, node["value"], node["source"])


@lru_cache(maxsize=4096)
def _scalar(dimension: Dimension, text: str, source: str) -> Quantity:
    return Quantity(parse(text, dimension), source)
