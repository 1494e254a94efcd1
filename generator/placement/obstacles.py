"""What sizing found short beside hosts and GPUs, as part of the answer whether it all fits.

The findings (MLG-Z012, MLG-Z014, MLG-Z022) say how to mend it; here it counts for the answer. What
grows or only may meet is said and stops nothing today.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, floor

from generator.placement.plan import Obstacle
from generator.sizing.connectivity.sized import NetworkSized
from generator.sizing.data.stored import DataSized, StoreShortage
from generator.sizing.demand import Sized

TODAY = "today"

RULES_OF_FIT = ("MLG-Z012", "MLG-Z022")
"""Errors that make the answer "does not fit", with the obstacle's name, and not a wrong document.
"""


def obstacles(sized: Sized) -> tuple[Obstacle, ...]:
    """Datastores and networks that are short, those of today first."""
    found = [*_stores(sized.data), *_addresses(sized.network)]
    return tuple(sorted(found, key=lambda o: (not o.fatal, o.what, o.where)))


def _stores(data: DataSized) -> Iterator[Obstacle]:
    for short in data.shortages:
        rate = short.month is None
        yield Obstacle(
            what="read rate" if rate else "capacity",
            where=short.store,
            needed=ceil(short.needed),
            free=floor(short.free),
            unit="B/s" if rate else "B",
            path=f"storage_compute.storage.tiers[{short.tiers[0]}]",
            when=_when(short),
            fatal=short.month == 0,
        )


def _when(short: StoreShortage) -> str:
    if short.month is None:
        return "if all its readers read at once"
    return TODAY if short.month == 0 else f"in month {short.month}"


def _addresses(network: NetworkSized) -> Iterator[Obstacle]:
    for plan in network.addresses:
        if not plan.missing:
            continue
        today = bool(plan.missing_today)
        needed = plan.demand.addresses - plan.standing
        yield Obstacle(
            what="addresses",
            where=f"{plan.network} at {plan.site}" if plan.site else plan.network,
            needed=needed,
            free=needed - plan.missing,
            unit="addresses",
            path=plan.path,
            when=TODAY if today else "once it has grown",
            fatal=today,
        )
