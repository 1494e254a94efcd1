"""The ``mlgen`` command: one module per verb, imported when the verb is called."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

import click

from generator import __version__

if TYPE_CHECKING:
    from generator.finding import Refused

VERBS = {
    "init": "Write a first blueprint, from a vCenter or from nothing.",
    "validate": "Check documents: schema, rules, sizes, placement.",
    "size": "Say what a blueprint needs and where it fits.",
    "estimate": "Say what one workload needs, without a blueprint.",
    "render": "Write Terraform, VKS specs and the rest.",
    "diff": "Say where the live vCenter differs from what was applied and wanted.",
    "guard": "Stop a Terraform plan that takes away what others use.",
    "whatif": "Compare a blueprint with what is supposed of it.",
    "inventory": "Keep what vCenters hold, or report it: fits, stranded, stale.",
    "handoff": "Write the documents for the people who carry a plan out.",
    "explain": "Explain a rule, a field of the language or a figure of a plan.",
    "catalog": "List accelerators, CPUs, models, ClusterClasses and Supervisor flavours.",
    "rules": "List every rule.",
    "roles": "Derive the least vCenter roles for apply and diff.",
    "schema": "Print a JSON Schema.",
    "migrate": "Lift documents to the newest schema version.",
}
EXIT_ERROR = 1
EXIT_INTERRUPTED = 130


class Verbs(click.Group):
    """The verbs, each in ``generator.cli.<verb>`` as ``command``."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """All verbs, in the order of their use."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Imports the verb; lists them from this module's own table where help asks."""
        if cmd_name not in VERBS:
            return None
        command: click.Command = import_module(f"generator.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Names the verb that was meant; click knows only those that were imported."""
        word = args[0]
        if word not in VERBS and not word.startswith("-") and not ctx.resilient_parsing:
            from generator.blueprint.near import did_you_mean, shown

            near = did_you_mean(word, VERBS)
            raise click.UsageError(
                f"there is no verb {shown(word)}" + (f"; did you mean {near}?" if near else ""), ctx
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Prints the table without importing a verb."""
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


@click.group(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done, 1 could not run, 2 findings or stale files, 3 a vCenter was not "
    "read as far as it should, 4 does not fit. Start: mlgen init acme; mlgen size acme/acme.yaml.",
)
@click.version_option(__version__, prog_name="mlgen", message="%(prog)s %(version)s")
@click.pass_context
def mlgen(ctx: click.Context) -> None:
    """Infrastructure as code for machine-learning platforms on vSphere and Tanzu."""
    if _has_settings():
        from generator.cli.settings import defaults

        ctx.default_map = defaults()


def _has_settings() -> bool:
    """Whether there are settings to parse; reading TOML for nothing would cost every verb."""
    if os.path.exists("mlgen.toml"):  # noqa: PTH110 (pathlib costs 10 ms here)
        return True
    try:
        with open("pyproject.toml", "rb") as stream:  # noqa: PTH123
            return b"[tool.mlgen" in stream.read()
    except OSError:
        return False


def main() -> None:
    """Runs the command and ends the process with the exit code of the contract.

    The collector of cyclic garbage is off: a verb ends before there is any worth collecting, and
    looking for it took a quarter of the time of ``mlgen validate``. Documents are bounded in size,
    and so is what they can leave behind.
    """
    gc.disable()
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Runs the command line; returns the exit code. Only a defect of mlgen itself is a crash."""
    try:
        outcome = mlgen.main(arguments, prog_name="mlgen", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return EXIT_ERROR
    except (click.Abort, KeyboardInterrupt):
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader went away; keep the interpreter from complaining while it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_ERROR
    except Exception as error:  # noqa: BLE001 (the last resort, which asks for a report)
        return _explain(error, as_json=_wants_json(arguments))
    return outcome if isinstance(outcome, int) else 0


def _explain(error: Exception, *, as_json: bool) -> int:
    from generator.finding import CannotRun, Refused

    if isinstance(error, Refused):
        _show(error, as_json=as_json)
        return EXIT_ERROR
    if isinstance(error, CannotRun | OSError):
        click.echo(f"mlgen: {_one_line(error)}", err=True)
        return EXIT_ERROR
    if os.environ.get("MLGEN_DEBUG"):
        raise error
    click.echo(
        f"mlgen {__version__}: internal error: {type(error).__name__}: {_one_line(error)}\n"
        "This is a defect of mlgen. Please report it with the output under MLGEN_DEBUG=1.",
        err=True,
    )
    return EXIT_ERROR


def _one_line(error: Exception) -> str:
    from generator.report.text import visible

    words = str(error)
    if isinstance(error, OSError) and error.strerror and error.filename:
        words = f"{error.filename}: {error.strerror}"  # without the number of the error
    return visible(words.replace("\n", " "))


def _wants_json(arguments: list[str]) -> bool:
    """Whether a program reads the answer, by flag or by environment."""
    asked = " ".join(arguments).replace("=", " ")
    return "--format json" in asked or os.environ.get("MLGEN_FORMAT") == "json"


def _show(refused: Refused, *, as_json: bool) -> None:
    from generator.cli.console import colour, print_json

    if as_json:
        from generator.report.machine import findings_body

        print_json("findings", findings_body(refused.findings))
        return
    from generator.report.text import findings_text

    click.echo(findings_text(refused.findings, colour=colour(sys.stderr)), nl=False, err=True)
