"""What plain VMs must obey."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.finding import Check, Finding
from generator.platform.objects import DesiredState


class VgpuNeedsClass(Check[Sequence[DesiredState]]):
    """A plain VM would need a vGPU, which Terraform cannot give it."""

    id = "MLG-D010"
    title = "A VM with a vGPU comes from a class or a template"
    reason = "vsphere_virtual_machine has no argument for a vGPU, so the VM would start without one"
    source = "terraform-provider-vsphere 2.16, vsphere_virtual_machine; field rule F16"

    @classmethod
    def check(cls, subject: Sequence[DesiredState]) -> Iterator[Finding]:
        """Judges the VMs of every fabric, one finding per demand."""
        for state in subject:
            wanting = {
                (fabric.environment, machine.demand): machine.vgpus
                for vcenter in state.vcenters
                for fabric in vcenter.fabrics
                for machine in fabric.machines
                if machine.vgpus
            }
            for (environment, demand), vgpus in sorted(wanting.items()):
                yield cls.breach(
                    f"{demand} in {environment} wants {', '.join(vgpus)} in a plain VM",
                    path=f"{environment}/{demand}",
                    mend="run it on a Supervisor (an orchestrator of kind vks), whose VM class "
                    "carries the vGPU; or state accelerator: {kind: passthrough} with a reason; "
                    "or clone it by hand from a template that has the vGPU",
                )


CHECKS: tuple[type[Check[Sequence[DesiredState]]], ...] = (VgpuNeedsClass,)
