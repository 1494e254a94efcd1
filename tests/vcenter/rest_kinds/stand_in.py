"""A REST session that answers from a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from generator.vcenter.calls import check_rest
from generator.vcenter.failures import Unreadable
from generator.vcenter.rest import RestSession
from generator.vcenter.rest_kinds.supervisors import Supervisors


class StandIn:
    """Answers by path; a path that is not there is not served."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self._answers = answers
        self.asked: list[tuple[str, Any]] = []

    def get(self, path: str) -> Any:
        check_rest("GET", path)
        if path not in self._answers:
            raise Unreadable("endpoint", f"GET {path}: 404")
        found = self._answers[path]
        if isinstance(found, Unreadable):
            raise found
        return found

    def get_all(self, paths: Iterable[str]) -> list[Any]:
        return [self._one(path) for path in paths]

    def _one(self, path: str) -> Any:
        try:
            return self.get(path)
        except Unreadable as error:
            return error

    def ask(self, path: str, body: Any) -> Any:
        check_rest("POST", path)
        self.asked.append((path, body))
        return self._answers[path]


def answering(answers: Mapping[str, Any]) -> RestSession:
    """As a session."""
    return cast("RestSession", StandIn(answers))


MANAGED = "/api/vcenter/namespace-management"
SUMMARY = {"supervisor": "s-1", "info": {"name": "sup-ams1", "config_status": "CONFIGURING",
                                         "kubernetes_status": "READY"}}  # fmt: skip


def supervisors(**more: Any) -> Supervisors:
    """One Supervisor of one zone, with further answers by path."""
    return Supervisors(
        answering(
            {
                f"{MANAGED}/supervisors/summaries": {"items": [SUMMARY]},
                f"{MANAGED}/supervisors/s-1/topology": [{"zone": "z1", "clusters": ["domain-c9"]}],
                **more,
            }
        )
    )
