"""What can be wrong with observations, one class per rule."""

from __future__ import annotations

from generator.finding import Rule, Severity

_DESIGN = "design: observations replace what the engine assumes"


class BadTable(Rule):
    """A table of observations cannot be read."""

    id = "MLG-O001"
    title = "A table of observations has a header, and rows that fit it"
    reason = "a cell under the wrong heading would become another figure"
    source = "RFC 4180; design: observations from CSV"


class BadAnswer(Rule):
    """A JSON document is no answer of Prometheus with figures of workloads."""

    id = "MLG-O002"
    title = "An answer of Prometheus holds series that name a workload and a figure"
    reason = "nobody can tell from a bare number what was measured"
    source = "Prometheus documentation, HTTP API, expression queries"


class NotMeasured(Rule):
    """A value that no measurement gives."""

    id = "MLG-O003"
    title = "A measured value is a finite number above zero"
    reason = "nothing, NaN, infinity and zero say that nothing was measured; unknown is not zero"
    source = _DESIGN


class WrongUnit(Rule):
    """A value in a unit that its figure does not have."""

    id = "MLG-O004"
    title = "A measured value has a unit of its figure"
    reason = "memory in seconds is a slip in one of the two columns"
    source = _DESIGN


class MeasuredTwice(Rule):
    """Two values of one figure of one workload."""

    id = "MLG-O005"
    title = "A figure of a workload is measured once"
    reason = "which of the two counts would hang on the order in which files are read"
    source = _DESIGN


class UnknownWorkload(Rule):
    """An observation of a workload that is not there."""

    id = "MLG-O006"
    title = "Observations speak of workloads that are there"
    severity = Severity.WARNING
    reason = "a misspelt name would leave the computed figure in place without a word"
    source = _DESIGN


RULES: tuple[type[Rule], ...] = (
    BadTable,
    BadAnswer,
    NotMeasured,
    WrongUnit,
    MeasuredTwice,
    UnknownWorkload,
)
