"""``mlgen schema``: the JSON Schemas of the language and of mlgen's answers."""

from __future__ import annotations

import click


@click.command(
    name="schema", epilog="Example: mlgen schema platform-blueprint > platform-blueprint.json"
)
@click.argument("name", required=False)
def command(name: str | None) -> None:
    """Print the schema NAME, or list the names."""
    from generator.blueprint.roots import data_root

    folder = data_root("schemas")
    suffix = ".schema.json"
    names = sorted(
        entry.name.removesuffix(suffix) for entry in folder.iterdir() if entry.name.endswith(suffix)
    )
    if name is None:
        click.echo("\n".join(names))
    elif name in names:
        click.echo((folder / f"{name}{suffix}").read_text(encoding="utf-8"), nl=False)
    else:
        raise click.BadParameter(f"no schema {name!r}; there are {', '.join(names)}")
