"""Which catalogue of vGPU sizes open needs are drawn from: both are placed, the better is kept.

Sizing says how much framebuffer a VM needs; where neither work nor blueprint names a size, the
sizes that halve the board carry it. Those that ``recommend`` proves best may carry more of it. They
are tried where they can make a difference, and taken where the plan as a whole is better for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from generator.catalog.accelerator import Accelerator
from generator.catalog.vgpu import VgpuProfile
from generator.placement.devices.catalogue import offer_of
from generator.placement.devices.profiles import halves_the_board, is_open, offered
from generator.placement.devices.stranding import board_gb
from generator.placement.packing.asks import Models
from generator.placement.packing.attempt import Attempt, Filled, Key, key_of
from generator.placement.packing.kept_sizes import Kept, of_model
from generator.placement.packing.seats import gpu_plans
from generator.placement.plan import Drawn, Origin
from generator.placement.terms import Terms

MOST_TRIED_VMS = 2000
"""VMs up to which a plan is made for a second catalogue; chosen, for the time that it takes."""

Names = Mapping[str, tuple[str, ...]]
"""Profiles by GPU model."""


class Standing(NamedTuple):
    """What a plan is judged by.

    ``placed`` has the VMs of each demand, ``worst_gb`` per model what its time-sliced sizes strand
    on a GPU in the worst order of arrival, ``stranded_mib`` what they do in the plan's own places,
    ``held_mib`` the framebuffer that all vGPUs hold, and ``sizes`` how many of them there are.
    """

    placed: Mapping[Key, int]
    gpus: int
    worst_gb: Mapping[str, float]
    stranded_mib: int
    held_mib: int
    sizes: int


def best_drawn(
    first: Attempt,
    models: Models,
    terms: Terms,
    again: Callable[[Models, str], Attempt],
) -> tuple[Attempt, tuple[Drawn, ...]]:
    """The better of a plan and those that draw from recommended sizes, and why for each model.

    ``again`` places everything anew with what models offer; its second argument is the model of
    which an earlier plan's sizes may change.
    """
    best, notes = first, dict[str, Drawn]()
    if sum(found.demand.count for found in first.filled) > MOST_TRIED_VMS:
        return first, ()
    now: Standing | None = None
    for model in models.names:
        names = _promising(best, model, models, terms)
        if not names:
            continue
        now = now or standing(best, models, terms)
        other = models.offering({model: names})
        tried = again(other, model)
        then = standing(tried, other, terms)
        steady = _steady(tried, model, names, other, terms)
        if steady and better(then, now):
            notes[model] = Drawn(
                model=model, origin=Origin.RECOMMENDED, why=_gain(now, then, model)
            )
            best, now, models = tried, then, other
        else:
            title = offer_of(models.boards[model].accelerator, names).title
            loss = _loss(now, then, model) if steady else "with it other work comes to the board"
            why = f"{title} was placed too: {loss}"
            notes[model] = Drawn(model=model, origin=Origin.HALVES, why=why)
    return best, tuple(notes.values())


def better(new: Standing, old: Standing) -> bool:
    """Whether a plan is better and in nothing that counts worse.

    No demand runs fewer VMs and nothing strands more. Then more VMs, fewer GPUs and less stranded
    decide, and among equals fewer sizes, if they hold no more framebuffer.
    """
    if any(new.placed.get(key, 0) < vms for key, vms in old.placed.items()):
        return False
    models = sorted({*new.worst_gb, *old.worst_gb})
    if any(new.worst_gb.get(m, 0) > old.worst_gb.get(m, 0) for m in models):
        return False
    if new.stranded_mib > old.stranded_mib:
        return False
    if sum(new.placed.values()) > sum(old.placed.values()):
        return True
    now, then = _order(old), _order(new)
    if then == now:
        return new.sizes < old.sizes and new.held_mib <= old.held_mib
    return new.gpus <= old.gpus and then < now


def _order(of: Standing) -> tuple[float, ...]:
    return of.gpus, sum(of.worst_gb.values()), of.stranded_mib


def standing(attempt: Attempt, models: Models, terms: Terms) -> Standing:
    """What an attempt is judged by."""
    used = {
        model: sorted({f.choice.profile for f in _sliced(attempt, model)}) for model in models.names
    }
    worst = {
        model: offer_of(
            models.boards[model].accelerator, names, mixed_size=terms.mixed_size
        ).worst.gb
        for model, names in used.items()
        if names
    }
    packing = attempt.packing
    return Standing(
        placed={key_of(f.demand): len(f.spots) for f in attempt.filled},
        gpus=sum(any(layouts) for room in packing.rooms for layouts in room.layouts),
        worst_gb=worst,
        stranded_mib=sum(
            gpu.stranded_mib for gpu in gpu_plans(packing, (), shapes_of(attempt.filled))
        ),
        held_mib=sum(
            f.option[1].framebuffer_mib * f.ask.gpus * len(f.spots)
            for f in attempt.filled
            if f.option and f.choice.profile
        ),
        sizes=sum(map(len, used.values())),
    )


def shapes_of(filled: Sequence[Filled]) -> dict[str, tuple[int, ...]]:
    """The shapes that a plan uses, by model."""
    found: dict[str, set[int]] = {}
    for each in filled:
        if each.ask.model:
            found.setdefault(each.ask.model, set()).add(each.ask.shape)
    return {model: tuple(sorted(shapes)) for model, shapes in found.items()}


def _sliced(attempt: Attempt, model: str) -> Iterator[Filled]:
    """The demands with time-sliced vGPUs of a model."""
    for each in attempt.filled:
        option = each.option if each.choice.profile else None
        if each.ask.model == model and option and not option[1].is_mig:
            yield each


def _promising(attempt: Attempt, model: str, models: Models, terms: Terms) -> tuple[str, ...]:
    """The sizes that are recommended to the open demands of a model; none where nothing is won.

    Something is won only where all that is wanted fills fewer GPUs with them, or less strands.
    """
    accelerator = models.boards[model].accelerator
    here = list(_sliced(attempt, model))
    mine = [f.demand for f in here if f.demand.gpu and is_open(f.demand.gpu, terms)]
    if not mine:
        return ()
    today = {key_of(f.demand): f.option[1] for f in here if f.option}
    worst = _worst(accelerator, today, terms)
    fewest = _fewest(here, today, accelerator, terms)
    if fewest <= 1 and not worst:
        return ()
    names = offered(accelerator, mine, terms)
    other = models.offering({model: names})
    chosen = {key_of(demand): of_model(other.options(demand), model) for demand in mine}
    new = {**today, **{key: profile for key, profile in chosen.items() if profile}}
    if new == today:
        return ()
    fewer = _fewest(here, new, accelerator, terms) < fewest
    return names if fewer or _worst(accelerator, new, terms) < worst else ()


def _worst(accelerator: Accelerator, sizes: Mapping[Key, VgpuProfile], terms: Terms) -> float:
    names = sorted({profile.name for profile in sizes.values()})
    return offer_of(accelerator, names, mixed_size=terms.mixed_size).worst.gb


def _fewest(
    here: Sequence[Filled],
    sizes: Mapping[Key, VgpuProfile],
    accelerator: Accelerator,
    terms: Terms,
) -> int:
    """The GPUs that all vGPUs that are wanted fill at least, at the worst moment.

    Framebuffer alone counts in mixed-size mode; without it each size has GPUs of its own.
    """
    mixed = terms.mixed_size and accelerator.mixed_size
    asked: dict[int, dict[tuple[str, ...], Fraction]] = {}
    for each in here:
        profile, count = sizes[key_of(each.demand)], each.ask.gpus * each.demand.count
        apart = (each.ask.environment,) if mixed else (each.ask.environment, profile.name)
        share = Fraction(profile.size_gb, board_gb(accelerator))
        filled = count * (share if mixed else Fraction(1, profile.max_per_gpu))
        for slot in each.ask.slots:
            of_slot = asked.setdefault(slot, {})
            of_slot[apart] = of_slot.get(apart, Fraction(0)) + filled
    return max((sum(map(ceil, of_slot.values())) for of_slot in asked.values()), default=0)


def _steady(
    attempt: Attempt, model: str, names: tuple[str, ...], models: Models, terms: Terms
) -> bool:
    """Whether the demands that came to a model would be recommended what they have.

    A plan that is kept is recognised by that.
    """
    mine = [f.demand for f in _sliced(attempt, model)]
    found = offered(models.boards[model].accelerator, mine, terms)
    return set(found) == set(names)


def _gain(old: Standing, new: Standing, model: str) -> str:
    """What the recommended sizes are better for."""
    more = sum(new.placed.values()) - sum(old.placed.values())
    if more:
        return f"recommended: {more} more VM(s) fit than with the sizes that halve the board"
    if new.gpus < old.gpus:
        return (
            f"recommended: {new.gpus} GPUs carry what takes {old.gpus} with the sizes that halve "
            "the board"
        )
    if new.worst_gb.get(model, 0) < old.worst_gb.get(model, 0):
        return (
            f"recommended: at worst {new.worst_gb.get(model, 0):g} GB of a GPU strand, "
            f"{old.worst_gb[model]:g} with the sizes that halve the board"
        )
    return "recommended: it serves the same with less stranded or fewer sizes"


def _loss(old: Standing, new: Standing, model: str) -> str:
    """Why the recommended sizes were not taken."""
    if any(new.placed.get(key, 0) < vms for key, vms in old.placed.items()):
        return "some demand would run fewer VMs"
    was, would = old.worst_gb.get(model, 0), new.worst_gb.get(model, 0)
    if would > was:
        gain = _won(old, new)
        return f"at worst {would:g} GB of a GPU strand, {was:g} now{gain}"
    if new.gpus > old.gpus:
        return f"it opens {new.gpus} GPUs, {old.gpus} now"
    return "nothing more fits, and no GPU is saved"


def _won(old: Standing, new: Standing) -> str:
    more = sum(new.placed.values()) - sum(old.placed.values())
    if more > 0:
        return f", for {more} more VM(s)"
    return f", for {new.gpus} GPUs in place of {old.gpus}" if new.gpus < old.gpus else ""


def origins(
    filled: Sequence[Filled], notes: Sequence[Drawn], kept: Kept, terms: Terms
) -> Iterator[Drawn]:
    """Where the time-sliced sizes of each model of a plan come from."""
    said = {note.model: note for note in notes}
    used: dict[str, list[Filled]] = {}
    for each in filled:
        if each.option and each.choice.profile and not each.option[1].is_mig:
            used.setdefault(each.choice.model, []).append(each)
    for model in sorted(used):
        yield said.get(model) or _origin(model, used[model], kept, terms)


def _origin(model: str, here: Sequence[Filled], kept: Kept, terms: Terms) -> Drawn:
    if terms.sizes_bytes:
        origin, why = Origin.LISTED, "resource_management.gpu.catalogue lists them"
    elif any(key_of(f.demand) in kept for f in here):
        origin, why = Origin.KEPT, "the earlier plan has them"
    elif all(f.option and halves_the_board(f.option[1]) for f in here):
        origin, why = Origin.HALVES, "they halve the board"
    else:
        origin, why = Origin.STATED, "the work names them"
    return Drawn(model=model, origin=origin, why=why)
