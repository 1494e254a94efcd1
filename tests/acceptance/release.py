"""Applies a rendered release as its user does: Terraform by root, the apply script in between."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.acceptance import vcenter
from tests.acceptance.roots import LOCAL_BACKEND, Cli, root_folders

LIMIT_S = 120
FIRST = ("storage-policy", "vm-class", "zone")
"""What namespaces name has to be there before Terraform makes them."""


class NotApplied(Exception):
    """A step failed; the message is what it said."""


def apply(platform: Path, ref: str, endpoint: vcenter.Endpoint, cli: Cli, scratch: Path) -> None:
    """Brings one vCenter of a rendered platform to the release.

    Raises:
        NotApplied: with the output of the step that failed.
    """
    between = False
    for root in root_folders(platform / ref):
        if root.name >= "30" and not between:
            _script(platform, ref, endpoint, scratch, FIRST)
            between = True
        folder = scratch / ref / root.name
        folder.mkdir(parents=True)
        for file in root.iterdir():
            (folder / file.name).write_bytes(file.read_bytes())
        (folder / "backend_override.tf").write_text(LOCAL_BACKEND, "utf-8")
        for arguments in (("init",), ("apply", "-auto-approve", "-parallelism=4")):
            done = cli.run(folder, *arguments, "-no-color", settings=endpoint.environment())
            if not done:
                raise NotApplied(f"{root.name}: terraform {arguments[0]}:\n{done.output}")
    _script(platform, ref, endpoint, scratch, ())


def _script(
    platform: Path, ref: str, endpoint: vcenter.Endpoint, scratch: Path, only: tuple[str, ...]
) -> None:
    chosen = [word for kind in only for word in ("--only", kind)]
    done = subprocess.run(
        [
            sys.executable, str(platform / "apply" / "apply.py"), ref,
            "--apply", "--change-id", "CHG1", *chosen,
        ],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(scratch),
            "XDG_STATE_HOME": str(scratch / "state"),
            "VSPHERE_SERVER": endpoint.server,
            "VSPHERE_USER": endpoint.user,
            "VSPHERE_PASSWORD": vcenter.PASSWORD,
            "VSPHERE_CA_FILE": endpoint.ca_file,
        },
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise NotApplied(f"apply.py ended {done.returncode}:\n{done.stdout}{done.stderr}")
