"""A seeded generator of different platforms: a blueprint and its site, as YAML text."""

from __future__ import annotations

import json
from random import Random
from typing import Any

GPU = "nvidia-h100-pcie-80"
ENVIRONMENTS = ("dev", "prod", "test")


def platform(seed: int) -> tuple[str, str, str]:
    """The name, blueprint text and site text of platform ``seed``; at least 60 output files."""
    random = Random(seed)
    name = f"ml-{seed:04}"
    teams = [f"team-{letter}" for letter in "abcd"[: random.randint(3, 4)]]
    return name, _document(_blueprint(random, name, teams)), _document(_site(random, name))


def _document(content: dict[str, Any]) -> str:
    """YAML as people lay it out: one line per key, short mappings on one line."""
    lines: list[str] = []
    for key, value in content.items():
        _emit(lines, key, value, 0)
    return "\n".join(lines) + "\n"


def _emit(lines: list[str], key: str, value: Any, indent: int) -> None:
    pad = "  " * indent
    if isinstance(value, dict) and indent < 1 and key != "metadata":
        lines.append(f"{pad}{key}:")
        for inner, item in value.items():
            _emit(lines, inner, item, indent + 1)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        lines.append(f"{pad}{key}:")
        lines.extend(f"{pad}  - {json.dumps(item)}" for item in value)
    else:
        lines.append(f"{pad}{key}: {json.dumps(value)}")


def _blueprint(random: Random, name: str, teams: list[str]) -> dict[str, Any]:
    workloads = [w for team in teams for w in _workloads(random, team)]
    return {
        "apiVersion": "mlgen/v1alpha1",
        "kind": "PlatformBlueprint",
        "metadata": {"name": name, "owner": "platform", "revision": random.randint(1, 40)},
        "platform": {
            "purpose": "mixed",
            "scale": "several-apps",
            "targets": {
                "vcenter": "8.0U3",
                "esx": "8.0U3",
                "vks": "3.7",
                "kubernetes": "1.36",
                "cluster_class": "builtin-generic-v3.7.0",
                "vgpu_host": "19",
                "nvaie_infra": "7",
            },
        },
        "release": {"as_of": "2026-11-20"},
        "organisation": {
            "teams": [
                {"name": team, "members": {"ml-engineer": random.randint(1, 9)}} for team in teams
            ]
        },
        "governance": {"isolation": {"prod_vs_dev": "gpu"}},
        "storage_compute": {
            "sites": [{"name": "one", "inventory": f"{name}-site"}],
            "storage": {
                "tiers": [
                    {
                        "name": "bulk",
                        "media": "ssd",
                        "backing": "vmfs-fc",
                        "datastore": "fc-01",
                        "policy": "tag",
                    },
                    {
                        "name": "objects",
                        "media": "object",
                        "backing": "s3",
                        "endpoint": "s3.example",
                    },
                ]
            },
            "datasets": [
                {
                    "name": "images",
                    "size": f"{random.randint(50, 400)}GiB",
                    "items": random.randint(100_000, 900_000),
                }
            ],
        },
        "resource_management": {
            "orchestrators": [
                {
                    "name": environment,
                    "kind": "vks",
                    "pod_cidr": f"172.{20 + 2 * index}.0.0/16",
                    "service_cidr": f"172.{21 + 2 * index}.0.0/16",
                }
                for index, environment in enumerate(ENVIRONMENTS)
            ],
            "gpu": {"sharing": {"dev": "time-sliced", "test": "time-sliced", "prod": "mig"}},
            "priorities": ["prod-serving", "prod-batch", "training", "notebook", "hpo"],
        },
        "development_environment": {
            "parity": {
                "exceptions": [{"field": "sharing", "reason": "dev shares by time"}],
            }
        },
        "workloads": workloads,
        "environments": {
            name: {"runs_on": [name], "sites": ["one"], "supervisor_namespaces": "one-per-team"}
            for name in ENVIRONMENTS
        },
    }


def _workloads(random: Random, team: str) -> list[dict[str, Any]]:
    serving = {
        "name": f"search-{team}",
        "goal": "find it",
        "owner": team,
        "phase": "serving",
        "model": {"family": "bge-m3", "params": "0.56B", "precision": "fp16"},
        "serving": {"mode": "service", "batch": random.randint(1, 8), "replicas": 1},
        "monitoring": {"drift": ["hit-rate"], "operational": ["latency"]},
    }
    check = {
        "name": f"check-{team}",
        "goal": "know that it works",
        "owner": team,
        "phase": "concept",
        "environments": ["dev", "test"],
        "shape": {"vcpu": random.randint(2, 6), "memory": f"{random.randint(8, 24)}GiB"},
    }
    tune = {
        "name": f"tune-{team}",
        "goal": "answer in our tone",
        "owner": team,
        "phase": "training",
        "environments": ["dev"],
        "model": {
            "family": "llama-2-7b",
            "params": "6.74B",
            "precision": "bf16",
            "method": {"lora": {"rank": random.choice([8, 16, 32])}},
        },
        "train": {
            "sequence": 2048,
            "micro_batch": random.randint(1, 4),
            "activation_checkpointing": True,
        },
        "checkpoint": {"interval": "30m", "store": "objects"},
        "artefacts": {"store": "objects"},
    }
    return [serving, check, tune]


def _site(random: Random, name: str) -> dict[str, Any]:
    host = {
        "cluster": "gpu-a",
        "cpu": {"sockets": 2, "cores_per_socket": random.choice([32, 48])},
        "memory": "1024GiB",
        "nvlink": "bridge-pair",
        "gpus": [
            {"model": GPU, "pci": "0000:17:00.0", "numa": 0},
            {"model": GPU, "pci": "0000:65:00.0", "numa": 0},
        ],
    }
    return {
        "apiVersion": "mlgen/v1alpha1",
        "kind": "SiteInventory",
        "metadata": {"name": f"{name}-site", "owner": "vi", "as_of": "2026-11-20"},
        "vcenters": [{"ref": "vc-one", "instance_uuid": "3f2a7c1e-0d54-4b7b-9a61-7e5f2f8f0a11"}],
        "datacenters": [{"name": "one", "vcenter": "vc-one"}],
        "clusters": [{"name": "gpu-a", "vcenter": "vc-one", "datacenter": "one", "zone": "z1"}],
        "supervisors": [
            {
                "ref": "sup-one",
                "id": "5f7a0c9e-2d41-4e0f-8a55-1c2b3d4e5f60",
                "vcenter": "vc-one",
                "clusters": ["gpu-a"],
                "zones": ["z1"],
                "network": "nsx",
                "load_balancer": "nsx",
                "pod_cidr": "10.244.0.0/16",
                "service_cidr": "10.96.0.0/16",
            }
        ],
        "libraries": [{"name": "vkr", "vcenter": "vc-one", "holds": "vkr"}],
        "hosts": [{"name": f"esx-{n:02}", **host} for n in range(1, random.randint(6, 8))],
        "datastores": [
            {
                "name": "fc-01",
                "clusters": ["gpu-a"],
                "kind": "vmfs-fc",
                "usable": "20TiB",
                "tags": [{"category": "tier", "tag": "bulk"}],
            }
        ],
    }
