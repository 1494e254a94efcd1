"""A workload with the GPUs that it may be developed and served on, as far as anybody says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.storage_compute import Dataset
from generator.blueprint.model.workloads import Workload
from generator.blueprint.standing import PROD, homes
from generator.catalog import Catalog, UnknownRow
from generator.catalog.accelerator import Accelerator
from generator.catalog.model import Model as ModelRow
from generator.record import Record, record

DEV = "dev"
"""The environment in which models are developed."""

CPU_KINDS = ("trees", "tabular")
"""Kinds of model that are trained and served on CPUs."""

DEFAULT_PRECISION = "bf16"


class GpuFacts(Protocol):
    """What is read of a GPU of an inventory."""

    @property
    def model(self) -> str:
        """Its row of the catalogue."""

    @property
    def held_by(self) -> str | None:
        """Who else has it."""


class HostFacts(Protocol):
    """What is read of a host of an inventory."""

    @property
    def gpus(self) -> Sequence[GpuFacts]:
        """Its GPUs."""


class SiteFacts(Protocol):
    """What is read of an inventory."""

    @property
    def hosts(self) -> Sequence[HostFacts]:
        """Its hosts."""


GpuSupply = Mapping[str, tuple[str, ...]]
"""Catalogue ids of the GPUs at the sites of each environment, sorted, without what others hold."""


def gpu_supply(blueprint: Blueprint, inventories: Mapping[str, SiteFacts]) -> GpuSupply:
    """The GPUs that each environment finds at its sites, at all sites where it names none.

    ``inventories`` is keyed by the blueprint's names of the sites.
    """
    at_site = {
        site: {gpu.model for host in facts.hosts for gpu in host.gpus if not gpu.held_by}
        for site, facts in inventories.items()
    }
    return {
        name: tuple(
            sorted(set().union(*(at_site.get(s, ()) for s in environment.sites or at_site)))
        )
        for name, environment in blueprint.environments.items()
    }


@record
class Case(Record):
    """A workload as its lifecycle is judged.

    ``serving`` and ``developing`` are the GPUs that may serve and develop it: as stated, else those
    of its sites; empty where nobody knows. ``offered`` are those of its sites that its wish leaves.
    ``on_cpu`` says that it runs on CPUs, ``precision`` is that of its weights before compression.
    """

    workload: Workload
    in_prod: bool
    row: ModelRow | None
    on_cpu: bool
    precision: str
    serving: tuple[Accelerator, ...] = ()
    developing: tuple[Accelerator, ...] = ()
    offered: tuple[Accelerator, ...] = ()
    built_on: Accelerator | None = None
    dataset: Dataset | None = None

    @property
    def name(self) -> str:
        """The workload's name, which is the subject of its figures."""
        return self.workload.name


def cases(blueprint: Blueprint, catalog: Catalog, supply: GpuSupply) -> Iterator[Case]:
    """Every workload of a blueprint, in its order."""
    datasets = {dataset.name: dataset for dataset in blueprint.storage_compute.datasets}
    gpus = {name: _rows(ids, catalog) for name, ids in supply.items()}
    for workload, home in zip(blueprint.workloads, homes(blueprint), strict=True):
        yield _case(workload, home, catalog, gpus, datasets)


def _case(
    workload: Workload,
    home: tuple[str, ...],
    catalog: Catalog,
    gpus: Mapping[str, tuple[Accelerator, ...]],
    datasets: Mapping[str, Dataset],
) -> Case:
    model, wish = workload.model, workload.accelerator
    row = _family(model.family if model else None, catalog)
    named = accelerator_of(wish.model if wish else None, catalog)
    built_on = accelerator_of(model.built_on if model else None, catalog)
    at_home = tuple({gpu.id: gpu for name in home for gpu in gpus.get(name, ())}.values())
    offered = at_home if named is None else tuple(g for g in at_home if g.id == named.id)
    stated = model.precision if model else None
    return Case(
        workload=workload,
        in_prod=PROD in home,
        row=row,
        on_cpu=(wish is not None and wish.kind == "cpu")
        or (named is None and row is not None and row.kind in CPU_KINDS),
        precision=stated or (row and row.stored_precision) or DEFAULT_PRECISION,
        serving=(named,) if named is not None else at_home,
        developing=(built_on,) if built_on is not None else gpus.get(DEV, ()),
        offered=offered,
        built_on=built_on,
        dataset=datasets.get(workload.data or ""),
    )


def accelerator_of(row_id: str | None, catalog: Catalog) -> Accelerator | None:
    """A GPU of the catalogue; None for none, and for a name that other rules refuse."""
    if row_id is None:
        return None
    try:
        return catalog.accelerator(row_id)
    except UnknownRow:
        return None


def _rows(ids: Sequence[str], catalog: Catalog) -> tuple[Accelerator, ...]:
    found = (accelerator_of(row_id, catalog) for row_id in ids)
    return tuple(gpu for gpu in found if gpu is not None)


def _family(family: str | None, catalog: Catalog) -> ModelRow | None:
    if family is None:
        return None
    try:
        return catalog.model(family)
    except UnknownRow:
        return None
