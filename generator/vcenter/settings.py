"""How vCenters are reached, from the environment alone: never a file, never the command line.

The names are those that Terraform's provider and the apply script use, then govc's. A name may
carry a vCenter's reference (``VSPHERE_SERVER__VC_AMS1``), so that several are read in one run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from urllib.parse import unquote, urlsplit

from generator.finding import CannotRun
from generator.record import Record, record

_TRUE = frozenset(("1", "true", "t", "yes"))
_FALSE = frozenset(("", "0", "false", "f", "no"))
_HTTPS = 443
_TIMEOUT_S = 60
_LONGEST_S = 3600


@record
class Connection(Record):
    """One vCenter, who logs in, and how its certificate is trusted.

    ``name`` is the reference that blueprints know it by. ``thumbprint`` is the SHA-256 of the
    certificate, and pins it; without it the authorities of ``ca_files`` count, else the system's.
    ``timeout_s`` bounds the wait for each answer (``MLGEN_TIMEOUT_S``), ``kubeconfig`` is the file
    by which its Supervisor is read (``MLGEN_KUBECONFIG``); without one that is left out.
    The password is shown nowhere.
    """

    name: str
    host: str
    port: int = _HTTPS
    user: str
    password: str
    ca_files: tuple[str, ...] = ()
    thumbprint: str = ""
    verified: bool = True
    timeout_s: float = 60.0
    kubeconfig: str = ""

    def __repr__(self) -> str:
        return f"Connection(name={self.name!r}, host={self.host!r}, port={self.port})"


def connections(refs: Iterable[str], environment: Mapping[str, str]) -> tuple[Connection, ...]:
    """The connections of the vCenters that are called ``refs``; of none, the only one there is.

    Raises:
        CannotRun: naming the variable that is missing or cannot be understood.
    """
    names = tuple(dict.fromkeys(refs))
    suffixes = {name: _suffix(name) for name in names}
    if len(set(suffixes.values())) < len(names):
        raise CannotRun(f"{', '.join(names)}: these names share one environment variable")
    if not names:
        return (_connection("", "", environment, alone=True),)
    alone = len(names) == 1
    return tuple(_connection(name, suffixes[name], environment, alone=alone) for name in names)


def _suffix(name: str) -> str:
    return "__" + "".join(each if each.isalnum() else "_" for each in name).upper()


def _connection(
    name: str, suffix: str, environment: Mapping[str, str], *, alone: bool
) -> Connection:
    """One connection; where several are meant, each server has to be named on its own."""

    def stated(variable: str) -> str:
        return environment.get(variable + suffix) or environment.get(variable, "")

    own = environment.get(f"VSPHERE_SERVER{suffix}", "")
    server = own or (environment.get("VSPHERE_SERVER", "") if alone else "")
    if server:
        host, port = _address(server, "VSPHERE_SERVER")
        return _with_account(
            Connection(
                name=name or host,
                host=host,
                port=port,
                user=stated("VSPHERE_USER"),
                password=stated("VSPHERE_PASSWORD"),
                ca_files=tuple(filter(None, (stated("VSPHERE_CA_FILE"),))),
                thumbprint=_thumbprint(stated("VSPHERE_THUMBPRINT")),
                verified=not _flag("VSPHERE_ALLOW_UNVERIFIED_SSL", stated),
                timeout_s=_seconds(stated("MLGEN_TIMEOUT_S")),
                kubeconfig=stated("MLGEN_KUBECONFIG"),
            ),
            "VSPHERE_USER",
            "VSPHERE_PASSWORD",
        )
    if alone or environment.get(f"GOVC_URL{suffix}"):
        return _by_govc(name, stated)
    raise CannotRun(f"set VSPHERE_SERVER{suffix} in the environment: several vCenters are meant")


def _by_govc(name: str, stated: Callable[[str], str]) -> Connection:
    url = stated("GOVC_URL")
    if not url:
        raise CannotRun("set VSPHERE_SERVER, VSPHERE_USER and VSPHERE_PASSWORD in the environment")
    parts = urlsplit(url if "//" in url else f"https://{url}")
    host, port = _address(parts.netloc.rpartition("@")[2], "GOVC_URL")
    return _with_account(
        Connection(
            name=name or host,
            host=host,
            port=port,
            user=stated("GOVC_USERNAME") or unquote(parts.username or ""),
            password=stated("GOVC_PASSWORD") or unquote(parts.password or ""),
            ca_files=tuple(
                filter(None, (stated("GOVC_TLS_CA_CERTS") or stated("VSPHERE_CA_FILE")).split(":"))
            ),
            thumbprint=_thumbprint(stated("VSPHERE_THUMBPRINT")),
            verified=not _flag("GOVC_INSECURE", stated),
            timeout_s=_seconds(stated("MLGEN_TIMEOUT_S")),
            kubeconfig=stated("MLGEN_KUBECONFIG"),
        ),
        "GOVC_USERNAME",
        "GOVC_PASSWORD",
    )


def _with_account(connection: Connection, user: str, password: str) -> Connection:
    for variable, value in ((user, connection.user), (password, connection.password)):
        if not value:
            raise CannotRun(f"set {variable} in the environment, to read {connection.name}")
    return connection


def _address(text: str, variable: str) -> tuple[str, int]:
    """Host and port of ``vc.example``, ``vc.example:8443`` or ``[2001:db8::1]:443``."""
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port or _HTTPS
    except ValueError:
        host, port = None, 0
    if not host or parts.path or "@" in text:
        raise CannotRun(f"{variable} is no host, alone or with a port")
    return host, port


def _thumbprint(text: str) -> str:
    digits = text.replace(":", "").lower()
    if digits and (len(digits) != 64 or set(digits) - set("0123456789abcdef")):  # noqa: PLR2004
        raise CannotRun("VSPHERE_THUMBPRINT is no SHA-256: 64 hexadecimal digits")
    return digits


def _flag(variable: str, stated: Callable[[str], str]) -> bool:
    text = stated(variable).strip().lower()
    if text not in _TRUE | _FALSE:
        raise CannotRun(f"{variable} is neither true nor false")
    return text in _TRUE


def _seconds(text: str) -> float:
    try:
        seconds = float(text or _TIMEOUT_S)
    except ValueError:
        seconds = 0
    if not 0 < seconds <= _LONGEST_S:
        raise CannotRun(f"MLGEN_TIMEOUT_S is no number of seconds up to {_LONGEST_S}")
    return seconds
