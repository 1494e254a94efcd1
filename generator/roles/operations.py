"""What of the rendered files acts on a vCenter, by the keys of the catalogue's operations."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from generator.platform import gpu_settings
from generator.platform.objects import Vcenter
from generator.render.target import RenderedFile

_BLOCK = re.compile(r'^\s*(resource|data) "(vsphere_[a-z0-9_]+)"', re.MULTILINE)
_SCRIPTS = (".ps1", ".py")
_GPU_SCRIPT = "gpu/apply.ps1"
_ATTRIBUTES = re.compile(r"^\s*custom_attributes\s*=", re.MULTILINE)
LOCK = "apply/claim.py"
"""The part of the apply script that takes a vCenter for itself before it sends requests there."""


def operations(vcenter: Vcenter, files: Iterable[RenderedFile]) -> tuple[str, ...]:
    """The keys of all operations that the files of a vCenter hold, sorted.

    A file that acts in a way of its own gives a key of its own, so that nothing is overlooked.
    """
    found: set[str] = set()
    platform: set[str] = set()
    for file in files:
        folder, _, path = file.path.partition("/")
        if folder == vcenter.name:
            found.update(_of_file(vcenter, path, file.text))
        elif file.path == LOCK:
            platform.add(f"script {LOCK}")
    if any(key.startswith(("request ", f"script {_GPU_SCRIPT}")) for key in found):
        found |= platform
    return tuple(sorted(found))


def _of_file(vcenter: Vcenter, path: str, text: str) -> Iterator[str]:
    if path.endswith(".tf"):
        yield from (f"{block} {kind}" for block, kind in _BLOCK.findall(text))
        if _ATTRIBUTES.search(text):
            yield "argument custom_attributes"
        if any(m.hardware_version for fabric in vcenter.fabrics for m in fabric.machines):
            yield from (
                f"resource {kind} hardware_version"
                for block, kind in _BLOCK.findall(text)
                if (block, kind) == ("resource", "vsphere_virtual_machine")
            )
    elif path == "supervisor/requests.json":
        yield from (f"request {each['kind']}" for each in json.loads(text)["requests"])
    elif path.startswith("storage/policies/"):
        yield "request storage-policy"
    elif path == _GPU_SCRIPT:
        yield from _of_gpus(vcenter)
    elif path.endswith(_SCRIPTS):
        yield f"script {path}"


def _of_gpus(vcenter: Vcenter) -> Iterator[str]:
    """What the GPU script does; settings that others make are no part of it."""
    for setting in vcenter.host_settings:
        if setting.actor != "script":
            continue
        if setting.host:
            passthrough = setting.setting == gpu_settings.PASSTHROUGH
            yield f"script {_GPU_SCRIPT} {'passthrough' if passthrough else 'host'}"
        else:
            yield f"script {_GPU_SCRIPT} {'cluster' if setting.cluster else 'vcenter'}"
