"""The provider that the roots are applied with accepts what the published one accepts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.roots import Cli
from tests.contracts import provider_schema, refresh
from tests.tools import build

pytestmark = pytest.mark.tools

# Where 1.26 cannot be brought to the published schema. None of it is rendered.
KNOWN_DIFFERENCES = {
    "resources.vsphere_nas_datastore.protocol_endpoint",  # the type of a computed attribute
    "resources.vsphere_virtual_machine.disk.name",  # taken away since; the walker refuses it
    "data_sources.vsphere_license.id",  # the SDK writes these three itself
    "data_sources.vsphere_tag.id",
    "data_sources.vsphere_tag_category.id",
}

NEEDS_PROVIDER = """
terraform {
  required_providers {
    vsphere = {
      source = "vmware/vsphere"
    }
  }
}
"""


def flat(schema: Mapping[str, Any], at: str) -> Iterator[tuple[str, Any]]:
    """Every argument and block by its path."""
    for name, rule in schema.get("attributes", {}).items():
        yield f"{at}.{name}", {key: value for key, value in rule.items() if key != "deprecated"}
    for name, rule in schema.get("block_types", {}).items():
        yield f"{at}.{name}", {key: value for key, value in rule.items() if key != "block"}
        yield from flat(rule["block"], f"{at}.{name}")


def everything(contract: Mapping[str, Any]) -> dict[str, Any]:
    return {
        path: rule
        for kind in ("resources", "data_sources")
        for name, schema in contract[kind].items()
        for path, rule in flat(schema, f"{kind}.{name}")
    }


@pytest.fixture(scope="module")
def terraform(command_line: Callable[[str], Cli]) -> Cli:
    return command_line("terraform")


@pytest.fixture(scope="module")
def initialised(terraform: Cli, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("provider")
    (folder / "main.tf").write_text(NEEDS_PROVIDER, "utf-8")
    done = terraform.run(folder, "init", "-no-color")
    assert done, done.output
    return folder


@pytest.mark.skipif(build.own_mirror() is not None, reason="the published provider is in use")
def test_the_provider_has_the_published_schema(terraform: Cli, initialised: Path) -> None:
    dump = json.loads(terraform.run(initialised, "providers", "schema", "-json").output)
    own = everything(json.loads(refresh.provider_text(dump)))
    published = everything(provider_schema.load())
    assert len(published) > 1300
    assert {p for p in {*own, *published} if own.get(p) != published.get(p)} == KNOWN_DIFFERENCES


@pytest.mark.parametrize(
    ("kind", "arguments", "message"),
    [
        ('resource "vsphere_zone"', 'name = "z"\ncolour = "red"', "Unsupported argument"),
        ('resource "vsphere_namespace"', 'name = "n"', "Missing required argument"),
        ('resource "vsphere_teapot"', "", "Invalid resource type"),
        ('data "vsphere_network"', 'name = "n"\nretry_timeout = "soon"', "a number is required"),
    ],
    ids=["unknown", "missing", "no such type", "wrong type"],
)
def test_the_provider_refuses_what_the_schema_does_not_have(
    terraform: Cli, initialised: Path, kind: str, arguments: str, message: str
) -> None:
    (initialised / "wrong.tf").write_text(f'{kind} "x" {{\n{arguments}\n}}\n', "utf-8")
    done = terraform.run(initialised, "validate", "-no-color")
    (initialised / "wrong.tf").unlink()
    assert done.code == 1
    assert message.lower() in " ".join(done.output.lower().split())
