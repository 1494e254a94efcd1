"""What can be wrong with a supposition, one class per rule."""

from __future__ import annotations

from generator.finding import Rule, Severity

_WHATIF = "design: mlgen whatif"


class IllWritten(Rule):
    """An option of a supposition is not written in its form."""

    id = "MLG-W001"
    title = "A supposition is written as its option asks"
    reason = "half of a path or of a pair of names says nothing that could be compared"
    source = _WHATIF


class NoSuchPlace(Rule):
    """A path leads nowhere in the blueprint."""

    id = "MLG-W002"
    title = "The path of a supposed value leads to a place of the blueprint"
    reason = "a value at a place that nobody reads would change nothing, and look as if it did"
    source = _WHATIF


class SetTwice(Rule):
    """Two suppositions contradict each other."""

    id = "MLG-W003"
    title = "Every supposition is made once"
    reason = "one of the two would be lost, and the comparison would not say which"
    source = _WHATIF


class NoSuchThing(Rule):
    """A host, GPU, site or GPU model that is supposed to change is not there."""

    id = "MLG-W004"
    title = "A supposition names hosts, GPUs and sites that are there"
    reason = "losing what was never there changes nothing, and the answer would calm for no reason"
    source = _WHATIF


class NotWork(Rule):
    """A document of ``--add-workload`` is neither a request nor a workload."""

    id = "MLG-W005"
    title = "Added work is a request or a workload"
    reason = "a document of another kind does not say what should run"
    source = _WHATIF


class NotCompared(Rule):
    """A request says something that a comparison of plans cannot show."""

    id = "MLG-W006"
    title = "What a request says and no plan shows is named"
    severity = Severity.NOTICE
    reason = "the plan is made without it, so whoever asked must not count on it"
    source = _WHATIF


class NameTaken(Rule):
    """A host that is supposed to be added has the name of one that is there."""

    id = "MLG-W007"
    title = "A host that is added has a name of its own"
    reason = "two hosts of one name cannot be told apart, and one is there already"
    source = _WHATIF


RULES: tuple[type[Rule], ...] = (
    IllWritten,
    NoSuchPlace,
    SetTwice,
    NoSuchThing,
    NotWork,
    NotCompared,
    NameTaken,
)
