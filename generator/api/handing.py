"""The hand-off documents of judged projects."""

from __future__ import annotations

from collections.abc import Sequence

from generator.api.assessing import Project
from generator.api.rendering import rendered
from generator.record import Record, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from generator.render.target import RenderedFile


@record
class HandedOff(Record):
    """The documents of one platform, paths relative to its folder.

    ``short`` says why its plan does not fit, and is empty where it does.
    """

    platform: str
    documents: tuple[RenderedFile, ...]
    short: tuple[str, ...]


def handoff(projects: Sequence[Project]) -> tuple[HandedOff, ...]:
    """The documents of each project. Nothing is written."""
    from generator.handoff.document import short, virtualisation
    from generator.handoff.vcf_input import vcf_input

    return tuple(
        HandedOff(
            platform=project.assessed.state.platform,
            short=short(project.assessed.plan),
            documents=(
                virtualisation(
                    project.assessed.state,
                    project.assessed.plan,
                    project.assessed.sized,
                    project.assessed.ledger,
                    blueprint=project.blueprint,
                    inventories=project.sites.inventories,
                    files=rendered(project, None).files,
                ),
                *vcf_input(
                    project.assessed.state.platform,
                    project.assessed.state.release,
                    project.sites.inventories,
                ),
            ),
        )
        for project in projects
    )
