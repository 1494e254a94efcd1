"""Storage, checkpoints and failures: how each published figure is asked of the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from generator.catalog.catalog import Catalog
from generator.catalog.names import find_model
from generator.sizing.architecture import Transformer
from generator.sizing.precision import bytes_per_value
from generator.sizing.resolve import from_row
from generator.sizing.storage import (
    checkpoints,
    datasets,
    erasure,
    images,
    intervals,
    protection,
    reading,
    vsan,
    vsan_capacity,
)
from tests.vectors.units import in_base

Inputs = Mapping[str, Any]


def _checkpoint(inputs: Inputs) -> float:
    """A whole checkpoint, or the part of it that the row names."""
    if "kind" in inputs:
        return _saved_weights(inputs["trainable"], inputs["kind"])
    per_parameter = {
        "weight_bytes": inputs.get("bytes_model", checkpoints.WEIGHT_BYTES),
        "optimizer_bytes": inputs.get("bytes_optimizer", checkpoints.ADAMW_STATE_BYTES),
    }
    if inputs.get("content") in {"weights", "weights only"}:
        return checkpoints.weights_only(inputs["params"], "bf16").total_bytes
    state = checkpoints.training_state(_parameters(inputs), **per_parameter)
    part = str(inputs.get("part", "all"))
    if part.startswith("weights"):
        return state.weights_bytes
    return state.optimizer_bytes if part.startswith("optimizer") else state.total_bytes


def _parameters(inputs: Inputs) -> float:
    if "params" in inputs:
        return float(inputs["params"])
    return checkpoints.decoder_parameters(
        hidden=inputs["hidden"],
        ffn=inputs["ffn"],
        heads=inputs["heads"],
        kv_heads=inputs["kv_heads"],
        layers=inputs["layers"],
        vocabulary=inputs["vocab"],
    )


def _saved_weights(trainable: float, kind: str) -> float:
    words = kind.split()
    precision = next(word for word in words if _is_precision(word))
    if "adapter" in words:
        return checkpoints.adapter(trainable, precision=precision).total_bytes
    return checkpoints.weights_only(trainable, precision).total_bytes


def _is_precision(word: str) -> bool:
    try:
        return bytes_per_value(word) > 0
    except ValueError:
        return False


def _dataset(inputs: Inputs) -> float:
    if "files" in inputs:
        count = datasets.sample_count(
            files=inputs["files"], samples_per_file=inputs.get("samples_per_file", 1)
        )
        if "record_bytes" not in inputs:
            return count
        return datasets.bytes_of_samples(samples=count, sample_bytes=inputs["record_bytes"])
    if "samples" in inputs:
        return datasets.bytes_of_samples(
            samples=inputs["samples"], sample_bytes=inputs["record_bytes"]
        )
    return datasets.published_sample_bytes(inputs["workload"])


def _benchmark_dataset(inputs: Inputs) -> float:
    return datasets.benchmark_dataset_minimum(
        client_hosts=_first(inputs, "client_hosts", "hosts"),
        memory_per_host_bytes=_sized(inputs, "ram_{}_per_host"),
    )


_UNITS = {"tb": "TB", "tib": "TiB", "gb": "GB", "gib": "GiB", "mb": "MB", "mib": "MiB"}


def _sized(inputs: Inputs, key: str) -> float:
    """A size whose unit is in its key's name."""
    for word, unit in _UNITS.items():
        if key.format(word) in inputs:
            return in_base(inputs[key.format(word)], unit)
    raise KeyError(key)


def _first(inputs: Inputs, *names: str) -> Any:
    return next(inputs[name] for name in names if name in inputs)


def _checkpoint_bandwidth(inputs: Inputs) -> float:
    return checkpoints.write_bandwidth(_sized(inputs, "size_{}"), stall_s=inputs["seconds"])


def _checkpoint_overhead(inputs: Inputs) -> float:
    return checkpoints.total_stall(
        checkpoints=inputs["checkpoints"],
        seconds_each=_first(inputs, "seconds_each", "seconds"),
    )


def _erasure_factor(inputs: Inputs) -> float:
    """Raw over usable, or usable over raw where the source prints an efficiency."""
    if "data" in inputs or "k" in inputs:
        stored = erasure.code(
            data=_first(inputs, "data", "k"), parity=_first(inputs, "parity", "m")
        )
        return stored.efficiency_ratio if "efficiency" in inputs["unit"] else stored.factor
    stored = erasure.code_of_set(drives=inputs["drives"], parity=inputs.get("parity"))
    return stored.efficiency_ratio if "efficiency" in inputs["unit"] else stored.factor


def _erasure_usable(inputs: Inputs) -> float:
    return erasure.usable_bytes(
        drives=inputs["drives"],
        drive_bytes=_sized(inputs, "drive_{}"),
        parity=inputs.get("parity"),
    )


def _model_image(inputs: Inputs) -> float:
    profile = images.engine_profile(inputs["profile"])
    return images.model_files(_transformer(inputs["model"]), profile).total_bytes


def _transformer(printed: str) -> Transformer:
    return from_row(Catalog.builtin().model(find_model(printed)))


def _read_rate(inputs: Inputs) -> float:
    return reading.rate_per_accelerator(
        batch=inputs["batch"],
        record_bytes=inputs["record_bytes"],
        compute_time_s=inputs["compute_time_s"],
        utilisation_ratio=inputs.get("accelerator_utilisation", 1.0),
    )


def _layout(inputs: Inputs) -> vsan.Layout:
    return vsan.layout(
        raid=inputs["raid"],
        failures_to_tolerate=inputs["ftt"],
        architecture=vsan.Architecture(inputs.get("arch", "OSA")),
        hosts=inputs.get("hosts"),
    )


def _vsan_reserve(inputs: Inputs) -> float:
    if "hosts" in inputs:
        return vsan_capacity.host_rebuild_reserve_ratio(inputs["hosts"])
    return vsan_capacity.SLACK_BEFORE_70U1_RATIO


def _vsan_object(inputs: Inputs) -> float:
    size = _sized(inputs, "size_{}")
    return vsan_capacity.object_use(size, _layout(inputs)).used_bytes


def _host_weights(inputs: Inputs) -> float:
    if "params" in inputs:
        return images.host_weights_bytes(inputs["params"])
    return images.host_weights_bytes(_transformer(inputs["model"]).parameters)


def _mtbf(inputs: Inputs) -> float:
    return intervals.observed_mtbf(
        duration_s=in_base(inputs["days"], "days"), interruptions=inputs["interruptions"]
    )


def _mtbf_per_gpu(inputs: Inputs) -> float:
    return intervals.observed_gpu_mtbf(
        duration_s=in_base(inputs["days"], "days"),
        interruptions=inputs["interruptions"],
        gpus=inputs["gpus"],
    )


def _checkpoint_interval(inputs: Inputs) -> float:
    return intervals.young_interval(write_s=inputs["checkpoint_s"], mtbf_s=inputs["mtbf_s"])


def _overhead(inputs: Inputs) -> float:
    return intervals.lost_ratio(
        write_s=inputs["checkpoint_s"],
        mtbf_s=inputs["mtbf_s"],
        interval_s=inputs["interval_s"],
        restart_s=inputs.get("restart_s", 0.0),
    )


ANSWERS: dict[str, Callable[[Inputs], object]] = {
    "storage.checkpoint": _checkpoint,
    "storage.checkpoint_bandwidth": _checkpoint_bandwidth,
    "storage.checkpoint_overhead": _checkpoint_overhead,
    "storage.dataset": _dataset,
    "storage.dataset_vs_ram": _benchmark_dataset,
    "storage.erasure_factor": _erasure_factor,
    "storage.erasure_default_parity": lambda inputs: erasure.default_parity(inputs["drives"]),
    "storage.erasure_parity": lambda inputs: erasure.default_parity(inputs["drives"]),
    "storage.erasure_usable": _erasure_usable,
    "storage.model_image": _model_image,
    "storage.read_bandwidth_per_accelerator": _read_rate,
    "storage.vsan_factor": lambda inputs: _layout(inputs).factor,
    "storage.vsan_min_hosts": lambda inputs: _layout(inputs).minimum_hosts,
    "storage.vsan_object": _vsan_object,
    "storage.vsan_overhead": lambda inputs: vsan_capacity.filesystem_ratio(
        vsan.Architecture(inputs["arch"])
    ),
    "storage.vsan_reserve": _vsan_reserve,
    "host_ram.inference": _host_weights,
    "failure.checkpoint_interval": _checkpoint_interval,
    "failure.mtbf": _mtbf,
    "failure.mtbf_per_gpu": _mtbf_per_gpu,
    "failure.overhead": _overhead,
    "failure.ha_vs_ftt": lambda inputs: protection.paired_policy(inputs["admission_control"]),
}
"""Topic -> the engine's answer in base units: bytes, seconds, bytes per second, ratios, counts.

``failure.overhead`` is a share of the time, ``failure.mtbf_per_gpu`` GPU-seconds.
"""
