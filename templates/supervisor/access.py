"""The rights of groups in a namespace, by vCenter's own directory or an OIDC provider (F20)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from operations import NAMESPACES, namespace_missing
from session import Surprise, Vcenter, quoted
from wishes import Operation, State

SUPERVISORS = "/api/vcenter/namespace-management/supervisors"


class Access(Operation):
    """The role of one group in a namespace. Each entry has an address: others stay as they are."""

    def _path(self) -> str:
        entry = self.body
        place = f"{NAMESPACES}/{quoted(entry['namespace'])}/access"
        where = f"{place}/{quoted(entry['domain'])}/{quoted(entry['subject'])}"
        return f"{where}?{urlencode({'type': entry['subject_type']})}"

    def check(self, vcenter: Vcenter) -> list[str]:
        """The namespace exists, and the identity provider of the group is known."""
        self._provider(vcenter)
        return namespace_missing(vcenter, self.body["namespace"])

    def read(self, vcenter: Vcenter) -> State:
        """The role that the group itself has; one that it inherits is no entry."""
        found = vcenter.read(self._path())
        if found is None or found.get("inherited"):
            return None
        return _spec(found["role"], found.get("identity_provider"))

    def wanted(self, before: State) -> State:
        """The stated role, of the group of the stated provider."""
        del before
        return _spec(self.body["role"], self._found_provider)

    def write(self, vcenter: Vcenter, before: State) -> None:
        """Adds the entry or sets its role."""
        method = "POST" if before is None else "PUT"
        vcenter.call(method, self._path(), self.wanted(before))

    def undo(self, vcenter: Vcenter, before: State, after: State) -> None:
        """Puts the former role back, or takes the entry away."""
        del after
        if before is None:
            vcenter.call("DELETE", self._path())
        else:
            vcenter.call("PUT", self._path(), before)

    _found_provider: str | None = None

    def _provider(self, vcenter: Vcenter) -> None:
        """Looks the id of the provider up; none where vCenter's single sign-on knows the group.

        Without a name it is the Supervisor's only one. A Supervisor without any takes the groups
        of the provider that vCenter itself is federated with.
        """
        stated = self.body.get("identity_provider")
        if stated is None:
            return
        path = f"{SUPERVISORS}/{quoted(stated['supervisor'])}/identity/providers"
        known = vcenter.read(path) or []
        name = stated["display_name"]
        fitting = [each["provider"] for each in known if name in ("", each["display_name"])]
        if len(fitting) > 1:
            raise Surprise(f"{self.label}: {len(fitting)} identity providers, name the one meant")
        if name and not fitting:
            raise Surprise(f"{self.label}: the Supervisor has no identity provider {name}")
        self._found_provider = fitting[0] if fitting else None


def _spec(role: str, provider: Any) -> dict[str, Any]:
    return {"role": role} | ({"identity_provider": provider} if provider else {})
