"""From workloads to demands: which environments each runs in, and what it needs there.

Every figure goes to the ledger with its basis, so what is assumed can be seen and answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.environments import Environment
from generator.blueprint.model.workloads import Workload
from generator.blueprint.standing import homes
from generator.catalog import Catalog
from generator.finding import Finding
from generator.ledger import Entry
from generator.sizing import rules
from generator.sizing.clusters import cluster_demands, group_of, home_site
from generator.sizing.connectivity.supply import NOTHING, network_supply
from generator.sizing.connectivity.whole import size_network
from generator.sizing.data.engine import size_data
from generator.sizing.data.stored import StoredKind
from generator.sizing.data.supply import data_supply
from generator.sizing.demand import Demand, GpuNeed, Sharing, Sized
from generator.sizing.lifecycle import lifecycle
from generator.sizing.lifecycle_case import gpu_supply
from generator.sizing.need import Need
from generator.sizing.nonsense import Nonsense
from generator.sizing.notebooks import notebooks
from generator.sizing.phases import size_workload
from generator.supply.model import SiteInventory

CLUSTER_KINDS = ("vks", "tkg")


def size(
    blueprint: Blueprint,
    catalog: Catalog,
    inventories: Mapping[str, SiteInventory] | None = None,
) -> Sized:
    """Sizes every workload, notebook pool and dataset of a blueprint. Pure; never raises for them.

    ``inventories`` say what the sites' datastores and networks offer; without them volumes and
    flows are not judged by capacity.

    Demands come in the order of environment and name, whatever the order of the document.
    """
    demands: list[Demand] = []
    ledger: list[Entry] = []
    findings: list[Finding] = []
    for workload, environments in zip(blueprint.workloads, homes(blueprint), strict=True):
        at = f"workloads[{workload.name}]"
        try:
            need, entries = size_workload(workload, blueprint, catalog)
        except Nonsense as nonsense:
            findings.append(rules.CannotBe.of(nonsense, path=at))
            continue
        ledger += entries
        if isinstance(need, str):
            findings.append(rules.CannotSize.of(workload.name, need))
            continue
        findings += _homeless(blueprint, workload.name, at, environments)
        for name in environments:
            demands += _in_environment(blueprint, name, workload, need)
    for team in blueprint.organisation.teams:
        pool = notebooks(team)
        if pool is None:
            continue
        need, entries = pool
        ledger += entries
        subject, name = f"notebooks-{team.name}", _first_environment(blueprint, "dev")
        at = f"organisation.teams[{team.name}].notebooks"
        findings += _homeless(blueprint, subject, at, (name,) if name else ())
        if name:
            demands += _demand(blueprint, name, subject, team.name, "concept", need)
    demands += cluster_demands(blueprint, demands)
    data = size_data(blueprint, catalog, data_supply(inventories) if inventories else None)
    tiers = {v.name: v.tier for v in data.volumes if v.kind is StoredKind.DATASET and v.tier}
    offered = network_supply(inventories) if inventories else NOTHING
    connected = size_network(blueprint, demands, offered, tiers=tiers)
    for part in (data, connected):
        ledger += part.ledger
        findings += part.findings
    gpus = gpu_supply(blueprint, inventories) if inventories else None
    entries, found = lifecycle(blueprint, catalog, gpus)
    ledger += entries
    findings += found
    return Sized(
        demands=tuple(sorted(demands, key=lambda d: (d.environment, d.name))),
        ledger=tuple(ledger),
        findings=tuple(findings),
        data=data,
        network=connected,
    )


def _homeless(
    blueprint: Blueprint, subject: str, at: str, environments: Iterable[str]
) -> Iterator[Finding]:
    """A finding where work has no environment, or one without a cluster of mlgen's."""
    names = tuple(environments)
    if not names:
        mend = "state a workload's environments; work that has none looks for dev or prod by name"
        yield rules.NoHome.of(subject, "no environment is its own", path=at, mend=mend)
    for name in names:
        if not _cluster_orchestrator(blueprint, blueprint.environments.get(name)):
            why = f"{name} has no cluster that mlgen makes"
            mend = f"name an orchestrator of kind vks in environments.{name}.runs_on"
            yield rules.NoHome.of(subject, why, path=at, mend=mend)


def _first_environment(blueprint: Blueprint, wanted: str) -> str:
    """The environment of that name, or the only one."""
    names = sorted(blueprint.environments)
    if wanted in names:
        return wanted
    return names[0] if len(names) == 1 else ""


def _in_environment(
    blueprint: Blueprint, name: str, workload: Workload, need: Need
) -> Iterator[Demand]:
    environment = blueprint.environments.get(name)
    replicas = environment.replicas if environment else None
    if replicas is not None and workload.serving is not None:
        need = replace(need, count=replicas, minimum=min(need.minimum, replicas))
    if workload.persistence is not None:
        need = replace(need, permanent=workload.persistence == "permanent")
    yield from _demand(blueprint, name, workload.name, workload.owner, workload.phase, need)


def _demand(
    blueprint: Blueprint, name: str, subject: str, team: str, phase: str, need: Need
) -> Iterator[Demand]:
    environment = blueprint.environments.get(name)
    orchestrator = _cluster_orchestrator(blueprint, environment)
    if not orchestrator or need.count < 1:
        return
    gpu = need.gpu
    if gpu is not None:
        gpu = replace(gpu, sharing=_sharing(blueprint, name, gpu))
    burst = blueprint.resource_management.burst
    yield Demand(
        name=subject,
        environment=name,
        orchestrator=orchestrator,
        group=group_of(blueprint, name, team),
        site=home_site(blueprint, name),
        team=team,
        phase=phase,
        count=need.count,
        minimum=need.minimum,
        vcpus=need.vcpus,
        memory_bytes=need.memory_bytes,
        priority=_priority(blueprint, name, phase),
        permanent=need.permanent,
        burstable=burst is not None and phase in burst.eligible,
        whole_numa_node=need.whole_numa_node,
        extra_memory_bytes=need.extra_memory_bytes,
        gpu=gpu,
    )


def _cluster_orchestrator(blueprint: Blueprint, environment: Environment | None) -> str:
    """The orchestrator of the environment whose nodes mlgen makes."""
    if environment is None:
        return ""
    kinds = {o.name: o.kind for o in blueprint.resource_management.orchestrators}
    return next((name for name in environment.runs_on if kinds.get(name) in CLUSTER_KINDS), "")


def _sharing(blueprint: Blueprint, environment: str, need: GpuNeed) -> Sharing:
    """Whole and NVLink-joined GPUs are never shared; the rest follows the environment's policy."""
    if need.sharing is Sharing.NONE or need.gpus > 1:
        return Sharing.NONE
    stated = blueprint.resource_management.gpu.sharing.get(environment, "time-sliced")
    return {"mig": Sharing.MIG, "full": Sharing.NONE}.get(stated, Sharing.TIME_SLICED)


_PRIORITY_OF_PHASE = {
    "serving": "prod-serving",
    "validation": "prod-batch",
    "feature-engineering": "prod-batch",
    "data-prep": "prod-batch",
    "training": "training",
    "retraining": "training",
    "concept": "notebook",
    "hpo": "hpo",
}


def _priority(blueprint: Blueprint, environment: str, phase: str) -> int:
    """The rank among the blueprint's priorities; phases that it does not rank come last."""
    ranked = blueprint.resource_management.priorities
    wanted = _PRIORITY_OF_PHASE.get(phase, "")
    if environment != "prod" and wanted.startswith("prod-"):
        wanted = "notebook"
    return ranked.index(wanted) if wanted in ranked else len(ranked)
