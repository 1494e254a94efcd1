"""What VMs take of their hosts together, where an inventory cannot list them all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from generator.vcenter.snapshot import Seen


def has_gpu(vm: Seen) -> bool:
    """Whether a VM has a vGPU, or a device by itself."""
    return bool(vm.fields.get("vgpus") or vm.fields.get("passthrough"))


def taken_by_host(vms: Iterable[Seen]) -> dict[str, tuple[int, int]]:
    """The vCPUs and MiB of memory of VMs without a GPU by host, as far as they are not off."""
    found: dict[str, tuple[int, int]] = {}
    for one in vms:
        fields = one.fields
        if fields.get("template") or fields.get("power") == "poweredOff" or has_gpu(one):
            continue
        host = str(fields.get("host"))
        vcpus, mib = found.get(host, (0, 0))
        found[host] = vcpus + _count(fields.get("vcpus")), mib + _count(fields.get("memory_mib"))
    return found


def _count(number: Any) -> int:
    return number if isinstance(number, int) else 0
