"""Storage policies."""

from __future__ import annotations

from typing import ClassVar

from generator.platform.objects.ownership import Manage
from generator.record import Record, record


@record
class StoragePolicy(Record):
    """A storage policy; one that mlgen creates picks datastores by tag.

    ``storage_class`` is the name that vCenter gives it in Kubernetes, ``datastores`` are those
    that it must match, ``untagged`` those of them that carry the tag only after the REST step
    (F15).
    """

    kind: ClassVar[str] = "storage-policy"
    name: str
    manage: Manage
    description: str
    storage_class: str
    tag_category: str
    tag: str
    datastores: tuple[str, ...]
    untagged: tuple[str, ...]
