"""F19: a Supervisor's network, load balancer and version fit together."""

from __future__ import annotations

import pytest

from tests.rules.judging import findings_in

TEXT = "storage_compute: {sites: [{name: here, inventory: lab}]}\nplatform: {targets: {%s}}"
SITE = """
metadata: {name: lab}
vcenters: [{ref: vc-1%s}]
supervisors: [{ref: sup, vcenter: vc-1, network: %s, load_balancer: %s}]
"""


def messages(network: str, balancer: str, own: str = "", target: str = "") -> list[tuple[str, str]]:
    """Message and mend of what is found about a Supervisor's flavour."""
    targets = f'vcenter: "{target}"' if target else ""
    version = f', version: "{own}"' if own else ""
    found = findings_in(TEXT % targets, SITE % (version, network, balancer))
    return [(f.message, f.mend) for f in found if f.rule == "MLG-F076"]


@pytest.mark.parametrize(
    ("network", "balancer", "release"),
    [
        ("vds", "avi", "8.0U3"),
        ("vds", "haproxy", "8.0U3"),
        ("vds", "foundation", "9.0"),
        ("nsx", "nsx", "8.0"),
        ("nsx", "avi", "8.0U2"),
        ("nsx-vpc", "nsx", "9.1"),
        ("nsx-vpc", "avi", "9.0"),
    ],
)
def test_f19_a_flavour_that_its_version_knows_is_fine(
    network: str, balancer: str, release: str
) -> None:
    assert messages(network, balancer, own=release) == []


@pytest.mark.parametrize(
    ("network", "balancer", "release", "needs"),
    [
        ("vds", "foundation", "8.0U3", "9.0 or later"),
        ("nsx", "avi", "8.0U1", "8.0U2 or later"),
        ("nsx-vpc", "nsx", "8.0U3", "9.0 or later"),
        ("nsx-vpc", "avi", "8.0U3", "9.0 or later"),
    ],
)
def test_f19_a_flavour_of_a_later_version_names_the_version(
    network: str, balancer: str, release: str, needs: str
) -> None:
    ((message, mend),) = messages(network, balancer, own=release)
    assert mend.endswith("another network")
    assert message.endswith(f"with {balancer} needs vcenter {needs}, not {release}")


@pytest.mark.parametrize(
    ("network", "balancer", "fitting"),
    [
        ("vds", "nsx", "avi or haproxy"),
        ("nsx", "foundation", "nsx or avi"),
        ("nsx", "haproxy", "nsx or avi"),
    ],
)
def test_f19_a_pair_that_no_version_knows_names_what_would_fit(
    network: str, balancer: str, fitting: str
) -> None:
    ((message, mend),) = messages(network, balancer, own="8.0U3")
    assert message == f"Supervisor sup on {network} cannot have the load balancer {balancer}"
    assert mend == f"use {fitting} or another network"


def test_f19_the_vcenter_s_own_version_counts_before_the_target() -> None:
    assert messages("vds", "foundation", own="8.0U3", target="9.0") != []
    assert messages("vds", "foundation", own="9.0", target="8.0U3") == []
    assert messages("vds", "foundation", target="8.0U3") != []


def test_f19_a_version_that_nobody_states_is_no_obstacle() -> None:
    assert messages("nsx-vpc", "avi") == []
