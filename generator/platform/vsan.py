"""vSAN storage policies: the capability rules that lay a tier out as the blueprint says.

Source: govmomi ``pbm/simulator/profiles.go`` (capability ids and values of the provider ``VSAN``,
and the data service that encrypts); VMware, vSAN Planning and Deployment (which pair of values
makes which RAID).
"""

from __future__ import annotations

from collections.abc import Mapping

from generator.blueprint.model.storage_compute import Tier
from generator.platform.objects import CapabilityRule

NAMESPACE = "VSAN"
"""The capability provider of both of vSAN's architectures."""

DATA_SERVICES = "com.vmware.storageprofile.dataservice"
"""The provider of what the hosts do to the data on its way, whatever stores it."""

_VM_ENCRYPTION = "ad5a249d-cbc2-43af-9366-694d7664fa52"
"""The encryption that every vCenter comes with; its id is its value too."""

VSAN_BACKINGS = ("vsan-esa", "vsan-osa")

_MIRROR = "RAID-1 (Mirroring) - Performance"
_ERASURE = "RAID-5/6 (Erasure Coding) - Capacity"

_LAYOUTS: Mapping[str, tuple[int, str]] = {
    "none": (0, _MIRROR),
    "raid1": (1, _MIRROR),
    "raid1-ftt2": (2, _MIRROR),
    "raid1-ftt3": (3, _MIRROR),
    "raid5": (1, _ERASURE),
    "raid6": (2, _ERASURE),
}
"""Failures to tolerate and the way to do so. vSAN ESA picks 2+1 or 4+1 for RAID-5 by itself."""


def vsan_rules(tier: Tier) -> tuple[CapabilityRule, ...]:
    """The rules of a tier on vSAN; none where its policy is not one that vSAN has.

    Only what the blueprint states becomes a rule: a rule more is a datastore that matches less.
    """
    found = _LAYOUTS.get(tier.policy or "")
    if tier.backing not in VSAN_BACKINGS or found is None:
        return ()
    failures, preference = found
    rules = (
        CapabilityRule(namespace=NAMESPACE, id="hostFailuresToTolerate", value=failures),
        CapabilityRule(namespace=NAMESPACE, id="replicaPreference", value=preference),
    )
    if tier.encryption != "vm":
        return rules
    return (
        *rules,
        CapabilityRule(namespace=DATA_SERVICES, id=_VM_ENCRYPTION, value=_VM_ENCRYPTION),
    )
