"""Runs `mlgen diff` as its user does, against a vCenter to which a release was applied."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.api import observe_vcenters, vcenter_settings
from generator.vcenter.snapshot import Snapshot
from generator.vcenter.wanted import NOTHING_OURS, Role, Wanted
from tests.acceptance import release, shipped, vcenter
from tests.acceptance.furnished import put
from tests.acceptance.roots import Cli

LIMIT_S = 60
AS_OF = "2026-11-21"


@dataclass(frozen=True)
class Ran:
    """What a run ended with, printed and said."""

    code: int
    output: str
    said: str

    @property
    def answer(self) -> dict[str, Any]:
        """The JSON on standard output."""
        found: dict[str, Any] = json.loads(self.output)
        return found

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """Kind, key, field, desired and live value of each difference."""
        return [
            (one["kind"], one["key"], one["field"], _plain(one["desired"]), _plain(one["live"]))
            for one in self.answer["differences"]
        ]


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


@dataclass(frozen=True)
class Site:
    """A vCenter that holds a release, and the folder that it was rendered to."""

    endpoint: vcenter.Endpoint
    out: Path
    blueprint: Path = shipped.BLUEPRINT

    @property
    def log(self) -> Path:
        """One line per request that the simulator saw."""
        return Path(self.endpoint.ca_file).parent / "requests.jsonl"

    def environment(self, **others: str) -> dict[str, str]:
        """The environment of a run: how the vCenter is reached, and nothing of the user's."""
        return {
            "PATH": os.environ["PATH"],
            "VSPHERE_SERVER": self.endpoint.server,
            "VSPHERE_USER": self.endpoint.user,
            "VSPHERE_PASSWORD": vcenter.PASSWORD,
            "VSPHERE_CA_FILE": self.endpoint.ca_file,
            "PYTHONDONTWRITEBYTECODE": "1",
            **others,
        }

    def command(self, *arguments: str) -> list[str]:
        """The command line of a diff with the flags that every test gives."""
        return [
            sys.executable, "-m", "generator", "diff", str(self.blueprint),
            "--out", str(self.out), "--as-of", AS_OF, *arguments,
        ]  # fmt: skip

    def diff(self, *arguments: str, **environment: str) -> Ran:
        """One run, with JSON as the answer unless the arguments say otherwise."""
        form = () if "--format" in arguments else ("--format", "json")
        return self.mlgen(*self.command(*arguments, *form)[3:], **environment)

    def mlgen(self, *arguments: str, **environment: str) -> Ran:
        """One run of any command."""
        done = subprocess.run(
            [sys.executable, "-m", "generator", *arguments],
            cwd=shipped.ROOT,
            env=self.environment(**environment),
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def read(self, role: Role = "diff", wanted: Wanted = NOTHING_OURS) -> Snapshot:
        """The vCenter as a reading in this process sees it."""
        found = observe_vcenters(
            vcenter_settings((shipped.VCENTER,), self.environment()), wanted, role
        )
        assert not found.failed, found.failed
        return found

    def tell(self, *wishes: Mapping[str, Any]) -> list[Any]:
        """Wishes to the control of the simulator."""
        return vcenter.command(self.endpoint, *wishes)

    def requests(self, since: int = 0) -> list[dict[str, Any]]:
        """The requests after a number of them."""
        lines = map(json.loads, self.log.read_text("utf-8").splitlines())
        return [found for found in lines if found["path"] != "/control"][since:]

    def sessions(self) -> int:
        """Open SOAP sessions beside the one that asks."""
        with vcenter.soap(self.endpoint) as instance:
            return len(instance.content.sessionManager.sessionList) - 1


def applied(endpoint: vcenter.Endpoint, rendered: Path, cli: Cli, scratch: Path) -> Site:
    """A site to which the rendered release was applied."""
    release.apply(rendered, shipped.VCENTER, endpoint, cli, scratch)
    return Site(endpoint, rendered.parent)


def by_hand(rows: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """What an administrator does by the rendered instructions, which no script can: the rows of
    the committed list, each with the object and the path that it is done at."""
    for row in rows:
        yield put(row["object"], row["path"], row["value"])
