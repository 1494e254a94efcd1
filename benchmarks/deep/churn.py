"""Benign churn in full: 1,000 random lawful operations, and a diff that may find no drift (F9).

Usage: python benchmarks/deep/churn.py [--steps 1000] [--every 10] [--seed 9]. Applies the shipped
example to a simulated vCenter, lets it work, compares in between. Ends 1 at the first drift.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.acceptance import diffing, shipped, vcenter  # noqa: E402
from tests.acceptance.churn import Churn  # noqa: E402
from tests.acceptance.roots import Cli  # noqa: E402
from tests.tools import build  # noqa: E402

DROPS = ROOT / "tests" / "acceptance" / "simulator_drops.json"


def main() -> int:
    """Prints every drift and the number of operations by kind."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--steps", type=int, default=1000)
    arguments.add_argument("--every", type=int, default=10)
    arguments.add_argument("--seed", type=int, default=9)
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as base:
        scratch = Path(base)
        with vcenter.simulator(shipped.INVENTORY, scratch / "vc", "-vms", "40") as endpoint:
            site = applied(endpoint, scratch)
            site.tell(*diffing.by_hand(json.loads(DROPS.read_text("utf-8"))), {"do": "keep"})
            return run(site, asked.steps, asked.every, asked.seed)


def applied(endpoint: vcenter.Endpoint, scratch: Path) -> diffing.Site:
    """The shipped example, rendered and applied."""
    config = scratch / "cli.tfrc"
    mirror = build.provider_mirror().as_posix()
    config.write_text(
        f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n',
        "utf-8",
    )
    command = [sys.executable, "-m", "generator", "render", str(shipped.BLUEPRINT)]
    subprocess.run(
        [*command, "--out", str(scratch / "out")],
        cwd=ROOT, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    rendered = scratch / "out" / shipped.PLATFORM
    return diffing.applied(endpoint, rendered, Cli(build.terraform(), config, scratch), scratch)


def run(site: diffing.Site, steps: int, every: int, seed: int) -> int:
    """1 where a diff called churn drift."""
    compared, wrong, started = 0, 0, time.perf_counter()
    with vcenter.Rest(site.endpoint) as rest, vcenter.soap(site.endpoint) as soap:
        churn = Churn(site, rest, soap, seed)
        for number in range(1, steps + 1):
            last = churn.step()
            if number % every == 0:
                compared += 1
                found = site.diff()
                for row in found.rows:
                    wrong += 1
                    print(f"after {number} operations, the last {last}: {row}", flush=True)
        churn.settle()
    for kind, count in churn.done.most_common():
        print(f"{count:5} {kind}")
    print(
        f"{steps} operations, {compared} comparisons, {wrong} drift, "
        f"{time.perf_counter() - started:.0f} s, load {os.getloadavg()[0]:.1f}"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
