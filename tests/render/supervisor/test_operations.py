"""Merging into the lists of a namespace while somebody else writes (F10)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.render.supervisor.apply_modules import part

operations = part("operations")
access_right = part("access")
Surprise = part("session").Surprise

BODY = {
    "namespace": "theirs",
    "create": False,
    "cluster": "",
    "storage_policies": ["gold"],
    "content_libraries": ["images"],
    "vm_classes": ["ours"],
    "made_here": [],
}


class Vcenter:
    """A namespace in memory; ``before_read[n]`` is what somebody else does before the n-th read."""

    def __init__(self, before_read: dict[int, Callable[[Vcenter], None]]) -> None:
        self.namespace: dict[str, Any] = {
            "storage_specs": [{"policy": "p-0", "limit": 5}],
            "vm_service_spec": {"vm_classes": ["theirs"], "content_libraries": ["l-0"]},
        }
        self.writes = 0
        self._reads = 0
        self._before_read = before_read

    def policies(self) -> dict[str, str]:
        return {"gold": "p-1"}

    def bind(self, name: str) -> None:
        """Somebody else binds a class."""
        spec = self.namespace["vm_service_spec"]
        self.namespace["vm_service_spec"] = spec | {"vm_classes": [*spec["vm_classes"], name]}

    def read(self, path: str) -> Any:
        if not path.startswith(operations.NAMESPACES):
            return ["l-1"] if path.endswith("/library") else None
        self._reads += 1
        self._before_read.get(self._reads, lambda _: None)(self)
        return dict(self.namespace)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        if path.endswith("/library/l-1"):
            return {"name": "images"}
        assert method == "PATCH"
        self.writes += 1
        self.namespace = self.namespace | body
        return None


def merge(vcenter: Vcenter) -> None:
    """As the script does: read, then write."""
    operation = operations.Namespace({"kind": "namespace", "name": "theirs"}, dict(BODY))
    operation.write(vcenter, operation.read(vcenter))


def test_f10_our_entries_join_those_of_others() -> None:
    vcenter = Vcenter({})
    merge(vcenter)
    assert vcenter.namespace == {
        "storage_specs": [{"policy": "p-0", "limit": 5}, {"policy": "p-1"}],
        "vm_service_spec": {"vm_classes": ["theirs", "ours"], "content_libraries": ["l-0", "l-1"]},
    }


@pytest.mark.parametrize("moment", [2, 3])
def test_f10_what_somebody_writes_in_between_survives(moment: int) -> None:
    """After the first read of all, and between the two reads right before the write."""
    vcenter = Vcenter({moment: lambda there: there.bind("late")})
    merge(vcenter)
    assert vcenter.namespace["vm_service_spec"]["vm_classes"] == ["theirs", "late", "ours"]
    assert vcenter.writes == 1


def test_f10_somebody_who_writes_without_end_stops_the_script() -> None:
    forever = {n: lambda there: there.bind("more") for n in range(2, 50)}
    with pytest.raises(Surprise, match="kept changing"):
        merge(Vcenter(forever))


def test_f10_taking_back_leaves_what_others_added() -> None:
    vcenter = Vcenter({})
    operation = operations.Namespace({"kind": "namespace", "name": "theirs"}, dict(BODY))
    before = operation.read(vcenter)
    operation.write(vcenter, before)
    after = operation.read(vcenter)
    vcenter.bind("late")
    operation.undo(vcenter, before, after)
    assert vcenter.namespace["vm_service_spec"]["vm_classes"] == ["theirs", "late"]
    assert vcenter.namespace["storage_specs"] == [{"policy": "p-0", "limit": 5}]


def test_f10_no_part_of_the_script_deletes_a_namespace_or_patches_a_class() -> None:
    """F3 and F10: the only DELETE paths are those of a class, a zone and an access entry."""
    calls: list[tuple[str, str]] = []

    class Recorder:
        def call(self, method: str, path: str, body: Any = None) -> Any:
            del body
            calls.append((method, path))

        def read(self, path: str) -> Any:
            del path
            return {"namespaces": [], "vms": []}

        def managed(self, *_: str) -> str:
            return "domain-c1"

    access = {"namespace": "n", "domain": "d", "subject": "s", "subject_type": "GROUP"}
    zone = {"zone": "z", "clusters": ["c"], "description": ""}
    classes = {"kind": "vm-class", "name": "c", "path": "/classes"}
    for operation in (
        operations.VmClass(classes, {}),
        operations.Zone({"kind": "zone", "name": "z"}, zone),
        access_right.Access({"kind": "access", "name": "a"}, access),
    ):
        operation.undo(Recorder(), None, {})
    deleted = [path for method, path in calls if method == "DELETE"]
    assert deleted == [
        "/classes/c",
        f"{operations.ZONES}/z",
        f"{operations.NAMESPACES}/n/access/d/s?type=GROUP",
    ]
    assert "PATCH" not in {method for method, _ in calls}
