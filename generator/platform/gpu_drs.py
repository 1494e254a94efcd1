"""What DRS and vCenter must be told so that vGPU VMs can be moved (F16).

The position: DRS of the cluster is fully automated, as the Supervisor needs it, and vGPU VMs are
governed by an option of their own. DRS places them and does not balance them unless it is told to,
so full automation moves none; ``gpu.drs: override`` tells it to. Sources: Broadcom, Supervisor
requirements (DRS), KB 313479 (automation options), KB 88271 (maintenance mode); NVIDIA AI
Enterprise user guide (``vgpu.hotmigrate.enabled``).
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.platform.gpu_settings import DRS_LEVEL, DRS_WHY, HOT_MIGRATE, quoted
from generator.platform.objects import HostSetting

_STUN_S = "100"
"""Seconds that DRS allows a VM to stand still; its own default, said so that a check can see it."""


_SHOWN = f"Get-AdvancedSetting -Entity $global:DefaultVIServer -Name {HOT_MIGRATE}"


def vcenter_settings(*, shared: bool) -> Iterator[HostSetting]:
    """What holds for a whole vCenter; only proposed where one of its GPU clusters is shared."""
    yield HostSetting(
        cluster="",
        host="",
        device="",
        setting=HOT_MIGRATE,
        value="true",
        why="without it no vGPU VM moves, also not for maintenance",
        actor="proposed" if shared else "script",
        how=f"{_SHOWN} | Set-AdvancedSetting -Value true",
        check=_SHOWN,
        needs=(),
        hosts_at_once=0,
    )


def drs_options(drs: str) -> dict[str, str]:
    """DRS's advanced options for vGPU VMs; ``drs`` is ``override`` where DRS may move by itself."""
    moves = drs == "override"
    options = {"PassthroughDrsAutomation": "1" if moves else "0"}
    if moves:
        options |= {"LBMaxVmotionPerHost": "1", "VmDevicesStunTimeTolerated": _STUN_S}
    return options | {"VgpuMMAutomationTimeoutSecs": "-1"}


def cluster_settings(cluster: str, drs: str, *, shared: bool) -> Iterator[HostSetting]:
    """The DRS level and options of a cluster; ``drs`` is ``override`` where DRS may move vGPU VMs.

    The level is its owner's to set: it decides over all VMs of the cluster.
    """
    of = quoted(cluster)
    yield HostSetting(
        cluster=cluster,
        host="",
        device="",
        setting=DRS_LEVEL,
        value="FullyAutomated",
        why="the Supervisor needs it, and it moves no vGPU VM unless the options say so",
        actor="proposed" if shared else "person",
        how=f"Set-Cluster -Cluster {of} -DrsEnabled $true -DrsAutomationLevel FullyAutomated",
        check=f"Get-Cluster {of} | Select-Object DrsEnabled, DrsAutomationLevel",
        needs=(),
        hosts_at_once=0,
    )
    for name, value in drs_options(drs).items():
        yield HostSetting(
            cluster=cluster,
            host="",
            device="",
            setting=f"drs.{name}",
            value=value,
            why=DRS_WHY[name],
            actor="proposed" if shared else "script",
            how=f"Get-Cluster {of} | New-AdvancedSetting -Type ClusterDRS -Name {name} "
            f"-Value {value} -Force",
            check=f"Get-Cluster {of} | Get-AdvancedSetting -Name {name}",
            needs=(),
            hosts_at_once=0,
        )
