"""The simulator's DirectPath profiles behave as the published interface says (vSphere API 9.0)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.acceptance import vcenter

pytestmark = pytest.mark.tools

TYPES = vim.DirectPathProfileManager
CROWD = "14"


@pytest.fixture(scope="module")
def instance(start_simulator: Callable[..., vcenter.Endpoint]) -> Iterator[Any]:
    with vcenter.soap(start_simulator("-version", "9.0.0", "-vms", CROWD)) as found:
        yield found


@pytest.fixture
def manager(instance: Any) -> Iterator[Any]:
    """It without any profile, before and after."""
    found = instance.content.directPathProfileManager
    yield found
    for each in found.ListDirectPathProfiles(TYPES.FilterSpec()):
        found.DeleteDirectPathProfile(each.id)


@pytest.fixture
def cluster(instance: Any) -> Any:
    (found,) = (
        each
        for each in vcenter.inventory_objects(instance, vim.ClusterComputeResource)
        if each.name == "gpu-a"
    )
    return found


def spec(name: str, profile: str, description: str = "") -> Any:
    config = TYPES.VmiopDirectPathConfig(vgpuProfile=profile)
    return TYPES.CreateSpec(name=name, description=description, deviceConfig=config)


def ask(manager: Any, cluster: Any, *specs: Any) -> Any:
    target = TYPES.TargetCluster(cluster=cluster)
    return manager.QueryDirectPathProfileCapacity(target, list(specs))


def test_an_older_version_has_no_manager(
    start_simulator: Callable[..., vcenter.Endpoint],
) -> None:
    with vcenter.soap(start_simulator("-version", "8.0.3")) as older:
        assert older.content.directPathProfileManager is None


@pytest.mark.parametrize(("name", "profile"), [("a", "nvidia_h100-40c"), ("b", "nvidia_h100-20c")])
def test_no_two_have_one_name_or_one_device(manager: Any, name: str, profile: str) -> None:
    manager.CreateDirectPathProfile(spec("a", "nvidia_h100-20c"))
    with pytest.raises(vim.fault.AlreadyExists):
        manager.CreateDirectPathProfile(spec(name, profile))


@pytest.mark.parametrize(("name", "description"), [("n" * 81, ""), ("n", "d" * 256)])
def test_longer_texts_are_refused(manager: Any, name: str, description: str) -> None:
    with pytest.raises(vmodl.fault.InvalidArgument):
        manager.CreateDirectPathProfile(spec(name, "nvidia_h100-20c", description))


def test_an_update_changes_what_it_states_and_never_the_device(manager: Any) -> None:
    unique = manager.CreateDirectPathProfile(spec("a", "nvidia_h100-20c", "d"))
    manager.UpdateDirectPathProfile(unique, TYPES.UpdateSpec(name="b"))
    (found,) = manager.ListDirectPathProfiles(TYPES.FilterSpec(ids=[unique]))
    assert (found.name, found.description) == ("b", "d")
    assert found.deviceConfig.vgpuProfile == "nvidia_h100-20c"


def test_a_filter_by_name_finds_that_one(manager: Any) -> None:
    for name, profile in (("a", "nvidia_h100-20c"), ("b", "nvidia_h100-40c")):
        manager.CreateDirectPathProfile(spec(name, profile))
    found = manager.ListDirectPathProfiles(TYPES.FilterSpec(names=["b"]))
    assert [each.name for each in found] == ["b"]


def test_what_is_not_there_can_be_neither_changed_nor_deleted(manager: Any) -> None:
    with pytest.raises(vim.fault.NotFound):
        manager.UpdateDirectPathProfile("x", TYPES.UpdateSpec(name="b"))
    with pytest.raises(vim.fault.NotFound):
        manager.DeleteDirectPathProfile("x")


def test_f30_the_total_is_that_of_an_empty_cluster(manager: Any, cluster: Any) -> None:
    """What runs of another size locks its board, and the total counts that board all the same."""
    runs, other = "nvidia_h100-80c", "nvidia_h100-20c"
    ids = [manager.CreateDirectPathProfile(spec(each, each)) for each in (runs, other)]
    mine, locked = ask(manager, cluster, *(TYPES.CapacityQueryById(id=each) for each in ids))
    assert mine.consumed > 0
    assert mine.max == mine.consumed + mine.remaining
    assert locked.consumed == 0
    assert locked.max > locked.remaining


@pytest.mark.parametrize("form", ["name", "device"])
def test_a_capacity_is_asked_for_in_other_ways_too(manager: Any, cluster: Any, form: str) -> None:
    made = spec("a", "nvidia_h100-20c")
    unique = manager.CreateDirectPathProfile(made)
    query = (
        TYPES.CapacityQueryByName(name="a")
        if form == "name"
        else TYPES.CapacityQueryByDeviceConfig(deviceConfig=made.deviceConfig)
    )
    (found,) = ask(manager, cluster, query)
    assert found.profile.id == unique


def test_an_unknown_profile_has_an_unknown_capacity(manager: Any, cluster: Any) -> None:
    (found,) = ask(manager, cluster, TYPES.CapacityQueryById(id="x"))
    assert isinstance(found, TYPES.CapacityUnknown)
    assert isinstance(found.faultList[0], vim.fault.NotFound)


def test_a_target_that_is_not_there_is_a_fault(manager: Any, instance: Any) -> None:
    gone = vim.ClusterComputeResource("domain-c0", instance._stub)
    with pytest.raises(vmodl.fault.InvalidArgument):
        ask(manager, gone)
