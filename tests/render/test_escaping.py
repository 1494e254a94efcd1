"""Strings survive each language; the full count runs in benchmarks/deep."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.api import load, render
from generator.render.escape import yaml_block
from tests.render.escaping import expected, random_strings, through_hcl, through_yaml
from tests.tools import build

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.tools
@pytest.mark.parametrize("through", [through_hcl, through_yaml])
def test_strings_come_back_in_their_normal_form(
    through: Callable[[Sequence[str], Path], list[str]], tmp_path: Path
) -> None:
    """Three hundred of them, made of what hurts."""
    strings = random_strings(300)
    assert through(strings, tmp_path) == expected(strings)


def site_with(text: str) -> dict[str, Any]:
    """The site with a text in every field that allows free text and reaches the output."""
    site: dict[str, Any] = yaml.safe_load(
        (ROOT / "blueprints/acme-ams1.site.yaml").read_text().replace("2026-11-20", "'2026-11-20'")
    )
    site["datacenters"][0]["name"] = text
    site["clusters"][0]["datacenter"] = text
    site["clusters"][0]["zone"] = text
    site["supervisors"][0]["zones"] = [text]
    site["libraries"][0]["name"] = text
    site["datastores"][1]["tags"] = [{"category": text, "tag": text}]
    return site


@pytest.mark.tools
@pytest.mark.parametrize("text", [t for t in random_strings(80, seed=2) if t.strip()][:50])
def test_free_text_stays_text_in_every_file(text: str, tmp_path: Path) -> None:
    """A full render with the text in all free-text fields at once, read back by other parsers."""
    (tmp_path / "b.yaml").write_bytes((ROOT / "blueprints/acme-ml.yaml").read_bytes())
    (tmp_path / "s.site.yaml").write_text(yaml_block(site_with(text), 0), encoding="utf-8")
    (result,) = render(load([tmp_path / "b.yaml"]))
    (normal,) = expected([text])
    for file in result.files:
        (tmp_path / file.path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file.path).write_text(file.text, encoding="utf-8", newline="\n")
    names = literals(sorted((tmp_path / "vc-ams1").rglob("*.tf")), "name")
    assert names.count(normal) >= 4
    pools = [
        pool
        for path in sorted(tmp_path.rglob("tanzu/acme-*.yaml"))
        for pool in yaml.safe_load(path.read_text(encoding="utf-8"))["spec"]["topology"]["workers"][
            "machineDeployments"
        ]
    ]
    assert {pool["failureDomain"] for pool in pools if "failureDomain" in pool} == {normal}
    assert json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))["release"]


def literals(files: Sequence[Path], attribute: str) -> list[str]:
    """The values of an attribute in every block of some Terraform files, by HashiCorp's parser."""
    done = subprocess.run(
        [build.locate("hcl-reader"), "blocks", *files],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return [value for value in values(json.loads(done.stdout), attribute) if isinstance(value, str)]


def values(node: Any, attribute: str) -> list[Any]:
    """Every literal value of an attribute below a node of the reader's answer."""
    if isinstance(node, list):
        return [value for item in node for value in values(item, attribute)]
    if not isinstance(node, dict):
        return []
    own = node.get("attributes", {}).get(attribute, {})
    found = [own["value"]] if isinstance(own, dict) and "value" in own else []
    return found + [value for item in node.values() for value in values(item, attribute)]
