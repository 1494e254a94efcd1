"""From a workload to its need: the figures of the worked example, and what is missing."""

from __future__ import annotations

import pytest

from generator.blueprint.model.blueprint import Blueprint, Metadata, Platform, Release
from generator.blueprint.model.model import Adapter, Method, Model
from generator.blueprint.model.organisation import Notebooks, Team
from generator.blueprint.model.storage_compute import Dataset, StorageCompute
from generator.blueprint.model.workloads import (
    Accelerator,
    Hpo,
    Serving,
    Shape,
    Spark,
    Train,
    Workload,
)
from generator.catalog import Catalog
from generator.ledger import Basis, Entry
from generator.quantity import GIB, Quantity
from generator.sizing.need import Need
from generator.sizing.nonsense import Nonsense
from generator.sizing.notebooks import notebooks
from generator.sizing.phases import size_workload

HOUR = 3600
RESNET = Model(family="resnet50", precision="bf16-mixed")
LLAMA = Model(
    family="llama-2-7b",
    params=Quantity(6_740_000_000),
    precision="bf16",
    method=Method(lora=Adapter(rank=16)),
)
CHAT = Model(family="llama-3.1-8b", params=Quantity(8_030_000_000), precision="bf16")
IMAGES = Dataset(name="images", size_bytes=Quantity(156 * GIB), items=1_280_000)


def blueprint() -> Blueprint:
    """A blueprint with one dataset."""
    return Blueprint(
        metadata=Metadata(name="p", owner="o", revision=1),
        platform=Platform(purpose="mixed", scale="several-apps"),
        release=Release(as_of="2026-11-20"),
        storage_compute=StorageCompute(datasets=(IMAGES,)),
    )


def workload(phase: str, **stated: object) -> Workload:
    """A workload of a phase."""
    return Workload(name="w", owner="o", phase=phase, **stated)  # type: ignore[arg-type]


def sized(wanted: Workload) -> tuple[Need, dict[str, Entry]]:
    """The need and the ledger by figure."""
    need, entries = size_workload(wanted, blueprint(), Catalog.builtin())
    assert isinstance(need, Need)
    return need, {entry.name: entry for entry in entries}


def training(**train: object) -> Workload:
    """Training of a CNN on the images."""
    return workload("training", model=RESNET, data="images", train=Train(**train))  # type: ignore[arg-type]


def test_a_deadline_and_a_measured_rate_give_gpus() -> None:
    """4,000 images per second are needed, 2,500 measured: two GPUs, joined by NVLink."""
    need, ledger = sized(
        training(
            epochs=90,
            deadline_s=Quantity(8 * HOUR),
            throughput_per_gpu_per_s=Quantity(2500, "measured"),
        )
    )
    assert need.gpu is not None
    assert (need.gpu.gpus, need.gpu.nvlink, need.whole_numa_node) == (2, True, True)
    assert ledger["needed rate"].value == 4000
    assert ledger["duration"].value == 6.4
    assert ledger["throughput per GPU"].basis is Basis.MEASURED


def test_one_gpu_needs_no_link() -> None:
    """With a day to spend one GPU is enough."""
    need, _ = sized(
        training(
            epochs=90,
            deadline_s=Quantity(24 * HOUR),
            throughput_per_gpu_per_s=Quantity(2500),
        )
    )
    assert need.gpu is not None
    assert (need.gpu.gpus, need.gpu.nvlink) == (1, False)


def test_lora_needs_what_the_worked_example_says() -> None:
    """27.7 GiB, with the parameters in the ledger."""
    train = Train(sequence=4096, micro_batch=4, activation_checkpointing=True)
    need, ledger = sized(workload("training", model=LLAMA, train=train))
    assert need.gpu is not None
    assert need.gpu.memory_bytes / GIB == pytest.approx(27.7, abs=0.05)
    assert ledger["trained parameters"].value == 39_976_960


def test_adapters_on_some_matrices_train_fewer_parameters() -> None:
    """Only q and v."""
    few = Model(
        family="llama-2-7b",
        params=Quantity(6_740_000_000),
        method=Method(lora=Adapter(rank=16, targets=("q", "v"))),
    )
    train = Train(sequence=128, micro_batch=1)
    _, ledger = sized(workload("training", model=few, train=train))
    assert ledger["trained parameters"].value == 32 * 2 * 16 * 8192


def test_full_fine_tuning_trains_every_parameter() -> None:
    """Without adapters all states are there."""
    full = Model(family="llama-2-7b", params=Quantity(6_740_000_000))
    train = Train(sequence=128, micro_batch=1, activation_checkpointing=True)
    need, _ = sized(workload("training", model=full, train=train))
    assert need.gpu is not None
    assert need.gpu.memory_bytes / GIB > 100.4 * 1.15


def test_sessions_at_full_context_size_a_replica() -> None:
    """14.96 GiB of weights, 1 GiB per session and what vLLM holds; 16 sessions each.

    The engine takes 90 % of its GPU, so the profile must be larger by that.
    """
    serving = Serving(mode="service", context=8192, sessions=32, degraded_sessions=16, replicas=2)
    need, ledger = sized(workload("serving", model=CHAT, serving=serving))
    assert need.gpu is not None
    assert ledger["weights"].value == 2 * 8_030_000_000
    assert ledger["kv_bytes_per_token"].value == 131_072
    assert ledger["kv_cache"].value == 16 * GIB
    assert ledger["sessions per replica"].value == 16
    parts = ("weights", "kv_cache", "activations", "runtime")
    total = sum(float(ledger[name].value) for name in parts)
    assert need.gpu.memory_bytes == pytest.approx(total / 0.9, abs=4)


def test_what_must_remain_after_a_loss_can_size_a_replica() -> None:
    """All degraded sessions on the one that is left."""
    serving = Serving(mode="service", context=8192, sessions=32, degraded_sessions=24, replicas=2)
    _, ledger = sized(workload("serving", model=CHAT, serving=serving))
    assert ledger["sessions per replica"].value == 24


def test_a_service_without_a_cache_needs_weights_and_overhead() -> None:
    """An embedding model."""
    model = Model(family="bge-m3", params=Quantity(560_000_000), precision="fp16")
    need, _ = sized(workload("serving", model=model, serving=Serving(mode="service", replicas=2)))
    assert need.gpu is not None
    assert 3 < need.gpu.memory_bytes / GIB < 4
    assert need.count == 2


def test_trees_are_served_by_cpus() -> None:
    """No GPU for a model of 40 MB."""
    model = Model(family="gradient-boosting", size_bytes=Quantity(40_000_000))
    need, ledger = sized(workload("serving", model=model, serving=Serving(mode="service")))
    assert need.gpu is None
    assert ledger["compute"].value == "cpu"


def test_a_service_that_is_wished_on_cpus_gets_a_socket_and_its_ram() -> None:
    """No GPU, whatever its model: the cores that the time per token is of, and whole GiB."""
    model = Model(family="bge-m3", params=Quantity(560_000_000), precision="bf16")
    wish = Accelerator(kind="cpu", model="intel-gnr-6700p")
    service = Serving(mode="service", context=512, batch=4, replicas=2)
    need, ledger = sized(workload("serving", model=model, serving=service, accelerator=wish))
    assert need.gpu is None
    assert (need.count, need.vcpus) == (2, Catalog.builtin().cpu("intel-gnr-6700p").cores)
    assert need.memory_bytes - GIB < float(ledger["total"].value) <= need.memory_bytes


def hpo(**stated: object) -> Workload:
    """500 trials of 1.5 hours in 16 GiB."""
    trials = {
        "trials": 500,
        "trial_time_s": Quantity(1.5 * HOUR),
        "deadline_s": Quantity(72 * HOUR),
        "memory_bytes": Quantity(16 * GIB),
    }
    return workload("hpo", model=RESNET, hpo=Hpo(**(trials | stated)))  # type: ignore[arg-type]


def spark(**stated: object) -> Workload:
    """300 GiB in four hours."""
    job = {
        "input_bytes": Quantity(300 * GIB),
        "window_s": Quantity(4 * HOUR),
        "executor": Shape(vcpu=8, memory_bytes=Quantity(64 * GIB)),
    }
    return workload("feature-engineering", spark=Spark(**(job | stated)))  # type: ignore[arg-type]


def test_trials_and_a_deadline_give_slots() -> None:
    """48 waves, 11 slots."""
    need, ledger = sized(hpo())
    assert (ledger["waves"].value, need.count, need.minimum) == (48, 11, 1)


def test_a_stated_limit_bounds_the_slots() -> None:
    """The blueprint may ask for fewer at once."""
    need, _ = sized(hpo(max_parallel=4))
    assert need.count == 4


@pytest.mark.parametrize(("rate", "executors"), [(None, 1), (Quantity(500_000), 6)])
def test_spark_reads_its_input_inside_the_window(rate: Quantity | None, executors: int) -> None:
    """300 GiB in four hours; the rate per core is assumed or stated."""
    need, ledger = sized(spark(rate_per_core_bytes_per_s=rate))
    assert ledger["read rate"].value == 22.4
    assert need.count == executors


@pytest.mark.parametrize(("gpus", "permanent"), [(None, True), (2, True)])
def test_a_stated_shape_is_taken_as_it_is(gpus: int | None, permanent: bool) -> None:
    """A bought application has one."""
    shape = Shape(vcpu=6, memory_bytes=Quantity(24 * GIB), gpus=gpus)
    need, _ = sized(workload("serving", shape=shape))
    assert (need.vcpus, need.memory_bytes, need.permanent) == (6, 24 * GIB, permanent)
    assert (need.gpu is not None) == bool(gpus)


def test_validation_without_a_need_gets_a_cpu_vm() -> None:
    """And the ledger says that it is assumed."""
    need, ledger = sized(workload("validation", model=RESNET))
    assert need.gpu is None
    assert ledger["vCPUs"].basis is Basis.ASSUMED


@pytest.mark.parametrize(
    ("wanted", "missing"),
    [
        (workload("training"), "model and train"),
        (training(throughput_per_gpu_per_s=Quantity(1)), "epochs"),
        (training(epochs=1), "throughput_per_gpu"),
        (workload("training", model=LLAMA, train=Train()), "sequence"),
        (workload("serving", serving=Serving(mode="service")), "a model"),
        (workload("serving", model=Model(), serving=Serving(mode="service")), "params"),
        (
            workload("serving", model=CHAT, serving=Serving(mode="service", context=8192)),
            "sessions",
        ),
        (hpo(deadline_s=None), "hpo.deadline"),
        (hpo(deadline_s=Quantity(HOUR)), "at least one"),
        (workload("data-prep", spark=Spark(input_bytes=Quantity(1))), "spark.window"),
        (
            workload(
                "data-prep",
                spark=Spark(input_bytes=Quantity(1), window_s=Quantity(1), executor=Shape(vcpu=1)),
            ),
            "executor.memory",
        ),
        (workload("serving", shape=Shape(vcpu=1)), "shape"),
        (hpo(trial_time_s=Quantity(0)), "hpo.trial_time above zero"),
        (spark(window_s=Quantity(0)), "spark.window above zero"),
        (spark(rate_per_core_bytes_per_s=Quantity(0)), "spark.rate_per_core above zero"),
        (
            workload(
                "serving",
                model=Model(params=Quantity(7_000_000_000)),
                serving=Serving(mode="service", context=8192, sessions=4),
            ),
            "model.heads and model.vocabulary",
        ),
    ],
)
def test_what_cannot_be_derived_is_asked_for(wanted: Workload, missing: str) -> None:
    """Never guessed."""
    need, _ = size_workload(wanted, blueprint(), Catalog.builtin())
    assert isinstance(need, str)
    assert missing in need


def team(**notebook: object) -> Team:
    """Ten scientists who work in notebooks."""
    return Team(
        name="t",
        access="notebook",
        members={"data-scientist": 10},
        notebooks=Notebooks(**notebook),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("stated", "slots"),
    [
        ({"concurrency": 0.8, "idle_cull_s": Quantity(2700)}, 8),
        ({"concurrency": 0.8}, 10),
        ({"idle_cull_s": Quantity(2700)}, 10),
    ],
)
def test_slots_follow_concurrency_only_where_idle_notebooks_are_culled(
    stated: dict[str, object], slots: int
) -> None:
    """Framebuffer cannot be overcommitted, so whoever may stay counts."""
    pool = notebooks(team(**stated))
    assert pool is not None
    assert pool[0].count == slots


def test_a_notebook_may_state_its_memory() -> None:
    """Then the ledger says so."""
    pool = notebooks(team(memory_bytes=Quantity(16 * GIB)))
    assert pool is not None
    assert pool[0].gpu is not None
    assert pool[0].gpu.memory_bytes == 16 * GIB
    assert pool[1][-1].basis is Basis.STATED


def test_teams_without_notebooks_have_no_pool() -> None:
    """Nothing is invented."""
    assert notebooks(Team(name="t", access="kubectl", members={"ml-engineer": 2})) is None


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (
            training(epochs=1, deadline_s=Quantity(0), throughput_per_gpu_per_s=Quantity(2500)),
            "train.deadline",
        ),
        (
            training(epochs=1, deadline_s=Quantity(HOUR), throughput_per_gpu_per_s=Quantity(0)),
            "train.throughput_per_gpu",
        ),
        (
            workload("serving", model=Model(family="x"), serving=Serving(mode="service")),
            "model.family",
        ),
    ],
)
def test_what_cannot_be_is_refused(wanted: Workload, field: str) -> None:
    """At the field that is wrong."""
    with pytest.raises(Nonsense) as refused:
        size_workload(wanted, blueprint(), Catalog.builtin())
    assert refused.value.field == field
