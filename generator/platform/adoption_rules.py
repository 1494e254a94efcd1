"""What an adoption must obey."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.finding import Check, Finding, Severity
from generator.platform.objects import DesiredState


class AdoptedIsWanted(Check[Sequence[DesiredState]]):
    """An object is to be adopted that nothing in the platform stands for."""

    id = "MLG-D060"
    title = "What is adopted is something that the platform makes"
    severity = Severity.WARNING
    reason = "it has another name than the object that would be made beside it, or no use"
    source = "field rule F14"

    @classmethod
    def check(cls, subject: Sequence[DesiredState]) -> Iterator[Finding]:
        """Judges the adoptions that the sites of each platform ask for."""
        for state in subject:
            for vcenter in state.vcenters:
                for adoption in vcenter.unadopted:
                    inside = f" in {adoption.within}" if adoption.within else ""
                    yield cls.breach(
                        f"{state.platform} makes no {adoption.of} called {adoption.name}{inside} "
                        f"on {vcenter.name}, so there is nothing to adopt it as",
                        path=f"{vcenter.name}/{adoption.of}/{adoption.name}",
                        mend="give it the name that the platform uses, change the naming pattern "
                        "to its name, or set manage: reference",
                    )


CHECKS: tuple[type[Check[Sequence[DesiredState]]], ...] = (AdoptedIsWanted,)
