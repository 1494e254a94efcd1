"""Random hostile texts in every free-text field at once, each file read back by its own parser.

Usage: python benchmarks/deep/free_text.py [--texts 200] [--seed 7]. Ends 1 where a file holds
something else than with a harmless text at the same places.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.effects.change import documents  # noqa: E402
from tests.render.escaping import random_strings  # noqa: E402
from tests.render.free_text import filled, read_back, written  # noqa: E402
from tests.render.test_free_text import BASES, HARMLESS, lost  # noqa: E402


def main() -> int:
    """Prints every file that says something else, and the counts."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--texts", type=int, default=200)
    arguments.add_argument("--seed", type=int, default=7)
    wanted = arguments.parse_args()
    start, wrong, files, fields = time.perf_counter(), 0, 0, 0
    with tempfile.TemporaryDirectory() as base_folder:
        folder = Path(base_folder)
        expected = {}
        for number, base in enumerate(BASES):
            changed, _ = filled(documents(base), HARMLESS)
            expected[base] = read_back(
                written(changed, folder / f"h{number}"), folder / f"h{number}"
            )
        texts = [text for text in random_strings(wanted.texts, wanted.seed) if text.strip()]
        for number, text in enumerate(texts):
            base, place = BASES[number % len(BASES)], folder / str(number)
            changed, count = filled(documents(base), text)
            said = read_back(written(changed, place), place)
            fields, files = fields + count, files + len(said)
            for path in sorted(said.keys() | expected[base].keys()):
                harmless = expected[base].get(path, Counter())
                if path not in said or lost(harmless, said[path], text, path):
                    print(f"{base}: {path}: {text!r}")
                    wrong += 1
    seconds = time.perf_counter() - start
    print(f"{len(texts)} texts in {fields} fields: {files} files read back in {seconds:.1f} s")
    print(f"{wrong} files held something else")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
