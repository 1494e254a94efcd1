"""What the tests of ``mlgen init`` share: what it wrote, and vCenters to start from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from generator.api import validate, write_snapshot
from generator.cli import run
from generator.finding import Severity
from generator.vcenter.snapshot import Seen, Snapshot
from tests.vcenter.snapshots import seen, vcenter_seen

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "schemas" / "init.schema.json").read_text("utf-8"))
DAY = ("--as-of", "2026-11-20")
HOSTILE = 'x"}\n- &a *b ${c} {{ d }} # e\u2028f: [\x85g\x1b[2J'
"""A name that ends strings, comments, lines and templates."""


def errors(path: Path) -> list[str]:
    return [one.message for one in validate([path]) if one.severity is Severity.ERROR]


def blueprint(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def host(name: str, **more: Any) -> Seen:
    facts = {"sockets": 2, "cores": 64, "memory_bytes": 1 << 40, "version": "8.0.3"}
    return seen(
        "host", name, name, "gpu-a", cluster="gpu-a", **{**facts, "maintenance": False, **more}
    )


def gpu(on: str, pci: str, **more: Any) -> Seen:
    facts = {"model": "NVIDIA L40S", "vendor_id": "10de", "device_id": "26b9", "memory_mib": 46068}
    now = {"graphics_type": "sharedDirect", "vgpu_mode": "sameSize", "numa_node": 0, "vms": ()}
    return seen("gpu", f"{on}/{pci}", pci, on, host=on, **{**facts, **now, **more})


def machine(name: str, on: str, *profiles: str, **more: Any) -> Seen:
    facts = {"power": "poweredOn", "vcpus": 8, "memory_mib": 65536, "memory_locked": True}
    none = {"passthrough": (), "template": False}
    return seen(
        "vm", f"ams1/vm/{name}", name, "ams1/vm", name=name, host=on, cluster="gpu-a",
        vgpus=profiles, **{**facts, **none, **more},
    )  # fmt: skip


CLUSTER = seen("cluster", "gpu-a", "c", datacenter="ams1", hosts=("esx-01",), drs_enabled=False)
SUPERVISOR = seen("supervisor", "sup", "s", id="domain-c9", clusters=("gpu-a",), version="v1.32.1")
FOUND = (
    CLUSTER,
    host("esx-01"),
    gpu("esx-01", "0000:17:00.0", vms=("desk",)),
    gpu("esx-01", "0000:65:00.0"),
    machine("desk", "esx-01", "nvidia_l40s-16c"),
)


def kept(folder: Path, *objects: Seen, version: str = "8.0.3") -> str:
    """A snapshot in a file."""
    one = vcenter_seen(objects=objects, unread=(), events=(), in_transition=(), version=version)
    write_snapshot(Snapshot(vcenters=(one,)), folder / "s")
    return str(folder / "s")


def looked(folder: Path, capsys: pytest.CaptureFixture[str], *objects: Seen, **more: str) -> Any:
    """The answer about what was found."""
    source = kept(folder, *objects, **more)
    flags = ("--inventory", source, "--name", "acme", "--format", "json", "--as-of", "2026-11-21")
    assert run(["init", str(folder / "out"), *flags]) == 0
    answer = json.loads(capsys.readouterr().out)
    jsonschema.validate(answer, SCHEMA)
    assert errors(folder / "out" / "acme.yaml") == []
    return answer["first_look"]
