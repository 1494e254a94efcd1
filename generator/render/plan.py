"""``plan.json``: the desired state with its placements and its ledger; what ``diff`` reads."""

from __future__ import annotations

from generator.blueprint.model.governance import DiffIgnore
from generator.ledger import Entry
from generator.placement.plan import Plan
from generator.platform.objects import DesiredState
from generator.render.canonical import listing
from generator.render.target import RenderedFile
from generator.sizing.demand import Sized

SCHEMA = "https://mlgen.dev/schemas/v1alpha1/plan.schema.json"


def plan_file(
    state: DesiredState,
    plan: Plan,
    sized: Sized,
    ledger: tuple[Entry, ...],
    diff_ignore: tuple[DiffIgnore, ...] = (),
) -> RenderedFile:
    """The plan of one platform, with what its blueprint accepts that differs from vCenter."""
    content = {
        "schema": SCHEMA,
        "platform": state.platform,
        "release": state.release,
        "as_of": state.as_of,
        "vcenters": state.vcenters,
        "clusters": state.clusters,
        "placements": plan.placed,
        "shortfalls": plan.shortfalls,
        "obstacles": plan.obstacles,
        "volumes": sized.data.volumes,
        "tiers": sized.data.tiers,
        "flows": sized.network.flows,
        "links": sized.network.links,
        "addresses": sized.network.addresses,
        "ledger": ledger,
        "coverage": state.coverage,
        "diff_ignore": diff_ignore,
        "open_questions": state.questions,
    }
    return RenderedFile("plan.json", listing(content))
