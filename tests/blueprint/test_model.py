"""The typed language and the published schemas are one language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, fields
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin

import pytest

from generator.blueprint.bind import bind, key_of
from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.observations import Observations
from generator.blueprint.model.part import Part
from generator.blueprint.model.request import WorkloadRequest
from generator.blueprint.schema import schema
from generator.quantity import Dimension, Quantity
from generator.supply.model import SiteInventory
from tests.schemas.walk import everything, resolved

ROOTS: dict[Any, type[Part]] = {
    "PlatformBlueprint": Blueprint,
    "WorkloadRequest": WorkloadRequest,
    "SiteInventory": SiteInventory,
    "Observations": Observations,
}
HEAD = {"apiVersion", "kind"}
UNITS = {
    "data": Dimension.DATA,
    "data_rate": Dimension.DATA_RATE,
    "duration": Dimension.DURATION,
    "frequency": Dimension.FREQUENCY,
    "share": Dimension.SHARE,
    "parameters": Dimension.PARAMETERS,
}
PLAIN = {"string": str, "integer": int, "number": float, "boolean": bool}

each_root = pytest.mark.parametrize("kind", ROOTS)


def inner(of_type: Any) -> Any:
    """The type without None, tuple or Mapping around it."""
    options = [option for option in get_args(of_type) if option is not NoneType]
    if isinstance(of_type, UnionType) and len(options) == 1:
        return inner(options[0])
    if get_origin(of_type) is tuple:
        return inner(options[0])
    if get_origin(of_type) is Mapping:
        return inner(options[1])
    return of_type


def core(kind: Any, node: dict[str, Any], of_type: Any) -> dict[str, Any]:
    """The schema without list, map or alternative word around it."""
    node = resolved(kind, node)
    worded = [branch for branch in node.get("anyOf", ()) if "const" not in branch]
    if len(worded) == 1:
        return core(kind, worded[0], of_type)
    if "items" in node:
        return core(kind, node["items"], of_type)
    if get_origin(of_type) is Mapping:
        values = {**node.get("patternProperties", {}), **node.get("properties", {})}
        return core(kind, next(iter(values.values())), None)
    return node


def pairs(kind: Any, node: dict[str, Any], cls: type[Part]) -> Iterator[Any]:
    """Every object of the schema with the class that it binds to, from the root down."""
    yield node, cls
    for field in fields(cls):
        below, of_type = (
            core(kind, node["properties"][key_of(field)], field.type),
            inner(field.type),
        )
        nested = isinstance(of_type, type) and issubclass(of_type, Part)
        yield from pairs(kind, below, of_type) if nested else ()


def stated(keys: Iterable[str], cls: type[Part]) -> set[str]:
    """The keys without those that say what the document is."""
    return set(keys) - (HEAD if cls in ROOTS.values() else set())


def leaves(kind: Any) -> list[tuple[str, dict[str, Any], Any]]:
    """Every property that holds no object: where, its schema, its type."""
    return [
        (
            f"{cls.__name__}.{field.name}",
            core(kind, node["properties"][key_of(field)], field.type),
            inner(field.type),
        )
        for node, cls in pairs(kind, schema(kind), ROOTS[kind])
        for field in fields(cls)
    ]


@each_root
def test_classes_and_schemas_have_the_same_fields(kind: Any) -> None:
    """A key that only one of the two knows would be lost, or could never be stated."""
    differing = {
        cls.__name__: stated(node["properties"], cls) ^ {key_of(field) for field in fields(cls)}
        for node, cls in pairs(kind, schema(kind), ROOTS[kind])
    }
    assert {name: keys for name, keys in differing.items() if keys} == {}


@each_root
def test_required_keys_are_required_fields(kind: Any) -> None:
    """A class can be made from exactly what its schema demands."""
    differing = {
        cls.__name__: stated(node.get("required", ()), cls)
        ^ {
            key_of(field)
            for field in fields(cls)
            if field.default is MISSING and field.default_factory is MISSING
        }
        for node, cls in pairs(kind, schema(kind), ROOTS[kind])
    }
    assert {name: keys for name, keys in differing.items() if keys} == {}


@each_root
def test_vocabularies_are_the_schemas(kind: Any) -> None:
    """A Literal lists the words of the schema, in its order."""
    words = [
        (where, list(get_args(of_type)), node.get("enum"))
        for where, node, of_type in leaves(kind)
        if get_origin(of_type) is Literal
    ]
    assert words
    assert [found for found in words if found[1] != found[2]] == []


def test_closed_maps_have_the_keys_of_their_type() -> None:
    """A mapping from a vocabulary lists its words, so that editors can offer them."""
    maps = [
        (field.name, list(node["properties"][key_of(field)]["properties"]), field.type)
        for kind in ROOTS
        for node, cls in pairs(kind, schema(kind), ROOTS[kind])
        for field in fields(cls)
        if get_origin(field.type) is Mapping and get_origin(get_args(field.type)[0]) is Literal
    ]
    assert [name for name, _, _ in maps] == ["members", "approvers", "owners", "owners"]
    differing = [m for m in maps if m[1] != list(get_args(get_args(m[2])[0]))]
    assert differing == []


@each_root
def test_a_quantity_carries_the_unit_of_its_schema(kind: Any) -> None:
    """The base unit in a field's name is that of the dimension that the schema takes."""
    defined = schema(kind)["$defs"]
    units = {id(defined[name]): unit for name, unit in UNITS.items() if name in defined}
    quantities = [
        (where, units.get(id(node))) for where, node, of_type in leaves(kind) if of_type is Quantity
    ]
    endings = [
        where
        for where, unit in quantities
        if unit is not Dimension.PARAMETERS and not where.endswith(f"_{unit}")
    ]
    assert quantities or kind == "Observations"  # a measured value has the unit of its figure
    assert endings == []
    others = [
        where
        for where, node, of_type in leaves(kind)
        if id(node) in units
        if of_type is not Quantity
    ]
    assert others == []


@each_root
def test_plain_values_have_the_type_of_their_schema(kind: Any) -> None:
    """Text is str, counts are int, ratios and money float."""
    differing = [
        (where, node["type"], of_type)
        for where, node, of_type in leaves(kind)
        if of_type in PLAIN.values()
        if PLAIN.get(_type(node)) is not of_type
    ]
    assert differing == []


@each_root
def test_every_class_says_what_it_is(kind: Any) -> None:
    """One sentence each."""
    silent = [
        cls
        for _, cls in pairs(kind, schema(kind), ROOTS[kind])
        if not (cls.__doc__ or "").endswith(".")
    ]
    assert silent == []


@each_root
def test_a_document_with_every_key_fills_every_field(kind: Any) -> None:
    """The whole language reaches the typed side."""
    document = everything(kind)
    typed = bind(ROOTS[kind], document)
    empty = [
        name
        for name in (field.name for field in fields(typed))
        if getattr(typed, name) in (None, (), {})
    ]
    assert empty == []


def _type(node: dict[str, Any]) -> str:
    """The schema's type, the first one where there are several."""
    (first, *_) = (
        [node.get("type", "string")] if isinstance(node.get("type"), str) else node["type"]
    )
    return first
