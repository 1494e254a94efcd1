"""F28: an air gap is more than images."""

from __future__ import annotations

import pytest

from tests.rules.judging import findings_in

HERE = "storage_compute: {sites: [{name: here, inventory: lab}]}"
COMPLETE = "registry: r, mirrors: m, ca_bundles: [c], nvidia_license: dls"
LOCAL = "[{name: vkr, holds: vkr, subscribed: false}]"
GPU = "[{name: esx-1, gpus: [{model: nvidia-l4}]}]"


def messages(services: str, libraries: str = LOCAL, hosts: str = GPU) -> list[tuple[str, str]]:
    """Rule and mend of what is found about the air gap of a site."""
    site = (
        "metadata: {name: lab}\n"
        f"services: {{{services}}}\nlibraries: {libraries}\nhosts: {hosts}\n"
    )
    found = findings_in(HERE, site)
    return [(f.rule, f.mend) for f in found if f.rule in ("MLG-F090", "MLG-F091")]


def test_f28_a_site_with_a_local_source_for_everything_breaks_nothing() -> None:
    assert messages(f"air_gapped: true, {COMPLETE}") == []


def test_f28_a_site_with_a_way_out_is_asked_nothing() -> None:
    assert messages("air_gapped: false", libraries="[]") == []


@pytest.mark.parametrize("field", ["registry", "mirrors", "ca_bundles", "nvidia_license"])
def test_f28_each_service_that_is_missing_is_asked_for(field: str) -> None:
    """Registry, mirrors, certificates and the licence service."""
    kept = [each for each in COMPLETE.split(", ") if not each.startswith(field)]
    found = messages(", ".join(["air_gapped: true", *kept]))
    assert found == [("MLG-F091", f"state services.{field}")]


def test_f28_a_site_without_gpus_needs_no_licence_service() -> None:
    services = "air_gapped: true, registry: r, mirrors: m, ca_bundles: [c]"
    assert messages(services, hosts="[{name: esx-1}]") == []


@pytest.mark.parametrize("libraries", ["[]", "[{name: vkr, holds: vkr}]"])
def test_f28_the_library_of_node_images_must_be_known_to_be_local(libraries: str) -> None:
    """Unknown is asked for, not assumed."""
    ((rule, mend),) = messages(f"air_gapped: true, {COMPLETE}", libraries)
    assert (rule, mend) == ("MLG-F091", "state a library with holds: vkr and subscribed: false")


def test_f28_a_subscribed_library_and_a_licence_cloud_are_out_of_reach() -> None:
    services = f"air_gapped: true, {COMPLETE}".replace("dls", "cls")
    found = messages(services, "[{name: vkr, holds: vkr, subscribed: true}]")
    assert [rule for rule, _ in found] == ["MLG-F090", "MLG-F090"]
