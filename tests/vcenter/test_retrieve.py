"""Bulk retrieval where versions and objects are not what was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pyVmomi import VmomiSupport, vmodl

from generator.vcenter.failures import Unreadable
from generator.vcenter.joining import PATHS, TYPES
from generator.vcenter.leaves import Page, Row
from generator.vcenter.retrieve import by_ids
from generator.vcenter.soap import SoapSession
from generator.vcenter.soap_kinds.machines import DETAIL

MMIO = 'config.extraConfig["pciPassthru.64bitMMIOSizeGB"]'


class StandIn:
    """Answers a retrieval as a vCenter that lacks some properties and some objects."""

    stub = None
    content = SimpleNamespace(propertyCollector=None)

    def __init__(self, *unknown: str, gone: str = "", values: dict[str, Any] | None = None) -> None:
        self._unknown, self._gone, self._values = unknown, gone, values or {}
        self.asked: list[tuple[list[str], list[str]]] = []

    def pages(self, filters: list[Any], _: int) -> Iterator[Page]:
        (wanted,) = filters
        ids = [each.obj._moId for each in wanted.objectSet]
        paths = [path for each in wanted.propSet for path in each.pathSet]
        self.asked.append((ids, paths))
        for path in paths:
            if path in self._unknown:
                raise vmodl.query.InvalidProperty(name=path)
        if self._gone in ids:
            raise vmodl.fault.ManagedObjectNotFound(obj=wanted.objectSet[ids.index(self._gone)].obj)
        values = {path: self._values.get(path, path) for path in paths}
        yield Page([Row("VirtualMachine", moid, dict(values), {}) for moid in ids], "")


def read(session: StandIn, kind: str, *paths: str, ids: tuple[str, ...] = ("a",)) -> list[Row]:
    return list(by_ids(cast("SoapSession", session), kind, ids, paths, lambda _: None))


def test_a_property_that_an_older_version_lacks_is_missing_and_the_rest_is_read() -> None:
    (row,) = read(StandIn("config.deviceGroups"), "VirtualMachine", "name", "config.deviceGroups")
    assert row.values == {"name": "name"}
    assert row.missing == {"config.deviceGroups": "InvalidProperty"}


def test_of_the_extra_configuration_one_entry_is_kept() -> None:
    """F13: where an entry cannot be asked for by name, the rest of the array is dropped at once."""
    array = [{"key": "token", "value": "s"}, {"key": "pciPassthru.64bitMMIOSizeGB", "value": "512"}]
    session = StandIn(MMIO, values={"config.extraConfig": array})
    (row,) = read(session, "VirtualMachine", MMIO)
    assert row.values == {MMIO: array[1]}
    assert session.asked[-1][1] == ["config.extraConfig"]


def test_a_leaf_below_what_has_subtypes_is_found_in_the_whole() -> None:
    path = "configurationEx.drsConfig.enabled"
    session = StandIn(path, values={"configurationEx": {"drsConfig": {"enabled": "true"}}})
    (row,) = read(session, "ClusterComputeResource", "name", path)
    assert row.values == {"name": "name", path: "true"}


def test_a_switch_is_read_whole_where_it_must_be() -> None:
    session = StandIn("config.maxMtu", values={"config": {"maxMtu": "9000", "x": "y"}})
    (row,) = read(session, "DistributedVirtualSwitch", "config.maxMtu")
    assert row.values == {"config.maxMtu": "9000"}


def test_the_configuration_of_a_vm_is_never_read_whole() -> None:
    """F13."""
    (row,) = read(StandIn("config.firmware"), "VirtualMachine", "config.firmware")
    assert (row.values, row.missing) == ({}, {"config.firmware": "InvalidProperty"})


def test_a_property_that_nobody_asked_for_is_no_reason_to_go_on() -> None:
    class Odd(StandIn):
        def pages(self, *_: Any) -> Iterator[Page]:
            raise vmodl.query.InvalidProperty(name="never")

    with pytest.raises(Unreadable, match="never"):
        read(Odd(), "VirtualMachine", "name")


def test_an_object_that_went_away_takes_no_other_with_it() -> None:
    found = read(StandIn(gone="b"), "VirtualMachine", "name", ids=("a", "b", "c"))
    assert [row.moid for row in found] == ["a", "c"]


def test_where_all_went_away_nothing_is_left() -> None:
    assert read(StandIn(gone="a"), "VirtualMachine", "name") == []


def property_of(kind: str, path: str) -> Any:
    """The last type on a path, by pyvmomi's tables; arrays and subtypes are looked through."""
    found = VmomiSupport.GetWsdlType("urn:vim25", kind)
    for name in path.partition("[")[0].split("."):
        found = next(
            each.type
            for one in (found, *subtypes(found))
            for each in one._GetPropertyList()
            if each.name == name
        )
    return found


def subtypes(kind: Any) -> list[Any]:
    """The types that stand in for a declared one."""
    known = {
        "vim.ComputeResource.ConfigInfo": "ClusterConfigInfoEx",
        "vim.ComputeResource.Summary": "ClusterComputeResourceSummary",
        "vim.DistributedVirtualSwitch.ConfigInfo": "VMwareDVSConfigInfo",
    }
    name = known.get(kind.__name__)
    return [VmomiSupport.GetWsdlType("urn:vim25", name)] if name else []


EVERY = [(kind, path) for kind, paths in PATHS.items() for path in paths]
EVERY += [("VirtualMachine", path) for path in DETAIL]


@pytest.mark.parametrize(("kind", "path"), EVERY)
def test_every_path_exists(kind: str, path: str) -> None:
    assert property_of(kind, path) is not None


def test_every_type_that_a_kind_is_made_of_is_read() -> None:
    assert {each for some in TYPES.values() for each in some} <= set(PATHS)
