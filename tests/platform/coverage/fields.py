"""Walks the fields of desired states, and says which files a change of one changes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from enum import Enum
from functools import cache, partial
from typing import Any, NamedTuple, get_args, get_type_hints

from generator import load
from generator.platform.classes import by_terraform
from generator.platform.objects import (
    ClassReservation,
    DesiredState,
    Freeze,
    HostSetting,
    InstanceStorage,
    Manage,
    Namespace,
    PciDevice,
    Role,
    StoragePolicy,
    SupervisorWish,
    VmClass,
    Zone,
    ZoneShare,
)
from generator.record import Record
from generator.render import TARGETS

SHIPPED = (
    "blueprints/acme-ml.yaml", "blueprints/air-gapped.yaml", "blueprints/brownfield.yaml",
    "blueprints/cpu-amx.yaml", "blueprints/edge-one.yaml", "blueprints/vcf9.yaml",
    "blueprints/thousand-gpus.yaml",
)  # fmt: skip
PLAIN = "tests/fixtures/plain-vms/plain.yaml"
GREEN = "tests/fixtures/greenfield/greenfield.yaml"
DOCUMENTS = {"Adoption", "Coverage", "OpenQuestion"}
"""Records that are words about objects of the state, not objects."""

VARIANTS: dict[str, Callable[[Any], bool]] = {
    "": lambda _: True,
    "Terraform's": by_terraform,
    "REST's": lambda one: not by_terraform(one),
    "by tag": lambda one: one.by_terraform,
    "by capability": lambda one: one.by_script,
    "created": lambda one: one.manage is Manage.CREATE,
    "adopted": lambda one: one.manage is Manage.ADOPT,
    "looked up": lambda one: one.manage is Manage.REFERENCE,
    "by script": lambda one: one.actor == "script",
    "by a person": lambda one: one.actor != "script",
}
"""Which objects the variants of the contract mean."""


class Held(NamedTuple):
    """A record of a state, and the state with another in its place."""

    one: Record
    swap: Callable[[Record], DesiredState]

    @property
    def kind(self) -> str:
        """The kind in the words of the contract."""
        return kind_of(type(self.one))


def kind_of(record: type[Record]) -> str:
    """The record's name in words: ``VmClass`` is ``vm-class``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", record.__name__).lower()


def variants_of(one: Record) -> list[str]:
    """The variants that an object belongs to."""
    names = {
        VmClass: ("Terraform's", "REST's"),
        StoragePolicy: ("by tag", "by capability"),
        Namespace: ("created", "adopted"),
        Role: ("looked up",),
        HostSetting: ("by script", "by a person"),
    }
    some = names.get(type(one), ())
    return ["", *(name for name in some if VARIANTS[name](one))]


@cache
def state(path: str) -> DesiredState:
    """The desired state of a blueprint, without the words about it."""
    (project,) = load([path])
    return replace(project.assessed.state, coverage=(), questions=())


@cache
def with_everything() -> DesiredState:
    """A shipped state with the kinds that no shipped blueprint asks for."""
    base = state("blueprints/acme-ml.yaml")
    vcenter = base.vcenters[0]
    device = PciDevice(allowed=((4318, 9009),), label="nvlink")
    pair = next(c for c in vcenter.vm_classes if not by_terraform(c))
    disk = InstanceStorage(policy="nvme", volumes_mib=(1024,))
    kept = ZoneShare(name="z1", reservations=(ClassReservation(vm_class="c", count=2),))
    shares = tuple(
        replace(share, zones=(kept,)) for share in state("blueprints/vcf9.yaml").vcenters[0].shares
    )
    zone = Zone(name="z9", clusters=("gpu-a",), description="d")
    cluster = replace(
        base.clusters[0], proxy_url="http://p:3128", no_proxy=("a.example",), labels=(("a", "b"),)
    )
    freeze = Freeze(first="2026-12-20", last="2027-01-03", reason="r", scope=("prod",))
    adopted = replace(vcenter.namespaces[0], name="adopted", manage=Manage.ADOPT)
    return replace(
        base,
        vcenters=(
            replace(
                vcenter,
                zones=(zone,),
                shares=shares,
                namespaces=(*vcenter.namespaces, adopted),
                vm_classes=(
                    *vcenter.vm_classes,
                    replace(pair, name="whole", vgpus=(), device_group="", pci_devices=(device,)),
                    replace(pair, name="with-disk", instance_storage=disk),
                ),
            ),
            *base.vcenters[1:],
        ),
        clusters=(cluster, *base.clusters[1:]),
        calendar=replace(base.calendar, freezes=(freeze,)),
    )


def every_state() -> Iterator[DesiredState]:
    """Every state but the largest."""
    yield from map(state, (*SHIPPED[:-1], PLAIN, GREEN))
    yield with_everything()
    yield from with_supervisors()


def with_supervisors() -> Iterator[DesiredState]:
    """The site on an empty target with other load balancers, and a Supervisor of old."""
    base = state(GREEN)
    for kind, generation in (("haproxy", 2), ("nsx", 2), ("nsx", 1)):
        vcenters = tuple(
            replace(
                vcenter, supervisors=tuple(_other(w, kind, generation) for w in vcenter.supervisors)
            )
            for vcenter in base.vcenters
        )
        yield replace(base, vcenters=vcenters)


def _other(wish: SupervisorWish, kind: str, generation: int) -> SupervisorWish:
    publishing = replace(
        wish.publishing,
        kind=kind,
        interface=None,
        address="10.60.0.9",
        port=5556,
        edge_cluster="edge",
        tier0="t0",
        ingress="10.60.9.0/24",
        egress="10.60.10.0/24",
    )
    return replace(
        wish,
        generation=generation,
        library="vkr",
        pod_cidr="10.244.0.0/16",
        publishing=publishing,
    )


def held(one: Any, swap: Callable[[Any], DesiredState] = lambda new: new) -> Iterator[Held]:
    """Every record of a state, with its way back into it."""
    if isinstance(one, Record) and type(one).__name__ not in DOCUMENTS:
        yield Held(one, swap)
        for field in fields(one):
            name = field.name
            yield from held(
                getattr(one, name),
                lambda new, name=name: swap(replace(one, **{name: new})),  # type: ignore[misc]
            )
    elif isinstance(one, tuple):
        for index, item in enumerate(one):
            yield from held(item, partial(_with_item, swap, one, index))


def _with_item(
    swap: Callable[[Any], DesiredState], items: tuple[Any, ...], index: int, new: Any
) -> DesiredState:
    return swap((*items[:index], new, *items[index + 1 :]))


def own_fields(record: Any) -> tuple[str, ...]:
    """The fields of a record that hold no further records."""
    hints = get_type_hints(record)
    return tuple(
        field.name
        for field in fields(record)
        if not any(_is_record(part) for part in _parts(hints[field.name]))
    )


def _parts(hint: Any) -> Iterator[Any]:
    yield hint
    for part in get_args(hint):
        yield from _parts(part)


def _is_record(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Record)


def other_values(one: Record, field: str) -> list[Any]:
    """Values of the same type that the field does not have."""
    value = getattr(one, field)
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, Enum):
        return [member for member in type(value) if member is not value]
    if isinstance(value, int):
        return [value + 1, value + 1000]
    if isinstance(value, str):
        return ["10.99.0.0/16"] if re.fullmatch(r"[0-9.]+/[0-9]+", value) else [f"{value}x"]
    if value:
        return [(), value + value[:1]]
    parts = get_args(get_type_hints(type(one))[field])
    return [("x",)] if str in parts else [(("x", "x"),)] if tuple[str, str] in parts else []


def rendered(wanted: DesiredState) -> dict[str, str]:
    """The files of a state by path."""
    return {file.path: file.text for target in TARGETS for file in target(wanted)}


def changed_files(before: DesiredState, old: dict[str, str], new: dict[str, str]) -> set[str]:
    """The files that differ; vCenters and environments are written as the contract does."""
    vcenters = "|".join(re.escape(vcenter.name) for vcenter in before.vcenters)
    environments = "|".join(sorted(_environments(before), key=len, reverse=True))
    return {
        re.sub(
            rf"(^|40-|30-)({environments})(?=/|-namespaces|-vms)",
            r"\1<environment>",
            re.sub(rf"^({vcenters})/", "<vcenter>/", path),
        )
        for path in old.keys() | new.keys()
        if old.get(path) != new.get(path)
    }


def _environments(wanted: DesiredState) -> set[str]:
    """Their names, as paths hold them."""
    return {
        *(cluster.environment for cluster in wanted.clusters),
        *(n.environment for v in wanted.vcenters for n in v.namespaces),
        *(name for v in wanted.vcenters for name, _ in v.environment_folders),
        *(fabric.environment for v in wanted.vcenters for fabric in v.fabrics),
    }
