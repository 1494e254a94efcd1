"""What sizing reports, one class per rule."""

from __future__ import annotations

from generator.finding import Finding, Rule


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


RULES: tuple[type[Rule], ...] = (CannotSize,)
