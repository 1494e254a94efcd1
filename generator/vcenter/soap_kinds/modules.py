"""Installed packages and driver options of hosts: what only the role ``diff-host`` sees (F8)."""

from __future__ import annotations

from typing import Any

from generator.vcenter.failures import Stopped, told
from generator.vcenter.retrieve import by_ids
from generator.vcenter.snapshot import Unread, Value
from generator.vcenter.soap import SoapSession
from generator.vcenter.soap_kinds.hosts import has_gpus
from generator.vcenter.world import World

from pyVmomi import vim  # isort: skip

_MANAGERS = ("configManager.imageConfigManager", "configManager.kernelModuleSystem")
MODULE = "nvidia"
"""The driver whose options decide how GPUs are shared (``RmPVMRL``)."""
_VENDORS = ("nvidia", "nvd", "mellanox", "mlnx", "nvda")


def driver_fields(
    session: SoapSession, world: World, unread: list[Unread]
) -> dict[str, dict[str, Value]]:
    """``package.<name>`` and ``module_option.<module>`` by host id, for hosts with a GPU."""
    chosen = [row.moid for row in world.of("HostSystem") if has_gpus(row)]
    found: dict[str, dict[str, Value]] = {}
    for row in by_ids(session, "HostSystem", chosen, _MANAGERS, lambda _: None):
        key = world.name(row.moid)
        image, modules = (row.values.get(path) for path in _MANAGERS)
        fields: dict[str, Value] = {}
        for field, read, manager in (
            ("package", _packages, image), ("module_option", _options, modules),
        ):  # fmt: skip
            try:
                fields |= read(session, manager)
            except Stopped:
                raise
            except Exception as error:  # noqa: BLE001 (whatever pyvmomi raises for a fault)
                why = told(error)
                unread.append(
                    Unread(kind="host", key=key, field=field, reason=why.reason, detail=why.detail)
                )
        found[row.moid] = fields
    return found


def _packages(session: SoapSession, moid: Any) -> dict[str, Value]:
    """Versions of the packages of GPU and network makers."""
    if not moid:
        return {}
    found = vim.host.ImageConfigManager(moid, session.stub).FetchSoftwarePackages() or ()
    chosen = (each for each in found if str(each.vendor).lower().startswith(_VENDORS))
    return {f"package.{each.name}": str(each.version) for each in chosen}


def _options(session: SoapSession, moid: Any) -> dict[str, Value]:
    """The whole option string of the driver, ``name=value name=value``."""
    if not moid:
        return {}
    system = vim.host.KernelModuleSystem(moid, session.stub)
    written = system.QueryConfiguredModuleOptionString(MODULE) or ""
    return {f"module_option.{MODULE}": " ".join(str(written).split())}
