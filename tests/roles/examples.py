"""Shipped blueprints as judged projects, each loaded once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from generator.api import Project, load, roles
from generator.api.rendering import rendered
from generator.platform.objects import DesiredState, Vcenter
from generator.render.target import RenderedFile
from generator.roles.model import Purpose, RoleSet

ROOT = Path(__file__).resolve().parents[2]
PLAIN = ROOT / "tests" / "fixtures" / "plain-vms" / "plain.yaml"
ACME = ROOT / "blueprints" / "acme-ml.yaml"
SHIPPED = sorted(
    path
    for path in (ROOT / "blueprints").glob("*.yaml")
    if "kind: PlatformBlueprint" in path.read_text("utf-8")
)
EVERY = (*SHIPPED, PLAIN)


@cache
def project(blueprint: Path) -> Project:
    """A blueprint with its sites, judged."""
    (found,) = load([blueprint])
    return found


@cache
def of(blueprint: Path, purpose: Purpose) -> tuple[RoleSet, ...]:
    """The roles of a purpose, one set per vCenter."""
    return roles([project(blueprint)], [purpose])


def one(blueprint: Path, purpose: Purpose) -> RoleSet:
    """The roles of a purpose where there is one vCenter."""
    (found,) = of(blueprint, purpose)
    return found


@cache
def files(blueprint: Path) -> tuple[RenderedFile, ...]:
    """All that is rendered."""
    return rendered(project(blueprint), None).files


def state(blueprint: Path) -> DesiredState:
    """The desired state."""
    return project(blueprint).assessed.state


def vcenter(blueprint: Path) -> Vcenter:
    """Its one vCenter."""
    (found,) = state(blueprint).vcenters
    return found
