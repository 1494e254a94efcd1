"""Where a Supervisor's Kubernetes is and how to be let in, from a kubeconfig.

Only what is written in the file counts: a program that it names for logging in is not run.
"""

from __future__ import annotations

import base64
import binascii
import os
import ssl
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from generator.record import Record, record
from generator.vcenter.failures import Unreadable

_MAX_BYTES = 1 << 20
_HTTPS = 443


@record
class Cluster(Record):
    """A Kubernetes and an account; ``prefix`` is the path before all others."""

    host: str
    port: int
    prefix: str
    token: str
    context: ssl.SSLContext

    def __repr__(self) -> str:
        return f"Cluster(host={self.host!r}, port={self.port})"


def read(file: str, *, verified: bool) -> Cluster:
    """The current context of a kubeconfig.

    Raises:
        Unreadable: where the file cannot be used; nothing of its secrets is repeated.
    """
    try:
        return _read(Path(file), verified=verified)
    except Unreadable:
        raise
    except (OSError, ValueError, TypeError, LookupError, AttributeError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "no kubeconfig"
        raise Unreadable("failed", f"{file}: {why}") from None


def _read(file: Path, *, verified: bool) -> Cluster:
    import yaml

    with file.open("rb") as stream:
        content = stream.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise Unreadable("failed", f"{file}: larger than {_MAX_BYTES >> 20} MiB")
    try:
        whole = yaml.safe_load(content)
    except (yaml.YAMLError, RecursionError):
        raise Unreadable("failed", f"{file}: no YAML") from None
    context = _named(whole, "contexts", whole["current-context"])["context"]
    cluster = _named(whole, "clusters", context["cluster"])["cluster"]
    user = _named(whole, "users", context["user"])["user"] or {}
    parts = urlsplit(cluster["server"])
    if parts.scheme != "https" or not parts.hostname:
        raise Unreadable("failed", f"{file}: the server is no https address")
    return Cluster(
        host=parts.hostname,
        port=parts.port or _HTTPS,
        prefix=parts.path.rstrip("/"),
        token=_token(file, user),
        context=_context(file, cluster, user, verified=verified),
    )


def _named(whole: Any, section: str, name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(each for each in whole[section] if each["name"] == name)
    return found


def _token(file: Path, user: Mapping[str, Any]) -> str:
    if "exec" in user or "auth-provider" in user:
        raise Unreadable(
            "failed", f"{file}: it logs in by a program, which is not run; state a token instead"
        )
    if user.get("tokenFile"):
        return str((file.parent / user["tokenFile"]).read_text("utf-8")).strip()
    return str(user.get("token") or "")


def _context(
    file: Path, cluster: Mapping[str, Any], user: Mapping[str, Any], *, verified: bool
) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if cluster.get("insecure-skip-tls-verify") and verified:
        raise Unreadable("failed", f"{file}: it skips verification; name its authority instead")
    if not verified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif cluster.get("certificate-authority-data"):
        data = base64.b64decode(cluster["certificate-authority-data"], validate=True)
        context.load_verify_locations(cadata=data.decode())
    elif cluster.get("certificate-authority"):
        context.load_verify_locations(cafile=str(file.parent / cluster["certificate-authority"]))
    else:
        context.load_default_certs()
    _identify(context, file, user)
    return context


def _identify(context: ssl.SSLContext, file: Path, user: Mapping[str, Any]) -> None:
    """A client's certificate; the library takes files only, so data lies in one for a moment."""
    if user.get("client-certificate"):
        key = user.get("client-key") or user["client-certificate"]
        context.load_cert_chain(file.parent / user["client-certificate"], file.parent / key)
    elif user.get("client-certificate-data"):
        try:
            pem = b"\n".join(
                base64.b64decode(user[name], validate=True)
                for name in ("client-certificate-data", "client-key-data")
            )
        except binascii.Error:
            raise Unreadable("failed", f"{file}: its certificate is no base64") from None
        handle, path = tempfile.mkstemp()
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(pem)
            context.load_cert_chain(path)
        finally:
            Path(path).unlink()
