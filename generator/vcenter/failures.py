"""Why something could not be read, in the words of a snapshot."""

from __future__ import annotations

from generator.vcenter.snapshot import Reason

_PERMISSION = frozenset(("NoPermission", "NotAuthorized"))
_ENDPOINT = frozenset(("MethodNotFound", "NotSupported", "NotImplemented", "InvalidProperty"))
MAX_DETAIL = 300


class Unreadable(Exception):
    """Something was not read; ``reason`` is one of a snapshot's."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail[:MAX_DETAIL]


class Refused(Exception):
    """vCenter does not let this account in; tried once, since single sign-on locks accounts."""


class WrongVcenter(Exception):
    """Another vCenter answers than the one that is meant."""


class Stopped(Exception):
    """The run ends; nothing more is read."""


def told(error: Exception) -> Unreadable:
    """What a failure means for what was asked. pyvmomi's faults are known by their names."""
    if isinstance(error, Unreadable):
        return error
    name = type(error).__name__.rpartition(".")[2]
    detail = getattr(error, "msg", None) or str(error) or name
    detail = f"{name}: {' '.join(str(detail).split())}"
    if name in _PERMISSION:
        privilege = getattr(error, "privilegeId", None)
        return Unreadable("permission", f"{privilege} is missing" if privilege else detail)
    return Unreadable("endpoint" if name in _ENDPOINT else "failed", detail)
