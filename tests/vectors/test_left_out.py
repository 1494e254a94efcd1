"""All pairs and sources together: what the fit makes of them, and what it would without them."""

from __future__ import annotations

from tests.vectors.left_out import SHARE, above_own
from tests.vectors.test_left_out_serving import left_out as serving
from tests.vectors.test_left_out_training import every_group as training


def test_at_most_one_group_in_ten_is_worse_off_by_half_for_not_having_been_seen() -> None:
    """Each is held to the median error that it has itself when the fit sees it."""
    groups = {**serving(), **training()}
    over = above_own(groups)
    print(f"above 1.5 x its own fitted median: {len(over)} of {len(groups)}: {', '.join(over)}")
    assert len(groups) >= 80
    assert len(over) <= SHARE * len(groups)
