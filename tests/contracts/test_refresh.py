"""The committed contracts are what the refresh program makes of them, byte for byte."""

import json
from pathlib import Path

import pytest

from tests.contracts import refresh

CRD_FILES = sorted(refresh.CRDS.iterdir())


def test_the_provider_contract_is_reproduced(tmp_path: Path) -> None:
    again = tmp_path / "provider.json"
    assert refresh.main(["provider", str(refresh.PROVIDER), "--to", str(again)]) == 0
    assert again.read_bytes() == refresh.PROVIDER.read_bytes()


def test_the_vcf_contract_is_reproduced(tmp_path: Path) -> None:
    again = tmp_path / "vcf.json"
    assert refresh.main(["vcf", str(refresh.VCF), "--to", str(again)]) == 0
    assert again.read_bytes() == refresh.VCF.read_bytes()


def test_the_vcf_contract_holds_what_is_written_for_it_and_no_more() -> None:
    known = json.loads(refresh.VCF.read_text(encoding="utf-8"))
    assert {*known["resources"], *known["data_sources"]} == set(refresh.WRITTEN_FOR_VCF)


@pytest.mark.parametrize("path", CRD_FILES, ids=lambda path: path.stem)
def test_each_crd_is_reproduced(path: Path, tmp_path: Path) -> None:
    assert refresh.main(["crd", str(path), "--to", str(tmp_path)]) == 0
    assert (tmp_path / path.name).read_bytes() == path.read_bytes()


def test_the_folder_of_crds_holds_nothing_else() -> None:
    assert len(CRD_FILES) == 3
    assert {path.suffix for path in CRD_FILES} == {".yaml"}


def test_every_contract_has_its_provenance() -> None:
    known = json.loads((refresh.HERE / "provenance.json").read_text(encoding="utf-8"))
    there = {
        refresh.PROVIDER.name,
        refresh.VCF.name,
        "rest-privileges.json",
        *(f"crds/{path.name}" for path in CRD_FILES),
    }
    assert set(known) == there
    assert all({"repository", "commit", "date"} <= set(each) for each in known.values())


def test_the_versions_in_the_provenance_are_those_that_are_served() -> None:
    known = json.loads((refresh.HERE / "provenance.json").read_text(encoding="utf-8"))
    crds = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in CRD_FILES}
    served = {
        f"crds/{name}": [each["name"] for each in crd["spec"]["versions"]]
        for name, crd in crds.items()
    }
    assert {name: known[name]["versions"] for name in served} == served


def test_prose_is_dropped_but_a_property_of_that_name_stays() -> None:
    status = {"type": "object", "properties": {"x": {"type": "string"}}}
    raw = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "things.example.org", "annotations": {"a": "b"}},
        "spec": {
            "group": "example.org",
            "names": {"kind": "Thing", "plural": "things", "shortNames": ["t"]},
            "scope": "Namespaced",
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "schema": {
                        "openAPIV3Schema": {
                            "type": "object",
                            "description": "prose",
                            "properties": {
                                "description": {"type": "string", "description": "prose"},
                                "status": status,
                            },
                            "x-kubernetes-validations": [{"rule": "true", "message": "prose"}],
                        }
                    },
                },
                {"name": "v0", "served": False, "storage": False, "schema": {}},
            ],
        },
    }
    made = json.loads(refresh.crd_text(raw))
    assert refresh.crd_file_name(raw) == "example.org_things.yaml"
    assert made["metadata"] == {"name": "things.example.org"}
    assert made["spec"]["names"] == {"kind": "Thing", "plural": "things"}
    assert [each["name"] for each in made["spec"]["versions"]] == ["v1"]
    assert made["spec"]["versions"][0]["schema"]["openAPIV3Schema"] == {
        "type": "object",
        "properties": {
            "description": {"type": "string"},
            "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        },
        "x-kubernetes-validations": [{"rule": "true"}],
    }


def test_a_schema_dump_becomes_a_contract() -> None:
    attribute = {"type": "string", "sensitive": False, "description": "prose"}
    dump = {
        "format_version": "1.0",
        "provider_schemas": {
            "registry.terraform.io/vmware/vsphere": {
                "provider": {"block": {"attributes": {"user": {**attribute, "required": True}}}},
                "resource_schemas": {
                    "vsphere_thing": {
                        "version": 1,
                        "block": {
                            "attributes": {"name": {**attribute, "optional": True}},
                            "block_types": {
                                "part": {"nesting_mode": "list", "min_items": 1, "block": {}}
                            },
                        },
                    }
                },
                "data_source_schemas": {},
            }
        },
    }
    assert json.loads(refresh.provider_text(dump)) == {
        "provider": {"attributes": {"user": {"type": "string", "required": True}}},
        "resources": {
            "vsphere_thing": {
                "attributes": {"name": {"type": "string", "optional": True}},
                "block_types": {"part": {"nesting_mode": "list", "min_items": 1, "block": {}}},
            }
        },
        "data_sources": {},
    }


def test_a_dump_without_the_provider_is_refused() -> None:
    with pytest.raises(ValueError, match="vmware/vsphere"):
        refresh.provider_text({"provider_schemas": {}})
