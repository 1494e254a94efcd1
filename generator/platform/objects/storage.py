"""Storage policies."""

from __future__ import annotations

from typing import ClassVar

from generator.platform.objects.ownership import Manage
from generator.record import Record, record


@record
class CapabilityRule(Record):
    """A rule of a storage policy by capability: its provider's namespace, its id, its value."""

    namespace: str
    id: str
    value: str | int | bool


@record
class StoragePolicy(Record):
    """A storage policy; one that mlgen creates picks datastores by tag or by capability.

    ``storage_class`` is the name that vCenter gives it in Kubernetes, ``datastores`` are those
    that it must match, ``untagged`` those of them that carry the tag only after the REST step
    (F15). ``rules`` are capabilities, which a script sets; a policy with rules has no tag.
    ``encryption`` is the tier's, ``encrypted_below`` what its datastores do already, ``reason`` why
    the tier is as it is.
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
    rules: tuple[CapabilityRule, ...] = ()
    encryption: str = ""
    encrypted_below: str = ""
    reason: str = ""

    @property
    def by_script(self) -> bool:
        """Whether mlgen creates it by script, as Terraform knows tag rules only."""
        return bool(self.rules) and self.manage is Manage.CREATE

    @property
    def by_terraform(self) -> bool:
        """Whether mlgen creates it by Terraform."""
        return not self.rules and self.manage is Manage.CREATE
