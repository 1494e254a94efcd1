"""The catalogue: cited facts about hardware, models and versions, one row at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from generator.catalog import store
from generator.catalog.row import Fields, IllFormedRow, Row, merged, near_to

if TYPE_CHECKING:
    from generator.catalog.accelerator import Accelerator
    from generator.catalog.clusterclass import ClusterClass
    from generator.catalog.cpu import Cpu
    from generator.catalog.flavour import Flavour
    from generator.catalog.matrix import Versions
    from generator.catalog.model import Model

Built = TypeVar("Built")

OVERRIDABLE = (
    "accelerators",
    "cpus",
    "models",
    "mig_geometries",
    "mixed_size_placement",
    "cluster_classes",
    "cluster_class_variables",
    "versions",
)
"""The kinds that a blueprint may add to or change."""


class UnknownRow(KeyError):
    """There is no row of that id; ``near`` holds ids that look like it."""

    def __init__(self, kind: str, row_id: str, known: Sequence[str]) -> None:
        from difflib import get_close_matches

        self.kind = kind
        self.row_id = row_id
        parts = [one for one in known if set(row_id.lower().split("-")) <= set(one.split("-"))]
        self.near = tuple(parts or get_close_matches(row_id, known, n=3, cutoff=0.6))
        hint = f"; did you mean {' or '.join(self.near)}?" if self.near else ""
        super().__init__(f"the catalogue has no row {row_id!r} among its {kind}{hint}")

    def __str__(self) -> str:
        return str(self.args[0])


class Catalog:
    """Facts by id. Rows are read when they are first asked for and then kept."""

    __slots__ = ("_built", "_changed")

    def __init__(self, changed: Mapping[str, Mapping[str, Fields]] | None = None) -> None:
        self._changed = {kind: dict(rows) for kind, rows in (changed or {}).items()}
        self._built: dict[tuple[str, str], Any] = {}

    @classmethod
    def builtin(cls) -> Catalog:
        """The catalogue as shipped; the same object on every call."""
        return _builtin()

    def with_rows(self, overrides: Mapping[str, Sequence[Mapping[str, Any]]]) -> Catalog:
        """A catalogue with rows added or laid over existing ones (``id`` says which).

        Mappings merge deep, lists of named items merge by name, all else replaces. Every row given
        is read at once; an ill-formed one raises ``IllFormedRow``, a ``ValueError``.
        """
        if not overrides:
            return self
        changed = {kind: dict(rows) for kind, rows in self._changed.items()}
        for kind, rows in overrides.items():
            if kind not in OVERRIDABLE:
                raise IllFormedRow(
                    f"catalogue: {kind!r} cannot be given{near_to(kind, OVERRIDABLE)}"
                )
            for given in _rows(kind, rows):
                old = changed.get(kind, {}).get(given["id"]) or store.row(kind, given["id"]) or {}
                changed.setdefault(kind, {})[given["id"]] = merged(old, given)
        catalog = Catalog(changed)
        for kind, rows in overrides.items():
            for given in rows:
                catalog._check(kind, given["id"])
        return catalog

    def with_models(self, models: Mapping[str, Model]) -> Catalog:
        """A catalogue that also knows models which a file describes, by the file's path."""
        catalog = Catalog(self._changed)
        catalog._built.update({("models", _of_file(path)): row for path, row in models.items()})
        return catalog

    def model_of_file(self, path: str) -> Model:
        """A model that ``with_models`` made known; raises ``UnknownRow`` otherwise."""
        return self.model(_of_file(path))

    def ids(self, kind: str) -> tuple[str, ...]:
        """The ids of all rows of a kind, sorted."""
        if kind not in store.KINDS:
            raise KeyError(f"the catalogue has no {kind!r}{near_to(kind, store.KINDS)}")
        return tuple(sorted({*store.ids(kind), *self._changed.get(kind, ())}))

    def accelerator(self, row_id: str) -> Accelerator:
        """A GPU by its id, such as ``nvidia-h100-pcie-80``."""

        def read(row: Row) -> Accelerator:
            from generator.catalog.accelerator import read_accelerator

            mig = self._named(row, "mig", "geometry", "mig_geometries")
            ids = self._named(row, "vgpu", "placement_class", "mixed_size_placement")
            return read_accelerator(row, mig, ids)

        return self._read("accelerators", row_id, read)

    def cpu(self, row_id: str) -> Cpu:
        """A CPU by its id, such as ``intel-spr-8480plus``."""
        from generator.catalog.cpu import read_cpu

        return self._read("cpus", row_id, read_cpu)

    def model(self, row_id: str) -> Model:
        """A model by its id, such as ``llama-3.1-8b``; a blueprint calls it the family."""
        from generator.catalog.model import read_model

        return self._read("models", row_id, read_model)

    def cluster_class(self, name: str) -> ClusterClass:
        """A ClusterClass by its name, such as ``builtin-generic-v3.4.0``."""

        def read(row: Row) -> ClusterClass:
            from generator.catalog.clusterclass import read_cluster_class

            table = self._referenced(row, "variables", "cluster_class_variables")
            return read_cluster_class(name, row, table)

        return self._read("cluster_classes", name, read)

    def flavour(self, name: str) -> Flavour:
        """A kind of Supervisor by network and load balancer, such as ``vds-foundation`` (F19)."""

        def read(row: Row) -> Flavour:
            from generator.catalog.flavour import read_flavour

            network = self._referenced(row, "network", "supervisor_networks")
            return read_flavour(name, row, network)

        return self._read("supervisor_flavours", name, read)

    @property
    def flavours(self) -> tuple[Flavour, ...]:
        """Every kind of Supervisor, in the order of the table."""
        return tuple(self.flavour(name) for name in store.document("supervisor_flavours"))

    @property
    def versions(self) -> Versions:
        """The version matrix."""
        from generator.catalog.matrix import Versions

        return Versions(self._versions_of)

    def vgpus_per_vm(self, hardware_version: str) -> int:
        """How many vGPUs a VM of this virtual hardware may have (``vmx-21``: 16)."""
        return self.versions.vgpus_per_vm(hardware_version)

    def citation(self, key: str) -> str:
        """What a source key stands for, with its address where it has one."""
        source = self.fields("sources", key)
        parts = (source["title"], source.get("url"), source.get("read"))
        return ", ".join(part for part in parts if part)

    def fields(self, kind: str, row_id: str) -> Fields:
        """A row as it was given, for printing; never to be changed."""
        found = self._changed.get(kind, {}).get(row_id) or store.row(kind, row_id)
        if found is None:
            raise UnknownRow(kind, row_id, self.ids(kind))
        return found

    def _read(self, kind: str, row_id: str, reader: Callable[[Row], Built]) -> Built:
        key = (kind, row_id)
        if key not in self._built:
            self._built[key] = reader(self._shared(kind, row_id))
        built: Built = self._built[key]
        return built

    def _shared(self, kind: str, row_id: str) -> Row:
        return Row(f"{kind} {row_id}", self.fields(kind, row_id))

    def _referenced(self, row: Row, field: str, kind: str) -> Row:
        """The row of another kind whose id stands in a field of this one."""
        try:
            return self._shared(kind, row.text(field))
        except UnknownRow as unknown:
            row.refuse(field, f"names an unknown row: {unknown}")

    def _named(self, row: Row, part: str, field: str, kind: str) -> Row | None:
        """The same for a field of a part that may be missing, as may the field."""
        child = row.child(part) if row.has(part) else None
        return self._referenced(child, field, kind) if child and child.has(field) else None

    def _versions_of(self, target: str) -> Mapping[str, Fields]:
        changed = {
            row_id.partition("/")[2]: row
            for row_id, row in self._changed.get("versions", {}).items()
            if row_id.partition("/")[0] == target
        }
        known: Mapping[str, Fields] = store.document(f"versions/{target}")
        return {**known, **changed}

    def _check(self, kind: str, row_id: str) -> None:
        readers: dict[str, Callable[[str], object]] = {
            "accelerators": self.accelerator,
            "cpus": self.cpu,
            "models": self.model,
            "mig_geometries": self._geometry_reads,
            "mixed_size_placement": self._placement_reads,
            "cluster_classes": self.cluster_class,
            "cluster_class_variables": self._variables_read,
            "versions": self._version_reads,
        }
        readers[kind](row_id)

    def _geometry_reads(self, row_id: str) -> None:
        row = self._shared("mig_geometries", row_id)
        for field in ("compute_slices", "memory_slices", "placement_units", "max_instances"):
            row.whole(field, 1)
        for place in row.table("placements").values():
            place.wholes("starts")
            place.whole("size", 1)
            place.done()

    def _placement_reads(self, row_id: str) -> None:
        sizes = self._shared("mixed_size_placement", row_id).child("ids")
        for size in sizes.names():
            if not size.isdigit():
                sizes.refuse(size, "must be a size in GB, in digits")
            sizes.wholes(size)

    def _variables_read(self, row_id: str) -> None:
        from generator.catalog.clusterclass import read_table

        read_table(self._shared("cluster_class_variables", row_id))

    def _version_reads(self, row_id: str) -> None:
        from generator.catalog.versions import read_version

        target, _, version = row_id.partition("/")
        if target not in store.TARGETS or not version:
            raise IllFormedRow(f"versions {row_id}: id must be target/version")
        read_version(target, version, self._shared("versions", row_id))


@cache
def _builtin() -> Catalog:
    return Catalog()


def _rows(kind: str, rows: object) -> list[Mapping[str, Any]]:
    if not isinstance(rows, list | tuple):
        raise IllFormedRow(f"catalogue: {kind} must be a list of rows")
    for index, given in enumerate(rows):
        if not isinstance(given, Mapping):
            raise IllFormedRow(f"catalogue: {kind}[{index}] must be a mapping")
        if not isinstance(given.get("id"), str) or not given["id"]:
            raise IllFormedRow(f"catalogue: {kind}[{index}].id must be a text")
    return list(rows)


def _of_file(path: str) -> str:
    """The key of a model that a file describes; no id of a row holds a slash."""
    return f"file/{path}"
