"""The PCI addresses of GPUs: what is set for one GPU of a host names it by its address."""

from __future__ import annotations

from collections.abc import Iterator

from generator.blueprint.model.hosts import Host
from generator.platform.gpus import Ground, address_of, grounds, used_gpus
from generator.platform.objects import OpenQuestion
from generator.platform.questions import of_home
from generator.platform.scope import Scope


def address_questions(scope: Scope) -> Iterator[OpenQuestion]:
    """A question for each cluster with GPUs of the plan whose addresses nobody states."""
    for vcenter in sorted({home.vcenter for home in scope.homes.values() if home.vcenter}):
        homes = {home.site: home for home in scope.homes_of(vcenter).values()}
        for ground in grounds(scope, vcenter):
            hosts = [host.name for host in ground.hosts if _lacks(scope, ground, host)]
            if hosts:
                where = f"cluster {ground.name}" if ground.name else "the site"
                yield of_home(
                    homes[ground.site],
                    f"SiteInventory {ground.site}: hosts of {where}: gpus[].pci",
                    f"At which PCI addresses are the GPUs of {', '.join(hosts)}?",
                    "a mode or a scheduler is set for a GPU by its address",
                    tuple(f"GPU settings of {host}" for host in hosts),
                )


def _lacks(scope: Scope, ground: Ground, host: Host) -> bool:
    """Whether a GPU of the plan in a host has no address."""
    return not all(address_of(host, gpu) for gpu in used_gpus(scope, ground, host))
