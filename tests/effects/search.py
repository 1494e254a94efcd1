"""Finds, for each property, a real document and a change of its value that has an effect.

``python -m tests.effects.search [PROPERTY...]`` keeps the witnesses that there are (those that are
named get the place that their change changes now), looks for the
others (what waits only if it is named), and writes witnesses.json and docs/effects.md.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from tests.effects.candidates import LIMIT, changes
from tests.effects.change import first, read_back, written
from tests.effects.leaves import Leaf, all_leaves
from tests.effects.table import PAGE, WITNESSES, page, stored


def witness(leaf: Leaf) -> dict[str, Any] | None:
    """The most telling change of a property with its effect, as it is committed."""
    found = first(changes(leaf), 3 * LIMIT)
    if found is None:
        return None
    change, effect = found
    return {**written(change), "effect": effect.kind, "place": effect.place}


def moved(stored_one: dict[str, Any]) -> dict[str, Any]:
    """A witness with the place that its change changes now."""
    found = next(read_back(stored_one).effects(), None)
    return {**stored_one, "effect": found.kind, "place": found.place} if found else stored_one


def main() -> int:
    """Writes the witnesses and the page; ends 1 where a property has neither witness nor excuse."""
    kept, pending = stored()
    kept |= {key: moved(kept[key]) for key in kept if key.partition(":")[2] in sys.argv[1:]}
    known = kept if sys.argv[1:] else {**kept, **pending}
    wanted = [leaf for leaf in all_leaves() if leaf.key not in known and _named(leaf)]
    lost = []
    with ProcessPoolExecutor() as pool:
        for leaf, found in zip(wanted, pool.map(witness, wanted, chunksize=1), strict=True):
            if found is None:
                lost.append(leaf.key)
            else:
                kept[leaf.key] = found
            told = (found["effect"], found["place"]) if found else "no effect"
            print(leaf.key, told, flush=True)  # noqa: T201 - a program
            if len(kept) % 25 == 0:
                WITNESSES.write_text(json.dumps(kept, indent=1, sort_keys=True), encoding="utf-8")
    WITNESSES.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    PAGE.write_text(page(kept, pending), encoding="utf-8")
    return int(any(key not in pending for key in lost))


def _named(leaf: Leaf) -> bool:
    """Whether the command line names the property, or nothing."""
    return len(sys.argv) == 1 or leaf.path in sys.argv[1:]


if __name__ == "__main__":
    sys.exit(main())
