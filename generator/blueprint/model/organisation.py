"""Who works with the platform: teams, groups, notebooks, projects."""

from collections.abc import Mapping
from dataclasses import field

from generator.blueprint.model.part import Part, part
from generator.blueprint.model.words import Access, Boundary, Provider, Role
from generator.quantity import Quantity


@part
class Groups(Part):
    """Directory groups of a team: the same ones in vCenter and in Kubernetes."""

    provider: Provider
    identity_provider: str | None = None
    edit: str | None = None
    view: str | None = None
    admin: str | None = None
    accounts: tuple[str, ...] = ()


@part
class WorkingHours(Part):
    """When a team works, for peaks and idle reclaim."""

    from_: str
    to: str
    zone: str


@part
class Notebooks(Part):
    """How many notebooks a team runs at once and when idle ones stop."""

    concurrency: float | None = None
    idle_cull_s: Quantity | None = None
    memory_bytes: Quantity | None = None
    image: str | None = None


@part
class Team(Part):
    """People who share namespaces, quota and rights."""

    name: str
    description: str | None = None
    members: Mapping[Role, int] = field(default_factory=dict)
    access: Access | None = None
    groups: Groups | None = None
    working_hours: WorkingHours | None = None
    notebooks: Notebooks | None = None


@part
class Project(Part):
    """Work that several teams share, and how far it is kept apart."""

    name: str
    teams: tuple[str, ...]
    isolation: Boundary | None = None
    reason: str | None = None


@part
class Organisation(Part):
    """Who works with the platform."""

    teams: tuple[Team, ...] = ()
    projects: tuple[Project, ...] = ()
    shared: tuple[str, ...] = ()
