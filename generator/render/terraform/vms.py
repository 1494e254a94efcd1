"""Terraform roots ``40-<environment>-vms``: an environment's plain VMs and what holds them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.platform.objects import DesiredState, Folder, Vcenter
from generator.render.escape import hcl_label
from generator.render.target import RenderedFile
from generator.render.terraform import machines
from generator.render.terraform.foundation import folder_view, tag_reference, tag_references_view
from generator.render.terraform.root import (
    address,
    datacenter_path,
    datacenter_views,
    output,
    root_module,
)

_EARLIER = "Apply root 10-foundation first: it creates this."


def files(state: DesiredState) -> Iterator[RenderedFile]:
    """One root module per vCenter and environment."""
    for vcenter in state.vcenters:
        for environment in dict.fromkeys(name for name, _ in vcenter.environment_folders):
            folders = [f for name, f in vcenter.environment_folders if name == environment]
            datacenters = dict.fromkeys(folder.datacenter for folder in folders)
            parents = {
                f"/{datacenter_path(vcenter, folder.datacenter)}/vm/"
                f"{folder.path.rpartition('/')[0]}": folder
                for folder in folders
            }
            fabrics = [f for f in vcenter.fabrics if f.environment == environment]
            own = [tag for folder in folders for tag in folder.tags]
            held = [tag for f in fabrics for thing in f.marked for tag in thing.tags]
            tags = list(dict.fromkeys([*own, *held]))
            categories = dict.fromkeys(category for category, _ in tags)
            ids = [(f.path, address("vsphere_folder", f.path, "id")) for f in folders]
            shown = [output("folder_ids", "Folder ids, by path.", ids), *machines.outputs(fabrics)]
            yield from root_module(
                state.platform,
                vcenter,
                f"40-{environment}-vms",
                (
                    ("datacenters", {"datacenters": datacenter_views(vcenter, datacenters)}),
                    (
                        "parent_folders",
                        {"folders": [{"label": hcl_label(p), "path": p} for p in parents]},
                    ),
                    ("tag_references", tag_references_view(categories, tags, absent=_EARLIER)),
                    ("folders", {"folders": [_folder(vcenter, folder) for folder in folders]}),
                    *machines.parts(state.platform, vcenter, fabrics),
                    ("outputs", {"outputs": shown}),
                ),
            )


def _folder(vcenter: Vcenter, folder: Folder) -> dict[str, Any]:
    return folder_view(vcenter, folder, (tag_reference(*tag) for tag in folder.tags))
