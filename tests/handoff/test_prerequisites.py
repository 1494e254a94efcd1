"""What a release stands on: people and backups."""

from __future__ import annotations

from dataclasses import replace

from generator.blueprint.model.blueprint import Handoff
from generator.handoff.prerequisites import contacts, protected
from generator.supply.model import Services
from tests.example import blueprint, site, without


def backups(facts: object = None) -> dict[str, tuple[str, str, str]]:
    """How each thing of the example is protected."""
    rows = protected(blueprint(), {"ams1": facts or site()})  # type: ignore[dict-item]
    return {row.what: (row.method, row.rpo, row.rto) for row in rows}


def test_f23_the_backups_of_vcenter_and_supervisor_come_before_everything() -> None:
    found = list(backups())
    assert found[0] == "vCenter vc-ams1: file-based backup"
    assert found[1] == "Supervisor sup-ams1: backup of its control plane"
    assert backups()[found[0]] == ("before the first change, by velero-ams1", "-", "-")


def test_f23_a_site_that_names_no_backup_is_asked_for_it() -> None:
    facts = without(site(), services=Services())
    found = backups(facts)["vCenter vc-ams1: file-based backup"]
    assert found[0] == "before the first change, by unknown"


def test_f23_datasets_and_components_say_how_they_survive() -> None:
    assert backups()["dataset shop-images"] == ("array", "24", "8")
    assert backups()["component feast"] == ("velero", "24", "8")
    assert backups()["component metrics"] == ("none", "unknown", "unknown")


def test_owners_and_approvers_are_named_by_place_and_office() -> None:
    asked = replace(blueprint(), handoff=Handoff(owners={"storage": "san-team"}))
    facts = without(site(), owners={"network": "lan-team"})
    rows = [(c.place, c.office, c.who) for c in contacts(asked, {"ams1": facts})]
    assert rows == [
        ("acme-ml", "platform", "platform-team"),
        ("acme-ml", "storage", "san-team"),
        ("acme-ml", "approves for network", "net-team"),
        ("acme-ml", "approves for vi", "vi-team"),
        ("ams1", "inventory", "vi-team"),
        ("ams1", "network", "lan-team"),
    ]
