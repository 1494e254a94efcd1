"""Reading a simulated vCenter: mlgen against a bare pyvmomi program, in turn in one run.

Usage: python benchmarks/vcenter/reading.py [VMS [HOSTS]]  (1000 and 40 unless said; 10000 and 400
take the simulator some minutes to start). Prints medians of wall and CPU time, the peak of memory,
the ratios, and the time of an offline reading of the snapshot. The simulator shares the machine.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml
from pyVmomi import SoapAdapter, vmodl

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from generator.api import read_snapshot, vcenter_settings  # noqa: E402
from generator.vcenter import leaves, stub  # noqa: E402
from generator.vcenter.joining import PATHS  # noqa: E402
from generator.vcenter.reading import Reading  # noqa: E402
from generator.vcenter.retrieve import by_view  # noqa: E402
from generator.vcenter.soap_kinds.machines import DETAIL  # noqa: E402
from generator.vcenter.wanted import NOTHING_OURS  # noqa: E402
from tests.acceptance import vcenter  # noqa: E402

SITE = ROOT / "blueprints" / "acme-ams1.site.yaml"
RUNS = 5


def main(vms: int, hosts: int) -> None:
    with tempfile.TemporaryDirectory() as scratch, running(Path(scratch), vms, hosts) as endpoint:
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "VSPHERE_SERVER": endpoint.server,
            "VSPHERE_USER": endpoint.user,
            "VSPHERE_PASSWORD": vcenter.PASSWORD,
            "VSPHERE_CA_FILE": endpoint.ca_file,
        }
        asked = json.dumps({"paths": PATHS, "detail": DETAIL})
        bare = [sys.executable, str(Path(__file__).with_name("bare.py")), asked]
        file = str(Path(scratch) / "snapshot")
        own = [sys.executable, "-m", "generator", "inventory", "export", "--out", file]
        taken = {"bare pyvmomi": list[tuple[float, float]](), "mlgen inventory export": []}
        for command in (bare, own):
            once(command, environment)
        for _ in range(RUNS):
            taken["bare pyvmomi"].append(once(bare, environment)[:2])
            taken["mlgen inventory export"].append(once(own, environment)[:2])
        report(taken, once(own, environment)[2], vms, Path(file))
        parsers(environment)


@contextlib.contextmanager
def running(scratch: Path, vms: int, hosts: int) -> Iterator[vcenter.Endpoint]:
    """A simulator of the shipped site with so many hosts and VMs."""
    site = yaml.safe_load(SITE.read_text("utf-8"))
    first = site["hosts"][0]
    site["hosts"] = [{**first, "name": f"esx-{number:03}"} for number in range(hosts)]
    facts = scratch / "site.yaml"
    facts.write_text(yaml.safe_dump(site), "utf-8")
    vcenter.START_LIMIT_S = 1800
    started = time.perf_counter()
    with vcenter.simulator(facts, scratch / "simulator", "-vms", str(vms)) as endpoint:
        print(f"simulator with {vms} VMs on {hosts} hosts: {time.perf_counter() - started:.1f} s")
        yield endpoint


def once(command: list[str], environment: dict[str, str]) -> tuple[float, float, float]:
    """Wall and CPU seconds and the peak of memory in MiB of one process."""
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)  # fmt: skip
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 3):
        raise SystemExit(f"{command[:3]} ended with {process.returncode}")
    wall = time.perf_counter() - started
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def parsers(environment: dict[str, str]) -> None:
    """CPU time of the leaf reader and of pyvmomi's deserialiser over the same answers."""
    (connection,) = vcenter_settings(["vc"], environment)
    answers: list[bytes] = []

    def kept(chunks: Iterable[bytes]) -> leaves.Page:
        answers.append(b"".join(chunks))
        return leaves.page(answers[-1:])

    stub.page = kept
    reading = Reading(connection, NOTHING_OURS, "diff", lambda *_: None)
    try:
        reading.greet()
        reading.login()
        list(by_view(reading.soap, PATHS, lambda _: None))
    finally:
        reading.close()
    result = vmodl.query.PropertyCollector.RetrieveResult
    theirs = SoapAdapter.SoapResponseDeserializer(reading.soap.stub)
    times: dict[str, list[float]] = {"leaf reader": [], "pyvmomi": []}
    for _ in range(RUNS):
        for each in answers:
            started = time.process_time()
            leaves.page([each])
            middle = time.process_time()
            theirs.Deserialize(each, result)
            times["leaf reader"].append(middle - started)
            times["pyvmomi"].append(time.process_time() - middle)
    own, other = (sum(each) / RUNS for each in times.values())
    size = sum(map(len, answers)) >> 10
    print(f"{size} KiB of answers: leaf reader {own:.3f} s, pyvmomi {other:.3f} s of CPU, "
          f"{other / own:.1f} x")  # fmt: skip


def report(
    taken: dict[str, list[tuple[float, float]]], peak_mib: float, vms: int, file: Path
) -> None:
    medians = {
        name: tuple(map(statistics.median, zip(*times, strict=True)))
        for name, times in taken.items()
    }
    for name, (wall, cpu) in medians.items():
        print(f"{name:24} wall {wall:6.2f} s   CPU {cpu:6.2f} s   {wall / vms * 1000:.3f} ms/VM")
    bare, own = medians.values()
    print(f"wall {own[0] / bare[0]:.2f} x, CPU {own[1] / bare[1]:.2f} x the bare program")
    print(f"peak memory {peak_mib:.0f} MiB, snapshot {file.stat().st_size >> 10} KiB")
    started = time.perf_counter()
    read_snapshot(file)
    print(f"the snapshot is read in {time.perf_counter() - started:.2f} s")
    load = os.getloadavg()[0]
    own_peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"load of the machine {load:.1f}; reading it took {own_peak:.0f} MiB at most")


if __name__ == "__main__":
    numbers = [int(each) for each in sys.argv[1:]]
    main(*(numbers + [1000, 40][len(numbers) :]))
