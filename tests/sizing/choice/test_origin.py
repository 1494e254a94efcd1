"""Where work comes from, and what a cloud prototype needs at home."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.blueprint.model.words import Origin
from generator.catalog import Catalog
from generator.ledger import Basis
from generator.quantity import GIB
from generator.sizing.choice.cloud import INSTANCES, instance
from generator.sizing.choice.origin import ORIGINS, calibrate, missing_for
from generator.sizing.nonsense import Nonsense

CATALOG = Catalog.builtin()
A10 = CATALOG.accelerator("nvidia-a10")
A100 = CATALOG.accelerator("nvidia-a100-sxm4-40")
H100 = CATALOG.accelerator("nvidia-h100-pcie-80")


def test_every_origin_of_the_language_is_known() -> None:
    assert set(ORIGINS) == set(get_args(Origin))


def test_a_bought_application_is_neither_trained_nor_watched_for_drift() -> None:
    assert ORIGINS["vendor-app"].stacks == ("inference", "availability-monitoring")
    assert "training" in ORIGINS["built"].stacks


def test_a_prototype_must_bring_its_instance_type_or_its_use() -> None:
    assert "calibration" in missing_for("repatriated")
    assert missing_for("repatriated", instance_type="g5.xlarge") == ""
    assert missing_for("repatriated", usage_export="use.csv") == ""


def test_an_appliance_must_bring_its_shape_and_own_work_nothing() -> None:
    assert "shape" in missing_for("vendor-app")
    assert missing_for("vendor-app", shape=True) == ""
    assert missing_for("built") == ""
    with pytest.raises(Nonsense):
        missing_for("found")


def test_every_instance_type_has_a_gpu_of_the_catalogue() -> None:
    known = set(CATALOG.ids("accelerators"))
    for row in INSTANCES.values():
        assert row.accelerator in known
        assert row.gpus > 0
        assert row.vcpus > 0
        assert row.memory_bytes > GIB
        assert row.source


def test_a_sagemaker_name_is_the_same_machine() -> None:
    assert instance("ml.g5.2xlarge") == instance("G5.2xlarge")
    row = instance("ml.g5.2xlarge")
    assert row is not None
    assert (row.gpus, row.vcpus, row.memory_bytes, row.near) == (1, 8, 32 * GIB, "A10G")
    assert instance("m5.large") is None


def test_eight_gpus_at_a_third_are_fewer_faster_ones_at_home() -> None:
    """8 x 0.35 x 312 / (756.5 x 0.8) is 1.44."""
    found = calibrate("p4d.24xlarge", rented=A100, target=H100, utilisation_ratio=0.35)
    assert (found.gpus_rented, found.gpus_busy) == (8, pytest.approx(2.8))
    assert (found.gpus, found.gpus_low, found.gpus_high) == (2, 2, 2)
    assert found.basis is Basis.MEASURED
    assert found.memory_bytes_most == A100.passthrough_memory_bytes


def test_without_a_utilisation_it_is_one_for_one_and_an_assumption() -> None:
    found = calibrate("p4d.24xlarge", rented=A100, target=H100, instances=2)
    assert (found.gpus, found.gpus_low, found.gpus_busy) == (16, 1, None)
    assert found.basis is Basis.ASSUMED
    assert found.vcpus == 192


def test_a_third_of_a_gpu_bounds_the_memory_by_a_third() -> None:
    found = calibrate("Standard_NV12ads_A10_v5", rented=A10, target=A10)
    assert found.gpus == 1
    assert found.memory_bytes_most == pytest.approx(A10.passthrough_memory_bytes / 3, rel=1e-6)


@given(busy=st.floats(0.01, 1), more=st.floats(1, 5), instances=st.integers(1, 50))
def test_a_busier_prototype_never_needs_fewer_gpus(
    busy: float, more: float, instances: int
) -> None:
    def gpus(share: float) -> int:
        found = calibrate(
            "p4d.24xlarge",
            rented=A100,
            target=H100,
            instances=instances,
            utilisation_ratio=min(1.0, share),
        )
        assert 1 <= found.gpus_low <= found.gpus <= found.gpus_high
        return found.gpus

    assert gpus(busy * more) >= gpus(busy)


@pytest.mark.parametrize(
    ("stated", "field"),
    [
        ({"instance_type": "x9.huge"}, "instance_type"),
        ({"rented": H100}, "instance_type"),
        ({"instances": 0}, "instances"),
        ({"utilisation_ratio": 0.0}, "gpu_utilisation"),
        ({"utilisation_ratio": 1.5}, "gpu_utilisation"),
    ],
)
def test_a_calibration_that_cannot_be_is_refused_by_name(
    stated: dict[str, Any], field: str
) -> None:
    asked = {"instance_type": "p4d.24xlarge", "rented": A100, "target": H100, **stated}
    with pytest.raises(Nonsense) as refused:
        calibrate(**asked)
    assert refused.value.field == f"workloads.calibration.{field}"
