"""A bar on standard error that says what is being read; only a terminal gets it."""

from __future__ import annotations

import shutil
import sys
import threading

_CLEAR = "\r\x1b[K"
_CELLS = 20


class ProgressLine:
    """Shows the newest step and takes the line away at the end."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._lock = threading.Lock()
        self._written = False

    def __call__(self, what: str, done: int, total: int) -> None:
        """What is read, how many steps are done, and of how many (0 where that is unknown)."""
        if not self._shown:
            return
        from generator.report.text import visible

        full = min(_CELLS, _CELLS * done // total) if total else 0
        bar = f"[{'#' * full}{'-' * (_CELLS - full)}] {done}/{total} " if total else ""
        # A line that wraps is not taken away by a return to its beginning.
        line = visible(f"{bar}reading {what}")[: shutil.get_terminal_size().columns - 1]
        with self._lock:
            sys.stderr.write(f"{_CLEAR}{line}")
            sys.stderr.flush()
            self._written = True

    def end(self) -> None:
        """Takes the line away."""
        with self._lock:
            if self._written:
                sys.stderr.write(_CLEAR)
                sys.stderr.flush()
                self._written = False
