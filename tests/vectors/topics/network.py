"""The engine's answers to published figures of networks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from generator.catalog import Catalog
from generator.catalog.accelerator import Accelerator
from generator.catalog.names import find_accelerator
from generator.quantity import Dimension, parse
from generator.sizing.network.collectives import (
    Collective,
    achieved_bus_bandwidth_bytes_per_s,
    achieved_hierarchical_bytes_per_s,
    collective_factor,
    collective_named,
    hierarchical_phases,
    hierarchical_s,
)
from generator.sizing.network.links import (
    Link,
    copy_bytes_per_s,
    gpu_link,
    network_link,
    pcie_bytes_per_s,
)
from generator.sizing.network.traffic import (
    data_parallel_factor,
    payload_bytes,
    scheme_named,
    tensor_parallel_elements,
)
from generator.sizing.network.transfer import transfer_s
from tests.vectors.units import in_base

Inputs = Mapping[str, Any]

_CATALOG = Catalog.builtin()
_RATES = {"gbps": "gbps", "gBps": "gBps"}
_SIZES = {"kib": "KiB", "mib": "MiB", "gib": "GiB"}
_TODAY = "b200"
"""The board that rows mean which give a host's accelerators as a number only."""


def bus_bandwidth(inputs: Inputs) -> float:
    """``{gpu | node, gpus | nodes, payload, spec | nic}`` of one node or several."""
    if "pcie" in str(inputs.get("link", "")):
        return pcie(inputs)
    count, name, algorithm = _node(str(inputs.get("gpu", inputs.get("node"))))
    gpus = int(inputs.get("gpus", count))
    inside = _inside(name, algorithm, gpus, inputs)
    payload = _payload(inputs)
    if inputs.get("nodes", 1) == 1:
        collective = collective_named(inputs.get("collective", Collective.ALL_REDUCE))
        return achieved_bus_bandwidth_bytes_per_s(collective, payload, gpus, inside)
    return achieved_hierarchical_bytes_per_s(
        payload,
        per_host=gpus,
        hosts=inputs["nodes"],
        inside=inside,
        between=network_link(_rate(inputs, "nic"), rdma=True),
    )


def factor(inputs: Inputs) -> float:
    """``{collective, n}``."""
    return collective_factor(collective_named(inputs["collective"]), inputs["n"])


def volume(inputs: Inputs) -> float:
    """``{scheme}``: elements per parameter and step, or how that compares with DDP."""
    moved = data_parallel_factor(scheme_named(inputs["scheme"]))
    if "DDP" in str(inputs.get("unit", "")).upper().split():
        return moved / data_parallel_factor(scheme_named("ddp"))
    return moved


def block(inputs: Inputs) -> float:
    """``{s, b, h, recompute}``: elements per transformer block; of one, where no size is stated."""
    told = str(_first(inputs, "recompute", "checkpointing", "activation_checkpointing", True))
    return tensor_parallel_elements(
        _first(inputs, "s", "seq", 1),
        _first(inputs, "b", "batch", 1),
        _first(inputs, "h", "hidden", 1),
        recompute=told.lower() not in ("false", "none"),
    )


def _first(inputs: Inputs, *names_and_default: Any) -> Any:
    *names, default = names_and_default
    return next((inputs[name] for name in names if name in inputs), default)


def phase_bytes(inputs: Inputs) -> float:
    """``{payload, g, k, part}``: bytes per accelerator inside its node, or between nodes."""
    phases = hierarchical_phases(_payload(inputs), inputs["g"], inputs["k"])
    inter = str(inputs["part"]).startswith("inter")
    return phases.between_bytes if inter else phases.inside_bytes


def transfer(inputs: Inputs) -> float:
    """``{params, bytes, passes, link}`` over one wire, or ``{payload, g, k, nic}`` over nodes."""
    told = " ".join(str(value) for value in inputs.values()).lower()
    if "g" in inputs and "k" in inputs and ("wire" in told or "inter-node" in told):
        phases = hierarchical_phases(_payload(inputs), inputs["g"], inputs["k"])
        return transfer_s(phases.between_bytes, _rate(inputs, "nic", "link"))
    if "g" in inputs and "k" in inputs and "naive" not in told:
        gpus = inputs["g"]
        return hierarchical_s(
            _payload(inputs),
            per_host=gpus,
            hosts=inputs["k"],
            inside=_inside(_node(str(inputs.get("gpu", _TODAY)))[1], "", gpus, inputs),
            between=network_link(_rate(inputs, "nic"), rdma=True),
        )
    if "params" in inputs:
        moved = payload_bytes(inputs["params"], inputs["bytes"], inputs.get("passes", 1))
    else:
        moved = _payload(inputs)
    return transfer_s(moved, _rate(inputs, "link", "nic"))


def pcie(inputs: Inputs) -> float:
    """What a slot carries in practice."""
    found = re.search(r"pcie\s*(\d)", str(inputs["link"]).lower())
    assert found is not None, inputs
    gpu = next(gpu for gpu in map(_accelerator, _BOARDS) if gpu.pcie_generation == int(found[1]))
    copied = copy_bytes_per_s(gpu)
    assert copied is not None, inputs
    return copied


_BOARDS = ("v100", "a100", "h100")
"""A board of each PCIe generation."""


def specification(inputs: Inputs) -> float | None:
    """``{link}`` such as ``nvlink4.h100`` or ``pcie5``: one direction, per accelerator."""
    link = str(inputs["link"])
    slot = re.fullmatch(r"pcie(\d)", link)
    if slot:
        return pcie_bytes_per_s(int(slot[1]))
    return _accelerator(link.partition(".")[2]).nvlink.per_direction_bytes_per_s


ANSWERS: dict[str, Callable[[Mapping[str, Any]], object]] = {
    "network.busbw": bus_bandwidth,
    "network.collective_factor": factor,
    "network.dp_volume": volume,
    "network.megatron_block": block,
    "network.tp_volume": block,
    "network.collective_time": transfer,
    "network.allreduce_time": transfer,
    "network.hierarchical_time": transfer,
    "network.pcie": pcie,
    "network.hierarchical_bytes": phase_bytes,
    "network.spec": specification,
    "network.transfer_time": transfer,
}


def _inside(name: str, algorithm: str, gpus: int, inputs: Inputs) -> Link:
    link = gpu_link(_accelerator(name), gpus, vgpu=False)
    assert link is not None
    if "spec_gBps" in inputs:
        link = replace(link, bandwidth_bytes_per_s=_rate(inputs, "spec"))
    if algorithm in ("ring", "sharp"):
        link = replace(link, reduces=algorithm == "sharp")
    return link


def _node(text: str) -> tuple[int, str, str]:
    """Accelerators, board and algorithm of a text such as ``8x h200.ring``."""
    found = re.fullmatch(r"(?:(\d+)\s*x\s*)?([\w-]+)(?:\.(\w+))?", text.strip().lower())
    assert found is not None, text
    return int(found[1] or 1), found[2], found[3] or ""


def _accelerator(name: str) -> Accelerator:
    return _CATALOG.accelerator(find_accelerator(name))


def _payload(inputs: Inputs) -> float:
    for suffix, unit in _SIZES.items():
        if f"payload_{suffix}" in inputs:
            return in_base(inputs[f"payload_{suffix}"], unit)
    return parse(str(inputs["payload"]), Dimension.DATA)


def _rate(inputs: Inputs, *stems: str) -> float:
    for stem in stems:
        for suffix, unit in _RATES.items():
            if f"{stem}_{suffix}" in inputs:
                return in_base(inputs[f"{stem}_{suffix}"], unit)
    raise KeyError(f"{' or '.join(stems)} in {sorted(inputs)}")
