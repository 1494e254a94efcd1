"""How GPUs are to be shared is something that the sites' GPUs can do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.finding import Check, Finding, Severity
from generator.supply.rules.subject import Supplied

_GPU = ("resource_management", "gpu")
_MIG = ("mig", "mig-time-sliced")


class MigPossible(Check[Supplied]):
    """GPUs are to be shared by MIG and none of them can be."""

    id = "MLG-F067"
    title = "GPUs that are shared by MIG have MIG"
    reason = "the isolation that prod relies on would not be there"
    source = "requirements 2.4 and 2.5"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges the sharing of each environment by the known GPUs of its sites."""
        sharing: Mapping[str, str] = subject.blueprint.resource_management.gpu.sharing
        for environment, how in sharing.items():
            known = subject.stock((environment,)).models
            if how in _MIG and known and not any(gpu.mig for gpu in known.values()):
                yield cls.breach(
                    f"{environment} shares GPUs by {how}, which none of its sites' has "
                    f"({', '.join(sorted(known))})",
                    **subject.at((*_GPU, "sharing", environment)),
                    mend="share them as time-sliced or full",
                )


class MigWishPossible(Check[Supplied]):
    """A workload asks for the isolation of MIG and no GPU has it."""

    id = "MLG-F068"
    title = "Some GPU has the MIG that a workload asks for"
    reason = "no instance can be made for it"
    source = "requirements 2.4 and 2.5"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges every wish for the isolation of MIG by all known GPUs."""
        for index, workload in enumerate(subject.blueprint.workloads):
            wish = workload.accelerator
            if wish is None or wish.isolation != "mig":
                continue
            known = subject.stock((), wish.model).models
            if known and not any(gpu.mig for gpu in known.values()):
                yield cls.breach(
                    f"{workload.name} asks for MIG, which no GPU of the sites has",
                    **subject.at(("workloads", index, "accelerator", "isolation")),
                    mend="ask for isolation: gpu",
                )


class FixedShareNeedsOneSize(Check[Supplied]):
    """A fixed share is asked of GPUs that take vGPUs of several sizes."""

    id = "MLG-F069"
    title = "A fixed share of time is given on GPUs with vGPUs of one size"
    reason = "the share is one over the number of equal vGPUs; in mixed-size mode there is none"
    source = "requirements 2.5 (scheduling policy); NVIDIA vGPU user guide"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges environments where every GPU that time-slices is in mixed-size mode."""
        policy = subject.blueprint.resource_management.gpu
        for environment, how in policy.scheduling.items():
            if how != "fixed-share" or policy.sharing.get(environment) in ("mig", "full"):
                continue
            slicing = [
                board
                for board in subject.stock((environment,)).boards
                if board.gpu.mode in (None, "time-sliced")
            ]
            if slicing and all(board.gpu.mixed_size for board in slicing):
                yield cls.breach(
                    f"{environment} asks for fixed-share, but its GPUs are in mixed-size mode",
                    **subject.at_both(
                        (*_GPU, "scheduling", environment),
                        slicing[0].facts,
                        (*slicing[0].path, "mixed_size"),
                    ),
                    mend="choose equal-share, or set the GPUs to one size",
                )


class FullyAutomatedDrs(Check[Supplied]):
    """A cluster of a Supervisor with GPUs has DRS that is not fully automated."""

    id = "MLG-F075"
    title = "DRS is fully automated where a Supervisor runs on GPU hosts"
    severity = Severity.WARNING
    reason = "the Supervisor needs it, and it moves no vGPU VM unless an option tells it to"
    source = "field rule F16; requirements 3.4: fully automated is the position"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges clusters whose DRS the site states."""
        for facts in subject.sites:
            site = facts.inventory
            supervised = {name for s in site.supervisors for name in s.clusters}
            with_gpus = {host.cluster for host in site.hosts if host.gpus}
            for index, cluster in enumerate(site.clusters):
                stated = cluster.drs not in (None, "fully-automated")
                if stated and cluster.name in supervised & with_gpus:
                    yield cls.breach(
                        f"DRS of cluster {cluster.name} is {cluster.drs}",
                        **subject.at_site(facts, ("clusters", index, "drs")),
                        mend="have its owner set it to fully automated; vGPU VMs stay where they "
                        "are unless gpu.drs is override",
                    )


RULES: tuple[type[Check[Supplied]], ...] = (
    MigPossible,
    MigWishPossible,
    FixedShareNeedsOneSize,
    FullyAutomatedDrs,
)
