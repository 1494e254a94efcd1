"""Terraform root ``20-classes``: the VM classes that the provider can say."""

from __future__ import annotations

from collections.abc import Iterator

from generator.platform.classes import by_terraform
from generator.platform.objects import DesiredState
from generator.render.escape import hcl_label
from generator.render.target import RenderedFile
from generator.render.terraform.root import address, output, root_module


def files(state: DesiredState) -> Iterator[RenderedFile]:
    """One root module per vCenter that has such classes."""
    for vcenter in state.vcenters:
        classes = [c for c in vcenter.vm_classes if by_terraform(c)]
        if not classes:
            continue
        views = [
            {
                "label": hcl_label(vm_class.name),
                "name": vm_class.name,
                "vcpus": vm_class.vcpus,
                "memory_mib": vm_class.memory_mib,
                "cpu_reservation_percent": vm_class.cpu_reservation_percent,
                "memory_reservation_percent": vm_class.memory_reservation_percent,
                "vgpus": vm_class.vgpus,
            }
            for vm_class in classes
        ]
        ids = [(c.name, address("vsphere_virtual_machine_class", c.name, "id")) for c in classes]
        yield from root_module(
            state.platform,
            vcenter,
            "20-classes",
            (
                ("vm_classes", {"classes": views}),
                ("outputs", {"outputs": [output("vm_class_ids", "Ids of the VM classes.", ids)]}),
            ),
        )
