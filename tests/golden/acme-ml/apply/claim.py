"""The lock that other machines see: a tag, since vCenter lets only one have a name in a category.

Whoever makes the tag ``apply`` of the category ``mlgen-lock`` may write; its description says who
that is. A run that was killed leaves it behind: the next run of the same user on the same machine
takes it over, anybody else has to say ``--break-lock``.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import getpass
import os
import socket
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

from session import Refused, Surprise, Vcenter
from tagging import Tagging, is_there

CATEGORY = "mlgen-lock"
TAG = "apply"


@contextlib.contextmanager
def claimed(vcenter: Vcenter, folder: Path, release: str, *, force: bool) -> Iterator[None]:
    """Holds the lock of a vCenter; ``folder`` knows this user on this machine again.

    The local lock must be held: then no other run of the same owner is alive.
    """
    tagging, owner = Tagging(vcenter), _owner(folder)
    category = tagging.category(CATEGORY) or tagging.make_category(
        CATEGORY, "mlgen: who holds its tag may write"
    )
    held = _take(tagging, category, f"{_who()} for {release}; owner {owner}", owner, force=force)
    try:
        yield
    finally:
        try:
            tagging.delete_tag(held)
        except Surprise as fault:
            print(f"the lock stays, take tag {CATEGORY}:{TAG} away: {fault}", file=sys.stderr)


def _take(tagging: Tagging, category: str, text: str, owner: str, *, force: bool) -> str:
    try:
        return tagging.make_tag(category, TAG, text)
    except Refused as refused:
        if not is_there(refused):
            raise
    former = tagging.tag(category, TAG)
    if former is not None:
        mine = former["description"].endswith(f"owner {owner}")
        if not (mine or force):
            raise Surprise(f"locked by {former['description']}; if that run is dead: --break-lock")
        tagging.delete_tag(former["id"])
    return tagging.make_tag(category, TAG, text)


def _who() -> str:
    moment = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    return f"{getpass.getuser()}@{socket.gethostname()} since {moment}"


def _owner(folder: Path) -> str:
    """What tells this user on this machine from all others; made once."""
    file = folder / "owner"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with contextlib.suppress(FileExistsError), os.fdopen(os.open(file, flags, 0o600), "w") as made:
        made.write(uuid.uuid4().hex)
    return file.read_text("utf-8")
