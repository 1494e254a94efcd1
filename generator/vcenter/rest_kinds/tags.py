"""Tag categories, tags, and what tags are attached to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.vcenter.failures import Unreadable
from generator.vcenter.rest import RestSession
from generator.vcenter.rest_kinds.answers import each_of, known, listed, part
from generator.vcenter.snapshot import Seen, Value

_API, _REST = "/api/cis/tagging", "/rest/com/vmware/cis/tagging"
_PREFIX = "urn:vim25:"


class Tags:
    """All categories and tags as REST has them, and the ids of tagged objects by tag."""

    def __init__(self, rest: RestSession) -> None:
        base, ids = self._base(rest)
        one = "" if base == _API else "id:"
        paths = (f"{base}/category/{one}{part(each)}" for each in ids)
        self.categories = known(each_of(rest, paths), "id", "name")
        found = listed(rest.get(f"{base}/tag"))
        paths = (f"{base}/tag/{one}{part(each)}" for each in found)
        self.tags = known(each_of(rest, paths), "id", "name", "category_id")
        self._names = {each["id"]: str(each["name"]) for each in self.categories}
        self.attached = self._attached(rest, base, found)

    @staticmethod
    def _base(rest: RestSession) -> tuple[str, list[Any]]:
        try:
            return _API, listed(rest.get(f"{_API}/category"))
        except Unreadable as error:
            if error.reason != "endpoint":
                raise
            return _REST, listed(rest.get(f"{_REST}/category"))

    def _attached(self, rest: RestSession, base: str, ids: list[Any]) -> dict[str, tuple[str, ...]]:
        """Tags as ``category/name`` by the id of what carries them."""
        if not ids:
            return {}
        mark = "" if base == _API else "~"
        path = f"{base}/tag-association?{mark}action=list-attached-objects-on-tags"
        names = {each["id"]: self.key(each) for each in self.tags}
        found: dict[str, list[str]] = {}
        for each in listed(rest.ask(path, {"tag_ids": ids})):
            for carrier in each.get("object_ids") or ():
                found.setdefault(str(carrier["id"]), []).append(names.get(each["tag_id"], ""))
        return {moid: tuple(sorted(filter(None, some))) for moid, some in found.items()}

    def key(self, tag: Any) -> str:
        """``category/name``."""
        return f"{self._names.get(tag.get('category_id'), '')}/{tag['name']}"

    def objects(self) -> Iterator[Seen]:
        """Categories, then tags."""
        for each in self.categories:
            types = (str(word).removeprefix(_PREFIX) for word in each.get("associable_types") or ())
            fields: dict[str, Value] = {
                "cardinality": each.get("cardinality"),
                "associable_types": tuple(sorted(types)),
                "description": each.get("description") or "",
            }
            yield Seen(kind="tag-category", key=each["name"], ident=each["id"], fields=fields)
        for each in self.tags:
            described: dict[str, Value] = {"description": each.get("description") or ""}
            key = self.key(each)
            yield Seen(
                kind="tag", key=key, ident=each["id"], fields=described,
                within=key.rpartition("/")[0],
            )  # fmt: skip
