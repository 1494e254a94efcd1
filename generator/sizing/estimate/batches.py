"""The estimate of a service that answers whole batches: embeddings and vision."""

from __future__ import annotations

from generator.blueprint.model.workloads import Serving, Workload
from generator.catalog import Catalog
from generator.ledger import Basis
from generator.quantity import GIB
from generator.sizing.assumption import Assumption, weigh
from generator.sizing.estimate.answer import Estimate, MemoryAnswer, ServingAnswer
from generator.sizing.estimate.checks import check_level
from generator.sizing.estimate.inputs import Subject
from generator.sizing.figures import Figures
from generator.sizing.nonsense import Nonsense
from generator.sizing.precision import bytes_per_value
from generator.sizing.serve.batches import (
    IMAGE_EFFICIENCY,
    IMAGE_EFFICIENCY_RANGE,
    BatchSpeed,
    Pass,
    batch_speed,
    largest_batch_within,
)
from generator.sizing.vision.networks import knows, network_named

DEFAULT_TEXT_TOKENS = 512
"""Length of a text to embed where nobody states one; assumed."""
TEXT_TOKENS_RANGE = (64, 8192)

RUNTIME_BYTES = 2.5e9
"""What a server of embeddings or images takes beside its weights: context, libraries, workspaces
and queued requests; assumed. Source: F. Denneman, Same Size vGPU Mode and Right-sizing (2026),
2 to 3 GB for BGE-M3."""
RUNTIME_RANGE_BYTES = (1e9, 3e9)

VALUES_PER_MAC = 0.002
"""Values that are alive at once per multiply-add of an image's pass; assumed where a model's layers
are not known. The two largest consecutive maps of VGG-16 are 6.4 million values for 15.5 billion
multiply-adds (0.0004), those of ResNet-50 1.6 million for 4.1 billion (0.0004); networks of few
operations keep more per operation."""
VALUES_PER_MAC_RANGE = (0.0004, 0.02)


def in_batches(workload: Workload, about: Subject, catalog: Catalog, figures: Figures) -> Estimate:
    """Memory, latency and throughput of a pass."""
    del catalog
    serving = workload.serving
    assert serving is not None
    if not about.parameters:
        raise Nonsense("model.params", "is missing", "state it, or a family of the catalogue")
    check_level(serving)
    work = _pass(serving, about)
    batch = _batch(serving, work, about)
    runtime = RUNTIME_BYTES
    activations = batch * work.activation_bytes_per_item
    for name, size, rule in (
        ("weights", work.weights_bytes, "parameters x bytes of the precision"),
        ("activations", activations, "batch x values that one pass holds"),
    ):
        figures.note(name, size, "B", rule=rule, source="counted from the architecture")
    _note_assumed(serving, about, batch, work.weights_bytes + runtime, figures)
    fixed = work.weights_bytes + activations
    ends = [f"{(fixed + end) / GIB:.2f}" for end in RUNTIME_RANGE_BYTES]
    figures.note(
        "runtime",
        runtime,
        "B",
        rule="context, libraries, workspaces and queued requests",
        source="F. Denneman, Same Size vGPU Mode and Right-sizing",
        basis=Basis.ASSUMED,
        low=RUNTIME_RANGE_BYTES[0],
        high=RUNTIME_RANGE_BYTES[1],
        effect=f"framebuffer from {ends[0]} GiB to {ends[1]} GiB",
    )
    memory = MemoryAnswer(
        weights_bytes=work.weights_bytes, activations_bytes=activations, runtime_bytes=runtime
    )
    if about.device is None:
        return Estimate(memory=memory, gpus=1)
    speed = batch_speed(work, about.precision, about.device, batch)
    _note_speed(speed, work, about, batch, figures)
    late = _late(serving, speed, batch)
    return Estimate(
        memory=memory,
        feasible=not late,
        reasons=late,
        serving=ServingAnswer(
            latency_s=speed.latency_s,
            items_per_s=speed.items_per_s,
            replicas=_replicas(serving, speed),
        ),
        gpu=about.accelerator.id if about.accelerator else "",
        gpus=1,
    )


def _note_assumed(
    serving: Serving, about: Subject, batch: int, fixed_bytes: float, figures: Figures
) -> None:
    """Notes what stands in for the length of a text or the feature maps of an image."""
    if about.transformer is None:
        assert about.row is not None
        if knows(about.row.id):
            return
        macs = (about.row.forward_gmacs_per_sample or 0.0) * 1e9
        held = batch * macs * bytes_per_value(about.precision)
        ends = [f"{(fixed_bytes + held * end) / GIB:.2f} GiB" for end in VALUES_PER_MAC_RANGE]
        figures.note(
            "values per multiply-add",
            VALUES_PER_MAC,
            "ratio",
            rule="feature maps that a pass holds at once",
            source="assumed: VGG-16, ResNet-50 and MobileNets counted",
            basis=Basis.ASSUMED,
            low=VALUES_PER_MAC_RANGE[0],
            high=VALUES_PER_MAC_RANGE[1],
            effect=f"framebuffer from {ends[0]} to {ends[1]}",
        )
        return
    if serving.input_tokens or serving.context:
        return
    weigh(
        (
            Assumption(
                name="input_tokens",
                value=DEFAULT_TEXT_TOKENS,
                unit="tokens",
                rule="length of a text",
                source="assumed; state serving.input_tokens",
                low=TEXT_TOKENS_RANGE[0],
                high=TEXT_TOKENS_RANGE[1],
                changes=(("input_tokens", *TEXT_TOKENS_RANGE),),
            ),
        ),
        serving,
        lambda one: fixed_bytes + batch * _pass(one, about).activation_bytes_per_item,
        figures,
        what="framebuffer",
        show=lambda size: f"{size / GIB:.2f} GiB",
    )


def _pass(serving: Serving, about: Subject) -> Pass:
    value = bytes_per_value(about.precision)
    model, row = about.transformer, about.row
    if model is not None:
        tokens = serving.input_tokens or serving.context or DEFAULT_TEXT_TOKENS
        multiplied = 2 * model.active_body_parameters * tokens
        attended = 4 * model.layers * model.attention_width * tokens * tokens
        width = 3 * model.ffn + 3 * model.hidden
        return Pass(
            flops_per_item=multiplied + attended,
            weights_bytes=about.parameters * value,
            activation_bytes_per_item=tokens * width * value,
        )
    if row is None or row.forward_gmacs_per_sample is None:
        raise Nonsense(
            "model.family", "its operations per item are not known", "name a model of the catalogue"
        )
    macs = row.forward_gmacs_per_sample * 1e9
    values = network_named(row.id).largest_pair_values if knows(row.id) else macs * VALUES_PER_MAC
    return Pass(
        flops_per_item=2 * macs,
        weights_bytes=about.parameters * value,
        activation_bytes_per_item=values * value,
    )


def _batch(serving: Serving, work: Pass, about: Subject) -> int:
    """The stated batch, else the largest within the service level, else one item."""
    if serving.batch:
        return serving.batch
    if serving.p95_s is None or about.device is None:
        return 1
    # Half of the level is left for waiting until a batch is full.
    within = largest_batch_within(work, about.precision, about.device, serving.p95_s.value / 2)
    if within < 1:
        raise Nonsense(
            "serving.p95",
            f"not even one item is answered within {serving.p95_s.value:g} s on this GPU",
            "state a looser level, a faster GPU or a narrower precision",
        )
    return within


def _replicas(serving: Serving, speed: BatchSpeed) -> int | None:
    rate = serving.rate_per_s.value if serving.rate_per_s else None
    if rate is None and serving.items and serving.window_s:
        rate = serving.items / serving.window_s.value
    return serving.replicas if rate is None else max(1, -int(-rate // speed.items_per_s))


def _late(serving: Serving, speed: BatchSpeed, batch: int) -> tuple[str, ...]:
    """Why a stated batch misses the service level."""
    if serving.p95_s is None or speed.latency_s <= serving.p95_s.value:
        return ()
    return (
        (
            f"a pass of {batch} takes {speed.latency_s * 1e3:.0f} ms, more than the "
            f"{serving.p95_s.value * 1e3:.0f} ms of the service level"
        ),
        "leave serving.batch out to get the largest that keeps it, or take a faster GPU",
    )


def _note_speed(
    speed: BatchSpeed, work: Pass, about: Subject, batch: int, figures: Figures
) -> None:
    assert about.device is not None
    slow, fast = (
        batch_speed(work, about.precision, about.device, batch, efficiency=share)
        for share in IMAGE_EFFICIENCY_RANGE
    )
    figures.note(
        "compute efficiency",
        IMAGE_EFFICIENCY,
        "ratio",
        rule="share of the peak that a pass attains",
        source="assumed: calibrate with benchmarks/gpu/measure.py",
        basis=Basis.ASSUMED,
        low=IMAGE_EFFICIENCY_RANGE[0],
        high=IMAGE_EFFICIENCY_RANGE[1],
        effect=f"latency from {fast.latency_s * 1e3:.1f} ms to {slow.latency_s * 1e3:.1f} ms",
    )
    figures.note(
        "items_per_s",
        speed.items_per_s,
        "items/s",
        rule="batch / max(multiplying, reading) + overhead",
        source="roofline",
        low=slow.items_per_s,
        high=fast.items_per_s,
    )
