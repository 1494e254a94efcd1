"""What a reading is for: names only, so that this room needs no blueprint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from generator.record import Record, record

Role = Literal["diff", "diff-host"]
"""The two generated roles (F8): what ``diff-host`` adds is read only where it is asked for."""


@record
class Wanted(Record):
    """Which vCenters are meant, and which VMs count as ours.

    ``instance_uuids`` says by reference which vCenter must answer; without an entry any may.
    A VM is ours where its folder or its pool lies in one of ``folders`` (names or paths from the
    root, ``dc/vm/ml``) or ``pools`` (names or ``cluster/path``), where it belongs to a namespace
    of ``namespaces``, or where it is called as in ``vms``. Of ours, and of what holds a GPU,
    devices are read; of the others only what their summary says.
    """

    instance_uuids: Mapping[str, str] = field(default_factory=dict)
    folders: frozenset[str] = frozenset()
    pools: frozenset[str] = frozenset()
    namespaces: frozenset[str] = frozenset()
    vms: frozenset[str] = frozenset()


NOTHING_OURS = Wanted()
