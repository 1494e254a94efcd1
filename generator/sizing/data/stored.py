"""The answer: what is stored, on which tier, how large it becomes, and when a tier is full."""

from __future__ import annotations

from enum import StrEnum

from generator.finding import Finding
from generator.ledger import Entry
from generator.record import Record, record
from generator.sizing.data.course import Course
from generator.sizing.storage.offers import Pattern

ON_NODES = "node-local"
"""The word of the language for a cache on the nodes' own NVMe; it is no tier."""


class StoredKind(StrEnum):
    """What a volume holds."""

    DATASET = "dataset"
    CACHE = "cache"
    CHECKPOINTS = "checkpoints"
    RESULTS = "results"
    CAPTURE = "capture"
    MODEL_REGISTRY = "model-registry"
    EXPERIMENT_REGISTRY = "experiment-registry"
    IMAGE_REGISTRY = "image-registry"
    FEATURE_STORE = "feature-store"
    VECTOR_STORE = "vector-store"
    METADATA = "metadata"
    COMPONENT = "component"


@record
class Wanted(Record):
    """What has to be stored, before a tier is chosen for it.

    ``path`` is what the reader wrote. ``course`` is None where the size is unknown: ``missing``
    then says what to state. ``read_bytes_per_s`` is the rate with all readers at once,
    ``one_reader_bytes_per_s`` that of the most demanding one. ``mounted`` says that it needs a
    file system or a block device, ``lasting`` that it must survive the loss of a device or node.
    """

    name: str
    kind: StoredKind
    path: str
    course: Course | None
    ledger: tuple[Entry, ...] = ()
    missing: str = ""
    tier: str | None = None
    scratch: Course | None = None
    pattern: Pattern | None = None
    read_bytes_per_s: float | None = None
    one_reader_bytes_per_s: float | None = None
    write_bytes_per_s: float | None = None
    latency_s: float | None = None
    rwx: bool = False
    sites: tuple[str, ...] = ()
    mounted: bool = False
    lasting: bool = True


@record
class RefusedTier(Record):
    """A tier that was not taken, why, and the raw bytes that it would have needed if known."""

    tier: str
    why: str
    raw_bytes: int | None = None


@record
class StoredVolume(Record):
    """One thing that is stored, in whole bytes. None is unknown, and ``missing`` what to state.

    ``tier`` is stated by the blueprint, or ``chosen`` for the ``reason``, or ``node-local``: then
    the bytes are those on each node. ``logical_bytes`` is today's volume before any redundancy and
    ``logical_bytes_by_month`` its course from today on. ``scratch_bytes`` is what exists beside it
    while a pipeline runs. ``raw_bytes`` is today's volume under the tier's redundancy alone.
    ``read_bytes_per_s`` is what its readers ask for together, ``write_bytes_per_s`` what is written
    on average.
    """

    name: str
    kind: StoredKind
    tier: str | None
    chosen: bool
    reason: str
    logical_bytes: int | None
    logical_bytes_by_month: tuple[int, ...]
    scratch_bytes: int
    raw_bytes: int | None
    read_bytes_per_s: int | None
    write_bytes_per_s: int | None
    refused: tuple[RefusedTier, ...]
    missing: str


@record
class TierUse(Record):
    """All that lies on a tier, in whole bytes, today and month by month.

    ``raw_bytes_by_month`` is empty where the redundancy is not known. ``free_bytes`` is what the
    tier can take before redundancy, if nothing else took it; tiers on the same datastore share it
    (``shared_with``). ``full_in_month`` is the first month in which they no longer fit together
    (0 is today), None where that is not within the horizon or the capacity is unknown.
    ``unknown`` names what lies there and has no known size.
    """

    tier: str
    store: str
    shared_with: tuple[str, ...]
    logical_bytes_by_month: tuple[int, ...]
    raw_bytes_by_month: tuple[int, ...]
    free_bytes: int | None
    full_in_month: int | None
    read_bytes_per_s: int
    unknown: tuple[str, ...]


@record
class StoreShortage(Record):
    """What a datastore lacks: room in ``month`` (0 is today), or rate (``month`` is then None).

    ``needed`` and ``free`` are bytes as the datastore counts them, with redundancy on vSAN; of a
    rate, bytes per second with all readers at once.
    """

    store: str
    tiers: tuple[str, ...]
    needed: float
    free: float
    month: int | None = None


@record
class DataSized(Record):
    """The data of a blueprint: volumes by kind and name, tiers by name, and what was found."""

    volumes: tuple[StoredVolume, ...] = ()
    tiers: tuple[TierUse, ...] = ()
    shortages: tuple[StoreShortage, ...] = ()
    ledger: tuple[Entry, ...] = ()
    findings: tuple[Finding, ...] = ()
