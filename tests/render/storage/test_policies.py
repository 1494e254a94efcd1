"""Storage policies by capability, as the pbm API's own objects say them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from generator.blueprint.model.storage_compute import Tier
from generator.platform.objects import DesiredState, Vcenter
from generator.platform.vsan import vsan_rules
from generator.render.storage import policies
from tests.example import blueprint, desired, site, without

ENCRYPTION = "ad5a249d-cbc2-43af-9366-694d7664fa52"
SERVICES = "com.vmware.storageprofile.dataservice"


def tier(**fields: Any) -> Tier:
    """A tier on vSAN."""
    return Tier(**{"name": "t", "media": "nvme", "backing": "vsan-esa", "policy": "raid5"} | fields)


def rules(**fields: Any) -> list[tuple[str, str, object]]:
    return [(r.namespace, r.id, r.value) for r in vsan_rules(tier(**fields))]


def layout(failures: int, preference: str) -> list[tuple[str, str, object]]:
    return [
        ("VSAN", "hostFailuresToTolerate", failures),
        ("VSAN", "replicaPreference", preference),
    ]


@pytest.mark.parametrize("backing", ["vsan-esa", "vsan-osa"])
@pytest.mark.parametrize(
    ("policy", "failures", "preference"),
    [
        ("none", 0, "RAID-1 (Mirroring) - Performance"),
        ("raid1", 1, "RAID-1 (Mirroring) - Performance"),
        ("raid1-ftt2", 2, "RAID-1 (Mirroring) - Performance"),
        ("raid1-ftt3", 3, "RAID-1 (Mirroring) - Performance"),
        ("raid5", 1, "RAID-5/6 (Erasure Coding) - Capacity"),
        ("raid6", 2, "RAID-5/6 (Erasure Coding) - Capacity"),
    ],
)
def test_both_architectures_take_the_same_pair_of_rules(
    backing: str, policy: str, failures: int, preference: str
) -> None:
    """ESA picks the width of RAID-5 by itself."""
    assert rules(backing=backing, policy=policy) == layout(failures, preference)


@pytest.mark.parametrize("backing", ["nfs41", "vmfs-fc", "vmfs-local", "vvol"])
def test_f24_no_other_storage_has_a_rule_of_vsan(backing: str) -> None:
    assert rules(backing=backing) == []


def test_f24_encryption_of_vms_is_a_rule_beside_the_layout() -> None:
    assert rules(encryption="vm")[2:] == [(SERVICES, ENCRYPTION, ENCRYPTION)]


@pytest.mark.parametrize("encryption", ["none", "array", "vsan", None])
def test_f24_encryption_below_the_policy_is_no_rule_of_it(encryption: str | None) -> None:
    assert rules(encryption=encryption) == rules()


def encrypted() -> DesiredState:
    """The example where everything on vSAN is encrypted VM by VM."""
    storage = blueprint().storage_compute.storage
    tiers = tuple(
        replace(t, encryption="vm") if t.backing.startswith("vsan") else t for t in storage.tiers
    )
    wanted = replace(
        blueprint(),
        storage_compute=replace(blueprint().storage_compute, storage=replace(storage, tiers=tiers)),
    )
    services = replace(site().services, key_provider="kmip")
    return desired(wanted, without(site(), services=services))


def bodies(state: DesiredState) -> list[dict[str, Any]]:
    return [json.loads(f.text) for f in policies.files(state) if "/policies/" in f.path]


def test_all_rules_are_in_one_set() -> None:
    """Of several sets any would be enough: an unencrypted one, or one that lays out as it likes."""
    found = [body["constraints"]["subProfiles"] for body in bodies(encrypted())]
    assert found
    assert {len(sets) for sets in found} == {1}
    assert {tuple(c["id"]["namespace"] for c in sets[0]["capability"]) for sets in found} == {
        ("VSAN", "VSAN", SERVICES)
    }


def test_powercli_takes_the_encryption_as_a_component() -> None:
    """It has no capability of that name."""
    (script,) = (f.text for f in policies.files(encrypted()) if f.path.endswith("policies.ps1"))
    assert f"Services    = @('{ENCRYPTION}')" in script
    assert SERVICES not in script


def test_encryption_by_a_script_is_nobody_elses_work() -> None:
    """A person still encrypts what Terraform's tag rules cannot."""
    rows = [row for row in encrypted().coverage if row.fields == "VM encryption"]
    vcenters: tuple[Vcenter, ...] = encrypted().vcenters
    left = [p for v in vcenters for p in v.storage_policies if p.encryption == "vm" and not p.rules]
    assert [row.count for row in rows] == ([len(left)] if left else [])
