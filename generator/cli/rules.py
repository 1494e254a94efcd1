"""``mlgen rules``: every rule, and the page that documents them."""

from __future__ import annotations

import click

from generator.cli.console import print_json


@click.command(name="rules", epilog="Example: mlgen rules --format markdown > docs/rules.md")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    envvar="MLGEN_FORMAT",
    help="How the list is printed.",
)
def command(form: str) -> None:
    """List every rule with its severity, reason and source."""
    from generator.api import all_rules

    rules = all_rules()
    rows = [
        {
            "id": rule.id,
            "title": rule.title,
            "severity": rule.severity.value,
            "reason": rule.reason,
            "source": rule.source,
        }
        for rule in rules
    ]
    if form == "json":
        print_json("rules", {"rules": rows})
    elif form == "markdown":
        from generator.report.markdown import rules_page

        click.echo(rules_page(rules), nl=False)
    else:
        from generator.report.text import table

        click.echo(
            table(
                ("rule", "severity", "title"), [(r["id"], r["severity"], r["title"]) for r in rows]
            ),
            nl=False,
        )
