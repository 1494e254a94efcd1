"""What the autoscaler is told of a pool, above all of one without a node."""

from __future__ import annotations

from dataclasses import replace

from generator.platform.objects import NodePool
from generator.render.tanzu.autoscaling import CAPACITY, MAX_NODES, MIN_NODES, pool_annotations
from tests.example import desired


def pool(**fields: object) -> NodePool:
    """An elastic GPU pool of the example, or a variant of it."""
    found = next(p for c in desired().clusters for p in c.pools if p.name == "vision-hpo")
    return replace(found, **fields)  # type: ignore[arg-type]


def test_a_pool_that_starts_from_zero_tells_what_a_node_would_be() -> None:
    """Cores, memory, GPUs, labels and taints: there is no node to read them from."""
    written = pool_annotations(
        pool(
            minimum=0,
            maximum=4,
            vcpus=8,
            memory_mib=65536,
            gpus=2,
            labels=(("a", "1"), ("b", "2")),
            failure_domain="zone-a",
        )
    )
    assert written == {
        MIN_NODES: "0",
        MAX_NODES: "4",
        f"{CAPACITY}cpu": "8",
        f"{CAPACITY}memory": "65536Mi",
        f"{CAPACITY}gpu-type": "nvidia.com/gpu",
        f"{CAPACITY}gpu-count": "2",
        f"{CAPACITY}labels": "a=1,b=2,topology.kubernetes.io/zone=zone-a",
        f"{CAPACITY}taints": "nvidia.com/gpu=present:NoSchedule",
    }


def test_a_plain_pool_from_zero_tells_of_no_gpu() -> None:
    written = pool_annotations(pool(gpus=0, taints=(), failure_domain=""))
    assert f"{CAPACITY}gpu-type" not in written
    assert f"{CAPACITY}taints" not in written


def test_a_pool_that_always_has_a_node_needs_its_bounds_only() -> None:
    assert pool_annotations(pool(minimum=1, maximum=3)) == {MIN_NODES: "1", MAX_NODES: "3"}


def test_a_fixed_pool_is_none_of_the_autoscalers() -> None:
    assert pool_annotations(pool(minimum=3, maximum=3)) == {}
