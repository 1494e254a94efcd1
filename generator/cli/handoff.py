"""``mlgen handoff``: the documents for the people who carry the plan out."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli.console import (
    as_of_option,
    format_option,
    keep_option,
    out_option,
    print_json,
    site_option,
)


@click.command(
    name="handoff",
    epilog="Example: mlgen handoff blueprints/acme-ml.yaml --out out. "
    "Exit codes: 0 written, 1 could not run.",
)
@click.argument("blueprints", nargs=-1, required=True, type=click.Path(path_type=Path))
@out_option("The folder that has one folder per platform.")
@site_option
@keep_option
@as_of_option
@format_option
def command(
    blueprints: tuple[Path, ...],
    out: Path,
    sites: tuple[Path, ...],
    kept: tuple[Path, ...],
    as_of: str | None,
    form: str,
) -> int:
    """Write the hand-off of BLUEPRINTS for the VI team, as Markdown."""
    from generator.api import handoff, load, read_kept
    from generator.render.one_file import write_one

    results = handoff(load(blueprints, sites=sites, as_of=as_of, keep=read_kept(kept)))
    written = []
    for result in results:
        for document in result.documents:
            path = out / result.platform / document.path
            _refuse_links(path.parent, out)
            path.parent.mkdir(parents=True, exist_ok=True)
            write_one(path, document.text)
            written.append(str(path))
        _warn(result.platform, result.short)
    if form == "json":
        print_json("handoff", {"documents": written})
    else:
        click.echo("\n".join(written))
    return 0


def _warn(platform: str, short: tuple[str, ...]) -> None:
    """Says on standard error that the order of work has no render to work on."""
    from generator.report.text import visible

    if short:
        click.echo(f"{visible(platform)} does not fit, and nothing is rendered for it:", err=True)
        for sentence in short:
            click.echo(f"  {visible(sentence)}", err=True)


def _refuse_links(folder: Path, out: Path) -> None:
    """Nothing is written through a link that lies below the output folder."""
    from generator.finding import CannotRun

    for step in (folder, *folder.parents):
        if step == out:
            return
        if step.is_symlink():
            raise CannotRun(f"{step} is a link; nothing is written through one")
