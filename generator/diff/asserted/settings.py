"""Host, cluster and vCenter settings as they ought to be, as far as vCenter shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from generator.diff.asserted.ground import Ground, person
from generator.diff.asserted.record import Asserted, Mend
from generator.platform import gpu_settings as of
from generator.platform.objects import HostSetting
from generator.vcenter.snapshot import Value

SHARED_DIRECT = "sharedDirect"
MIG = "multiInstanceGpu"

UNSEEN = {
    of.DRIVER: "a release is stated, and a host shows the version of a package",
    of.ECC: "only nvidia-smi on the host shows it",
    of.MIG_LAYOUT: "instances appear as VMs power on; only nvidia-smi on the host shows them",
    of.DEVICE_GROUP: "the host's GPU manager finds groups at boot; no property lists them",
}
"""Settings of which no comparison can say anything, and why."""


def host_setting(ground: Ground, it: HostSetting) -> Iterator[Asserted]:
    """One setting on the object that shows it; what is only proposed is nobody's yet (F5)."""
    if it.actor == "proposed" or it.setting in UNSEEN:
        return
    if it.setting.startswith("drs."):
        name = it.setting.removeprefix("drs.")
        yield _object(ground, it, "cluster", it.cluster, {f"drs_option.{name}": it.value})
    elif it.setting == of.DRS_LEVEL:
        level = f"{it.value[:1].lower()}{it.value[1:]}"
        yield _object(ground, it, "cluster", it.cluster, {"drs_automation": level})
    elif it.setting == of.HOT_MIGRATE:
        yield _object(ground, it, "vcenter", "", {f"setting.{it.setting}": it.value})
    elif it.setting in _OF_HOSTS:
        yield _object(ground, it, "host", it.host, _OF_HOSTS[it.setting](it.value))
    elif it.setting in _OF_GPUS:
        yield _object(ground, it, "gpu", f"{it.host}/{it.device}", _OF_GPUS[it.setting](it.value))


def _object(
    ground: Ground, it: HostSetting, kind: str, key: str, fields: Mapping[str, Value]
) -> Asserted:
    mend = _mend(ground, it)
    within = (("cluster", it.cluster),) if kind in ("host", "gpu") else ()
    return Asserted(
        kind=kind,
        key=key,
        vcenter=ground.vcenter.name,
        owner="reference",
        fields=fields,
        within=((("host", it.host),) if kind == "gpu" else ()) + within,
        mends=dict.fromkeys(fields, mend),
    )


def _mend(ground: Ground, it: HostSetting) -> Mend:
    if it.actor == "script":
        return ground.powercli(it.host)
    if it.actor == "profile":
        return person(f"set it in the configuration profile of {it.cluster}: {it.how}")
    where = it.host or it.cluster or ground.vcenter.name
    if f"-Cluster {of.quoted(where)} " in it.how:
        return person(it.how)  # a command line that names it, to be copied as it is
    return person(f"on {where}: {it.how}")


def _vgpu_mode(value: str) -> dict[str, Value]:
    return {"vgpu_mode": value, "configured_vgpu_mode": value, **_direct()}


def _mig_mode(value: str) -> dict[str, Value]:
    return {"vgpu_mode": MIG, **_direct()} if value == "1" else {}


def _direct() -> dict[str, Value]:
    return {"graphics_type": SHARED_DIRECT, "configured_type": SHARED_DIRECT}


_OF_HOSTS: Mapping[str, Callable[[str], dict[str, Value]]] = {
    of.GRAPHICS_TYPE: lambda _: {"graphics_default_type": SHARED_DIRECT},
    of.ASSIGNMENT: lambda value: {"assignment_policy": value.lower()},
    of.SCHEDULER: lambda value: {"module_option.nvidia": value},
}
"""Settings of a host in the API's words; the plan writes those of the command line.

Source: vSphere Web Services API, HostGraphicsConfig; ESXCLI reference, graphics host set.
"""

_OF_GPUS: Mapping[str, Callable[[str], dict[str, Value]]] = {
    of.VGPU_MODE: _vgpu_mode,
    of.MIG_MODE: _mig_mode,
    of.PASSTHROUGH: lambda _: {"passthrough": True},
}
