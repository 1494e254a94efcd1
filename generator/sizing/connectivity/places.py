"""Where the things stand that data moves between: at a site, in a cloud, or outside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.resource_management import Orchestrator
from generator.blueprint.model.storage_compute import Dataset
from generator.blueprint.standing import homes
from generator.record import Record, record
from generator.sizing.clusters import home_site

OUTSIDE = "outside"
"""The place of every system that the blueprint does not know."""

_FAR_KINDS = ("cloud", "burst", "edge", "workstation")
"""Orchestrators that stand at no site of the blueprint unless they name one."""

VM_TRAFFIC = "vm"
"""The ports of whatever runs in a VM or a pod."""

_TRAFFIC_OF_BACKING: Mapping[str, str] = {
    "vsan-esa": "vsan",
    "vsan-osa": "vsan",
    "nfs3": "nfs",
    "nfs41": "nfs",
    "vmfs-iscsi": "iscsi",
    "vmfs-nvmeof": "nvmeof",
    "s3": VM_TRAFFIC,
}
"""The ports over which hosts reach a tier; Fibre Channel and local disks use none of them."""


@record
class End(Record):
    """One end of a flow. ``places`` are sites, orchestrators elsewhere, or ``OUTSIDE``.

    ``traffic`` is the kind of port that carries it at a site, empty where none does; ``tier`` is
    the tier of a dataset. Without a place ``missing`` says what to state.
    """

    name: str
    places: tuple[str, ...]
    traffic: str = VM_TRAFFIC
    tier: str = ""
    missing: str = ""


class Places:
    """The places of everything that a blueprint names, looked up once for all flows.

    ``tiers`` holds the tiers of datasets that the blueprint leaves to be chosen.
    """

    def __init__(self, blueprint: Blueprint, tiers: Mapping[str, str]) -> None:
        supply = blueprint.storage_compute
        self._blueprint = blueprint
        self._tiers = tiers
        self._backing = {tier.name: tier.backing for tier in supply.storage.tiers}
        self.sites = tuple(site.name for site in supply.sites)
        self._environments = {name: home_site(blueprint, name) for name in blueprint.environments}
        self._orchestrators = {
            item.name: self._of_orchestrator(item)
            for item in blueprint.resource_management.orchestrators
        }
        self.workloads = dict(self._of_workloads())
        self._ends = self._all_ends()

    def end(self, name: str) -> End:
        """The end of that name; what the blueprint does not know is outside."""
        return self._ends.get(name) or End(name=name, places=(OUTSIDE,))

    def dataset(self, dataset: Dataset) -> End:
        """A dataset: at its sites, reached over the ports of its tier."""
        tier = dataset.tier or self._tiers.get(dataset.name, "")
        places = dataset.sites or self._only_site()
        missing = f"storage_compute.datasets[{dataset.name}].sites"
        return End(
            name=dataset.name,
            places=places,
            traffic=self.traffic(tier),
            tier=tier,
            missing="" if places else missing,
        )

    def traffic(self, tier: str) -> str:
        """The kind of port over which a tier is reached; that of VMs where no tier is known."""
        if tier not in self._backing:
            return VM_TRAFFIC
        return _TRAFFIC_OF_BACKING.get(self._backing[tier], "")

    def _all_ends(self) -> dict[str, End]:
        """Every name that a flow may use; of equal names the one with the surest place counts."""
        blueprint, supply = self._blueprint, self._blueprint.storage_compute
        found: dict[str, End] = {}
        for tier in supply.storage.tiers:
            found[tier.name] = self._end(tier.name, self._only_site(), self.traffic(tier.name))
        for component in blueprint.ml_platform.components:
            runs_on = self._of_all(component.runs_on) or _unique(self._environments.values())
            places = runs_on or self._only_site()
            at = f"ml_platform.components[{component.name}].runs_on"
            found[component.name] = self._end(component.name, places, missing=at)
        for dataset in supply.datasets:
            found[dataset.name] = self.dataset(dataset)
        for name, places in self.workloads.items():
            found[name] = self._end(name, places, missing=f"workloads[{name}].environments")
        for name, places in self._orchestrators.items():
            at = f"resource_management.orchestrators[{name}].site"
            found[name] = self._end(name, places, missing=at)
        return found | {site: End(name=site, places=(site,)) for site in self.sites}

    def _end(
        self, name: str, places: tuple[str, ...], traffic: str = VM_TRAFFIC, missing: str = ""
    ) -> End:
        missing = missing or f"storage_compute.storage.tiers[{name}].datastore"
        return End(name=name, places=places, traffic=traffic, missing="" if places else missing)

    def _of_orchestrator(self, item: Orchestrator) -> tuple[str, ...]:
        if item.site is not None:
            return (item.site,)
        if item.kind in _FAR_KINDS:
            return (item.name,)
        users = (
            self._environments[name]
            for name, environment in self._blueprint.environments.items()
            if item.name in environment.runs_on
        )
        return _unique(users) or self._only_site()

    def _of_workloads(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """A workload stands where its environments do, or where a pipeline sends it."""
        sent: dict[str, list[str]] = {}
        for pipeline in self._blueprint.resource_management.pipelines:
            for step in pipeline.steps:
                if step.workload and step.target:
                    sent.setdefault(step.workload, []).append(step.target)
        stated = zip(self._blueprint.workloads, homes(self._blueprint), strict=True)
        for workload, environments in stated:
            targets = workload.serving.targets if workload.serving else ()
            away = self._of_all(targets or sent.get(workload.name, ()))
            at_home = _unique(self._environments.get(name, "") for name in environments)
            yield workload.name, away or at_home or self._only_site()

    def _of_all(self, orchestrators: Iterable[str]) -> tuple[str, ...]:
        return _unique(
            place for name in orchestrators for place in self._orchestrators.get(name, ())
        )

    def _only_site(self) -> tuple[str, ...]:
        return self.sites if len(self.sites) == 1 else ()


def _unique(places: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(place for place in places if place))
