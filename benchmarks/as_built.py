"""`mlgen inventory report` of a large snapshot: time and memory, and what grows with the site.

    python benchmarks/as_built.py [--hosts 400] [--vms 10000] [--runs 3]

The snapshot is made in memory: four H100 a host in every mode, vGPUs at places that nobody tells.
Prints wall and CPU time of the command as a process, and the CPU time of a tenth of the site.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from generator.api import write_snapshot  # noqa: E402
from generator.vcenter.snapshot import Seen  # noqa: E402
from tests.asbuilt.world import center, cluster, gpu, host, machine, read  # noqa: E402

MIXES = {
    "sameSize": (("20c", "20c"), ("16c",) * 3, ("80c",)),
    "mixedSize": (("40c", "10c"), ("20c", "20c", "10c"), ("5c",) * 5),
    "multiInstanceGpu": (("1-10c", "2-20c"), ("3-40c",)),
    "none": ((),),
}
CLUSTER_HOSTS = 40
GPUS = 4


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--hosts", type=int, default=400)
    arguments.add_argument("--vms", type=int, default=10000)
    arguments.add_argument("--runs", type=int, default=3)
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as base:
        large = measured(Path(base), asked.hosts, asked.vms, asked.runs)
        small = measured(Path(base), max(1, asked.hosts // 10), asked.vms // 10, asked.runs)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    print(f"{asked.hosts} hosts, {asked.vms} VMs: {large[0]:.2f} s, {large[1]:.2f} s of CPU time")
    print(f"a tenth of it: {small[0]:.2f} s, {small[1]:.2f} s of CPU time; ratio of CPU "
          f"{large[1] / small[1]:.1f}; peak of memory {peak} MiB")  # fmt: skip


def measured(folder: Path, hosts: int, vms: int, runs: int) -> tuple[float, float]:
    """The medians of wall and CPU time."""
    path = folder / f"{hosts}.snapshot"
    write_snapshot(read(*site(hosts, vms)), path)
    command = [sys.executable, "-m", "generator", "inventory", "report", str(path)]
    took = []
    for _ in range(runs):
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(
            [*command, "--format", "json"], cwd=ROOT, stdout=subprocess.DEVNULL, check=True
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        took.append((time.perf_counter() - started, cpu))
    return statistics.median(w for w, _ in took), statistics.median(c for _, c in took)


def site(hosts: int, vms: int) -> list[Seen]:
    """Clusters of forty hosts; the VMs that are not on a GPU are spread over all."""
    chance = random.Random(hosts)
    groups = -(-hosts // CLUSTER_HOSTS)
    found = [center(), *(cluster(f"gpu-{n:02}") for n in range(groups))]
    machines: list[Seen] = []
    for n in range(hosts):
        name, group = f"esx-{n:03}", f"gpu-{n % groups:02}"
        found.append(host(name, cluster=group))
        for slot in range(GPUS):
            mode = chance.choice(sorted(MIXES))
            codes = chance.choice(MIXES[mode])
            new = [f"vm-{len(machines) + each:05}" for each in range(len(codes))]
            found.append(gpu(name, slot, vms=tuple(new), vgpu_mode=mode))
            machines += [
                machine(vm, name, f"nvidia_h100-{code}", cluster=group)
                for vm, code in zip(new, codes, strict=True)
            ]
    while len(machines) < vms:
        n = chance.randrange(hosts)
        plain = {"cluster": f"gpu-{n % groups:02}", "memory_locked": False}
        machines.append(machine(f"vm-{len(machines):05}", f"esx-{n:03}", **plain))
    return [*found, *machines]


if __name__ == "__main__":
    main()
