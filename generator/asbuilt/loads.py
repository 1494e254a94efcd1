"""What running VMs take of their hosts, by every VM of a snapshot.

An inventory of a large site lists VMs with GPUs only and has sums of the others, in which memory is
what VMs have, not what they reserve. Starting again asks for what is reserved.
"""

from __future__ import annotations

from typing import NamedTuple

from generator.vcenter.snapshot import Seen, Value, VcenterSeen, is_off


class Load(NamedTuple):
    """The VMs that run on a host, with their vCPUs and the memory that they reserve (MiB)."""

    vms: int = 0
    vcpus: int = 0
    reserved_mib: int = 0


NOTHING = Load()


def loads(seen: VcenterSeen) -> dict[str, Load]:
    """The load of each host that a VM runs on."""
    found: dict[str, Load] = {}
    for one in seen.objects:
        if one.kind == "vm" and not is_off(one):
            host = str(one.fields.get("host") or "")
            before = found.get(host, NOTHING)
            found[host] = Load(
                vms=before.vms + 1,
                vcpus=before.vcpus + _count(one.fields.get("vcpus")),
                reserved_mib=before.reserved_mib + reserved_mib(one),
            )
    return found


def reserved_mib(vm: Seen) -> int:
    """The memory that a VM reserves when it runs (MiB)."""
    locked = vm.fields.get("memory_locked")
    return _count(vm.fields.get("memory_mib" if locked else "memory_reservation_mib"))


def _count(number: Value) -> int:
    return number if isinstance(number, int) and number > 0 else 0
