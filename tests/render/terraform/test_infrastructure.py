"""What is made on an empty target: hostile names stay names, and stamps find their attribute."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from generator.api import load, render
from generator.render.terraform import infrastructure
from generator.supply.model import OutsideObject
from tests.platform.test_infrastructure import FOLDER, desired, site
from tests.render.escaping import expected, random_strings
from tests.render.test_escaping import literals

PLACEHOLDERS = (
    "bud2", "gpu-b", "vds-bud2", "uplink1", "pg-mgmt-b", "vkr-bud2",
    "vSAN Default Storage Policy",
)  # fmt: skip
"""Names in the fixture's site that anybody may choose: of what is made and what it stands on."""

NAMED = 9
"""Blocks named by the text, at least: in root 00 the datacenter, a cluster, the switch, a port
group; in 10 a library; in 25 the lookups of datacenter, cluster, port group and policy."""


@pytest.mark.tools
@pytest.mark.parametrize("text", [t for t in random_strings(80, seed=3) if t.strip()][:50])
def test_free_text_stays_text_in_every_file(text: str, tmp_path: Path) -> None:
    """A full render with the text in all these names at once, read back by another parser."""
    (normal,) = expected([text])
    (tmp_path / "b.yaml").write_bytes((FOLDER / "greenfield.yaml").read_bytes())
    facts = yaml.safe_dump(renamed(yaml.safe_load(source()), normal), allow_unicode=False)
    (tmp_path / "s.site.yaml").write_text(facts, encoding="utf-8")
    (result,) = render(load([tmp_path / "b.yaml"]))
    for file in result.files:
        (tmp_path / file.path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file.path).write_text(file.text, encoding="utf-8", newline="\n")
    files = sorted((tmp_path / "vc-bud1").rglob("*.tf"))
    assert literals(files, "name").count(normal) >= NAMED


def source() -> str:
    """The fixture's site; its day is text, not a date."""
    text = (FOLDER / "greenfield.site.yaml").read_text(encoding="utf-8")
    return text.replace("2026-11-20", "'2026-11-20'")


def renamed(node: object, text: str) -> object:
    """The node with the text for every placeholder."""
    if isinstance(node, dict):
        return {key: renamed(value, text) for key, value in node.items()}
    if isinstance(node, list):
        return [renamed(item, text) for item in node]
    return text if node in PLACEHOLDERS else node


def test_f1_stamps_find_an_attribute_that_somebody_else_keeps() -> None:
    """It is looked up then, and claimed by nobody."""
    attribute = OutsideObject(kind="custom-attribute", name="mlgen", manage="reference")
    state = desired(replace(site(), objects=(attribute,)))
    texts = {file.path.rpartition("/")[2]: file.text for file in infrastructure.files(state)}
    assert 'data "vsphere_custom_attribute" "mlgen"' in texts["stamp.tf"]
    assert "(data.vsphere_custom_attribute.mlgen.id)" in texts["new_clusters.tf"]
    assert 'resource "vsphere_custom_attribute"' not in texts["stamp.tf"]


def test_f2_no_option_of_a_cluster_is_left_to_a_default() -> None:
    """The provider's would switch DRS and HA off."""
    (text,) = [
        file.text for file in infrastructure.files(desired()) if file.path.endswith("clusters.tf")
    ]
    for option in ("drs_enabled", "ha_enabled", "ha_admission_control_policy", "vsan_enabled"):
        assert text.count(f"  {option} ") == len(desired().vcenters[0].infrastructure.clusters)
    assert text.count("prevent_destroy = true") == 2
