"""The steps that make VKS clusters: their Secrets, they themselves, their GPU pools in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from generator.blueprint.labels import dns_label
from generator.handoff.step import PLATFORM_TEAM, Step
from generator.placement.plan import Grade, Plan
from generator.platform.objects import DesiredState, Manage, VksCluster


def cluster_steps(state: DesiredState, plan: Plan, after: tuple[str, ...]) -> Iterator[Step]:
    """The clusters of each environment, what serves first: one environment after the other.

    What is powered on first keeps its GPUs from what comes later (F4).
    """
    ours = [cluster for cluster in state.clusters if cluster.manage is Manage.CREATE]
    for environment in sorted({c.environment for c in ours}, key=lambda e: (e != "prod", e)):
        here = [cluster for cluster in ours if cluster.environment == environment]
        for step in _of_environment(environment, here, plan, after):
            yield step
            after = (step.title,)


def _of_environment(
    environment: str, clusters: Sequence[VksCluster], plan: Plan, after: tuple[str, ...]
) -> Iterator[Step]:
    trusting = [cluster for cluster in clusters if cluster.trusted_cas]
    if trusting:
        step = _secrets(environment, trusting, after)
        yield step
        after = (step.title,)
    turns = list(_turns(environment, clusters, plan))
    made = _made(environment, clusters, after)
    yield replace(made, check=_provisioned(clusters), expected=_met(clusters)) if turns else made
    if turns:
        yield _in_order(environment, clusters, turns, (made.title,))


def _secrets(environment: str, clusters: Sequence[VksCluster], after: tuple[str, ...]) -> Step:
    """The Secrets that nodes read their CAs from: without them no node joins."""
    return Step(
        title=f"Make the Secrets of trusted CAs of {environment}",
        owner=PLATFORM_TEAM,
        after=after,
        command="; ".join(
            f"kubectl -n {c.namespace} create secret generic {c.trust_secret} "
            + " ".join(f"--from-file={key}=FILE" for key in c.trusted_cas)
            for c in clusters
        )
        + " (FILE: the certificate, encoded as VKS documents it for the ClusterClass)",
        check="; ".join(f"kubectl -n {c.namespace} get secret {c.trust_secret}" for c in clusters),
        expected=f"each of {len(clusters)} Secrets with a value per CA",
        rollback="; ".join(
            f"kubectl -n {c.namespace} delete secret {c.trust_secret}" for c in clusters
        ),
    )


def _made(environment: str, clusters: Sequence[VksCluster], after: tuple[str, ...]) -> Step:
    return Step(
        title=f"Create the clusters of {environment}",
        owner=PLATFORM_TEAM,
        after=after,
        command=f"kubectl apply -k {environment}/tanzu",
        check=_running(clusters),
        expected=_met(clusters),
        rollback="set the blueprint back to the last release, render and apply it; a cluster that "
        f"only this release has: kubectl delete -f {environment}/tanzu/NAME.yaml while nothing "
        "runs in it, as its nodes and volumes go too",
    )


def _provisioned(clusters: Sequence[VksCluster]) -> str:
    """Waits for the clusters alone, where their pools are brought up in a step of its own."""
    return _wait(clusters, "clusters", "Provisioned")


def _running(clusters: Sequence[VksCluster]) -> str:
    """Waits for every node pool: a cluster is Provisioned long before its nodes run."""
    return _wait(clusters, "machinedeployments", "Running")


def _wait(clusters: Sequence[VksCluster], kind: str, phase: str) -> str:
    namespaces = " ".join(sorted({cluster.namespace for cluster in clusters}))
    return (
        f"for n in {namespaces}; do kubectl -n $n wait {kind} --all "
        f"--for=jsonpath={{.status.phase}}={phase} --timeout=60m; done"
    )


def _met(clusters: Sequence[VksCluster]) -> str:
    pools = sum(len(cluster.pools) for cluster in clusters)
    return f"condition met for each; clusters: {len(clusters)}, node pools: {pools}"


def _in_order(
    environment: str, clusters: Sequence[VksCluster], turns: Sequence[str], after: tuple[str, ...]
) -> Step:
    return Step(
        title=f"Bring up the GPU pools of {environment} in order",
        owner=PLATFORM_TEAM,
        after=after,
        command="before every other GPU pool, in this order: "
        + ", ".join(turns)
        + ". Where nodes of one wait for a GPU: set the replicas of the GPU pools behind it to 0 "
        f"in their Cluster, wait until it runs, then kubectl apply -k {environment}/tanzu",
        check=_running(clusters),
        expected="every pool of the list runs; elastic pools are still empty",
        rollback=f"kubectl apply -k {environment}/tanzu: it states the replicas",
    )


def _turns(environment: str, clusters: Sequence[VksCluster], plan: Plan) -> Iterator[str]:
    """The fixed pools that hold by the order of power-on alone, in that order: large first."""
    needs = {
        dns_label(c.demand.name): c.demand.gpu
        for c in plan.chosen
        if c.demand.environment == environment
    }
    ordered = {
        dns_label(spot.demand)
        for spot in plan.placed
        if spot.environment == environment and spot.gpus and spot.grade is Grade.BY_POWER_ON_ORDER
    }
    found = []
    for cluster in clusters:
        for pool in cluster.pools:
            demand = dict(pool.labels).get("mlgen/workload", "")
            need = needs.get(demand)
            if demand in ordered and need is not None:
                rank = not need.nvlink, -need.gpus, -need.memory_bytes, cluster.name, pool.name
                found.append((rank, f"{pool.name} of {cluster.name} (nodes: {pool.maximum})"))
    yield from (text for _, text in sorted(found))
