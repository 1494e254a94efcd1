"""DirectPath profiles of the devices that our GPU classes take, for a vCenter of VCF 9 (F30).

Without a profile vCenter counts no capacity of a device. There is at most one for a device, and its
device cannot be changed, so what identifies one is the device and not its name.

Source: vSphere API 9.0, DirectPathProfileManager (CreateSpec: a name of at most 80 characters, a
description of less than 256; AlreadyExists: no two of one name or of the same device).
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.blueprint.labels import dns_label
from generator.placement.plan import Chosen
from generator.placement.terms import served, terms_of
from generator.platform.classes import DIRECTPATH
from generator.platform.objects import DirectPathProfile, VmClass
from generator.platform.scope import Scope
from generator.platform.stamps import stamp
from generator.sizing.clusters import plain_fabrics

FEATURE = "direct-path-profiles"
"""The feature of the version matrix; below vCenter 9.0 there are no profiles."""

KIND = DirectPathProfile.kind
LONGEST_DESCRIPTION = 255


def profiles(scope: Scope, vcenter: str) -> Iterator[DirectPathProfile]:
    """One profile per device that work on a vCenter takes, by device; none below 9.0.

    One that others made for a device serves as well; who applies leaves it alone (F1).
    """
    if not served(FEATURE, scope.catalog, _versions(scope, vcenter)):
        return
    taken: set[str] = set()
    for _, takers in sorted(_takers(scope, vcenter).items()):
        made = _profile(scope, vcenter, takers, taken)
        taken.add(made.name)
        yield made


def units(vm_class: VmClass) -> int:
    """How many units of its profile one VM of a class takes: a device group counts as one."""
    return 1 if vm_class.device_group else len(vm_class.vgpus) + len(vm_class.pci_devices)


def device_of(vm_class: VmClass) -> str:
    """The device that a class takes, as its profile knows it; "" without a GPU."""
    if vm_class.pci_devices:
        return vm_class.pci_devices[0].text
    return vm_class.device_group or (vm_class.vgpus[0] if vm_class.vgpus else "")


Taker = tuple[Chosen, VmClass]


def _versions(scope: Scope, vcenter: str) -> dict[str, str]:
    """The versions that the blueprint targets, with the vCenter's own where its site states it."""
    stated = [
        one.version
        for home in scope.homes_of(vcenter).values()
        for one in (home.inventory.vcenters if home.inventory else ())
        if one.ref == vcenter and one.version
    ]
    targets = terms_of(scope.blueprint, scope.catalog).targets
    return {**targets, "vcenter": stated[0]} if stated else dict(targets)


def _takers(scope: Scope, vcenter: str) -> dict[str, list[Taker]]:
    """By device the demands of this vCenter that take it, each with its class.

    A plain VM takes a whole GPU by its address, of which no profile knows.
    """
    found: dict[str, list[Taker]] = {}
    here, plain = scope.homes_of(vcenter), plain_fabrics(scope.blueprint)
    for chosen in scope.plan.chosen:
        vm_class = scope.classes.get((chosen.demand.environment, chosen.demand.name))
        if chosen.demand.environment not in here or vm_class is None:
            continue
        static = vm_class.pci_devices and chosen.demand.orchestrator in plain
        device = "" if static else device_of(vm_class)
        if device:
            found.setdefault(device, []).append((chosen, vm_class))
    return found


def _per_vm(scope: Scope, takers: list[Taker]) -> dict[str, int]:
    plain = plain_fabrics(scope.blueprint)
    return {
        one.name: units(one) for chosen, one in takers if chosen.demand.orchestrator not in plain
    }


def _profile(scope: Scope, vcenter: str, takers: list[Taker], taken: set[str]) -> DirectPathProfile:
    chosen, vm_class = takers[0]
    accelerator = scope.catalog.accelerator(chosen.model)
    if vm_class.pci_devices:
        code, what = DIRECTPATH, "One whole GPU by dynamic DirectPath I/O"
    else:
        code = accelerator.profile(chosen.profile).code
        what = f"One vGPU {chosen.profile}"
    if vm_class.device_group:
        code, what = f"{len(vm_class.vgpus)}x{code}", f"Device group {vm_class.device_group}"
    namer = scope.namers[min(scope.homes_of(vcenter).keys() & scope.namers.keys())]
    name = namer.name("direct_path_profile", gpu=accelerator.short_name, profile=code)
    if name in taken:  # a pattern without its fields gives all of them one name
        name = dns_label(f"{name}-{accelerator.short_name}-{code}")
    mark = stamp(scope.platform, f"{KIND}/{name}")
    return DirectPathProfile(
        name=name,
        description=f"{mark} {what} of {accelerator.product}"[:LONGEST_DESCRIPTION],
        vgpu="" if vm_class.device_group or vm_class.pci_devices else vm_class.vgpus[0],
        device_group=vm_class.device_group,
        pci_device=vm_class.pci_devices[0] if vm_class.pci_devices else None,
        per_vm=tuple(sorted(_per_vm(scope, takers).items())),
    )
