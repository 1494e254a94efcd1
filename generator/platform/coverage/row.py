"""A row of the coverage contract before it is counted."""

from __future__ import annotations

Row = tuple[str, str, str, str, str, str, int]
"""Kind, fields, actor, where, how an existing one is adopted, what diff sees, how many."""

BY_HAND = "-"
"""Nothing to adopt: a person does it."""
