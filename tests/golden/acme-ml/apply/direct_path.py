"""DirectPath profiles of vCenter 9: by one it counts how many more of a device would start (F30).

A vCenter has one profile for a device and never changes its device, so a profile is found by its
device. One that others made serves as it is and is left alone: ours is what bears our mark, or our
name.
"""

from __future__ import annotations

from typing import Any

from session import Surprise, Vcenter
from wishes import Operation, State

VMIOP = "DirectPathProfileManagerVmiopDirectPathConfig"
GROUP = "DirectPathProfileManagerVirtualDeviceGroupDirectPathConfig"
DYNAMIC = "DirectPathProfileManagerDynamicDirectPathConfig"


class DirectPathProfile(Operation):
    """A profile of one device: made, and named and described as rendered while it is ours."""

    def check(self, vcenter: Vcenter) -> list[str]:
        """This vCenter has profiles, and no other device has one of our name."""
        if _manager(vcenter) is None:
            return [f"{self.label}: this vCenter has no DirectPath profiles, it needs VCF 9"]
        name = self.body["spec"]["name"]
        return [
            f"{self.label}: that name is of the profile of {_device(each.deviceConfig)}"
            for each in _profiles(vcenter)
            if each.name == name and _device(each.deviceConfig) != self._wanted_device()
        ]

    def read(self, vcenter: Vcenter) -> State:
        """Name and description of the device's profile, whatever it is called."""
        found = self._found(vcenter)
        if found is None:
            return None
        return {"name": found.name, "description": found.description or ""}

    def wanted(self, before: State) -> State:
        """The profile as rendered; one of others stays theirs."""
        spec = self.body["spec"]
        ours = {"name": spec["name"], "description": spec["description"]}
        if before is None or before["name"] == ours["name"]:
            return ours
        mark = self.body["stamp"].partition("/")[0] + "/"
        return ours if before["description"].startswith(mark) else before

    def write(self, vcenter: Vcenter, before: State) -> None:
        """Makes it, or gives it back its name and description."""
        from pyVmomi import vim

        spec = self.body["spec"]
        types = vim.DirectPathProfileManager
        if before is None:
            config = _config(spec["deviceConfig"])
            made = types.CreateSpec(
                name=spec["name"], description=spec["description"], deviceConfig=config
            )
            self._call(_manager(vcenter).CreateDirectPathProfile, made)
        else:
            self._update(vcenter, self.wanted(before))

    def undo(self, vcenter: Vcenter, before: State, after: State) -> None:
        """Deletes what the run made, or puts name and description back; a used one is refused."""
        del after
        if before is None:
            unique = self._found(vcenter).id
            self._call(_manager(vcenter).DeleteDirectPathProfile, unique)
        else:
            self._update(vcenter, before)

    def _update(self, vcenter: Vcenter, state: State) -> None:
        from pyVmomi import vim

        spec = vim.DirectPathProfileManager.UpdateSpec(**state)
        self._call(_manager(vcenter).UpdateDirectPathProfile, self._found(vcenter).id, spec)

    def _call(self, method: Any, *arguments: Any) -> None:
        from pyVmomi import vmodl

        try:
            method(*arguments)
        except vmodl.MethodFault as fault:
            raise Surprise(f"{self.label}: {type(fault).__name__} {fault.msg}") from None

    def _found(self, vcenter: Vcenter) -> Any:
        wanted = self._wanted_device()
        same = (each for each in _profiles(vcenter) if _device(each.deviceConfig) == wanted)
        return next(same, None)

    def _wanted_device(self) -> str:
        return _device(_config(self.body["spec"]["deviceConfig"]))


def _manager(vcenter: Vcenter) -> Any:
    return vcenter.instance.content.directPathProfileManager


def _profiles(vcenter: Vcenter) -> list[Any]:
    from pyVmomi import vim

    manager = _manager(vcenter)
    everything = vim.DirectPathProfileManager.FilterSpec()
    return list(manager.ListDirectPathProfiles(everything) or []) if manager else []


def _device(config: Any) -> str:
    """The device of a profile as a text: equal texts are the same device."""
    from pyVmomi import vim

    types = vim.DirectPathProfileManager
    if isinstance(config, types.VmiopDirectPathConfig):
        return str(config.vgpuProfile)
    if isinstance(config, types.VirtualDeviceGroupDirectPathConfig):
        return str(config.deviceGroupName)
    if isinstance(config, types.DynamicDirectPathConfig):
        backing = config.dynamicDirectPathBacking
        ids = sorted(f"{each.vendorId:04x}:{each.deviceId:04x}" for each in backing.allowedDevice)
        return "|".join(ids) + (f"@{backing.customLabel}" if backing.customLabel else "")
    return type(config).__name__


def _config(body: dict[str, Any]) -> Any:
    from pyVmomi import vim

    types, kind = vim.DirectPathProfileManager, body["_typeName"]
    if kind == VMIOP:
        return types.VmiopDirectPathConfig(vgpuProfile=body["vgpuProfile"])
    if kind == GROUP:
        return types.VirtualDeviceGroupDirectPathConfig(deviceGroupName=body["deviceGroupName"])
    if kind != DYNAMIC:
        raise Surprise(f"no such configuration of a device: {kind}")
    backing, device = body["dynamicDirectPathBacking"], vim.vm.device.VirtualPCIPassthrough
    return types.DynamicDirectPathConfig(
        dynamicDirectPathBacking=device.DynamicBackingInfo(
            deviceName=backing["deviceName"],
            customLabel=backing["customLabel"],
            allowedDevice=[
                device.AllowedDevice(vendorId=each["vendorId"], deviceId=each["deviceId"])
                for each in backing["allowedDevice"]
            ],
        )
    )
