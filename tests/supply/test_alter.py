"""Hosts that are lost or added, and other GPUs, in copies of the documents."""

from __future__ import annotations

import pytest

from generator.catalog import Catalog
from generator.finding import Refused
from generator.source import MappingNode, parse
from generator.supply.alter import Displaced, Hardware, Outcome, alter, rosters

BLUEPRINT = """\
storage_compute:
  sites:
    - {name: a, inventory: a}
    - {name: b, inventory: b, hosts: [{name: x1, gpus: [{model: nvidia-l4}]}]}
    - {name: c, hosts: [{name: solo}]}
"""
A = """\
hosts:
  - name: x1
    cluster: g
    maintenance: true
    nvlink: bridge-pair
    reserved_for_others: {cores: 4}
    gpus:
      - {model: nvidia-h100-pcie-80, pci: "0000:17:00.0", held_by: vdi, mode: mig}
      - {model: nvidia-h100-pcie-80, pci: "0000:65:00.0", nvlink_with: ["0000:17:00.0"]}
  - {name: x2, cluster: g}
occupancy:
  - {name: here, host: x1, vcpu: 8, memory: 32GiB}
  - {name: unknown-size, host: x1}
  - {name: off, host: x1, power: off}
  - {name: there, host: x2}
"""
B = "hosts: [{name: x1, gpus: [{model: nvidia-l4}]}]\n"


class Trees:
    """The three documents."""

    def __init__(self) -> None:
        self.blueprint, self.a, self.b = (
            parse(text.encode(), file="f.yaml")[0].root for text in (BLUEPRINT, A, B)
        )

    def alter(self, **supposed: object) -> Outcome:
        """Changes them."""
        lists = rosters(self.blueprint, {"a": self.a, "b": self.b})
        return alter(lists, Hardware(**supposed), Catalog.builtin())

    @property
    def inline(self) -> MappingNode:
        """The hosts of site b in the blueprint."""
        site: MappingNode = self.blueprint["storage_compute"]["sites"][1]
        return site


def names(root: MappingNode) -> list[str]:
    """The names of a list of hosts."""
    return [host["name"] for host in root["hosts"]]


def test_a_lost_host_leaves_its_list_and_its_vms_the_occupancy() -> None:
    """Those that run are displaced; those of other hosts stay."""
    trees = Trees()
    outcome = trees.alter(lost_hosts=("a/x1",))
    assert names(trees.a) == ["x2"]
    assert [vm["name"] for vm in trees.a["occupancy"]] == ["there"]
    assert outcome.displaced == (
        Displaced(site="a", host="x1", vm="here", vcpus=8, memory="32GiB"),
        Displaced(site="a", host="x1", vm="unknown-size", vcpus=None, memory=None),
    )
    assert names(trees.b) == ["x1"]


def test_a_host_is_lost_from_every_list_of_its_site() -> None:
    """Inline hosts would otherwise contradict the inventory."""
    trees = Trees()
    trees.alter(lost_hosts=("b/x1",))
    assert (names(trees.b), names(trees.inline)) == ([], [])
    assert names(trees.a) == ["x1", "x2"]


def test_a_lost_site_loses_all_its_hosts() -> None:
    """The site itself stays, and so does all that is said of it."""
    trees = Trees()
    trees.alter(lost_sites=("a", "c"))
    assert trees.a["hosts"] == []
    assert trees.blueprint["storage_compute"]["sites"][2]["hosts"] == []
    assert names(trees.b) == ["x1"]


def test_a_lost_gpu_is_held_and_keeps_the_numbers_of_its_neighbours() -> None:
    """It can be named in the plan no more."""
    trees = Trees()
    outcome = trees.alter(lost_gpus=("a/x1/gpu1",))
    held = [gpu.get("held_by") for gpu in trees.a["hosts"][0]["gpus"]]
    assert held == ["vdi", "lost (what if)"]
    assert outcome.lost_gpus == ("a/x1/gpu1",)


def test_an_added_host_has_the_parts_of_its_model_and_nobody_on_it() -> None:
    """Neither holders nor modes nor reservations nor maintenance."""
    trees = Trees()
    trees.alter(added_hosts=(("x3", "a/x1"),))
    added = trees.a["hosts"][-1]
    assert (added["name"], added["cluster"], added["nvlink"]) == ("x3", "g", "bridge-pair")
    assert added.keys() == {"name", "cluster", "nvlink", "gpus"}
    assert added["gpus"][0].keys() == {"model", "pci"}
    assert trees.a["hosts"][0]["maintenance"] is True


def test_an_added_host_stands_in_every_list_of_its_site() -> None:
    """And may be like one that is lost."""
    trees = Trees()
    trees.alter(added_hosts=(("x9", "b/x1"),), lost_hosts=("b/x1",))
    assert (names(trees.b), names(trees.inline)) == (["x9"], ["x9"])


def test_gpu_models_change_places_at_once() -> None:
    """Two swaps may cross; modes go with the old boards."""
    trees = Trees()
    trees.alter(
        other_gpus=(
            ("nvidia-h100-pcie-80", "nvidia-l4"),
            ("nvidia-l4", "nvidia-h100-pcie-80"),
        )
    )
    assert [gpu["model"] for gpu in trees.a["hosts"][0]["gpus"]] == ["nvidia-l4", "nvidia-l4"]
    assert trees.b["hosts"][0]["gpus"][0]["model"] == "nvidia-h100-pcie-80"
    assert trees.inline["hosts"][0]["gpus"][0]["model"] == "nvidia-h100-pcie-80"
    assert "mode" not in trees.a["hosts"][0]["gpus"][0]


@pytest.mark.parametrize(
    ("model", "linked"),
    [("nvidia-h100-nvl-94", True), ("nvidia-l40s", False), ("unheard-of", False)],
)
def test_other_boards_keep_the_link_that_they_can_have(model: str, linked: bool) -> None:
    """A board without NVLink has none, whatever was there before."""
    trees = Trees()
    trees.alter(other_gpus=(("nvidia-h100-pcie-80", model),))
    host = trees.a["hosts"][0]
    assert ("nvlink" in host, "nvlink_with" in host["gpus"][1]) == (linked, linked)


@pytest.mark.parametrize(
    ("supposed", "rule", "mend"),
    [
        ({"lost_hosts": ("nobody",)}, "MLG-W004", "there are solo, x1, x2"),
        ({"lost_hosts": ("slo",)}, "MLG-W004", "did you mean solo?"),
        ({"lost_hosts": ("x1",)}, "MLG-W004", "a/x1, b/x1"),
        ({"lost_hosts": ("",)}, "MLG-W004", "there are"),
        ({"lost_hosts": ("solo", "solo")}, "MLG-W003", "keep one"),
        ({"lost_gpus": ("x1",)}, "MLG-W001", "HOST/gpuN"),
        ({"lost_gpus": ("/gpu0",)}, "MLG-W001", "HOST/gpuN"),
        ({"lost_gpus": ("x2/gpu٣",)}, "MLG-W001", "HOST/gpuN"),
        ({"lost_gpus": ("a/x1/gpu2",)}, "MLG-W004", "gpu0 to gpu1"),
        ({"lost_gpus": (f"a/x1/gpu{'9' * 5000}",)}, "MLG-W004", "gpu0 to gpu1"),
        ({"lost_gpus": ("x2/gpu0",)}, "MLG-W004", "another host"),
        ({"lost_sites": ("d",)}, "MLG-W004", "there are a, b, c"),
        ({"added_hosts": (("x2", "solo"), ("y", "nobody"))}, "MLG-W004", "there are"),
        ({"added_hosts": (("x2", "a/x1"),)}, "MLG-W007", "another name"),
        ({"added_hosts": (("y", "x2"), ("y", "x2"))}, "MLG-W007", "another name"),
        ({"other_gpus": (("nvidia-h200-sxm-141", "nvidia-l4"),)}, "MLG-W004", "nvidia-l4"),
        ({"other_gpus": (("nvidia-l4", "x"), ("nvidia-l4", "y"))}, "MLG-W003", "keep one"),
    ],
)
def test_what_is_not_there_cannot_change(supposed: dict[str, object], rule: str, mend: str) -> None:
    """A finding at the option, and what would do instead."""
    with pytest.raises(Refused) as refused:
        Trees().alter(**supposed)
    found = [one for one in refused.value.findings if one.rule == rule]
    assert mend in found[0].mend
    assert found[0].places[0].file.startswith("--")
