"""The schema walker finds what a provider would refuse, and passes what it would take."""

from pathlib import Path
from typing import Any

import pytest

from tests.contracts import provider_schema

CONTRACT = provider_schema.load()


def literal(value: Any) -> dict[str, Any]:
    return {"line": 3, "source": "", "known": True, "value": value}


def reference(name: str) -> dict[str, Any]:
    return {"line": 3, "source": name, "known": False, "references": [name]}


def block(kind: str, *labels: str, blocks: Any = (), **attributes: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "labels": list(labels),
        "line": 2,
        "attributes": attributes,
        "blocks": list(blocks),
    }


def found(*blocks: dict[str, Any]) -> list[str]:
    body = {"attributes": {}, "blocks": list(blocks)}
    return provider_schema.problems({"main.tf": body}, CONTRACT)


def policy(*rules: dict[str, Any], **attributes: Any) -> dict[str, Any]:
    given = {"name": literal("p"), **attributes}
    return block("resource", "vsphere_vm_storage_policy", "p", blocks=rules, **given)


PROTECTED = block("lifecycle", prevent_destroy=literal(True))
RULE = block("tag_rules", tag_category=literal("c"), tags=literal(["t"]))


@pytest.mark.parametrize(
    "good",
    [
        policy(RULE),
        policy(RULE, RULE, description=literal(None)),
        policy(block("tag_rules", tag_category=reference("x.y"), tags=reference("x.z"))),
        policy(RULE, PROTECTED, depends_on=reference("x.y")),
        block("resource", "vsphere_folder", "f", path=literal("a"), type=literal("vm"),
              tags={"line": 3, "known": False, "items": [reference("x.id"), literal("t")]}),
        policy(block("dynamic", "tag_rules", blocks=[
            block("content", tag_category=reference("x.y"), tags=reference("x.z"))
        ])),
        block("provider", "vsphere"),
        block("locals", anything=literal(1)),
        block("data", "vsphere_network", "n", name=literal("n"), retry_timeout=literal(5)),
    ],
)  # fmt: skip
def test_what_the_provider_takes_passes(good: dict[str, Any]) -> None:
    assert found(good) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (policy(), "tag_rules is there 0 times, at least 1 are needed"),
        (policy(RULE, colour=literal("red")), "colour is no argument"),
        (policy(RULE, name=literal(7)), "name is 7, not string"),
        (policy(RULE, name=literal(None)), "name is null, and required"),
        (policy(RULE, tag_rules=literal([])), "tag_rules is a block, not an argument"),
        (policy(RULE, block("lifecylce")), "lifecylce is no block"),
        (policy(block("tag_rules", tags=literal(["t"]))), "tag_rules: tag_category is missing"),
        (policy(block("tag_rules", tag_category=literal("c"), tags=literal([1]))), "tags is [1]"),
        (policy(RULE, block("dynamic", "colours")), "colours is no block"),
        (policy(block("dynamic", "tag_rules", blocks=[block("content", tags=literal(["t"]))])),
         "tag_rules: tag_category is missing"),
        (block("resource", "vsphere_teapot", "t"), "unknown resource vsphere_teapot"),
        (block("data", "vsphere_teapot", "t"), "unknown data vsphere_teapot"),
        (block("resource", "vsphere_virtual_machine_class", "c", name=literal("c"),
               cpus=literal(True), memory=literal(1)), "cpus is true, not number"),
        (block("resource", "vsphere_datacenter", "d", name=literal("d"), moid=literal("m")),
         "moid is set by the provider alone"),
        (block("resource", "vsphere_folder", "f", type=literal("vm"),
               path={"line": 3, "known": False, "items": []}), "path is a list, not string"),
        (block("provider", "vsphere", token=literal("x")), "token is no argument"),
    ],
)  # fmt: skip
def test_what_the_provider_refuses_is_found(bad: dict[str, Any], message: str) -> None:
    assert [message in line for line in found(bad)] == [True]


def test_a_problem_names_its_file_and_line() -> None:
    assert found(policy(RULE, colour=literal("red")))[0].startswith("main.tf:3: ")


def test_too_many_blocks_are_found() -> None:
    cluster = block(
        "resource", "vsphere_compute_cluster", "c",
        blocks=[block("host_image"), block("host_image")],
        name=literal("c"), datacenter_id=reference("data.d.id"),
    )  # fmt: skip
    (problem,) = found(cluster)
    assert problem.endswith("host_image is there 2 times, at most 1 are allowed")


def test_blocks_are_counted_by_type() -> None:
    blocks = [policy(RULE), block("data", "vsphere_tag", "t"), block("locals")]
    body = {"attributes": {}, "blocks": blocks}
    assert provider_schema.counted({"a.tf": body, "b.tf": body}) == {
        "vsphere_vm_storage_policy": 2,
        "data.vsphere_tag": 2,
    }


@pytest.mark.parametrize(
    ("value", "wanted", "fits"),
    [
        ("a", "string", True),
        (True, "number", False),
        (1.5, "number", True),
        (["a"], ["set", "string"], True),
        ("a", ["list", "string"], False),
        ({"a": "b"}, ["map", "string"], True),
        ({"a": 1}, ["map", "string"], False),
        ({"a": "b"}, ["object", {"a": "string"}], True),
        ({"b": "b"}, ["object", {"a": "string"}], False),
    ],
)
def test_literals_fit_their_type(value: Any, wanted: Any, fits: bool) -> None:
    assert provider_schema.fits(value, wanted) is fits


@pytest.mark.parametrize(
    ("contract", "least"), [(provider_schema.CONTRACT, 1000), (provider_schema.VCF, 70)]
)
def test_every_type_of_a_contract_is_known(contract: Path, least: int) -> None:
    def types(body: dict[str, Any]) -> Any:
        yield from (each["type"] for each in body.get("attributes", {}).values())
        for nested in body.get("block_types", {}).values():
            yield from types(nested["block"])

    known = provider_schema.load(contract)
    bodies = [*known["resources"].values(), *known["data_sources"].values()]
    everything = [kind for body in bodies for kind in types(body)]
    assert len(everything) > least
    assert not any(provider_schema.fits(object(), kind) for kind in everything)
