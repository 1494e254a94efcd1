"""What sizing reports, one class per rule."""

from __future__ import annotations

from generator.finding import Finding, Rule, Severity


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


RULES: tuple[type[Rule], ...] = (CannotSize, NoHome)
