"""The shape of a render target: desired state in, files out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from generator.platform.objects import DesiredState


class RenderedFile(NamedTuple):
    """One output file; ``path`` is relative to the platform's folder and uses ``/``."""

    path: str
    text: str


Target = Callable[[DesiredState], Iterator[RenderedFile]]
"""A target yields its files; it decides nothing that the desired state does not say."""
