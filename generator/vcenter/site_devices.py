"""The devices of a host and of a VM as a SiteInventory states them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from generator.vcenter.snapshot import Seen, is_off, texts

if TYPE_CHECKING:
    from generator.catalog.accelerator import Accelerator

PCI = re.compile(r"[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
_MBIT_PER_GBIT = 1000


_VERSION = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._+-]{0,62}[A-Za-z0-9])?")
_NO_WORD = re.compile(r"[^A-Za-z0-9 ._:/+-]+")


def version(value: Any) -> str | None:
    """A version as the language takes it; another text is no version that anybody could judge."""
    return value if isinstance(value, str) and _VERSION.fullmatch(value) else None


def profile_word(name: str) -> str:
    """A vGPU profile's name; what the language does not take of it becomes a hyphen.

    It is kept, since it stands for a GPU that somebody has.
    """
    return _NO_WORD.sub("-", name)[:100].strip(" ._:/+-") or "unknown"


def address_of(device: Seen) -> str:
    """The PCI address behind the host's name in a device's key."""
    return device.key.rpartition("/")[2]


def stated(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that are known."""
    return {key: value for key, value in facts.items() if value not in (None, [], (), {}, "")}


def vgpus(profiles: list[str], on: list[str]) -> list[dict[str, Any]]:
    """The vGPUs of a VM, with the GPU that each sits on, where the host's GPUs leave no doubt."""
    places = on if len(on) == len(profiles) and len(set(profiles)) == 1 else [None] * len(profiles)
    return [
        stated({"profile": profile_word(profile), "pci": place})
        for profile, place in zip(profiles, places, strict=True)
    ]


def directpath_holders(gpus: Sequence[Seen], vms: Iterable[Seen]) -> dict[str, str]:
    """The VM behind each GPU of a host that is given away by dynamic DirectPath I/O, by its key.

    Such a VM names vendor and device ids, and a label where the device has one; vSphere does not
    tell which of several equal devices it got. So the first that match count as taken.
    """
    running = [vm for vm in vms if not is_off(vm)]
    given = {address for vm in running for address in texts(vm.fields.get("passthrough"))}
    free = [one for one in gpus if one.fields.get("passthrough") and address_of(one) not in given]
    found: dict[str, str] = {}
    for vm in sorted(running, key=lambda each: each.key):
        for wanted in texts(vm.fields.get("passthrough")):
            device = next((one for one in free if _matches(one, wanted)), None)
            if device is not None:
                free.remove(device)
                found[device.key] = str(vm.fields.get("name"))
    return found


def _matches(device: Seen, wanted: str) -> bool:
    """Whether a device is one of those that a VM names: ``10de:2331|10de:2330@label``."""
    if PCI.fullmatch(wanted):
        return False
    ids, _, label = wanted.partition("@")
    fields = device.fields
    mine = f"{fields.get('vendor_id')}:{fields.get('device_id')}"
    return mine in ids.split("|") and label in ("", fields.get("hardware_label"))


def gpu(one: Seen, held_by: str | None = None) -> dict[str, Any]:
    """A GPU by the catalogue's id, or as a device that the catalogue does not know."""
    fields = one.fields
    pci = address_of(one)
    place = pci if PCI.fullmatch(pci) else None
    model = catalogue_id(fields)
    if model is None:
        return stated({"name": fields.get("model") or "unknown", "pci": place})
    mode = fields.get("vgpu_mode")
    if mode in (None, "none"):  # nothing runs there: what it is set to
        mode = fields.get("configured_vgpu_mode")
    return stated({
        "model": model,
        "pci": place,
        "numa": fields.get("numa_node"),
        "mode": _mode(fields),
        "mixed_size": {"mixedSize": True, "sameSize": False}.get(str(mode)),
        "held_by": held_by,
    })  # fmt: skip


def _mode(fields: Mapping[str, Any]) -> str | None:
    if fields.get("passthrough"):
        return "passthrough"
    if fields.get("vgpu_mode") == "multiInstanceGpu":
        return "mig"
    return "time-sliced" if fields.get("graphics_type") == "sharedDirect" else None


def catalogue_id(fields: Mapping[str, Any]) -> str | None:
    """The catalogue's id of a GPU: by its PCI id, and by name and memory where several share it."""
    same = _boards().get((str(fields.get("vendor_id")), str(fields.get("device_id"))), [])
    said = str(fields.get("model", "")).lower().replace("-", " ").split()
    named = [row for row in same if row.short_name.lower() in said]
    size = fields.get("memory_mib") or 0
    nearest = sorted(named or same, key=lambda row: (abs(row.framebuffer_mib - size), row.id))
    return nearest[0].id if nearest else None


@cache
def _boards() -> dict[tuple[str, str], list[Accelerator]]:
    """The catalogue's GPUs by PCI id."""
    from generator.catalog import Catalog

    catalog = Catalog.builtin()
    found: dict[tuple[str, str], list[Accelerator]] = {}
    for row in map(catalog.accelerator, catalog.ids("accelerators")):
        for each in row.pci_ids:
            found.setdefault((each.vendor, each.device), []).append(row)
    return found


def cpu_model(model: Any) -> str | None:
    """The catalogue's name of a processor is its own; vCenter's text is kept as hardware."""
    return str(model) if model and _WORD.fullmatch(str(model)) else None


def nic(one: Seen) -> dict[str, Any]:
    """A network port with its rate, where the link is up."""
    speed = one.fields.get("speed_mbit")
    gbit = f"{speed // _MBIT_PER_GBIT}Gbps" if isinstance(speed, int) and speed >= 1000 else None  # noqa: PLR2004
    return stated({"name": one.key.rpartition("/")[2], "speed": gbit})
