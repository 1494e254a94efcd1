"""The order of work: who does what, after what, how it is checked and how it is taken back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from generator.handoff.applying import (
    HOSTS,
    SENT,
    gpu_hosts,
    made_once,
    root,
    sent,
    stamping,
)
from generator.handoff.by_people import Turn, by_people
from generator.handoff.clusters import cluster_steps
from generator.handoff.step import NETWORK_TEAM, PROCUREMENT, STORAGE_TEAM, VI_TEAM, Step
from generator.placement.plan import Plan
from generator.platform.objects import DesiredState, Vcenter

__all__ = ["HOSTS", "STORAGE_TEAM", "VI_TEAM", "Step", "order_of_work"]

QUESTIONS = "Answer the open questions"
ADDRESSES = "Confirm VLANs and addresses"
LICENCES = "Confirm licences"
BACKUPS = "Back up each vCenter and Supervisor"
ORDERING = "Order the hosts of "
JOIN = "Add the hosts to their clusters"

INFRASTRUCTURE = "00-infrastructure"

MADE_ONCE = {
    INFRASTRUCTURE: "Hand over the clusters of {}",
    "25-supervisor": "State the Supervisors of {}",
}
"""What a person does after a root that makes something once, by root."""


def order_of_work(
    state: DesiredState, plan: Plan, paths: Iterable[str], asked: Iterable[Step] = ()
) -> tuple[Step, ...]:
    """Every step of a release, in an order in which each finds what it needs.

    ``paths`` are those of the rendered files, relative to the platform's folder; ``asked`` are
    steps at what nothing rendered may touch, which come before all that is rendered.
    """
    folders = _folders(paths)
    ready = (*_before(state, folders), *asked)
    done = list(ready)
    for vcenter in state.vcenters:
        done += _of_vcenter(vcenter, folders.get(vcenter.name, ()), _titles(ready))
    done += by_people(state, Turn.BEFORE_CLUSTERS, _ends(done))
    done += cluster_steps(state, plan, _ends(done))
    done += by_people(state, Turn.LAST, _ends(done))
    return tuple(done)


def _titles(steps: Iterable[Step]) -> tuple[str, ...]:
    return tuple(step.title for step in steps)


def _ends(steps: Sequence[Step]) -> tuple[str, ...]:
    """The steps that none waits for yet."""
    awaited = {title for step in steps for title in step.after}
    return tuple(step.title for step in steps if step.title not in awaited)


def _folders(paths: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """The Terraform roots of each vCenter, in the order of their numbers."""
    found: dict[str, set[str]] = {}
    for path in paths:
        vcenter, _, rest = path.partition("/")
        folder, slash, _ = rest.partition("/")
        if slash and folder[:2].isdigit():
            found.setdefault(vcenter, set()).add(folder)
    return {vcenter: tuple(sorted(found[vcenter])) for vcenter in sorted(found)}


def _before(state: DesiredState, folders: Mapping[str, Sequence[str]]) -> Iterator[Step]:
    """What must be true before anything is applied."""
    if state.questions:
        owners = sorted({question.owner for question in state.questions})
        yield Step(
            title=QUESTIONS,
            owner=", ".join(owners),
            after=(),
            command="write the answers into the SiteInventory",
            check="mlgen render --check --fail-on question",
            expected="exit code 0; what a question blocks is left out until then",
            rollback="nothing is changed",
        )
    yield _confirmation(ADDRESSES, NETWORK_TEAM, "compare the table of networks with the IP plan")
    yield _confirmation(LICENCES, PROCUREMENT, "compare the table of licences with what is held")
    yield Step(
        title=BACKUPS,
        owner=VI_TEAM,
        after=(),
        command="vCenter Management Interface (port 5480), Backup Now, Supervisors included",
        check="its list of backups",
        expected="one of today that is Complete, for each vCenter",
        rollback="nothing is changed",
    )
    yield from by_people(state, Turn.FIRST, ())
    joining = any(
        (c.object_kind, c.fields) == ("host", "joins its cluster") for c in state.coverage
    )
    if joining and not any(INFRASTRUCTURE in names for names in folders.values()):
        yield _joining()


def _confirmation(title: str, owner: str, command: str) -> Step:
    return Step(
        title=title,
        owner=owner,
        after=(),
        command=command,
        check="the owner signs the table",
        expected="nothing is missing",
        rollback="nothing is changed",
    )


def _joining() -> Step:
    """Hosts that join a cluster which is there; a new cluster's hosts join at its hand-over."""
    return Step(
        title=JOIN,
        owner=VI_TEAM,
        after=(BACKUPS,),
        command="vSphere Client: add each host that the inventory has with manage: create to its "
        "cluster and to the switch",
        check="vSphere Client, Hosts and Clusters, Monitor: no issue",
        expected="every host is connected",
        rollback="take the hosts out again while nothing runs on them",
    )


def _of_vcenter(vcenter: Vcenter, folders: Sequence[str], ready: tuple[str, ...]) -> Iterator[Step]:
    """The steps of one vCenter; GPU hosts are set up beside all that needs no GPU yet."""
    hosts = tuple(gpu_hosts(vcenter, ready))
    if INFRASTRUCTURE not in folders:
        yield from hosts
    after = ready
    for folder in sorted({*folders, *SENT}):
        waits = (*after, *_titles(hosts)) if folder.startswith("40-") else after
        steps = tuple(_of_folder(vcenter, folder, waits))
        yield from steps
        after = _titles(steps)[-1:] or after
        if folder == INFRASTRUCTURE:
            hosts = tuple(gpu_hosts(vcenter, after))
            yield from hosts
    yield from stamping(vcenter, after)


def _of_folder(vcenter: Vcenter, folder: str, after: tuple[str, ...]) -> Iterator[Step]:
    """The steps of a root, or of what the script sends between two of them."""
    if folder in SENT:
        yield from sent(vcenter, folder, after)
        return
    path, backend = f"{vcenter.name}/{folder}", vcenter.backend[1] if vcenter.backend else None
    step = root(path, tuple(dict.fromkeys(after)), backend)
    yield step
    if folder in MADE_ONCE:
        yield made_once(path, MADE_ONCE[folder].format(vcenter.name), step.title)
