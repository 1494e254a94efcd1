"""What workloads wish for exists: in the catalogue, and in the sites' hosts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from generator.blueprint.model.workloads import Workload
from generator.blueprint.rules.subject import mend_name
from generator.blueprint.standing import homes
from generator.catalog.accelerator import Accelerator
from generator.finding import Check, Finding, Path
from generator.supply.rules.boards import LINKED
from generator.supply.rules.subject import Board, Stock, Supplied


class Candidate(NamedTuple):
    """A workload with the GPUs that could carry it: those of its sites, of its model if stated."""

    workload: Workload
    path: Path
    stock: Stock


class KnownRows(Check[Supplied]):
    """A GPU is named that the catalogue does not describe."""

    id = "MLG-F060"
    title = "GPUs that a blueprint names are in the catalogue"
    reason = "without its figures nothing can be sized or placed on it"
    source = "requirements section 6: unknown GPU model"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges wishes, build targets, and the capacity of orchestrators."""
        known = frozenset(subject.catalog.ids("accelerators"))
        for path, name in _named(subject):
            if name is not None and name not in known:
                yield cls.breach(
                    f"the catalogue has no GPU {name}",
                    **subject.at(path),
                    mend=mend_name(name, known, "describe it under catalogue.accelerators"),
                )


class KnownFamily(Check[Supplied]):
    """A model family is named that nobody describes."""

    id = "MLG-F061"
    title = "A model family is in the catalogue, or the model states its size"
    reason = "the memory that a model needs follows from its parameters"
    source = "requirements 3.3; S0-9: precedence explicit, then catalogue"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges every model that states neither parameters nor size."""
        known = frozenset(subject.catalog.ids("models"))
        for index, workload in enumerate(subject.blueprint.workloads):
            model = workload.model
            if model is None or model.family is None or model.family in known:
                continue
            if model.params is None and model.size_bytes is None:
                yield cls.breach(
                    f"the catalogue has no model family {model.family}",
                    **subject.at(("workloads", index, "model", "family")),
                    mend=mend_name(
                        model.family, known, "state model.params, or add it to catalogue.models"
                    ),
                )


class PrecisionPossible(Check[Supplied]):
    """A precision is wished for that no GPU of the sites computes in."""

    id = "MLG-F062"
    title = "Some GPU computes in the precision that a model states"
    reason = "the framework would convert or refuse: slower at best, and never what was measured"
    source = "requirements 2.4 and S3-9; the catalogue's row of the GPU"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges stated precisions; formats that only store weights run everywhere."""
        for candidate in _candidates(subject):
            model, models = candidate.workload.model, candidate.stock.models
            if model is None or model.precision is None or model.precision_policy == "auto":
                continue
            precision = model.precision.removesuffix("-mixed")
            if not models or precision in _STORED:
                continue
            if not any(precision in gpu.precisions for gpu in models.values()):
                yield cls.breach(
                    f"no GPU of {candidate.workload.name}'s sites computes in {model.precision} "
                    f"({', '.join(sorted(models))})",
                    **subject.at((*candidate.path, "model", "precision")),
                    mend=f"choose one of {', '.join(_shared(models))}, or set precision_policy: "
                    "auto",
                )


class SparsityPossible(Check[Supplied]):
    """Structured sparsity is wished for and no GPU of the sites gains by it."""

    id = "MLG-F063"
    title = "Some GPU knows the 2:4 sparsity that a model is pruned to"
    reason = "without it the zeros are multiplied like any number: accuracy is lost for nothing"
    source = "requirements S1-8d: Ampere or newer"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges every model with sparsity."""
        for candidate in _candidates(subject):
            model, models = candidate.workload.model, candidate.stock.models
            wanted = model is not None and model.compression and model.compression.sparsity
            if wanted and models and not any(g.structured_sparsity for g in models.values()):
                yield cls.breach(
                    f"{candidate.workload.name} is pruned to 2:4, which no GPU of its sites uses "
                    f"({', '.join(sorted(models))})",
                    **subject.at((*candidate.path, "model", "compression", "sparsity")),
                    mend="leave sparsity out, or serve it on Ampere or newer",
                )


class LinkExists(Check[Supplied]):
    """Linked GPUs are wished for and no host has them."""

    id = "MLG-F064"
    title = "Some host has the NVLink that a workload asks for"
    reason = "without the link the GPUs exchange gradients over PCIe, at a tenth of the speed"
    source = "requirements 2.8 and 2.9"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges every accelerator with a topology of NVLink or NVSwitch."""
        domains: dict[tuple[int, str], int] = {}
        for candidate in _candidates(subject):
            wish, boards = candidate.workload.accelerator, candidate.stock.boards
            if wish is None or wish.topology not in ("nvlink", "nvswitch"):
                continue
            key = (id(candidate.stock), wish.topology)
            if key not in domains:
                domains[key] = max((_domain(board, wish.topology) for board in boards), default=0)
            largest, wanted = domains[key], wish.gpus or 2
            if boards and largest < wanted:
                yield cls.breach(
                    f"{candidate.workload.name} wants {wanted} GPUs on {wish.topology}; "
                    + (f"hosts link {largest} at most" if largest else "no host has it"),
                    **subject.at((*candidate.path, "accelerator", "topology")),
                    mend="state nvlink on the hosts that have it, or ask for topology: any",
                )


class WishedProfileExists(Check[Supplied]):
    """A vGPU profile is named that no board of the sites has."""

    id = "MLG-F065"
    title = "Some GPU has the vGPU profile that a workload names"
    reason = "a class with a profile that no host offers can never be powered on"
    source = "requirements 2.5: profile names are irregular and come from the catalogue"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges every stated profile by the boards that could carry it."""
        for candidate in _candidates(subject):
            wish, models = candidate.workload.accelerator, candidate.stock.models
            if wish is None or wish.profile is None or not models:
                continue
            names = {p.name: p for gpu in models.values() for p in gpu.profiles}
            if wish.profile not in names:
                alike = [
                    name
                    for name, profile in names.items()
                    if wish.profile.lower()
                    in (profile.nvidia_type.lower(), profile.code, profile.mig_profile)
                ]
                yield cls.breach(
                    f"no GPU of {candidate.workload.name}'s sites has a profile {wish.profile}",
                    **subject.at((*candidate.path, "accelerator", "profile")),
                    mend=f"did you mean {alike[0]}?"
                    if alike
                    else mend_name(wish.profile, names, "leave it out"),
                )


class GpusPerVm(Check[Supplied]):
    """More GPUs are wished for than one VM can have."""

    id = "MLG-F066"
    title = "One VM gets no more GPUs than its virtual hardware takes"
    reason = "the VM would be refused at power-on"
    source = "requirements 2.5 (limits); KB 309986; catalogue: hardware_versions"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges wishes and fixed shapes by the release of ESX, or of vCenter, in the targets."""
        targets, versions = subject.blueprint.platform.targets, subject.catalog.versions
        release = targets.esx or targets.vcenter
        try:
            hardware = versions.hardware_version(release) if release else None
        except KeyError:
            return
        if hardware is None:
            return
        for index, workload in enumerate(subject.blueprint.workloads):
            wish, shape = workload.accelerator, workload.shape
            whole = wish is not None and wish.kind == "passthrough"
            limit = (
                versions.passthrough_devices_per_vm(hardware)
                if whole
                else versions.vgpus_per_vm(hardware)
            )
            for part, count in (
                ("accelerator", wish.gpus if wish else None),
                ("shape", shape.gpus if shape else None),
            ):
                if count is not None and count > limit:
                    yield cls.breach(
                        f"{workload.name} wants {count} GPUs in one VM; {hardware} takes {limit}",
                        **subject.at(("workloads", index, part, "gpus")),
                        mend=f"ask for {limit} at most, and spread the work over several VMs",
                    )


RULES: tuple[type[Check[Supplied]], ...] = (
    KnownRows,
    KnownFamily,
    PrecisionPossible,
    SparsityPossible,
    LinkExists,
    WishedProfileExists,
    GpusPerVm,
)

_STORED = ("int4", "nf4", "mxfp4")
"""Formats of stored weights; the arithmetic is done in a wider one."""


def _candidates(subject: Supplied) -> Iterator[Candidate]:
    """Every workload that may use a GPU, with the GPUs of its sites."""
    blueprint = subject.blueprint
    for index, (workload, home) in enumerate(
        zip(blueprint.workloads, homes(blueprint), strict=True)
    ):
        wish = workload.accelerator
        if wish is None or wish.kind != "cpu":
            stock = subject.stock(home, wish.model if wish is not None else None)
            yield Candidate(workload, ("workloads", index), stock)


def _named(subject: Supplied) -> Iterator[tuple[Path, str | None]]:
    for index, workload in enumerate(subject.blueprint.workloads):
        wish = workload.accelerator
        if wish is not None and wish.kind != "cpu":  # then it names a CPU, which sizing looks up
            yield ("workloads", index, "accelerator", "model"), wish.model
        if workload.model is not None:
            yield ("workloads", index, "model", "built_on"), workload.model.built_on
    for index, item in enumerate(subject.blueprint.resource_management.orchestrators):
        if item.capacity is not None:
            path = ("resource_management", "orchestrators", index, "capacity", "gpu")
            yield path, item.capacity.gpu


def _domain(board: Board, topology: str) -> int:
    """How many GPUs are linked with this one, itself included; 0 where it has no such link."""
    fact = board.host.nvlink
    if board.accelerator is None or board.accelerator.nvlink.kind == "none":
        return 0
    if topology == "nvswitch" and fact != "nvswitch":
        return 0
    if fact not in LINKED:
        return len(board.gpu.nvlink_with) and 1 + len(board.gpu.nvlink_with)
    alike = sum(1 for gpu in board.host.gpus if gpu.model == board.gpu.model)
    return alike if fact == "nvswitch" else min(alike, LINKED[fact][1])


def _shared(models: Mapping[str, Accelerator]) -> list[str]:
    """The precisions that some candidate computes in, narrow floating formats first."""
    order = ("bf16", "fp16", "fp8", "tf32", "fp32", "int8", "fp4", "fp64")
    return [name for name in order if any(name in gpu.precisions for gpu in models.values())]
