"""MIG vGPUs on their GPU instances; on some boards several share the time of one."""

from __future__ import annotations

from collections.abc import Sequence

from generator.placement.devices.shapes import Fixed, Shape


class Seated:
    """MIG vGPUs on their instances: those that share one sit together before a new one is made.

    ``instances`` counts by shape all that stand and all that must be made, ``standing`` are the
    places of the former, ``made`` the shapes of the latter.
    """

    def __init__(self, shapes: Sequence[Shape], fixed: Sequence[Fixed], planned: list[int]) -> None:
        self._planned = planned
        self.standing = sorted(set(fixed))
        taken = {place: sum(1 for f in fixed if f == place) for place in self.standing}
        self._seats: list[int] = []  # per planned vGPU: an index into standing, then into made
        self.made: list[int] = []
        free: dict[int, list[int]] = {}
        for n, place in enumerate(self.standing):
            free.setdefault(place.shape, []).extend(
                [n] * (shapes[place.shape].per_instance - taken[place])
            )
        for shape in planned:
            if not free.get(shape):
                at = len(self.standing) + len(self.made)
                self.made.append(shape)
                free[shape] = [at] * shapes[shape].per_instance
            self._seats.append(free[shape].pop(0))
        self.instances: dict[int, int] = {}
        for shape in (*(place.shape for place in self.standing), *self.made):
            self.instances[shape] = self.instances.get(shape, 0) + 1

    def starts(self, made: Sequence[int]) -> tuple[int, ...]:
        """The start of each planned vGPU, once those of the new instances are known."""
        places = (*(place.start for place in self.standing), *made)
        return tuple(places[seat] for seat in self._seats)
