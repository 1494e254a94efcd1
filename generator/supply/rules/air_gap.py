"""Sites that reach nothing outside: all that is fetched elsewhere has a place of its own (F28)."""

from __future__ import annotations

from collections.abc import Iterator

from generator.finding import Check, Finding, Path, Severity
from generator.supply.rules.subject import SiteFacts, Supplied

_NODE_IMAGES = "vkr"
"""What a content library of node images holds."""

_NEEDED: tuple[tuple[str, str], ...] = (
    ("registry", "images of the platform and charts come from it"),
    ("mirrors", "images and packages that name outside registries are looked for there"),
    ("ca_bundles", "nodes trust the site's registry by its certificate only"),
    ("nvidia_license", "a vGPU without a licence is slowed down"),
)
"""Services of a site that would otherwise be outside, and why each is needed."""


class ReachesOutside(Check[Supplied]):
    """A site without a way out relies on something outside."""

    id = "MLG-F090"
    title = "An air-gapped site relies on nothing outside"
    reason = "what cannot be fetched is missing on the day when a node is made"
    source = "field rule F28"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges the libraries and the licence service of air-gapped sites."""
        for facts in _air_gapped(subject):
            name = facts.inventory.metadata.name
            for index, library in enumerate(facts.inventory.libraries):
                if library.subscribed:
                    yield cls.breach(
                        f"library {library.name} follows another one, and {name} is air-gapped",
                        **subject.at_site(facts, ("libraries", index, "subscribed"), _FLAG),
                        mend="make it a local library and import the images by file",
                    )
            if facts.inventory.services.nvidia_license == "cls":
                yield cls.breach(
                    f"the NVIDIA licence service of {name} is in the cloud, and the site is "
                    "air-gapped",
                    **subject.at_site(facts, ("services", "nvidia_license"), _FLAG),
                    mend="run a pair of own licence servers and state nvidia_license: dls",
                )


class AirGapUnknown(Check[Supplied]):
    """It is not stated where an air-gapped site gets something from."""

    id = "MLG-F091"
    title = "An air-gapped site states where everything comes from"
    severity = Severity.QUESTION
    reason = "clusters that are made without it cannot start their work"
    source = "field rules F28 and F33"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges the services and libraries of air-gapped sites."""
        for facts in _air_gapped(subject):
            site = facts.inventory
            has_gpus = any(host.gpus for host in site.hosts)
            for field, why in _NEEDED:
                if field == "nvidia_license" and not has_gpus:
                    continue
                if not getattr(site.services, field):
                    yield cls.breach(
                        f"what is services.{field} of {site.metadata.name}? {why}",
                        **subject.at_site(facts, _FLAG),
                        mend=f"state services.{field}",
                    )
            if not any(
                library.holds == _NODE_IMAGES and library.subscribed is not None
                for library in site.libraries
            ):
                yield cls.breach(
                    f"which local library of {site.metadata.name} holds the node images?",
                    **subject.at_site(facts, _FLAG),
                    mend="state a library with holds: vkr and subscribed: false",
                )


RULES: tuple[type[Check[Supplied]], ...] = (ReachesOutside, AirGapUnknown)

_FLAG: Path = ("services", "air_gapped")


def _air_gapped(subject: Supplied) -> Iterator[SiteFacts]:
    """The sites that say they reach nothing outside."""
    return (facts for facts in subject.sites if facts.inventory.services.air_gapped)
