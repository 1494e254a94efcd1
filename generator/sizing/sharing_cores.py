"""How many vCPUs may share a core: as each environment states, and one where nobody decides.

A vCPU that waits for a core is not lent out by default: the processes that feed a GPU, and services
with a service level, lose their time while they are ready and wait. So a ratio is a decision of the
blueprint, and a VM that cannot be lent out counts its cores whole whatever the ratio says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from generator.blueprint.standing import PROD
from generator.ledger import Basis, Entry
from generator.sizing.demand import Demand
from generator.sizing.figures import Figures

SUBJECT = "cpu"
"""The ledger's subject of what concerns the cores of all hosts."""

WHOLE = 1.0


def share_cores(demands: Iterable[Demand], stated: Mapping[str, float]) -> Iterator[Demand]:
    """The demands with the ratio of vCPUs to cores that holds for each.

    ``stated`` has the ratio of an environment. It does not hold for VMs with a GPU, whose loaders
    starve behind other VMs, nor for permanent ones of production, whose class reserves its CPU.
    """
    for demand in demands:
        reserved = demand.permanent and demand.environment == PROD
        ratio = WHOLE if demand.gpu or reserved else float(stated.get(demand.environment, WHOLE))
        yield replace(demand, cpu_overcommit=ratio)


def cores_in_ledger(demands: Iterable[Demand], stated: Mapping[str, float]) -> list[Entry]:
    """One figure for each environment that needs VMs: its ratio, and which VMs count whole."""
    figures = Figures(SUBJECT)
    whole: dict[str, set[str]] = {}
    for demand in demands:
        names = whole.setdefault(demand.environment, set())
        if demand.cpu_overcommit == WHOLE:
            names.add(demand.name)
    for environment, names in sorted(whole.items()):
        ratio = float(stated.get(environment, WHOLE))
        figures.note(
            f"vCPUs a core in {environment}",
            ratio,
            "",
            rule=_rule(ratio, sorted(names)),
            source="blueprint" if environment in stated else "default",
            basis=Basis.STATED if environment in stated else Basis.ANALYTIC,
        )
    return figures.entries


def _rule(ratio: float, whole: list[str]) -> str:
    if ratio == WHOLE:
        return "every vCPU has a core: GPU loaders and services starve where vCPUs wait for one"
    kept = f"; 1 for {', '.join(whole)}: a GPU, or a class that reserves its CPU" if whole else ""
    return f"as stated: vCPUs that wait for a core are a decision{kept}"
