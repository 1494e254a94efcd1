"""Plain VMs and the pools that they run in."""

from __future__ import annotations

from collections.abc import Iterator

from generator.finding import Finding
from generator.guard.planned import PlannedChange, Values
from generator.guard.rules.rule import LABELS, Stopping
from generator.guard.values import beyond, listed, number, rows, text

LIVE = frozenset({
    *LABELS, "annotation", "boot_delay", "boot_retry_delay", "boot_retry_enabled",
    "extra_config_reboot_required", "force_power_off", "ignored_guest_ips",
    "migrate_wait_timeout", "name", "poweron_timeout", "shutdown_wait_timeout",
    "wait_for_guest_ip_timeout", "wait_for_guest_net_routable", "wait_for_guest_net_timeout",
})  # fmt: skip
"""Arguments of a VM that the provider changes while it runs, or that only steer the provider.
Whatever else changes is taken for a power-off: vmware/vsphere, virtual_machine_config_structure."""


class MachinesRun(Stopping):
    """A VM would be powered off, or lose a disk or its network."""

    id = "MLG-G040"
    title = "No running VM is powered off"
    reason = "most virtual hardware changes only while the VM is off, and the provider switches it"
    source = "vmware/vsphere provider, vsphere_virtual_machine: arguments that need a reboot"
    kinds = frozenset({"vsphere_virtual_machine"})

    @classmethod
    def judge(cls, change: PlannedChange) -> Iterator[Finding]:
        """Any argument that is not known to be changed live; disks may be added and grow."""
        names = beyond(change, {*LIVE, "disk", "extra_config"})
        if change.changes("disk") and not _disks_grow(change):
            names = (*names, "disk")
        if change.changes("extra_config") and change.after.get("extra_config_reboot_required"):
            names = (*names, "extra_config")
        if names:
            yield cls.stop(
                change,
                f"VM {change.name} changes {listed(names)}, which needs a power-off",
                mend="do it in a window in which the VM may be off",
            )


def _disks_grow(change: PlannedChange) -> bool:
    """Whether every disk stays, at least as large, and nothing else of it changes."""
    after = {text(disk.get("label")): disk for disk in rows(change.after, "disk")}
    return all(
        _grows(disk, after.get(text(disk.get("label")))) for disk in rows(change.before, "disk")
    )


def _grows(before: Values, after: Values | None) -> bool:
    if after is None:
        return False
    rest = {*before, *after} - {"size"}
    same = all(before.get(name) == after.get(name) for name in rest)
    return same and (number(after, "size") or 0) >= (number(before, "size") or 0)


class PoolsKeepTheirShare(Stopping):
    """A resource pool moves or gets less."""

    id = "MLG-G041"
    title = "No resource pool gets less"
    reason = "VMs whose memory is reserved, as every GPU VM's is, cannot power on in it any more"
    source = "field rule F2; vSphere Resource Management: reservations and limits of pools"
    kinds = frozenset({"vsphere_resource_pool", "vsphere_vapp_container"})

    @classmethod
    def judge(cls, change: PlannedChange) -> Iterator[Finding]:
        """Anything but labels, the name, and more of a figure."""
        names = tuple(
            name
            for name in beyond(change, {*LABELS, "name"})
            if not _more(change.before, change.after, name)
        )
        if names:
            yield cls.stop(
                change,
                f"resource pool {change.name} changes {listed(names)}",
                mend="raise figures only, or make a second pool",
            )


def _more(before: Values, after: Values, name: str) -> bool:
    """Whether a figure of a pool grows; a limit of -1 is none."""
    old, new = number(before, name), number(after, name)
    if old is None or new is None:
        return before.get(name) is False and after.get(name) is True
    if name.endswith("_limit"):
        return new == -1 or (old != -1 and new >= old)
    return new >= old


RULES: tuple[type[Stopping], ...] = (MachinesRun, PoolsKeepTheirShare)
