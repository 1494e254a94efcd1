"""How far a stopped change reaches: VMs, nodes and GPUs, by what mlgen planned.

Terraform knows objects; which nodes and GPUs are in them stands in ``plan.json``. Without one, and
for objects that it does not hold, the reach is unknown, which is not zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from generator.guard.planned import PlannedChange
from generator.guard.values import members
from generator.record import Record, record


class Basis(StrEnum):
    """What a reach rests on."""

    PLANNED = "planned"
    AT_MOST = "at-most"
    UNKNOWN = "unknown"


@record
class Blast(Record):
    """VMs in reach, how many of them are VKS nodes, and the GPUs that they hold.

    The figures are None where ``basis`` is unknown; ``note`` says what was counted, or why not.
    """

    vms: int | None = None
    nodes: int | None = None
    gpus: int | None = None
    basis: Basis = Basis.UNKNOWN
    note: str = ""


@record
class Machine(Record):
    """A VM of a plan, and the objects that it depends on; "" for what it has none of.

    A VM without ``zones`` may run in any; a Supervisor is known by its name and by its id.
    """

    gpus: tuple[str, ...] = ()
    node: bool = True
    platform: str = ""
    host: str = ""
    cluster: str = ""
    namespace: str = ""
    supervisors: tuple[str, ...] = ()
    vm_class: str = ""
    zones: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()


@record
class Holdings(Record):
    """The VMs of all plans that were given, and the names that the plans know, by kind.

    An object that a plan knows and no VM depends on holds none; one that it does not know may
    hold anything.
    """

    machines: tuple[Machine, ...] = ()
    known: Mapping[str, frozenset[str]]


Holds = Callable[[Machine, str], bool]

_BY_NAME: Mapping[str, tuple[str, Holds]] = {
    "vsphere_namespace": ("namespace", lambda vm, name: vm.namespace == name),
    "vsphere_virtual_machine_class": ("vm_class", lambda vm, name: vm.vm_class == name),
    "vsphere_compute_cluster": ("cluster", lambda vm, name: vm.cluster == name),
    "vsphere_host": ("host", lambda vm, name: vm.host == name),
    "vsphere_zone": ("zone", lambda vm, name: not vm.zones or name in vm.zones),
    "vsphere_vm_storage_policy": ("policy", lambda vm, name: name in vm.policies),
    "vsphere_content_library": ("library", lambda vm, name: name in vm.libraries),
    "vsphere_supervisor": ("supervisor", lambda vm, name: name in vm.supervisors),
    "vsphere_supervisor_v2": ("supervisor", lambda vm, name: name in vm.supervisors),
}
"""For types that a plan knows by name: the kind of name, and whether a VM depends on it."""

NO_PLAN = "no plan of mlgen was given: see --plan"


def blast(change: PlannedChange, holdings: Holdings | None) -> Blast:
    """What a change reaches. Without ``holdings`` only a VM of the plan itself can be counted."""
    if change.kind == "vsphere_virtual_machine":
        return _machine(change)
    if holdings is None:
        return Blast(note=NO_PLAN)
    if change.kind not in _BY_NAME:
        return _counted(
            holdings.machines,
            Basis.AT_MOST,
            f"a {change.kind} is in no plan of mlgen; all that the plan holds could depend on it",
        )
    kind, holds = _BY_NAME[change.kind]
    names = [name for name in _names(change) if name in holdings.known.get(kind, ())]
    if not names:
        return Blast(note=f"no plan that was given has a {kind.replace('_', ' ')} {change.name}")
    held = [vm for vm in holdings.machines if any(holds(vm, name) for name in names)]
    basis = Basis.AT_MOST if kind == "zone" else Basis.PLANNED
    return _counted(held, basis, f"by the plan, with {kind.replace('_', ' ')} {names[0]}")


def _names(change: PlannedChange) -> list[str]:
    """What the object may be called in a plan: its name, or the id that stands for it."""
    own = change.before.get("id")
    return [change.name, *([own] if isinstance(own, str) else [])]


def _machine(change: PlannedChange) -> Blast:
    """A VM that Terraform manages is no node of VKS; its GPUs are the devices passed to it."""
    gpus = len(members(change.before, "pci_device_id"))
    return Blast(
        vms=1, nodes=0, gpus=gpus, basis=Basis.AT_MOST,
        note="the VM itself; every device passed through to it is counted as a GPU",
    )  # fmt: skip


def _counted(machines: Sequence[Machine], basis: Basis, note: str) -> Blast:
    return Blast(
        vms=len(machines),
        nodes=sum(vm.node for vm in machines),
        gpus=len({(vm.host, gpu) for vm in machines for gpu in vm.gpus}),
        basis=basis,
        note=note,
    )
