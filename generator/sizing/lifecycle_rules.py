"""What the lifecycle of models reports: origin, format, compression, retraining, pipelines."""

from __future__ import annotations

from generator.finding import Finding, Rule, Severity
from generator.sizing.choice.verdict import Verdict
from generator.sizing.queueing.retraining import Reserve
from generator.sizing.queueing.trials import Search

HOUR_S = 3600


def at_workload(name: str, *fields: str) -> str:
    """The object path of a workload, or of a field of it."""
    return ".".join((f"workloads[{name}]", *fields))


class OriginStated(Rule):
    """A workload that came from elsewhere does not say what it was there."""

    id = "MLG-Z030"
    title = "A workload states what its origin calls for"
    severity = Severity.WARNING
    reason = "what a cloud bill or a vendor's data sheet says is known; sizing without it guesses"
    source = "field rule F39; requirements S1-1"

    @classmethod
    def of(cls, workload: str, origin: str, missing: str) -> Finding:
        """The finding for one workload; ``missing`` names the field and says what it is."""
        field, _, what = missing.partition(": ")
        return cls.breach(
            f"{workload} is {origin} and does not state {what or field}",
            path=at_workload(workload, "origin"),
            mend=f"state {field}",
        )


class PickleExcepted(Rule):
    """A model in prod is in a format that runs code when it is loaded."""

    id = "MLG-Z031"
    title = "No model in prod is a pickle"
    reason = "whoever can write the file runs code in prod, with the rights of the service"
    source = "field rule F41; requirements S3-2: pickle in prod needs an exception"

    @classmethod
    def of(cls, workload: str, verdict: Verdict) -> Finding:
        """The finding for one workload; a waiver with its expiry is the exception."""
        path = at_workload(workload, "model", "format")
        return cls.breach(
            f"{workload} runs in prod: {verdict.reason}",
            path=path,
            mend="export to safetensors or onnx, or accept it until a day under waivers: "
            f"{{rule: {cls.id}, path: '{path}', reason: ..., expires: ...}}",
        )


class FormatServable(Rule):
    """No runtime of a model's format runs where the model is served."""

    id = "MLG-Z032"
    title = "Some runtime serves each model's format on its hardware"
    reason = "the service would start without its model, or not at all"
    source = "field rule F41: model format, runtime, hardware"

    @classmethod
    def of(cls, workload: str, verdict: Verdict) -> Finding:
        """The finding for one workload."""
        return cls.breach(
            f"{workload} cannot be served: {verdict.reason}",
            path=at_workload(workload, "model", "format"),
            mend=verdict.mend,
        )


class EngineWhereBuilt(Rule):
    """A TensorRT engine is served on another GPU architecture than it was built on."""

    id = "MLG-Z033"
    title = "A TensorRT engine is served on the architecture that it was built on"
    reason = "the runtime refuses an engine of another architecture when it loads it"
    source = "field rule F41; requirements S3-2"

    @classmethod
    def of(cls, workload: str, verdict: Verdict, *, built_on: bool) -> Finding:
        """The finding for one workload; ``built_on`` says whether it states its builder."""
        return cls.breach(
            f"{workload} cannot be served: {verdict.reason}",
            path=at_workload(workload, "model", "built_on" if built_on else "format"),
            mend=verdict.mend,
        )


class SparseOnBothSides(Rule):
    """A model pruned to 2:4 meets a GPU in development or serving that gains nothing by it."""

    id = "MLG-Z034"
    title = "2:4 sparsity has its units in development and in serving, of one architecture"
    reason = "accuracy was given for speed: without the units, or on others, it was given for less"
    source = "requirements S1-8d; field rule F40"

    @classmethod
    def of(cls, workload: str, verdict: Verdict) -> Finding:
        """The finding for one workload."""
        return cls.breach(
            f"{workload} is pruned to 2:4: {verdict.reason}",
            path=at_workload(workload, "model", "compression", "sparsity"),
            mend=verdict.mend.replace(
                "list the difference in development_environment.parity.exceptions",
                f"accept the difference until a day under waivers with rule {cls.id}",
            ),
        )


class BudgetCoversCadence(Rule):
    """Fewer GPU-hours are reserved for retraining than its cadence takes."""

    id = "MLG-Z035"
    title = "The GPU-hours reserved for retraining cover its cadence"
    severity = Severity.WARNING
    reason = "retraining then lives on what is left over, and the model decays when nothing is"
    source = "requirements S1-5: reserved in capacity, not assumed from leftovers"

    @classmethod
    def of(cls, workload: str, reserve: Reserve, budget_gpu_hours: float) -> Finding:
        """The finding for one workload."""
        return cls.breach(
            f"{workload} reserves {budget_gpu_hours:.4g} GPU-hours a month, and "
            f"{reserve.runs_per_month:.3g} trainings take {reserve.gpu_hours_per_month:.4g}",
            path=at_workload(workload, "retraining", "budget_gpu_hours"),
            mend=f"reserve {reserve.gpu_hours_per_month:.4g}, or retrain less often",
        )


class SearchInTime(Rule):
    """A search may not run as many trials at once as its deadline asks for."""

    id = "MLG-Z036"
    title = "A search ends its trials before its deadline"
    severity = Severity.WARNING
    reason = "trials that never run were paid for in time that somebody waited"
    source = "requirements S2-10"

    @classmethod
    def of(cls, workload: str, found: Search) -> Finding:
        """The finding for one workload."""
        return cls.breach(
            f"{workload} ends {found.trials_done} trials before its deadline and leaves "
            f"{found.trials_left}, {found.slot_hours_left:.4g} slot-hours: "
            f"{found.slots} run at once",
            path=at_workload(workload, "hpo", "max_parallel"),
            mend=f"allow {found.slots_needed} at once, or {found.duration_s / HOUR_S:.4g} h",
        )


class PipelineInWindow(Rule):
    """A pipeline takes longer than its window."""

    id = "MLG-Z037"
    title = "A pipeline's critical path fits its window"
    severity = Severity.WARNING
    reason = "what it makes is late each time, however many workers it gets"
    source = "requirements S4-12"

    @classmethod
    def of(cls, pipeline: str, path: str, hours: float, window_hours: float) -> Finding:
        """The finding for one pipeline; ``path`` is its critical path in words."""
        return cls.breach(
            f"{pipeline} takes {hours:.4g} h along {path}; its window is {window_hours:.4g} h",
            path=f"resource_management.pipelines[{pipeline}].window",
            mend="shorten a step of that path, or state a longer window",
        )


class RunEndsBeforeNext(Rule):
    """A pipeline starts again before the run before it has ended."""

    id = "MLG-Z038"
    title = "A pipeline's run ends before the next one starts"
    severity = Severity.WARNING
    reason = "runs pile up and share workers, so that each is later than the one before it"
    source = "requirements S4-12: schedule against duration"

    @classmethod
    def of(cls, pipeline: str, hours: float, period_hours: float, at_once: int) -> Finding:
        """The finding for one pipeline."""
        return cls.breach(
            f"{pipeline} takes {hours:.4g} h and starts again after {period_hours:.4g} h: "
            f"{at_once} runs at once",
            path=f"resource_management.pipelines[{pipeline}].schedule",
            mend="start it less often, or shorten a step of its critical path",
        )


RULES: tuple[type[Rule], ...] = (
    OriginStated,
    PickleExcepted,
    FormatServable,
    EngineWhereBuilt,
    SparseOnBothSides,
    BudgetCoversCadence,
    SearchInTime,
    PipelineInWindow,
    RunEndsBeforeNext,
)
