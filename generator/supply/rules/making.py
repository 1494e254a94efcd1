"""What is to be made or taken over is something that Terraform can make or take over."""

from __future__ import annotations

from collections.abc import Iterator

from generator.finding import Check, Finding, Severity
from generator.supply.enabling import unsaid
from generator.supply.model import Network, Switch
from generator.supply.rules.subject import SiteFacts, Supplied

_LOOKED_UP_ONLY = (
    ("datacenters", "datacenter"),
    ("clusters", "cluster"),
    ("zones", "zone"),
    ("supervisors", "Supervisor"),
    ("switches", "switch"),
    ("networks", "port group"),
    ("hosts", "host"),
    ("datastores", "datastore"),
)
_GOVERNED = frozenset(("clusters", "switches", "hosts"))
"""Judged by MLG-F030 where the lifecycle is a VCF's."""


class AdoptedByImport(Check[Supplied]):
    """Something is to be adopted that is looked up all the same."""

    id = "MLG-F032"
    title = "Only what Terraform may change is adopted"
    severity = Severity.WARNING
    reason = (
        "once it is in the state a plan can reconfigure, replace or destroy it; a Supervisor and "
        "a zone have no importer at all"
    )
    source = "field rules F2 and F14"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges every ``manage: adopt`` of what many share."""
        for facts in subject.sites:
            governed = any((v.lifecycle or "").startswith("vcf-") for v in facts.inventory.vcenters)
            for kind, noun in _LOOKED_UP_ONLY:
                if governed and kind in _GOVERNED:
                    continue
                for index, item in enumerate(getattr(facts.inventory, kind)):
                    if item.manage == "adopt":
                        name = getattr(item, "name", "") or getattr(item, "ref", "")
                        name = name or getattr(item, "port_group", "") or item.role
                        yield cls.breach(
                            f"{noun} {name} is to be adopted; it is looked up and never changed",
                            **subject.at_site(facts, (kind, index, "manage")),
                            mend="set manage: reference",
                        )


class SupervisorIsSayable(Check[Supplied]):
    """A Supervisor is to be made that the provider has no arguments for."""

    id = "MLG-F033"
    title = "A Supervisor that is to be made is one that Terraform can enable"
    reason = "it is left out, and all that would run on it with it"
    source = "field rule F19; vmware/vsphere provider 2.16, vsphere_supervisor_v2"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges the Supervisors of every site that do not run yet."""
        for facts in subject.sites:
            releases = {v.ref: v.version or "" for v in facts.inventory.vcenters}
            only = next(iter(releases)) if len(releases) == 1 else ""
            for index, item in enumerate(facts.inventory.supervisors):
                if item.manage != "create" or item.id is not None:
                    continue
                why = unsaid(item, releases.get(item.vcenter or only, ""))
                if why:
                    yield cls.breach(
                        f"Supervisor {item.ref} cannot be made: {why}",
                        **subject.at_site(facts, ("supervisors", index, "load_balancer")),
                        mend="state network: vds with foundation (vCenter 9), haproxy or avi, or "
                        "network: nsx with nsx; else enable it by hand and set manage: reference",
                    )


class PortGroupFitsSwitch(Check[Supplied]):
    """A port group asks of its switch what the switch does not have."""

    id = "MLG-F034"
    title = "Port groups use the uplinks and frames of their switch"
    reason = "vCenter refuses the uplink; frames above the switch's size are dropped unseen"
    source = "field rule F17; vSphere networking: teaming and MTU of a distributed switch"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges every network whose switch the inventory describes."""
        for facts in subject.sites:
            switches = {switch.name: switch for switch in facts.inventory.switches}
            for index, network in enumerate(facts.inventory.networks):
                switch = switches.get(network.switch or "")
                if switch is not None:
                    yield from cls._of(subject, facts, index, network, switch)

    @classmethod
    def _of(
        cls, subject: Supplied, facts: SiteFacts, index: int, network: Network, switch: Switch
    ) -> Iterator[Finding]:
        at = ("networks", index)
        for fact, what in _wrong(network, switch):
            yield cls.breach(
                f"{network.port_group or network.role} {what}",
                **subject.at_site(facts, (*at, fact)),
                mend=f"correct it here or on switch {switch.name}",
            )


RULES: tuple[type[Check[Supplied]], ...] = (
    AdoptedByImport,
    SupervisorIsSayable,
    PortGroupFitsSwitch,
)


def _wrong(network: Network, switch: Switch) -> Iterator[tuple[str, str]]:
    """(fact, what is wrong with it)."""
    if network.mtu and switch.mtu and network.mtu > switch.mtu:
        yield "mtu", f"has frames of {network.mtu} bytes, {switch.name} at most {switch.mtu}"
    if network.teaming is None:
        return
    used = (*network.teaming.active, *network.teaming.standby)
    unknown = sorted(set(used) - set(switch.uplinks)) if switch.uplinks else []
    if unknown:
        yield "teaming", f"uses {', '.join(unknown)}, which {switch.name} does not have"
    if len(set(used)) < len(used):
        yield "teaming", "has an uplink active and on standby"
