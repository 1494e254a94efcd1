"""Offline diff of a large vCenter: how long, how much memory, and how both grow.

    python benchmarks/diff.py [--vms 10000]

Builds the world that the shipped example makes, adds hosts and foreign VMs around it, writes the
snapshot and runs ``mlgen diff`` on it in a process of its own, as somebody would.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from generator.api import write_snapshot  # noqa: E402
from generator.vcenter.snapshot import Seen, Snapshot  # noqa: E402
from tests.diff import live  # noqa: E402

BLUEPRINT = ROOT / "blueprints" / "acme-ml.yaml"
VMS_PER_HOST = 25
RUNS = 3


def world(vms: int) -> Snapshot:
    """The example's perfect vCenter among the hosts and VMs of others."""
    (own,) = live.snapshot().vcenters
    like = next(one for one in own.objects if one.kind == "host")
    hosts = [
        replace(like, key=f"esx-{n:04}", ident=f"host-{n}", fields={**like.fields, "cluster": "it"})
        for n in range(100, 100 + vms // VMS_PER_HOST)
    ]
    return Snapshot(vcenters=(replace(own, objects=(*own.objects, *hosts, *others(vms))),))


def others(vms: int) -> list[Seen]:
    """VMs of others, with the leaves that a reading has of them; each hundredth has a vGPU."""
    return [
        Seen(
            kind="vm",
            key=f"ams1/vm/it/app-{n // 100:03}/vm-{n:05}",
            ident=f"vm-{n}",
            fields={
                "name": f"vm-{n:05}", "host": f"esx-{100 + n // VMS_PER_HOST:04}", "cluster": "it",
                "pool": "it", "folder": f"ams1/vm/it/app-{n // 100:03}", "power": "poweredOn",
                "vcpus": 4, "memory_mib": 16384, "memory_reservation_mib": 0,
                "memory_locked": False, "cpu_reservation_mhz": 0, "hardware_version": 21,
                "firmware": "efi", "guest": "ubuntu64Guest", "template": False,
                "networks": ("pg-wl-01",), "datastores": ("fc-gold-01",),
                "latency_sensitivity": "normal", "namespace": None, "vm_class": None,
                "tags": (f"team/app-{n // 100:03}",),
                **({"vgpus": ("nvidia_h100-10c",)} if n % 100 == 0 else {}),
            },
        )
        for n in range(vms)
    ]  # fmt: skip


def measured(vms: int, folder: Path) -> tuple[float, float, float]:
    """The least wall time in seconds, its CPU time, and the most memory in MiB of some runs."""
    path = folder / f"{vms}.snapshot"
    write_snapshot(world(vms), path)
    command = [
        sys.executable, "-m", "generator", "diff", str(BLUEPRINT), "--inventory", str(path),
        "--out", str(ROOT / "tests" / "golden"), "--format", "json", "--fail-on", "never",
    ]  # fmt: skip
    walls, cpus = [], []
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.perf_counter()
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        walls.append(time.perf_counter() - start)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpus.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return min(walls), min(cpus), peak


def main() -> None:
    """Prints a line per size and the growth per VM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vms", type=int, default=10_000)
    most = parser.parse_args().vms
    with TemporaryDirectory() as folder:
        nothing = measured(0, Path(folder))
        print(f"{'VMs':>7} {'wall s':>7} {'CPU s':>7} {'MiB':>6}")
        print(f"{0:>7} {nothing[0]:>7.2f} {nothing[1]:>7.2f} {nothing[2]:>6.0f}")
        slopes = []
        for vms in (most // 10, most):
            wall, cpu, peak = measured(vms, Path(folder))
            slopes.append((cpu - nothing[1]) / vms)
            print(f"{vms:>7} {wall:>7.2f} {cpu:>7.2f} {peak:>6.0f}")
        print(f"CPU per VM, {most} against {most // 10}: {slopes[1] / slopes[0]:.2f} times")


if __name__ == "__main__":
    main()
