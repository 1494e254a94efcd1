"""Facts: accelerators, vGPU and MIG geometry, CPUs, models, versions. Knows nothing of blueprints.

Every row cites its sources and keeps what could not be confirmed in view (``unverified``).
"""

from __future__ import annotations

from generator.catalog.catalog import Catalog, UnknownRow
from generator.catalog.row import IllFormedRow

__all__ = ["Catalog", "IllFormedRow", "UnknownRow"]
