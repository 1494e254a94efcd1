"""What a model's origin, format and compression mean for the platform, in figures and findings."""

from __future__ import annotations

from collections.abc import Iterator

from generator.blueprint.model.model import Compression
from generator.blueprint.model.workloads import Calibration
from generator.catalog import Catalog
from generator.finding import Finding
from generator.ledger import Basis
from generator.quantity import GIB
from generator.sizing.choice.cloud import instance
from generator.sizing.choice.compression import judge_sparsity, pruned, quantised, sparse
from generator.sizing.choice.origin import (
    ORIGINS,
    TARGET_UTILISATION_RANGE,
    calibrate,
    missing_for,
)
from generator.sizing.choice.runtimes import judge_format, model_format, runnable
from generator.sizing.choice.verdict import Verdict
from generator.sizing.figures import Figures
from generator.sizing.lifecycle_case import Case, accelerator_of
from generator.sizing.lifecycle_rules import (
    EngineWhereBuilt,
    FormatServable,
    OriginStated,
    PickleExcepted,
    SparseOnBothSides,
)


def origin(case: Case, catalog: Catalog, figures: Figures) -> Iterator[Finding]:
    """What a workload's origin calls for, and what its use in a cloud comes to here.

    Raises ``Nonsense`` for figures of that use that cannot be.
    """
    workload, used = case.workload, case.workload.calibration
    if workload.origin is None:
        return
    facts = ORIGINS[workload.origin]
    figures.note(
        "stacks", ", ".join(facts.stacks), "", rule=facts.reason, source="requirements S1-1"
    )
    missing = missing_for(
        workload.origin,
        shape=workload.shape is not None,
        instance_type=used.instance_type if used else None,
        usage_export=used.usage_export if used else None,
    )
    if missing:
        yield OriginStated.of(case.name, workload.origin, missing)
    elif workload.origin == "repatriated" and used is not None:
        _calibrated(case, used, catalog, figures)


def _calibrated(case: Case, used: Calibration, catalog: Catalog, figures: Figures) -> None:
    known = instance(used.instance_type) if used.instance_type else None
    rented = accelerator_of(known.accelerator, catalog) if known else None
    if known is None or rented is None:
        figures.note(
            "GPUs to plan",
            "unknown",
            "",
            rule="GPUs rented x utilisation, scaled by the peaks of there and here",
            source=f"open: {used.instance_type} is no instance type that mlgen knows; state "
            "accelerator.gpus"
            if used.instance_type
            else f"open: give {used.usage_export} as observations, or state "
            "calibration.instance_type",
        )
        return
    here = case.serving[0] if len(case.serving) == 1 else rented
    busy = used.gpu_utilisation_ratio
    found = calibrate(
        known.name,
        rented=rented,
        target=here,
        instances=used.instances if used.instances is not None else 1,
        utilisation_ratio=float(busy.value) if busy else None,
        precision=case.precision,
    )
    near = f", near to {known.near}" if known.near else ""
    for name, value, unit, rule in (
        ("GPUs rented", found.gpus_rented, "", f"{known.name}: {known.accelerator}{near}"),
        ("vCPUs rented", found.vcpus, "", "of all instances"),
        ("memory rented", round(found.host_memory_bytes / GIB, 2), "GiB", "of all instances"),
        (
            "framebuffer at most",
            round(found.memory_bytes_most / GIB, 2),
            "GiB",
            "more did not fit into the GPU there",
        ),
    ):
        figures.note(name, value, unit, rule=rule, source=known.source, basis=Basis.PUBLISHED)
    low, high = TARGET_UTILISATION_RANGE
    figures.note(
        "GPUs to plan",
        found.gpus,
        "",
        rule=f"{found.reason}, on {here.id}",
        source="field rule F39" if busy else "assumed: state calibration.gpu_utilisation",
        basis=found.basis,
        low=found.gpus_low,
        high=found.gpus_high,
        effect=f"{found.gpus_low} to {found.gpus_high} GPUs"
        + (f" where they are planned {high:.0%} to {low:.0%} busy" if busy else ""),
    )


def model_runtime(case: Case, figures: Figures) -> Iterator[Finding]:
    """Which runtimes serve a model's format on its hardware, and what speaks against it."""
    model = case.workload.model
    if model is None or model.format is None:
        return
    if case.in_prod:
        loading = judge_format(model.format, serving=None, production=True)
        if model_format(model.format).runs_code and not loading.allowed:
            yield PickleExcepted.of(case.name, loading)
    if case.workload.serving is None:
        return
    _note_runtimes(model.format, case, figures)
    bound = model_format(model.format).bound
    if bound and model.built_on is None and not case.on_cpu:
        nobody = Verdict(
            allowed=False,
            reason="nobody says which GPU this TensorRT engine was built on",
            mend="state model.built_on",
        )
        yield EngineWhereBuilt.of(case.name, nobody, built_on=False)
        return
    if bound and case.built_on is None and not case.on_cpu:
        # The name of its builder is not known, which is another rule's finding.
        return
    verdict = _servable(model.format, case)
    if verdict is None or verdict.allowed:
        return
    vendors = {gpu.vendor for gpu in case.serving}
    if bound and any(runnable(model.format, vendor) for vendor in vendors):
        yield EngineWhereBuilt.of(case.name, verdict, built_on=True)
    else:
        yield FormatServable.of(case.name, verdict)


def _servable(name: str, case: Case) -> Verdict | None:
    """The verdict where it is best: on CPUs, or on the GPU that suits it; None where unknown."""
    if case.on_cpu:
        return judge_format(name, serving=None)
    verdicts = [judge_format(name, serving=gpu, built_on=case.built_on) for gpu in case.serving]
    return next((v for v in verdicts if v.allowed), verdicts[0] if verdicts else None)


def _note_runtimes(name: str, case: Case, figures: Figures) -> None:
    known = model_format(name)
    places = ["cpu"] if case.on_cpu else sorted({gpu.vendor for gpu in case.serving})
    serving = [r for r in known.runtimes if not places or set(places) & set(r.hardware)]
    if not serving:
        return
    where = " or ".join(places) or "any hardware that they run on"
    figures.note(
        "runtimes",
        ", ".join(runtime.name for runtime in serving),
        "",
        rule=f"what serves {name} on {where}, the usual one first",
        source=known.source,
        basis=Basis.PUBLISHED,
    )
    if known.bound and case.built_on is not None:
        gpu = case.built_on
        figures.note(
            "engine runs on",
            f"{gpu.architecture}, compute capability {gpu.compute_capability or 'unknown'}",
            "",
            rule=f"that of {gpu.id}, on which it was built, and the builder's own version",
            source=known.source,
            basis=Basis.PUBLISHED,
        )


def compression(case: Case, figures: Figures) -> Iterator[Finding]:
    """What compression leaves of the weights in GPU memory, and where it cannot work.

    Raises ``Nonsense`` for a quantisation that is not narrower and a pruning that leaves nothing.
    """
    model = case.workload.model
    stated = model.compression if model else None
    if stated is None:
        return
    _note_effects(case, stated, figures)
    if stated.sparsity is not None:
        yield from _sparse(case, figures)


def _note_effects(case: Case, stated: Compression, figures: Figures) -> None:
    gpu = case.serving[0] if len(case.serving) == 1 else None
    effects = []
    if stated.quantise is not None:
        effect = quantised(case.precision, stated.quantise, accelerator=gpu)
        effects.append(("weights after quantising", effect))
    if stated.prune is not None:
        # The language states the share in all; passes only decide how it is reached.
        effects.append(("weights after pruning", pruned(float(stated.prune.percent_ratio.value))))
    if stated.sparsity is not None:
        effects.append(("weights after 2:4 sparsity", sparse(case.precision)))
    for name, effect in effects:
        figures.note(
            name,
            round(effect.weights_ratio, 4),
            "",
            rule=f"share in GPU memory, {effect.file_ratio:.3g} of the file, KV cache unchanged: "
            f"{effect.reason}",
            source=effect.source,
            basis=Basis.PUBLISHED,
        )
    if stated.distil is not None:
        figures.note(
            "taught by",
            stated.distil,
            "",
            rule="the teacher answers while this model trains: it needs its own serving memory",
            source="field rule F40",
            basis=Basis.STATED,
        )


def _sparse(case: Case, figures: Figures) -> Iterator[Finding]:
    """2:4 sparsity on the GPUs of both sides; a pair that works is enough."""
    if not case.serving or not case.developing:
        lacking = "accelerator.model" if not case.serving else "model.built_on"
        figures.note(
            "2:4 sparsity",
            "unknown",
            "",
            rule="Ampere or newer, and one architecture, in development and in serving",
            source=f"open: state {lacking}",
        )
    if case.offered and not any(gpu.structured_sparsity for gpu in case.offered):
        # The GPUs of its sites are another rule's finding.
        return
    developing = case.developing or case.serving
    serving = case.serving or case.developing
    verdicts = [judge_sparsity(dev, gpu) for dev in developing for gpu in serving]
    if verdicts and not any(verdict.allowed for verdict in verdicts):
        yield SparseOnBothSides.of(case.name, verdicts[0])
