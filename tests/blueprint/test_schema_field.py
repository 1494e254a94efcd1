"""A field of the language, by each way in which people write its path."""

from __future__ import annotations

import pytest

from generator.blueprint.schema_field import ending, every_path, field


@pytest.mark.parametrize(
    "written",
    [
        "environments.supervisor_needs",
        "environments.prod.supervisor_needs",
        "environments.*.supervisor_needs[]",
        "environments.<name>.supervisor_needs",
        "environments.prod.supervisor_needs[1]",
    ],
)
def test_a_name_in_a_mapping_may_be_any_or_left_out(written: str) -> None:
    found = field(written)
    assert found is not None
    assert (found.kind, found.facts["title"]) == ("PlatformBlueprint", "Supervisor needs")


@pytest.mark.parametrize("written", ["hosts[esx-01].manage", "hosts.manage", "hosts[0].manage"])
def test_a_path_of_a_finding_is_a_path_of_a_field(written: str) -> None:
    found = field(written)
    assert found is not None
    assert (found.kind, found.path) == ("SiteInventory", "hosts.manage")


def test_a_named_item_is_described_by_its_fields() -> None:
    found = field("environments.prod")
    assert found is not None
    assert "supervisor_needs" in found.facts["properties"]


@pytest.mark.parametrize(
    "written", ["environments.Supervisor_Nedes", "workloads.nosuch", "a.b", ""]
)
def test_what_is_no_field_is_none(written: str) -> None:
    assert field(written) is None


def test_a_last_name_finds_its_paths() -> None:
    assert ending("supervisor_needs") == ("environments.supervisor_needs",)
    assert "resource_management.gpu.sharing" in ending("sharing")
    assert ending("nosuch") == ()


def test_every_path_is_a_field() -> None:
    assert [path for path in every_path() if field(path) is None] == []
    assert "environments.limits.headroom" in every_path()
