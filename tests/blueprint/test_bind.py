"""From accepted trees to typed parts."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.blueprint.bind import bind, key_of
from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.environments import Environment
from generator.blueprint.model.model import Adapter, Model
from generator.blueprint.model.organisation import WorkingHours
from generator.blueprint.model.resource_management import GpuPolicy, Orchestrator, Price
from generator.blueprint.model.storage_compute import Dataset
from generator.blueprint.model.workloads import Train
from generator.quantity import Quantity
from generator.supply.model import Cluster
from tests.blueprint.documents import fixtures

GIB = 1 << 30


def test_a_plain_quantity_has_no_source() -> None:
    """The value is in the base unit."""
    dataset = bind(Dataset, {"name": "d", "size": "156GiB", "growth_per_month": "2%"})
    assert dataset.size_bytes == Quantity(156 * GIB)
    assert dataset.growth_per_month_ratio == Quantity(0.02)


def test_a_quantity_with_a_source_keeps_it() -> None:
    """Who vouches for a figure follows it."""
    stated = {"throughput_per_gpu": {"value": "2500/s", "source": "measured"}, "deadline": "1.5h"}
    train = bind(Train, stated)
    assert train.throughput_per_gpu_per_s == Quantity(2500, "measured")
    assert train.deadline_s == Quantity(5400)


def test_parameters_are_counted_in_ones() -> None:
    """6.74B is 6,740,000,000."""
    assert bind(Model, {"params": "6.74B"}).params == Quantity(6_740_000_000)


def test_a_list_of_quantities_becomes_a_tuple() -> None:
    """Each in the base unit."""
    assert bind(GpuPolicy, {"catalogue": ["10GiB", "20GiB"]}).catalogue_bytes == (
        Quantity(10 * GIB),
        Quantity(20 * GIB),
    )


def test_a_word_in_place_of_a_list_or_a_count_is_the_default() -> None:
    """auto, all-linear and as-declared say that nothing is overridden."""
    assert bind(GpuPolicy, {"catalogue": "auto"}).catalogue_bytes == ()
    assert bind(Adapter, {"rank": 8, "targets": "all-linear"}).targets == ()
    assert bind(Environment, {"replicas": "as-declared"}).replicas is None


def test_a_count_is_whole_also_where_it_was_written_with_a_point() -> None:
    """JSON Schema takes 3.0 for an integer."""
    made = bind(Orchestrator, {"name": "o", "kind": "vks", "control_plane_nodes": 3.0})
    assert repr(made.control_plane_nodes) == "3"


def test_money_and_ratios_stay_as_written() -> None:
    """Bare numbers have no unit to convert from."""
    assert bind(Price, {"currency": "EUR", "egress_gb": 0.09}).egress_gb == 0.09


def test_null_is_not_stated() -> None:
    """A fact that is null is unknown."""
    assert bind(Cluster, {"name": "c", "evc": None}).evc is None


def test_keys_that_python_reserves_end_in_an_underscore() -> None:
    """from is from_."""
    hours = bind(WorkingHours, {"from": "08:00", "to": "19:00", "zone": "UTC"})
    assert hours.from_ == "08:00"
    assert [key_of(field) for field in fields(WorkingHours)] == ["from", "to", "zone"]


def test_the_frozen_blueprint_binds_as_a_whole() -> None:
    """Nested objects, lists, maps and enumerations all arrive."""
    (document,) = fixtures("platform-blueprint")
    made = bind(Blueprint, document.root)
    assert made.platform.targets.vcenter == "8.0U3"
    models = {workload.name: workload.model for workload in made.workloads}
    assert models["llm-lora"].method.lora == Adapter(rank=16)
    assert made.environments["prod"].runs_on == ("prod", "hadoop")
    assert {"data-scientist": 10} in [team.members for team in made.organisation.teams]


@given(st.integers(0, 10**9), st.sampled_from(["GiB", "GB", "MiB", "B"]))
def test_the_same_amount_binds_to_the_same_value(count: int, unit: str) -> None:
    """With or without a space, with or without a source, the amount is the same."""
    forms = (f"{count}{unit}", f"{count} {unit}", {"value": f"{count}{unit}", "source": "s"})
    made = [bind(Dataset, {"name": "d", "size": form}).size_bytes.value for form in forms]
    assert len(set(made)) == 1


@pytest.mark.parametrize("name", ["size", "deadline"])
def test_the_key_of_a_quantity_has_no_unit(name: str) -> None:
    """size_bytes is size, deadline_s is deadline."""
    keys = {key_of(field) for cls in (Dataset, Train) for field in fields(cls)}
    assert name in keys
