"""``mlgen whatif``: a blueprint before and after what is supposed of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.cli.console import Command, as_of_option, format_option, print_json, site_option

if TYPE_CHECKING:
    from generator.api import Supposed, WhatIf
    from generator.blueprint.alter import Setting
    from generator.finding import Finding

EXIT_DOES_NOT_FIT = 4
_SHORTHANDS = {"--driver": "platform.targets.vgpu_host", "--vks": "platform.targets.vks"}


def _text(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
    """Refuses what the terminal sent as no UTF-8: it could not be shown again."""
    for one in value if isinstance(value, tuple) else (value,):
        try:
            str(one or "").encode()
        except UnicodeEncodeError as error:
            raise click.BadParameter("these bytes are no UTF-8", ctx, param) from error
    return value


def _option(*names: str, metavar: str, help: str) -> Callable[[Command], Command]:  # noqa: A002 (click's name)
    """An option that may be given several times."""
    return click.option(*names, metavar=metavar, help=help, multiple=True, callback=_text)


@click.command(
    name="whatif",
    epilog="Examples: mlgen whatif blueprints/acme-ml.yaml --lose-host esx-03; "
    "mlgen whatif blueprints/acme-ml.yaml --set workloads[rag-llm].serving.sessions=64; "
    "mlgen whatif blueprints/acme-ml.yaml --driver 20 --set platform.targets.nvaie_infra=8. "
    "Exit codes: 0 fits afterwards, 4 does not fit, 1 could not run.",
)
@click.argument("blueprint", type=click.Path(path_type=Path, allow_dash=True))
@_option("--set", "settings", metavar="PATH=VALUE", help="A value, by the path of findings.")
@_option("--lose-host", "lost_hosts", metavar="HOST", help="A host is not there any more.")
@_option("--lose-gpu", "lost_gpus", metavar="HOST/gpuN", help="A GPU is not there any more.")
@_option("--lose-site", "lost_sites", metavar="SITE", help="No host of a site is left.")
@_option("--add-host", "added_hosts", metavar="NAME=LIKE", help="One more host like another.")
@_option("--gpu", "other_gpus", metavar="OLD=NEW", help="Another GPU model in the hosts.")
@_option("--add-team", "teams", metavar="YAML", help="One more item of organisation.teams.")
@click.option(
    "--add-workload",
    "workloads",
    type=click.Path(path_type=Path, allow_dash=True),
    multiple=True,
    help="A file with a WorkloadRequest, or with one more item of workloads.",
)
@_option("--driver", "drivers", metavar="VERSION", help="Another vGPU host driver.")
@_option("--vks", "releases", metavar="VERSION", help="Another VKS release.")
@site_option
@as_of_option
@format_option
def command(
    blueprint: Path,
    sites: tuple[Path, ...],
    as_of: str | None,
    form: str,
    workloads: tuple[Path, ...],
    **options: tuple[str, ...],
) -> int:
    """Compare BLUEPRINT with what is supposed of it: fit, capacity, VMs, findings and files.

    All suppositions hold together. Nothing is written.
    """
    from generator.api import whatif

    if [str(file) for file in (blueprint, *workloads)].count("-") > 1:
        raise click.UsageError("standard input can be read once")
    supposed = _supposed(options, workloads)
    answer = whatif(blueprint, supposed, sites=sites, as_of=as_of)
    if form == "json":
        print_json("whatif", body(answer))
    else:
        from generator.cli.comparison import text

        click.echo(text(answer), nl=False)
    return 0 if answer.comparison.after.fits else EXIT_DOES_NOT_FIT


def body(answer: WhatIf) -> dict[str, Any]:
    """The answer as its schema has it."""
    from dataclasses import fields

    compared = answer.comparison
    return {
        "platform": answer.before.blueprint.metadata.name,
        "fits": compared.after.fits,
        **{field.name: getattr(compared, field.name) for field in fields(compared)},
        "displaced": answer.displaced,
    }


def _supposed(options: dict[str, tuple[str, ...]], workloads: tuple[Path, ...]) -> Supposed:
    """The options as what they suppose; raises ``Refused`` for all that are ill written."""
    from generator.api import Supposed
    from generator.finding import Refused
    from generator.supply.alter import Hardware

    findings: list[Finding] = []
    settings = _settings(options, findings)
    added = _pairs("--add-host", "NAME=LIKE", options["added_hosts"], findings)
    other = _pairs("--gpu", "OLD=NEW", options["other_gpus"], findings)
    if findings:
        raise Refused(findings)
    hardware = Hardware(
        lost_hosts=options["lost_hosts"],
        lost_gpus=options["lost_gpus"],
        lost_sites=options["lost_sites"],
        added_hosts=added,
        other_gpus=other,
    )
    return Supposed(
        settings=settings, hardware=hardware, teams=options["teams"], workloads=workloads
    )


def _settings(options: dict[str, tuple[str, ...]], findings: list[Finding]) -> tuple[Setting, ...]:
    """What ``--set`` says, and the versions, which are values of targets."""
    from generator.blueprint.alter import Setting

    stated = _pairs("--set", "PATH=VALUE", options["settings"], findings, empty=True)
    versions = (("--driver", options["drivers"]), ("--vks", options["releases"]))
    return (
        *(Setting(path=path, text=value) for path, value in stated),
        *(
            # A version is text, and in YAML 3.6 alone would be a number.
            Setting(path=_SHORTHANDS[option], text=_quoted(version), option=option)
            for option, some in versions
            for version in some
        ),
    )


def _quoted(text: str) -> str:
    """A YAML scalar that is this text and nothing else."""
    return "'" + text.replace("'", "''") + "'"


def _pairs(
    option: str,
    form: str,
    stated: Sequence[str],
    findings: list[Finding],
    *,
    empty: bool = False,
) -> tuple[tuple[str, str], ...]:
    """Both sides of each first ``=``; a finding where there are not two."""
    from generator.blueprint.alter.rules import IllWritten
    from generator.blueprint.near import short, shown
    from generator.finding import Place

    found = []
    for one in stated:
        left, sign, right = one.partition("=")
        if sign and left.strip() and (right.strip() or empty):
            found.append((left.strip(), right if empty else right.strip()))
            continue
        place = Place(f"{option} {short(one)}", 1, 1)
        message = f"{shown(one)} is not written as {form}"
        findings.append(IllWritten.breach(message, mend=f"write {form}", places=(place,)))
    return tuple(found)
