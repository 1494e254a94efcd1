"""What the formulas refuse: figures that no workload can have."""

from __future__ import annotations


class Nonsense(ValueError):
    """A figure that cannot be, so that any number computed from it would be a lie.

    ``field`` is the path of the figure as the blueprint calls it (``train.deadline``), ``reason``
    what is wrong with it and ``mend`` how to correct it.
    """

    def __init__(self, field: str, reason: str, mend: str) -> None:
        self.field = field
        self.reason = reason
        self.mend = mend
        super().__init__(f"{field}: {reason}; {mend}")

    def at(self, field: str) -> Nonsense:
        """The same under another path, as the user's document may call the figure."""
        return Nonsense(field, self.reason, self.mend)


def positive(field: str, value: float) -> float:
    """``value`` where it is above zero; raises ``Nonsense`` otherwise."""
    if not value > 0:
        raise Nonsense(field, f"{value:g} is not above zero", "state a figure above zero")
    return value


def not_negative(field: str, value: float) -> float:
    """``value`` where it is zero or above; raises ``Nonsense`` otherwise."""
    if not value >= 0:
        raise Nonsense(field, f"{value:g} is below zero", "state zero or more")
    return value


def ratio(field: str, value: float) -> float:
    """``value`` where it lies between 0 and 1; raises ``Nonsense`` otherwise."""
    if not 0 <= value <= 1:
        raise Nonsense(field, f"{value:g} is not between 0 and 1", "state 0 % to 100 %")
    return value
