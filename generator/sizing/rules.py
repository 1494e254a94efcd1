"""What sizing reports, one class per rule."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from generator.finding import Finding, Place, Rule, Severity
from generator.sizing.connectivity.rules import RULES as NETWORK
from generator.sizing.data.rules import RULES as DATA
from generator.sizing.lifecycle_rules import RULES as LIFECYCLE
from generator.sizing.nonsense import Nonsense

if TYPE_CHECKING:
    from generator.sizing.observed import Change


class CannotSize(Rule):
    """A workload states too little to be sized."""

    id = "MLG-Z001"
    title = "Every workload states enough to be sized"
    reason = "a figure that nobody can derive would be a guess, and a guess strands hardware"
    source = "requirements S0-9: nobody states technical requirements, so intent must suffice"

    @classmethod
    def of(cls, workload: str, missing: str) -> Finding:
        """The finding for one workload; ``missing`` says what to state."""
        return cls.breach(
            f"workload {workload} cannot be sized: {missing}",
            path=f"workloads[{workload}]",
            mend=f"state {missing}",
        )


class CannotBe(Rule):
    """A figure that no workload can have, or a name that nobody knows."""

    id = "MLG-Z003"
    title = "Every figure of a workload can be"
    reason = "a number computed from a figure that cannot be would look like any other"
    source = "design: refuse what cannot work and say what would"

    @classmethod
    def of(cls, nonsense: Nonsense, *, path: str = "", places: Iterable[Place] = ()) -> Finding:
        """The finding for one figure; ``path`` is the workload's object path, if it has one."""
        return cls.breach(
            f"{nonsense.field}: {nonsense.reason}",
            path=f"{path}.{nonsense.field}" if path else nonsense.field,
            mend=nonsense.mend,
            places=places,
        )


class NoHome(Rule):
    """Work that no cluster of mlgen's carries."""

    id = "MLG-Z002"
    title = "Every workload runs somewhere"
    severity = Severity.WARNING
    reason = "what has no cluster gets no GPU, no class and no namespace, and nobody would notice"
    source = "design: no silent gap"

    @classmethod
    def of(cls, subject: str, why: str, *, path: str, mend: str) -> Finding:
        """The finding for one workload or notebook pool, at its object path."""
        return cls.breach(f"{subject} runs nowhere: {why}", path=path, mend=mend)


class FarFromMeasured(Rule):
    """A measurement and the estimate of the same figure are far apart."""

    id = "MLG-Z004"
    title = "Measured figures lie within 30 % of the estimate"
    severity = Severity.WARNING
    reason = "one of the two describes another workload, and what nobody measured may be as far off"
    source = "design: warn where measured and analytic differ"

    @classmethod
    def of(cls, change: Change, *, places: Iterable[Place] = ()) -> Finding:
        """The finding for one measured figure whose estimate is known."""
        from generator.sizing.written import written

        assert change.ratio is not None
        return cls.breach(
            f"{change.figure} of {change.workload} was measured as "
            f"{written(change.measured, change.unit)} and is estimated as "
            f"{written(change.analytic, change.unit)} ({change.ratio:.2f} times the estimate)",
            path=f"workloads[{change.workload}].assume.{change.figure}",
            mend="compare what was measured with what the workload states: model, lengths, batch, "
            "GPU; see docs/calibration.md",
            places=places,
        )


RULES: tuple[type[Rule], ...] = (
    CannotSize,
    NoHome,
    CannotBe,
    FarFromMeasured,
    *DATA,
    *NETWORK,
    *LIFECYCLE,
)
