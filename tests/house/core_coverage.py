"""Fails where the branch coverage of a core room is below its floor; run after the tests.

Usage: python tests/house/core_coverage.py COVERAGE.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

CORE_ROOMS = ("sizing", "placement", "platform", "asbuilt", "diff", "roles", "guard")
FLOOR_PERCENT = 95.0


def branch_percent(files: dict[str, dict[str, dict[str, int]]], room: str) -> float:
    """Lines and branches of a room that ran, in percent."""
    summaries = [
        measured["summary"]
        for path, measured in files.items()
        if Path(path).parts[:2] == ("generator", room)
    ]
    covered = sum(s["covered_lines"] + s["covered_branches"] for s in summaries)
    whole = sum(s["num_statements"] + s["num_branches"] for s in summaries)
    return 100.0 * covered / whole


def main(report: Path) -> int:
    """Prints the figures; returns 1 where one is below the floor."""
    files = json.loads(report.read_text(encoding="utf-8"))["files"]
    percents = {room: branch_percent(files, room) for room in CORE_ROOMS}
    for room, percent in percents.items():
        print(f"{room}: {percent:.1f} % of lines and branches (floor {FLOOR_PERCENT} %)")
    return int(any(percent < FLOOR_PERCENT for percent in percents.values()))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
