"""DNS labels: what is left of a name once Kubernetes and vCenter can take it."""

from __future__ import annotations

import re
from unicodedata import combining, normalize

MAX_LABEL = 63
"""Longest label of RFC 1123."""

_NOT_DNS = re.compile(r"[^a-z0-9]+")


def dns_label(text: str) -> str:
    """``text`` as an RFC 1123 label: accents stripped, everything else that is illegal a dash."""
    if not text.isascii():
        text = "".join(char for char in normalize("NFD", text) if not combining(char))
    return _NOT_DNS.sub("-", text.lower()).strip("-")
