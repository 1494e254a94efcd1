"""Answers of the shapes that both APIs and all versions give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from generator.vcenter.failures import Unreadable
from generator.vcenter.rest import RestSession


def listed(found: Any) -> list[Any]:
    """A list; the older API writes an empty one as null, newer ones wrap some in ``items``."""
    if isinstance(found, Mapping) and "items" in found:
        found = found["items"]
    if found is None:
        return []
    if not isinstance(found, list):
        raise Unreadable("failed", "an answer that is no list")
    return found


def mapping(found: Any) -> Mapping[str, Any]:
    """An object; null is an empty one."""
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        raise Unreadable("failed", "an answer that is no object")
    return found


def known(found: Iterable[Any], *names: str) -> list[Any]:
    """The objects of a list, each with a text under every one of these names.

    Raises:
        Unreadable: where one is none or lacks one, since a list with holes would lie.
    """
    objects = [mapping(each) for each in found]
    for each in objects:
        for name in names:
            if not isinstance(each.get(name), str) or not each[name]:
                raise Unreadable("failed", f"an answer in which the {name} of an object is missing")
    return objects


def part(identity: object) -> str:
    """An id as vCenter gave it, as one part of a path; whatever is in it stays one part.

    Raises:
        Unreadable: where it is no text or an empty one.
    """
    if not isinstance(identity, str) or not identity:
        raise Unreadable("failed", "an answer in which an id is missing")
    return quote(identity, safe=":@")


def each_of(rest: RestSession, paths: Iterable[str]) -> list[Any]:
    """The objects at these paths; one that went away meanwhile is left out.

    Raises:
        Unreadable: where one fails for any other reason, since a list with holes would lie.
    """
    found: list[Any] = []
    for answer in rest.get_all(paths):
        if isinstance(answer, Unreadable):
            if answer.reason != "endpoint":
                raise answer
        else:
            found.append(mapping(answer))
    return found
