"""A first blueprint and its SiteInventory: from assumed hosts, or from what a vCenter holds.

What is written has been judged before: every rule and the whole placement see it in memory, and an
example that the site cannot carry gives way to a smaller one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from generator.api.assessing import Project
from generator.api.first_look import FirstLook, first_look
from generator.api.judging import judged, stops
from generator.api.loading import project_of
from generator.api.starter_blueprint import (
    EXAMPLES,
    FULL,
    MIG,
    TIME_SLICED,
    Draft,
    Example,
    blueprint_text,
)
from generator.api.starter_site import (
    DATASTORE,
    TIER,
    VERSION,
    VGPU_HOST,
    Assumed,
    assumed_site,
    assumptions,
)
from generator.api.starter_targets import found_targets, targets
from generator.catalog import Catalog
from generator.finding import CannotRun, Finding, Refused
from generator.record import Record, record
from generator.source import parse
from generator.supply.model import SiteInventory
from generator.supply.read import Shelf, read_site
from generator.vcenter.snapshot import Snapshot

LONGEST_NAME = 40
"""Characters of a platform's name, by the language."""
_SHARINGS = {"mig": MIG, "passthrough": FULL}


@record
class Start(Record):
    """What a first run would write: files by name, and what follows from them.

    ``example`` is the workload that it starts with ("" for none; ``lacking`` then says what the
    smallest one lacked), ``assumed`` what nobody has said, ``look`` the answer about a vCenter that
    was read.
    """

    name: str
    site: str
    files: tuple[tuple[str, str], ...]
    project: Project
    findings: tuple[Finding, ...]
    example: str
    lacking: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    look: FirstLook | None = None


def platform_name(text: str) -> str:
    """A platform's name out of any text; ``ml-platform`` where nothing of it can stand in one."""
    kept = re.sub(r"[^a-z0-9]+", "-", text.lower())[:LONGEST_NAME].strip("-")
    return kept or "ml-platform"


def start_assumed(name: str, assumed: Assumed) -> Start:
    """A start on hosts that nobody has looked at.

    Raises:
        Refused: with every finding, where a name or a model breaks a rule.
    """
    versions = targets(Catalog.builtin(), VERSION, VERSION, supervisor=True)
    draft = Draft(
        name=name,
        site=assumed.site,
        as_of=assumed.as_of,
        fabric="vks",
        targets=versions | ({"vgpu_host": VGPU_HOST} if assumed.gpu else {}),
        head=_head(name, "change what is not yours"),
        notes={},
        tiers=(_ASSUMED_TIER,),
        sharing=TIME_SLICED if assumed.gpu else "",
    )
    started = _Judge(draft, assumed_site(assumed)).settled()
    return replace(started, assumed=assumptions(assumed))


_ASSUMED_TIER = {
    "name": TIER,
    "media": "ssd",
    "backing": "vmfs-fc",
    "datastore": DATASTORE,
    "policy": "tag",
}


def start_found(snapshot: Snapshot, name: str, site: str | None, as_of: str) -> Start:
    """A start on what a snapshot holds, with the answer about it as of an ISO day.

    Raises:
        CannotRun: where the snapshot holds no vCenter.
        Refused: with every finding, where even a platform without workloads breaks a rule.
    """
    from generator.vcenter.site import site_text

    if not snapshot.vcenters:
        raise CannotRun("no vCenter could be read")
    text = site_text(snapshot, site)
    (document,) = parse(text.encode(), file="the site that was read")
    inventory = read_site(document)
    versions, left = found_targets(Catalog.builtin(), snapshot, inventory, as_of)
    draft = Draft(
        name=name,
        site=inventory.metadata.name,
        as_of=as_of,
        fabric="vks" if inventory.supervisors else "vm",
        targets=versions,
        head=_head(name, f"for what was read from {_read(snapshot)}"),
        notes=_found_notes(snapshot, inventory) | {"platform": left},
        sharing=_sharing(inventory),
    )
    judge = _Judge(draft, text)
    look = first_look(judge.bare().project, snapshot, as_of)
    return replace(judge.settled(_locked(look)), look=look)


def _locked(look: FirstLook) -> tuple[int, ...]:
    """The sizes in GB of vGPUs that GPUs are locked to, and that have room for more."""
    profiles = {
        profile.name: profile.size_gb
        for model in sorted({model for host in look.hosts for model in host.models})
        for profile in Catalog.builtin().accelerator(model).profiles
    }
    free = {room.profile for host in look.hosts for room in host.rooms if room.profile}
    return tuple(sorted({profiles[name] for name in free}))


def _head(name: str, what: str) -> tuple[str, ...]:
    """The first lines of the blueprint."""
    then = f"mlgen validate {name}.yaml names every fault with its line."
    return (
        f"A starter for {name}, written by mlgen init: {what}.",
        f"{then} mlgen size {name}.yaml says what it needs and where it fits.",
    )


def _read(snapshot: Snapshot) -> str:
    return ", ".join(f"{one.name} ({one.ended[:10]})" for one in snapshot.vcenters)


def _found_notes(snapshot: Snapshot, inventory: SiteInventory) -> dict[str, tuple[str, ...]]:
    """By section: what was read and is somebody's choice. No value is made of it."""
    stores = ", ".join(store.name for store in inventory.datastores) or "none was read"
    tier = "{name: fast, media: nvme, backing: vsan-esa, datastore: NAME, policy: raid5}"
    why = "Storage tiers are yours to name, for vCenter does not say what a datastore lies on"
    notes: dict[str, tuple[str, ...]] = {
        "storage_compute": (f"{why}: storage: {{tiers: [{tier}]}}. Datastores: {stores}",)
    }
    if not inventory.supervisors:
        templates = ", ".join(_templates(snapshot)) or "none was read"
        notes["resource_management"] = (f"Templates to clone VMs from: {templates}",)
    return notes


def _templates(snapshot: Snapshot) -> list[str]:
    return sorted(
        str(one.fields.get("name") or one.key)
        for seen in snapshot.vcenters
        for one in seen.objects
        if one.kind == "vm" and one.fields.get("template")
    )


def _sharing(inventory: SiteInventory) -> str:
    """How the site's GPUs are shared today, by most of them; "" where there is none."""
    modes = Counter(gpu.mode for host in inventory.hosts for gpu in host.gpus)
    if not modes:
        return ""
    most = max(sorted(modes, key=str), key=lambda mode: modes[mode])
    return _SHARINGS.get(str(most), TIME_SLICED)


class _Judge:
    """Tries examples on one site, none of them in a file."""

    def __init__(self, draft: Draft, site_text: str) -> None:
        self._draft = draft
        self._site_text = site_text
        self._site_file = f"{draft.site}.site.yaml"
        self._file = f"{draft.name}.yaml"
        (self._inventory,) = parse(site_text.encode(), file=self._site_file)

    def settled(self, locked: tuple[int, ...] = ()) -> Start:
        """The first example that breaks no rule and fits, or a platform without one.

        ``locked`` are sizes of vGPUs in GB that are tried where no other has room.
        """
        lacking: tuple[str, ...] = ()
        for draft in self._drafts(locked):
            try:
                start = self._judged(draft)
            except Refused:
                continue
            plan = start.project.assessed.plan
            if plan.fits and _shows(start.project, draft.example):
                return start
            lacking = (
                *(short.sentence for short in plan.shortfalls),
                *(found.sentence for found in plan.obstacles),
            )
        return replace(self.bare(), lacking=lacking)

    def _drafts(self, locked: tuple[int, ...]) -> Iterator[Draft]:
        """Examples in their order, as GPUs are shared today and then in the other ways."""
        mine = self._draft.sharing
        ways = dict.fromkeys((mine, TIME_SLICED, MIG, FULL)) if mine else ()
        for example in EXAMPLES:
            if not example.needs_gpu:
                yield replace(self._draft, example=example)
                continue
            for way in ways:
                yield replace(self._draft, example=example, sharing=way)
            if ways and locked:
                yield replace(self._draft, example=example, sharing=TIME_SLICED, sizes=locked)

    def bare(self) -> Start:
        """The start without an example.

        Raises:
            Refused: where even that breaks a rule.
        """
        return self._judged(self._draft)

    def _judged(self, draft: Draft) -> Start:
        text = blueprint_text(draft)
        (document,) = parse(text.encode(), file=self._file)
        project = project_of(document, Shelf(instead=[self._inventory]), None)
        findings = judged([project])
        if stops(findings):
            raise Refused(findings)
        return Start(
            name=draft.name,
            site=draft.site,
            files=((self._file, text), (self._site_file, self._site_text)),
            project=project,
            findings=tuple(findings),
            example=draft.example.name if draft.example else "",
        )


def _shows(project: Project, example: Example | None) -> bool:
    """Whether an example that wants a GPU has got one."""
    return (
        example is None
        or not example.needs_gpu
        or any(choice.model for choice in project.assessed.plan.chosen)
    )
