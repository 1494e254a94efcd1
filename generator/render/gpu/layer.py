"""``gpu/``: the settings as JSON, as one PowerCLI script with a dry run, and as a checklist."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from generator.platform import gpu_settings as of
from generator.platform.objects import DesiredState, HostSetting, Vcenter
from generator.record import Record
from generator.render.canonical import listing
from generator.render.engine import fill
from generator.render.gpu.bios import BIOS
from generator.render.target import RenderedFile

_GRAPHICS_TYPES = {"SharedPassthru": "sharedDirect"}
"""ESXCLI's word and the API's for one type."""


def files(state: DesiredState) -> Iterator[RenderedFile]:
    """The files of each vCenter whose GPUs the plan uses."""
    for vcenter in state.vcenters:
        if vcenter.host_settings:
            folder = f"{vcenter.name}/gpu"
            content: dict[str, Sequence[Record]] = {
                "settings": vcenter.host_settings,
                "facts": vcenter.host_facts,
            }
            yield RenderedFile(f"{folder}/settings.json", listing(content))
            yield RenderedFile(f"{folder}/apply.ps1", _script(state, vcenter))
            yield RenderedFile(f"{folder}/checklist.md", _checklist(state, vcenter))


def _script(state: DesiredState, vcenter: Vcenter) -> str:
    mine = [s for s in vcenter.host_settings if s.actor == "script"]
    hosts = dict.fromkeys(s.host for s in mine if s.host)
    return fill(
        "gpu/apply.ps1.j2",
        platform=state.platform,
        release=state.release,
        instance_uuid=vcenter.instance_uuid,
        vcenter_settings=[s for s in mine if not s.cluster],
        options=[
            {"cluster": s.cluster, "name": s.setting.removeprefix("drs."), "value": s.value}
            for s in mine
            if s.cluster and not s.host
        ],
        hosts=[_host(name, [s for s in mine if s.host == name]) for name in hosts],
    )


def _host(name: str, settings: Sequence[HostSetting]) -> dict[str, Any]:
    """What the script sets on one host; an empty value leaves a setting alone."""
    values = {s.setting: s.value for s in settings if not s.device}
    kind = values.get(of.GRAPHICS_TYPE, "")
    return {
        "name": name,
        "graphics_type": _GRAPHICS_TYPES.get(kind, ""),
        "assignment": values.get(of.ASSIGNMENT, "").lower(),
        "module": values.get(of.SCHEDULER, ""),
        "modes": [(s.device, s.value) for s in settings if s.setting == of.VGPU_MODE],
        "passthrough": [s.device for s in settings if s.setting == of.PASSTHROUGH],
    }


def _checklist(state: DesiredState, vcenter: Vcenter) -> str:
    scopes = dict.fromkeys((s.cluster, s.host) for s in vcenter.host_settings)
    return fill(
        "gpu/checklist.md.j2",
        platform=state.platform,
        release=state.release,
        vcenter=vcenter.name,
        bios=BIOS,
        hosts=", ".join(dict.fromkeys(s.host for s in vcenter.host_settings if s.host)) or "none",
        facts=vcenter.host_facts,
        parts=[
            {
                "title": host or (f"cluster {cluster}" if cluster else "vCenter"),
                "settings": [
                    {"setting": s, "needs": ", ".join(s.needs) or "nothing", "where": s.device}
                    for s in vcenter.host_settings
                    if (s.cluster, s.host) == (cluster, host)
                ],
            }
            for cluster, host in scopes
        ],
    )
