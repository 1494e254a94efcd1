"""From a workload and the catalogue to what the formulas take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from generator.blueprint.model.model import Model as StatedModel
from generator.blueprint.model.workloads import Workload
from generator.catalog import Catalog, UnknownRow
from generator.catalog.accelerator import Accelerator
from generator.catalog.model import Model as ModelRow
from generator.catalog.vgpu import VgpuProfile
from generator.ledger import Basis
from generator.record import Record, record
from generator.sizing.architecture import Transformer
from generator.sizing.estimate.checks import check_assumed, check_precision, check_size
from generator.sizing.figures import Figures
from generator.sizing.nonsense import Nonsense, positive
from generator.sizing.serve.device import Device, share_of, slice_of, whole_gpu


@record
class Subject(Record):
    """The model and the device of a workload.

    ``transformer`` is None for a model without layers of attention, ``row`` where the catalogue has
    no such family, ``accelerator`` and ``device`` where no GPU is named.
    """

    row: ModelRow | None
    transformer: Transformer | None
    parameters: float
    active_parameters: float | None
    precision: str
    precision_is_stated: bool
    accelerator: Accelerator | None
    device: Device | None
    profile: VgpuProfile | None
    gpus: int | None


DEFAULT_PRECISION = "bf16"

_FIGURES: Mapping[str, str] = {
    "layers": "layers",
    "hidden": "hidden",
    "heads": "heads",
    "kv_heads": "kv_heads",
    "head_dim": "head_dim",
    "ffn": "ffn",
    "vocabulary": "vocabulary",
    "experts": "experts",
    "active_experts": "active_experts",
    "expert_ffn": "expert_ffn",
    "shared_experts": "shared_experts",
    "dense_layers": "dense_layers",
    "sliding_window": "sliding_window",
    "sliding_layers": "sliding_layers",
    "kv_lora_rank": "kv_lora_rank",
    "q_lora_rank": "q_lora_rank",
    "qk_rope_dim": "qk_rope_dim",
    "qk_nope_dim": "qk_nope_dim",
    "v_head_dim": "v_head_dim",
    "gated": "gated",
    "tied_embeddings": "tied",
}
"""Figures of the language by the transformer's names."""


def subject(workload: Workload, catalog: Catalog) -> Subject:
    """Model, precision and device of a workload.

    Raises:
        Nonsense: for a model or GPU that nobody knows, and figures that contradict each other.
    """
    stated = workload.model or StatedModel()
    packed = _quantised(workload, stated)
    row = _row(stated, catalog)
    if stated.params is not None:
        positive("model.params", float(stated.params.value))
    transformer = _transformer(stated, row)
    parameters = transformer.parameters if transformer else 0.0
    if stated.params is not None:
        parameters = float(stated.params.value)
    elif row is not None and row.parameters:
        parameters = float(row.parameters)
    check_size(parameters)
    check_assumed(workload.assume)
    accelerator = _accelerator(workload, catalog)
    if stated.precision is not None:
        check_precision(accelerator, stated.precision)
    wish = workload.accelerator
    profile = _profile(accelerator, wish.profile if wish else None)
    return Subject(
        row=row,
        transformer=transformer,
        parameters=parameters,
        active_parameters=_active(stated, transformer),
        precision=packed or stated.precision or (row and row.stored_precision) or DEFAULT_PRECISION,
        precision_is_stated=packed is not None or stated.precision is not None,
        accelerator=accelerator,
        device=_device(accelerator, profile),
        profile=profile,
        gpus=wish.gpus if wish else None,
    )


def _row(stated: StatedModel, catalog: Catalog) -> ModelRow | None:
    if stated.config is not None:
        try:
            return catalog.model_of_file(stated.config)
        except UnknownRow as unknown:
            raise Nonsense(
                "model.config", "was not read", "load the document from its file"
            ) from unknown
    if stated.family is None:
        return None
    try:
        return catalog.model(stated.family)
    except UnknownRow as unknown:
        near = _near(unknown, "models")
        raise Nonsense("model.family", f"no model {stated.family!r} is known", near) from unknown


def note_subject(about: Subject, figures: Figures) -> None:
    """Notes model, GPU and precision, down to the sources of their rows in the catalogue."""
    row, gpu = about.row, about.accelerator
    if row is not None:
        source = _sources(row.sources)
        figures.note("model", row.id, "", rule="figures of its row", source=source)
    elif about.transformer is not None:
        rule = "figures of its layers"
        figures.note("model", "own", "", rule=rule, source="blueprint", basis=Basis.STATED)
    if gpu is not None:
        source = _sources({field: gpu.sources.get(field, ()) for field in _GPU_FIGURES})
        figures.note("gpu", gpu.id, "", rule="figures of its row", source=source)
    stated = about.precision_is_stated
    published = row is not None and row.stored_precision is not None
    figures.note(
        "precision",
        about.precision,
        "",
        rule="as stated" if stated else "as published" if published else "16 bits, as published",
        source="blueprint" if stated else "catalogue",
        basis=Basis.STATED if stated else Basis.PUBLISHED,
    )
    if about.gpus is not None:
        figures.note(
            "stated gpus", about.gpus, "", rule="as stated", source="blueprint", basis=Basis.STATED
        )


_GPU_FIGURES = ("memory", "peak_dense_tflops", "measured_peak_tflops", "nvlink")
"""Figures of a GPU's row that memory and times are computed from."""


def _sources(by_field: Mapping[str, tuple[str, ...]]) -> str:
    keys = sorted({key for keys in by_field.values() for key in keys})
    return f"catalogue: {', '.join(keys)}" if keys else "catalogue, a row of the blueprint"


def _near(unknown: UnknownRow, kind: str) -> str:
    """What to write in place of a name that nobody knows."""
    near = unknown.near
    return f"write {' or '.join(near)}" if near else f"see mlgen catalog {kind}"


def _quantised(workload: Workload, stated: StatedModel) -> str | None:
    """The format that a served model's weights are quantised to; training keeps its own."""
    return stated.compression.quantise if stated.compression and workload.serving else None


def _active(stated: StatedModel, transformer: Transformer | None) -> float | None:
    if stated.active_params is not None:
        return float(stated.active_params.value)
    return transformer.active_parameters if transformer else None


def transformer_of(family: str | None, catalog: Catalog, field: str) -> Transformer | None:
    """A model of the catalogue by its family; None for none. Raises ``Nonsense`` at ``field``."""
    from generator.sizing.resolve import from_row

    if family is None:
        return None
    try:
        return from_row(catalog.model(family))
    except UnknownRow as unknown:
        near = _near(unknown, "models")
        raise Nonsense(field, f"no model {family!r} is known", near) from unknown


def _accelerator(workload: Workload, catalog: Catalog) -> Accelerator | None:
    wish = workload.accelerator
    if wish is None or wish.model is None or wish.kind == "cpu":
        return None
    try:
        return catalog.accelerator(wish.model)
    except UnknownRow as unknown:
        near = _near(unknown, "accelerators")
        raise Nonsense("accelerator.model", f"no GPU {wish.model!r} is known", near) from unknown


def _profile(accelerator: Accelerator | None, name: str | None) -> VgpuProfile | None:
    if accelerator is None or name is None:
        return None
    try:
        return accelerator.profile(name)
    except KeyError as unknown:
        raise Nonsense(
            "accelerator.profile", str(unknown.args[0]), "see mlgen catalog accelerators"
        ) from unknown


def _device(accelerator: Accelerator | None, profile: VgpuProfile | None) -> Device | None:
    """The GPU or what a profile leaves of it.

    A MIG instance has its own share of compute and bandwidth; a time-sliced vGPU is judged with all
    its neighbours busy.
    """
    if accelerator is None:
        return None
    whole = whole_gpu(accelerator)
    if profile is None:
        return whole
    usable = float(profile.usable_framebuffer_bytes)
    if profile.is_mig and profile.compute_slices and profile.memory_slices and accelerator.mig:
        part = slice_of(
            whole,
            compute_ratio=profile.compute_slices / accelerator.mig.compute_slices,
            memory_ratio=profile.memory_slices / accelerator.mig.memory_slices,
            name=profile.name,
        )
        return replace(part, memory_bytes=usable)
    return share_of(whole, profile.max_per_gpu, usable)


def _transformer(stated: StatedModel, row: ModelRow | None) -> Transformer | None:
    """The catalogue's figures with the workload's own over them; None where neither has layers."""
    from generator.sizing.resolve import check, from_row, with_overrides

    own: dict[str, Any] = {
        name: value for key, name in _FIGURES.items() if (value := getattr(stated, key)) is not None
    }
    if stated.params is not None:
        own["stated_parameters"] = stated.params.value
    if stated.active_params is not None:
        own["stated_active_parameters"] = stated.active_params.value
    if row is not None:
        return with_overrides(from_row(row), **own) if row.is_transformer else None
    if not {"layers", "hidden", "heads"} & set(own):
        return None
    bare = _bare(stated, own)
    check(bare)
    return bare


def _bare(stated: StatedModel, own: Mapping[str, Any]) -> Transformer:
    """A transformer by its own figures; what is missing is asked for."""
    needed = ("layers", "hidden", "heads", "vocabulary")
    for key in needed:
        if getattr(stated, key) is None:
            raise Nonsense(
                f"model.{key}", "is missing", "state it, or a model.family of the catalogue"
            )
    assert stated.hidden is not None
    assert stated.heads is not None
    if stated.head_dim is None and stated.hidden % stated.heads:
        raise Nonsense(
            "model.heads",
            f"{stated.hidden} does not divide over {stated.heads} heads",
            "state heads that divide model.hidden, or model.head_dim",
        )
    defaults: dict[str, Any] = {
        "kv_heads": stated.heads,
        "head_dim": stated.hidden // stated.heads,
        "ffn": 4 * stated.hidden,
        "gated": stated.ffn is not None,
    }
    return Transformer(name="own model", **{**defaults, **own})
