"""How vCenters are reached comes from the environment, under names that others use already."""

from __future__ import annotations

import pytest

from generator.finding import CannotRun
from generator.vcenter.settings import Connection, connections

ACCOUNT = {"VSPHERE_USER": "reader", "VSPHERE_PASSWORD": "s3cret"}
ONE = {"VSPHERE_SERVER": "vc.example", **ACCOUNT}
PRINT = "ab:" * 31 + "AB"


def only(environment: dict[str, str], *refs: str) -> Connection:
    (found,) = connections(refs, environment)
    return found


def test_the_names_of_the_terraform_provider_come_first() -> None:
    found = only({**ONE, "GOVC_URL": "other.example"}, "vc-ams1")
    assert (found.name, found.host, found.port) == ("vc-ams1", "vc.example", 443)
    assert (found.user, found.password, found.verified) == ("reader", "s3cret", True)


def test_without_a_reference_it_is_called_by_its_host() -> None:
    assert only(ONE).name == "vc.example"


@pytest.mark.parametrize(
    ("server", "host", "port"),
    [
        ("vc.example:8443", "vc.example", 8443),
        ("[2001:db8::1]:8443", "2001:db8::1", 8443),
        ("10.0.0.1", "10.0.0.1", 443),
    ],
)
def test_a_server_may_have_a_port(server: str, host: str, port: int) -> None:
    found = only({**ONE, "VSPHERE_SERVER": server})
    assert (found.host, found.port) == (host, port)


@pytest.mark.parametrize("server", ["", "https://vc.example", "vc/sdk", "u@vc", "vc:http", "[::1"])
def test_what_is_no_server_is_refused(server: str) -> None:
    with pytest.raises(CannotRun, match="VSPHERE_SERVER"):
        only({**ONE, "VSPHERE_SERVER": server})


def test_govc_is_understood() -> None:
    found = only(
        {
            "GOVC_URL": "https://reader%40corp:p%2Fw@vc.example:8989/sdk",
            "GOVC_INSECURE": "1",
            "GOVC_TLS_CA_CERTS": "/a.pem:/b.pem",
        }
    )
    assert (found.host, found.port, found.user, found.password) == (
        "vc.example", 8989, "reader@corp", "p/w",
    )  # fmt: skip
    assert (found.verified, found.ca_files) == (False, ("/a.pem", "/b.pem"))


def test_several_vcenters_share_an_account_but_no_server() -> None:
    stated = {
        "VSPHERE_SERVER__VC_AMS1": "a.example",
        "VSPHERE_SERVER__VC_FRA1": "f.example",
        "VSPHERE_PASSWORD__VC_FRA1": "another",
        **ACCOUNT,
    }
    first, second = connections(["vc-ams1", "vc-fra1"], stated)
    assert (first.host, first.password) == ("a.example", "s3cret")
    assert (second.host, second.password) == ("f.example", "another")


def test_one_server_is_never_read_under_two_names() -> None:
    with pytest.raises(CannotRun, match="VSPHERE_SERVER__VC_FRA1"):
        connections(["vc-ams1", "vc-fra1"], {**ONE, "VSPHERE_SERVER__VC_AMS1": "a.example"})


def test_references_that_would_share_a_variable_are_refused() -> None:
    with pytest.raises(CannotRun, match="share one environment variable"):
        connections(["vc-1", "vc_1"], ONE)


@pytest.mark.parametrize("missing", ["VSPHERE_USER", "VSPHERE_PASSWORD"])
def test_what_is_missing_is_named(missing: str) -> None:
    with pytest.raises(CannotRun, match=missing):
        only({name: value for name, value in ONE.items() if name != missing})


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("VSPHERE_ALLOW_UNVERIFIED_SSL", "perhaps"),
        ("VSPHERE_THUMBPRINT", "abcd"),
        ("VSPHERE_THUMBPRINT", "zz" * 32),
        ("MLGEN_TIMEOUT_S", "soon"),
        ("MLGEN_TIMEOUT_S", "0"),
        ("MLGEN_TIMEOUT_S", "nan"),
    ],
)
def test_what_cannot_be_understood_is_named(variable: str, value: str) -> None:
    with pytest.raises(CannotRun, match=variable):
        only({**ONE, variable: value})


def test_trust_and_time_can_be_stated() -> None:
    found = only(
        {
            **ONE,
            "VSPHERE_CA_FILE": "/ca.pem",
            "VSPHERE_THUMBPRINT": PRINT,
            "VSPHERE_ALLOW_UNVERIFIED_SSL": "TRUE",
            "MLGEN_TIMEOUT_S": "2.5",
        }
    )
    assert (found.ca_files, found.thumbprint) == (("/ca.pem",), "ab" * 32)
    assert (found.verified, found.timeout_s) == (False, 2.5)


def test_the_password_is_never_shown() -> None:
    found = only(ONE)
    assert "s3cret" not in f"{found!r} {found} {(found,)}"


def test_a_server_of_govc_can_be_trusted_as_a_failure_advises() -> None:
    """By VSPHERE_CA_FILE and VSPHERE_THUMBPRINT, which are named there."""
    plain = {"GOVC_URL": "u:p@vc.example", "VSPHERE_CA_FILE": "/a.pem"}
    (one,) = connections([], {**plain, "VSPHERE_THUMBPRINT": "ab" * 32})
    assert (one.ca_files, one.thumbprint) == (("/a.pem",), "ab" * 32)
    (other,) = connections([], {**plain, "GOVC_TLS_CA_CERTS": "/b.pem:/c.pem"})
    assert other.ca_files == ("/b.pem", "/c.pem")
