"""Which vGPU sizes of an earlier plan open needs stay with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from generator.catalog.vgpu import VgpuProfile
from generator.placement.devices.profiles import is_open, offered
from generator.placement.hosts.stock import Host
from generator.placement.packing.asks import Models, Option
from generator.placement.packing.attempt import Key, key_of
from generator.placement.plan import Placed
from generator.placement.terms import Terms
from generator.sizing.demand import Demand

Kept = Mapping[Key, Option]
"""The options of an earlier plan that stay, where they differ from today's."""


def of_model(options: Sequence[Option], model: str) -> VgpuProfile | None:
    """The profile among options that is of a model."""
    return next((profile for accelerator, profile in options if accelerator.id == model), None)


def kept_options(
    demands: Sequence[Demand],
    keep: Sequence[Placed],
    hosts: Sequence[Host],
    models: Models,
    terms: Terms,
) -> dict[Key, Option]:
    """The sizes of an earlier plan that open demands stay with, where they differ from today's.

    A size that is still enough stays if it is smaller than today's, or if it is recommended for
    what the earlier plan has on the model: a catalogue with fewer sizes is meant so.
    """
    of_gpu = {(host.site, gpu.name): gpu.model for host in hosts for gpu in host.gpus}
    was = {
        (vm.environment, vm.demand): (of_gpu.get((vm.site, vm.gpus[0]), ""), vm.profile)
        for vm in keep
        if vm.gpus and vm.profile
    }
    found: dict[str, list[tuple[Demand, Option]]] = {}
    for demand in demands:
        model, name = was.get(key_of(demand), ("", ""))
        option = _still(demand, model, name, models, terms)
        if option is not None:
            found.setdefault(model, []).append((demand, option))
    return {key: option for model in found for key, option in _meant(found[model], models, terms)}


def _still(demand: Demand, model: str, name: str, models: Models, terms: Terms) -> Option | None:
    """The option that an earlier plan chose for an open demand, where it would still do."""
    need, board = demand.gpu, models.boards.get(model)
    if need is None or board is None or not is_open(need, terms):
        return None
    profile = next((p for p in board.accelerator.profiles if p.name == name), None)
    if profile is None or profile.is_mig or not terms.allows(profile):
        return None
    if of_model(models.options(demand), model) is None:
        return None
    enough = profile.usable_framebuffer_bytes >= need.memory_bytes
    return (board.accelerator, profile) if enough else None


def _meant(
    kept: Sequence[tuple[Demand, Option]], models: Models, terms: Terms
) -> Iterator[tuple[Key, Option]]:
    accelerator = kept[0][1][0]
    names = offered(accelerator, [demand for demand, _ in kept], terms)
    recommended = models.offering({accelerator.id: names})
    for demand, option in kept:
        today = of_model(models.options(demand), accelerator.id)
        meant = of_model(recommended.options(demand), accelerator.id)
        if today is None or option[1] == today:
            continue
        if option[1] == meant or option[1].framebuffer_mib < today.framebuffer_mib:
            yield key_of(demand), option


def with_kept(
    options: Mapping[Key, Sequence[Option]], kept: Kept
) -> Mapping[Key, Sequence[Option]]:
    """The options of demands, of which that of the kept model is the kept one."""
    found = dict(options)
    for key, stays in kept.items():
        found[key] = [stays if option[0].id == stays[0].id else option for option in options[key]]
    return found
