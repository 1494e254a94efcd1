"""``gpu/``: the settings as JSON, as one PowerCLI script with a dry run, and as a checklist."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from generator.blueprint.roots import data_root
from generator.platform.objects import DesiredState, Vcenter
from generator.record import Record
from generator.render.canonical import listing
from generator.render.engine import fill
from generator.render.gpu.bios import BIOS
from generator.render.target import RenderedFile


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
            yield RenderedFile(f"{folder}/apply.ps1", _script())
            yield RenderedFile(f"{folder}/checklist.md", _checklist(state, vcenter))


@cache
def _script() -> str:
    """The script reads ``settings.json``: no value is ever written into code."""
    return (data_root("templates") / "gpu" / "apply.ps1").read_text("utf-8")


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
                    {
                        "setting": s,
                        "needs": ", ".join(s.needs) or "nothing",
                        "where": s.device,
                        "at_once": s.hosts_at_once or "any",
                    }
                    for s in vcenter.host_settings
                    if (s.cluster, s.host) == (cluster, host)
                ],
            }
            for cluster, host in scopes
        ],
    )
