"""Supervisor objects by REST: what Terraform has no argument for.

Bodies use the field names of ``/api/vcenter/namespace-management/virtual-machine-classes`` and, in
``config_spec``, those of the vim API; polymorphic objects carry ``_typeName``.
"""

from __future__ import annotations

from typing import Any

from generator.platform.objects import PciDevice, VmClass

VM_CLASSES_PATH = "/api/vcenter/namespace-management/virtual-machine-classes"

_FIRST_DEVICE_KEY = -200
"""Keys of new devices are negative and unique in their spec; this one collides with none that
vm-operator adds itself."""
_GROUP_KEY = 1
_VGPUS_OF_VMX_20 = 8


def vm_class_body(vm_class: VmClass) -> dict[str, Any]:
    """The CreateSpec of a class with several vGPUs, whole GPUs, a large MMIO window or disks.

    The policy of the disks stands by name; its id is looked up when it is applied.
    """
    body: dict[str, Any] = {
        "id": vm_class.name,
        "description": vm_class.description,
        "cpu_count": vm_class.vcpus,
        "memory_MB": vm_class.memory_mib,
        "cpu_reservation": vm_class.cpu_reservation_percent,
        "memory_reservation": vm_class.memory_reservation_percent,
    }
    if vm_class.vgpus or vm_class.pci_devices:
        body["config_spec"] = _config_spec(vm_class)
    if vm_class.instance_storage is not None:
        body["instance_storage"] = {
            "policy": vm_class.instance_storage.policy,
            "volumes": [{"size": mib} for mib in vm_class.instance_storage.volumes_mib],
        }
    return body


def _config_spec(vm_class: VmClass) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "_typeName": "VirtualMachineConfigSpec",
        "version": _hardware_version(vm_class),
        "memoryReservationLockedToMax": True,
        "deviceChange": [
            *(_device(vm_class, index, profile) for index, profile in enumerate(vm_class.vgpus)),
            *(_whole(index, device) for index, device in enumerate(vm_class.pci_devices)),
        ],
        "extraConfig": [
            _option("pciPassthru.use64bitMMIO", "TRUE"),
            _option("pciPassthru.64bitMMIOSizeGB", str(vm_class.mmio_gib)),
        ],
    }
    if vm_class.device_group:
        spec["deviceGroups"] = {
            "_typeName": "VirtualMachineVirtualDeviceGroups",
            "deviceGroup": [
                {
                    "_typeName": "VirtualMachineVirtualDeviceGroupsVendorDeviceGroup",
                    "groupInstanceKey": _GROUP_KEY,
                    "deviceGroupName": vm_class.device_group,
                }
            ],
        }
    return spec


def _hardware_version(vm_class: VmClass) -> str:
    """The least hardware version that the devices need: device groups and up to 8 GPUs, or more.

    Source: vm-operator's QueryConfigOption data; vSphere 8.0 is vmx-20, 8.0 Update 2 vmx-21.
    """
    return "vmx-20" if len(vm_class.vgpus) <= _VGPUS_OF_VMX_20 else "vmx-21"


def _device(vm_class: VmClass, index: int, profile: str) -> dict[str, Any]:
    device: dict[str, Any] = {
        "_typeName": "VirtualPCIPassthrough",
        "key": _FIRST_DEVICE_KEY - index,
        "backing": {"_typeName": "VirtualPCIPassthroughVmiopBackingInfo", "vgpu": profile},
    }
    if vm_class.device_group:
        device["deviceGroupInfo"] = {
            "_typeName": "VirtualDeviceDeviceGroupInfo",
            "groupInstanceKey": _GROUP_KEY,
            "sequenceId": index,
        }
    return {"_typeName": "VirtualDeviceConfigSpec", "operation": "add", "device": device}


def _whole(index: int, device: PciDevice) -> dict[str, Any]:
    """A device by dynamic DirectPath I/O.

    ``config_spec`` takes the place of ``devices.dynamic_direct_path_IO_devices``, which vSphere
    8.0.2 deprecates; a class with both loses the latter.
    """
    return {
        "_typeName": "VirtualDeviceConfigSpec",
        "operation": "add",
        "device": {
            "_typeName": "VirtualPCIPassthrough",
            "key": _FIRST_DEVICE_KEY - index,
            "backing": dynamic_backing(device),
        },
    }


def dynamic_backing(device: PciDevice) -> dict[str, Any]:
    """Any device with one of the ids, as the vim API has it."""
    return {
        "_typeName": "VirtualPCIPassthroughDynamicBackingInfo",
        "deviceName": "",
        "customLabel": device.label,
        "allowedDevice": [
            {
                "_typeName": "VirtualPCIPassthroughAllowedDevice",
                "vendorId": vendor,
                "deviceId": number,
            }
            for vendor, number in device.allowed
        ],
    }


def _option(key: str, value: str) -> dict[str, Any]:
    return {
        "_typeName": "OptionValue",
        "key": key,
        "value": {"_typeName": "string", "_value": value},
    }
