"""The order of work: who does what, after what, how it is checked and how it is taken back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from generator.placement.plan import Placed
from generator.platform.objects import DesiredState, Manage
from generator.record import Record, record

PLATFORM_TEAM, VI_TEAM, STORAGE_TEAM = "platform", "virtualisation", "storage"
NETWORK_TEAM, PROCUREMENT = "network", "procurement"


@record
class Step(Record):
    """One step of the work.

    ``owner`` is a role, ``after`` the titles of steps that must be done before, ``power_off`` what
    has to be powered off for it (empty: nothing), ``rollback`` how it is taken back.
    """

    title: str
    owner: str
    after: tuple[str, ...]
    command: str
    check: str
    expected: str
    power_off: str
    rollback: str


QUESTIONS = "Answer the open questions"
ADDRESSES = "Confirm VLANs and addresses"
LICENCES = "Confirm licences"
HOSTS = "Set up the GPU hosts"
TAGS = "Tag the datastores"
ORDERING = "Order the hosts of "

MADE_ONCE = {
    "00-infrastructure": "Hand over the clusters",
    "25-supervisor": "State the Supervisors",
}
"""What a person does after a root that makes something once, by root."""

_KEPT = "apply the last release again; what is gone from it stays in place and is named there"


def order_of_work(
    state: DesiredState,
    placed: Sequence[Placed],
    paths: Iterable[str],
    asked: Iterable[Step] = (),
) -> tuple[Step, ...]:
    """Every step of a release, in an order in which each finds what it needs.

    ``paths`` are those of the rendered files, relative to the platform's folder; ``asked`` are
    steps at what nothing rendered may touch, which come before all that is rendered.
    """
    ready = tuple(_before(state, placed, tuple(asked)))
    roots = tuple(_roots(state, _folders(paths), tuple(step.title for step in ready)))
    clusters = tuple(_clusters(state, tuple(step.title for step in (*ready, *roots))))
    return (*ready, *roots, *clusters, *_by_people(state, tuple(c.title for c in clusters)))


def _folders(paths: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """The folders of each vCenter that somebody applies, in the order of their work."""
    found: dict[str, set[str]] = {}
    for path in paths:
        vcenter, _, rest = path.partition("/")
        folder, slash, _ = rest.partition("/")
        if slash and (folder[:2].isdigit() or folder in ("supervisor", "storage")):
            found.setdefault(vcenter, set()).add(folder)
    return {vcenter: tuple(sorted(found[vcenter], key=_turn)) for vcenter in sorted(found)}


def _turn(folder: str) -> str:
    """Storage comes with the foundation, REST's classes with Terraform's."""
    return {"storage": "11-", "supervisor": "21-"}.get(folder, folder)


def _before(
    state: DesiredState, placed: Sequence[Placed], asked: tuple[Step, ...]
) -> Iterator[Step]:
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
            power_off="",
            rollback="nothing is changed",
        )
    yield _confirmation(ADDRESSES, NETWORK_TEAM, "compare the table of networks with the IP plan")
    yield _confirmation(LICENCES, PROCUREMENT, "compare the table of licences with what is held")
    yield from asked
    hosts = sorted({spot.host for spot in placed if spot.gpus})
    if hosts:
        yield Step(
            title=HOSTS,
            owner=VI_TEAM,
            after=tuple(step.title for step in asked if step.title.startswith(ORDERING)),
            command="work through the host checklist below, one host in maintenance at a time",
            check="nvidia-smi on each host; Host > Configure > Graphics in the vSphere Client",
            expected="Shared Direct, and each GPU in the mode of the checklist",
            power_off=f"every VM with a GPU on the host at hand ({len(hosts)} hosts)",
            rollback="set the former mode while the host is still in maintenance",
        )


def _confirmation(title: str, owner: str, command: str) -> Step:
    return Step(
        title=title,
        owner=owner,
        after=(),
        command=command,
        check="the owner signs the table",
        expected="nothing is missing",
        power_off="",
        rollback="nothing is changed",
    )


def _roots(
    state: DesiredState, folders: Mapping[str, Sequence[str]], ready: tuple[str, ...]
) -> Iterator[Step]:
    untagged = {v.name: [p for p in v.storage_policies if p.untagged] for v in state.vcenters}
    backends = {v.name: v.backend[1] for v in state.vcenters if v.backend}
    for vcenter, names in folders.items():
        after = ready
        for name in names:
            step = _root(f"{vcenter}/{name}", after, backends.get(vcenter))
            yield step
            after = (step.title,)
            if name == "10-foundation" and untagged.get(vcenter):
                yield _tagging(vcenter, untagged[vcenter], after)
            elif name in MADE_ONCE:
                after = (f"{MADE_ONCE[name]} of {vcenter}",)
                yield _made_once(f"{vcenter}/{name}", after[0], step.title)


def _made_once(folder: str, title: str, after: str) -> Step:
    """What follows on something that was made on an empty target: from then on it is looked up."""
    hosts = folder.endswith("/00-infrastructure")
    return Step(
        title=title,
        owner=VI_TEAM,
        after=(after,),
        command="add the hosts to their clusters and to the switch; then set manage: reference"
        if hosts
        else f"terraform -chdir={folder} output supervisor_ids: state each id, then set "
        "manage: reference",
        check="vSphere Client, Hosts and Clusters, Monitor: no issue; mlgen render --check",
        expected="every host is connected, and the next render lets go of what is in use"
        if hosts
        else "the Supervisor runs; the next render makes its namespaces",
        power_off="",
        rollback="take the hosts out again while nothing runs on them"
        if hosts
        else "nothing runs in it yet: deactivate it in Workload Management",
    )


def _root(folder: str, after: tuple[str, ...], backend: str | None) -> Step:
    """A folder's step; ``backend`` is the file with the rest of its backend's configuration."""
    if folder.endswith(("/supervisor", "/storage")):
        return Step(
            title=f"Send {folder}",
            owner=VI_TEAM if folder.endswith("/supervisor") else STORAGE_TEAM,
            after=after,
            command=f"what {folder} holds: first without a change, then for good",
            check="the same once more",
            expected="the second time changes nothing",
            power_off="",
            rollback="nothing that runs uses it yet; what is bound to a namespace stays",
        )
    return Step(
        title=f"Apply {folder}",
        owner=VI_TEAM,
        after=after,
        command=f"cd {folder} && terraform init"
        + (f" -backend-config={backend}" if backend else "")
        + " && terraform plan -out=plan.bin && terraform apply plan.bin",
        check=f"terraform -chdir={folder} plan -detailed-exitcode",
        expected="exit code 0: no change",
        power_off="",
        rollback=_KEPT,
    )


def _tagging(vcenter: str, policies: Sequence[object], after: tuple[str, ...]) -> Step:
    return Step(
        title=f"{TAGS} of {vcenter}",
        owner=STORAGE_TEAM,
        after=after,
        command="put the tag of each policy on its datastores (coverage: tag-attachment)",
        check="vSphere Client, Policies and Profiles, VM Storage Policies, Storage Compatibility",
        expected=f"each of the {len(policies)} policies has a compatible datastore",
        power_off="",
        rollback="take the tags off again",
    )


def _clusters(state: DesiredState, after: tuple[str, ...]) -> Iterator[Step]:
    """The clusters of each environment, what serves first."""
    ours = [cluster for cluster in state.clusters if cluster.manage is Manage.CREATE]
    for environment in sorted({c.environment for c in ours}, key=lambda e: (e != "prod", e)):
        here = [c for c in ours if c.environment == environment]
        first = here[0]
        yield Step(
            title=f"Create the clusters of {environment}",
            owner=PLATFORM_TEAM,
            after=after[-1:],
            command=f"kubectl apply -k {environment}/tanzu",
            check=f"kubectl -n {first.namespace} get cluster {first.name} "
            "-o jsonpath={.status.phase}",
            expected=f"Provisioned; {len(here)} clusters, "
            f"{sum(len(c.pools) for c in here)} node pools",
            power_off="",
            rollback="leave what runs; deleting a Cluster deletes its nodes and their volumes",
        )


def _by_people(state: DesiredState, after: tuple[str, ...]) -> Iterator[Step]:
    """What the coverage contract leaves to a person and no step above has done."""
    above = {"host", "tag-attachment", "existing object"}
    asked = {("cluster", "made by VCF"), ("supervisor", "what environments need of it")}
    for row in state.coverage:
        done = row.object_kind in above or (row.object_kind, row.fields) in asked
        if row.actor == "person" and not done:
            yield Step(
                title=f"By hand: {row.object_kind} ({row.fields})",
                owner=PLATFORM_TEAM if row.adoptable == "-" else VI_TEAM,
                after=after,
                command=f"{row.count} at: {row.where}",
                check="look where it was done",
                expected=f"{row.count} there; diff sees {row.seen_by_diff}",
                power_off="",
                rollback="undo by hand",
            )
