"""When two values of a field are the same, as far as anybody can tell from outside."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from generator.vcenter.snapshot import Value

Equality = Callable[[Value, Value], bool]
"""Whether the second, live value is what the first one states."""


def unset(value: Value) -> bool:
    """Whether a field holds nothing; zero and False are something."""
    return value is None or value in ("", ())


def exact(stated: Value, live: Value) -> bool:
    """The same value; nothing is nothing however it is written."""
    if unset(stated) or unset(live):
        return unset(stated) and unset(live)
    return stated == live and isinstance(stated, bool) == isinstance(live, bool)


def number(stated: Value, live: Value) -> bool:
    """The same number; unset is 0, as vCenter leaves out what it does not reserve."""
    return (stated or 0) == (live or 0)


def folded(stated: Value, live: Value) -> bool:
    """The same text, whatever the case: the API, command lines and people differ in it."""
    if isinstance(stated, str) and isinstance(live, str):
        return stated.casefold() == live.casefold()
    return exact(stated, live)


def option(stated: Value, live: Value) -> bool:
    """The same advanced option, which vCenter keeps as text, number or truth value."""
    if unset(stated) or unset(live):
        return exact(stated, live)
    return str(stated).casefold() == str(live).casefold()


def unordered(stated: Value, live: Value) -> bool:
    """The same entries as often, in any order."""
    return Counter(texts(stated)) == Counter(texts(live))


def contains(stated: Value, live: Value) -> bool:
    """All stated entries are there; those of others are theirs (F10)."""
    return set(texts(stated)) <= set(texts(live))


def one_of(stated: Value, live: Value) -> bool:
    """Live is one of those stated, whatever the case and a leading 0x."""
    if not isinstance(live, str):
        return exact(stated, live)
    plain = live.casefold().removeprefix("0x").rjust(4, "0")
    return plain in {one.casefold() for one in texts(stated)}


def told(stated: Value, live: Value) -> bool:
    """The same value, or none: what a release of vCenter or a host does not tell is no other."""
    return unset(live) or exact(stated, live)


_IN_EVERY_ROLE = frozenset(("System.Anonymous", "System.Read", "System.View"))


def privileges(stated: Value, live: Value) -> bool:
    """The same rights, but those that vCenter adds to every role.

    Source: vSphere Web Services API, AuthorizationManager.AddAuthorizationRole.
    """
    return set(texts(stated)) - _IN_EVERY_ROLE == set(texts(live)) - _IN_EVERY_ROLE


_PORTS = {"https": 443, "http": 80}


def address(stated: Value, live: Value) -> bool:
    """The same URL: scheme and host have no case, and a scheme its own port (RFC 3986, 6.2)."""
    if not isinstance(stated, str) or not isinstance(live, str):
        return exact(stated, live)
    return _address(stated) == _address(live)


def _address(text: str) -> tuple[str, ...]:
    try:
        parts = urlsplit(text)
        scheme = parts.scheme.lower()
        port = parts.port or _PORTS.get(scheme, 0)
    except ValueError:
        return (text,)
    return scheme, parts.hostname or "", str(port), parts.path, parts.query


def flag(stated: Value, live: Value) -> bool:
    """The same truth value; unset is False, as an API leaves out what is at its default."""
    return exact(bool(stated), bool(live)) if _is_flag(stated) and _is_flag(live) else False


def _is_flag(value: Value) -> bool:
    return isinstance(value, bool) or unset(value)


def reported_mode(stated: Value, live: Value) -> bool:
    """The same mode at two readings; without a VM a time-sliced GPU reports none."""
    return vgpu_mode(stated, live) or vgpu_mode(live, stated)


def version_prefix(stated: Value, live: Value) -> bool:
    """Live is the stated version or one of its releases: ``v1.36`` and ``v1.36.1---vmware.4``.

    The resolver takes the newest release with the prefix and writes it back (Kubernetes release
    resolution of VKS).
    """
    if not isinstance(stated, str) or not isinstance(live, str):
        return exact(stated, live)
    rest = live.removeprefix("v")
    wanted = stated.removeprefix("v")
    return rest == wanted or re.match(re.escape(wanted) + r"(?![0-9])", rest) is not None


def at_least(stated: Value, live: Value) -> bool:
    """Live offers what is stated or more, as capacity before formatting does."""
    return isinstance(stated, int) and isinstance(live, int) and live >= stated


_DIMMS = 32


def memory(stated: Value, live: Value) -> bool:
    """The memory of a host less what its firmware keeps; a lost module is more than that.

    A two-socket host has at most 32 modules, so half a module tells the two apart.
    """
    if not isinstance(stated, int) or not isinstance(live, int):
        return exact(stated, live)
    return abs(stated - live) * _DIMMS * 2 < stated


def includes(stated: Value, live: Value) -> bool:
    """A structure that holds all that is stated; schemas fill in defaults beside it."""
    if exact(stated, live):
        return True
    try:
        return _within(json.loads(str(stated)), json.loads(str(live)))
    except ValueError:
        return False


def _within(stated: Any, live: Any) -> bool:
    if isinstance(stated, dict) and isinstance(live, dict):
        return all(key in live and _within(value, live[key]) for key, value in stated.items())
    if isinstance(stated, list) and isinstance(live, list):
        pairs = zip(stated, live, strict=False)
        return len(stated) == len(live) and all(_within(*pair) for pair in pairs)
    return bool(stated == live) and isinstance(stated, bool) == isinstance(live, bool)


_NUMBERS = re.compile(r"[0-9]+")


def same_family_or_newer(stated: Value, live: Value) -> bool:
    """The ClusterClass or a newer one of its family, to which a webhook lifts clusters."""
    if not isinstance(stated, str) or not isinstance(live, str):
        return exact(stated, live)
    if _NUMBERS.sub("", stated) != _NUMBERS.sub("", live):
        return False
    one, other = ([int(part) for part in _NUMBERS.findall(text)] for text in (stated, live))
    return other >= one


_IDLE = "none"
_TIME_SLICED = ("sameSize", "mixedSize")


def vgpu_mode(stated: Value, live: Value) -> bool:
    """The mode that a GPU reports; without a vGPU it reports none, whatever it is set to."""
    return exact(stated, live) or (stated in _TIME_SLICED and live == _IDLE)


def configured_mode(stated: Value, live: Value) -> bool:
    """The mode that a GPU is set to; one that is not listed has the default, same size."""
    return exact(stated, "sameSize" if unset(live) else live)


def configured_modes(stated: Value, live: Value) -> bool:
    """The same setting at two readings; one that is not listed has the default on either side."""
    return exact(*("sameSize" if unset(value) else value for value in (stated, live)))


_WORDS = re.compile(r"[a-z0-9]+")
_MAKERS = {"nvidia", "amd", "intel", "corporation", "tesla", "instinct", "data", "center", "gpu"}
_BESIDE = re.compile(r"[0-9]+(gb|gib)|hbm[0-9]+e?|(g[a-z]|ad|tu)1[0-9]{2}[a-z]*")
"""Memory and chip, which drivers name or not."""


def board(stated: Value, live: Value) -> bool:
    """The same board under the names of its catalogue row and of its driver.

    A driver leaves out maker and memory (``NVIDIA H100 PCIe``); one that says more than the row
    names another board.
    """
    if not isinstance(stated, str) or not isinstance(live, str):
        return exact(stated, live)
    return bool(_board(live)) and _board(live) <= _board(stated)


def _board(name: str) -> set[str]:
    words = set(_WORDS.findall(name.casefold())) - _MAKERS
    return {word for word in words if not _BESIDE.fullmatch(word)}


def texts(value: Value) -> tuple[str, ...]:
    """The entries of a set or list; none for nothing."""
    if isinstance(value, tuple):
        return value
    return () if unset(value) else (str(value),)
