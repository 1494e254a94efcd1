"""mlgen: infrastructure as code for machine-learning platforms on vSphere and Tanzu.

The verbs as functions: ``from generator import load, validate, size, place, render``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.api import load, place, render, size, validate

__version__ = "0.1.0"
__all__ = ["__version__", "load", "place", "render", "size", "validate"]


def __getattr__(name: str) -> object:
    """Imports the verbs when they are asked for, so that ``mlgen --version`` loads none."""
    if name in __all__:
        from generator import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
