"""The files of judged projects."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from generator.api.assessing import Project
from generator.finding import Refused
from generator.placement.plan import Plan
from generator.platform.objects import DesiredState
from generator.record import Record, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from generator.render.target import RenderedFile


@record
class Rendered(Record):
    """A platform's files, and the state and plan behind them."""

    state: DesiredState
    plan: Plan
    files: tuple[RenderedFile, ...]


def render(projects: Sequence[Project], *, out: Path | None = None) -> tuple[Rendered, ...]:
    """The files of each project. Nothing is written.

    ``out`` is the folder of the last render: what Terraform managed there and would no longer is
    let go of, not destroyed. Without it there is no earlier release.

    Raises:
        Refused: where an output path would not work on every file system.
    """
    from generator.render.output import remembered

    return tuple(
        rendered(project, remembered(out / project.assessed.state.platform) if out else None)
        for project in projects
    )


def rendered(project: Project, former: object) -> Rendered:
    """As ``render`` for one project; ``former`` is what the last manifest says of Terraform."""
    from generator.render import render_platform
    from generator.render.canonical import fingerprint
    from generator.render.rules import PortablePaths
    from generator.render.target import RenderedFile
    from generator.render.terraform.moving import memory

    assessed = project.assessed
    sources = [project.document.root, *(d.root for d in project.sites.documents.values())]
    files = render_platform(
        assessed.state,
        assessed.plan,
        assessed.sized,
        assessed.ledger,
        source_hash=fingerprint(sources),
        former=memory(former),
        diff_ignore=project.blueprint.governance.diff_ignore,
    )
    folder = RenderedFile(assessed.state.platform, "")
    findings = tuple(PortablePaths.check([folder, *files]))
    if findings:
        raise Refused(findings)
    return Rendered(state=assessed.state, plan=assessed.plan, files=files)
