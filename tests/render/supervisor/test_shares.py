"""The share of a namespace as the script merges it, while somebody else writes (F10)."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.render.supervisor.apply_modules import part

shares = part("shares")
Surprise = part("session").Surprise

BODY = {
    "namespace": "ml",
    "supervisor": "sup",
    "adopted": False,
    "stamp": "mlgen:p/namespace/ml",
    "update": {
        "resource_spec": {"cpu_limit": 100},
        "storage_specs": [{"policy": "gold", "limit": 9}],
    },
}


class Vcenter:
    """A namespace in memory; ``before_read[n]`` is what somebody else does before the n-th read."""

    def __init__(self, before_read: dict[int, Callable[[Vcenter], None]] | None = None) -> None:
        self.namespace: dict[str, Any] = {
            "config_status": "RUNNING",
            "description": "theirs",
            "resource_spec": {"memory_limit": 7},
            "storage_specs": [{"policy": "p-0", "limit": 5}, {"policy": "p-1"}],
        }
        self.sent: list[dict[str, Any]] = []
        self._reads = 0
        self._before_read = before_read or {}

    def policies(self) -> dict[str, str]:
        return {"gold": "p-1"}

    def add(self, policy: str) -> None:
        """Somebody else gives the namespace another policy."""
        self.namespace["storage_specs"].append({"policy": policy})

    def read(self, path: str) -> Any:
        assert path.endswith("/v2/ml")
        self._reads += 1
        change = self._before_read.get(self._reads)
        if change is not None:
            change(self)
        return copy.deepcopy(self.namespace)

    def call(self, method: str, path: str, body: dict[str, Any]) -> None:
        assert (method, path.rpartition("/")[2]) == ("PATCH", "ml")
        self.sent.append(body)
        quota = self.namespace["resource_spec"]
        for key, value in body.get("resource_spec", {}).items():
            if key.endswith("_unset"):
                quota.pop(key.removesuffix("_unset"), None)
            else:
                quota[key] = value
        self.namespace |= {k: v for k, v in body.items() if k != "resource_spec"}


def share(**update: Any) -> Any:
    body = copy.deepcopy(BODY) | ({"update": update} if update else {})
    return shares.NamespaceShare({"kind": "namespace-share", "name": "ml"}, body)


def test_f10_limits_of_others_stay() -> None:
    vcenter, operation = Vcenter(), share()
    operation.write(vcenter, operation.read(vcenter))
    assert vcenter.namespace["resource_spec"] == {"memory_limit": 7, "cpu_limit": 100}
    assert vcenter.namespace["storage_specs"] == [
        {"policy": "p-0", "limit": 5},
        {"policy": "p-1", "limit": 9},
    ]
    assert vcenter.namespace["description"] == "theirs"


def test_f10_a_policy_that_comes_in_between_survives() -> None:
    """Between the two reads right before the write."""
    vcenter, operation = Vcenter({3: lambda there: there.add("p-9")}), share()
    operation.write(vcenter, operation.read(vcenter))
    assert [each["policy"] for each in vcenter.namespace["storage_specs"]] == ["p-0", "p-1", "p-9"]
    assert len(vcenter.sent) == 1


def test_f10_somebody_who_writes_without_end_stops_the_script() -> None:
    forever = {n: lambda there: there.add("more") for n in range(2, 50)}
    vcenter, operation = Vcenter(forever), share()
    with pytest.raises(Surprise, match="kept changing"):
        operation.write(vcenter, operation.read(vcenter))
    assert vcenter.sent == []


def test_a_limit_that_was_not_there_is_unset_again() -> None:
    vcenter, operation = Vcenter(), share()
    before = operation.read(vcenter)
    operation.write(vcenter, before)
    operation.undo(vcenter, before, operation.read(vcenter))
    assert vcenter.sent[-1]["resource_spec"] == {"cpu_limit_unset": True}
    assert vcenter.namespace["resource_spec"] == {"memory_limit": 7}
    assert vcenter.namespace["storage_specs"] == [{"policy": "p-0", "limit": 5}, {"policy": "p-1"}]


def test_what_fails_after_it_was_accepted_stops_the_script() -> None:
    """A reservation without room is refused late."""
    vcenter, operation = Vcenter(), share()
    vcenter.namespace |= {"config_status": "ERROR", "messages": ["no room for 2 of c"]}
    with pytest.raises(Surprise, match="no room for 2 of c"):
        operation.write(vcenter, operation.read(vcenter))


def test_f30_a_former_reservation_is_not_taken_back_blindly() -> None:
    """What was kept before cannot be read: the former release has it."""
    zone = {"name": "z1", "vm_reservations": [{"reserved_vm_class": "c", "count": 1}]}
    before = {"resource_spec": {}, "storage_limits": {}, "kept": {}, "mark": "mlgen:p#1"}
    with pytest.raises(Surprise, match="apply the former release"):
        share(zones=[zone]).undo(Vcenter(), before, {})


def test_f30_a_mark_is_replaced_and_the_text_of_others_kept() -> None:
    zone = {"name": "z1", "vm_reservations": [{"reserved_vm_class": "c", "count": 1}]}
    operation = share(zones=[zone])
    operation._policies = {}
    old = "theirs mlgen:p/namespace/ml#0123456789ab"
    found = {"description": old, "zones": [{"zone": "z1"}, {"zone": "z2"}]}
    update = operation._update(found)
    assert update["description"].startswith("theirs mlgen:p/namespace/ml#")
    assert update["description"] != old
    assert update["description"].count("mlgen:") == 1
    assert update["zones"] == [zone, {"name": "z2"}]
