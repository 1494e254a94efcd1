"""Tags, their categories, and the folders that carry them."""

from __future__ import annotations

from typing import ClassVar

from generator.record import Record, record


@record
class TagCategory(Record):
    """A vCenter tag category. ``associable_types`` are the kinds that its tags may mark."""

    kind: ClassVar[str] = "tag-category"
    name: str
    description: str
    multiple: bool
    associable_types: tuple[str, ...]


@record
class Tag(Record):
    """A vCenter tag of ``category``.

    ``renamed_by_release`` marks the one tag that names the applied release: a new release renames
    it, and what carries it stays marked.
    """

    kind: ClassVar[str] = "tag"
    category: str
    name: str
    description: str
    renamed_by_release: bool = False


@record
class Folder(Record):
    """A VM folder; ``path`` starts below the datacenter's own, ``tags`` are (category, tag)."""

    kind: ClassVar[str] = "folder"
    path: str
    datacenter: str
    tags: tuple[tuple[str, str], ...]
