"""Wishes that contradict themselves, and old words for new things."""

from __future__ import annotations

from collections.abc import Iterator

from generator.blueprint.rules.subject import Judged
from generator.finding import Check, Finding, Path, Severity

LEGACY_CLASS = "tanzukubernetescluster"


class MigStandsAlone(Check[Judged]):
    """A MIG instance is wished for together with several or linked GPUs."""

    id = "MLG-B090"
    title = "A wish for MIG is for one instance of one GPU"
    reason = "instances of MIG have no NVLink and no peer to peer: they cannot work as one GPU"
    source = "requirements 2.5 and 2.8 (MIG and NVLink exclude each other); NVIDIA MIG user guide"

    @classmethod
    def check(cls, subject: Judged) -> Iterator[Finding]:
        """Judges every accelerator that asks for the isolation of MIG."""
        for index, workload in enumerate(subject.blueprint.workloads):
            wish = workload.accelerator
            if wish is None or wish.isolation != "mig":
                continue
            at: Path = ("workloads", index, "accelerator")
            against = [
                (f"topology {wish.topology}", "topology", wish.topology in ("nvlink", "nvswitch")),
                ("kind multi", "kind", wish.kind == "multi"),
                (f"{wish.gpus} GPUs", "gpus", (wish.gpus or 1) > 1),
            ]
            for what, key, breaks in against:
                if breaks:
                    yield cls.breach(
                        f"{workload.name} asks for MIG and for {what}",
                        **subject.at((*at, key), (*at, "isolation")),
                        mend="ask for isolation: gpu, or for one instance",
                    )


class PassthroughHasReason(Check[Judged]):
    """A workload asks for passthrough without saying why."""

    id = "MLG-B091"
    title = "Passthrough has a reason"
    reason = "the VM can then not move, be suspended or have a snapshot, and HA may not restart it"
    source = "requirements 2.5 and 3.4: passthrough needs a reason"

    @classmethod
    def check(cls, subject: Judged) -> Iterator[Finding]:
        """Judges every accelerator."""
        for index, workload in enumerate(subject.blueprint.workloads):
            wish = workload.accelerator
            if wish is not None and wish.kind == "passthrough" and wish.reason is None:
                yield cls.breach(
                    f"{workload.name} asks for passthrough and does not say why",
                    **subject.at(("workloads", index, "accelerator", "kind")),
                    mend="give accelerator.reason, or ask for kind: full: a vGPU of the whole GPU",
                )


class TkgIsVks(Check[Judged]):
    """An orchestrator is named by its old word."""

    id = "MLG-B092"
    title = "Orchestrators of kind tkg are written vks"
    severity = Severity.WARNING
    reason = "the product was renamed; the old word will go with a later version of the language"
    source = "field rule F29"

    @classmethod
    def check(cls, subject: Judged) -> Iterator[Finding]:
        """Judges every orchestrator."""
        for index, item in enumerate(subject.blueprint.resource_management.orchestrators):
            if item.kind == "tkg":
                yield cls.breach(
                    f"{item.name} is of kind tkg, an old word for vks",
                    **subject.at(("resource_management", "orchestrators", index, "kind")),
                    mend="write kind: vks; nothing else changes",
                )


class NoLegacyClusters(Check[Judged]):
    """A cluster is wished for in the form of a TanzuKubernetesCluster."""

    id = "MLG-B093"
    title = "Clusters are Cluster objects of a builtin-generic class"
    reason = (
        "TanzuKubernetesCluster is deprecated since VKS 3.2, makes no Kubernetes 1.33 from VKS "
        "3.4 on, and its class is gone from VKS 3.5"
    )
    source = "VKS release notes 3.2 to 3.5; field rule F29"

    @classmethod
    def check(cls, subject: Judged) -> Iterator[Finding]:
        """Judges the targets and every orchestrator."""
        stated: list[tuple[Path, str | None]] = [
            (
                ("platform", "targets", "cluster_class"),
                subject.blueprint.platform.targets.cluster_class,
            )
        ]
        stated += [
            (("resource_management", "orchestrators", index, "cluster_class"), item.cluster_class)
            for index, item in enumerate(subject.blueprint.resource_management.orchestrators)
        ]
        for path, name in stated:
            if name is not None and name.lower() == LEGACY_CLASS:
                yield cls.breach(
                    f"cluster_class is {name}, the class of TanzuKubernetesCluster objects",
                    **subject.at(path),
                    mend="name the builtin-generic class of your VKS release, as in "
                    "builtin-generic-v3.4.0; existing clusters move by setting that class in "
                    "their Cluster object",
                )


RULES: tuple[type[Check[Judged]], ...] = (
    MigStandsAlone,
    PassthroughHasReason,
    TkgIsVks,
    NoLegacyClusters,
)
