"""What a verb with open sessions does when it is told to end."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ENDING = ("SIGTERM", "SIGHUP")


@contextmanager
def ended_in_order() -> Iterator[None]:
    """SIGTERM and SIGHUP unwind the program as Ctrl-C does, so that sessions are closed.

    The process ends with 128 and the signal's number, as a shell reports it.
    """
    before = {name: getattr(signal, name) for name in _ENDING if hasattr(signal, name)}
    handlers = {number: signal.signal(number, _end) for number in before.values()}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _end(number: int, frame: FrameType | None) -> None:
    del frame
    sys.exit(128 + number)
