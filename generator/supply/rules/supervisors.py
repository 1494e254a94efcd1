"""What a Supervisor is made on: its network, its load balancer and its version fit together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.catalog.matrix import Versions
from generator.finding import Check, Finding
from generator.supply.model import SiteInventory, Supervisor
from generator.supply.rules.subject import Supplied

_BALANCERS = {
    "vds": ("avi", "foundation", "haproxy"),
    "nsx": ("nsx", "avi"),
    "nsx-vpc": ("nsx", "avi"),
}
"""The load balancers that each kind of network can have; their versions are in the matrix."""


class FlavourExists(Check[Supplied]):
    """A Supervisor is said to have a load balancer that its network or its version cannot have."""

    id = "MLG-F076"
    title = "A Supervisor's network, load balancer and version fit together"
    reason = "nobody can enable such a Supervisor, and no cluster in it would get its address"
    source = "field rule F19; the catalogue's features supervisor-<network>-<load balancer>"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges every Supervisor that states both, by its vCenter's version or the targets."""
        versions = subject.catalog.versions
        for facts in subject.sites:
            for index, item in enumerate(facts.inventory.supervisors):
                if item.network is None or item.load_balancer is None:
                    continue
                known = _BALANCERS[item.network]
                stated = _release(subject, facts.inventory, item)
                fitting = [name for name in known if not _lacking(versions, item, name, stated)]
                if item.load_balancer not in fitting:
                    yield cls.breach(
                        _words(versions, item, stated),
                        **subject.at_site(facts, ("supervisors", index, "load_balancer")),
                        mend=f"use {' or '.join((*fitting, 'another network'))}",
                    )


RULES: tuple[type[Check[Supplied]], ...] = (FlavourExists,)


def _words(versions: Versions, item: Supervisor, stated: Mapping[str, str]) -> str:
    """What is wrong with the load balancer of a Supervisor."""
    name = item.load_balancer or ""
    if name not in _BALANCERS[item.network or ""]:
        return f"Supervisor {item.ref} on {item.network} cannot have the load balancer {name}"
    ((target, needs),) = _lacking(versions, item, name, stated)
    return (
        f"Supervisor {item.ref} on {item.network} with {name} needs {target} {needs}, "
        f"not {stated[target]}"
    )


def _lacking(
    versions: Versions, item: Supervisor, name: str, stated: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """What stands in the way of a load balancer that the network knows."""
    return versions.lacking(f"supervisor-{item.network}-{name}", stated)


def _release(subject: Supplied, inventory: SiteInventory, item: Supervisor) -> dict[str, str]:
    """The vCenter's own version, else the one that is aimed at; empty where nobody says."""
    own = [v.version for v in inventory.vcenters if v.ref == item.vcenter and v.version]
    stated = own[0] if own else subject.blueprint.platform.targets.vcenter
    return {"vcenter": stated} if stated else {}
