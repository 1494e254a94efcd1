"""The share of a namespace as the UpdateSpec of the namespaces service.

Field names are those of ``com.vmware.vcenter.namespaces.instances`` (vSphere API 9.1):
``resource_spec`` is a ``ResourceQuotaOptionsV1``, ``zones`` are ``ZoneSpec`` since 9.0. Storage
policies stand by name; their ids are looked up when it is applied.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from generator.platform.objects import Manage, NamespaceShare, ZoneShare


def share_body(share: NamespaceShare) -> dict[str, Any]:
    """What the script needs: whose namespace it is, its mark, and the update itself."""
    return {
        "namespace": share.namespace,
        "supervisor": share.supervisor_id,
        "adopted": share.manage is Manage.ADOPT,
        "stamp": share.stamp,
        "update": _update(share),
    }


def zone_mark(share: NamespaceShare) -> str:
    """What the script writes behind a namespace's text: our stamp, and a hash of the zones' part.

    The same text as ``apply/shares.py`` makes; "" where no zone keeps anything.
    """
    zones = share_body(share)["update"].get("zones")
    if not zones:
        return ""
    text = json.dumps(zones, sort_keys=True, separators=(",", ":"))
    return f"{share.stamp}#{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _update(share: NamespaceShare) -> dict[str, Any]:
    quota = {"cpu_limit": share.cpu_limit_mhz, "memory_limit": share.memory_limit_mib}
    found: dict[str, Any] = {
        "resource_spec": _stated(quota),
        "storage_specs": [
            {"policy": limit.policy, "limit": limit.limit_mib} for limit in share.storage_limits
        ],
        "zones": [_zone(zone) for zone in share.zones],
    }
    return {key: value for key, value in found.items() if value}


def _zone(zone: ZoneShare) -> dict[str, Any]:
    reservations = [
        {"reserved_vm_class": each.vm_class, "count": each.count} for each in zone.reservations
    ]
    return _stated(
        {
            "name": zone.name,
            "vm_reservations": reservations or None,
            "disallow_unreserved_direct_path_usage": zone.reserved_direct_path_only or None,
            "cpu_reservation_MHz": zone.cpu_reservation_mhz,
            "memory_reservation_MiB": zone.memory_reservation_mib,
        }
    )


def _stated(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value is not None}
