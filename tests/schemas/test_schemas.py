"""What the published schemas promise: to editors, to readers, and to the code behind them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from generator.blueprint.schema import API_VERSION, schema
from generator.quantity import Dimension, pattern
from tests.schemas.walk import KINDS, all_properties, all_subschemas, everything, resolved

DRAFT_7 = {
    "$schema", "$id", "$ref", "$defs", "title", "description", "examples", "type", "enum", "const",
    "properties", "required", "additionalProperties", "patternProperties", "minProperties",
    "maxProperties", "items", "minItems", "maxItems", "uniqueItems", "minLength", "maxLength",
    "pattern", "format", "minimum", "maximum", "anyOf",
}  # fmt: skip
"""Keywords that editors of both drafts know; ``$defs`` is a place, which refs reach in both."""
ANNOTATIONS = {"$ref", "title", "description", "examples"}
INFRASTRUCTURE = {
    "accelerator", "capacity", "class", "cluster", "container", "core", "cores", "cpu", "cuda",
    "datacenter", "datastore", "disk", "drs", "esx", "gpu", "gpus", "helm", "host", "image",
    "kubernetes", "lun", "memory", "mig", "namespace", "network", "node", "nvlink", "pod", "pool",
    "port", "profile", "queue", "replica", "replicas", "server", "slice", "storage", "subnet",
    "supervisor", "tier", "vcenter", "vcpu", "vgpu", "vks", "vlan", "vm", "volume", "vsphere",
    "zone",
}  # fmt: skip
KNOWN_DIMENSIONS = {
    "data": Dimension.DATA,
    "data_rate": Dimension.DATA_RATE,
    "duration": Dimension.DURATION,
    "frequency": Dimension.FREQUENCY,
    "share": Dimension.SHARE,
    "parameters": Dimension.PARAMETERS,
}

each_kind = pytest.mark.parametrize("kind", KINDS)


def broken(found: list[tuple[str, dict[str, Any]]], holds: Any) -> list[str]:
    """Where a promise does not hold."""
    return [at for at, node in found if not holds(node)]


@each_kind
@pytest.mark.parametrize("draft", [Draft7Validator, Draft202012Validator])
def test_a_schema_is_valid_in_both_drafts(kind: Any, draft: Any) -> None:
    """Editors validate with whatever draft they know."""
    draft.check_schema(schema(kind))


@each_kind
def test_a_schema_names_its_version(kind: Any) -> None:
    """The address of a schema carries the version of the language."""
    version = API_VERSION.removeprefix("mlgen/")
    assert schema(kind)["$id"].startswith(f"https://mlgen.dev/schemas/{version}/")
    assert schema(kind)["properties"]["apiVersion"]["const"] == API_VERSION
    assert schema(kind)["properties"]["kind"]["const"] == kind


def test_only_keywords_that_old_editors_know_are_used() -> None:
    """Nothing of 2020-12 that draft 7 lacks."""
    assert broken(all_subschemas(), DRAFT_7.issuperset) == []


def test_a_reference_stands_beside_annotations_only() -> None:
    """Draft 7 ignores what stands beside ``$ref``."""
    references = [found for found in all_subschemas() if "$ref" in found[1]]
    assert broken(references, ANNOTATIONS.issuperset) == []
    assert broken(references, lambda node: node["$ref"].startswith("#/$defs/")) == []


def test_every_property_explains_itself() -> None:
    """Title, description and an example each, so that an editor can show them."""
    explained = {"title", "description", "examples"}
    assert broken(all_properties(), explained.issubset) == []
    assert broken(all_properties(), lambda node: node["description"].endswith(".")) == []


def test_every_form_explains_itself() -> None:
    """A finding about text of another form names the form and gives an example."""
    forms = [found for found in all_subschemas() if "pattern" in found[1]]
    assert broken(forms, {"title", "description", "examples"}.issubset) == []


def test_every_optional_property_says_what_its_absence_means() -> None:
    """A reader must not have to guess a default."""
    optional = [
        (f"{at}/{name}", stated)
        for at, node in all_subschemas()
        for name, stated in node.get("properties", {}).items()
        if name not in node.get("required", ())
    ]
    assert broken(optional, lambda node: "Absent" in node["description"]) == []


@each_kind
def test_every_example_obeys_its_own_schema(kind: Any) -> None:
    """An example that cannot be copied is worse than none."""
    checks = [
        (f"{at} = {example}", {**node, "$defs": schema(kind)["$defs"]}, example)
        for at, node in all_subschemas()
        if at.startswith(f"{kind}#")
        for example in node.get("examples", ())
    ]
    wrong = [at for at, node, value in checks if not Draft202012Validator(node).is_valid(value)]
    assert wrong == []


def test_objects_are_closed_except_where_free_keys_are_the_point() -> None:
    """Unknown keys are refused; maps say what their keys look like; catalogue rows are open."""
    objects = [found for found in all_subschemas() if found[1].get("type") == "object"]
    rows = [found for found in objects if "/catalogue_rows/" in found[0] and "/items" in found[0]]
    rest = [found for found in objects if found not in rows]
    assert broken(rest, lambda node: node["additionalProperties"] is False) == []
    assert broken(rows, lambda node: node["required"] == ["id"]) == []
    assert len(rows) == 3


def test_free_keys_have_the_form_of_a_definition() -> None:
    """So that a finding about one can say what it should look like."""
    maps = [found for found in all_subschemas() if "patternProperties" in found[1]]
    forms = [
        (f"{at}: {pattern}", schema(at.partition("#")[0])["$defs"])  # type: ignore[arg-type]
        for at, node in maps
        for pattern in node["patternProperties"]
    ]
    known = [
        at
        for at, defined in forms
        if at.rpartition(": ")[2] in [node.get("pattern") for node in defined.values()]
    ]
    assert known == [at for at, _ in forms]
    assert len(forms) == len(maps)


@each_kind
def test_required_keys_are_properties(kind: Any) -> None:
    """A key that must be there can be there."""
    found = [node for at, node in all_subschemas() if at.startswith(kind)]
    assert [
        n for n in found if not set(n.get("required", ())) <= set(n.get("properties", ()))
    ] == []


def test_all_text_is_bounded() -> None:
    """Text has a pattern that bounds it, a list of words or a largest length."""
    texts = [found for found in all_subschemas() if found[1].get("type") == "string"]
    assert broken(texts, lambda node: {"enum", "pattern", "maxLength"} & set(node)) == []
    endless = [f for f in texts if re.search(r"\]\*|\]\+|\)\*", f[1].get("pattern", ""))]
    assert broken(endless, lambda node: "maxLength" in node) == []


def test_all_numbers_are_bounded() -> None:
    """Nobody counts to ten to the three hundred."""
    numbers = [f for f in all_subschemas() if f[1].get("type") in ("integer", "number")]
    assert broken(numbers, lambda node: "maximum" in node or "enum" in node) == []


@each_kind
def test_quantities_take_the_units_of_the_engine(kind: Any) -> None:
    """The schemas' patterns are those that the engine parses by."""
    stated = schema(kind)["$defs"]
    used = {name: stated[f"{name}_text"]["pattern"] for name in KNOWN_DIMENSIONS if name in stated}
    assert used or kind == "Observations"  # tested with the figures
    assert used == {name: pattern(KNOWN_DIMENSIONS[name]) for name in used}


def test_shared_definitions_are_the_same_in_all_schemas() -> None:
    """What two schemas call by one name is one thing."""
    written = {
        (name, json.dumps(node, sort_keys=True))
        for kind in KINDS
        for name, node in schema(kind)["$defs"].items()
    }
    assert len(written) == len({name for name, _ in written})


@each_kind
def test_every_definition_is_used(kind: Any) -> None:
    """Nothing in a schema is dead."""
    text = json.dumps(schema(kind))
    unused = [name for name in schema(kind)["$defs"] if f'"#/$defs/{name}"' not in text]
    assert unused == []


def test_nothing_takes_a_secret() -> None:
    """No document has a place for a password, a token or a private key."""
    names = {at.rpartition("/")[2] for at, _ in all_properties()}
    odd = re.compile("passw|token|credential|private|secret|user")
    texts = {"tokens", "max_num_batched_tokens", "p95_first_token", "p95_per_token", "per_token",
             "first_token", "input_tokens", "output_tokens", "shared_prefix_tokens",
             "block_tokens"}  # fmt: skip
    assert {n for n in names if odd.search(n)} == {"secrets", *texts}


def test_a_request_holds_no_infrastructure_word() -> None:
    """Whoever writes a request is never asked about machines."""
    request = schema("WorkloadRequest")
    shown = [
        [name, *stated.get("enum", ()), stated["title"], stated["description"]]
        for name, stated in request["properties"].items()
    ]
    words = set(re.findall("[a-z]+", json.dumps(shown).lower()))
    assert words & INFRASTRUCTURE == set()


@each_kind
def test_a_document_with_every_key_is_valid(kind: Any) -> None:
    """All keys of the language can stand together."""
    document = everything(kind)
    assert list(Draft202012Validator(schema(kind)).iter_errors(document)) == []
    assert set(document) == set(resolved(kind, schema(kind))["properties"])
