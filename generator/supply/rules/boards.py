"""Facts about GPUs that cannot be true of the boards that the catalogue describes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from generator.blueprint.model.hosts import Host
from generator.blueprint.model.words import NvLink
from generator.blueprint.rules.subject import mend_name
from generator.catalog import Catalog
from generator.catalog.accelerator import Accelerator
from generator.finding import Check, Finding, Severity
from generator.supply.rules.subject import Board, SiteFacts, Supplied

LINKED = {
    "bridge-pair": ("bridge", 2),
    "bridge-quad": ("bridge", 4),
    "nvswitch": ("switch", 1),
}
"""What each fact about NVLink needs: the kind of link, and by how many the GPUs are counted."""

_KINDS = {"bridge": ("bridge",), "switch": ("switch", "mesh")}
"""The catalogue's kinds that answer to it; four GPUs on one baseboard are meshed, no switch."""


class KnownBoard(Check[Supplied]):
    """A host has a GPU that the catalogue does not describe."""

    id = "MLG-F020"
    title = "GPUs of hosts are in the catalogue"
    severity = Severity.WARNING
    reason = "an unknown GPU is kept and shown, but nothing is planned on it"
    source = "field rule F27"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges each unknown model once, at the first GPU of its kind."""
        seen: set[str] = set()
        for board in subject.boards():
            if board.accelerator is None and board.gpu.model not in seen:
                seen.add(board.gpu.model)
                yield cls.breach(
                    f"the catalogue has no GPU {board.gpu.model}",
                    **subject.at_site(board.facts, (*board.path, "model")),
                    mend=mend_name(
                        board.gpu.model,
                        subject.catalog.ids("accelerators"),
                        "describe it under catalogue.accelerators",
                    ),
                )


class LinksAreReal(Check[Supplied]):
    """A host states a NVLink that its GPUs cannot have."""

    id = "MLG-F021"
    title = "NVLink is stated only of GPUs that can be linked so"
    reason = "training would be planned over a link that is not there"
    source = "requirements 2.8 and 2.9; the catalogue's row of the GPU"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges hosts whose GPUs are all known."""
        boards: dict[tuple[int, int], list[Board]] = {}
        for board in subject.boards():
            boards.setdefault((id(board.facts), int(board.path[1])), []).append(board)
        for (_, index), those in boards.items():
            host, known = those[0].host, [b.accelerator for b in those if b.accelerator]
            if host.nvlink in LINKED and len(known) == len(those):
                problem = _problem(host, known)
                if problem:
                    yield cls.breach(
                        f"{host.name} has nvlink: {host.nvlink}, but {problem}",
                        **subject.at_site(
                            those[0].facts, ("hosts", index, "nvlink"), ("hosts", index, "gpus")
                        ),
                        mend="correct nvlink or the GPUs, or state nvlink_with on the GPUs that "
                        "are linked",
                    )
            yield from cls._partners(subject, those[0].facts, index, host)

    @classmethod
    def _partners(
        cls, subject: Supplied, facts: SiteFacts, index: int, host: Host
    ) -> Iterator[Finding]:
        here = {gpu.pci for gpu in host.gpus if gpu.pci}
        for place, gpu in enumerate(host.gpus):
            for n, partner in enumerate(gpu.nvlink_with):
                if partner not in here or partner == gpu.pci:
                    path = ("hosts", index, "gpus", place, "nvlink_with", n)
                    yield cls.breach(
                        f"{host.name} has no other GPU at {partner}",
                        **subject.at_site(facts, path),
                        mend=mend_name(partner, here - {gpu.pci or ""}, "correct the address"),
                    )


class MigModeIsPossible(Check[Supplied]):
    """A GPU is said to be in MIG mode that has none."""

    id = "MLG-F022"
    title = "MIG mode is stated only of GPUs that have it"
    reason = "instances would be planned on a GPU that cannot be cut"
    source = "requirements 2.4 and 2.8; the catalogue's row of the GPU"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges every known GPU."""
        for board in subject.boards():
            if (
                board.gpu.mode in ("mig", "mig-time-sliced")
                and board.accelerator is not None
                and board.accelerator.mig is None
            ):
                yield cls.breach(
                    f"{board.host.name} has a {board.gpu.model} in mode {board.gpu.mode}, "
                    "but it has no MIG",
                    **subject.at_site(board.facts, (*board.path, "mode"), (*board.path, "model")),
                    mend="correct its mode or its model",
                )


class MixedSizeIsPossible(Check[Supplied]):
    """A GPU is said to take vGPUs of several sizes and cannot."""

    id = "MLG-F023"
    title = "Mixed size is stated only of boards that support it"
    reason = "a second size is refused at power-on"
    source = "requirements 2.5; NVIDIA vGPU user guide (mixed-size mode)"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges every known GPU; boards of which this is not known are left alone."""
        for board in subject.boards():
            if (
                board.gpu.mixed_size
                and board.accelerator is not None
                and board.accelerator.mixed_size is False
            ):
                yield cls.breach(
                    f"{board.host.name} has a {board.gpu.model} with mixed_size, which that "
                    "board does not support",
                    **subject.at_site(board.facts, (*board.path, "mixed_size")),
                    mend="set mixed_size: false",
                )


RULES: tuple[type[Check[Supplied]], ...] = (
    KnownBoard,
    LinksAreReal,
    MigModeIsPossible,
    MixedSizeIsPossible,
)


def can_be_linked(fact: str, models: Sequence[str], catalog: Catalog) -> bool:
    """Whether GPUs of these models can be joined as ``hosts[].nvlink`` would say of them.

    Unknown models cannot, as far as is known; nothing is asked of hosts without links.
    """
    if fact not in LINKED:
        return True
    if not set(models) <= set(catalog.ids("accelerators")):
        return False
    known = [catalog.accelerator(model) for model in models]
    return not _problem(Host(name="", nvlink=cast(NvLink, fact)), known)


def _problem(host: Host, known: list[Accelerator]) -> str:
    """Why the GPUs of a host cannot be linked as it says; "" where they can."""
    link, by = LINKED[host.nvlink or ""]
    able = [gpu for gpu in known if gpu.nvlink.kind in _KINDS[link]]
    if not able:
        return f"no GPU of its {len(known)} can be linked so"
    largest = max((gpu.nvlink.max_gpus or by for gpu in able), default=by)
    if largest < by:
        return f"{able[0].id} is linked to at most {largest - 1} other"
    explicit = any(gpu.nvlink_with for gpu in host.gpus)
    if len(able) % by and not explicit:
        return f"{len(able)} such GPU(s) cannot be grouped by {by}"
    return ""
