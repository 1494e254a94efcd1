"""Rules about data, change and consent, and how things are protected."""

from collections.abc import Mapping
from dataclasses import field

from generator.blueprint.model.part import Part, part
from generator.blueprint.model.words import Approver, Boundary, DataDuty, LineageLevel, Protect
from generator.quantity import Quantity


@part
class Protection(Part):
    """How data survives loss; `method` none says so on purpose."""

    rpo_s: Quantity | None = None
    rto_s: Quantity | None = None
    method: Protect
    exclude: str | None = None


@part
class Lineage(Part):
    """How far the way from data to model is recorded and kept (seconds)."""

    level: LineageLevel
    store: str | None = None
    retention_s: Quantity | None = None


@part
class Isolation(Part):
    """What two parties never share."""

    prod_vs_dev: Boundary | None = None
    between_teams: Boundary | None = None


@part
class Secrets(Part):
    """How secrets reach workloads: by reference only."""

    mode: str
    provider: str | None = None


@part
class Validation(Part):
    """Who signs off a model before prod."""

    independent: bool
    approver: str | None = None


@part
class DataPolicy(Part):
    """Duties that come with a classification or with personal data."""

    name: str
    classifications: tuple[str, ...] = ()
    pii: bool | None = None
    require: tuple[DataDuty, ...]


@part
class ChangeWindow(Part):
    """When changes may be applied to which clusters or environments (duration in seconds)."""

    name: str | None = None
    rrule: str
    start: str
    duration_s: Quantity
    zone: str
    scope: tuple[str, ...] = ()


@part
class Freeze(Part):
    """Dates between which nothing changes."""

    from_: str
    to: str
    reason: str | None = None
    scope: tuple[str, ...] = ()


@part
class DiffIgnore(Part):
    """Differences from a live vCenter that are accepted for a while; ``*`` stands for any text."""

    kind: str
    key: str | None = None
    field: str | None = None
    reason: str
    expires: str


@part
class Governance(Part):
    """Rules about data, change and consent."""

    classifications: tuple[str, ...] = ()
    lineage: Lineage | None = None
    isolation: Isolation | None = None
    secrets: Secrets | None = None
    validation: Validation | None = None
    policies: tuple[DataPolicy, ...] = ()
    change_windows: tuple[ChangeWindow, ...] = ()
    freezes: tuple[Freeze, ...] = ()
    diff_ignore: tuple[DiffIgnore, ...] = ()
    approvers: Mapping[Approver, str] = field(default_factory=dict)
