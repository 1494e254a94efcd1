"""Every hostile input as a whole process, with its time.

Usage: python benchmarks/deep/hostile.py [--generated 200]. Ends 1 where one breaks the contract or
takes longer than two seconds.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.hostile.grammar import generated  # noqa: E402
from tests.hostile.run import complaints  # noqa: E402
from tests.hostile.written import written  # noqa: E402

LIMIT_S = 2.0


def main() -> int:
    """Prints what went wrong, the slowest five and the counts."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--generated", type=int, default=200)
    count = arguments.parse_args().generated
    inputs = [*written(), *generated(count)]
    times: list[tuple[float, str]] = []
    wrong = 0
    with tempfile.TemporaryDirectory() as base:
        for number, hostile in enumerate(inputs):
            taken = [0.0]

            def command(args: list[str], taken: list[float] = taken) -> tuple[int, str]:
                start = time.perf_counter()
                done = subprocess.run(
                    [sys.executable, "-m", "generator", *args],
                    check=False,
                    cwd=ROOT,
                    capture_output=True,
                    text=True,
                    errors="replace",
                    timeout=60,
                )
                taken[0] = time.perf_counter() - start
                return done.returncode, done.stdout + done.stderr

            found = complaints(hostile, Path(base) / str(number), command)
            if taken[0] > LIMIT_S:
                found.append(f"took {taken[0]:.2f} s")
            for complaint in found:
                print(f"{hostile.name}: {complaint}")
            wrong += bool(found)
            times.append((taken[0], hostile.name))
    for seconds, name in sorted(times, reverse=True)[:5]:
        print(f"{seconds:6.2f} s  {name}")
    print(f"{len(inputs)} inputs, {wrong} broke the contract, limit {LIMIT_S} s")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
