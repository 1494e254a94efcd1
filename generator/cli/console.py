"""What every verb shares: options, streams and the way results are printed."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

FORMATS = ("text", "json")
SEVERITIES = ("error", "warning", "notice", "question")


def formats_option(formats: Sequence[str]) -> Callable[[Command], Command]:
    """``--format`` of a verb that knows ``formats``; text unless said."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(formats),
        default="text",
        show_default=True,
        envvar="MLGEN_FORMAT",
        help="How results are printed on standard output.",
    )


format_option = formats_option(FORMATS)
"""``--format text|json``."""


def site_option(command: Command) -> Command:
    """``--site FILE``, repeatable."""
    return click.option(
        "--site",
        "sites",
        type=click.Path(path_type=Path),
        multiple=True,
        envvar="MLGEN_SITE",
        help="A SiteInventory file; those beside the blueprint are found without it.",
    )(command)


def out_option(what: str) -> Callable[[Command], Command]:
    """``--out FOLDER``, which holds one folder per platform; ``what`` says what for."""
    return click.option(
        "--out",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path("out"),
        show_default=True,
        envvar="MLGEN_OUT",
        help=what,
    )


def role_option(command: Command) -> Command:
    """``--role diff|diff-host``: what the account may see (F8)."""
    return click.option(
        "--role",
        type=click.Choice(["diff", "diff-host"]),
        default="diff",
        show_default=True,
        envvar="MLGEN_ROLE",
        help="The role that the account has; diff-host also reads modules and packages of hosts.",
    )(command)


def keep_option(command: Command) -> Command:
    """``--keep PLAN``, repeatable."""
    return click.option(
        "--keep",
        "kept",
        type=click.Path(path_type=Path),
        multiple=True,
        help="An earlier plan.json, the rendered folder that holds it, or what size --format json "
        "printed: its VMs stay where they are, as far as they still fit.",
    )(command)


def fail_on_option(command: Command) -> Command:
    """``--fail-on SEVERITY``."""
    return click.option(
        "--fail-on",
        type=click.Choice(SEVERITIES),
        default="error",
        show_default=True,
        envvar="MLGEN_FAIL_ON",
        help="The mildest finding that ends with exit code 2.",
    )(command)


def today() -> str:
    """The day, the same wherever the command runs: a pipeline and a person judge alike."""
    return datetime.now(tz=UTC).date().isoformat()


def day_option(judged: str, default: str) -> Callable[[Command], Command]:
    """``--as-of DATE``; the command gets it in the form of ISO 8601, or None."""
    return click.option(
        "--as-of",
        type=click.DateTime(["%Y-%m-%d"]),
        callback=lambda _context, _option, day: day.date().isoformat() if day else None,
        envvar="MLGEN_AS_OF",
        help=f"The date that {judged} are judged by. Default: {default}.",
    )


as_of_option = day_option("expiries", "release.as_of of the blueprint")
"""The same for verbs that judge a blueprint as of its release."""


def from_vcenter_option(instead: str, more: str = "") -> Callable[[Command], Command]:
    """``--from-vcenter [REF]``; the command gets None, "" for the only one, or the reference."""
    return click.option(
        "--from-vcenter",
        "vcenter",
        is_flag=False,
        flag_value="",
        metavar="[REF]",
        help=f"Read a vCenter instead of {instead}; settings as for inventory export. "
        f"Nothing is ever changed there.{more}",
    )


def colour(stream: TextIO) -> bool:
    """Whether to colour: only on a terminal, and never where NO_COLOR is set."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def unicode(stream: TextIO) -> bool:
    """Whether more than ASCII can be shown: only where the stream is UTF-8."""
    return (getattr(stream, "encoding", None) or "").lower().replace("-", "") == "utf8"


def columns() -> int:
    """The width of the terminal; 80 where there is none."""
    import shutil  # only what draws asks, and it brings every kind of archive

    return shutil.get_terminal_size((80, 24)).columns


def print_json(kind: str, body: Mapping[str, Any]) -> None:
    """A JSON answer on standard output."""
    from generator.report.machine import answer

    click.echo(answer(kind, body), nl=False)
