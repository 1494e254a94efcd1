"""Stores of an ML platform: features, vectors, metadata, experiments and captured requests.

HNSW's graph: Malkov and Yashunin, Efficient and robust approximate nearest neighbor search using
HNSW (2018), section 4.2.3, and OpenSearch documentation, k-NN memory estimation
(``1.1 x (4 x dimension + 8 x M)`` bytes per vector).
"""

from __future__ import annotations

from math import ceil

from generator.record import Record, record
from generator.sizing.nonsense import Nonsense, not_negative, positive, ratio

HNSW_LINK_BYTES = 8
"""Bytes of graph per vector and unit of M: the bottom layer keeps 2M links of 4 B. Published:
Malkov and Yashunin (2018), section 4.2.3; OpenSearch documentation."""

HNSW_LINKS = 16
"""M, the links per vector and layer, unless stated. Published default of hnswlib and pgvector."""

INDEX_ALLOWANCE_RATIO = 0.10
"""What an index takes on top of vectors and links. Published: OpenSearch documentation (1.1)."""

REBUILD_COPIES = 2
"""Copies of an index on disk while segments are merged or it is built anew: the old and the new.
Assumed."""

REBUILD_COPIES_RANGE = (1, 3)
"""Assumed range of ``REBUILD_COPIES``: 1 where it is built elsewhere, 3 with a snapshot beside."""

ONLINE_FIELD_BYTES = 64
"""What an in-memory key-value store adds to one feature of one entity (hash field, pointers,
allocator). Assumed for a store in the style of Redis."""

ONLINE_FIELD_RANGE = (24, 96)
"""Assumed range of ``ONLINE_FIELD_BYTES``."""

METADATA_ROW_BYTES = 200
"""A row of a metadata database with its share of the indexes. Assumed."""

METADATA_ROW_RANGE = (100, 400)
"""Assumed range of ``METADATA_ROW_BYTES``."""

METADATA_BASE_BYTES = 1e9
"""An empty metadata database with its write-ahead log. Assumed."""

METADATA_BASE_RANGE = (0.5e9, 2e9)
"""Assumed range of ``METADATA_BASE_BYTES``."""


@record
class VectorStore(Record):
    """A vector database: what it holds in memory and on disk, in bytes, of one replica."""

    vectors: int
    vector_bytes: float
    index_bytes: float
    payload_bytes: float
    memory_bytes: float
    disk_bytes: float


def vector_store(
    *,
    vectors: int,
    dimension: int,
    value_bytes: float = 4.0,
    links: int = HNSW_LINKS,
    payload_bytes: float = 0.0,
    copies_on_disk: float = REBUILD_COPIES,
) -> VectorStore:
    """A store of ``vectors`` vectors under an HNSW index, which has to stay in memory.

    ``payload_bytes`` is the text and metadata beside each vector, on disk only. ``value_bytes`` is
    4 for 32-bit values, 1 for quantised ones.
    """
    count = not_negative("vectors", vectors)
    values = positive("dimension", dimension) * positive("value_bytes", value_bytes)
    vector = count * values
    index = count * positive("links", links) * HNSW_LINK_BYTES
    in_memory = (vector + index) * (1 + INDEX_ALLOWANCE_RATIO)
    payload = count * not_negative("payload", payload_bytes)
    return VectorStore(
        vectors=vectors,
        vector_bytes=vector,
        index_bytes=index,
        payload_bytes=payload,
        memory_bytes=in_memory,
        disk_bytes=positive("copies_on_disk", copies_on_disk) * in_memory + payload,
    )


def chunks(*, text_bytes: float, chunk_bytes: float, overlap_ratio: float = 0.0) -> int:
    """Chunks, and so vectors, of a text that is cut with an overlap between neighbours."""
    size = not_negative("datasets[].size", text_bytes)
    overlap = ratio("chunks.overlap", overlap_ratio)
    if overlap == 1:
        raise Nonsense("chunks.overlap", "a chunk repeats all of the last", "state less than 100 %")
    return ceil(size / (positive("chunks.size", chunk_bytes) * (1 - overlap)))


@record
class FeatureStore(Record):
    """A feature store: the latest values in memory, all values on disk, in bytes."""

    online_bytes: float
    offline_bytes: float


def feature_store(
    *,
    entities: int,
    features: int,
    value_bytes: float,
    rows_per_day: float,
    retention_days: float,
    replicas: int = 1,
    compressed_ratio: float = 1.0,
    field_bytes: float = ONLINE_FIELD_BYTES,
) -> FeatureStore:
    """Online and offline volume of a feature store.

    Online: entities x features x (value + overhead of the store), per replica. Offline: a row of
    all features per event, over the retention, compressed to ``compressed_ratio``.
    """
    count = not_negative("entities", entities) * not_negative("features", features)
    value = positive("features[].size", value_bytes)
    positive("replicas", replicas)
    rows = not_negative("rows_per_day", rows_per_day) * not_negative("retention", retention_days)
    packed = positive("compression", ratio("compression", compressed_ratio))
    return FeatureStore(
        online_bytes=count * (value + not_negative("field", field_bytes)) * replicas,
        offline_bytes=rows * features * value * packed,
    )


def metadata_bytes(
    *,
    runs: float,
    rows_per_run: float,
    row_bytes: float = METADATA_ROW_BYTES,
    base_bytes: float = METADATA_BASE_BYTES,
) -> float:
    """A metadata or lineage database: parameters, metrics, tags and edges of all kept runs.

    A metric that is logged at every step is a row per step: log every tenth and it is a tenth.
    """
    rows = not_negative("runs", runs) * not_negative("rows_per_run", rows_per_run)
    size = rows * positive("row", row_bytes)
    return not_negative("base", base_bytes) + size


def experiment_registry_bytes(
    *,
    runs_per_month: float,
    artefact_bytes: float,
    retention_months: float,
    kept_ratio: float = 1.0,
) -> float:
    """Artefacts of an experiment registry: runs x artefact x retention.

    ``kept_ratio`` is the share of runs whose artefacts stay: 500 trials of a search that each
    keep a checkpoint are 500 checkpoints, unless all but the best are thrown away.
    """
    runs = not_negative("runs_per_month", runs_per_month)
    runs *= not_negative("retention", retention_months)
    kept = ratio("artefacts.kept", kept_ratio)
    return runs * kept * not_negative("artefact_size", artefact_bytes)


def capture_rate(*, requests_per_s: float, captured_ratio: float, record_bytes: float) -> float:
    """Bytes per second that capturing production requests writes."""
    rate = not_negative("serving.requests", requests_per_s)
    share = ratio("retraining.capture_production_data", captured_ratio)
    return rate * share * not_negative("retraining.capture_record", record_bytes)


def capture_bytes(
    *,
    requests_per_s: float,
    captured_ratio: float,
    record_bytes: float,
    retention_s: float,
) -> float:
    """Volume of captured requests once the oldest begin to expire.

    ``requests_per_s`` is the mean over day and night, not the peak that serving is sized for.
    """
    rate = capture_rate(
        requests_per_s=requests_per_s, captured_ratio=captured_ratio, record_bytes=record_bytes
    )
    return rate * not_negative("retraining.retention", retention_s)
