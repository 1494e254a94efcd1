"""F8: whatever reads a live vCenter asks for nothing that the registry of reads does not know.

The reader keeps a list of its own of what it may send; where that room is there, both must agree.
"""

from __future__ import annotations

import re
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from generator.catalog.privileges import all_calls
from generator.roles.reads import registered_method, registered_property, registered_request

_VARIABLE = re.compile(r"\{[a-z_]+\}")


def tables(module: str, *names: str) -> list[Any]:
    """Tables of a module of the reader; empty ones where there is no such module."""
    found = f"generator.vcenter.{module}"
    if find_spec(found) is None:
        return [{} for _ in names]
    return [getattr(import_module(found), name) for name in names]


def instances() -> list[str]:
    """Each REST request of the catalogue with something in the place of what varies."""
    return [_VARIABLE.sub("x", known.name) for known in all_calls() if " /" in known.name]


def test_each_method_that_the_reader_may_send_is_registered() -> None:
    own, of_hosts = tables("calls", "SOAP", "HOST_SOAP")
    assert [name for name in (*own, *of_hosts) if not registered_method(name)] == []


def test_each_request_that_the_reader_may_send_is_registered() -> None:
    """Its patterns fit requests of the registry, at least one each, and no other of ours."""
    (patterns,) = tables("calls", "REST")
    for verb, pattern, _ in patterns:
        fitting = [
            line for line in instances()
            if line.startswith(f"{verb} ") and pattern.fullmatch(line.partition(" ")[2])
        ]  # fmt: skip
        assert fitting, pattern.pattern
        assert [line for line in fitting if not registered_request(line)] == []


def test_each_property_that_the_reader_asks_for_is_registered() -> None:
    (paths,) = tables("joining", "PATHS")
    asked = [f"{kind}.{path}" for kind, some in paths.items() for path in some]
    assert [path for path in asked if not registered_property(path)] == []


def test_the_check_sees_what_is_not_registered() -> None:
    """Or the tests above could not fail."""
    assert "GET /api/vcenter/namespaces/instances/x" in instances()
    assert not registered_request("DELETE /api/vcenter/consumption-domains/zones/x")
    assert not registered_property("HostSystem.remediationState")
    assert not registered_method("PowerOffVM_Task")
