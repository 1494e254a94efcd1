"""Some forty placers with one wrong decision each, of which the checker must catch every one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pytest

from generator.catalog.vgpu import VgpuProfile
from generator.placement import moments
from generator.placement.devices import profiles
from generator.placement.devices.geometry import Board
from generator.placement.devices.shapes import Fixed, Mode, Shape, shape_of
from generator.placement.hosts import room, standing, stock
from generator.placement.hosts.ask import Ask
from generator.placement.hosts.links import link_groups
from generator.placement.hosts.room import Room
from generator.placement.hosts.shape import shaped
from generator.placement.hosts.stock import Gpu
from generator.placement.packing import asks
from generator.placement.packing.packing import Packing
from generator.placement.packing.seats import starts
from generator.placement.terms import Terms
from generator.record import altered
from generator.sizing.demand import Demand
from generator.supply.model import SiteInventory
from generator.supply.supervisors import covered_by

Patch = pytest.MonkeyPatch


class Mutant(NamedTuple):
    """A placer's error: its name and how it is made."""

    name: str
    seed: Callable[[Patch], None]


def _replace(patch: Patch, right: Any, wrong: Any) -> None:
    """A function is another one wherever the placement room has imported it."""
    for name, module in sorted(sys.modules.items()):
        if name.startswith("generator.placement."):
            for word in [word for word, thing in vars(module).items() if thing is right]:
                patch.setattr(module, word, wrong)


def _shapes(change: Callable[[Shape], Shape]) -> Callable[[Patch], None]:
    """Every profile takes something else of its board."""
    return lambda patch: _replace(
        patch, shape_of, lambda profile, board: change(shape_of(profile, board))
    )


def _time_sliced(**fields: Callable[[Shape], Any]) -> Callable[[Patch], None]:
    return _shapes(lambda s: s if s.is_mig else _with(s, fields))


def _mig(**fields: Callable[[Shape], Any]) -> Callable[[Patch], None]:
    return _shapes(lambda s: _with(s, fields) if s.is_mig else s)


def _with(shape: Shape, fields: dict[str, Callable[[Shape], Any]]) -> Shape:
    return shape._replace(**{name: value(shape) for name, value in fields.items()})


def _standing(change: Callable[[Gpu], Gpu]) -> Callable[[Patch], None]:
    """The placer sees something else on a GPU."""
    right = standing.standing_layout
    return lambda patch: _replace(patch, right, lambda gpu, board: right(change(gpu), board))


def _tenants_at_zero(gpu: Gpu) -> Gpu:
    at = (altered(t, start=0) if t.start is None else t for t in gpu.tenants)
    return altered(gpu, tenants=tuple(at))


def _no_other_series(gpu: Gpu) -> Gpu:
    return altered(gpu, tenants=tuple(t for t in gpu.tenants if t.profile.endswith(("c", "cme"))))


def _thought_elsewhere(patch: Patch) -> None:
    right = Board.occupied

    def occupied(self: Board, running: Sequence[Fixed], mode: Mode) -> int:
        moved = [
            f._replace(start=self.shapes[f.shape].starts[-1]) if f.start >= 0 else f
            for f in running
        ]
        return right(self, moved if len(moved) == 1 else running, mode)

    patch.setattr(Board, "occupied", occupied)


def _asks(change: Callable[[Ask, Terms], Ask]) -> Callable[[Patch], None]:
    """Packing is asked for something else than the demand."""
    right = asks.ask_for

    def wrong(demand: Demand, option: Any, models: Any, terms: Terms, *rest: Any) -> Ask:
        return change(right(demand, option, models, terms, *rest), terms)

    return lambda patch: _replace(patch, right, wrong)


def _needs(**fields: Any) -> Callable[[Patch], None]:
    """Part of what a demand says of its GPUs is not read when boards are chosen."""
    right = asks.Models.options

    def options(self: asks.Models, demand: Demand) -> Any:
        need = demand.gpu and altered(demand.gpu, **fields)
        return right(self, altered(demand, gpu=need))

    return lambda patch: patch.setattr(asks.Models, "options", options)


def _any_site(patch: Patch) -> None:
    right = asks.Models.options
    patch.setattr(asks.Models, "options", lambda self, d: right(self, altered(d, site="")))
    _asks(lambda ask, _: ask._replace(site=""))(patch)


def _sharing_at(boundary: str) -> Callable[[Patch], None]:
    right = Packing._may_share

    def may_share(self: Packing, place: Room, ask: Ask) -> bool:
        return self._isolation == boundary or right(self, place, ask)

    return lambda patch: patch.setattr(Packing, "_may_share", may_share)


def _gpus_shared(patch: Patch) -> None:
    _asks(lambda a, terms: a._replace(environment="") if terms.isolation == "gpu" else a)(patch)


def _sites(change: Callable[[SiteInventory], SiteInventory]) -> Callable[[Patch], None]:
    """The stock reads something else of an inventory."""
    right = stock._of_site
    return lambda patch: patch.setattr(
        stock, "_of_site", lambda name, site: right(name, change(site))
    )


def _without(part: str, **fields: Any) -> Callable[[SiteInventory], SiteInventory]:
    def change(site: SiteInventory) -> SiteInventory:
        rows = tuple(altered(row, **fields) for row in getattr(site, part))
        return altered(site, **{part: rows})

    return change


def _nothing_used(patch: Patch) -> None:
    patch.setattr(stock, "_used", lambda *_: (0, 0))


def _shifted_groups(patch: Patch) -> None:
    def groups(host: Any, count: int) -> tuple[tuple[int, ...], ...]:
        linked = [gpu.index for gpu in host.gpus] if host.nvlink else []
        return tuple(
            tuple(linked[at : at + count]) for at in range(1, len(linked) - count + 1, count)
        )

    _replace(patch, link_groups, groups)


def _unstated_links(patch: Patch) -> None:
    def groups(host: Any, count: int) -> tuple[tuple[int, ...], ...]:
        bare = tuple(altered(gpu, linked=()) for gpu in host.gpus)
        return link_groups(altered(host, gpus=bare), count)

    _replace(patch, link_groups, groups)


def _everybody_alone(patch: Patch) -> None:
    """Each schedule has a slot for itself, as if no two ever ran together."""

    def slots(demands: Sequence[Demand]) -> moments.Slots:
        patterns = sorted({moments._pattern(demand) for demand in demands})
        masks = {pattern: 1 << n for n, pattern in enumerate(patterns)}
        return moments.Slots(count=max(1, len(patterns)), masks=masks)

    _replace(patch, moments.slots, slots)


def _one_more(patch: Patch) -> None:
    def one_more(demand: Demand, *rest: Any) -> Demand:
        final = shaped(demand, *rest)
        return altered(final, count=final.count + 1)

    _replace(patch, shaped, one_more)


def _all_at_the_start(patch: Patch) -> None:
    _replace(patch, starts, lambda *given: [min(at, 0) for at in starts(*given)])


def _given_back_twice(patch: Patch) -> None:
    right = Room._count

    def count(self: Room, ask: Ask, spot: Any, sign: int) -> None:
        right(self, ask, spot, sign)
        if sign < 0:
            for slot in ask.slots:
                self.memory_bytes[slot] += ask.memory_bytes

    patch.setattr(Room, "_count", count)


def _any_profile(patch: Patch) -> None:
    _replace(patch, profiles.candidates, lambda _, board, *rest: iter(board.profiles))  # noqa: ARG005


def _stated_profile_ignored(patch: Patch) -> None:
    right = profiles.choose

    def choose(need: Any, *rest: Any) -> Any:
        return right(altered(need, profile=""), *rest)

    _replace(patch, right, choose)


MUTANTS = (
    Mutant("one more vGPU than the GPU has", _time_sliced(alone=lambda s: s.alone + 1)),
    Mutant("placement ids shifted", _time_sliced(starts=lambda s: _up(s.starts))),
    Mutant("placement ids too close", _time_sliced(size=lambda s: max(1, s.size - 2))),
    Mutant("all sizes alike", _time_sliced(framebuffer_mib=lambda _: 4096)),
    Mutant("slices shifted", _mig(starts=lambda s: _up(s.starts))),
    Mutant("slices halved", _mig(size=lambda s: max(1, s.size // 2))),
    Mutant("instances shared by one more", _mig(per_instance=lambda s: s.per_instance + 1)),
    Mutant("tenants ignored", _standing(lambda gpu: altered(gpu, tenants=()))),
    Mutant("holders ignored", _standing(lambda gpu: altered(gpu, held_by=""))),
    Mutant("unknown places taken for 0", _standing(_tenants_at_zero)),
    Mutant("another series ignored", _standing(_no_other_series)),
    Mutant("tenants thought elsewhere", _thought_elsewhere),
    Mutant("mixed size on any release", lambda patch: patch.setattr(
        asks, "Board", lambda row, **_: Board(row, mixed_size=True))),
    Mutant("modes change by the hour", lambda patch: patch.setattr(
        Board, "setting", lambda *_: Mode.SAME_SIZE)),
    Mutant("vGPUs move as others come", lambda patch: patch.setattr(
        room, "_take_turns", lambda _: True)),
    Mutant("schedules never meet", _everybody_alone),
    Mutant("overhead of VMs dropped", lambda patch: patch.setattr(
        asks, "overhead_bytes", lambda *_: 0)),
    Mutant("memory unchecked", _asks(lambda ask, _: ask._replace(memory_bytes=0))),
    Mutant("cores halved", _asks(lambda ask, _: ask._replace(millicores=ask.millicores // 2))),
    Mutant("memory given back twice", _given_back_twice),
    Mutant("environments share GPUs", _gpus_shared),
    Mutant("environments share hosts", _sharing_at("host")),
    Mutant("environments share clusters", _sharing_at("cluster")),
    Mutant("NVLink groups shifted", _shifted_groups),
    Mutant("stated links ignored", _unstated_links),
    Mutant("NVLink not asked for", _asks(lambda ask, _: ask._replace(nvlink=False))),
    Mutant("precision ignored", _needs(precision="")),
    Mutant("stated GPU ignored", _needs(model="")),
    Mutant("stated profile ignored", _stated_profile_ignored),
    Mutant("sharing ignored", _any_profile),
    Mutant("sites ignored", _any_site),
    Mutant("nominal framebuffer", lambda patch: patch.setattr(
        VgpuProfile, "usable_framebuffer_bytes", VgpuProfile.framebuffer_bytes)),
    Mutant("release of types ignored", lambda patch: patch.setattr(
        Terms, "allows", lambda *_: True)),
    Mutant("release of groups ignored", lambda patch: patch.setattr(
        asks, "can_give", lambda *_: True)),
    Mutant("maintenance ignored", _sites(_without("hosts", maintenance=None))),
    Mutant("Supervisors ignored", lambda patch: patch.setattr(
        stock, "_uncovered", lambda _: {})),
    Mutant("any Supervisor of the site", lambda patch: patch.setattr(
        stock, "covered_by", lambda _, site: frozenset().union(
            *(covered_by(one, site) for one in site.supervisors)))),
    Mutant("running VMs ignored", _nothing_used),
    Mutant("passthrough of others ignored", _sites(_without("occupancy", passthrough=()))),
    Mutant("promised GPUs ignored", lambda patch: patch.setattr(
        stock, "_promised", lambda _: [])),
    Mutant("vGPUs on unknown devices ignored", lambda patch: patch.setattr(
        stock, "_vgpus_on_no_known_device", lambda *_: [])),
    Mutant("one VM more than is wanted", _one_more),
    Mutant("everything at place 0", _all_at_the_start),
)  # fmt: skip


def _up(starts: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(start + 1 for start in starts)
