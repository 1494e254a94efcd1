"""VKS clusters of the desired state: API version, trust, time, proxy and GPU pools."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.blueprint.model.blueprint import Targets
from generator.blueprint.model.resource_management import Orchestrator
from generator.catalog import Catalog
from generator.platform.clusters import api_version, snapshot_class
from generator.platform.node_pools import GPU_CARE, GPU_TAINT, PLAIN_CARE
from generator.platform.objects import DesiredState, NodePool
from generator.render.tanzu.clusters import cluster_view
from generator.supply.model import Services, SiteInventory
from tests.example import blueprint, desired, site, without


def facts(**services: object) -> SiteInventory:
    """The site with other services."""
    changed: Services = replace(site().services, **services)  # type: ignore[arg-type]
    return without(site(), services=changed)


def pools(state: DesiredState) -> dict[str, NodePool]:
    """All node pools by name."""
    return {pool.name: pool for cluster in state.clusters for pool in cluster.pools}


@pytest.mark.parametrize(
    ("vcenter", "vks", "expected"),
    [
        ("8.0U3", "3.4", "v1beta1"),
        ("8.0U3g", "3.7", "v1beta1"),
        ("9.0", "3.4", "v1beta1"),
        ("9.0", "3.5", "v1beta2"),
        ("9.1", "3.7", "v1beta2"),
        ("9.1", None, "v1beta1"),
        (None, "3.7", "v1beta1"),
    ],
)
def test_the_api_version_follows_the_targets(
    vcenter: str | None, vks: str | None, expected: str
) -> None:
    """The newer one only on VCF 9 with a VKS that is known to serve it."""
    assert api_version(Targets(vcenter=vcenter, vks=vks), Catalog.builtin()) == expected


def test_nodes_get_the_time_servers_of_their_site() -> None:
    assert {cluster.ntp for cluster in desired().clusters} == {("10.20.0.11",)}


def test_certificates_are_referred_to_by_secret_and_key() -> None:
    """F28: nodes trust the site's CAs, of which only the names are known."""
    first = desired(facts=facts(ca_bundles=("corp-root",))).clusters[0]
    assert first.trusted_cas == ("corp-root",)
    assert first.trust_secret == f"{first.name}-user-trusted-ca-secret"


def test_a_person_makes_the_secret_of_each_cluster() -> None:
    """F28: the coverage contract says so; certificates are never rendered."""
    rows = desired(facts=facts(ca_bundles=("corp-root",))).coverage
    found = [(row.actor, row.count) for row in rows if row.object_kind == "Secret of trusted CAs"]
    assert found == [("person", 3)]


def test_f28_node_images_of_a_local_library_are_imported_by_a_person() -> None:
    """One that follows another library, or of which nobody says so, gets them by itself."""
    (library,) = site().libraries
    rows = {
        subscribed: [
            row.where
            for row in desired(
                facts=replace(site(), libraries=(replace(library, subscribed=subscribed),))
            ).coverage
            if row.object_kind == "node image"
        ]
        for subscribed in (False, True, None)
    }
    assert rows == {False: ["content library vkr-ams1"], True: [], None: []}


def test_f28_what_an_air_gapped_site_pulls_is_mirrored_by_a_person() -> None:
    rows = desired(facts=facts(air_gapped=True)).coverage
    found = [(row.actor, row.where) for row in rows if row.object_kind == "mirror"]
    assert found == [("person", "harbor-ams1")]
    assert not [row for row in desired().coverage if row.object_kind == "mirror"]


def test_a_site_without_certificates_needs_no_secret() -> None:
    state = desired()
    assert {cluster.trust_secret for cluster in state.clusters} == {""}
    assert "Secret of trusted CAs" not in {row.object_kind for row in state.coverage}


def test_nodes_go_out_by_the_proxy_but_not_to_pods_and_services() -> None:
    """F28: pod and service ranges are the cluster's own."""
    state = desired(facts=facts(proxy="proxy-ams1", proxy_url="http://proxy.example:3128"))
    first = state.clusters[0]
    assert first.proxy_url == "http://proxy.example:3128"
    assert {first.pod_cidr, first.service_cidr, "localhost"} <= set(first.no_proxy)


def test_a_proxy_without_an_address_is_asked_for() -> None:
    """F28: the clusters wait, since their nodes would reach no registry."""
    state = desired(facts=facts(proxy="proxy-ams1"))
    asked = [q for q in state.questions if "services.proxy_url" in q.subject]
    assert state.clusters == ()
    assert [len(question.blocks) for question in asked] == [3]


def test_a_gpu_pool_names_its_gpu_and_profile_and_keeps_others_off() -> None:
    found = pools(desired())["vision-hpo"]
    labels = dict(found.labels)
    assert labels["mlgen/gpu-model"] == "nvidia-h100-pcie-80"
    assert labels["mlgen/vgpu-profile"].startswith("nvidia_h100-")
    assert found.taints == (GPU_TAINT,)
    assert found.care == GPU_CARE
    assert (found.gpus, found.minimum) == (1, 0)


def test_a_plain_pool_has_neither_taint_nor_volume() -> None:
    found = pools(desired())["system-research"]
    assert (found.taints, found.volumes, found.gpus) == ((), (), 0)
    assert found.care == PLAIN_CARE
    assert "mlgen/gpu-model" not in dict(found.labels)


def test_the_volumes_of_gpu_nodes_lie_on_the_clusters_storage_class() -> None:
    """Containers and kubelet, so that images do not fill the root disk."""
    (research,) = [c for c in desired().clusters if c.name == "acme-ml-dev-research"]
    volumes = pools(desired())["vision-hpo"].volumes
    assert [v.mount_path for v in volumes] == ["/var/lib/containerd", "/var/lib/kubelet"]
    assert {v.storage_class for v in volumes} == {research.storage_class}


@pytest.mark.parametrize(
    ("vcenter", "kubernetes", "served"),
    [
        ("8.0U2", "1.33", True),
        ("8.0U1", "1.33", False),
        ("8.0U3", "1.25", False),
        (None, "1.33", False),
        ("8.0U3", None, False),
    ],
)
def test_snapshots_are_offered_where_the_stated_versions_have_them(
    vcenter: str | None, kubernetes: str | None, served: bool
) -> None:
    """By the one class that is there; what nobody states is not relied on."""
    targets = Targets(vcenter=vcenter, kubernetes=kubernetes)
    found = snapshot_class(targets, Orchestrator(name="o", kind="vks"), Catalog.builtin())
    assert found == ("volumesnapshotclass-delete" if served else "")


def test_snapshots_follow_the_release_of_the_orchestrator() -> None:
    older = Orchestrator(name="o", kind="vks", kubernetes="1.25")
    targets = Targets(vcenter="9.0", kubernetes="1.33")
    assert snapshot_class(targets, older, Catalog.builtin()) == ""


def test_the_blueprint_s_labels_go_to_its_clusters_by_keys_that_kubernetes_takes() -> None:
    """Any value is legal in an annotation; a key with nothing left of it is dropped."""
    labels = {"Cost Centre": "4711 / ML", "x" * 70: "long", "日本": "gone"}
    metadata = replace(blueprint().metadata, labels=labels)
    for cluster in desired(replace(blueprint(), metadata=metadata)).clusters:
        assert cluster.labels == (("cost-centre", "4711 / ML"), ("x" * 63, "long"))
        annotations = cluster_view(cluster)["annotations"]
        assert annotations["labels.mlgen/cost-centre"] == "4711 / ML"
