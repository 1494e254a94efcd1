"""The lock and the journal of a run, in ``$XDG_STATE_HOME/mlgen/<instance id of the vCenter>``.

The lock keeps two runs of one user on one machine apart. It does not know of other machines, of
Terraform or of people in the vSphere Client: against those every change is compared with what was
read right before it, and read again after it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from session import Surprise


def state_folder(instance_uuid: str) -> Path:
    """Where lock and journals of one vCenter are; made for its owner alone."""
    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    folder = Path(home) / "mlgen" / instance_uuid
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


@contextlib.contextmanager
def lock(folder: Path) -> Iterator[None]:
    """One run at a time. The system lets go of the lock when a run dies, however it dies."""
    with (folder / "lock").open("a+b") as file:
        try:
            _take(file)
        except OSError:
            raise Surprise(f"another run holds {folder / 'lock'}") from None
        yield


def _take(file: IO[bytes]) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Journal:
    """One line of JSON for each intent and each change, on the disk before the next step."""

    def __init__(self, folder: Path, **about: Any) -> None:
        moment = dt.datetime.now(dt.UTC)
        self.path = folder / f"journal-{moment:%Y%m%dT%H%M%S.%f}Z-{os.getpid()}.jsonl"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        self._file = os.fdopen(os.open(self.path, flags, 0o600), "w", encoding="utf-8")
        self.write("run", at=moment.isoformat(), **about)

    def write(self, event: str, **what: Any) -> None:
        """Adds a line and waits until it is on the disk."""
        self._file.write(json.dumps({"event": event, **what}, sort_keys=True) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Ends the journal."""
        self._file.close()


def entries(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What a journal says: its first line, and the intents, each with ``done``.

    A last line that was cut short by a crash is left out: what it would say was not begun.
    """
    lines = []
    for line in path.read_text("utf-8").splitlines():
        try:
            lines.append(json.loads(line))
        except ValueError:
            break
    if not lines or lines[0].get("event") != "run":
        raise Surprise(f"{path} is no journal of this script")
    done = {each["number"]: each["after"] for each in lines if each["event"] == "done"}
    intents = [each for each in lines if each["event"] == "intent"]
    for each in intents:
        each["done"] = each["number"] in done
        each["after"] = done.get(each["number"])
    return lines[0], intents
