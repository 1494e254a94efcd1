"""The VMs that a VKS cluster needs for itself: its control plane and a pool for add-ons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.blueprint.model.blueprint import Blueprint
from generator.quantity import GIB
from generator.sizing.demand import Demand

EVERYBODY = "all"
CONTROL_PLANE = "control-plane"
SYSTEM = "system"

NODE_VCPUS = 4
NODE_MEMORY_BYTES = 16 * GIB
"""A control-plane or add-on node; assumed, the size of vCenter's own ``guaranteed-large`` class."""

PROD = "prod"
PLAIN_VMS = "vm"


def group_of(blueprint: Blueprint, environment: str, team: str) -> str:
    """The namespace and cluster of a team in an environment."""
    stated = blueprint.environments[environment].supervisor_namespaces
    return team if stated == "one-per-team" else EVERYBODY


def plain_fabrics(blueprint: Blueprint) -> frozenset[str]:
    """Orchestrators whose work runs in plain VMs, without a Supervisor and without Kubernetes."""
    orchestrators = blueprint.resource_management.orchestrators
    return frozenset(o.name for o in orchestrators if o.kind == PLAIN_VMS)


def home_site(blueprint: Blueprint, environment: str) -> str:
    """The site whose Supervisor carries an environment: the first that it names, else the only one.

    A Supervisor belongs to one vCenter, so an environment's clusters cannot span sites.
    """
    stated = blueprint.environments[environment].sites
    if stated:
        return stated[0]
    sites = blueprint.storage_compute.sites
    return sites[0].name if len(sites) == 1 else ""


def cluster_demands(blueprint: Blueprint, demands: Sequence[Demand]) -> Iterator[Demand]:
    """Control plane and add-on pool of every cluster that carries a demand.

    Plain VMs need none. Production gets three control-plane nodes and two for add-ons, so that one
    host may fail; an orchestrator may state its own number of control-plane nodes.
    """
    stated = {o.name: o.control_plane_nodes for o in blueprint.resource_management.orchestrators}
    plain = plain_fabrics(blueprint)
    clusters = sorted(
        {
            (d.environment, d.orchestrator, d.group, d.site)
            for d in demands
            if d.orchestrator not in plain
        }
    )
    for environment, orchestrator, group, site in clusters:
        prod = environment == PROD
        counts = {
            CONTROL_PLANE: stated.get(orchestrator) or (3 if prod else 1),
            SYSTEM: 2 if prod else 1,
        }
        for role, count in counts.items():
            yield Demand(
                name=f"{role}-{group}",
                environment=environment,
                orchestrator=orchestrator,
                group=group,
                site=site,
                team=group,
                phase=role,
                count=count,
                minimum=count,
                vcpus=NODE_VCPUS,
                memory_bytes=NODE_MEMORY_BYTES,
                priority=0,
                permanent=True,
            )
