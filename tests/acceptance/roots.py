"""Runs rendered Terraform roots through their whole life, and keeps what was seen at each step."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.acceptance import vcenter
from tests.acceptance.policies import post_policies
from tests.tools import hcl

STEP_LIMIT_S = 120

LOCAL_BACKEND = 'terraform {\n  backend "local" {}\n}\n'
"""The one thing that a test cannot have: the state store of the site. An override file leaves the
rendered files as they are."""


@dataclass(frozen=True, slots=True)
class Step:
    """One call of the command line tool."""

    code: int
    output: str

    def __bool__(self) -> bool:
        return self.code == 0


@dataclass(frozen=True, slots=True)
class Cli:
    """Terraform or OpenTofu with the local provider mirror and nothing of the user's own."""

    program: Path
    config: Path
    home: Path

    def run(self, folder: Path, *arguments: str, settings: Mapping[str, str] | None = None) -> Step:
        """Runs a command in a folder. The environment holds only what is named here."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "TF_CLI_CONFIG_FILE": str(self.config),
            "TF_IN_AUTOMATION": "1",
            "TF_INPUT": "0",
            "CHECKPOINT_DISABLE": "1",
            **(settings or {}),
        }
        done = subprocess.run(
            [str(self.program), *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=STEP_LIMIT_S,
            check=False,
        )
        return Step(done.returncode, done.stdout)


@dataclass(slots=True)
class Life:
    """What happened to the roots of one vCenter, by root name."""

    initialised: dict[str, Step] = field(default_factory=dict)
    valid: dict[str, Step] = field(default_factory=dict)
    planned: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    applied: dict[str, Step] = field(default_factory=dict)
    again: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    refused: dict[str, Step] = field(default_factory=dict)
    destroyed: dict[str, Step] = field(default_factory=dict)
    protected: dict[str, list[str]] = field(default_factory=dict)
    requests: list[dict[str, Any]] = field(default_factory=list)
    policies: list[tuple[str, str]] = field(default_factory=list)
    before: Mapping[str, list[str]] = field(default_factory=dict)
    between: Mapping[str, list[str]] = field(default_factory=dict)
    after_refusal: Mapping[str, list[str]] = field(default_factory=dict)
    after: Mapping[str, list[str]] = field(default_factory=dict)


def root_folders(vcenter_folder: Path) -> list[Path]:
    """The root modules of a vCenter in the order of their numbers."""
    return sorted(path for path in vcenter_folder.iterdir() if path.name[:2].isdigit())


def live(cli: Cli, rendered: Path, scratch: Path, endpoint: vcenter.Endpoint) -> Life:
    """Init, validate, plan, apply, plan again, refused destroy, lifted destroy: all roots."""
    life = Life(before=vcenter.snapshot(endpoint))
    settings = endpoint.environment()
    folders = [_copied(path, scratch / path.name) for path in root_folders(rendered)]
    for folder in folders:
        _apply(cli, life, folder, settings)
        if folder.name == "20-classes":
            # Namespaces name classes and policies that Terraform cannot say: those come next.
            life.requests = post_requests(rendered / "supervisor", endpoint)
            life.policies = post_policies(rendered / "storage" / "policies", endpoint)
    life.between = vcenter.snapshot(endpoint)
    for folder in folders:
        life.again[folder.name] = _plan(cli, folder, settings)
    for folder in reversed(folders):
        life.refused[folder.name] = cli.run(
            folder, "destroy", "-auto-approve", "-no-color", settings=settings
        )
    life.after_refusal = vcenter.snapshot(endpoint)
    for module in sorted(scratch.glob("modules/*")):
        lift(module)
    for folder in reversed(folders):
        life.protected[folder.name] = lift(folder)
        life.destroyed[folder.name] = cli.run(
            folder, "destroy", "-auto-approve", "-no-color", settings=settings
        )
    life.after = vcenter.snapshot(endpoint)
    return life


def _copied(root: Path, target: Path) -> Path:
    shutil.copytree(root, target)
    (target / "backend_override.tf").write_text(LOCAL_BACKEND, "utf-8")
    return target


def _apply(cli: Cli, life: Life, folder: Path, settings: Mapping[str, str]) -> None:
    name = folder.name
    life.initialised[name] = cli.run(folder, "init", "-no-color")
    life.valid[name] = cli.run(folder, "validate", "-no-color")
    life.planned[name] = _plan(cli, folder, settings)
    life.applied[name] = cli.run(
        folder, "apply", "-auto-approve", "-no-color", "plan.bin", settings=settings
    )


def _plan(cli: Cli, folder: Path, settings: Mapping[str, str]) -> Mapping[str, Any]:
    """The plan as data. Where there is none, its error stands in for it."""
    made = cli.run(folder, "plan", "-no-color", "-out=plan.bin", settings=settings)
    if not made:
        return {"error": made.output}
    return json.loads(cli.run(folder, "show", "-json", "plan.bin").output)


def changes(plan: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What a plan would do to objects that Terraform manages."""
    return [
        each
        for each in plan.get("resource_changes", [])
        if each["mode"] == "managed" and each["change"]["actions"] != ["no-op"]
    ]


def changed_attributes(plan: Mapping[str, Any]) -> set[tuple[str, str]]:
    """The (resource type, attribute) pairs that a plan would change."""
    return {
        (each["type"], name)
        for each in changes(plan)
        for name in {*(each["change"]["before"] or {}), *(each["change"]["after"] or {})}
        if (each["change"]["before"] or {}).get(name) != (each["change"]["after"] or {}).get(name)
    }


def data_blocks(paths: Iterable[Path]) -> Mapping[str, Mapping[str, Any]]:
    """All rendered Terraform files below some folders, parsed."""
    return hcl.read_blocks(sorted(file for path in paths for file in path.rglob("*.tf")))


def protected_resources(files: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Type and name of each resource under ``prevent_destroy``."""
    return [
        (block["labels"][0], block["labels"][1])
        for body in files.values()
        for block in body["blocks"]
        if block["type"] == "resource" and _prevents(block["blocks"])
    ]


def _prevents(blocks: Sequence[Mapping[str, Any]]) -> bool:
    return any(
        block["attributes"].get("prevent_destroy", {}).get("value") is True
        for block in blocks
        if block["type"] == "lifecycle"
    )


def lift(folder: Path) -> list[str]:
    """Writes the override file that allows a destroy; returns what it had to lift."""
    files = data_blocks([folder])
    lifted = protected_resources(files)
    text = "".join(
        f'resource "{kind}" "{name}" {{\n  lifecycle {{\n    prevent_destroy = false\n  }}\n}}\n'
        for kind, name in lifted
    )
    (folder / "lifted_override.tf").write_text(text, "utf-8")
    return [f"{kind}.{name}" for kind, name in lifted]


def post_requests(folder: Path, endpoint: vcenter.Endpoint) -> list[dict[str, Any]]:
    """Sends the VM classes in the order of ``requests.json``, and reads each back."""
    seen: list[dict[str, Any]] = []
    if not (folder / "requests.json").exists():
        return seen
    everything = json.loads((folder / "requests.json").read_text("utf-8"))["requests"]
    wanted = [each for each in everything if each["kind"] == "vm-class"]
    with vcenter.Rest(endpoint) as rest:
        for request in wanted:
            sent = json.loads((folder / request["body"]).read_text("utf-8"))
            rest.call(request["method"], request["path"], sent)
            method, _, path = request["exists"].partition(" ")
            seen.append({**request, "sent": sent, "read": rest.call(method, path)})
    return seen
