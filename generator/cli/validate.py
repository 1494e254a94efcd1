"""``mlgen validate``: every finding about documents, in one run."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from generator.cli.console import (
    as_of_option,
    colour,
    fail_on_option,
    format_option,
    print_json,
    site_option,
)

EXIT_FINDINGS = 2
EXIT_COULD_NOT_RUN = 1
UNREADABLE = "MLG-L001"


@click.command(
    name="validate",
    epilog="Examples: mlgen validate blueprints/*.yaml; mlgen validate --format json - < one.yaml. "
    "Exit codes: 0 clean, 2 findings at or above --fail-on, 1 could not run.",
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@site_option
@as_of_option
@fail_on_option
@format_option
def command(
    paths: tuple[Path, ...],
    sites: tuple[Path, ...],
    as_of: str | None,
    fail_on: str,
    form: str,
) -> int:
    """Check documents: schema, rules, sizes and placement. PATHS are files; - is standard input.

    Blueprints that are given together are also checked against one another.
    """
    from generator.api import examine
    from generator.finding import Severity, worst

    examined = examine(paths, sites=sites, as_of=as_of)
    findings = examined.findings
    if form == "json":
        from generator.report.machine import findings_body

        print_json("findings", findings_body(findings))
    else:
        from generator.report.text import findings_text, visible

        click.echo(findings_text(findings, colour=colour(sys.stdout)), nl=False)
        for file in examined.shapes:
            click.echo(f"{visible(file)}: shape only; rules are judged with a blueprint", err=True)
    if any(finding.rule == UNREADABLE for finding in findings):
        return EXIT_COULD_NOT_RUN
    gravest = worst(findings)
    failed = gravest is not None and gravest.rank <= Severity(fail_on).rank
    return EXIT_FINDINGS if failed else 0
