"""What every typed part of a document is made with.

Field names are the keys of the schema. A quantity's field ends in its base unit (``size_bytes``,
``deadline_s``, ``churn_ratio``), a key that Python reserves ends in an underscore (``from_``).
What a document does not state is None, an empty tuple or an empty mapping.
"""

from generator.record import Record as Part
from generator.record import record as part

__all__ = ["Part", "part"]
