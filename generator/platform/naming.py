"""Names of the objects that mlgen creates: the site's patterns, cleaned to DNS labels."""

from __future__ import annotations

import re
from collections.abc import Mapping
from unicodedata import combining, normalize

from generator.blueprint.labels import dns_label

PATTERNS: Mapping[str, str] = {
    "vm_class": "{platform}-{gpu}-{profile}-r{rev}",
    "direct_path_profile": "{platform}-{gpu}-{profile}",
    "namespace": "{platform}-{env}-{team}",
    "vks_cluster": "{platform}-{env}-{team}",
    "node_pool": "{name}",
    "storage_policy": "{platform}-{tier}",
    "folder": "{platform}",
    "environment_folder": "{env}",
    "resource_pool": "{platform}-{env}",
    "vm": "{platform}-{env}-{name}-{index}",
}
"""mlgen's own pattern per kind, for sites that state none."""

_OWN = frozenset(("node_pool", "direct_path_profile"))
"""Kinds that the site's general pattern does not name."""

_FIELD = re.compile(r"\{([a-z_]*)(?::0?([0-9]))?\}")


class UnknownField(ValueError):
    """A pattern names a field that mlgen does not know."""


def fill_pattern(pattern: str, values: Mapping[str, str | int]) -> str:
    """The pattern with its fields filled; raises ``UnknownField`` for one without a value.

    This is not ``str.format``: a pattern comes from a document and must not reach attributes.
    """

    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise UnknownField(match[1])
        return str(values[match[1]]).zfill(int(match[2] or 0))

    return _FIELD.sub(value, pattern)


def storage_class(policy: str) -> str:
    """The StorageClass name that vCenter gives to a storage policy of this name.

    Accents stripped, lower case, every run outside ``a-z0-9.`` a dash, and a ``0`` where the name
    would begin or end with a dash or a dot.

    Source: govmomi ``pbm/types`` (PbmCapabilityProfile.k8sCompliantName) and its PBM simulator.
    """
    plain = "".join(char for char in normalize("NFD", policy) if not combining(char))
    name = re.sub(r"[^a-z0-9.]+", "-", plain.lower())
    head = "0" if name[:1] in ("-", ".") else ""
    tail = "0" if name[-1:] in ("-", ".") else ""
    return f"{head}{name}{tail}"


class Namer:
    """Fills the patterns of one site for one platform."""

    def __init__(self, platform: str, site: str, per_kind: Mapping[str, str], pattern: str) -> None:
        self.platform = platform
        self._site = site
        self._per_kind = per_kind
        self._pattern = pattern
        self._sequence: dict[tuple[str, str], int] = {}

    def name(self, kind: str, *, env: str = "", **values: str | int) -> str:
        """The name of an object, cleaned to a DNS label.

        The site's pattern for the kind counts first, then the site's general one, then mlgen's
        own. Node pools stand inside a cluster, and a DirectPath profile has to say its device,
        which a number would not: both take no general pattern.

        ``{seq}`` counts the objects of a kind in an environment in the order of asking.
        """
        general = "" if kind in _OWN else self._pattern
        pattern = self._per_kind.get(kind) or general or PATTERNS[kind]
        known: dict[str, str | int] = {
            "site": self._site,
            "platform": self.platform,
            "kind": kind.replace("_", "-"),
            "env": env,
            **values,
        }
        if "{seq" in pattern:
            self._sequence[kind, env] = known["seq"] = self._sequence.get((kind, env), 0) + 1
        return dns_label(fill_pattern(pattern, known))
