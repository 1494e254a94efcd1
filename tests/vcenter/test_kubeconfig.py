"""What a kubeconfig says, and what is not done for it."""

from __future__ import annotations

import base64
import ssl
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.vcenter import kubeconfig
from generator.vcenter.failures import Unreadable

PLAIN: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Config",
    "current-context": "sup",
    "contexts": [{"name": "sup", "context": {"cluster": "c", "user": "u"}}],
    "clusters": [{"name": "c", "cluster": {"server": "https://10.0.0.1:6443"}}],
    "users": [{"name": "u", "user": {"token": "s3cret"}}],
}


@pytest.fixture
def write(tmp_path: Path) -> Any:
    """Writes the plain kubeconfig with another cluster or user; gives its path."""

    def with_(cluster: dict[str, Any] | None = None, user: Any = None) -> str:
        whole = {
            **PLAIN,
            "clusters": [
                {"name": "c", "cluster": {**PLAIN["clusters"][0]["cluster"], **(cluster or {})}}
            ],
            "users": [{"name": "u", "user": PLAIN["users"][0]["user"] if user is None else user}],
        }
        (tmp_path / "config").write_text(yaml.safe_dump(whole), "utf-8")
        return str(tmp_path / "config")

    return with_


def test_the_current_context_counts(write: Any) -> None:
    found = kubeconfig.read(write(), verified=True)
    assert (found.host, found.port, found.prefix, found.token) == ("10.0.0.1", 6443, "", "s3cret")
    assert found.context.verify_mode is ssl.CERT_REQUIRED
    assert found.context.check_hostname


def test_a_server_may_lie_below_a_path(write: Any) -> None:
    found = kubeconfig.read(write({"server": "https://k.example/k8s/c-1/"}), verified=True)
    assert (found.host, found.port, found.prefix) == ("k.example", 443, "/k8s/c-1")


def test_a_token_may_lie_in_a_file_beside_it(write: Any, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("of-a-file\n", "utf-8")
    assert kubeconfig.read(write(user={"tokenFile": "token"}), verified=True).token == "of-a-file"


def test_without_verification_nothing_is_verified(write: Any) -> None:
    found = kubeconfig.read(write({"insecure-skip-tls-verify": True}), verified=False)
    assert found.context.verify_mode is ssl.CERT_NONE


@pytest.mark.parametrize(
    ("cluster", "user", "said"),
    [
        ({"insecure-skip-tls-verify": True}, None, "skips verification"),
        ({"server": "http://10.0.0.1"}, None, "no https address"),
        ({"certificate-authority-data": "%%"}, None, "no kubeconfig"),
        ({"certificate-authority": "gone.pem"}, None, "No such file"),
        (None, {"exec": {"command": "kubectl-vsphere"}}, "by a program, which is not run"),
        (None, {"auth-provider": {}}, "by a program, which is not run"),
        (None, {"client-certificate-data": "%%", "client-key-data": "x"}, "no base64"),
        (None, {"client-certificate": "gone.pem"}, "No such file"),
        (None, {"tokenFile": "gone"}, "No such file"),
    ],
)
def test_what_cannot_be_used_is_said(write: Any, cluster: Any, user: Any, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        kubeconfig.read(write(cluster, user), verified=True)


@pytest.mark.parametrize(
    "content", ["", "[]", "a: [", "current-context: x", "[" * 5000, "x" * (2 << 20)]
)
def test_what_is_no_kubeconfig_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "config").write_text(content, "utf-8")
    with pytest.raises(Unreadable):
        kubeconfig.read(str(tmp_path / "config"), verified=True)


def test_a_key_lies_in_a_file_for_a_moment_only(
    write: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    data = base64.b64encode(b"no certificate").decode()
    file = write(user={"client-certificate-data": data, "client-key-data": data})
    with pytest.raises(Unreadable):
        kubeconfig.read(file, verified=True)
    assert [each.name for each in tmp_path.iterdir()] == ["config"]


def test_the_token_is_never_shown(write: Any) -> None:
    assert "s3cret" not in repr(kubeconfig.read(write(), verified=True))
