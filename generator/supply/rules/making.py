"""What is to be made or taken over is something that Terraform can make or take over."""

from __future__ import annotations

from collections.abc import Iterator

from generator.finding import Check, Finding, Path, Severity
from generator.supply.enabling import unsaid
from generator.supply.keepers import by_vcf
from generator.supply.model import Network, SiteInventory, Switch
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


_FLAVOURS = (
    "state network: vds with foundation (vCenter 9), haproxy or avi, or network: nsx with nsx, "
    "which Terraform can enable; the hand-off has a sheet for whoever enables any other by hand"
)


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
            governed = any(by_vcf(v.lifecycle) for v in facts.inventory.vcenters)
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


class MakeableByTerraform(Check[Supplied]):
    """Something is to be made that nothing here can make."""

    id = "MLG-F033"
    title = "What is to be made is something that can be made"
    reason = "it is left out, and all that would stand on it is missing too"
    source = "field rules F2 and F19; vmware/vsphere provider 2.16"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges Supervisors, switches, datastores and identity sources with manage: create."""
        for facts in subject.sites:
            for path, what, mend in _unmakeable(facts.inventory):
                yield cls.breach(
                    f"{what} is to be made, and cannot be",
                    **subject.at_site(facts, path),
                    mend=f"{mend}; else let its owner make it and set manage: reference",
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
    MakeableByTerraform,
    PortGroupFitsSwitch,
)


def _unmakeable(inventory: SiteInventory) -> Iterator[tuple[Path, str, str]]:
    """(path, what with the reason, how to mend it)."""
    releases = {v.ref: v.version or "" for v in inventory.vcenters}
    only = next(iter(releases)) if len(releases) == 1 else ""
    for index, supervisor in enumerate(inventory.supervisors):
        if supervisor.manage == "create" and supervisor.id is None:
            why = unsaid(supervisor, releases.get(supervisor.vcenter or only, ""))
            if why:
                at = ("supervisors", index, "load_balancer")
                yield at, f"Supervisor {supervisor.ref} ({why})", _FLAVOURS
    for index, switch in enumerate(inventory.switches):
        if switch.manage == "create" and switch.kind not in (None, "vds"):
            what = f"switch {switch.name} ({switch.kind})"
            yield ("switches", index, "kind"), what, "state kind: vds"
    for index, datastore in enumerate(inventory.datastores):
        # vSAN makes its own datastore with the cluster.
        if datastore.manage == "create" and not (datastore.kind or "").startswith("vsan-"):
            what = f"datastore {datastore.name}"
            yield ("datastores", index, "manage"), what, "state the kind of a vSAN"
    for index, thing in enumerate(inventory.objects):
        if thing.manage == "create" and thing.kind == "identity-source":
            what = f"identity source {thing.name}"
            yield ("objects", index, "manage"), what, "name one that vCenter has"


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
