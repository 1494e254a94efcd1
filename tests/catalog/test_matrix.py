"""generator.catalog.matrix: the version matrix as shipped."""

from __future__ import annotations

import pytest

from generator.catalog import Catalog
from generator.catalog.matrix import Combination
from generator.catalog.store import TARGETS, document
from generator.catalog.versions import order

CATALOG = Catalog.builtin()
VERSIONS = CATALOG.versions
AS_OF = "2026-11-20"
OLD = {
    "vcenter": "8.0U3",
    "esx": "8.0U3",
    "vks": "3.4",
    "kubernetes": "1.33",
    "cluster_class": "builtin-generic-v3.4.0",
    "vgpu_host": "18",
    "nvaie_infra": "6",
}
NEW = OLD | {
    "vks": "3.7",
    "kubernetes": "1.36",
    "cluster_class": "builtin-generic-v3.7.0",
    "vgpu_host": "19",
    "vgpu_guest": "19",
    "nvaie_infra": "7",
    "gpu_operator": "26.7",
}


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_has_releases_in_order(target: str) -> None:
    """Each row can be read and cites a source."""
    known = VERSIONS.known(target)
    read = [VERSIONS.find(target, version) for version in known]

    assert known
    assert [order(version) for version in known] == sorted(order(version) for version in known)
    assert all(row and row.sources and row.version in known for row in read)
    assert len({hash(row) for row in read}) == len(known)


@pytest.mark.parametrize("combination", VERSIONS.combinations, ids=lambda item: item.name)
def test_a_combination_that_a_source_names_has_no_conflict(combination: Combination) -> None:
    """The bounds must not contradict what is known to work."""
    assert VERSIONS.unknown(combination.targets) == ()
    assert VERSIONS.conflicts(combination.targets) == ()
    assert combination.sources


def test_the_newer_set_of_targets_is_known_current_and_without_conflict() -> None:
    """What the shipped example can stand on."""
    assert VERSIONS.unknown(NEW) == ()
    assert VERSIONS.conflicts(NEW) == ()
    assert VERSIONS.expired(NEW, AS_OF) == ()


def test_the_570_branch_is_over_by_november_2026() -> None:
    """Kubernetes 1.33 is not: Broadcom serves it for 24 months."""
    over = {(row.target, row.version) for row in VERSIONS.expired(OLD, AS_OF)}

    assert over == {("vgpu_host", "18"), ("nvaie_infra", "6")}


def test_kubernetes_1_32_is_over_by_november_2026() -> None:
    """Upstream ended it in February."""
    assert [row.version for row in VERSIONS.expired({"kubernetes": "1.32.7"}, AS_OF)] == ["1.32"]


@pytest.mark.parametrize(
    ("targets", "pairs"),
    [
        ({"vks": "3.4", "kubernetes": "1.36"}, {("vks", "kubernetes"), ("kubernetes", "vks")}),
        (
            {"cluster_class": "builtin-generic-v3.7.0", "vks": "3.6"},
            {("cluster_class", "vks"), ("vks", "cluster_class")},
        ),
        ({"cluster_class": "tanzukubernetescluster", "vks": "3.6"}, {("cluster_class", "vks")}),
        ({"gpu_operator": "25.10.1", "kubernetes": "1.36"}, {("gpu_operator", "kubernetes")}),
        ({"nvaie_infra": "7.5", "vgpu_host": "18"}, {("nvaie_infra", "vgpu_host")}),
        ({"vgpu_guest": "20", "vgpu_host": "19"}, {("vgpu_guest", "vgpu_host")}),
        ({"vgpu_guest": "16", "vgpu_host": "19"}, set()),
        ({"vks": "3.5", "vcenter": "8.0U2"}, {("vks", "vcenter")}),
        ({"nvaie_infra": "8", "esx": "7.0U3"}, {("nvaie_infra", "esx")}),
    ],
)
def test_versions_that_do_not_go_together_are_named(
    targets: dict[str, str], pairs: set[tuple[str, str]]
) -> None:
    """Each side that knows of it says so."""
    conflicts = VERSIONS.conflicts(targets)

    assert {(conflict.target, conflict.other) for conflict in conflicts} == pairs
    assert all(conflict.needs and conflict.sources for conflict in conflicts)


def test_unknown_versions_are_listed_and_other_keys_ignored() -> None:
    """An orchestrator's name is no target."""
    assert VERSIONS.unknown({"vks": "9.9", "kubernetes": "1.36", "colour": "blue"}) == (
        ("vks", "9.9"),
    )


@pytest.mark.parametrize("name", sorted(document("versions/features")))
def test_every_feature_can_be_read(name: str) -> None:
    """And says what it is."""
    feature = VERSIONS.feature(name)

    assert feature.title
    assert feature.requires
    assert feature.sources


@pytest.mark.parametrize(
    ("feature", "targets", "lacking"),
    [
        ("mixed-size-vgpu", {"vcenter": "8.0U3", "esx": "8.0U3", "vgpu_host": "19"}, ()),
        ("mixed-size-vgpu", {"esx": "8.0U2"}, (("esx", "8.0U3 or later"),)),
        ("mixed-size-vgpu", {"vgpu_host": "16"}, (("vgpu_host", "17 or later"),)),
        ("mig-media-and-double-memory", {"esx": "8.0U2"}, (("esx", "8.0U3 or later"),)),
        ("hgx-blackwell", {"nvaie_infra": "9.0"}, (("nvaie_infra", "8.2"),)),
        ("tkc-api", {"kubernetes": "1.33"}, (("kubernetes", "1.32 or earlier"),)),
        ("cluster-v1beta2", {"vcenter": "9.0", "vks": "3.7"}, ()),
    ],
)
def test_features_come_with_versions(
    feature: str, targets: dict[str, str], lacking: tuple[tuple[str, str], ...]
) -> None:
    """What is not stated does not stand in the way."""
    assert VERSIONS.lacking(feature, targets) == lacking


def test_a_misspelt_feature_is_answered_with_near_names() -> None:
    """A mistake of this project's own code."""
    with pytest.raises(KeyError, match="mixed-size-vgpu"):
        VERSIONS.feature("mixed-size-vgpus")


@pytest.mark.parametrize(
    ("vsphere", "hardware", "vgpus", "devices"),
    [
        ("6.7", "vmx-14", 1, 16),
        ("7.0U3", "vmx-19", 4, 16),
        ("8.0", "vmx-20", 8, 32),
        ("8.0U1", "vmx-20", 8, 32),
        ("8.0U3", "vmx-21", 16, 128),
        ("9.1", "vmx-22", 16, 128),
    ],
)
def test_virtual_hardware_sets_the_devices_of_a_vm(
    vsphere: str, hardware: str, vgpus: int, devices: int
) -> None:
    """Sixteen vGPUs from 8.0 Update 2 on."""
    assert VERSIONS.hardware_version(vsphere) == hardware
    assert CATALOG.vgpus_per_vm(hardware) == vgpus
    assert VERSIONS.passthrough_devices_per_vm(hardware) == devices


def test_unknown_hardware_is_refused() -> None:
    """Neither the future nor the far past is guessed."""
    with pytest.raises(KeyError, match="vmx-99"):
        CATALOG.vgpus_per_vm("vmx-99")
    with pytest.raises(KeyError, match=r"vSphere 5\.5"):
        VERSIONS.hardware_version("5.5")


@pytest.mark.parametrize(
    ("hardware", "until"), [("vmx-19", "2025-10-02"), ("vmx-21", "2027-10-11"), ("vmx-22", None)]
)
def test_virtual_hardware_is_supported_as_long_as_its_vsphere(
    hardware: str, until: str | None
) -> None:
    assert CATALOG.versions.hardware_until(hardware) == until
