"""Start-up: ``mlgen --version`` against ``python -c pass``; ``validate`` and ``render`` whole.

Usage: python benchmarks/start.py. Prints medians of 15 runs, all taken in turn in one run.
"""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 15
MLGEN = str(Path(sys.executable).with_name("mlgen"))
EXAMPLE = "blueprints/acme-ml.yaml"


def once(command: list[str]) -> float:
    """Milliseconds of one whole process, which must succeed."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - start) * 1000


def main() -> None:
    """Prints each command's median and its ratio to the bare interpreter."""
    out = tempfile.mkdtemp()
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "mlgen --version": [MLGEN, "--version"],
        "mlgen validate": [MLGEN, "validate", EXAMPLE],
        "mlgen render (warm)": [MLGEN, "render", EXAMPLE, "--out", out],
    }
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for command in commands.values():
        once(command)
    for _ in range(RUNS):
        for name, command in commands.items():
            taken[name].append(once(command))
    bare = statistics.median(taken["python -c pass"])
    for name, times in taken.items():
        median = statistics.median(times)
        print(f"{name:22} {median:7.1f} ms   {median / bare:5.2f} x python -c pass")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"largest process        {peak:7.1f} MiB")
    shutil.rmtree(out)


if __name__ == "__main__":
    main()
