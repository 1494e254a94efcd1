"""Notebook pools: how many slots a team needs, and when people may outnumber slots.

Framebuffer cannot be overcommitted, so a slot is a part of a GPU that one person holds for as long
as the notebook runs. Sources: requirements S2-5; the published traces named below.
"""

from __future__ import annotations

from generator.record import Record, record
from generator.sizing.nonsense import Nonsense, not_negative, positive
from generator.sizing.queueing.erlang import Pool, smallest_pool
from generator.sizing.queueing.whole import rounded_up


@record
class NotebookPool(Record):
    """The slots of a team. ``concurrent`` people work at once at the peak, ``people`` in all.

    ``without_slot`` people find none when all slots are taken: a CPU notebook, or they wait.
    ``oversubscribed_ratio`` is people per slot. ``reason`` says what decided.
    """

    people: int
    concurrent: int
    slots: int
    without_slot: int
    oversubscribed_ratio: float
    reason: str


@record
class Oversubscription(Record):
    """Whether more work may be admitted than there are slots for it, why, and who says so."""

    allowed: bool
    reason: str
    source: str


CULLED = "members x the share of them at work, rounded up: idle notebooks are culled"
NOT_CULLED = "everybody keeps a slot: nothing culls an idle notebook"
NO_SHARE = "everybody gets a slot: the share of members at work is not stated"

IDLE_NOTEBOOKS = Oversubscription(
    allowed=True,
    reason="people think longer than they compute: mean GPU use in a large interactive and batch "
    "cluster was 10.5 %, the median 1.5 %, and 97.9 % of instances used less than they asked for",
    source="Alibaba PAI trace 2020, third-party analysis; openb trace 2023: 3,078 of 7,064 pods "
    "with a GPU ask for a fraction of one",
)
"""Published, but not by the owners of the traces."""

BUSY_TRAINING = Oversubscription(
    allowed=False,
    reason="a training job holds its GPUs from start to end: what is idle in it (25 % of GPU "
    "minutes in long jobs, 49 % in short ones) comes in gaps that no other job can use",
    source="Microsoft Philly trace 2017, third-party analysis",
)
STEADY_SERVICE = Oversubscription(
    allowed=False,
    reason="a service must answer at its peak: its replicas hold their memory all the time",
    source="requirements 2.2: inference wants consistent performance",
)
TRIALS_WAIT = Oversubscription(
    allowed=False,
    reason="a slot runs one trial after another and is never idle: more trials wait in the queue",
    source="requirements S2-10",
)

OVERSUBSCRIPTION: dict[str, Oversubscription] = {
    "concept": IDLE_NOTEBOOKS,
    "training": BUSY_TRAINING,
    "retraining": BUSY_TRAINING,
    "hpo": TRIALS_WAIT,
    "serving": STEADY_SERVICE,
}
"""By phase; phases that are not here need no GPU slot."""


def notebook_pool(
    people: int, concurrency_ratio: float | None, *, idle_cull_s: float | None
) -> NotebookPool:
    """Slots of a pool: ``ceil(people x concurrency)`` where idle notebooks are culled.

    Without culling (``idle_cull_s`` None) or without a stated share everybody keeps a slot, as a
    notebook is left open and its memory stays taken. Raises ``Nonsense`` for a team without
    people, a share that is not above 0 and up to 1, and a culling time not above zero.
    """
    _people("members", people)
    if concurrency_ratio is not None:
        _share("notebooks.concurrency", concurrency_ratio)
    if idle_cull_s is not None:
        positive("notebooks.idle_cull", idle_cull_s)
    concurrent = people if concurrency_ratio is None else rounded_up(people * concurrency_ratio)
    culled = concurrency_ratio is not None and idle_cull_s is not None
    slots = concurrent if culled else people
    unculled = NO_SHARE if concurrency_ratio is None else NOT_CULLED
    return NotebookPool(
        people=people,
        concurrent=concurrent,
        slots=slots,
        without_slot=people - slots,
        oversubscribed_ratio=people / slots,
        reason=CULLED if culled else unculled,
    )


def shared_notebook_pool(
    people: int,
    *,
    busy_ratio: float,
    session_s: float,
    idle_cull_s: float,
    wait_s: float,
    served_within_ratio: float,
) -> Pool:
    """The least slots that a larger team shares by a queue, with a target for the wait.

    ``busy_ratio`` is the average share of people in a session of ``session_s``; each session holds
    its slot ``idle_cull_s`` longer, until it is culled, so the load is
    ``people x busy x (session + cull) / session`` Erlang, at most one slot each. Erlang C takes
    people as endless and is too careful for small teams: never more slots than people. Raises
    ``Nonsense`` for figures out of range.
    """
    _people("members", people)
    _share("notebooks.busy", busy_ratio)
    positive("notebooks.session", session_s)
    not_negative("notebooks.idle_cull", idle_cull_s)
    held_s = session_s + idle_cull_s
    load = min(people * busy_ratio * held_s / session_s, float(people))
    pool = smallest_pool(
        load, service_s=held_s, wait_s=wait_s, served_within_ratio=served_within_ratio
    )
    if pool.servers < people:
        return pool
    return Pool(
        servers=people,
        staffed=people,
        occupancy_ratio=load / people,
        waits_ratio=0.0,
        served_within_ratio=1.0,
        mean_wait_s=0.0,
    )


def may_oversubscribe(phase: str, *, idle_culled: bool) -> Oversubscription:
    """Whether a phase may have more people or jobs than slots.

    Notebooks may, where idle ones are culled; training, trials and services may not. Raises
    ``Nonsense`` for a phase that holds no GPU slot.
    """
    if phase not in OVERSUBSCRIPTION:
        raise Nonsense(
            "phase",
            f"{phase!r} holds no GPU slot",
            f"ask for one of {', '.join(OVERSUBSCRIPTION)}",
        )
    verdict = OVERSUBSCRIPTION[phase]
    if verdict.allowed and not idle_culled:
        return Oversubscription(allowed=False, reason=NOT_CULLED, source="requirements S2-5")
    return verdict


def _people(field: str, people: int) -> None:
    if people < 1:
        raise Nonsense(field, f"a team of {people}", "state one member at least")


def _share(field: str, value: float) -> None:
    if not 0.0 < value <= 1.0:
        raise Nonsense(field, f"{value:g} is no share of people", "state above 0 % to 100 %")
