"""``mlgen migrate``: lifts documents to the newest schema version."""

from __future__ import annotations

import sys
from pathlib import Path

import click

EXIT_OLD = 2


@click.command(
    name="migrate",
    epilog="Examples: mlgen migrate blueprints/*.yaml; mlgen migrate --check blueprints/*.yaml. "
    "Exit codes: 0 done, 2 with --check where a document is old, 1 could not run.",
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--check", is_flag=True, help="Write nothing; exit 2 where a document is old.")
def command(paths: tuple[Path, ...], check: bool) -> int:
    """Lift the documents in PATHS; comments and layout stay. - is standard input and output.

    All files are lifted before the first is written, so a bad one leaves the others alone.
    """
    from generator.blueprint.migrate import migrated
    from generator.report.text import visible
    from generator.source import contents

    lifted = [(path, before := contents(path), migrated(before, file=str(path))) for path in paths]
    old = [path for path, before, after in lifted if after != before]
    for path, before, after in lifted:
        if str(path) == "-" and not check:
            sys.stdout.buffer.write(after)
            continue
        state = "current" if after == before else "old" if check else "lifted"
        click.echo(f"{visible(str(path))}: {state}")
        if after != before and not check:
            path.write_bytes(after)
    return EXIT_OLD if check and old else 0
