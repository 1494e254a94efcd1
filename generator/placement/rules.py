"""What placement reports, one class per rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from generator.finding import Finding, Rule, Severity
from generator.placement.devices.catalogue import Offer
from generator.placement.directpath import GivenUp
from generator.placement.hosts.numa import RemoteMemory
from generator.placement.loss import Level
from generator.placement.plan import Chosen, Grade, Placed, Plan, Shortfall
from generator.sizing.demand import Demand


class NoProfile(Rule):
    """No GPU of the site can carry a demand, whatever else runs."""

    id = "MLG-P001"
    title = "Every GPU demand has a profile that can carry it"
    severity = Severity.WARNING
    reason = "framebuffer is never overcommitted, and a profile's usable part is all there is"
    source = "NVIDIA AI Enterprise vGPU appendix: reserved framebuffer; field rule F4"

    @classmethod
    def of(
        cls,
        demand: Demand,
        models: Sequence[str],
        most: int | None = None,
        released: Sequence[str] = (),
    ) -> Finding:
        """The finding for one demand; ``models`` are the GPUs that the site has.

        ``most`` is how many GPUs one VM of the stated vSphere takes (None: unknown), ``released``
        the releases with which one of the GPUs would do (none: with no release).
        """
        need = demand.gpu
        if need is not None and most is not None and need.gpus > most:
            return cls.breach(
                f"{demand.name} in {demand.environment} needs {need.gpus} GPUs in one VM; "
                f"the virtual hardware of the stated vSphere takes {most}",
                path=f"workloads[{demand.name}]",
                mend=f"ask for {most} at most, and spread the work over several VMs",
            )
        size = need.memory_bytes / (1 << 30) if need else 0.0
        usable = f" with {size:.2f} GiB usable each" if size else ""
        linked = " joined by NVLink" if need and need.nvlink else ""
        kind = f"{need.gpus} GPU(s){linked}{usable}, {need.sharing.value}" if need else ""
        if released:
            later = ", ".join(released)
            return cls.breach(
                f"{demand.name} in {demand.environment} needs {kind}; the site's GPUs "
                f"({', '.join(models)}) give it only with {later}",
                path=f"workloads[{demand.name}]",
                mend=f"go to {later}, or ask for less",
            )
        return cls.breach(
            f"{demand.name} in {demand.environment} needs {kind}; "
            f"the site's GPUs ({', '.join(models) or 'none'}) have no such profile",
            path=f"workloads[{demand.name}]",
            mend="allow more GPUs, a lower precision, or another sharing for the environment",
        )


class NoHope(Rule):
    """A placement that production or NVLink relies on is left to chance."""

    id = "MLG-P002"
    title = "Production and NVLink placements have a lever"
    reason = "DRS picks the host and the host's manager the GPU: any power-on may take the place"
    source = "field rule F4"

    @classmethod
    def of(cls, demand: Demand, mend: str) -> Finding:
        """The finding for one demand; ``mend`` is the cheapest lever that would hold it."""
        nvlink = demand.gpu is not None and demand.gpu.nvlink
        if nvlink:
            what = "a fraction on one GPU of the pair switches its NVLink off"
        else:
            what = "another class may take its GPU first"
        return cls.breach(
            f"nothing keeps {demand.name} in {demand.environment} on its GPU: {what}",
            path=f"workloads[{demand.name}].persistence",
            mend=mend or "add a host: no lever of the stated versions holds it on these",
        )


class DoesNotFit(Rule):
    """A demand does not fit, or not all of it."""

    id = "MLG-P003"
    title = "Every demand fits"
    severity = Severity.WARNING
    reason = "what has no room will wait, and production must not"
    source = "field rules F4 and F5"

    @classmethod
    def of(cls, shortfall: Shortfall) -> Finding:
        """The finding for one shortfall: a warning where the minimum is missed, else a notice."""
        return cls.breach(
            shortfall.sentence,
            path=f"workloads[{shortfall.demand}]",
            mend="add a host, free a GPU, accept a later deadline, or let it burst",
            severity=Severity.WARNING if shortfall.fatal else Severity.NOTICE,
        )


class SurvivesLoss(Rule):
    """Production does not survive the loss of as many hosts as HA promises."""

    id = "MLG-P004"
    title = "A cluster survives what its HA promises, GPUs too"
    severity = Severity.WARNING
    reason = "admission control of vSphere HA keeps cores and memory free and never looks at GPUs"
    source = "vSphere: HA admission control; requirements 3.4 (ha.host_failures, degraded_sessions)"

    @classmethod
    def of(
        cls,
        cluster: str,
        failures: int,
        what: str,
        level: Level,
        because: str,
        mends: Sequence[str] = (),
    ) -> Finding:
        """The finding for one demand: an error where the blueprint states what must remain.

        ``mends`` were proved to help, the cheapest first.
        """
        accept = "accept it: ha.host_failures as they are"
        return cls.breach(
            f"{level.demand} in {level.environment} runs {level.running} of {level.before} VMs "
            f"once {what} of {cluster} is lost, and serves with {level.least} ({level.why}); "
            f"HA promises {failures} host failure(s), but the rest waits for: {because}",
            path=f"workloads[{level.demand}]",
            mend="; or ".join((*(mends or ("keep a place free for it",)), accept)),
            severity=Severity.ERROR if level.stated else Severity.WARNING,
        )


class StrandingCatalogue(Rule):
    """The listed vGPU sizes strand memory that other sizes would not."""

    id = "MLG-P005"
    title = "Listed vGPU sizes strand no more memory than they must"
    severity = Severity.WARNING
    reason = (
        "the GPU manager picks the places: sizes that do not divide the board leave gaps that "
        "none of them fits, whoever comes first"
    )
    source = (
        "NVIDIA AI Enterprise vGPU user guide, placement ids of mixed-size mode, every order of "
        "arrival enumerated"
    )

    @classmethod
    def of(cls, model: str, total_gb: int, listed: Offer, better: Offer) -> Finding:
        """The finding for one board, with the sizes that carry the same needs."""
        worst = listed.worst
        return cls.breach(
            f"on {model} the sizes {listed.title} can strand {worst.gb:g} of {total_gb} GB "
            f"({worst.words}, of {worst.states:,} placed states)",
            path="resource_management.gpu.catalogue",
            mend=f"list {better.title}, which strands {better.worst.gb:g} GB at worst, or auto",
        )


class OnePromise(Rule):
    """Two platforms that are looked at together count on the same GPU."""

    id = "MLG-P006"
    title = "A GPU is promised to one platform"
    severity = Severity.WARNING
    reason = "each plan is made as if it were alone, and framebuffer is never overcommitted"
    source = "field rule F5"

    @classmethod
    def check(cls, plans: Sequence[tuple[str, Mapping[str, str], Plan]]) -> Iterator[Finding]:
        """Judges plans with their platform's name and the inventories of their sites by name."""
        promised: dict[tuple[str, str], str] = {}
        shared: dict[tuple[str, str, str], list[str]] = {}
        for platform, inventories, plan in plans:
            for spot in plan.placed:
                for gpu in spot.gpus:
                    site = inventories.get(spot.site, spot.site)
                    first = promised.setdefault((site, gpu), platform)
                    if first != platform and gpu not in shared.setdefault(
                        (site, first, platform), []
                    ):
                        shared[site, first, platform].append(gpu)
        for (site, first, second), gpus in sorted(shared.items()):
            if gpus:
                yield cls.breach(
                    f"{first} and {second} both count on {len(gpus)} GPU(s) of {site}, "
                    f"{gpus[0]} among them",
                    path=f"{site}/{gpus[0]}",
                    mend="state what one of them runs in the site's occupancy, or plan them in "
                    "one blueprint",
                )


def no_hope(
    chosen: Iterable[Chosen], placed: Iterable[Placed], mend: Callable[[Demand], str]
) -> Iterator[Finding]:
    """A finding for each demand of production or with NVLink that only hope keeps in place.

    ``mend`` finds the cheapest lever for one.
    """
    hoping = {(p.environment, p.demand) for p in placed if p.grade is Grade.HOPE}
    for choice in chosen:
        demand = choice.demand
        nvlink = demand.gpu is not None and demand.gpu.nvlink
        prod = demand.environment == "prod"
        if (demand.environment, demand.name) in hoping and (prod or nvlink):
            yield NoHope.of(demand, mend(demand))


RULES: tuple[type[Rule], ...] = (
    NoProfile,
    NoHope,
    DoesNotFit,
    SurvivesLoss,
    StrandingCatalogue,
    OnePromise,
    RemoteMemory,
    GivenUp,
)
