"""What makes a placement true (F4).

DRS picks the host and the host's manager the GPU, so a plan holds only where a lever leaves them
no other choice.
"""

from __future__ import annotations

from generator.placement.plan import Grade
from generator.sizing.demand import Demand, Sharing


def grade(demand: Demand, *, several_profiles: bool) -> tuple[str, Grade]:
    """The lever of a demand's VMs and how strong it is.

    ``several_profiles`` says whether one of their GPUs carries more than one kind of MIG instance.
    """
    if demand.gpu is None:
        return "VM class without a GPU: any host of the cluster will do", Grade.ENFORCED
    if demand.gpu.sharing is Sharing.MIG:
        if several_profiles:
            return "MIG mode on the GPU; large instances powered on first", Grade.BY_POWER_ON_ORDER
        return "MIG mode on the GPU admits MIG classes only", Grade.ENFORCED
    if demand.permanent and demand.gpu.gpus > 1:
        return "a fixed pool, powered on before any fraction", Grade.BY_POWER_ON_ORDER
    if demand.gpu.sharing is Sharing.NONE and demand.permanent:
        return "a fixed pool of whole GPUs, powered on first", Grade.BY_POWER_ON_ORDER
    return "nothing: DRS and the host's GPU manager choose", Grade.HOPE
