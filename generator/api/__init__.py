"""The verbs as functions: what the command line calls, for programs.

This package joins the rooms; it computes nothing itself. ``load`` and ``validate`` read files, the
rest is pure.
"""

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
    observing,
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
    "observing",
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
