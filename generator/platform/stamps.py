"""The stamp on what mlgen creates (F1): apply, prune and rollback touch nothing else."""

from __future__ import annotations

STAMP_CATEGORY = "mlgen"
RELEASE_CATEGORY = "mlgen-release"


def stamp(platform: str, identity: str) -> str:
    """``mlgen:<platform>/<id>``, as it stands in descriptions and annotations."""
    return f"{STAMP_CATEGORY}:{stamp_tag(platform, identity)}"


def stamp_tag(platform: str, identity: str) -> str:
    """The name of the tag of category ``mlgen`` that marks one object."""
    return f"{platform}/{identity}"
