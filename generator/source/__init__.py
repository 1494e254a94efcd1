"""From files to document trees in which every node knows its place.

This room knows YAML and nothing else: no schema, no vSphere.
"""

from generator.source.document import Document, MappingNode, SequenceNode
from generator.source.order import in_canonical_order
from generator.source.reading import MAX_BYTES, contents, decoded, parse, parse_value, read
from generator.source.tree import MAX_DEPTH

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "Document",
    "MappingNode",
    "SequenceNode",
    "contents",
    "decoded",
    "in_canonical_order",
    "parse",
    "parse_value",
    "read",
]
