"""Holds rendered Terraform blocks against the published schema of the vsphere provider.

The blocks come from ``tests/tools/hcl-reader`` as plain data. This is the fast half of the proof:
it knows the newest release, which cannot be run here, and needs neither Terraform nor a vCenter.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

CONTRACT = Path(__file__).resolve().parent / "vsphere-provider.json"
VCF = CONTRACT.with_name("vcf-provider.json")
"""Of the provider vmware/vcf only what is written for it."""

META_ARGUMENTS = frozenset({"count", "for_each", "provider", "depends_on"})
META_BLOCKS = frozenset({"lifecycle", "provisioner", "connection"})
COLLECTIONS = frozenset({"list", "set"})


def load(path: Path = CONTRACT) -> dict[str, Any]:
    """A contract as data."""
    contract: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return contract


def problems(files: Mapping[str, Mapping[str, Any]], contract: Mapping[str, Any]) -> list[str]:
    """Everything that the provider would refuse, one line each, with file and line."""
    found = []
    for path, body in files.items():
        for block in body["blocks"]:
            found += [f"{path}:{line}: {text}" for line, text in _top(block, contract)]
    return found


def counted(files: Mapping[str, Mapping[str, Any]]) -> Counter[str]:
    """How many blocks of each type the files hold, data sources as ``data.<type>``."""
    prefixes = {"resource": "", "data": "data."}
    return Counter(
        prefixes[block["type"]] + block["labels"][0]
        for body in files.values()
        for block in body["blocks"]
        if block["type"] in prefixes
    )


def _top(block: Mapping[str, Any], contract: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    kinds = {"resource": "resources", "data": "data_sources"}
    if block["type"] == "provider":
        yield from _body(block, contract["provider"], "provider", required=False)
        return
    if block["type"] not in kinds:
        return
    name = block["labels"][0]
    schema = contract[kinds[block["type"]]].get(name)
    if schema is None:
        yield block["line"], f"unknown {block['type']} {name}"
        return
    yield from _body(block, schema, f"{block['type']} {name}", meta=True)


def _body(
    block: Mapping[str, Any],
    schema: Mapping[str, Any],
    where: str,
    *,
    meta: bool = False,
    required: bool = True,
) -> Iterator[tuple[int, str]]:
    """``required`` is off for the provider block, whose settings come from the environment."""
    attributes = schema.get("attributes", {})
    nested = schema.get("block_types", {})
    for name, value in block["attributes"].items():
        if meta and name in META_ARGUMENTS:
            continue
        if name not in attributes:
            kind = "is a block, not an argument" if name in nested else "is no argument"
            yield value["line"], f"{where}: {name} {kind}"
            continue
        yield from _argument(value, attributes[name], f"{where}: {name}")
    for name, rule in attributes.items():
        if required and rule.get("required") and name not in block["attributes"]:
            yield block["line"], f"{where}: {name} is missing"
    counts = Counter(each["type"] for each in block["blocks"])
    repeated = {each["labels"][0] for each in block["blocks"] if each["type"] == "dynamic"}
    for each in block["blocks"]:
        if not (meta and each["type"] in META_BLOCKS):
            yield from _nested(each, nested, where)
    for name, rule in nested.items():
        if name not in repeated:
            yield from _occurrences(block["line"], counts[name], rule, f"{where}: {name}")


def _nested(
    block: Mapping[str, Any], known: Mapping[str, Any], where: str
) -> Iterator[tuple[int, str]]:
    """A block inside another; of a dynamic one, what it repeats a number of times nobody knows."""
    name, bodies = block["type"], [block]
    if name == "dynamic":
        name, bodies = block["labels"][0], [b for b in block["blocks"] if b["type"] == "content"]
    if name not in known:
        yield block["line"], f"{where}: {name} is no block"
        return
    for body in bodies:
        yield from _body(body, known[name]["block"], f"{where}: {name}")


def _occurrences(
    line: int, count: int, rule: Mapping[str, Any], where: str
) -> Iterator[tuple[int, str]]:
    least, most = rule.get("min_items", 0), rule.get("max_items", 0)
    if rule["nesting_mode"] == "single":
        most = 1
    if count < least:
        yield line, f"{where} is there {count} times, at least {least} are needed"
    if most and count > most:
        yield line, f"{where} is there {count} times, at most {most} are allowed"


def _argument(
    value: Mapping[str, Any], rule: Mapping[str, Any], where: str
) -> Iterator[tuple[int, str]]:
    if not rule.get("required") and not rule.get("optional"):
        yield value["line"], f"{where} is set by the provider alone"
        return
    if value["known"] and value["value"] is None:
        if rule.get("required"):
            yield value["line"], f"{where} is null, and required"
        return
    yield from _typed(value, rule["type"], where)


def _typed(value: Mapping[str, Any], wanted: Any, where: str) -> Iterator[tuple[int, str]]:
    """What is written out is checked; a reference has a type that only Terraform knows."""
    if "items" in value:
        if not isinstance(wanted, list) or wanted[0] not in COLLECTIONS:
            yield value["line"], f"{where} is a list, not {wanted}"
            return
        for item in value["items"]:
            yield from _typed(item, wanted[1], where)
    elif value["known"] and not fits(value["value"], wanted):
        yield value["line"], f"{where} is {json.dumps(value['value'])}, not {wanted}"


def fits(value: Any, wanted: Any) -> bool:
    """Whether a literal is of a type. Stricter than Terraform, which turns "3" into 3."""
    match wanted:
        case "string":
            return isinstance(value, str)
        case "bool":
            return isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case ["list" | "set", element]:
            return (
                isinstance(value, Sequence)
                and not isinstance(value, str)
                and all(fits(each, element) for each in value)
            )
        case ["map", element]:
            return isinstance(value, Mapping) and all(
                fits(each, element) for each in value.values()
            )
        case ["object", fields]:
            return isinstance(value, Mapping) and all(
                name in fields and fits(each, fields[name]) for name, each in value.items()
            )
    raise ValueError(f"unknown type {wanted!r} in the contract")
