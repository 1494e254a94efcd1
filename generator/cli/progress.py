"""One line on standard error that says what is being read; only a terminal gets it."""

from __future__ import annotations

import sys
import threading

_CLEAR = "\r\x1b[K"


class ProgressLine:
    """Shows the newest step and takes the line away at the end."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._lock = threading.Lock()
        self._written = False

    def __call__(self, what: str, done: int, total: int) -> None:
        """What is read, how much has come, and of how much (0 where that is unknown)."""
        if not self._shown:
            return
        of = f" of {total}" if total else ""
        count = f" {done}{of}" if done or total else ""
        with self._lock:
            sys.stderr.write(f"{_CLEAR}reading {what}{count}")
            sys.stderr.flush()
            self._written = True

    def end(self) -> None:
        """Takes the line away."""
        with self._lock:
            if self._written:
                sys.stderr.write(_CLEAR)
                sys.stderr.flush()
                self._written = False
