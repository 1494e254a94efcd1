"""A platform, or an earlier snapshot, held against vCenters as they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from generator.api.plan_file import read_tree
from generator.api.snapshots import compared_snapshots, snapshot_at
from generator.finding import CannotRun

if TYPE_CHECKING:
    from generator.api.observing import Progress
    from generator.blueprint.model.governance import DiffIgnore
    from generator.diff.differences import Comparison
    from generator.diff.examine import Sides
    from generator.platform.objects import DesiredState
    from generator.supply.model import SiteInventory
    from generator.vcenter.snapshot import Event, Failed, Snapshot, VcenterSeen
    from generator.vcenter.wanted import Role, Wanted

PLAN = "plan.json"


class Asked(NamedTuple):
    """How a comparison is asked for.

    ``out`` is the folder that holds one folder per rendered platform, ``applied`` a plan of the
    applied release that lies elsewhere. ``max_age_s`` bounds the age of a snapshot at ``now``.
    """

    out: Path = Path("out")
    sites: tuple[Path, ...] = ()
    applied: Path | None = None
    as_of: str = ""
    role: Role = "diff"
    max_age_s: int | None = None
    show_unasserted: bool = False


AS_USUAL = Asked()


def diff(
    target: Path | str | None,
    *,
    inventory: Path | str | None = None,
    against: Path | str | None = None,
    asked: Asked = AS_USUAL,
    progress: Progress | None = None,
) -> Comparison:
    """What differs between a platform and its vCenters, or between two snapshots.

    ``target`` is a blueprint, or the rendered folder of a platform. ``inventory`` is a snapshot to
    read instead of the vCenters that the environment names; ``against`` an earlier one to compare
    it with, and then no target is needed.

    Raises:
        Refused: with every finding about the blueprint, where one is an error.
        CannotRun: where something cannot be read, a snapshot is too old, or another vCenter
            answers than the inventory means.
    """
    if against is not None:
        if inventory is None:
            raise CannotRun("--against compares two snapshots: give the later one with --inventory")
        day = asked.as_of or _today()
        return compared_snapshots(against, inventory, day, asked.max_age_s)
    if target is None:
        raise CannotRun("give a blueprint or a rendered folder, or a snapshot with --against")
    from generator.vcenter.redaction import has_pseudonyms

    sides = sides_of(Path(target), asked)
    if inventory is None:
        return _live(sides, asked, progress)
    snapshot = snapshot_at(inventory, asked.max_age_s)
    if has_pseudonyms(snapshot):
        raise CannotRun(
            f"{inventory} was written with --pseudonyms, and a blueprint has names: hold it "
            "against another such snapshot with --against"
        )
    return compared(sides, snapshot, asked)


def compared(sides: Sides, snapshot: Snapshot, asked: Asked = AS_USUAL) -> Comparison:
    """A platform held against a snapshot that is at hand.

    Raises:
        CannotRun: where it is of another vCenter than the inventory means.
    """
    from generator.diff.examine import examine

    seen, failed = _matched(sides.desired, snapshot)
    day = asked.as_of or _today()
    return examine(sides, seen, failed, day, show_unasserted=asked.show_unasserted)


def sides_of(target: Path, asked: Asked = AS_USUAL) -> Sides:
    """Desired state, applied release and site facts of a blueprint or a rendered folder.

    A folder holds no facts: those that are compared are of the inventories that ``asked`` names.
    What its blueprint accepts stands in its plan, unless an earlier version wrote that.
    """
    from generator.catalog import Catalog
    from generator.diff.examine import Sides

    if target.is_dir():
        rendered, ignore = _read(target)
        return Sides(
            desired=rendered,
            applied=read_plan(asked.applied) if asked.applied else rendered,
            inventories=_sites(asked.sites),
            catalog=Catalog.builtin(),
            out=str(target),
            ignore=ignore,
        )
    from generator.api.loading import load

    if _is_snapshot(target):
        raise CannotRun(
            f"{target} is a snapshot: give it with --inventory, and before it the blueprint or the "
            "rendered folder that it is held against, or with --against an earlier snapshot"
        )
    projects = load([target], sites=asked.sites)
    if len(projects) != 1:
        raise CannotRun(f"{target} holds {len(projects)} blueprints; give one at a time")
    (project,) = projects
    state = project.assessed.state
    folder = asked.out / state.platform
    place = asked.applied or folder
    applied = read_plan(place) if asked.applied or (folder / PLAN).is_file() else None
    return Sides(
        desired=state,
        applied=applied,
        inventories=project.sites.inventories,
        catalog=project.catalog,
        out=str(folder),
        ignore=project.blueprint.governance.diff_ignore,
    )


def _is_snapshot(file: Path) -> bool:
    """Whether it is one by its first bytes, which no text has."""
    from generator.vcenter.archive import GZIP

    if not file.is_file():
        return False
    with file.open("rb") as stream:
        return stream.read(2) == GZIP


def _sites(files: Sequence[Path]) -> dict[str, SiteInventory]:
    """The inventories that are named, where no blueprint says which its sites have."""
    from generator.supply.read import read_sites

    found: dict[str, SiteInventory] = {}
    for one in read_sites(files):
        if one.metadata.name in found:
            raise CannotRun(f"two inventories are called {one.metadata.name}: give one of them")
        found[one.metadata.name] = one
    return found


def read_plan(path: Path) -> DesiredState:
    """The desired state in a ``plan.json``, or in the folder that holds one.

    Raises:
        CannotRun: where there is none, or none that this version can read.
    """
    state, _ = _read(path)
    return state


def _read(path: Path) -> tuple[DesiredState, tuple[DiffIgnore, ...] | None]:
    """A plan's desired state, and the ignore rules that it holds (None: it cannot say)."""
    from generator.diff.release import ignore_rules_of, state_of

    if path.is_dir() and not (path / PLAN).is_file():
        raise CannotRun(f"{path} holds no {PLAN}: give a blueprint, or a folder of mlgen render")
    file = path / PLAN if path.is_dir() else path
    tree = read_tree(file)
    try:
        return state_of(tree), ignore_rules_of(tree)
    except CannotRun as error:
        raise CannotRun(f"{file}: {error}") from error


def wanted_of(state: DesiredState) -> Wanted:
    """Which vCenters must answer, and whose VMs are read in full."""
    from generator.render.terraform.root import datacenter_path
    from generator.vcenter.wanted import Wanted

    here = state.vcenters
    fabrics = [fabric for vcenter in here for fabric in vcenter.fabrics]
    return Wanted(
        instance_uuids={v.name: v.instance_uuid for v in here if v.instance_uuid},
        folders=frozenset(
            f"{datacenter_path(v, f.datacenter)}/vm/{f.path}" for v in here for f in v.folders
        ),
        pools=frozenset(f"{p.cluster}/{p.name}" for fabric in fabrics for p in fabric.pools),
        namespaces=frozenset(n.name for v in here for n in v.namespaces),
        vms=frozenset(m.name for fabric in fabrics for m in fabric.machines),
    )


def _live(sides: Sides, asked: Asked, progress: Progress | None) -> Comparison:
    """Reads, compares, reads again what differs (F13), and asks who changed it."""
    from generator.api.observing import observing, vcenter_settings

    names = [vcenter.name for vcenter in sides.desired.vcenters]
    if not names:
        raise CannotRun(f"no vCenter of {sides.desired.platform} is known: see its open questions")
    settings = vcenter_settings(names)
    with observing(settings, wanted_of(sides.desired), asked.role, progress) as live:
        first = compared(sides, live.snapshot, asked)
        told = [one for one in first.differences if one.standing in ("drift", "conflict")]
        objects = [(one.vcenter, one.kind, one.key) for one in told]
        objects += [(one.vcenter, one.kind, one.key) for one in first.unmanaged]
        # The event of its removal is evidence that a host is gone and not hidden (F9); names of
        # other kinds repeat, so that the event may be another's.
        hidden = [one for one in first.unreadable if one.hidden and one.kind == "host"]
        objects += [(one.vcenter, one.kind, one.key) for one in hidden if not one.field]
        if not objects:
            return first
        snapshot = live.again({kind for _, kind, _ in objects}) if told else live.snapshot
        return compared(sides, _with_events(snapshot, live.events(objects)), asked)


def _with_events(snapshot: Snapshot, events: Sequence[Event]) -> Snapshot:
    """The snapshot with who changed what, each in its vCenter."""
    from generator.record import altered

    vcenters = (
        altered(one, events=(*one.events, *(e for e in events if e.vcenter == one.name)))
        for one in snapshot.vcenters
    )
    return altered(snapshot, vcenters=tuple(vcenters))


def _matched(
    state: DesiredState, snapshot: Snapshot
) -> tuple[dict[str, VcenterSeen], list[Failed]]:
    """The readings by the platform's names of their vCenters, and what was not read.

    Raises:
        CannotRun: where a name belongs to another vCenter than the inventory means (F9).
    """
    from generator.vcenter.snapshot import Failed

    seen: dict[str, VcenterSeen] = {}
    failed = list(snapshot.failed)
    alone = len(state.vcenters) == len(snapshot.vcenters) == 1
    for vcenter in state.vcenters:
        uuid = vcenter.instance_uuid.casefold()
        by_id = [v for v in snapshot.vcenters if uuid and v.instance_uuid.casefold() == uuid]
        called = [v for v in snapshot.vcenters if v.name == vcenter.name or alone]
        found = next(iter(by_id or called), None)
        if found is None:
            if not any(one.name == vcenter.name for one in failed):
                words = "the snapshot does not hold it"
                failed.append(Failed(name=vcenter.name, reason=words, mend="read it too"))
            continue
        if uuid and not by_id:
            raise CannotRun(
                f"{found.name} is the vCenter {found.instance_uuid}, and the inventory means "
                f"{vcenter.instance_uuid} by {vcenter.name}: nothing was compared"
            )
        seen[vcenter.name] = found
    return seen, failed


def _today() -> str:
    return datetime.now(tz=UTC).date().isoformat()
