"""Who outside objects belong to, and those that are only looked up."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from generator.record import Record, record


class Manage(StrEnum):
    """Who an outside object belongs to (F1)."""

    REFERENCE = "reference"
    ADOPT = "adopt"
    CREATE = "create"


@record
class Reference(Record):
    """An object of others that the platform stands on; it is looked up and never changed.

    ``what`` is the kind (``datacenter``, ``compute_cluster``, ``content_library``,
    ``tag_category``, ``tag``, ``supervisor``); ``id`` is known where no lookup by name exists.
    """

    kind: ClassVar[str] = "reference"
    what: str
    name: str
    parent: str = ""
    id: str = ""


@record
class Adoption(Record):
    """An object that is there and that Terraform takes over by its importer (F14).

    ``of`` is its kind, ``within`` the category of a tag or the cluster of a pool, ``datacenter``
    that of a folder or pool; ``id`` is empty where it is looked up by name.
    """

    kind: ClassVar[str] = "adoption"
    of: str
    name: str
    within: str
    datacenter: str
    id: str
