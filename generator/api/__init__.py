"""The verbs as functions: what the command line calls, for programs.

This package joins the rooms; it computes nothing itself. ``load`` and ``validate`` read files, the
rest is pure. A room is imported when one of its names is asked for: a verb pays for no other's.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.api.assessing import Assessed, Project, assess, place, size, solved
    from generator.api.comparing import Supposed, WhatIf, whatif
    from generator.api.diffing import Asked, compared, diff, sides_of
    from generator.api.estimating import estimate, estimate_observed, observe
    from generator.api.granting import roles
    from generator.api.guarding import guard
    from generator.api.handing import HandedOff, handoff
    from generator.api.judging import all_rules, located
    from generator.api.keeping import read_kept
    from generator.api.loading import Examined, examine, load, sound, validate
    from generator.api.observing import (
        observe_vcenters,
        read_snapshot,
        redact,
        site_of,
        vcenter_settings,
        vcenters_of,
        write_snapshot,
    )
    from generator.api.rendering import Rendered, render
    from generator.api.start_files import write_start
    from generator.api.starting import Start, platform_name, start_assumed, start_found
    from generator.api.surveying import as_built, as_built_hosts

_NAMES = {
    "assessing": "Assessed Project assess place size solved",
    "comparing": "Supposed WhatIf whatif",
    "diffing": "Asked compared diff sides_of",
    "estimating": "estimate estimate_observed observe",
    "granting": "roles",
    "guarding": "guard",
    "handing": "HandedOff handoff",
    "judging": "all_rules located",
    "keeping": "read_kept",
    "loading": "Examined examine load sound validate",
    "observing": "observe_vcenters read_snapshot redact site_of vcenter_settings vcenters_of"
    " write_snapshot",
    "rendering": "Rendered render",
    "start_files": "write_start",
    "starting": "Start platform_name start_assumed start_found",
    "surveying": "as_built as_built_hosts",
}
_ROOMS = {name: room for room, names in _NAMES.items() for name in names.split()}

__all__ = [
    "Asked",
    "Assessed",
    "Examined",
    "HandedOff",
    "Project",
    "Rendered",
    "Start",
    "Supposed",
    "WhatIf",
    "all_rules",
    "as_built",
    "as_built_hosts",
    "assess",
    "compared",
    "diff",
    "estimate",
    "estimate_observed",
    "examine",
    "guard",
    "handoff",
    "load",
    "located",
    "observe",
    "observe_vcenters",
    "place",
    "platform_name",
    "read_kept",
    "read_snapshot",
    "redact",
    "render",
    "roles",
    "sides_of",
    "site_of",
    "size",
    "solved",
    "sound",
    "start_assumed",
    "start_found",
    "validate",
    "vcenter_settings",
    "vcenters_of",
    "whatif",
    "write_snapshot",
    "write_start",
]


def __getattr__(name: str) -> object:
    """Imports the room of a verb when the verb is asked for."""
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
