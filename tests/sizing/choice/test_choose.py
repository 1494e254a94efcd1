"""The decision table, row by row, and what is said of everything that was not taken."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.catalog import Catalog
from generator.quantity import GIB
from generator.sizing.choice.choose import Choice, choose
from generator.sizing.choice.conditions import CONDITIONS
from generator.sizing.choice.needs import BOUNDARIES, PHASES, POLICIES, Needs
from generator.sizing.choice.offers import Kind, Offer, all_offers, offers_of
from generator.sizing.choice.table import ROWS
from generator.sizing.demand import Sharing
from generator.sizing.nonsense import Nonsense


@cache
def of(*ids: str) -> tuple[Offer, ...]:
    """What the GPUs of these ids can be given out as."""
    return all_offers(Catalog.builtin().accelerator(name) for name in ids)


H100 = "nvidia-h100-pcie-80"
A100 = "nvidia-a100-pcie-80"
L40S = "nvidia-l40s"


def chosen(*ids: str, gib: float | None = None, phase: str = "hpo", **stated: Any) -> Choice:
    memory = None if gib is None else int(gib * GIB)
    needs = Needs(name="w", phase=phase, memory_bytes=memory, **stated)
    return choose(needs, of(*(ids or (H100,))))


EACH_ROW: dict[str, dict[str, Any]] = {
    "stated-cpu": {"wish": "cpu", "phase": "serving", "gib": 4},
    "stated-passthrough": {"wish": "passthrough", "wish_reason": "appliance", "gib": 4},
    "stated-fraction": {"wish": "fraction", "gib": 4},
    "stated-full": {"wish": "full", "gib": 4},
    "stated-multi": {"wish": "multi", "gpus": 2, "gib": 4},
    "cpu-classic": {"classic": True, "phase": "serving"},
    "cpu-meets-latency": {
        "phase": "serving", "gib": 1, "batch": 4, "latency_s": 0.08, "cpu_latency_s": 0.08,
    },
    "cpu-phase": {"phase": "data-prep"},
    "several-hosts": {"phase": "training", "gpus": 4, "gib": 60},
    "several-nvlink": {"phase": "training", "gpus": 2, "gib": 60},
    "appliance": {"phase": "serving", "origin": "vendor-app"},
    "full-unknown": {"phase": "training"},
    "full-isolated": {"gib": 4, "isolation": "gpu"},
    "video-encoding": {"gib": 4, "encodes": True},
    "full-fills-gpu": {"gib": 60},
    "mig-isolated": {"gib": 4, "isolation": "mig"},
    "mig-steady-service": {"phase": "serving", "production": True, "gib": 4, "latency_s": 0.08},
    "time-sliced": {"gib": 4},
}  # fmt: skip
"""One workload for each row of the table."""


@pytest.mark.parametrize("row", [row.name for row in ROWS])
def test_every_row_of_the_table_is_reached(row: str) -> None:
    found = chosen(*((L40S,) if row == "video-encoding" else ()), **EACH_ROW[row])
    assert found.row == row
    assert found.kind is next(r for r in ROWS if r.name == row).kinds[0]
    assert found.reason
    assert found.source


def test_no_condition_is_left_over_and_none_is_missing() -> None:
    assert {name for row in ROWS for name in row.when} == set(CONDITIONS)


def test_eight_notebooks_fill_exactly_one_gpu() -> None:
    found = chosen(phase="concept", gib=9, concurrent=8, policy="time-sliced")
    assert found.offer is not None
    assert (found.offer.profile, found.gpus_in_all) == ("nvidia_h100-10c", 1)
    assert found.kind is not None
    assert found.kind.sharing is Sharing.TIME_SLICED


def test_sixteen_gib_need_a_20c_because_a_16c_does_not_hold_them() -> None:
    found = chosen(gib=16, concurrent=11)
    assert found.offer is not None
    assert (found.offer.profile, found.gpus_in_all) == ("nvidia_h100-20c", 3)
    sixteen = next(r for r in found.rejected if r.offer.endswith("-16c"))
    assert sixteen.constraint == "memory"
    assert "14.96 GiB usable" in sixteen.reason


def test_fine_tuning_gets_half_a_gpu_and_a_whole_one_with_a_larger_batch() -> None:
    small, large = chosen(phase="training", gib=27.7), chosen(phase="training", gib=39.2)
    assert small.offer is not None
    assert small.offer.profile == "nvidia_h100-40c"
    assert (large.kind, large.row) == (Kind.FULL, "full-fills-gpu")


def test_seven_gib_get_an_aligned_10c_and_not_the_8c_that_strands_memory() -> None:
    found = chosen(gib=7)
    assert found.offer is not None
    assert found.offer.profile == "nvidia_h100-10c"
    eight = next(r for r in found.rejected if r.offer.endswith("-8c"))
    assert eight.constraint == "rank"


def test_a_service_behind_mig_gets_the_instance_with_more_compute() -> None:
    """3g.40gb holds as much; a service level asks for the 4g."""
    service = {"phase": "serving", "production": True, "policy": "mig", "gib": 34}
    urgent, patient = chosen(latency_s=1.5, **service), chosen(**service)
    assert urgent.offer is not None
    assert patient.offer is not None
    assert urgent.offer.profile == "nvidia_h100-4-40c"
    assert patient.offer.profile == "nvidia_h100-3-40c"


def test_a_small_service_behind_mig_gets_a_plain_slice() -> None:
    found = chosen(phase="serving", production=True, policy="mig", gib=4, latency_s=0.08, batch=4)
    assert found.offer is not None
    assert found.offer.profile == "nvidia_h100-1-10c"


def test_a_pair_of_linked_gpus_is_one_device_group() -> None:
    found = chosen(phase="training", gpus=2, gib=60, link_bytes_per_s=100e9)
    assert (found.kind, found.gpus, found.hosts) == (Kind.NVLINK, 2, 1)


def test_three_gpus_take_a_group_of_four() -> None:
    found = chosen("nvidia-h100-sxm5-80", phase="training", gpus=3, gib=60)
    assert (found.kind, found.gpus) == (Kind.NVLINK, 4)


def test_sixteen_gpus_are_two_hosts_of_eight() -> None:
    found = chosen("nvidia-h100-sxm5-80", "nvidia-l4", phase="training", gpus=16, gib=20)
    assert (found.kind, found.gpus, found.hosts, found.gpus_in_all) == (Kind.HOSTS, 8, 2, 16)


def test_a_service_is_replicated_and_never_spread() -> None:
    found = chosen(phase="serving", gpus=4, gib=60)
    assert (found.kind, found.binding) == (None, "gpus")
    spread = next(r for r in found.rejected if r.kind is Kind.HOSTS)
    assert "replicas" in spread.reason


def test_what_no_gpu_holds_is_partitioned_and_the_count_is_an_estimate() -> None:
    found = chosen(phase="serving", gib=140)
    assert (found.kind, found.gpus, found.estimated) == (Kind.NVLINK, 2, True)
    assert not chosen(phase="serving", gib=60, gpus=2).estimated


def test_nvlink_on_an_l40s_is_refused() -> None:
    found = chosen(L40S, phase="training", gpus=2, gib=7, link_bytes_per_s=100e9)
    assert (found.kind, found.binding) == (None, "link")
    assert "not linked by NVLink" in found.reason


def test_a_slow_link_is_refused_with_both_figures() -> None:
    found = chosen(phase="training", gpus=2, gib=7, link_bytes_per_s=400e9)
    assert (found.kind, found.binding) == (None, "link")
    assert "300 of 400 GB/s" in found.reason


def test_gpus_without_nvlink_go_together_where_the_host_is_known_to_have_them() -> None:
    offers = offers_of(Catalog.builtin().accelerator(L40S), gpus_per_host=4)
    needs = Needs(name="w", phase="serving", gpus=2, memory_bytes=7 * GIB)
    found = choose(needs, offers)
    assert (found.kind, found.gpus) == (Kind.PCIE, 2)
    assert "well below NVLink" in found.reason
    assert choose(needs, of(L40S)).kind is None


@pytest.mark.parametrize(
    ("board", "precision"), [(A100, "fp8"), ("nvidia-t4", "bf16"), ("nvidia-v100-pcie-16", "int8")]
)
def test_arithmetic_that_a_gpu_does_not_know_is_refused(board: str, precision: str) -> None:
    found = chosen(board, gib=4, precision=precision)
    assert (found.kind, found.binding) == (None, "precision")
    assert f"does not compute in {precision}" in found.reason


def test_a_precision_moves_the_work_to_the_gpu_that_knows_it() -> None:
    found = chosen(A100, L40S, gib=4, precision="fp8")
    assert found.offer is not None
    assert found.offer.accelerator == L40S


def test_encoding_on_an_a100_is_refused_and_moves_to_a_gpu_with_encoders() -> None:
    refused = chosen(A100, gib=4, encodes=True)
    assert (refused.kind, refused.binding) == (None, "encoders")
    found = chosen(A100, L40S, gib=4, encodes=True)
    assert found.offer is not None
    assert (found.offer.accelerator, found.series) == (L40S, "Q")


def test_a_gpu_without_vgpu_is_passed_through() -> None:
    found = chosen("amd-mi300x", phase="training", gib=100)
    assert found.kind is Kind.PASSTHROUGH
    assert found.reason.endswith("no vGPU")


def test_what_must_move_is_never_passed_through() -> None:
    found = chosen("amd-mi300x", phase="training", gib=100, movable=True)
    assert (found.kind, found.binding) == (None, "migration")


def test_where_no_time_slice_is_offered_a_small_job_gets_mig() -> None:
    found = chosen("nvidia-b200-sxm-180", gib=18)
    assert (found.kind, found.row) == (Kind.MIG, "time-sliced")


def test_time_slices_inside_mig_need_a_board_that_has_them() -> None:
    board = "nvidia-rtx-pro-6000-blackwell-se"
    assert chosen(board, gib=18, policy="mig-time-sliced").kind is Kind.MIG_TIME_SLICED
    assert chosen(gib=18, policy="mig-time-sliced").kind is Kind.FULL


def test_a_steady_service_without_mig_gets_time_slices_with_a_warning() -> None:
    found = chosen(L40S, phase="serving", production=True, gib=4, latency_s=0.08)
    assert (found.kind, found.row) == (Kind.TIME_SLICED, "mig-steady-service")
    assert "equal or fixed shares" in found.reason


def test_a_boundary_of_hardware_without_mig_is_a_whole_gpu() -> None:
    found = chosen(L40S, gib=4, isolation="mig")
    assert (found.kind, found.row) == (Kind.FULL, "mig-isolated")


def test_a_bursty_service_shares_by_time() -> None:
    found = chosen(phase="serving", production=True, gib=4, latency_s=0.08, load="bursty")
    assert found.kind is Kind.TIME_SLICED


def test_the_cpu_is_refused_with_the_reason() -> None:
    def why(**stated: Any) -> str:
        found = chosen(phase="serving", gib=2, **stated)
        return next(r.reason for r in found.rejected if r.kind is Kind.CPU)

    assert "measure it" in why(latency_s=0.1)
    assert "exceed" in why(latency_s=0.1, cpu_latency_s=0.2)
    assert "batch of 8" in why(latency_s=0.1, cpu_latency_s=0.01, batch=8)
    assert "no service level" in why(cpu_latency_s=0.01)
    found = chosen(phase="training", gib=2)
    assert "GPU memory" in next(r.reason for r in found.rejected if r.kind is Kind.CPU)


def test_a_cpu_service_says_how_many_requests_it_works_on() -> None:
    found = chosen(
        phase="serving", classic=True, rate_per_s=500, latency_s=0.02, cpu_latency_s=0.005
    )
    assert (found.kind, found.gpus, found.gpus_in_all) == (Kind.CPU, 0, 0)
    assert found.cpu_at_once == 3


def test_without_offers_nothing_fits_and_that_is_said() -> None:
    found = choose(Needs(name="w", phase="hpo", memory_bytes=GIB), ())
    assert (found.kind, found.offer, found.binding) == (None, None, "offer")


def test_an_unknown_footprint_gets_the_largest_gpu() -> None:
    found = chosen(H100, "nvidia-l4", "nvidia-h200-nvl-141", phase="training")
    assert found.offer is not None
    assert found.offer.accelerator == "nvidia-h200-nvl-141"


NEEDS = st.builds(
    Needs,
    name=st.just("w"),
    phase=st.sampled_from(PHASES),
    production=st.booleans(),
    memory_bytes=st.none() | st.integers(1, 300 * GIB),
    gpus=st.sampled_from([1, 1, 2, 4, 16]),
    precision=st.sampled_from(["", "bf16", "fp8", "int8", "nf4"]),
    latency_s=st.none() | st.floats(0.01, 10),
    cpu_latency_s=st.none() | st.floats(0.01, 10),
    isolation=st.sampled_from(BOUNDARIES),
    policy=st.sampled_from(POLICIES),
    encodes=st.booleans(),
    classic=st.booleans(),
)
BOARDS = st.lists(
    st.sampled_from(
        [H100, A100, L40S, "nvidia-l4", "nvidia-t4", "amd-mi300x", "nvidia-h100-sxm5-80"]
    ),
    unique=True,
    max_size=3,
)


@given(needs=NEEDS, boards=BOARDS, order=st.randoms(use_true_random=False))
def test_the_order_of_offers_changes_nothing(needs: Needs, boards: list[str], order: Any) -> None:
    offers = list(of(*boards))
    first = choose(needs, offers)
    order.shuffle(offers)
    assert choose(needs, offers) == first


@given(needs=NEEDS, boards=BOARDS)
def test_every_offer_is_taken_or_rejected_with_a_reason(needs: Needs, boards: list[str]) -> None:
    offers = of(*boards)
    found = choose(needs, offers)
    taken = 0 if found.offer is None else 1
    assert len(found.rejected) + taken == len(offers) + 1
    assert all(r.reason and r.constraint for r in found.rejected)
    assert (found.kind is None) == bool(found.binding)
    assert found.reason


@given(needs=NEEDS, boards=BOARDS)
def test_what_is_chosen_holds_what_is_needed(needs: Needs, boards: list[str]) -> None:
    found = choose(needs, of(*boards))
    if found.offer is None or found.kind is Kind.CPU:
        return
    gpus = found.gpus * found.hosts
    if needs.memory_bytes is not None:
        wanted = needs.memory_bytes if needs.gpus == 1 else needs.memory_bytes * gpus
        assert found.offer.usable_bytes * gpus >= wanted
    assert gpus >= needs.gpus
    if needs.encodes:
        assert found.offer.encoders
    if needs.isolation in ("gpu", "host", "cluster"):
        assert not found.kind.is_fraction
    if needs.gpus > 1:
        assert found.kind.is_several


@given(memory=st.integers(1, 70 * GIB), more=st.integers(0, 5 * GIB))
def test_more_memory_never_gets_a_smaller_part(memory: int, more: int) -> None:
    def framebuffer(wanted: int) -> int:
        found = choose(Needs(name="w", phase="hpo", memory_bytes=wanted), of(H100))
        assert found.offer is not None
        return found.offer.framebuffer_bytes

    assert framebuffer(memory + more) >= framebuffer(memory)


@pytest.mark.parametrize(
    ("stated", "field"),
    [
        ({"phase": "thinking"}, "phase"),
        ({"load": "odd"}, "load"),
        ({"isolation": "moat"}, "accelerator.isolation"),
        ({"policy": "free"}, "sharing"),
        ({"wish": "tpu"}, "accelerator.kind"),
        ({"gib": 0}, "memory"),
        ({"gpus": 0}, "accelerator.gpus"),
        ({"latency_s": 0}, "serving.p95"),
        ({"cpu_latency_s": -1}, "serving.cpu_latency"),
        ({"batch": 0}, "serving.batch"),
        ({"rate_per_s": -1}, "serving.rate"),
        ({"concurrent": 0}, "concurrent"),
        ({"wish": "passthrough"}, "accelerator.kind"),
        ({"wish": "passthrough", "wish_reason": "so", "movable": True}, "accelerator.kind"),
        ({"wish": "fraction", "gpus": 2}, "accelerator.gpus"),
        ({"wish": "cpu", "encodes": True}, "accelerator.kind"),
        ({"link_bytes_per_s": 1e9}, "accelerator.topology"),
    ],
)
def test_needs_that_contradict_themselves_are_refused_by_name(
    stated: dict[str, Any], field: str
) -> None:
    with pytest.raises(Nonsense) as refused:
        chosen(**stated)
    assert refused.value.field == f"workloads.w.{field}"


def test_an_unknown_precision_is_refused() -> None:
    with pytest.raises(Nonsense) as refused:
        chosen(gib=1, precision="fp5")
    assert refused.value.field == "model.precision"
