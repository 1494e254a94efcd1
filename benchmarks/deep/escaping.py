"""Five thousand random strings through each escaping filter, read back by independent parsers.

Usage: python benchmarks/deep/escaping.py [--count 5000]. Needs the Go tools of the test suite.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.render.escaping import expected, random_strings, through_hcl, through_yaml  # noqa: E402


def main() -> int:
    """Prints how many came back as they were; ends 1 where one did not."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--count", type=int, default=5000)
    strings = random_strings(arguments.parse_args().count)
    wanted = expected(strings)
    lost = 0
    for name, through in (("hcl", through_hcl), ("yaml", through_yaml)):
        with tempfile.TemporaryDirectory() as folder:
            back = through(strings, Path(folder))
        wrong = [pair for pair in zip(wanted, back, strict=True) if pair[0] != pair[1]]
        for before, after in wrong[:5]:
            print(f"{name}: {before!r} came back as {after!r}")
        print(f"{name}: {len(back) - len(wrong)} of {len(strings)} came back equal")
        lost += len(wrong)
    return int(lost > 0)


if __name__ == "__main__":
    sys.exit(main())
