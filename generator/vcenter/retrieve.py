"""Bulk retrieval: the leaf paths of all objects of some types, or of objects by their ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from pyVmomi import VmomiSupport, vim, vmodl

from generator.vcenter.failures import Stopped, Unreadable
from generator.vcenter.leaves import Row
from generator.vcenter.soap import SoapSession

PAGE = 1000
"""Objects in one answer: some megabytes at most, however large the inventory is."""
_INVALID = "InvalidProperty"
_WIDE = ("config.extraConfig", "configurationEx", "config")
"""What holds a leaf that an older vCenter does not find by its path; only the leaf is kept of it.
``config`` counts for switches alone: that of a VM holds what a reading must not see (F13)."""

Paths = Mapping[str, tuple[str, ...]]
Read = Callable[[int], None]
"""Told how many objects have come."""


def by_view(session: SoapSession, paths: Paths, read: Read) -> Iterator[Row]:
    """All objects of the types in ``paths``, each with its leaves."""
    content = session.content
    types = [_type(name) for name in paths]
    view = content.viewManager.CreateContainerView(content.rootFolder, types, True)  # noqa: FBT003
    through = vmodl.query.PropertyCollector.TraversalSpec(
        name="view", type=vim.view.ContainerView, path="view", skip=False
    )
    start = vmodl.query.PropertyCollector.ObjectSpec(obj=view, skip=True, selectSet=[through])
    try:
        yield from _rows(session, [start], paths, read)
    finally:
        _destroy(view)


def by_ids(
    session: SoapSession, kind: str, ids: Iterable[str], paths: tuple[str, ...], read: Read
) -> Iterator[Row]:
    """The objects of one type that have these ids; those gone meanwhile are left out."""
    wanted = sorted(ids)
    for start in range(0, len(wanted), PAGE):
        yield from _some(session, kind, wanted[start : start + PAGE], paths, read)


def _some(
    session: SoapSession, kind: str, ids: list[str], paths: tuple[str, ...], read: Read
) -> Iterator[Row]:
    """One object that is gone makes vCenter refuse the whole question; it names the object."""
    left = list(ids)
    while left:
        objects = [_type(kind)(each, session.stub) for each in left]
        specs = [vmodl.query.PropertyCollector.ObjectSpec(obj=each, skip=False) for each in objects]
        try:
            yield from _rows(session, specs, {kind: paths}, read)
        except vmodl.fault.ManagedObjectNotFound as error:
            gone = error.obj._moId if error.obj else ""  # noqa: SLF001 (its id has no other name)
            if gone not in left:
                raise
            left.remove(gone)
        else:
            return


def of_object(session: SoapSession, managed: Any, *paths: str) -> dict[str, Any]:
    """Leaves of one object that is at hand, a manager for one."""
    spec = vmodl.query.PropertyCollector.ObjectSpec(obj=managed, skip=False)
    kind = managed._wsdlName  # noqa: SLF001 (pyvmomi has no other name for it)
    rows = _rows(session, [spec], {kind: paths}, lambda _: None)
    return {path: value for row in rows for path, value in row.values.items()}


def _rows(session: SoapSession, objects: list[Any], paths: Paths, read: Read) -> Iterator[Row]:
    """The pages' objects. A path that this version does not know is asked in another way."""
    asked = {kind: list(some) for kind, some in paths.items()}
    replaced: dict[str, str] = {}
    while True:
        specs = [
            vmodl.query.PropertyCollector.PropertySpec(
                type=_type(kind), pathSet=sorted(set(some)), all=False
            )
            for kind, some in asked.items()
        ]
        filters = [vmodl.query.PropertyCollector.FilterSpec(objectSet=objects, propSet=specs)]
        try:
            for page in session.pages(filters, PAGE):
                read(len(page.rows))
                yield from (_restored(row, paths, replaced) for row in page.rows)
        except vmodl.query.InvalidProperty as error:
            _replace(asked, str(error.name), replaced)
        else:
            return


def _replace(asked: dict[str, list[str]], path: str, replaced: dict[str, str]) -> None:
    """Asks for what holds the path instead, or for nothing. It fails before the first object."""
    known = False
    for kind, some in asked.items():
        if path not in some:
            continue
        known = True
        some.remove(path)
        wide = _wider(kind, path)
        replaced[path] = wide
        if wide:
            some.append(wide)
    if not known:
        raise Unreadable("failed", f"vCenter knows no property {path!r}, which nobody asked for")


def _wider(kind: str, path: str) -> str:
    if kind == "VirtualMachine" and not path.startswith("config.extraConfig["):
        return ""
    for wide in _WIDE[: None if kind == "DistributedVirtualSwitch" else 2]:
        if path.startswith((f"{wide}.", f"{wide}[")):
            return wide
    return ""


def _restored(row: Row, paths: Paths, replaced: Mapping[str, str]) -> Row:
    """The row as if every path had been understood."""
    for path, wide in replaced.items():
        if not any(path in some for some in paths.values()):
            continue
        if wide in row.values:
            found = _below(row.values[wide], path[len(wide) :])
            if found is not None:
                row.values[path] = found
        elif not wide:
            row.missing[path] = _INVALID
    for wide in set(replaced.values()):
        row.values.pop(wide, None)
    return row


def _below(found: Any, path: str) -> Any:
    """A leaf below a data object, or the entry of an array that has a key."""
    if path.startswith("["):
        key = path[2:-2]
        return next((each for each in found if each.get("key") == key), None)
    for name in path[1:].split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _type(name: str) -> Any:
    """Pyvmomi's class for a type's name on the wire."""
    return VmomiSupport.GetWsdlType("urn:vim25", name)


def _destroy(view: Any) -> None:
    try:
        view.Destroy()
    except (Unreadable, Stopped, vmodl.MethodFault):
        return  # it ends with the session at the latest
