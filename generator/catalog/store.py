"""The data files beside this module: which rows there are, and one row at a time."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

DATA = os.path.dirname(__file__)  # noqa: PTH120 - pathlib costs start-up time here

FOLDERS = ("accelerators", "cpus", "models")
"""Kinds with one file per row, named by its id."""

FILES = (
    "cluster_class_variables",
    "cluster_classes",
    "mig_geometries",
    "mixed_size_placement",
    "other_boards",
    "privileges",
    "sources",
    "supervisor_flavours",
    "supervisor_networks",
    "vcenter_calls",
    "vcenter_operations",
)
"""Kinds with all rows in one file, keyed by id."""

TARGETS = (
    "vcenter",
    "esx",
    "supervisor",
    "vks",
    "kubernetes",
    "cluster_class",
    "vgpu_host",
    "vgpu_guest",
    "nvaie_infra",
    "gpu_operator",
    "provider",
)
"""What has versions; ``versions/<target>.json`` holds them. Their ids are ``target/version``."""

KINDS = (*FOLDERS, *FILES, "versions")


def ids(kind: str) -> tuple[str, ...]:
    """The ids of all rows of a kind, sorted."""
    if kind in FOLDERS:
        return _listed(kind)
    if kind == "versions":
        return tuple(sorted(f"{target}/{version}" for target in TARGETS for version in _of(target)))
    return tuple(sorted(document(kind)))


def row(kind: str, row_id: str) -> Mapping[str, Any] | None:
    """One row as it stands in its file, or None where there is none; never to be changed."""
    if kind in FOLDERS:
        # The listing is asked first: an id may come from a document and must not become a path.
        return document(f"{kind}/{row_id}") if row_id in _listed(kind) else None
    if kind == "versions":
        target, _, version = row_id.partition("/")
        return _of(target).get(version) if target in TARGETS else None
    found: Mapping[str, Any] | None = document(kind).get(row_id)
    return found


@cache
def document(name: str) -> Any:
    """A data file by its name without ``.json``, parsed once per process."""
    from json import loads

    with open(os.path.join(DATA, f"{name}.json"), "rb") as file:  # noqa: PTH118, PTH123
        return loads(file.read())


@cache
def _listed(folder: str) -> tuple[str, ...]:
    names = os.listdir(os.path.join(DATA, folder))  # noqa: PTH118, PTH208
    return tuple(sorted(name.removesuffix(".json") for name in names if name.endswith(".json")))


def _of(target: str) -> Mapping[str, Mapping[str, Any]]:
    versions: Mapping[str, Mapping[str, Any]] = document(f"versions/{target}")
    return versions
