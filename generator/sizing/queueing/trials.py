"""Searches over hyperparameters: slots for a deadline, GPU-hours, and what early stopping saves.

A slot runs one trial after another, so only whole trials count: what does not end before the
deadline is lost. Sources: requirements S2-10 for slots and GPU-hours; L. Li et al., Hyperband
(JMLR 18, 2018), algorithm 1, and K. Jamieson and A. Talwalkar, Non-stochastic best arm
identification (2016), for successive halving.
"""

from __future__ import annotations

from math import log

from generator.ledger import Basis
from generator.record import Record, record
from generator.sizing.nonsense import Nonsense, positive, ratio
from generator.sizing.queueing.whole import rounded_down, rounded_up

SECONDS_PER_HOUR = 3600.0

ETA = 3
"""By how much successive halving thins its field at each rung. Published: Li et al. (2018)
recommend 3 or 4 in practice."""


@record
class Saving(Record):
    """The share of trial time that early stopping saves, with the range that it may lie in."""

    ratio: float
    low_ratio: float
    high_ratio: float
    basis: Basis
    source: str


ASSUMED_SAVING: dict[str, Saving] = {
    "none": Saving(
        ratio=0.0,
        low_ratio=0.0,
        high_ratio=0.0,
        basis=Basis.ANALYTIC,
        source="arithmetic: every trial runs to its end",
    ),
    "median": Saving(
        ratio=0.1,
        low_ratio=0.1,
        high_ratio=0.5,
        basis=Basis.ASSUMED,
        source="D. Golovin et al., Google Vizier (2017), median stopping rule: no saving is "
        "promised",
    ),
    "asha": Saving(
        ratio=0.66,
        low_ratio=0.66,
        high_ratio=0.94,
        basis=Basis.ASSUMED,
        source="L. Li et al., A system for massively parallel hyperparameter tuning (2020): "
        "successive halving with eta 3 over 2 to 4 rungs, which may promote some trials too early",
    ),
    "hyperband": Saving(
        ratio=0.49,
        low_ratio=0.49,
        high_ratio=0.84,
        basis=Basis.ASSUMED,
        source="L. Li et al. (2018), algorithm 1: all brackets of Hyperband with eta 3 and 9 to "
        "81 units for a full trial",
    ),
}
"""What is planned with where nothing is stated: the least of the range, because a budget that early
stopping did not keep is a missed deadline. Ranges of asha and hyperband follow from the formulas
below with the rungs that their source names; that of median is assumed."""


@record
class Trials(Record):
    """A search. ``gpus`` is what a slot takes: 0.25 for a quarter of a GPU, 2 for two of them.

    ``deadline_s`` None is no deadline: then ``max_parallel`` slots run, or one where that is None
    too. ``saving_ratio`` None takes the assumed saving of ``early_stopping``, one of
    ``none | median | asha | hyperband``.
    """

    trials: int
    trial_s: float
    deadline_s: float | None = None
    gpus: float = 1.0
    max_parallel: int | None = None
    early_stopping: str = "none"
    saving_ratio: float | None = None


@record
class Search(Record):
    """What a search takes. ``waves`` is None without a deadline.

    ``slots_needed`` meet the deadline, ``slots`` are those that the parallel limit leaves; with
    these ``trials_done`` end in time and ``trials_left`` do not, which are ``slot_hours_left`` of
    work. ``duration_s`` is the time until the last trial ends. GPU-hours are those of all trials,
    ``gpu_hours_low`` with the most and ``gpu_hours_high`` with the least that early stopping saves.
    """

    waves: int | None
    slots_needed: int
    slots: int
    trials_done: int
    trials_left: int
    slot_hours_left: float
    duration_s: float
    gpu_hours: float
    gpu_hours_low: float
    gpu_hours_high: float
    saving: Saving


def search(wish: Trials) -> Search:
    """The slots, the waves and the GPU-hours of a search.

    Slots are ``ceil(trials / floor(deadline / trial))``. Early stopping lowers GPU-hours and not
    slots: which trials stop early is not known beforehand. Raises ``Nonsense`` for figures not
    above zero, a deadline that ends before one trial, and an early stopping that nobody knows.
    """
    saving = saving_of(wish.early_stopping, wish.saving_ratio)
    _whole("hpo.trials", wish.trials)
    positive("hpo.trial_time", wish.trial_s)
    positive("hpo.gpus", wish.gpus)
    limit = wish.trials
    if wish.max_parallel is not None:
        limit = _whole("hpo.max_parallel", wish.max_parallel)
    if wish.deadline_s is None:
        waves, needed = None, 1 if wish.max_parallel is None else min(limit, wish.trials)
    else:
        waves = waves_before(wish.deadline_s, wish.trial_s)
        needed = slots_for(wish.trials, waves)
    slots = min(needed, limit)
    left = 0 if waves is None else trials_left(wish.trials, slots, waves)
    full = wish.trials * wish.trial_s / SECONDS_PER_HOUR * wish.gpus
    return Search(
        waves=waves,
        slots_needed=needed,
        slots=slots,
        trials_done=wish.trials - left,
        trials_left=left,
        slot_hours_left=left * wish.trial_s / SECONDS_PER_HOUR,
        duration_s=rounded_up(wish.trials / slots) * wish.trial_s,
        gpu_hours=full * (1.0 - saving.ratio),
        gpu_hours_low=full * (1.0 - saving.high_ratio),
        gpu_hours_high=full * (1.0 - saving.low_ratio),
        saving=saving,
    )


def waves_before(deadline_s: float, trial_s: float) -> int:
    """How many trials a slot ends before the deadline, one after another.

    Raises ``Nonsense`` where not even one does.
    """
    positive("hpo.deadline", deadline_s)
    positive("hpo.trial_time", trial_s)
    waves = rounded_down(deadline_s / trial_s)
    if waves < 1:
        raise Nonsense(
            "hpo.deadline",
            f"{deadline_s:g} s end before one trial of {trial_s:g} s does",
            "state a deadline of at least one hpo.trial_time",
        )
    return waves


def slots_for(trials: int, waves: int) -> int:
    """Slots that end ``trials`` in so many waves."""
    return -(-_whole("hpo.trials", trials) // _whole("hpo.waves", waves))


def trials_left(trials: int, slots: int, waves: int) -> int:
    """Trials that ``slots`` do not end in so many waves."""
    return max(0, _whole("hpo.trials", trials) - slots * waves)


def saving_of(early_stopping: str, stated_ratio: float | None = None) -> Saving:
    """The saving of an early stopping: as stated, else as assumed.

    Raises ``Nonsense`` for a rule that nobody knows, a share outside 0 to 1, and a saving without
    early stopping.
    """
    if early_stopping not in ASSUMED_SAVING:
        raise Nonsense(
            "hpo.early_stopping",
            f"{early_stopping!r} is not known",
            f"state one of {', '.join(ASSUMED_SAVING)}",
        )
    if stated_ratio is None:
        return ASSUMED_SAVING[early_stopping]
    ratio("hpo.early_stopping_saving", stated_ratio)
    if early_stopping == "none" and stated_ratio:
        raise Nonsense(
            "hpo.early_stopping_saving",
            f"{stated_ratio:.0%} are saved where nothing stops early",
            "state hpo.early_stopping, or no saving",
        )
    return Saving(
        ratio=stated_ratio,
        low_ratio=stated_ratio,
        high_ratio=stated_ratio,
        basis=Basis.STATED,
        source="blueprint",
    )


def successive_halving(configurations: int, least: float, *, eta: int = ETA, rungs: int) -> float:
    """The work of successive halving: ``sum over k of (n eta^-k) (r eta^k)``, k = 0..rungs.

    ``configurations`` start with ``least`` units each; at each of ``rungs`` promotions one in
    ``eta`` goes on with ``eta`` times as much, from the beginning. Survivors are whole ones, at
    least one. Raises ``Nonsense`` for figures not above zero and an ``eta`` below 2.
    """
    _whole("hpo.trials", configurations)
    positive("hpo.least", least)
    _eta(eta)
    if rungs < 0:
        raise Nonsense("hpo.rungs", f"{rungs} promotions", "state zero or more")
    growth = [float(eta) ** rung for rung in range(rungs + 1)]
    return sum(max(1.0, configurations // grown) * least * grown for grown in growth)


def hyperband(full: float, *, eta: int = ETA) -> tuple[int, float]:
    """How many configurations Hyperband tries and the work that they take, all brackets.

    ``full`` is the work of one trial to its end, in units of the shortest. Bracket ``s`` starts
    ``ceil((s_max + 1) eta^s / (s + 1))`` configurations with ``full / eta^s`` each. Raises
    ``Nonsense`` for less than one unit and an ``eta`` below 2.
    """
    if not full >= 1:
        raise Nonsense("hpo.full", f"{full:g} units", "state at least one unit of work")
    _eta(eta)
    deepest = rounded_down(log(full) / log(eta))
    tried, work = 0, 0.0
    for bracket in range(deepest, -1, -1):
        started = rounded_up((deepest + 1) * eta**bracket / (bracket + 1))
        tried += started
        work += successive_halving(started, full / eta**bracket, eta=eta, rungs=bracket)
    return tried, work


def _whole(field: str, value: int) -> int:
    if value < 1 or value != int(value):
        raise Nonsense(field, f"{value:g} is no count", "state a whole number above zero")
    return int(value)


def _eta(eta: int) -> None:
    least = 2
    if eta < least:
        raise Nonsense("hpo.eta", f"{eta} thins nothing", "state 2 or more")
