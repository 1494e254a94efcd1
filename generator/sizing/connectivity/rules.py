"""What sizing the network reports, one class per rule."""

from __future__ import annotations

from generator.finding import Finding, Rule, Severity
from generator.quantity import GIB
from generator.sizing.connectivity.flows import Movement
from generator.sizing.connectivity.loads import Crossing
from generator.sizing.connectivity.sized import LinkFacts, LinkLoad, SizedAddresses
from generator.sizing.network.fabric import ROOM, flow_nic_gbps
from generator.sizing.network.transfer import bits_per_s

_S04 = "requirements S0-4: volume over window, compared with ports, uplinks and datastores"


class FlowFits(Rule):
    """A flow needs more than one of its links gives it."""

    id = "MLG-Z020"
    title = "Every data flow fits its links within its window"
    reason = "what cannot arrive in time makes all that waits for it late, on every run"
    source = _S04

    @classmethod
    def of(cls, flow: Movement, link: LinkFacts) -> Finding | None:
        """The finding for a flow on one link; a warning where only the room for others is gone.

        Where several VMs share the rate each of them has to fit.
        """
        carried, needed = link.one_bytes_per_s, (flow.rate_bytes_per_s or 0.0) / flow.parallel
        if not carried or needed <= carried * ROOM.value:
            return None
        volume = f"{flow.volume_bytes / GIB:.4g} GiB" if flow.volume_bytes else "its data"
        each = f", each of {flow.parallel} VMs," if flow.parallel > 1 else ""
        return cls.breach(
            f"{flow.name}{each} needs {gbit(needed)} to bring {volume} over ({flow.rule}); "
            f"{link.name} carries {gbit(carried)}",
            path=flow.path,
            mend=f"state a longer window, move less, or {_wider(link, needed)}",
            severity=Severity.ERROR if needed > carried else Severity.WARNING,
        )


class FlowsFitTogether(Rule):
    """Flows that run at the same time need more than a link carries."""

    id = "MLG-Z021"
    title = "Flows that overlap fit their link together"
    reason = "each flow fits alone, and the first busy night shows that they share one line"
    source = _S04

    @classmethod
    def of(cls, crossing: Crossing, load: LinkLoad) -> Finding | None:
        """The finding for one link; an error only where it is stated that the flows meet.

        A flow of one VM that has the link to itself is judged alone.
        """
        link, carried = crossing.link, load.all_bytes_per_s
        if not carried or load.peak_bytes_per_s <= carried * ROOM.value:
            return None
        running = [flow for flow in crossing.flows if flow.name in load.flows]
        if len(running) == 1 and running[0].parallel == 1:
            return None
        certain = load.certain_bytes_per_s > carried
        shown = ", ".join(load.flows[:_SHOWN]) + (
            f" and {len(load.flows) - _SHOWN} more" if len(load.flows) > _SHOWN else ""
        )
        meeting = "" if certain else " if all meet of which nobody states when they run"
        return cls.breach(
            f"{shown} need {gbit(load.peak_bytes_per_s)} together{meeting}; "
            f"{link.name} carries {gbit(carried)}",
            path=link.path,
            mend="move one of them to another time, let its window be longer, or "
            f"{_wider(link, load.peak_bytes_per_s)}",
            severity=Severity.ERROR if certain else Severity.WARNING,
        )


class AddressesSuffice(Rule):
    """A network has fewer addresses than what will stand in it."""

    id = "MLG-Z022"
    title = "Every network has the addresses that the platform needs"
    reason = "nodes without an address never join, and ranges of pods cannot be changed later"
    source = "field rule F18: an IP plan is capacity"

    @classmethod
    def of(cls, plan: SizedAddresses) -> Finding | None:
        """The finding for one network; a warning where only the room for growth is missing."""
        if not plan.missing:
            return None
        needed = plan.demand.addresses - plan.standing
        today = bool(plan.missing_today)
        where = f" at {plan.site}" if plan.site else ""
        return cls.breach(
            f"{plan.network}{where} needs {needed} addresses"
            f"{'' if today else ', growth included,'} and lacks {plan.missing}",
            path=plan.path,
            mend=f"provide a /{plan.demand.prefix_length} or larger, or ask for fewer nodes",
            severity=Severity.ERROR if today else Severity.WARNING,
        )


RULES: tuple[type[Rule], ...] = (FlowFits, FlowsFitTogether, AddressesSuffice)

_SHOWN = 4
"""Flows that a finding names."""


def _wider(link: LinkFacts, rate_bytes_per_s: float) -> str:
    if link.what == "tier":
        return "take a faster tier"
    gbps, ports = flow_nic_gbps(rate_bytes_per_s)
    return f"provide {ports} x {gbps} Gb/s"


def gbit(bytes_per_s: float) -> str:
    """A rate as network people write it."""
    return f"{bits_per_s(bytes_per_s) / 1e9:.3g} Gb/s"
