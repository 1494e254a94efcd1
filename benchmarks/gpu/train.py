"""Steps of training: peak memory and time, of language models, CNNs and vision transformers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import torch
from adapters import adapt
from meter import Meter
from networks import NotBuilt, language_model, vision_model
from results import Figure
from torch import nn
from torch.utils.checkpoint import checkpoint

WARM_UP = 3

OPTIMIZERS: dict[str, Callable[[Any], torch.optim.Optimizer]] = {
    "adamw": lambda parameters: torch.optim.AdamW(parameters, lr=1e-5),
    "adam": lambda parameters: torch.optim.Adam(parameters, lr=1e-5),
    "sgd": lambda parameters: torch.optim.SGD(parameters, lr=1e-5),
    "sgd-momentum": lambda parameters: torch.optim.SGD(parameters, lr=1e-5, momentum=0.9),
}
ATTENTION = {"flash": "sdpa", "eager": "eager"}
"""The language's words, and those of transformers; ``sdpa`` takes the flash kernel on a GPU."""

WEIGHTS = ("bf16", "bf16-mixed", "fp32")
"""Precisions of weights that a program is here for."""

REGIME_16_BIT = ("peft",)
"""Frameworks whose recipe keeps weights in 16 bits; the others train 32-bit weights by autocast."""


def training(workload: Any, about: Any, meter: Meter, *, repeats: int) -> Iterator[Figure]:
    """Measures one training workload; ``about`` is what the engine makes of its model."""
    if about.transformer is not None:
        step, items, trained = _language(workload, about, meter)
    else:
        step, items, trained = _vision(workload, about, meter)
    weights = held_bytes(trained)
    timed = meter.timed(step, warm_up=WARM_UP, repeats=repeats)
    peak = meter.peak()
    lasting = meter.allocated()
    name, over = workload.name, f"{repeats} steps"
    total = peak.total if peak else None
    yield Figure(name, "weights", "B", weights)
    yield Figure(name, "static without gradients", "B", lasting)
    yield Figure(name, "allocated", "B", peak.allocated if peak else None, window=over)
    yield Figure(name, "runtime", "B", peak.total - peak.allocated if peak else None, window=over)
    yield Figure(name, "total", "B", total, window=over)
    yield Figure(name, "step", "s", timed.median_s, window=over, spread=timed.spread)
    rate = items / timed.median_s
    yield Figure(name, "throughput", "/s", rate, window=over, spread=timed.spread)


Step = Callable[[], object]


def held_bytes(model: nn.Module) -> float:
    """Bytes of all weights and buffers."""
    tensors = {id(each): each for each in (*model.parameters(), *model.buffers())}
    return float(sum(each.nbytes for each in tensors.values()))


def _optimizer(workload: Any, model: nn.Module) -> torch.optim.Optimizer:
    name = workload.train.optimizer or "adamw"
    if name not in OPTIMIZERS:
        raise NotBuilt(f"no program for the optimizer {name}")
    return OPTIMIZERS[name]([p for p in model.parameters() if p.requires_grad])


def _language(workload: Any, about: Any, meter: Meter) -> tuple[Step, int, nn.Module]:
    """A step over random tokens, and how many there are."""
    from generator.sizing.estimate.training_run import run_of

    run = run_of(workload, about)
    if run.gpus > 1 or about.precision not in WEIGHTS:
        raise NotBuilt(f"no program for {about.precision} on {run.gpus} GPUs")
    wide = about.precision == "fp32"
    narrow = not wide and (run.adapts or run.framework in REGIME_16_BIT)
    model = language_model(
        about.transformer,
        attention=ATTENTION[run.attention],
        device=meter.device,
        dtype=torch.bfloat16 if narrow else torch.float32,
    )
    if run.adapts:
        if run.method.value != "lora":
            raise NotBuilt(f"no program for {run.method.value}")
        adapt(model, run.adapter.rank, run.adapter.matrices)
    model.config.use_cache = False
    model.train()
    if run.recompute is not None and run.recompute.value == "full":
        for layer in model.model.layers:
            layer.forward = partial(checkpoint, layer.forward, use_reentrant=False)
    optimizer = _optimizer(workload, model)
    mixed = not wide and not narrow
    shape = (run.micro_batch, run.sequence)
    tokens = torch.randint(about.transformer.vocabulary, shape, device=meter.device)

    def step() -> None:
        for _ in range(run.micro_batches):
            with torch.autocast(meter.device.type, torch.bfloat16, enabled=mixed):
                loss = model(input_ids=tokens, labels=tokens).loss
            loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    return step, run.micro_batches * run.micro_batch * run.sequence, model


def _vision(workload: Any, about: Any, meter: Meter) -> tuple[Step, int, nn.Module]:
    """A step over random images, and how many there are."""
    if about.row is None:
        raise NotBuilt("a vision model is named by its family")
    model = vision_model(about.row).to(meter.device).train()
    optimizer = _optimizer(workload, model)
    batch = workload.train.micro_batch or workload.train.batch or 1
    pixels = about.row.input_pixels
    images = torch.randn(batch, 3, pixels, pixels, device=meter.device)
    classes = torch.randint(1000, (batch,), device=meter.device)
    mixed = about.precision not in ("fp32", "tf32")

    def step() -> None:
        with torch.autocast(meter.device.type, torch.bfloat16, enabled=mixed):
            loss = nn.functional.cross_entropy(model(images), classes)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    return step, batch, model
