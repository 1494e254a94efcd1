"""The steps that bring what is rendered to a vCenter: Terraform roots, the REST script, GPU hosts.

Commands are run in the platform's folder of the render.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from generator.handoff.step import STORAGE_TEAM, VI_TEAM, Step
from generator.platform.objects import Vcenter
from generator.render.supervisor.requests import requests

HOSTS = "Set up the GPU hosts of {}"

MOST_CHANGES = 25
"""What ``apply.py`` and ``apply.ps1`` change without being told how much they may."""

_LET_GO = (
    "set the blueprint back to the last release, render it into this folder and do this step "
    "again: what only this release has is let go of (removed.tf) and stays in place"
)

SENT: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "11-": (
        "Send the storage policies of {}",
        STORAGE_TEAM,
        ("tag-attachment", "storage-policy", "policy-match"),
    ),
    "12-": ("Send the zones of {}", VI_TEAM, ("zone",)),
    "21-": ("Send the VM classes of {}", VI_TEAM, ("vm-class",)),
    "39-": (
        "Send the rights and shares of {}",
        VI_TEAM,
        ("namespace", "namespace-share", "access"),
    ),
}
"""What the script brings between two roots, by its place among their numbers: title, owner, kinds.
A tag must be there to be attached, a class before a namespace binds it, a namespace before anybody
gets a right in it."""


def root(folder: str, after: tuple[str, ...], backend: str | None) -> Step:
    """A Terraform root; ``backend`` is the file with the rest of its backend's configuration.

    Without a backend it is for a plan only (F6): nobody could keep its state.
    """
    terraform = f"terraform -chdir={folder}"
    if backend is None:
        return Step(
            title=f"Apply {folder}",
            owner=VI_TEAM,
            after=after,
            command=f"{terraform} init && {terraform} plan",
            check=f"{terraform} plan",
            expected="what it would make; it is for a plan only until vcenters[].backend of the "
            "SiteInventory says where its state is kept",
            rollback="nothing is changed",
        )
    return Step(
        title=f"Apply {folder}",
        owner=VI_TEAM,
        after=after,
        command=f"{terraform} init -backend-config={backend} && {terraform} plan -out=plan.bin "
        f"&& {terraform} show -json plan.bin | mlgen guard - --plan . "
        f"&& {terraform} apply plan.bin",
        check=f"{terraform} plan -detailed-exitcode",
        expected="exit code 0: no change",
        rollback=_LET_GO,
    )


def sent(vcenter: Vcenter, place: str, after: tuple[str, ...]) -> Iterator[Step]:
    """What the script brings at a place of ``SENT``; nothing where none of its kinds is wanted."""
    title, owner, kinds = SENT[place]
    counts = Counter(entry["kind"] for entry, _ in requests(vcenter))
    counts["storage-policy"] = sum(policy.by_script for policy in vcenter.storage_policies)
    wanted = [kind for kind in kinds if counts[kind]]
    if not wanted:
        return
    changes = sum(counts[kind] for kind in wanted if kind != "policy-match")
    call = f"python apply/apply.py {vcenter.name}" + "".join(f" --only {kind}" for kind in wanted)
    more = f" --max-changes {changes}" if changes > MOST_CHANGES else ""
    yield Step(
        title=title.format(vcenter.name),
        owner=owner,
        after=after,
        command=f"{call}; then the same with --apply{more}",
        check=call,
        expected="exit code 0: nothing to change, and every policy has its datastores"
        if "policy-match" in wanted
        else "exit code 0: nothing to change",
        rollback=f"python apply/apply.py {vcenter.name} --rollback JOURNAL --apply",
    )


def gpu_hosts(vcenter: Vcenter, after: tuple[str, ...]) -> Iterator[Step]:
    """The settings of the GPU hosts of a vCenter, by whoever makes each (F26)."""
    settings = vcenter.host_settings
    if not settings:
        return
    hosts = {(s.cluster, s.host) for s in settings if s.host}
    at_once = min((s.hosts_at_once for s in settings if s.hosts_at_once), default=1)
    actors = {s.actor for s in settings}
    script = f"{vcenter.name}/gpu/apply.ps1"
    scripted = "script" in actors
    yield Step(
        title=HOSTS.format(vcenter.name),
        owner=VI_TEAM,
        after=after,
        command=f"{_agreed(actors)}work through {vcenter.name}/gpu/checklist.md, {at_once} of "
        f"{len(hosts)} hosts in maintenance at a time"
        + (f"; where its actor is script: {script} -Apply -Only HOST" if scripted else ""),
        check=(f"{script}; " if scripted else "") + "nvidia-smi on each host",
        expected=("0 to set; " if scripted else "")
        + "each GPU in the mode of the checklist, each host out of maintenance",
        rollback=(f"{script} -Rollback JOURNAL -Apply; by hand " if scripted else "by hand ")
        + "the values noted before, while the host is still in maintenance",
        power_off=f"every VM with a GPU on the host at hand ({len(hosts)} hosts)",
    )


def _agreed(actors: set[str]) -> str:
    return "agree with the owners of the shared cluster, then " if "proposed" in actors else ""


def made_once(folder: str, title: str, after: str) -> Step:
    """What follows on something that was made on an empty target: from then on it is looked up."""
    hosts = folder.endswith("/00-infrastructure")
    return Step(
        title=title,
        owner=VI_TEAM,
        after=(after,),
        command="add the hosts to their clusters and to the switch; then set manage: reference"
        if hosts
        else "add the content library of node images to each Supervisor (Workload Management, "
        f"Supervisors, Configure); terraform -chdir={folder} output supervisor_ids: state each "
        "id, then set manage: reference",
        check="vSphere Client, Hosts and Clusters, Monitor: no issue; mlgen render --check",
        expected="every host is connected, and the next render lets go of what is in use"
        if hosts
        else "the Supervisor runs; the next render makes its namespaces",
        rollback="take the hosts out again while nothing runs on them"
        if hosts
        else "nothing runs in it yet: deactivate it in Workload Management",
    )


def stamping(vcenter: Vcenter, after: tuple[str, ...]) -> Iterator[Step]:
    """What was adopted keeps the words and tags of others until it is said to be ours (F14)."""
    names = [f"{a.of} {a.name}" for a in vcenter.adoptions if a.of in _STAMPED]
    if names:
        yield Step(
            title=f"Have what was adopted on {vcenter.name} carry its stamp",
            owner=VI_TEAM,
            after=after,
            command=f"set manage: create for {', '.join(names)} in the SiteInventory; render, and "
            "apply its roots once more",
            check="terraform plan of each, before it is applied",
            expected="tags and descriptions are added, and nothing else changes",
            rollback="set manage: adopt again: words and tags are then left as they are",
        )


_STAMPED = ("tag-category", "tag", "folder", "resource-pool")
"""Kinds that an update stamps. A content library stays adopted: every change would replace it."""
