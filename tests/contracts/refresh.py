"""Makes the contracts again from newer sources, stripped to facts about the interface.

    python tests/contracts/refresh.py provider SCHEMA.json
    python tests/contracts/refresh.py vcf SCHEMA.json
    python tests/contracts/refresh.py crd FILE.yaml ...

``SCHEMA.json`` is the output of ``terraform providers schema -json``; each ``FILE.yaml`` is a
CustomResourceDefinition as its project ships it. Prose is dropped: it is another's text, it
changes without meaning, and no check reads it. The result depends on the input alone, so that a
second run on what it wrote changes nothing. Note the source in ``provenance.json`` by hand.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
PROVIDER = HERE / "vsphere-provider.json"
VCF = HERE / "vcf-provider.json"
CRDS = HERE / "crds"

WRITTEN_FOR_VCF = (
    "vcf_cluster",
    "vcf_domain",
    "vcf_host",
    "vcf_network_pool",
)
"""What is written for the provider vmware/vcf; the contract holds nothing else of it."""

_ATTRIBUTE_FLAGS = ("required", "optional", "computed", "sensitive", "deprecated")
_BLOCK_LIMITS = ("min_items", "max_items")
_PROSE = frozenset({"description", "title", "example", "externalDocs"})
_RULE_PROSE = frozenset({"message", "messageExpression"})
_OPEN = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
_NAMES = ("kind", "listKind", "plural", "singular")


def provider_text(dump: Mapping[str, Any]) -> str:
    """The provider's contract of a schema dump, or of a contract made before."""
    return _contract_text(_one_provider(dump, "vmware/vsphere"))


def vcf_text(dump: Mapping[str, Any]) -> str:
    """The same of the provider vmware/vcf, of the types that are written for it alone."""
    schema = _one_provider(dump, "vmware/vcf")
    used = {
        kind: {name: each for name, each in schema[kind].items() if name in WRITTEN_FOR_VCF}
        for kind in ("resources", "data_sources")
    }
    return _contract_text({"provider": schema["provider"], **used})


def _contract_text(schema: Mapping[str, Any]) -> str:
    contract = {
        "provider": _block(schema["provider"]),
        "resources": {name: _block(each) for name, each in schema["resources"].items()},
        "data_sources": {name: _block(each) for name, each in schema["data_sources"].items()},
    }
    return json.dumps(contract, indent=1, sort_keys=True) + "\n"


def _one_provider(dump: Mapping[str, Any], source: str) -> Mapping[str, Any]:
    if "provider_schemas" not in dump:
        return dump
    schemas = [
        each for name, each in dump["provider_schemas"].items() if name.endswith(f"/{source}")
    ]
    if len(schemas) != 1:
        raise ValueError(f"the dump must hold the schema of {source} once")
    return {
        "provider": schemas[0]["provider"]["block"],
        "resources": {name: each["block"] for name, each in schemas[0]["resource_schemas"].items()},
        "data_sources": {
            name: each["block"] for name, each in schemas[0]["data_source_schemas"].items()
        },
    }


def _block(block: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    if block.get("attributes"):
        kept["attributes"] = {
            name: {"type": each["type"], **{f: True for f in _ATTRIBUTE_FLAGS if each.get(f)}}
            for name, each in block["attributes"].items()
            if "type" in each  # timeouts of the newer framework are nested, and never written
        }
    if block.get("block_types"):
        kept["block_types"] = {
            name: {
                "block": _block(each["block"]),
                "nesting_mode": each["nesting_mode"],
                **{limit: each[limit] for limit in _BLOCK_LIMITS if each.get(limit)},
            }
            for name, each in block["block_types"].items()
        }
    return kept


def crd_text(document: Mapping[str, Any]) -> str:
    """One definition on one line: JSON is YAML, and the validator takes the folder as it is."""
    spec = document["spec"]
    kept = {
        "apiVersion": document["apiVersion"],
        "kind": document["kind"],
        "metadata": {"name": document["metadata"]["name"]},
        "spec": {
            "group": spec["group"],
            "names": {key: spec["names"][key] for key in _NAMES if key in spec["names"]},
            "scope": spec["scope"],
            "versions": [_version(each) for each in spec["versions"] if each["served"]],
        },
    }
    return json.dumps(kept, sort_keys=True, separators=(",", ":")) + "\n"


def _version(version: Mapping[str, Any]) -> dict[str, Any]:
    schema = _without_prose(version["schema"]["openAPIV3Schema"])
    if "status" in schema.get("properties", {}):
        # Nothing that is rendered sets a status; left open, it cannot be wrong.
        schema["properties"]["status"] = dict(_OPEN)
    kept = {
        "name": version["name"],
        "schema": {"openAPIV3Schema": schema},
        "served": True,
        "storage": version["storage"],
    }
    if "subresources" in version:
        kept["subresources"] = version["subresources"]
    return kept


def _without_prose(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Drops keywords that hold prose, but no property that happens to bear such a name."""
    kept: dict[str, Any] = {}
    for keyword, value in schema.items():
        if keyword in _PROSE:
            continue
        if keyword in ("properties", "patternProperties"):
            kept[keyword] = {name: _without_prose(each) for name, each in value.items()}
        elif keyword in ("items", "additionalProperties", "not") and isinstance(value, dict):
            kept[keyword] = _without_prose(value)
        elif keyword in ("allOf", "anyOf", "oneOf"):
            kept[keyword] = [_without_prose(each) for each in value]
        elif keyword == "x-kubernetes-validations":
            kept[keyword] = [
                {key: part for key, part in each.items() if key not in _RULE_PROSE}
                for each in value
            ]
        else:
            kept[keyword] = value
    return kept


def crd_file_name(document: Mapping[str, Any]) -> str:
    """Group and plural, as controller-gen names its files."""
    spec = document["spec"]
    return f"{spec['group']}_{spec['names']['plural']}.yaml"


def _refresh_provider(path: Path, target: Path, made: Callable[[Mapping[str, Any]], str]) -> None:
    dump = json.loads(path.read_text(encoding="utf-8"))
    target.write_text(made(dump), encoding="utf-8", newline="\n")


def _refresh_crds(path: Path, folder: Path) -> None:
    for document in yaml.safe_load_all(path.read_text(encoding="utf-8")):
        if document and document.get("kind") == "CustomResourceDefinition":
            target = folder / crd_file_name(document)
            target.write_text(crd_text(document), encoding="utf-8", newline="\n")


def main(arguments: list[str] | None = None) -> int:
    """Writes the contracts; what was there is replaced."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    kinds = parser.add_subparsers(dest="kind", required=True)
    provider = kinds.add_parser("provider", help="from a provider schema dump")
    provider.add_argument("file", type=Path)
    provider.add_argument("--to", type=Path, default=PROVIDER)
    vcf = kinds.add_parser("vcf", help="from a schema dump of the provider vmware/vcf")
    vcf.add_argument("file", type=Path)
    vcf.add_argument("--to", type=Path, default=VCF)
    crd = kinds.add_parser("crd", help="from CustomResourceDefinition files")
    crd.add_argument("files", type=Path, nargs="+")
    crd.add_argument("--to", type=Path, default=CRDS)
    chosen = parser.parse_args(arguments)
    if chosen.kind in ("provider", "vcf"):
        made = provider_text if chosen.kind == "provider" else vcf_text
        _refresh_provider(chosen.file, chosen.to, made)
    else:
        for path in chosen.files:
            _refresh_crds(path, chosen.to)
    return 0


if __name__ == "__main__":
    sys.exit(main())
