"""What keeps its place in the plan and gets another address: ``moved``, never destroyed and remade.

An address follows from a name. A naming pattern that changes would let go of a folder and make an
empty one beside it. So the manifest remembers, for what can be renamed in place, all addresses that
each had: the last is today's, and a ``moved`` block leads from each to the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from generator.platform.objects import DesiredState, Fabric, Manage, Vcenter
from generator.record import Record, record
from generator.render.engine import fill
from generator.render.escape import Escaped, hcl_label
from generator.render.target import RenderedFile
from generator.render.terraform.letting_go import ADDRESS, Addresses, well_formed

Lineages = Mapping[str, Mapping[str, Sequence[str]]]
"""Per root module, by the place in the plan, the addresses of an object, the oldest first."""


@record
class Memory(Record):
    """What the last manifest remembers of Terraform's resources."""

    addresses: Addresses
    lineages: Lineages


def memory(manifest: object) -> Memory:
    """What a manifest remembers; anything else in its place counts as nothing."""
    content = manifest if isinstance(manifest, dict) else {}
    return Memory(
        addresses=well_formed(content.get("terraform")),
        lineages=_well_formed(content.get("lineages")),
    )


def lineages(state: DesiredState, now: Addresses, former: Lineages) -> Lineages:
    """The addresses of all that can be renamed in place, with those that it had before."""
    found: dict[str, dict[str, list[str]]] = {}
    for root, place, address in _places(state):
        if address in now.get(root, ()):
            found.setdefault(root, {})[place] = _line(former, now, root, place, address)
    return {root: dict(sorted(lines.items())) for root, lines in sorted(found.items())}


def moves(lines: Lineages) -> Iterator[tuple[RenderedFile, set[str]]]:
    """A ``moved.tf`` for each root where an address is another one, with those that it leaves."""
    for root, by_place in lines.items():
        steps = [pair for line in by_place.values() for pair in pairwise(line)]
        if steps:
            views = [{"old": Escaped(old), "new": Escaped(new)} for old, new in steps]
            text = fill("terraform/moved.tf.j2", moves=views)
            yield RenderedFile(f"{root}/moved.tf", text), {old for old, _ in steps}


def _line(former: Lineages, now: Addresses, root: str, place: str, address: str) -> list[str]:
    """The lineage with today's address at its end; one that is used again is no ancestor."""
    taken = set(now.get(root, ()))
    return [*(a for a in former.get(root, {}).get(place, ()) if a not in taken), address]


def _places(state: DesiredState) -> Iterator[tuple[str, str, str]]:
    """(root, place in the plan, address) of all whose name the provider changes in place."""
    for vcenter in state.vcenters:
        for kind, place, name in _wide(vcenter):
            yield f"{vcenter.name}/10-foundation", place, f"{kind}.{hcl_label(name)}"
        for environment, folder in vcenter.environment_folders:
            address = f"vsphere_folder.{hcl_label(folder.path)}"
            yield _vms(vcenter, environment), f"folder/{folder.datacenter}", address
        for fabric in vcenter.fabrics:
            for kind, place, name in _held(fabric):
                yield _vms(vcenter, fabric.environment), place, f"{kind}.{hcl_label(name)}"


def _vms(vcenter: Vcenter, environment: str) -> str:
    return f"{vcenter.name}/40-{environment}-vms"


def _wide(vcenter: Vcenter) -> Iterator[tuple[str, str, str]]:
    for folder in vcenter.folders:
        yield "vsphere_folder", f"folder/{folder.datacenter}", folder.path
    for policy in vcenter.storage_policies:
        if policy.by_terraform:
            place = f"storage-policy/{policy.tag_category}/{policy.tag}"
            yield "vsphere_vm_storage_policy", place, policy.name
    for role in vcenter.roles:
        if role.manage is Manage.CREATE:
            yield "vsphere_role", f"role/{role.persona}", role.name


def _held(fabric: Fabric) -> Iterator[tuple[str, str, str]]:
    for folder in fabric.folders:
        team = folder.path.rpartition("/")[2]
        yield "vsphere_folder", f"team-folder/{team}", folder.path
        yield "vsphere_entity_permissions", f"rights/{team}", folder.path
    for pool in fabric.pools:
        yield "vsphere_resource_pool", f"resource-pool/{pool.cluster}", pool.name
    for rule in fabric.anti_affinities:
        kind = "vsphere_compute_cluster_vm_anti_affinity_rule"
        yield kind, f"anti-affinity/{rule.cluster}/{rule.machines[0]}", rule.name


def _well_formed(remembered: object) -> dict[str, dict[str, list[str]]]:
    if not isinstance(remembered, dict):
        return {}
    return {
        root: {
            place: [a for a in line if isinstance(a, str) and ADDRESS.fullmatch(a)]
            for place, line in lines.items()
            if isinstance(line, list)
        }
        for root, lines in remembered.items()
        if isinstance(lines, dict)
    }
