"""`mlgen diff` of a live vCenter: against a bare pyvmomi program, govc, and a Terraform plan.

    python benchmarks/diff_live.py [--vms 1000] [--hosts 40] [--runs 5] [--no-terraform] [--no-govc]

The simulator holds the release of the shipped example among so many foreign VMs and hosts. All
programs are processes of their own and run in turn. Prints medians of wall and CPU time, ratios,
peak memory, time per VM, and the offline comparison of the same world. The simulator shares the
machine: read wall times with the load that is printed beside them.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.deep.churn import DROPS, applied  # noqa: E402
from generator.vcenter.joining import PATHS  # noqa: E402
from generator.vcenter.soap_kinds.machines import DETAIL  # noqa: E402
from tests.acceptance import diffing, shipped, vcenter  # noqa: E402
from tests.acceptance.roots import LOCAL_BACKEND  # noqa: E402
from tests.tools import build  # noqa: E402

DATA_SOURCES = 100
START_LIMIT_S = 3600


class Took(NamedTuple):
    """One process: wall and CPU seconds, and its peak of memory in MiB."""

    wall_s: float
    cpu_s: float
    peak_mib: float


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--vms", type=int, default=1000)
    arguments.add_argument("--hosts", type=int, default=40)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--no-terraform", action="store_true")
    arguments.add_argument("--no-govc", action="store_true")
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as base:
        scratch = Path(base)
        with running(scratch, asked.vms, asked.hosts) as site:
            medians = compared(site, asked.runs, govc=not asked.no_govc)
            report(medians, asked.vms)
            offline(site, scratch, asked.vms)
            if not asked.no_terraform:
                planned(site, scratch, medians["mlgen diff"], asked.vms)


@contextlib.contextmanager
def running(scratch: Path, vms: int, hosts: int) -> Iterator[diffing.Site]:
    """The example among others: its four hosts and so many more."""
    site = yaml.safe_load(shipped.INVENTORY.read_text("utf-8"))
    first = site["hosts"][0]
    site["hosts"] += [{**first, "name": f"other-{n:03}"} for n in range(hosts - len(site["hosts"]))]
    facts = scratch / "site.yaml"
    facts.write_text(yaml.safe_dump(site), "utf-8")
    vcenter.START_LIMIT_S = START_LIMIT_S
    started = time.perf_counter()
    with vcenter.simulator(facts, scratch / "vc", "-vms", str(vms)) as endpoint:
        print(
            f"simulator: {vms} VMs, {hosts} hosts, {time.perf_counter() - started:.0f} s to start"
        )
        made = applied(endpoint, scratch)
        made.tell(*diffing.by_hand(json.loads(DROPS.read_text("utf-8"))), {"do": "keep"})
        yield made


def once(command: Sequence[str], environment: Mapping[str, str]) -> Took:
    """Runs a process to its end; what it prints is nobody's business."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 2):
        raise SystemExit(f"{command[:4]} ended with {process.returncode}: {said.decode()[-800:]}")
    wall = time.perf_counter() - started
    return Took(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def compared(site: diffing.Site, runs: int, *, govc: bool) -> dict[str, Took]:
    """Medians of all programs, each run once for nothing and then in turn."""
    asked = json.dumps({"paths": PATHS, "detail": DETAIL})
    environment = site.environment()
    programs: dict[str, tuple[list[str], Mapping[str, str]]] = {
        "bare pyvmomi": (
            [sys.executable, str(ROOT / "benchmarks" / "vcenter" / "bare.py"), asked],
            environment,
        ),
        "mlgen diff": (site.command("--format", "json"), environment),
    }
    if govc:
        programs["govc collect"] = govc_command(build.locate("govc"), site)
    taken: dict[str, list[Took]] = {name: [] for name in programs}
    for run in range(runs + 1):
        for name, (command, environs) in programs.items():
            took = once(command, environs)
            if run:
                taken[name].append(took)
    return {
        name: Took(*map(statistics.median, zip(*times, strict=True)))
        for name, times in taken.items()
    }


def govc_command(program: Path, site: diffing.Site) -> tuple[list[str], Mapping[str, str]]:
    """The same leaves of VMs; govc asks for one type at a time."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(site.log.parent),
        "GOVC_URL": f"https://{site.endpoint.server}/sdk",
        "GOVC_USERNAME": site.endpoint.user,
        "GOVC_PASSWORD": vcenter.PASSWORD,
        "GOVC_TLS_CA_CERTS": site.endpoint.ca_file,
        "GOVC_PERSIST_SESSION": "false",
    }
    leaves = [path for path in PATHS["VirtualMachine"] if "[" not in path]
    return [str(program), "collect", "-type", "m", "/", *leaves], environment


def report(medians: Mapping[str, Took], vms: int) -> None:
    for name, took in medians.items():
        print(
            f"{name:14} wall {took.wall_s:6.2f} s   CPU {took.cpu_s:6.2f} s   "
            f"peak {took.peak_mib:4.0f} MiB   {took.wall_s / vms * 1000:.3f} ms/VM"
        )
    bare, own = medians["bare pyvmomi"], medians["mlgen diff"]
    print(
        f"mlgen diff: CPU {own.cpu_s / bare.cpu_s:.2f} x, wall {own.wall_s / bare.wall_s:.2f} x "
        f"the bare program (bar 1.3 x; 1.15 x + 0.4 s = {bare.wall_s * 1.15 + 0.4:.2f} s)"
    )
    print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def offline(site: diffing.Site, scratch: Path, vms: int) -> None:
    """The same comparison from a snapshot."""
    file = str(scratch / "world.snapshot")
    once(
        [sys.executable, "-m", "generator", "inventory", "export", "--out", file],
        site.environment(),
    )
    took = once(site.command("--inventory", file, "--format", "json"), site.environment())
    size = Path(file).stat().st_size >> 10
    print(
        f"offline diff: {took.wall_s:.2f} s, {took.peak_mib:.0f} MiB, "
        f"snapshot {size} KiB, {vms} VMs"
    )


def planned(site: diffing.Site, scratch: Path, own: Took, vms: int) -> None:
    """A plan over data sources of VMs: what Terraform takes to look at as many objects."""
    folder = scratch / "plan"
    folder.mkdir()
    names = "\n".join(f'    "vm-{n:05}",' for n in range(1, min(vms, DATA_SOURCES) + 1))
    (folder / "main.tf").write_text(
        'terraform {\n  required_providers {\n    vsphere = {\n      source = "vmware/vsphere"\n'
        '    }\n  }\n}\nprovider "vsphere" {}\n'
        'data "vsphere_datacenter" "here" {\n  name = "ams1"\n}\n'
        f"locals {{\n  names = toset([\n{names}\n  ])\n}}\n"
        'data "vsphere_virtual_machine" "each" {\n  for_each      = local.names\n'
        "  name          = each.value\n"
        "  datacenter_id = data.vsphere_datacenter.here.id\n}\n",
        "utf-8",
    )
    (folder / "backend_override.tf").write_text(LOCAL_BACKEND, "utf-8")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(scratch),
        "TF_CLI_CONFIG_FILE": str(scratch / "cli.tfrc"),
        "TF_IN_AUTOMATION": "1",
        "CHECKPOINT_DISABLE": "1",
        **site.endpoint.environment(),
    }
    program = str(build.terraform())
    once([program, f"-chdir={folder}", "init"], environment)
    took = once([program, f"-chdir={folder}", "plan", "-lock=false"], environment)
    number = min(vms, DATA_SOURCES)
    theirs, ours = took.wall_s / number, own.wall_s / vms
    print(
        f"terraform plan: {took.wall_s:.1f} s for {number} VMs, {theirs * 1000:.1f} ms/VM: "
        f"{theirs / ours:.0f} x the time per VM of mlgen diff (bar 10 x)"
    )


if __name__ == "__main__":
    main()
