"""The leaf reader finds what pyvmomi finds, over every path that is read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pyVmomi import VmomiSupport, vmodl

from generator.vcenter.joining import PATHS
from generator.vcenter.leaves import TYPE, Row
from generator.vcenter.reading import Reading
from generator.vcenter.retrieve import by_ids, by_view
from generator.vcenter.soap_kinds.machines import DETAIL
from generator.vcenter.wanted import NOTHING_OURS
from tests.acceptance import vcenter
from tests.vcenter.conftest import Simulated

pytestmark = pytest.mark.tools

Found = dict[tuple[str, str], Any]


@pytest.fixture(scope="module")
def ours(simulated: Simulated) -> Found:
    """What the leaf reader finds."""
    reading = Reading(simulated.connection(), NOTHING_OURS, "diff", lambda *_: None)
    try:
        reading.greet()
        reading.login()
        rows = list(by_view(reading.soap, PATHS, lambda _: None))
        machines = [row.moid for row in rows if row.type == "VirtualMachine"]
        rows += by_ids(reading.soap, "VirtualMachine", machines, DETAIL, lambda _: None)
        return dict(values(rows))
    finally:
        reading.close()


def values(rows: list[Row]) -> Iterator[tuple[tuple[str, str], Any]]:
    for row in rows:
        for path, value in row.values.items():
            yield (row.moid, path), as_text(value)


@pytest.fixture(scope="module")
def theirs(simulated: Simulated) -> Found:
    """What pyvmomi finds."""
    with vcenter.soap(simulated.endpoint) as instance:
        asked = {**PATHS, "VirtualMachine": (*PATHS["VirtualMachine"], *DETAIL)}
        return dict(typed(instance, asked))


def typed(instance: Any, paths: Any) -> Iterator[tuple[tuple[str, str], Any]]:
    content = instance.content
    collector = vmodl.query.PropertyCollector
    types = [VmomiSupport.GetWsdlType("urn:vim25", name) for name in paths]
    view = content.viewManager.CreateContainerView(content.rootFolder, types, True)
    through = collector.TraversalSpec(name="v", type=type(view), path="view", skip=False)
    spec = collector.FilterSpec(
        objectSet=[collector.ObjectSpec(obj=view, skip=True, selectSet=[through])],
        propSet=[
            collector.PropertySpec(type=kind, pathSet=list(some))
            for kind, some in zip(types, paths.values(), strict=True)
        ],
    )
    found = content.propertyCollector.RetrievePropertiesEx([spec], collector.RetrieveOptions())
    for each in found.objects:
        for one in each.propSet:
            yield (each.obj._moId, one.name), plain(one.val)


def plain(value: Any, declared: Any = None) -> Any:
    """pyvmomi's value in the form of ours, with all leaves as text."""
    if isinstance(value, VmomiSupport.ManagedObject):
        return value._moId
    if isinstance(value, list):
        return [plain(each, type(value).Item) for each in value]
    if isinstance(value, VmomiSupport.DataObject):
        stated = {
            each.name: plain(getattr(value, each.name), each.type)
            for each in value._GetPropertyList()
        }
        kept = {name: one for name, one in stated.items() if one not in (None, [])}
        return {**kept, **({TYPE: value._wsdlName} if type(value) is not declared else {})}
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)


def as_text(value: Any) -> Any:
    """Ours, with all leaves as text."""
    if isinstance(value, list):
        return [as_text(each) for each in value]
    if isinstance(value, dict):
        return {name: as_text(each) for name, each in value.items()}
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def alike(ours: Any, theirs: Any) -> bool:
    """Equal but for what XML does not tell: one of a list, an empty object, a declared type."""
    if isinstance(theirs, list) and not isinstance(ours, list):
        ours = [ours]
    if isinstance(ours, list):
        return len(ours) == len(theirs) and all(map(alike, ours, theirs))
    if isinstance(ours, dict) and isinstance(theirs, dict):
        names = (set(ours) | set(theirs)) - {TYPE}
        return all(alike(ours.get(name), theirs.get(name)) for name in names) and (
            TYPE not in theirs or ours.get(TYPE, theirs[TYPE]) == theirs[TYPE]
        )
    return ours == theirs or (ours == "" and theirs in ({}, None))


def test_both_find_the_same_paths_of_the_same_objects(ours: Found, theirs: Found) -> None:
    assert set(ours) == set(theirs)
    assert len(ours) > 200


def test_both_find_the_same_values(ours: Found, theirs: Found) -> None:
    assert [(at, ours[at], theirs[at]) for at in ours if not alike(ours[at], theirs[at])] == []


def test_every_type_of_value_is_compared(theirs: Found) -> None:
    """References, numbers, flags, words, arrays and data objects."""
    shapes = {type(each).__name__ for each in theirs.values()}
    assert shapes == {"str", "list", "dict"}
