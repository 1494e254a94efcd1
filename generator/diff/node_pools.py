"""Node pools of a cluster as wholes: one that is not there is one row, not one for each field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from generator.diff.asserted.record import Asserted
from generator.vcenter.snapshot import Seen, Value

_LEAF, _FIRST = "pool", "vm_class"


def one_sided(fields: Iterable[str], stated: Asserted, live: Seen) -> Mapping[str, str]:
    """What the fields of pools that only one side has are told as.

    The VM class stands for the pool (``pool.<name>``), all else is not told ("").
    """
    if stated.kind != "vks-cluster":
        return {}
    said, there = set(pools_of(stated.fields)), set(pools_of(live.fields))
    return {
        field: name if field == f"{name}.{_FIRST}" else ""
        for field in fields
        for name in (_pool(field),)
        if name and (name in said) != (name in there)
    }


def pools_of(fields: Mapping[str, Value]) -> Iterator[str]:
    """The pools of which something is stated, as ``pool.<name>``."""
    return (name for field, value in fields.items() if value is not None and (name := _pool(field)))


def _pool(field: str) -> str:
    leaf, _, rest = field.partition(".")
    return f"{_LEAF}.{rest.partition('.')[0]}" if leaf == _LEAF else ""
