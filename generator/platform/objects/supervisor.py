"""Supervisor namespaces."""

from __future__ import annotations

from typing import ClassVar

from generator.platform.objects.ownership import Manage
from generator.record import Record, record


@record
class Namespace(Record):
    """A Supervisor namespace with what it may use."""

    kind: ClassVar[str] = "namespace"
    name: str
    manage: Manage
    environment: str
    team: str
    supervisor: str
    supervisor_id: str
    storage_policies: tuple[str, ...]
    content_libraries: tuple[str, ...]
    vm_classes: tuple[str, ...]
