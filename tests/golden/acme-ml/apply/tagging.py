"""Tags of a vCenter, by the present API or, where only that answers, by the older one."""

from __future__ import annotations

from typing import Any

from session import Refused, Vcenter, quoted

NEW, OLD = "/api/cis/tagging", "/rest/com/vmware/cis/tagging"


class Tagging:
    """The tagging service of one vCenter."""

    def __init__(self, vcenter: Vcenter) -> None:
        self._vcenter = vcenter
        listed = vcenter.read(f"{NEW}/category")
        self._old = listed is None
        self._root = OLD if self._old else NEW
        self._categories = (vcenter.read(f"{OLD}/category") if self._old else listed) or []

    def category(self, name: str) -> str:
        """The id of a category; "" where none has the name."""
        for unique in self._categories:
            found = self._one("category", unique)
            if found is not None and found["name"] == name:
                return str(unique)
        return ""

    def tag(self, category: str, name: str) -> dict[str, Any] | None:
        """A tag of a category, by the category's id."""
        for unique in self._of_category(category):
            found = self._one("tag", unique)
            if found is not None and found["name"] == name:
                return {"id": unique, **found}
        return None

    def make_category(self, name: str, description: str) -> str:
        """Makes a category for anything; the id of the one that is there if another was faster."""
        spec = {
            "name": name,
            "description": description,
            "cardinality": "MULTIPLE",
            "associable_types": [],
        }
        try:
            made = str(self._vcenter.call("POST", f"{self._root}/category", self._spec(spec)))
        except Refused as refused:
            if not is_there(refused):
                raise
            self._categories = self._vcenter.read(f"{self._root}/category") or []
            return self.category(name)
        self._categories.append(made)
        return made

    def make_tag(self, category: str, name: str, description: str) -> str:
        """Makes a tag; raises ``Refused`` where the category has one of the name."""
        spec = {"category_id": category, "name": name, "description": description}
        return str(self._vcenter.call("POST", f"{self._root}/tag", self._spec(spec)))

    def delete_tag(self, unique: str) -> None:
        """Takes a tag away."""
        self._vcenter.call("DELETE", self._path("tag", unique))

    def on(self, unique: str, action: str, body: Any = None) -> Any:
        """Does something with what a tag is attached to."""
        if self._old:
            path = f"{OLD}/tag-association/id:{quoted(unique)}?~action={action}"
        else:
            path = f"{NEW}/tag-association/{quoted(unique)}?action={action}"
        return self._vcenter.call("POST", path, body or {})

    def _of_category(self, category: str) -> list[str]:
        action = "list-tags-for-category"
        if self._old:
            path, body = f"{OLD}/tag/id:{quoted(category)}?~action={action}", {}
        else:
            path, body = f"{NEW}/tag?action={action}", {"category_id": category}
        return list(self._vcenter.call("POST", path, body) or [])

    def _one(self, kind: str, unique: str) -> Any:
        return self._vcenter.read(self._path(kind, unique))

    def _path(self, kind: str, unique: str) -> str:
        between = "/id:" if self._old else "/"
        return f"{self._root}/{kind}{between}{quoted(unique)}"

    def _spec(self, spec: dict[str, Any]) -> dict[str, Any]:
        return {"create_spec": spec} if self._old else spec


def is_there(refused: Refused) -> bool:
    """Whether something was refused because its name is taken."""
    return "already_exists" in str(refused).lower()
