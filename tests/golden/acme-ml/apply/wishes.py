"""What is wanted of a vCenter: something to look at only, or something to bring about.

A ``Wish`` has no way to write, so that what only looks at a vCenter cannot change it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from session import Vcenter

State = Any
"""What an operation has to do with, as JSON; None where nothing of it is there."""


class Wish(ABC):
    """An entry of ``requests.json`` and its body."""

    def __init__(self, request: Mapping[str, Any], body: dict[str, Any]) -> None:
        self.request = request
        self.body = body

    @property
    def label(self) -> str:
        """How a person knows it."""
        return f"{self.request['kind']} {self.request['name']}"

    @abstractmethod
    def check(self, vcenter: Vcenter) -> list[str]:
        """Preconditions that do not hold."""

    @abstractmethod
    def verify(self, vcenter: Vcenter) -> list[str]:
        """What is still wrong once every operation is done."""


class Operation(Wish):
    """A wish, how it is brought about and how it is taken back."""

    @abstractmethod
    def read(self, vcenter: Vcenter) -> State:
        """What is there now."""

    @abstractmethod
    def wanted(self, before: State) -> State:
        """What shall be there; equal to ``before`` where nothing is to be done."""

    @abstractmethod
    def write(self, vcenter: Vcenter, before: State) -> None:
        """Brings it about."""

    @abstractmethod
    def undo(self, vcenter: Vcenter, before: State, after: State) -> None:
        """Puts back what was there before; the caller has seen that ``after`` still is."""

    def keeps(self, before: State) -> bool:
        """Whether what the run made stays, because no script may delete it."""
        del before
        return False

    def verify(self, vcenter: Vcenter) -> list[str]:
        """Nothing: reading back after each write has shown it."""
        del vcenter
        return []
