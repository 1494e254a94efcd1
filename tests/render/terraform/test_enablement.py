"""A Supervisor of each generation, from the same facts."""

from __future__ import annotations

import pytest

from generator.render.terraform import enablement
from generator.supply.model import SiteInventory
from tests.platform.test_infrastructure import desired, on_nsx


def texts(facts: SiteInventory | None = None) -> dict[str, str]:
    """The files of the root, by name."""
    files = enablement.files(desired(facts))
    return {file.path.removeprefix("vc-bud1/25-supervisor/"): file.text for file in files}


def test_the_older_one_takes_masks_ranges_and_one_domain() -> None:
    text = texts(on_nsx("7.0U3"))["supervisors_older.tf"]
    assert 'subnet_mask      = "255.255.255.0"' in text
    assert 'gateway          = "10.60.0.1"' in text
    assert 'ingress_cidr {\n    address = "10.70.0.0"\n    prefix  = 24\n  }' in text
    assert 'search_domains  = ["corp.example"]' in text


def test_the_newer_one_counts_the_addresses_of_a_range() -> None:
    text = texts(on_nsx("9.0"))["supervisors_newer.tf"]
    assert 'egress_ip_range {\n          address = "10.70.1.0"\n          count   = 256' in text
    assert 'assignee = "POD"' in text
    assert "foundation" not in text


@pytest.mark.parametrize("release", ["7.0U3", "9.0"])
def test_f2_terraform_leaves_a_supervisor_alone_once_it_is_there(release: str) -> None:
    """Another DNS server would replace it with all that runs in it."""
    text = "".join(texts(on_nsx(release)).values())
    assert text.count("ignore_changes  = all") == 1
    assert text.count("prevent_destroy = true") == 1


def test_an_empty_block_of_server_options_is_never_written() -> None:
    """The provider ends in a panic on one."""
    text = texts()["supervisors_newer.tf"]
    assert 'certificate_dns_names = ["sup-bud2.corp.example"]' in text


def test_no_login_is_asked_for_where_the_load_balancer_has_none() -> None:
    assert "edge_variables.tf" not in texts()
