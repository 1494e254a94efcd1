"""JSON and hashes that are the same on every machine."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical_json(value: Any) -> str:
    """Readable JSON with sorted keys and a final newline."""
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def sha256(text: str | bytes) -> str:
    """The checksum that the manifest lists, in hex."""
    content = text.encode() if isinstance(text, str) else text
    return hashlib.sha256(content).hexdigest()
