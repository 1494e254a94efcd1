"""What a Supervisor is made on, and what is asked of it: its flavour must be able to do it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.catalog.flavour import Capability, Flavour
from generator.finding import Check, Finding, Path, Severity
from generator.supply.model import SiteInventory, Supervisor
from generator.supply.rules.subject import SiteFacts, Supplied
from generator.supply.supervisors import home_supervisor

_TWO_ZONES = "supervisor-two-zones"
_OTHERS = {"network-isolation": "workload", "rdma": "rdma"}
"""What a need takes beside the flavour: networks of this role."""


class FlavourExists(Check[Supplied]):
    """A Supervisor is said to have a load balancer that its network or its version cannot have."""

    id = "MLG-F076"
    title = "A Supervisor's network, load balancer and version fit together"
    reason = "nobody can enable such a Supervisor, and no cluster in it would get its address"
    source = "field rule F19; the catalogue's supervisor_flavours"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges every Supervisor that states both, by its vCenter's version or the targets."""
        for facts in subject.sites:
            for index, item in enumerate(facts.inventory.supervisors):
                if item.network is None or item.load_balancer is None:
                    continue
                known = {f.load_balancer: f for f in _flavours(subject, item.network)}
                stated = _stated(subject, facts.inventory, item)
                fitting = [name for name, flavour in known.items() if not flavour.lacking(stated)]
                if item.load_balancer not in fitting:
                    yield cls.breach(
                        _words(known, item, stated),
                        **subject.at_site(facts, ("supervisors", index, "load_balancer")),
                        mend=f"use {' or '.join((*fitting, 'another network'))}",
                    )


class FlavourSuffices(Check[Supplied]):
    """An environment needs something that its Supervisor's flavour cannot do."""

    id = "MLG-F077"
    title = "A Supervisor's flavour can do what an environment needs of it"
    reason = (
        "the network of a Supervisor is chosen when it is enabled: another one is another build"
    )
    source = "field rule F19; the catalogue's supervisor_networks"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges every need at each site of the environment whose Supervisor states its network."""
        for name, environment in subject.blueprint.environments.items():
            for facts in subject.sites_of(name) if environment.supervisor_needs else ():
                item = home_supervisor(facts.inventory)
                if item is None or item.network is None:
                    continue
                at = ("supervisors", facts.inventory.supervisors.index(item), "network")
                for index, need in enumerate(environment.supervisor_needs):
                    path: Path = ("environments", name, "supervisor_needs", index)
                    for what, mend in _unmet(subject, facts, item, need):
                        yield cls.breach(
                            f"{name} needs {need} of Supervisor {item.ref}: {what}",
                            **subject.at_both(path, facts, at),
                            mend=mend,
                        )


class ZonesFit(Check[Supplied]):
    """A Supervisor spans zones that its release cannot span."""

    id = "MLG-F078"
    title = "A Supervisor spans as many zones as its release can"
    reason = "what is planned per zone has no home, and a Supervisor of one zone never gets three"
    source = "field rule F19; the catalogue's supervisor_networks and feature supervisor-two-zones"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges every Supervisor of more than one zone that states its network."""
        for facts in subject.sites:
            for index, item in enumerate(facts.inventory.supervisors):
                if len(item.zones) < 2 or item.network is None:  # noqa: PLR2004 - a single one
                    continue
                stated = _stated(subject, facts.inventory, item)
                lacking = [*_ability(subject, item.network, "zones").lacking(stated)]
                if len(item.zones) == 2:  # noqa: PLR2004
                    lacking += subject.catalog.versions.lacking(_TWO_ZONES, stated)
                for target, needs in dict(lacking).items():
                    yield cls.breach(
                        f"Supervisor {item.ref} on {item.network} spans {len(item.zones)} zones, "
                        f"which needs {target} {needs}, not {stated[target]}",
                        **subject.at_site(facts, ("supervisors", index, "zones")),
                        mend="state the one zone or the three that it spans",
                        # What runs may know better than a document about its release.
                        severity=Severity.WARNING if item.id is not None else None,
                    )


RULES: tuple[type[Check[Supplied]], ...] = (FlavourExists, FlavourSuffices, ZonesFit)


def _flavours(subject: Supplied, network: str) -> tuple[Flavour, ...]:
    return tuple(f for f in subject.catalog.flavours if f.network == network)


def _ability(subject: Supplied, network: str, name: str) -> Capability:
    """A cell of the table; all flavours of a network share it."""
    return _flavours(subject, network)[0].capabilities[name]


def _words(known: Mapping[str, Flavour], item: Supervisor, stated: Mapping[str, str]) -> str:
    """What is wrong with the load balancer of a Supervisor."""
    name = item.load_balancer or ""
    if name not in known:
        return f"Supervisor {item.ref} on {item.network} cannot have the load balancer {name}"
    ((target, needs),) = known[name].lacking(stated)
    return (
        f"Supervisor {item.ref} on {item.network} with {name} needs {target} {needs}, "
        f"not {stated[target]}"
    )


def _unmet(
    subject: Supplied, facts: SiteFacts, item: Supervisor, need: str
) -> Iterator[tuple[str, str]]:
    """(why a Supervisor cannot do it, how to mend it)."""
    network = item.network or ""
    ability = _ability(subject, network, need)
    stated = _stated(subject, facts.inventory, item)
    drop = f"take {need} out of supervisor_needs"
    if ability.never is not None:
        able = dict.fromkeys(
            f.network for f in subject.catalog.flavours if f.capabilities[need].never is None
        )
        yield f"never on {network}, {ability.never}", f"go to {' or '.join(able)}, or {drop}"
        return
    for target, needs in ability.lacking(stated):
        yield (
            f"{network} has it with {target} {needs}, not with {stated[target]}",
            f"go to {target} {needs}, or {drop}",
        )
    yield from (
        (what, f"{mend}, or {drop}") for what, mend in _short_of(subject, facts, item, need)
    )


def _short_of(
    subject: Supplied, facts: SiteFacts, item: Supervisor, need: str
) -> Iterator[tuple[str, str]]:
    """What the site's networks lack for it, and how to mend that."""
    role = _OTHERS.get(need)
    if role is None or (need == "network-isolation" and item.network != "vds"):
        return
    there = sum(network.role == role for network in facts.inventory.networks)
    wanted = 1
    if need == "network-isolation":
        wanted = sum(
            any(one is facts for one in subject.sites_of(name))
            for name in subject.blueprint.environments
        )
    if there < wanted:
        yield (
            f"the site states {there} networks of role {role}, and it takes {wanted} at least",
            f"state a network of role {role} for each that is kept apart"
            if need == "network-isolation"
            else f"state the network of role {role}",
        )


def _stated(subject: Supplied, inventory: SiteInventory, item: Supervisor) -> dict[str, str]:
    """The versions that decide: the vCenter's own before the one aimed at, and the VKS aimed at."""
    targets = subject.blueprint.platform.targets
    only = inventory.vcenters[0].ref if len(inventory.vcenters) == 1 else None
    own = {v.ref: v.version for v in inventory.vcenters}.get(item.vcenter or only or "")
    found = {"vcenter": own or targets.vcenter, "vks": targets.vks}
    return {target: version for target, version in found.items() if version}
