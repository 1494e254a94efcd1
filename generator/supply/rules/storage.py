"""What a blueprint says about a site agrees with the site's facts."""

from __future__ import annotations

from collections.abc import Iterator

from generator.blueprint.rules.subject import mend_name
from generator.finding import Check, Finding, Path
from generator.supply.rules.subject import Supplied


class KnownDatastore(Check[Supplied]):
    """A storage tier lies on a datastore that no site has."""

    id = "MLG-F040"
    title = "Datastores of storage tiers are in an inventory"
    reason = "its policy would match no datastore, and no volume could be made with it"
    source = "field rules F15 and F24"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges every tier, where each site lists its datastores."""
        if not _all_known(subject, "datastores"):
            return
        known = {item.name for facts in subject.sites for item in facts.inventory.datastores}
        for index, tier in enumerate(subject.blueprint.storage_compute.storage.tiers):
            if tier.datastore is not None and tier.datastore not in known:
                yield cls.breach(
                    f"tier {tier.name} lies on {tier.datastore}, which no site has",
                    **subject.at(("storage_compute", "storage", "tiers", index, "datastore")),
                    mend=mend_name(tier.datastore, known, "add it to the inventory"),
                )


class BackingAgrees(Check[Supplied]):
    """A storage tier and its datastore are of different kinds."""

    id = "MLG-F041"
    title = "A tier's backing is the kind of its datastore"
    reason = "a vSAN rule matches no VMFS datastore, and a tag does not make a RAID on vSAN"
    source = "field rule F24"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges every tier whose datastore's kind is known."""
        found = {
            item.name: (facts, index, item.kind)
            for facts in subject.sites
            for index, item in enumerate(facts.inventory.datastores)
            if item.kind is not None
        }
        for place, tier in enumerate(subject.blueprint.storage_compute.storage.tiers):
            if tier.datastore not in found:
                continue
            facts, index, kind = found[tier.datastore]
            if tier.backing != kind:
                path = ("storage_compute", "storage", "tiers", place, "backing")
                yield cls.breach(
                    f"tier {tier.name} is backed by {tier.backing}, but {tier.datastore} is {kind}",
                    **subject.at_both(path, facts, ("datastores", index, "kind")),
                    mend=f"write backing: {kind}, or name another datastore",
                )


class KnownScope(Check[Supplied]):
    """A change window or a freeze holds for something that does not exist."""

    id = "MLG-F042"
    title = "Change windows and freezes hold for something that exists"
    reason = "a window that covers nothing lets nothing be applied, and such a freeze stops nothing"
    source = "field rule F22"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges every scope, where each site lists its clusters."""
        blueprint = subject.blueprint
        if not _all_known(subject, "clusters"):
            return
        known = {item.name for facts in subject.sites for item in facts.inventory.clusters}
        known |= {site.name for site in blueprint.storage_compute.sites} | set(
            blueprint.environments
        )
        governance = blueprint.governance
        scopes: list[tuple[Path, tuple[str, ...]]] = [
            *(
                (("governance", "change_windows", n, "scope"), window.scope)
                for n, window in enumerate(governance.change_windows)
            ),
            *(
                (("governance", "freezes", n, "scope"), freeze.scope)
                for n, freeze in enumerate(governance.freezes)
            ),
        ]
        for path, names in scopes:
            for index, name in enumerate(names):
                if name not in known:
                    yield cls.breach(
                        f"there is no cluster, site or environment called {name}",
                        **subject.at((*path, index)),
                        mend=mend_name(name, known, "add the cluster to the inventory"),
                    )


RULES: tuple[type[Check[Supplied]], ...] = (KnownDatastore, BackingAgrees, KnownScope)


def _all_known(subject: Supplied, part: str) -> bool:
    """Whether there are sites and each of them lists this part of its facts."""
    complete = len(subject.sites) >= len(subject.blueprint.storage_compute.sites) > 0
    return complete and all(getattr(facts.inventory, part) for facts in subject.sites)
