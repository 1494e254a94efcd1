"""A snapshot is hostile input: any value of any leaf ends in a sound report or in a refusal."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import jsonschema_rs
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.api import as_built
from generator.cli import as_built_view as view
from generator.finding import Refused
from generator.record import altered
from generator.report.machine import answer
from generator.vcenter.kinds import KINDS
from generator.vcenter.snapshot import Seen
from tests.asbuilt.world import DAY, center, cluster, gpu, host, machine, namespace, read
from tests.vcenter.snapshots import seen

ROOT = Path(__file__).parents[2]
SCHEMA = jsonschema_rs.validator_for(
    json.loads((ROOT / "schemas" / "as-built.schema.json").read_text("utf-8"))
)
TEXT = "<script>x</script>\x1b[2J|`{{ 1 }}*\u202e"
WORLD = (
    cluster(),
    center(),
    host("a"),
    host("b"),
    gpu("a", vms=("v", "w"), vgpu_mode="mixedSize"),
    gpu("b", passthrough=True),
    machine("v", "a", "nvidia_h100-20c", hardware_version=21),
    machine("w", "a", "nvidia_h100-10c", power="suspended"),
    machine("d", "b", passthrough=("10de:2331",)),
    seen("vm-class", "c", vgpus=("nvidia_h100-20c",), vms=(), namespaces=(), pci_devices=()),
    namespace("dev", content_libraries=()),
    seen("zone", "z1", clusters=("gpu-a",), **{"reserved.c": 2}),
    seen("supervisor", "s", version="v1.30.1"),
    seen("content-library", "l", type="subscribed", automatic_sync=False),
)
VALUES: dict[str, tuple[Any, ...]] = {
    "text": ("", TEXT, "\ud800", "\x85" * 9, "x" * 5000, None, "10de:2331", "mixedSize"),
    "number": (-1, 0, 10**30, -(10**30), None),
    "flag": (True, False, None),
    "set": ((), (TEXT,), ("nvidia_h100-20c",) * 50, None),
    "list": ((), (TEXT,), ("nvidia_h100-20c",) * 50, None),
}
LEAVES = {
    kind.name: [leaf for leaf in kind.leaves if leaf.form != "map"]
    for kind in KINDS
    if kind.name in {one.kind for one in WORLD} and kind.name != "vcenter"
}


@st.composite
def spoilt(draw: st.DrawFn) -> tuple[Seen, ...]:
    """The world with up to three leaves of any value, and perhaps another key."""
    objects = list(WORLD)
    for _ in range(draw(st.integers(1, 3))):
        able = [n for n, one in enumerate(objects) if LEAVES.get(one.kind)]
        number = draw(st.sampled_from(able))
        one = objects[number]
        leaf = draw(st.sampled_from(LEAVES[one.kind]))
        value = draw(st.sampled_from(VALUES[leaf.form]))
        key = draw(st.sampled_from((one.key, one.key, one.key, TEXT, "", "a/b/c")))
        objects[number] = altered(one, key=key, fields={**one.fields, leaf.name: value})
    return tuple(objects)


@given(spoilt())
@settings(max_examples=60, deadline=None)
def test_any_leaf_ends_in_a_sound_report_or_in_a_refusal(world: tuple[Seen, ...]) -> None:
    """F38: each format is printed, and JSON obeys its schema."""
    with suppress(Refused):
        found = as_built(read(*world), DAY)
        SCHEMA.validate(json.loads(answer("as-built", view.body(found))))
        assert view.text(found, "s", width=80, colour=False, unicode=False).isascii()
        assert view.page(found, "s").sections


def test_what_is_judged_is_what_readers_give() -> None:
    """A field that no reader makes any more would silence its part of the report."""
    given = {(kind.name, leaf.name) for kind in KINDS for leaf in kind.leaves}
    used = {(one.kind, name.partition(".")[0]) for one in WORLD for name in one.fields}
    assert used <= given
