"""What vCenter shows of namespaces, with their shares and the rights in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from generator.vcenter.snapshot import Value

if TYPE_CHECKING:
    from tests.diff.live import World


def namespaces(world: World) -> None:
    """Those that Terraform makes, and what REST puts into them."""
    for block in world.resources("vsphere_namespace"):
        name = block.arguments["name"]
        it, service = block.arguments, block.block("vm_service").arguments
        supervisor = f"{world.site['supervisors'][0]['ref']}.example"
        world.put(
            "namespace", name, supervisor=supervisor, description="", status="RUNNING",
            vm_classes=tuple(service["vm_classes"]),
            content_libraries=tuple(world.named_by(one) for one in service["content_libraries"]),
            storage_policies=tuple(world.named_by(one) for one in it["storage_policies"]),
            zones=(),
        )  # fmt: skip
        world.put("k8s-namespace", name, phase="Active", deleting=False)
    for path, text in world.files.items():
        if path.startswith("supervisor/namespaces/"):
            body = json.loads(text)
            supervisor = f"{world.site['supervisors'][0]['ref']}.example"
            lists = ("vm_classes", "content_libraries", "storage_policies")
            world.put(
                "namespace", body["namespace"], supervisor=supervisor, status="RUNNING",
                **{name: ("theirs", *body[name]) for name in lists},
            )  # fmt: skip
            world.put("k8s-namespace", body["namespace"], phase="Active", deleting=False)
        elif path.startswith("supervisor/namespace-shares/"):
            body = json.loads(text)
            world.put("namespace", body["namespace"], **_share(body))
            for zone in body["update"].get("zones", ()):
                _keep(world, zone)
        elif path.startswith("supervisor/access/"):
            body = json.loads(text)
            subject = f"{body['subject_type'].lower()}:{body['subject']}@{body['domain']}"
            world.put("namespace", body["namespace"], **{f"access.{subject}": body["role"]})


def _share(body: Mapping[str, Any]) -> dict[str, Value]:
    """Limits of a namespace, and the mark of what its zones keep, which the service never shows."""
    update = body["update"]
    quota, zones = update.get("resource_spec", {}), update.get("zones", ())
    fields: dict[str, Value] = {"zones": tuple(zone["name"] for zone in zones)}
    fields |= {
        "cpu_limit_mhz": quota.get("cpu_limit"),
        "memory_limit_mib": quota.get("memory_limit"),
    }
    for one in update.get("storage_specs", ()):
        fields[f"storage_limit_mib.{one['policy']}"] = one["limit"]
    if zones:
        text = json.dumps(zones, sort_keys=True, separators=(",", ":"))
        fields["zone_mark"] = f"{body['stamp']}#{sha256(text.encode()).hexdigest()[:12]}"
    return fields


def _keep(world: World, zone: Mapping[str, Any]) -> None:
    """What a zone keeps, for all namespaces together."""
    at = ("zone", zone["name"])
    former = world.found[at].fields if at in world.found else {}
    for one in zone.get("vm_reservations", ()):
        name = f"reserved.{one['reserved_vm_class']}"
        count = former.get(name) or 0
        assert isinstance(count, int)
        world.put(*at, **{name: count + one["count"]})
