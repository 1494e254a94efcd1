"""Plans at the edge of what is allowed."""

from __future__ import annotations

from collections.abc import Iterator

from tests.placement.legality.cases import DAY, H100, HGX_H100, NIGHT, Case, On, host, plan
from tests.placement.legality.tables import BOARDS, MIXED_SIZE_IDS


def legal() -> Iterator[Case]:
    """Plans at the edge of what is allowed."""
    for model, board in BOARDS.items():
        for size, most in board.counts.items():
            vms = [On(f"{size}c")] * most
            yield plan(f"{most}-{size}c-on-{model}", "", host(model), *vms)
    for model, board in BOARDS.items():
        for code, mig in board.mig.items():
            one = [On(code, mig.instance.starts[-1])] * mig.share
            yield plan(f"{code}-on-{model}", "", host(model), *one)
    for kind, sizes in MIXED_SIZE_IDS.items():
        model = next(name for name, board in BOARDS.items() if board.mixed == kind)
        for size, ids in sizes.items():
            vms = [On(f"{size}c", at) for at in ids if size in BOARDS[model].counts]
            yield plan(f"mixed-{size}c-of-class-{kind}", "", host(model), *vms)
    yield plan("a-4g-and-a-3g", "", host(H100), On("4-40c", 0), On("3-40c", 4))
    yield plan("three-2g-and-a-1g", "", host(H100), *[On("2-20c", n) for n in (0, 2, 4)],
               On("1-10c", 6))  # fmt: skip
    yield plan("sizes-in-turns", "", host(H100), On("80c", windows=NIGHT), On("40c", windows=DAY))
    yield plan("whole-by-night", "", host(H100), On("80c", windows=NIGHT),
               On("40c", 0, windows=DAY), On("10c", 40, windows=DAY))  # fmt: skip
    pair = On("80c", gpus=(2, 3), nvlink=True)
    yield plan("a-pair", "", host(H100, 4, nvlink="bridge-pair"), pair)
    half = On("80c", gpus=(4, 5, 6, 7), nvlink=True)
    yield plan("a-half", "", host(HGX_H100, 8, nvlink="nvswitch"), half)
