"""Which GPUs must change their mode for a plan, and what each change asks of its host."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from generator.placement.devices.geometry import Board
from generator.placement.devices.shapes import Mode
from generator.placement.hosts.stock import Host
from generator.placement.steps.occupancy import Gpus

RESET_FOR_MIG = ("ampere",)
"""Architectures on which MIG mode takes effect only after a reset; later ones switch when empty.
Source: NVIDIA MIG user guide, MIG mode; F. Denneman on Hopper."""


class Change(NamedTuple):
    """A GPU that must change its mode; ``was`` is "" where nobody knows it.

    ``reboots`` where the host must be restarted, in maintenance, for it.
    """

    site: str
    host: str
    gpu: str
    was: str
    mode: Mode
    reboots: bool


def mode_changes(
    hosts: Sequence[Host],
    gpus: Gpus,
    needed: Mapping[tuple[str, str], Mode],
    boards: Mapping[str, Board],
) -> Iterator[Change]:
    """The changes from the modes of ``gpus`` to those that a plan needs, in the hosts' order."""
    for host in hosts:
        for gpu in host.gpus:
            at = host.site, gpu.name
            now, board = gpus[at].mode, boards.get(gpu.model)
            if at not in needed or board is None or alike(now, needed[at]):
                continue
            mig = needed[at].is_mig or (now is not None and now.is_mig)
            # A device handed to DirectPath, or taken back, changes its driver on the host.
            driver = Mode.PASSTHROUGH in (needed[at], now)
            yield Change(
                site=host.site,
                host=host.name,
                gpu=gpu.name,
                was=now.value if now else "",
                mode=needed[at],
                reboots=driver or (mig and board.accelerator.architecture in RESET_FOR_MIG),
            )


def alike(one: Mode | None, other: Mode | None) -> bool:
    """Whether a host sets both modes alike: MIG is MIG, whether its instances are shared or not."""
    return one is other or bool(one and other and one.is_mig and other.is_mig)
