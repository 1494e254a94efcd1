"""From workloads to demands: which environments each runs in, and what it needs there.

Every figure goes to the ledger with its basis, so what is assumed can be seen and answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.environments import Environment
from generator.blueprint.model.organisation import Team
from generator.blueprint.model.workloads import Workload
from generator.blueprint.standing import homes
from generator.catalog import Catalog
from generator.finding import Finding
from generator.ledger import Entry
from generator.record import Record, record
from generator.sizing import rules
from generator.sizing.clusters import cluster_demands, group_of, home_site
from generator.sizing.connectivity.supply import NOTHING, network_supply
from generator.sizing.connectivity.whole import size_network
from generator.sizing.data.engine import size_data
from generator.sizing.data.stored import StoredKind
from generator.sizing.data.supply import data_supply
from generator.sizing.demand import Demand, GpuNeed, RunWindow, Sharing, Sized
from generator.sizing.host_use import use_hosts
from generator.sizing.lifecycle import lifecycle
from generator.sizing.lifecycle_case import gpu_supply
from generator.sizing.need import Need
from generator.sizing.nonsense import Nonsense
from generator.sizing.notebooks import notebooks
from generator.sizing.phases import size_workload
from generator.sizing.run_times import RunTimes, Week
from generator.sizing.sharing_cores import cores_in_ledger, share_cores
from generator.supply.model import SiteInventory

FABRIC_KINDS = ("vks", "tkg", "vm")
"""What mlgen makes nodes or VMs for."""


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
    demands, ledger, findings = _demands(blueprint, catalog)
    demands += cluster_demands(blueprint, demands)
    overcommit = blueprint.resource_management.cpu.overcommit
    demands = list(share_cores(demands, overcommit))
    ledger += cores_in_ledger(demands, overcommit)
    stores = data_supply(inventories, blueprint.metadata.name) if inventories else None
    data = size_data(blueprint, catalog, stores)
    demands, entries = use_hosts(blueprint, demands, data.volumes)
    ledger += entries
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


def _demands(
    blueprint: Blueprint, catalog: Catalog
) -> tuple[list[Demand], list[Entry], list[Finding]]:
    """What workloads and notebooks need in each of their environments."""
    demands: list[Demand] = []
    ledger: list[Entry] = []
    findings: list[Finding] = []
    week = Week(blueprint)
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
            made, entries = _in_environment(blueprint, name, workload, need, week)
            demands += made
            ledger += entries
    for team in blueprint.organisation.teams:
        pool = notebooks(team)
        if pool is None:
            continue
        need, entries = pool
        ledger += entries
        name = _first_environment(blueprint, "dev")
        at = f"organisation.teams[{team.name}].notebooks"
        findings += _homeless(blueprint, f"notebooks-{team.name}", at, (name,) if name else ())
        if name:
            made, entries = _notebooks_in(blueprint, name, team, need, week)
            demands += made
            ledger += entries
    return demands, ledger, findings


def _homeless(
    blueprint: Blueprint, subject: str, at: str, environments: Iterable[str]
) -> Iterator[Finding]:
    """A finding where work has no environment, or one without a cluster of mlgen's."""
    names = tuple(environments)
    if not names:
        mend = "state a workload's environments; work that has none looks for dev or prod by name"
        yield rules.NoHome.of(subject, "no environment is its own", path=at, mend=mend)
    for name in names:
        if not _fabric(blueprint, blueprint.environments.get(name)):
            why = f"{name} has no cluster that mlgen makes"
            mend = f"name an orchestrator of kind vks or vm in environments.{name}.runs_on"
            yield rules.NoHome.of(subject, why, path=at, mend=mend)


def _first_environment(blueprint: Blueprint, wanted: str) -> str:
    """The environment of that name, or the only one."""
    names = sorted(blueprint.environments)
    if wanted in names:
        return wanted
    return names[0] if len(names) == 1 else ""


@record
class _About(Record):
    """Whose a demand is, what for, its stated priority (empty: by its phase), and its wish."""

    name: str
    team: str
    phase: str
    priority: str = ""
    passthrough: bool = False


Made = tuple[list[Demand], list[Entry]]
"""A demand, or none where the environment has no cluster, and the ledger of its times."""


def _in_environment(
    blueprint: Blueprint, name: str, workload: Workload, need: Need, week: Week
) -> Made:
    environment = blueprint.environments.get(name)
    replicas = environment.replicas if environment else None
    if replicas is not None and workload.serving is not None:
        need = replace(need, count=replicas, minimum=min(need.minimum, replicas))
    if workload.persistence is not None:
        need = replace(need, permanent=workload.persistence == "permanent")
    in_batches = workload.serving is not None and workload.serving.mode == "batch"
    stays = need.permanent and (workload.persistence is not None or not in_batches)
    about = _About(
        name=workload.name,
        team=workload.owner,
        phase=workload.phase,
        priority=workload.priority or "",
        passthrough=workload.accelerator is not None and workload.accelerator.kind == "passthrough",
    )
    return _made(blueprint, name, about, need, week.of_workload(workload, name, permanent=stays))


def _notebooks_in(blueprint: Blueprint, name: str, team: Team, need: Need, week: Week) -> Made:
    about = _About(name=f"notebooks-{team.name}", team=team.name, phase="concept")
    return _made(blueprint, name, about, need, week.of_notebooks(team, about.name, name))


def _made(blueprint: Blueprint, name: str, about: _About, need: Need, times: RunTimes) -> Made:
    """What has windows comes and goes with them."""
    if times.windows:
        need = replace(need, permanent=False)
    demands = list(_demand(blueprint, name, about, need, times.windows))
    return demands, list(times.entries) if demands else []


def _demand(
    blueprint: Blueprint, name: str, about: _About, need: Need, windows: tuple[RunWindow, ...]
) -> Iterator[Demand]:
    environment = blueprint.environments.get(name)
    orchestrator = _fabric(blueprint, environment)
    if not orchestrator or need.count < 1:
        return
    gpu = need.gpu
    if gpu is not None:
        gpu = replace(
            gpu, sharing=_sharing(blueprint, name, about, gpu), passthrough=about.passthrough
        )
    managed = blueprint.resource_management
    priority = about.priority or _priority_of(name, about.phase)
    yield Demand(
        name=about.name,
        environment=name,
        orchestrator=orchestrator,
        group=group_of(blueprint, name, about.team),
        site=home_site(blueprint, name),
        team=about.team,
        phase=about.phase,
        count=need.count,
        minimum=need.minimum,
        vcpus=need.vcpus,
        memory_bytes=need.memory_bytes,
        priority=_rank(priority, managed.priorities),
        permanent=need.permanent,
        burstable=managed.burst is not None and about.phase in managed.burst.eligible,
        whole_numa_node=need.whole_numa_node,
        extra_memory_bytes=need.extra_memory_bytes,
        gpu=gpu,
        windows=windows,
        gives_way=None if need.permanent else _place(priority, managed.failover.preempt),
    )


def _fabric(blueprint: Blueprint, environment: Environment | None) -> str:
    """The orchestrator of the environment whose nodes or VMs mlgen makes."""
    if environment is None:
        return ""
    kinds = {o.name: o.kind for o in blueprint.resource_management.orchestrators}
    return next((name for name in environment.runs_on if kinds.get(name) in FABRIC_KINDS), "")


def _sharing(blueprint: Blueprint, environment: str, about: _About, need: GpuNeed) -> Sharing:
    """Whole and NVLink-joined GPUs are never shared; the rest follows the environment's policy."""
    if about.passthrough or need.sharing is Sharing.NONE or need.gpus > 1:
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


def _priority_of(environment: str, phase: str) -> str:
    """The usual priority of a phase; only production has those of production."""
    wanted = _PRIORITY_OF_PHASE.get(phase, "")
    return "notebook" if environment != "prod" and wanted.startswith("prod-") else wanted


def _rank(priority: str, ranked: Sequence[str]) -> int:
    """The rank among the blueprint's priorities; what it does not rank comes last."""
    return ranked.index(priority) if priority in ranked else len(ranked)


def _place(priority: str, given_up: Sequence[str]) -> int | None:
    """The place among the priorities that are stopped to make room, None for none of them."""
    return given_up.index(priority) if priority in given_up else None
