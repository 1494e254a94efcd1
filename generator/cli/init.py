"""``mlgen init``: a first blueprint with its SiteInventory, from a vCenter or from nothing."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from generator.cli.console import (
    day_option,
    format_option,
    from_vcenter_option,
    print_json,
    role_option,
    today,
)

if TYPE_CHECKING:
    from generator.api import Start
    from generator.vcenter.snapshot import Snapshot

SITE, GPU, GPUS, HOSTS = "site1", "nvidia-l40s", 2, 3
"""What is assumed where nobody says otherwise: N+1 hosts for a pair of GPUs each."""
NO_GPU = "none"
MOST_HOSTS = 64
_PLATFORM = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")
_SITE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")


class Wish(NamedTuple):
    """What flags or the wizard say; None is left to mlgen. ``vcenter`` "" is the only one."""

    name: str | None = None
    site: str | None = None
    gpu: str | None = None
    gpus: int | None = None
    hosts: int | None = None
    vcenter: str | None = None
    snapshot: Path | None = None


@click.command(
    name="init",
    epilog="Examples: mlgen init acme-ml --gpu nvidia-l40s --gpus 2 --hosts 4; "
    "mlgen init acme-ml --from-vcenter; mlgen init --inventory vc-ams1.snapshot. "
    "Exit codes: 0 written, 1 could not run.",
)
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=Path())
@click.option("--name", help="The platform's name. Default: the folder's.")
@click.option("--site", help=f"The site's name. Default: its first vCenter's, else {SITE}.")
@click.option(
    "--gpu",
    metavar="MODEL",
    help=f"The GPU of the assumed hosts, by the catalogue's id, or none. Default: {GPU}.",
)
@click.option(
    "--gpus", type=click.IntRange(1, 16), help=f"GPUs of an assumed host. Default: {GPUS}."
)
@click.option(
    "--hosts", type=click.IntRange(1, MOST_HOSTS), help=f"Assumed hosts. Default: {HOSTS}."
)
@from_vcenter_option("assuming hosts", " DIR stands before it.")
@click.option(
    "--inventory",
    "snapshot",
    type=click.Path(path_type=Path),
    help="The same from a snapshot that inventory export wrote.",
)
@role_option
@day_option("expiries", "today")
@click.option("--force", is_flag=True, help="Give up files of these names, and say which.")
@format_option
def command(  # noqa: PLR0913, PLR0917 - one for each option
    folder: Path,
    name: str | None,
    site: str | None,
    gpu: str | None,
    gpus: int | None,
    hosts: int | None,
    vcenter: str | None,
    snapshot: Path | None,
    role: str,
    as_of: str | None,
    force: bool,
    form: str,
) -> int:
    """Write a commented blueprint and its SiteInventory into DIR, to start from.

    Without flags it asks on a terminal and takes the defaults elsewhere. With --from-vcenter or
    --inventory it also says what fits there, what is stranded and what is stale.
    """
    from generator.api import write_start

    wish = Wish(name, site, gpu, gpus, hosts, vcenter, snapshot)
    if all(each is None for each in wish) and sys.stdin.isatty() and sys.stdout.isatty():
        wish = _asked(folder)
    day = as_of or today()
    start = _start(wish, folder, role, day)
    replaced = write_start(start, folder, force=force)
    for path in replaced:
        click.echo(f"replaced {_visible(str(path))}", err=True)
    if form == "json":
        print_json("init", _body(start, folder, replaced))
    else:
        click.echo(_text(start, folder, wish), nl=False)
    return 0


def _asked(folder: Path) -> Wish:
    """The wizard: a question for each choice, with its default; 130 where it is broken off."""
    import os

    from generator.api import platform_name

    def ask(text: str, default: Any, **more: Any) -> Any:
        return click.prompt(text, default=default, err=True, **more)

    name = ask("Name of the platform", platform_name(folder.resolve().name), value_proc=_name)
    server = os.environ.get("VSPHERE_SERVER") or os.environ.get("GOVC_URL")
    if server and click.confirm(
        "Read the vCenter of your environment, read-only?", default=True, err=True
    ):
        return Wish(name=name, vcenter="")
    site = ask("Name of the site", SITE, value_proc=_site)
    gpu = ask("GPU model (mlgen catalog lists them), or none", GPU, value_proc=_gpu)
    gpus = 1 if gpu == NO_GPU else ask("GPUs of a host", GPUS, type=click.IntRange(1, 16))
    hosts = ask("Hosts", HOSTS, type=click.IntRange(1, MOST_HOSTS))
    return Wish(name=name, site=site, gpu=gpu, gpus=gpus, hosts=hosts)


def _start(wish: Wish, folder: Path, role: str, day: str) -> Start:
    from generator.api import platform_name, start_assumed, start_found
    from generator.api.starter_site import Assumed

    read = wish.vcenter is not None or wish.snapshot is not None
    if read and any(each is not None for each in (wish.gpu, wish.gpus, wish.hosts)):
        raise click.UsageError("hosts are read, or assumed by --gpu, --gpus and --hosts: not both")
    if wish.vcenter is not None and wish.snapshot is not None:
        raise click.UsageError("give --from-vcenter or --inventory, not both")
    name = platform_name(folder.resolve().name) if wish.name is None else _name(wish.name)
    site = None if wish.site is None else _site(wish.site)
    if read:
        return start_found(_snapshot(wish, role), name, site, day)
    gpu = _gpu(wish.gpu or GPU)
    assumed = Assumed(
        site=site or SITE,
        as_of=day,
        gpu="" if gpu == NO_GPU else gpu,
        gpus=wish.gpus or GPUS,
        hosts=wish.hosts or HOSTS,
    )
    return start_assumed(name, assumed)


def _snapshot(wish: Wish, role: str) -> Snapshot:
    """What was read, without the account; what was not read is said."""
    from generator.api import redact
    from generator.cli.inventory import snapshot_of, tell_unread

    refs = (wish.vcenter,) if wish.vcenter else ()
    snapshot = snapshot_of(refs, (), role, (), wish.snapshot)
    tell_unread(snapshot)
    return redact(snapshot)


def _name(text: str) -> str:
    if not _PLATFORM.fullmatch(text):
        raise click.BadParameter(
            "a platform's name is lower-case letters, digits and hyphens, at most 40",
            param_hint="--name",
        )
    return text


def _site(text: str) -> str:
    if not _SITE.fullmatch(text):
        raise click.BadParameter(
            "a site's name is letters, digits, dots, underscores and hyphens, at most 63",
            param_hint="--site",
        )
    return text


def _gpu(text: str) -> str:
    from generator.catalog import Catalog

    if text != NO_GPU:
        try:
            Catalog.builtin().accelerator(text)
        except KeyError as unknown:
            raise click.BadParameter(_visible(str(unknown.args[0])), param_hint="--gpu") from None
    return text


def _visible(text: str) -> str:
    from generator.report.text import visible

    return visible(text)


def _text(start: Start, folder: Path, wish: Wish) -> str:
    from generator.cli.first_look import first_look_text

    lines = [f"wrote {_visible(str(folder / name))}" for name, _ in start.files]
    if start.assumed:
        lines += ["", "Assumed, for nobody said otherwise; the site's file is yours to correct:"]
        lines += [f"  {each}" for each in start.assumed]
    if start.look is not None:
        lines += ["", first_look_text(start.look).rstrip()]
    lines += ["", *_fits(start), "", "Next:"]
    blueprint = _visible(shlex.quote(str(folder / start.files[0][0])))
    lines += [f"  mlgen {verb} {blueprint}" for verb in ("validate", "size")]
    if start.look is not None:
        again = f"--from-vcenter {wish.vcenter or ''}" if wish.snapshot is None else wish.snapshot
        report = f"mlgen inventory report {_visible(str(again))}".rstrip()
        lines.append(f"  {report}   # what is there, GPU by GPU, with reasons")
    return "\n".join(lines) + "\n"


def _fits(start: Start) -> list[str]:
    if not start.example:
        nothing = "  no example: change the site's file, or add a workload that it can carry"
        return ["Fits", nothing, *(f"  {_visible(one)}" for one in start.lacking)]
    chosen = start.project.assessed.plan.chosen
    mine = [one for one in chosen if one.demand.name == start.example and one.model]
    on = [f"{one.profile or 'DirectPath'} of {one.model}" for one in mine] or ["CPU"]
    return ["Fits", f"  the example workload {start.example}, on {_visible(', '.join(on))}"]


def _body(start: Start, folder: Path, replaced: tuple[Path, ...]) -> dict[str, Any]:
    from generator.cli.first_look import first_look_body

    body: dict[str, Any] = {
        "platform": start.name,
        "site": start.site,
        "files": [str(folder / name) for name, _ in start.files],
        "replaced": [str(path) for path in replaced],
        "example": start.example or None,
        "lacking": list(start.lacking),
        "fits": start.project.assessed.plan.fits,
        "assumed": list(start.assumed),
    }
    return body if start.look is None else {**body, "first_look": first_look_body(start.look)}
