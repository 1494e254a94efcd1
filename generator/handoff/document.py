"""One Markdown document for the VI team: what to do, in which order, and what to check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generator.blueprint.model.blueprint import Blueprint
from generator.handoff.asking import asked_steps
from generator.handoff.enabling import enabling_facts
from generator.handoff.glossary import GLOSSARY
from generator.handoff.needs import supervisor_needs
from generator.handoff.orders import orders
from generator.handoff.prerequisites import contacts, protected
from generator.handoff.requests import requests
from generator.handoff.site_facts import platform_facts, site_facts
from generator.handoff.step import Step
from generator.handoff.steps import order_of_work
from generator.handoff.tables import host_rows, licence_rows, network_rows
from generator.handoff.vcf_input import folder
from generator.ledger import Entry
from generator.placement.plan import Plan
from generator.platform.objects import DesiredState, OpenQuestion
from generator.render.engine import fill, table_if_any
from generator.render.gpu.bios import BIOS
from generator.render.target import RenderedFile
from generator.sizing.demand import Sized
from generator.supply.model import SiteInventory

PATH = "handoff/virtualisation.md"


def short(plan: Plan) -> tuple[str, ...]:
    """Why nothing is rendered for a plan, in sentences; empty where it fits."""
    waiting = (one.sentence for one in plan.shortfalls if one.fatal)
    return (*waiting, *(one.sentence for one in plan.obstacles if one.fatal))


def virtualisation(
    state: DesiredState,
    plan: Plan,
    sized: Sized,
    ledger: Sequence[Entry],
    *,
    blueprint: Blueprint,
    inventories: Mapping[str, SiteInventory],
    files: Sequence[RenderedFile],
) -> RenderedFile:
    """The hand-off of a platform for the VI team. Pure.

    ``files`` are the rendered ones: the order of work is that of the folders among them.
    """
    paths = (file.path for file in files)
    steps = order_of_work(state, plan, paths, asked_steps(blueprint, inventories))
    numbers = {step.title: number for number, step in enumerate(steps, start=1)}
    order = fill(
        "handoff/order.md.j2",
        platform=state.platform,
        release=state.release,
        as_of=state.as_of,
        vcenters=", ".join(f"vCenter {vcenter.name}" for vcenter in state.vcenters),
        unfit=tuple(filter(None, (short(plan),))),
        questions=[_asked(q) for q in sorted(state.questions, key=lambda q: (q.owner, q.subject))]
        or [_NOTHING_ASKED],
        steps=[_view(step, numbers) for step in steps],
    )
    site = fill(
        "handoff/site.md.j2",
        contacts=tuple(contacts(blueprint, inventories)),
        facts=(*platform_facts(blueprint), *site_facts(inventories)),
        protected=tuple(protected(blueprint, inventories)),
    )
    asked = fill(
        "handoff/asked.md.j2",
        enabling=table_if_any(enabling_facts(inventories)),
        needs=table_if_any(supervisor_needs(blueprint, inventories)),
        requests=table_if_any(requests(state, inventories)),
        inputs=table_if_any(
            {"vcenter": order.vcenter, "folder": folder(order.vcenter, state.release)}
            for order in orders(inventories)
        ),
    )
    tables = fill(
        "handoff/tables.md.j2",
        bios=BIOS,
        hosts=host_rows(plan),
        networks=tuple(network_rows(sized.network.addresses, inventories)),
        licences=licence_rows(ledger),
        coverage=state.coverage,
        glossary=GLOSSARY,
    )
    return RenderedFile(PATH, order + site + asked + tables)


_NOTHING_ASKED = {"owner": "-", "question": "none", "why": "-", "blocks": "-"}


def _asked(question: OpenQuestion) -> dict[str, str]:
    """A question as the template prints it."""
    return {
        "owner": question.owner,
        "question": question.question,
        "why": question.why,
        "blocks": ", ".join(question.blocks),
    }


def _view(step: Step, numbers: Mapping[str, int]) -> dict[str, Any]:
    """A step as the template prints it; what it waits for by number."""
    waits = ", ".join(str(numbers[title]) for title in step.after if title in numbers)
    return {
        "number": numbers[step.title],
        "title": step.title,
        "owner": step.owner,
        "after": waits or "nothing",
        "command": step.command,
        "check": step.check,
        "expected": step.expected,
        "power_off": step.power_off or "nothing",
        "rollback": step.rollback,
    }
