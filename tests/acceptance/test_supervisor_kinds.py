"""Every kind of Supervisor that can be asked for is one that the provider would take.

None is applied: the simulator enables no Supervisor, and the provider in use only keeps the newer
resource in its state (tests/tools/provider/README.md).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.acceptance.conftest import rendered
from tests.acceptance.roots import Cli, data_blocks
from tests.acceptance.test_greenfield import FOLDER
from tests.contracts import provider_schema

pytestmark = pytest.mark.tools

NSX = {
    "network": "nsx",
    "load_balancer": "nsx",
    "pod_cidr": "10.244.0.0/16",
    "edge": {"cluster": "5c1d7e22-8a7b-4f0e-9c41-0d2b3a4c5e6f", "tier0": "t0-bud2"},
}
RANGES = {"ingress": "10.70.0.0/24", "egress": "10.70.1.0/24"}
SERVER = {"address": "10.60.0.60", "port": 443}

# By case: what differs at the Supervisor, the release of vCenter, and the resources that come.
NEWER, OLDER = {"vsphere_supervisor_v2": 1}, {"vsphere_supervisor": 1}
CASES: dict[str, tuple[dict[str, Any], str, dict[str, int]]] = {
    "haproxy": ({"load_balancer": "haproxy", "edge": SERVER}, "8.0U3", NEWER),
    "avi": ({"load_balancer": "avi", "edge": SERVER}, "9.0", NEWER),
    "zones": ({"zones": ["bud-z1"], "clusters": []}, "9.0", NEWER),
    "nsx": (NSX, "9.0", NEWER),
    "before 8": (NSX, "7.0U3", OLDER),
}

UPGRADED = {"7.0U3": "8.0U3"}
"""Release 7 is out of support: a platform may stand on it only while it is on its way to 8."""


@pytest.fixture(scope="module", params=CASES)
def root(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, int]]:
    """The root of the Supervisor, and what it must hold."""
    differs, release, kinds = CASES[request.param]
    folder = tmp_path_factory.mktemp("kind")
    text = (FOLDER / "greenfield.yaml").read_text("utf-8")
    target = UPGRADED.get(release, release)
    (folder / "greenfield.yaml").write_text(text.replace('"9.0"', f'"{target}"'), "utf-8")
    facts = yaml.safe_load((FOLDER / "greenfield.site.yaml").read_text("utf-8"))
    (supervisor,), (vcenter,) = facts["supervisors"], facts["vcenters"]
    vcenter["version"] = release
    supervisor.update(differs)
    supervisor["addresses"].update(RANGES)
    facts["networks"] = [{**n, "switch": "vds-bud2"} for n in facts["networks"]]
    (folder / "greenfield.site.yaml").write_text(yaml.safe_dump(facts, sort_keys=False), "utf-8")
    tree = rendered(folder / "greenfield.yaml", folder / "out")
    return tree / "vc-bud1" / "25-supervisor", kinds


def test_it_is_formatted_and_valid(
    root: tuple[Path, dict[str, int]], command_line: Callable[[str], Cli], tmp_path: Path
) -> None:
    folder = tmp_path / "root"
    shutil.copytree(root[0], folder)
    for tool in ("terraform", "opentofu"):
        cli = command_line(tool)
        for command in (("fmt", "-check", "-diff"), ("init", "-no-color"), ("validate",)):
            done = cli.run(folder, *command)
            assert done, done.output


def test_the_newest_provider_would_take_it(root: tuple[Path, dict[str, int]]) -> None:
    blocks = data_blocks([root[0]])
    assert provider_schema.problems(blocks, provider_schema.load()) == []
    counted = provider_schema.counted(blocks)
    assert {kind: n for kind, n in counted.items() if not kind.startswith("data.")} == root[1]


def test_no_secret_has_a_value_and_none_is_shown(root: tuple[Path, dict[str, int]]) -> None:
    """A login of a load balancer is a sensitive variable without a default."""
    secrets = [
        block
        for body in data_blocks([root[0]]).values()
        for block in body["blocks"]
        if block["type"] == "variable" and "ca_chain" not in block["labels"][0]
    ]
    assert [b["labels"] for b in secrets if "default" in b["attributes"]] == []
    assert [b["labels"] for b in secrets if not b["attributes"]["sensitive"]["value"]] == []
