"""mlgen: infrastructure as code for machine-learning platforms on vSphere and Tanzu.

The verbs as functions: ``from generator import load, validate, size, place, render, diff``.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.api import diff, load, place, render, size, validate

__version__ = "0.1.0"
__all__ = ["__version__", "diff", "load", "place", "render", "size", "validate"]


def __getattr__(name: str) -> object:
    """Imports the verbs when they are asked for, so that ``mlgen --version`` loads none."""
    if name in __all__:
        from generator import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class _Package(ModuleType):
    """Keeps ``generator.render`` the verb, although a room of that name is imported beside it."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in __all__ and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
