"""Bodies and ``requests.json`` of all that goes by REST, and the script that applies them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from generator.blueprint.labels import dns_label
from generator.blueprint.roots import data_root
from generator.platform.classes import by_terraform, content_revision
from generator.platform.objects import (
    Access,
    Calendar,
    DesiredState,
    Manage,
    Namespace,
    NamespaceShare,
    Reach,
    StoragePolicy,
    TagAttachment,
    Vcenter,
    Zone,
)
from generator.render.canonical import canonical_json
from generator.render.supervisor.bodies import VM_CLASSES_PATH, vm_class_body
from generator.render.supervisor.direct_path import profile_request
from generator.render.supervisor.shares import share_body
from generator.render.target import RenderedFile

NAMESPACES_PATH = "/api/vcenter/namespaces/instances"
ZONES_PATH = "/api/vcenter/consumption-domains/zones"
SCRIPT = (
    "access.py",
    "apply.ps1",
    "apply.py",
    "claim.ps1",
    "claim.py",
    "direct_path.ps1",
    "direct_path.py",
    "journal.py",
    "kinds.ps1",
    "matches.py",
    "operations.py",
    "policies.ps1",
    "policies.py",
    "session.ps1",
    "session.py",
    "shares.py",
    "tagging.py",
    "tenancy.ps1",
    "windows.ps1",
    "windows.py",
    "wishes.py",
)
"""The parts of the script; they read the bodies, so that no value is ever written into code."""

Request = tuple[dict[str, Any], dict[str, Any]]
"""An entry of ``requests.json`` and its body."""


def files(state: DesiredState) -> Iterator[RenderedFile]:
    """Per vCenter its bodies and its requests; per platform the script, where there are any."""
    some = False
    for vcenter in state.vcenters:
        wanted = tuple(requests(vcenter))
        some = some or bool(wanted) or bool(vcenter.host_settings)
        yield from _of_vcenter(state, vcenter, wanted)
    if some:
        for name in SCRIPT:
            yield RenderedFile(f"apply/{name}", _part(name))


def requests(vcenter: Vcenter) -> Iterator[Request]:
    """All that goes by REST, in the order in which one stands on the other."""
    for zone in vcenter.zones:
        yield _zone(zone)
    for attachment in vcenter.attachments:
        yield _attachment(attachment)
    for policy in vcenter.storage_policies:
        yield _match(policy)
    for profile in vcenter.direct_path_profiles:
        yield profile_request(profile)
    rest = [vm_class for vm_class in vcenter.vm_classes if not by_terraform(vm_class)]
    for vm_class in rest:
        entry = {
            "kind": vm_class.kind,
            "name": vm_class.name,
            "method": "POST",
            "path": VM_CLASSES_PATH,
            "body": f"vm-classes/{vm_class.name}.json",
            "exists": f"GET {VM_CLASSES_PATH}/{vm_class.name}",
        }
        yield entry, vm_class_body(vm_class)
    made = {vm_class.name for vm_class in rest}
    for namespace in vcenter.namespaces:
        if namespace.manage is Manage.ADOPT:
            yield _namespace(namespace, made)
    for share in vcenter.shares:
        yield _share(share)
    for access in vcenter.accesses:
        yield _access(access)


def _of_vcenter(
    state: DesiredState, vcenter: Vcenter, wanted: tuple[Request, ...]
) -> Iterator[RenderedFile]:
    if not wanted and not vcenter.host_settings:
        return  # gpu/apply.ps1 reads the change windows from here too
    environments = {n.name: n.environment for n in vcenter.namespaces}
    entries = []
    for entry, body in wanted:
        environment = environments.get(body.get("namespace", ""))
        entries.append({**entry, "reach": _reach(vcenter.reach, environment)})
        yield RenderedFile(f"{vcenter.name}/supervisor/{entry['body']}", canonical_json(body))
    content = {
        "platform": state.platform,
        "release": state.release,
        "vcenter": {
            "name": vcenter.name,
            "instance_uuid": vcenter.instance_uuid,
            "reach": _reach(vcenter.reach, None),
        },
        "governance": _governance(state.calendar),
        "requests": entries,
    }
    yield RenderedFile(f"{vcenter.name}/supervisor/requests.json", canonical_json(content))


def _reach(reach: Reach, environment: str | None) -> dict[str, list[str]]:
    """What a change touches: one environment, or all of the vCenter's."""
    return {
        "sites": list(reach.sites),
        "environments": [environment] if environment else list(reach.environments),
        "clusters": list(reach.clusters),
    }


def _governance(calendar: Calendar) -> dict[str, Any]:
    return {
        "change_windows": [
            {
                "rrule": window.rrule,
                "start": window.start,
                "duration_s": window.duration_s,
                "zone": window.zone,
                "scope": list(window.scope),
            }
            for window in calendar.change_windows
        ],
        "freezes": [
            {"from": f.first, "to": f.last, "reason": f.reason, "scope": list(f.scope)}
            for f in calendar.freezes
        ],
    }


def _zone(zone: Zone) -> Request:
    body = {
        "zone": zone.name,
        "description": zone.description,
        "clusters": list(zone.clusters),
    }
    entry = {
        "kind": zone.kind,
        "name": zone.name,
        "method": "POST",
        "path": ZONES_PATH,
        "body": f"zones/{zone.name}.json",
        "exists": f"GET {ZONES_PATH}/{zone.name}",
    }
    return entry, body


def _attachment(attachment: TagAttachment) -> Request:
    """The ids of tag and datastore are looked up when it is applied.

    Their names may hold anything, which a file's may not: it has what is left of them and a hash.
    """
    left = dns_label(f"{attachment.tag} {attachment.datastore}")
    which = content_revision(attachment.category, attachment.tag, attachment.datastore)
    name = f"{attachment.category}:{attachment.tag} on {attachment.datastore}"
    body = {
        "category": attachment.category,
        "tag": attachment.tag,
        "datastore": attachment.datastore,
    }
    entry = {
        "kind": attachment.kind,
        "name": name,
        "method": "POST",
        "path": "/api/cis/tagging/tag-association/{tag}?action=attach",
        "body": f"tag-attachments/{left}.{which}.json",
        "exists": "POST /api/cis/tagging/tag-association/{tag}?action=list-attached-objects",
    }
    return entry, body


def _match(policy: StoragePolicy) -> Request:
    """Whether a policy finds its datastores, asked once everything else is done (F15)."""
    body = {
        "policy": policy.name,
        "datastores": list(policy.datastores),
        "made_here": policy.by_script,
    }
    entry = {
        "kind": "policy-match",
        "name": policy.name,
        "method": "PbmCheckCompatibility",
        "path": "/pbm",
        "body": f"policy-matches/{policy.storage_class}.json",
        "exists": "PbmCheckCompatibility /pbm",
    }
    return entry, body


def _namespace(namespace: Namespace, made: set[str]) -> Request:
    """A namespace that was there before: our entries join its lists (F10)."""
    body = {
        "namespace": namespace.name,
        "create": False,
        "cluster": "",
        "storage_policies": list(namespace.storage_policies),
        "content_libraries": list(namespace.content_libraries),
        "vm_classes": list(namespace.vm_classes),
        "made_here": sorted(made.intersection(namespace.vm_classes)),
    }
    entry = {
        "kind": namespace.kind,
        "name": namespace.name,
        "method": "PATCH",
        "path": f"{NAMESPACES_PATH}/{namespace.name}",
        "body": f"namespaces/{namespace.name}.json",
        "exists": f"GET {NAMESPACES_PATH}/{namespace.name}",
    }
    return entry, body


def _share(share: NamespaceShare) -> Request:
    """Limits and reservations; what others put into the namespace stays (F10)."""
    path = f"{NAMESPACES_PATH}/{share.namespace}"
    entry = {
        "kind": share.kind,
        "name": share.namespace,
        "method": "PATCH",
        "path": path,
        "body": f"namespace-shares/{share.namespace}.json",
        "exists": f"GET {NAMESPACES_PATH}/v2/{share.namespace}",
    }
    return entry, share_body(share)


def _access(access: Access) -> Request:
    body: dict[str, Any] = {
        "namespace": access.namespace,
        "subject_type": "GROUP",
        "subject": access.subject,
        "domain": access.domain,
        "role": access.role,
    }
    if access.external:
        body["identity_provider"] = {
            "supervisor": access.supervisor_id,
            "display_name": access.identity_provider,
        }
    who = content_revision(access.domain, access.subject)
    path = f"{NAMESPACES_PATH}/{access.namespace}/access/{{domain}}/{{subject}}?type=GROUP"
    entry = {
        "kind": access.kind,
        "name": f"{access.role} of {access.domain}\\{access.subject} in {access.namespace}",
        "method": "POST",
        "path": path,
        "body": f"access/{access.namespace}.{who}.json",
        "exists": f"GET {path}",
    }
    return entry, body


@cache
def _part(name: str) -> str:
    return (data_root("templates") / "supervisor" / name).read_text("utf-8")
