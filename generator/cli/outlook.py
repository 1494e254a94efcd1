"""The outlook of a plan in words: bound, losses, reserve, what would mend it, and the way to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from generator.api.outlook import Outlook
    from generator.placement.bound.proof import Bound
    from generator.placement.failures.reserve import Reserve
    from generator.placement.loss import Loss
    from generator.placement.relaxing.overflow import Overflow
    from generator.placement.relaxing.relaxations import Refusal
    from generator.placement.steps.way import Step

MOST_LINES = 40
"""Losses and steps that are printed; JSON has all of them."""


MOST_NAMED = 4
"""Services that one loss breaks up to which they are named in its line."""


def outlook_body(found: Outlook) -> dict[str, Any]:
    """The outlook for programs."""
    return {
        "bound": found.bound,
        "losses": [
            *found.failures.hosts,
            *found.failures.gpus,
            *found.failures.sites,
            *found.failures.maintenance,
        ],
        "reserves": found.reserves,
        "refusals": found.refusals,
        "overflows": found.overflows,
        "steps": found.steps,
    }


def outlook_text(found: Outlook, *, with_steps: bool) -> str:
    """The outlook for people."""
    from generator.report.text import visible

    parts = [_bound(found.bound), _losses(found)]
    parts += [visible(_reserve(reserve)) + "\n" for reserve in found.reserves]
    remedies = _remedies(found.refusals, found.overflows)
    parts.append("".join(visible(line) + "\n" for line in remedies))
    parts += [
        f"{each.severity.value}[{each.rule}]: {visible(each.message)}\n"
        f"  mend: {visible(each.mend)}\n"
        for each in found.findings
    ]
    parts.append(_steps(found.steps) if with_steps else _way(found.steps))
    return "\n".join(part for part in parts if part)


def _bound(bound: Bound) -> str:
    """Empty where the plan opens no GPU: fewer than none needs no proof."""
    if not bound.used:
        return ""
    beyond = bound.used - bound.gpus
    said = "no plan opens fewer" if not beyond else f"no plan opens fewer than {bound.gpus}"
    return f"bound: the plan opens {bound.used} GPU(s); {said} ({bound.by})\n"


def _losses(found: Outlook) -> str:
    from generator.report.text import table

    losses = [*found.failures.hosts, *found.failures.sites, *found.failures.maintenance]
    heads = ("loss", "of", "restarts", "waits", "stopped for others", "what holds")
    rows = [_loss(loss) for loss in losses]
    shown = table(heads, rows[:MOST_LINES])
    if len(rows) > MOST_LINES:
        shown += f"and {len(rows) - MOST_LINES} more: --format json has all of them\n"
    return shown + _gpu_losses(found.failures.gpus)


def _loss(loss: Loss) -> tuple[str, ...]:
    broken = [f"{level.demand} ({level.environment})" for level in loss.levels if not level.holds]
    degraded = [
        f"{level.demand} {level.running} of {level.before}"
        for level in loss.levels
        if level.is_degraded
    ]
    named = f"{len(broken)} services" if len(broken) > MOST_NAMED else ", ".join(broken)
    holds = f"breaks {named}" if broken else "all hold"
    return (
        loss.scene.value,
        loss.what,
        str(len(loss.restarts)),
        str(len(loss.waits)),
        str(len(loss.preempted)),
        f"{holds}; fewer: {', '.join(degraded)}" if degraded else holds,
    )


def _gpu_losses(losses: Iterable[Loss]) -> str:
    outcomes = Counter("holds" if loss.holds else "breaks" for loss in losses)
    total = sum(outcomes.values())
    if not total:
        return ""
    return f"of {total} single GPUs the loss of {outcomes['holds']} breaks no service\n"


def _reserve(reserve: Reserve) -> str:
    kept = f"{reserve.framebuffer_mib >> 10} GiB on {reserve.gpus} GPUs start what is lost"
    told = f"reserve of {reserve.cluster} for {reserve.host_failures} host(s): {kept}"
    short = sorted({f"{s.level.demand} ({s.level.environment})" for s in reserve.short})
    return f"{told}; short: {', '.join(short)}" if short else f"{told}; every service holds"


def _remedies(refusals: Iterable[Refusal], overflows: Iterable[Overflow]) -> Iterator[str]:
    for refusal in refusals:
        binding = " or ".join(constraint.value for constraint in refusal.binding)
        yield (
            f"{refusal.demand} in {refusal.environment}: {refusal.placed} of {refusal.wanted} fit; "
            f"{binding or 'more than one thing'} binds. Proved to help:"
        )
        for relaxation in refusal.relaxations:
            yield f"  {relaxation.sentence} [{relaxation.path}]"
        if not refusal.relaxations:
            yield "  nothing that was tried"
    for overflow in overflows:
        verdict = {True: "may burst", False: "may not burst", None: "may burst if"}
        who = f"{overflow.demand} in {overflow.environment} {verdict[overflow.allowed]}"
        yield f"{who}: {overflow.sentence}, to {overflow.target}"
        for check in overflow.checks:
            mark = {True: "yes", False: "no", None: "unknown"}[check.passes]
            yield f"  {check.name}: {mark}: {check.figures}"
        yield from (f"  or {idle.sentence}" for idle in overflow.instead)


def _way(steps: Iterable[Step]) -> str:
    counted = Counter(step.action.value for step in steps)
    if not counted:
        return ""
    said = ", ".join(f"{count} {name}" for name, count in counted.items())
    return f"way from today to the plan: {said} (--steps lists them)\n"


def _steps(steps: Iterable[Step]) -> str:
    from generator.report.text import table

    return table(
        ("step", "do", "host", "GPU", "VM", "mode", "needs"),
        [
            (
                str(step.number),
                step.action.value,
                step.host,
                step.gpu or "-",
                step.vm or "-",
                f"{step.was or '?'} to {step.mode}" if step.mode else "-",
                ", ".join(_needs(step)) or "-",
            )
            for step in steps
        ],
    )


def _needs(step: Step) -> Iterator[str]:
    if step.needs_empty_gpu:
        yield "empty GPU"
    if step.needs_maintenance:
        yield f"maintenance, {step.hosts_at_once} host(s) at once"
    if step.needs_reboot:
        yield "reboot"
    if step.owner:
        yield f"consent of {step.owner}"
    if step.waits_for:
        yield f"steps {', '.join(map(str, step.waits_for))}"
