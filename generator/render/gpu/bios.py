"""What a GPU host's firmware must be set to: nobody but a person at its console can.

Sources: F. Denneman, vSphere GPU series (BIOS, VM and vCenter settings; Sub-NUMA Clustering);
NVIDIA AI Enterprise user guide (prerequisites); NVIDIA MIG user guide. The names by which firmware
calls a setting are those of the Redfish BIOS attribute registries of Dell iDRAC and HPE iLO.
"""

from __future__ import annotations

from typing import NamedTuple


class BiosItem(NamedTuple):
    """A firmware setting, why it matters, and the command on the host that shows it.

    ``dell`` and ``hpe`` are the attribute and its value in Redfish, "" where it has none.
    """

    setting: str
    value: str
    why: str
    check: str
    dell: str
    hpe: str


BIOS: tuple[BiosItem, ...] = (
    BiosItem(
        "VT-d or AMD IOMMU",
        "on",
        "no device reaches a VM without it",
        "esxcfg-info | grep 'HV Support' (3 is on)",
        "ProcVirtualization=Enabled",
        "IntelProcVtd=Enabled; ProcAmdIoVt=Enabled",
    ),
    BiosItem(
        "SR-IOV, global",
        "on",
        "vGPUs of Ampere and later are virtual functions, time-sliced ones too",
        "esxcli graphics device list shows the GPU after a restart",
        "SriovGlobalEnable=Enabled",
        "Sriov=Enabled",
    ),
    BiosItem(
        "Above 4G decoding",
        "on",
        "the memory window of a GPU is larger than 256 MB; a T4 does without",
        "esxcli hardware pci list (no device without resources)",
        "MmioAbove4Gb=Enabled",
        "",
    ),
    BiosItem(
        "MMIO base and size",
        "the size that holds the windows of all boards; the base below the limit of the CPU",
        "a board whose window finds no room does not start",
        "esxcli hardware pci list (every GPU is there)",
        "MemoryMappedIOH",
        "PciResourcePadding",
    ),
    BiosItem(
        "Sub-NUMA clustering",
        "off",
        "it halves the NUMA node, and a VM with a GPU then spans two",
        "esxcli hardware memory get (NUMA Node Count is the number of sockets)",
        "SubNumaCluster=Disabled",
        "SubNumaClustering=Disabled",
    ),
    BiosItem(
        "Power profile",
        "OS control",
        "ESXi picks the states, and a busy GPU waits for no sleeping core",
        "esxcli hardware power policy choice list; vSphere Client, Power Management",
        "SysProfile=PerfPerWattOptimizedOs",
        "PowerRegulator=OsControl",
    ),
    BiosItem(
        "Firmware",
        "UEFI",
        "a VM with a large memory window boots by EFI, and hosts with GPUs do as well",
        "esxcli system boot device get; vSphere Client, Hardware, Firmware",
        "BootMode=Uefi",
        "BootMode=Uefi",
    ),
)
