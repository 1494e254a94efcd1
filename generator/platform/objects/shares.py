"""What a Supervisor namespace may take and what is kept for it: Terraform has no argument."""

from __future__ import annotations

from typing import ClassVar

from generator.platform.objects.ownership import Manage
from generator.record import Record, record


@record
class ClassReservation(Record):
    """So many VMs of a class can always start."""

    vm_class: str
    count: int


@record
class ZoneShare(Record):
    """What a vSphere Zone keeps for a namespace (VCF 9, F30).

    ``reservations`` are whole VMs by class; ``reserved_direct_path_only`` refuses a GPU to any VM
    without one. ``cpu_reservation_mhz`` and ``memory_reservation_mib`` are for all other VMs, None
    where nothing is kept.
    """

    name: str
    reservations: tuple[ClassReservation, ...] = ()
    reserved_direct_path_only: bool = False
    cpu_reservation_mhz: int | None = None
    memory_reservation_mib: int | None = None


@record
class StorageLimit(Record):
    """The most that the volumes of a storage policy may take in a namespace, in MiB."""

    policy: str
    limit_mib: int


@record
class NamespaceShare(Record):
    """The share of a namespace: its limits, and what each zone keeps for it.

    Limits are None where there is none. ``stamp`` goes into the namespace's description. An
    ``adopt``ed namespace keeps whatever is not named here.
    """

    kind: ClassVar[str] = "namespace-share"
    namespace: str
    manage: Manage
    environment: str
    supervisor: str
    supervisor_id: str
    stamp: str
    cpu_limit_mhz: int | None
    memory_limit_mib: int | None
    storage_limits: tuple[StorageLimit, ...]
    zones: tuple[ZoneShare, ...]
