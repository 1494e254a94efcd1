"""What the coverage contract leaves to a person, and where in the order of work it belongs."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from generator.handoff.step import PLATFORM_TEAM, STORAGE_TEAM, VI_TEAM, Step
from generator.platform.objects import Coverage, DesiredState


class Turn(Enum):
    """When a person has to have done something."""

    FIRST = "before anything is applied"
    BEFORE_CLUSTERS = "before the clusters are made"
    LAST = "once the clusters run"


class _Deed(NamedTuple):
    """How a row of the contract is done: when, by whom, and the four lines of its step."""

    turn: Turn
    owner: str
    command: str
    check: str
    expected: str
    rollback: str


_POLICIES = "vSphere Client, Policies and Profiles, VM Storage Policies"

_DEEDS: dict[tuple[str, str], _Deed] = {
    ("storage tier", ""): _Deed(
        Turn.FIRST,
        STORAGE_TEAM,
        "make it as the blueprint's storage_compute.storage.tiers state it",
        "its owner shows it from where it is used",
        "every host or node that needs it reaches it",
        "take it away again while nothing is stored on it",
    ),
    ("storage-policy", "other rules"): _Deed(
        Turn.FIRST,
        STORAGE_TEAM,
        "make the policy under the name that the blueprint gives it",
        f"{_POLICIES}, Storage Compatibility",
        "each has a compatible datastore",
        "delete the policy while no disk uses it",
    ),
    ("storage-policy", "VM encryption"): _Deed(
        Turn.BEFORE_CLUSTERS,
        STORAGE_TEAM,
        "enable host based rules in the policy and choose the encryption of the key provider",
        f"{_POLICIES}, Rules",
        "the encryption stands among the rules",
        "disable the rule while no disk uses the policy",
    ),
    ("node image", ""): _Deed(
        Turn.BEFORE_CLUSTERS,
        VI_TEAM,
        "import the OVA of the Kubernetes release into it by file",
        "kubectl get kubernetesreleases, at the Supervisor",
        "the release of the blueprint is ready and compatible",
        "delete the item while no node was made of it",
    ),
    ("mirror", ""): _Deed(
        Turn.BEFORE_CLUSTERS,
        PLATFORM_TEAM,
        "mirror what the clusters pull: images and charts of each component, of the GPU Operator "
        "and of the autoscaler, and the guest driver built for the kernel of the node image",
        "pull one of each through the nodes' network",
        "each comes, by the site's own certificate",
        "nothing relies on it yet",
    ),
    ("GPU operator and licence", ""): _Deed(
        Turn.LAST,
        PLATFORM_TEAM,
        "install NVIDIA's GPU Operator with the Secret of its licence, in a namespace with "
        "pod-security.kubernetes.io/enforce=privileged",
        "kubectl get clusterpolicies.nvidia.com -o jsonpath={.items[*].status.state}",
        "ready, in each cluster",
        "helm -n gpu-operator uninstall gpu-operator",
    ),
    ("cluster autoscaler", ""): _Deed(
        Turn.LAST,
        PLATFORM_TEAM,
        "install the package cluster-autoscaler of VKS; only now may elastic pools get nodes",
        "kubectl get deployments -A",
        "cluster-autoscaler is available, in each cluster",
        "kubectl delete its PackageInstall: pools keep the nodes that they have",
    ),
    ("queues", ""): _Deed(
        Turn.LAST,
        PLATFORM_TEAM,
        "install the scheduler and make its queues",
        "kubectl get clusterqueues,localqueues -A",
        "each queue is active",
        "kubectl delete the queues while nothing waits in them",
    ),
    ("platform component", ""): _Deed(
        Turn.LAST,
        PLATFORM_TEAM,
        "install each component that the blueprint names",
        "kubectl get pods -A",
        "all pods of each component run",
        "helm uninstall it; its volumes stay",
    ),
}
"""How each row is done; the fields are empty where they do not matter."""

_ELSEWHERE = {
    ("host", ""),
    ("tag-attachment", ""),
    ("existing object", ""),
    ("Secret of trusted CAs", ""),
    ("supervisor", "content libraries"),
    ("supervisor", "what environments need of it"),
    ("cluster", "made by VCF"),
}
"""Rows that a step of its own does, or that nobody has to do."""


def by_people(state: DesiredState, turn: Turn, after: tuple[str, ...]) -> Iterator[Step]:
    """The steps of the rows that a person does in one turn."""
    for row in state.coverage:
        keys = {(row.object_kind, row.fields), (row.object_kind, "")}
        if row.actor == "person" and not keys & _ELSEWHERE:
            deed = _DEEDS.get((row.object_kind, row.fields)) or _DEEDS.get((row.object_kind, ""))
            if (deed.turn if deed else Turn.LAST) is turn:
                yield _step(row, deed or _other(row), after)


def _other(row: Coverage) -> _Deed:
    """A row that nothing more is known of."""
    return _Deed(
        Turn.LAST,
        PLATFORM_TEAM if row.adoptable == "-" else VI_TEAM,
        "do it as its place says",
        "its owner confirms it",
        "it is there",
        "its owner takes it back",
    )


def _step(row: Coverage, deed: _Deed, after: tuple[str, ...]) -> Step:
    return Step(
        title=f"By hand: {row.object_kind} ({row.fields})",
        owner=deed.owner,
        after=after,
        command=f"{deed.command}; {row.count} in all: {row.where}",
        check=deed.check,
        expected=f"{deed.expected}; diff sees {row.seen_by_diff}",
        rollback=deed.rollback,
    )
