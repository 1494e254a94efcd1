"""generator.catalog.catalog: rows by id, and rows that a blueprint brings."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.catalog import Catalog, IllFormedRow, UnknownRow

CATALOG = Catalog.builtin()

GPU: dict[str, Any] = {
    "id": "acme-x1",
    "vendor": "acme",
    "product": "Acme X1",
    "short_name": "x1",
    "architecture": "acme",
    "gpus_per_board": 1,
    "pcie": {"gen": 6, "lanes": 16},
    "memory": {"type": "HBM4", "nominal_gib": 100, "bandwidth_gb_per_s": 9000},
    "peak_dense_tflops": {"bf16": 3000},
    "precisions": ["bf16", "fp8"],
    "nvlink": {"kind": "bridge", "bidirectional_gb_per_s": 1000, "max_gpus": 2},
    "mmio": {},
    "vsphere": {"vgpu": True, "passthrough": "yes"},
    "mig": {
        "geometry": "mig2x2",
        "profiles": [
            {
                "name": "1g.50gb",
                "placement": "half",
                "compute_slices": 1,
                "memory_slices": 1,
                "max_instances": 2,
                "memory_mib": 40000,
            }
        ],
    },
    "vgpu": {
        "board_type": "X1",
        "name_prefix": "acme_x1",
        "name_evidence": "seen",
        "placement_class": "100",
        "mixed_size": True,
        "profiles": [
            {
                "name": "acme_x1-100c",
                "nvidia_type": "X1-100C",
                "kind": "time-sliced",
                "size_gb": 100,
                "framebuffer_mib": 102400,
                "max_per_gpu": 1,
                "max_per_gpu_mixed": 1,
            },
            {
                "name": "acme_x1-1-50c",
                "nvidia_type": "X1-1-50C",
                "kind": "mig",
                "size_gb": 50,
                "framebuffer_mib": 51200,
                "max_per_gpu": 2,
                "mig_profile": "1g.50gb",
            },
        ],
    },
    "device_groups": {"sizes": [2]},
}
GEOMETRY: dict[str, Any] = {
    "id": "mig2x2",
    "compute_slices": 2,
    "memory_slices": 2,
    "placement_units": 2,
    "max_instances": 2,
    "placements": {"half": {"starts": [0, 1], "size": 1}},
}
ROWS: dict[str, list[dict[str, Any]]] = {
    "accelerators": [GPU],
    "mig_geometries": [GEOMETRY],
    "mixed_size_placement": [{"id": "100", "ids": {"100": [0]}}],
}


def changed(**fields: object) -> dict[str, list[dict[str, Any]]]:
    """The fictitious GPU with other fields."""
    return ROWS | {"accelerators": [GPU | fields]}


def test_a_gpu_that_nobody_shipped_works_from_end_to_end() -> None:
    """It has types, geometry, a window and a group, without any code."""
    catalog = CATALOG.with_rows(ROWS)
    gpu = catalog.accelerator("acme-x1")
    whole, half = gpu.profiles

    assert "acme-x1" in catalog.ids("accelerators")
    assert (whole.placement_ids, whole.usable_framebuffer_mib) == ((0,), 102400 - 6400 - 16 - 128)
    assert (half.usable_framebuffer_mib, half.compute_slices) == (40000, 1)
    assert gpu.mig is not None
    assert gpu.mig.profile("1g.50gb").starts == (0, 1)
    assert (gpu.mmio_gib(1), gpu.mmio_gib(2)) == (256, 512)
    assert gpu.device_group_name(2) == "Nvidia:2@acme_x1-100c%NVLink"
    assert gpu.framebuffer_mib == 102400
    assert gpu.tdp_w is None


def test_rows_of_a_blueprint_leave_the_shipped_catalogue_alone() -> None:
    """Catalogues are values."""
    CATALOG.with_rows(ROWS)

    assert "acme-x1" not in CATALOG.ids("accelerators")
    with pytest.raises(UnknownRow):
        CATALOG.accelerator("acme-x1")


def test_a_shipped_row_is_changed_field_by_field() -> None:
    """A name that the host spells otherwise, a measured figure, nothing else."""
    catalog = CATALOG.with_rows(
        {
            "accelerators": [
                {
                    "id": "nvidia-h100-pcie-80",
                    "memory": {"bandwidth_gb_per_s": 2039},
                    "vgpu": {
                        "profiles": [{"name": "nvidia_h100-40c", "usable_framebuffer_mib": 38000}]
                    },
                }
            ]
        }
    )
    old, new = (c.accelerator("nvidia-h100-pcie-80") for c in (CATALOG, catalog))

    assert new.memory_bandwidth_bytes_per_s == 2039 * 10**9
    assert new.profile("nvidia_h100-40c").usable_framebuffer_mib == 38000
    assert [profile.name for profile in new.profiles] == [p.name for p in old.profiles]
    assert new.profiles[0] == old.profiles[0]
    assert old.memory_bandwidth_bytes_per_s == 2000 * 10**9


def test_the_least_row_of_a_gpu_needs_neither_vgpu_nor_mig() -> None:
    """What docs/catalogue.md calls the least is enough."""
    least = {
        "id": "acme-x0",
        "vendor": "acme",
        "product": "Acme X0",
        "short_name": "x0",
        "architecture": "acme",
        "gpus_per_board": 1,
        "pcie": {},
        "memory": {"type": "GDDR7", "nominal_gib": 10, "bandwidth_gb_per_s": 500},
        "nvlink": {"kind": "none"},
        "mmio": {},
        "vsphere": {"passthrough": "yes"},
    }
    gpu = CATALOG.with_rows({"accelerators": [least]}).accelerator("acme-x0")

    assert (gpu.vgpu, gpu.profiles, gpu.mig) == (False, (), None)
    assert gpu.mmio_gib(1) == 64
    assert gpu.passthrough_memory_bytes == 10 << 30


def test_no_rows_make_no_new_catalogue() -> None:
    """Most blueprints bring none."""
    assert CATALOG.with_rows({}) is CATALOG


def test_later_rows_lie_over_earlier_ones() -> None:
    """Two calls add up."""
    first = CATALOG.with_rows({"models": [{"id": "resnet50", "parameters": 1}]})
    second = first.with_rows({"models": [{"id": "resnet50", "product": "R"}]})

    assert second.model("resnet50").parameters == 1
    assert second.model("resnet50").product == "R"
    assert first.model("resnet50").product == "ResNet-50"


@pytest.mark.parametrize(
    ("kind", "row", "read"),
    [
        (
            "models",
            {"id": "acme-llm", "product": "A", "kind": "dense-transformer", "parameters": 7},
            lambda c: c.model("acme-llm").parameters == 7,
        ),
        (
            "cpus",
            {"id": "acme-cpu", "vendor": "a", "product": "A", "cores": 9, "isa": ["x"],
             "memory_bandwidth_gb_per_s": 1},
            lambda c: c.cpu("acme-cpu").memory_bandwidth_bytes_per_s == 10**9,
        ),
        (
            "versions",
            {"id": "kubernetes/1.37", "supported_until": "2029-01-01",
             "requires": {"vks": {"min": "3.8"}}},
            lambda c: c.versions.conflicts({"kubernetes": "1.37", "vks": "3.7"}),
        ),
        (
            "versions",
            {"id": "vks/3.4", "supported_until": "2026-01-01"},
            lambda c: c.versions.expired({"vks": "3.4"}, "2026-11-20"),
        ),
        (
            "cluster_classes",
            {"id": "builtin-generic-v3.8.0", "variables": "nested", "version": "3.8",
             "worker_classes": ["node-pool"]},
            lambda c: "vmClass" in c.cluster_class("builtin-generic-v3.8.0").names,
        ),
        (
            "cluster_class_variables",
            {"id": "nested", "properties": {"acmeOption": {"type": "string"}}},
            lambda c: "acmeOption" in c.cluster_class("builtin-generic-v3.7.0").names,
        ),
    ],
    ids=["model", "cpu", "new-version", "old-version", "class", "variable"],
)  # fmt: skip
def test_every_kind_of_row_can_be_given(kind: str, row: dict[str, Any], read: Any) -> None:
    """A blueprint needs no code for what came out yesterday."""
    assert read(CATALOG.with_rows({kind: [row]}))


@given(
    bandwidth=st.integers(1, 10**6),
    count=st.integers(1, 64),
    note=st.text("abc ", min_size=1, max_size=9),
)
def test_giving_the_same_rows_twice_changes_nothing(bandwidth: int, count: int, note: str) -> None:
    """The second time nothing is new."""
    rows = {
        "accelerators": [
            {
                "id": "nvidia-l40s",
                "memory": {"bandwidth_gb_per_s": bandwidth},
                "notes": [note],
                "vgpu": {"profiles": [{"name": "nvidia_l40s-4c", "max_per_gpu": count}]},
            }
        ]
    }
    once = CATALOG.with_rows(rows)

    assert once.with_rows(rows).accelerator("nvidia-l40s") == once.accelerator("nvidia-l40s")
    assert once.accelerator("nvidia-l40s").notes == (note,)


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        (changed(vendor=7), r"accelerators acme-x1: vendor must be a text"),
        (changed(memory={"type": "HBM4", "nominal_gib": 100}), r"memory\.bandwidth_gb_per_s is mi"),
        (changed(tpd_w=300), "tpd_w is no field of this row; did you mean tdp_w"),
        (changed(precisions=["bf61"]), "precisions holds 'bf61'; did you mean bf16"),
        (changed(peak_dense_tflops={"bf61": 1}), "peak_dense_tflops.bf61 is no rate"),
        (changed(nvlink={"kind": "wire"}), r"nvlink\.kind must be one of none, bridge"),
        (changed(pci_ids=[{"vendor": "10de"}]), r"pci_ids\[0\]\.device is missing"),
        (changed(mig=None), r"vgpu\.profiles\[1\]\.kind is mig, but the board has no MIG"),
        (changed(mig={"geometry": "mig9x9"}), r"mig\.geometry names an unknown row"),
        (
            changed(mig=GPU["mig"] | {"profiles": []}),
            r"vgpu\.profiles\[1\]\.mig_profile names no MIG profile",
        ),
        ({"mixed_size_placement": [{"id": "9", "ids": {"4GB": [0]}}]}, "must be a size in GB"),
        ({"mig_geometries": [{"id": "g", "compute_slices": 0}]}, "compute_slices must be a whole"),
        ({"versions": [{"id": "kubernetes"}]}, "id must be target/version"),
        ({"cluster_classes": [{"id": "c", "variables": "nasted"}]}, "did you mean nested"),
        (
            {"cluster_classes": [{"id": "c", "variables": "flat", "version": "new"}]},
            "version must be numbers",
        ),
        (
            {"cluster_class_variables": [{"id": "flat", "required": ["x"]}]},
            "required names no variable",
        ),
        ({"accelerators": [{"product": "no id"}]}, r"accelerators\[0\]\.id must be a text"),
        ({"accelerators": ["nvidia-l4"]}, r"accelerators\[0\] must be a mapping"),
        ({"accelerators": {"id": "x"}}, "accelerators must be a list"),
        ({"accelerator": []}, "did you mean accelerators"),
        ({"sources": []}, "cannot be given"),
    ],
)
def test_an_ill_formed_row_is_refused_with_row_and_field(rows: Any, complaint: str) -> None:
    """At once, not when something first asks for it."""
    with pytest.raises(IllFormedRow, match=complaint) as caught:
        CATALOG.with_rows(rows)

    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    ("kind", "wrong", "right"),
    [
        ("accelerator", "nvidia-h100-pcie80", "nvidia-h100-pcie-80"),
        ("model", "llama-3.1-8", "llama-3.1-8b"),
        ("cpu", "intel-spr-8480", "intel-spr-8480plus"),
        ("accelerator", "h100", "nvidia-h100-sxm5-80"),
        ("accelerator", "H100-pcie", "nvidia-h100-pcie-80"),
        ("cluster_class", "builtin-generic-v3.4", "builtin-generic-v3.4.0"),
    ],
)
def test_an_unknown_id_is_answered_with_near_ones(kind: str, wrong: str, right: str) -> None:
    """It is a KeyError, in words."""
    with pytest.raises(UnknownRow, match="did you mean") as caught:
        getattr(CATALOG, kind)(wrong)

    assert right in caught.value.near
    assert caught.value.row_id == wrong
    assert isinstance(caught.value, KeyError)
    assert str(caught.value).startswith("the catalogue has no row")


def test_an_id_like_nothing_known_gets_no_hint() -> None:
    """Better none than a wrong one."""
    with pytest.raises(UnknownRow) as caught:
        CATALOG.model("zzzzzzzz")

    assert caught.value.near == ()
    assert "did you mean" not in str(caught.value)


def test_an_unknown_kind_is_refused() -> None:
    """The kinds are a fixed list."""
    with pytest.raises(KeyError, match="did you mean models"):
        CATALOG.ids("model")


def test_rows_are_read_once() -> None:
    """The same object comes back, also from the shared catalogue."""
    assert CATALOG.accelerator("nvidia-l4") is Catalog.builtin().accelerator("nvidia-l4")
    assert Catalog.builtin() is Catalog.builtin()


def test_a_source_key_stands_for_a_title_and_an_address() -> None:
    """A ledger entry can quote it."""
    assert CATALOG.citation("GPUOP") == (
        "NVIDIA GPU Operator documentation: life cycle and platform support, "
        "https://github.com/NVIDIA/cloud-native-docs, 52dcb7b8 of 2026-08-21"
    )
    with pytest.raises(UnknownRow):
        CATALOG.citation("NOBODY")


def test_the_models_that_the_example_names_are_there() -> None:
    """With those of the field rules."""
    ids = CATALOG.ids("models")

    assert {"resnet50", "llama-2-7b", "llama-3.1-8b", "bge-m3", "gradient-boosting"} <= set(ids)
    assert {"vgg16", "yolov8m", "inception-v3", "resnet101"} <= set(ids)
