"""Small situations: two hosts, and plans written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from generator.blueprint.model.blueprint import Blueprint, Targets
from generator.catalog import Catalog
from generator.finding import Finding
from generator.placement.plan import Chosen, Placed, Plan, Shortfall
from generator.platform.whatif import Situation
from generator.supply.model import SiteInventory
from tests.example import blueprint, planned, site
from tests.placement.build import H100, demand, need

HALF, QUARTER = "nvidia_h100-40c", "nvidia_h100-20c"


@cache
def example() -> Plan:
    """The plan of the shipped example, whose records the ones here are made from."""
    return planned()


def vm(index: int, host: str = "esx-01", *gpus: int, name: str = "work", start: int = -1) -> Placed:
    """One VM of ``work`` in dev; ``gpus`` are numbers of its host's GPUs."""
    return replace(
        example().placed[0],
        demand=name,
        environment="dev",
        index=index,
        site="ams1",
        host=host,
        cluster="gpu-a",
        profile=HALF if gpus else "",
        gpus=tuple(f"{host}/gpu{number}" for number in gpus),
        start=start,
    )


def chosen(count: int, *, profile: str = HALF, name: str = "work", **other: object) -> Chosen:
    """``work`` of so many VMs; without a GPU where ``profile`` is empty."""
    wanted = demand(name, need(30) if profile else None, count=count, site="ams1")
    model = H100 if profile else ""
    final = replace(wanted, **other)  # type: ignore[arg-type]
    return replace(example().chosen[0], demand=final, model=model, profile=profile, device_group="")


def plan(choices: tuple[Chosen, ...], vms: tuple[Placed, ...], *shortfalls: Shortfall) -> Plan:
    """A plan with nothing else in it."""
    made = replace(example(), chosen=choices, placed=vms, shortfalls=shortfalls)
    return replace(made, ledger=(), findings=())


def shortfall(placed: int, wanted: int, minimum: int = 0) -> Shortfall:
    """``work`` in dev lacks VMs."""
    return Shortfall(
        demand="work",
        environment="dev",
        wanted=wanted,
        placed=placed,
        minimum=minimum,
        fatal=placed < minimum,
        because="no room",
    )


def without_hosts(*names: str) -> SiteInventory:
    """The example's site without some of its hosts."""
    return replace(site(), hosts=tuple(h for h in site().hosts if h.name not in names))


def targeting(**versions: str) -> Blueprint:
    """The example with other target versions."""
    targets: Targets = replace(blueprint().platform.targets, **versions)  # type: ignore[arg-type]
    return replace(blueprint(), platform=replace(blueprint().platform, targets=targets))


def situation(
    made: Plan | None = None,
    *,
    wanted: Blueprint | None = None,
    facts: SiteInventory | None = None,
    findings: tuple[Finding, ...] = (),
    files: Mapping[str, str] | None = None,
    lost_gpus: tuple[str, ...] = (),
) -> Situation:
    """The example with a plan of its own, or another one."""
    facts = facts or site()
    return Situation(
        blueprint=wanted or blueprint(),
        inventories={"ams1": facts},
        catalog=Catalog.builtin(),
        plan=made or planned(wanted, facts),
        findings=findings,
        files=files or {},
        lost_gpus=lost_gpus,
    )
