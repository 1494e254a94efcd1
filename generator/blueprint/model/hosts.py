"""Hosts as they stand: the facts that inventories and inline sites share."""

from collections.abc import Mapping
from dataclasses import field

from generator.blueprint.model.part import Part, part
from generator.blueprint.model.resource_management import Capacity
from generator.blueprint.model.words import GpuMode, Manage, NvLink, Traffic
from generator.quantity import Quantity


@part
class Cpu(Part):
    """The processors of one host."""

    model: str | None = None
    sockets: int | None = None
    cores_per_socket: int | None = None
    clock_mhz: int | None = None
    features: tuple[str, ...] = ()


@part
class Nic(Part):
    """One network port of a host (bytes per second)."""

    name: str | None = None
    speed_bytes_per_s: Quantity | None = None
    use: tuple[Traffic, ...] = ()
    switch: str | None = None
    pcie_switch: str | None = None
    numa: int | None = None
    sr_iov: bool | None = None
    upt: bool | None = None


@part
class Nvme(Part):
    """The NVMe devices of a host: how many and how large each (bytes)."""

    devices: int
    size_bytes: Quantity


@part
class GpuDevice(Part):
    """One physical GPU of a host: its catalogue id, place, mode and who holds it."""

    model: str
    pci: str | None = None
    numa: int | None = None
    mode: GpuMode | None = None
    mixed_size: bool | None = None
    held_by: str | None = None
    nvlink_with: tuple[str, ...] = ()


@part
class OtherDevice(Part):
    """A device that the catalogue does not know; kept and shown, never planned with."""

    name: str
    pci: str | None = None
    count: int | None = None


@part
class Host(Part):
    """One ESX host as it stands; None is an unknown fact, never zero."""

    name: str
    cluster: str | None = None
    manage: Manage | None = None
    cpu: Cpu | None = None
    memory_bytes: Quantity | None = None
    memory_tier_bytes: Quantity | None = None
    nics: tuple[Nic, ...] = ()
    nvme: Nvme | None = None
    nvlink: NvLink | None = None
    gpus: tuple[GpuDevice, ...] = ()
    other_devices: tuple[OtherDevice, ...] = ()
    settings: Mapping[str, str | float | bool] = field(default_factory=dict)
    reserved_for_others: Capacity | None = None
    maintenance: bool | None = None
    version: str | None = None
    image: str | None = None
    dpu: str | None = None
    hardware: str | None = None
