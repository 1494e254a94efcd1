"""A SiteInventory out of a snapshot, so that a vCenter as it stands is the supply of a blueprint.

Only facts: what vCenter does not tell (who owns a network, how fast a datastore is) is left out and
becomes an open question of whoever uses the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from generator.vcenter.site_amounts import of_bytes, of_mib, percent, positive
from generator.vcenter.site_devices import (
    PCI,
    address_of,
    cpu_model,
    directpath_holders,
    gpu,
    nic,
    stated,
    version,
    vgpus,
)
from generator.vcenter.site_sums import has_gpu, taken_by_host
from generator.vcenter.snapshot import Seen, Snapshot, VcenterSeen

_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")
_DRS = {
    "fullyAutomated": "fully-automated",
    "partiallyAutomated": "partially-automated",
    "manual": "manual",
}
_POWER = {"poweredOn": "on", "poweredOff": "off", "suspended": "suspended"}
_DATASTORES = {"NFS": "nfs3", "NFS41": "nfs41", "VVOL": "vvol"}
_ROLES = (
    ("vmotion", "vmotion"), ("vsan", "vsan"), ("mgmt", "management"), ("management", "management"),
    ("rdma", "rdma"), ("nfs", "nfs"), ("tep", "tep"), ("frontend", "frontend"),
    ("workload", "workload"), ("-wl-", "workload"),
)  # fmt: skip
"""Words in the name of a port group that say what it is for."""
_SIZES = frozenset(("tiny", "small", "medium", "large"))
MOST_LISTED = 2000
"""VMs that an inventory lists one by one; a document that may hold no more values could not take
those of ten thousand. Where there are more, VMs without a GPU are sums of their hosts."""


def site_document(snapshot: Snapshot, name: str | None = None) -> dict[str, Any]:
    """The SiteInventory as plain values, in the language's order."""
    sections: dict[str, list[Any]] = {}
    for seen in snapshot.vcenters:
        for section, items in _Site(seen, listed=_listed(snapshot)).sections():
            sections.setdefault(section, []).extend(items)
    first = snapshot.vcenters[0]
    metadata = {
        "name": name or _label(first.name),
        "as_of": first.ended[:10],
        "source": "exported from " + ", ".join(each.name for each in snapshot.vcenters),
    }
    return {
        "apiVersion": "mlgen/v1alpha1",
        "kind": "SiteInventory",
        "metadata": metadata,
        **{section: items for section, items in sections.items() if items},
    }


def site_text(snapshot: Snapshot, name: str | None = None) -> str:
    """The SiteInventory as YAML, with what it does not know said at its head."""
    from generator.vcenter.site_yaml import dumped

    document = site_document(snapshot, name)
    notes = [
        "Facts that were exported. What is absent here is unknown, and becomes an open question:",
        "links between GPUs, rates of datastores, addresses and owners of networks.",
    ]
    unknown = sorted(
        one.key
        for seen in snapshot.vcenters
        for one in seen.objects
        if one.kind == "network" and not _role(one.key)
    )
    if not _listed(snapshot):
        notes.append(
            f"There are more than {MOST_LISTED} VMs: those without a GPU are not listed, but "
            "summed in reserved_for_others of their hosts."
        )
    if unknown:
        notes.append(f"Port groups whose role their names do not say: {', '.join(unknown)}")
    return dumped(document, notes)


def _listed(snapshot: Snapshot) -> bool:
    """Whether VMs without a GPU are listed."""
    every = (one.kind == "vm" for seen in snapshot.vcenters for one in seen.objects)
    return sum(every) <= MOST_LISTED


class _Site:
    """The sections of one vCenter; ``listed`` says whether VMs without a GPU are among them."""

    def __init__(self, seen: VcenterSeen, *, listed: bool = True) -> None:
        self._seen = seen
        self._listed = listed
        self._ref = _label(seen.name)
        self._kinds: dict[str, list[Seen]] = {}
        for one in seen.objects:
            self._kinds.setdefault(one.kind, []).append(one)
        self._cluster_of = {one.key: one.fields.get("cluster") for one in self._of("host")}
        self._zone_of = {
            cluster: one.key for one in self._of("zone") for cluster in _many(one, "clusters")
        }

    def _of(self, kind: str) -> list[Seen]:
        return self._kinds.get(kind, [])

    def sections(self) -> Iterator[tuple[str, list[Any]]]:
        """Sections by name, in the language's order."""
        vcenter = {"ref": self._ref, "instance_uuid": self._seen.instance_uuid,
                   "version": version(self._seen.version)}  # fmt: skip
        yield "vcenters", [stated(vcenter)]
        yield "datacenters", [self._datacenter(one) for one in self._of("datacenter")]
        yield "clusters", [self._cluster(one) for one in self._of("cluster")]
        yield (
            "zones",
            [
                self._owned(one, name=one.key, clusters=sorted(set(_many(one, "clusters"))))
                for one in self._of("zone")
            ],
        )
        yield "supervisors", [self._supervisor(one) for one in self._of("supervisor")]
        yield "libraries", [
            self._owned(one, name=one.key, id=one.ident,
                        subscribed=one.fields.get("type") == "subscribed")
            for one in self._of("content-library")
        ]  # fmt: skip
        yield (
            "switches",
            [
                self._owned(one, name=one.key, kind="vds", mtu=one.fields.get("mtu"))
                for one in self._of("switch")
            ],
        )
        yield "networks", [self._network(one) for one in self._of("network") if _role(one.key)]
        yield "hosts", list(self._hosts())
        yield "datastores", [self._datastore(one) for one in self._of("datastore")]
        yield "occupancy", list(self._machines())

    def _owned(self, one: Seen, **facts: Any) -> dict[str, Any]:
        del one
        return stated({**facts, "vcenter": self._ref, "manage": "reference"})

    def _datacenter(self, one: Seen) -> dict[str, Any]:
        return self._owned(one, name=one.key, folder=one.fields.get("folder") or None)

    def _cluster(self, one: Seen) -> dict[str, Any]:
        fields = one.fields
        automation = _DRS.get(str(fields.get("drs_automation")))
        high = stated({
            "enabled": fields.get("ha_enabled"),
            "host_failures": fields.get("ha_host_failures"),
            "cpu_reserve": percent(fields.get("ha_cpu_reserve_percent")),
            "memory_reserve": percent(fields.get("ha_memory_reserve_percent")),
        })  # fmt: skip
        return self._owned(
            one,
            name=one.key,
            datacenter=fields.get("datacenter"),
            zone=self._zone_of.get(one.key),
            ha=high if fields.get("ha_enabled") is not None else None,
            drs=automation if fields.get("drs_enabled") else "off",
            evc=fields.get("evc"),
            image=fields.get("image"),
            configuration_profile=fields.get("configuration_profile"),
        )

    def _supervisor(self, one: Seen) -> dict[str, Any]:
        size = str(one.fields.get("control_plane_size") or "").lower()
        return self._owned(
            one,
            ref=_label(one.key),
            id=one.fields.get("id"),
            version=version(one.fields.get("version")),
            clusters=sorted(set(_many(one, "clusters"))),
            zones=sorted(set(_many(one, "zones"))),
            control_plane_size=size if size in _SIZES else None,
            service_cidr=one.fields.get("service_cidr"),
        )

    def _network(self, one: Seen) -> dict[str, Any]:
        facts = {"switch": one.fields.get("switch"), "vlan": one.fields.get("vlan")}
        return self._owned(one, role=_role(one.key), port_group=one.key, **facts)

    def _hosts(self) -> Iterator[dict[str, Any]]:
        gpus, nics, vms = self._below("gpu"), self._below("nic"), self._below("vm")
        summed = {} if self._listed else taken_by_host(self._of("vm"))
        for one in self._of("host"):
            fields = one.fields
            sockets, cores = positive(fields.get("sockets")), positive(fields.get("cores"))
            cpu = {"model": fields.get("cpu_model"), "sockets": sockets}
            if sockets and cores:
                cpu["cores_per_socket"] = positive(cores // sockets)
            mine = gpus.get(one.key, [])
            holders = directpath_holders(mine, vms.get(one.key, ()))
            known = [gpu(each, holders.get(each.key)) for each in mine]
            yield stated({
                "name": one.key,
                "cluster": fields.get("cluster"),
                "manage": "reference",
                "cpu": stated({**cpu, "model": cpu_model(cpu["model"])}),
                "memory": of_bytes(positive(fields.get("memory_bytes"))),
                "nics": [nic(each) for each in nics.get(one.key, ())],
                "gpus": [each for each in known if "model" in each],
                "other_devices": [each for each in known if "model" not in each],
                "reserved_for_others": _capacity(*summed.get(one.key, (0, 0))),
                "maintenance": fields.get("maintenance"),
                "version": version(fields.get("version")),
                "hardware": _joined(fields.get("vendor"), fields.get("model")),
            })  # fmt: skip

    def _below(self, kind: str) -> dict[str, list[Seen]]:
        found: dict[str, list[Seen]] = {}
        for one in self._of(kind):
            found.setdefault(str(one.fields.get("host")), []).append(one)
        return found

    def _datastore(self, one: Seen) -> dict[str, Any]:
        fields = one.fields
        size, free = fields.get("capacity_bytes"), fields.get("free_bytes")
        used = size - free if isinstance(size, int) and isinstance(free, int) else None
        clusters = {self._cluster_of.get(host) for host in _many(one, "hosts")}
        tags = [tag.partition("/") for tag in _many(one, "tags")]
        kind = _DATASTORES.get(str(fields.get("type")))
        if fields.get("type") == "VMFS" and fields.get("shared") is False:
            kind = "vmfs-local"
        return self._owned(
            one,
            name=one.key,
            clusters=sorted(str(each) for each in clusters if each),
            kind=kind,
            usable=of_bytes(size),
            used=of_bytes(used),
            tags=[{"category": category, "tag": tag} for category, _, tag in tags],
        )

    def _machines(self) -> Iterator[dict[str, Any]]:
        gpus = self._below("gpu")
        for one in self._of("vm"):
            fields = one.fields
            if fields.get("template") or not (self._listed or has_gpu(one)):
                continue
            on = [
                address_of(gpu)
                for gpu in gpus.get(str(fields.get("host")), ())
                if fields.get("name") in _many(gpu, "vms") and PCI.fullmatch(address_of(gpu))
            ]
            profiles = _many(one, "vgpus")
            memory = positive(fields.get("memory_mib"))
            reserved = positive(fields.get("memory_reservation_mib"))
            if fields.get("memory_locked"):
                reserved = memory
            yield stated({
                "name": fields.get("name") or one.key,
                "cluster": fields.get("cluster") or None,
                "host": fields.get("host"),
                "power": _POWER.get(str(fields.get("power"))),
                "vcpu": positive(fields.get("vcpus")),
                "memory": of_mib(memory),
                "reservation": {"memory": of_mib(reserved)} if reserved else None,
                "vgpus": vgpus(profiles, on),
                "passthrough": list(filter(PCI.fullmatch, _many(one, "passthrough"))),
            })  # fmt: skip


def _role(name: str) -> str | None:
    """What a port group is for, where its name says it."""
    return next((role for word, role in _ROLES if word in f"-{name.lower()}-"), None)


def _many(one: Seen, field: str) -> list[str]:
    found = one.fields.get(field)
    return list(found) if isinstance(found, tuple) else []


def _label(name: str) -> str:
    """A name as the language wants it; what it does not take becomes a hyphen."""
    if _NAME.fullmatch(name):
        return name
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-._")[:63] or "vcenter"


def _capacity(vcpus: int, mib: int) -> dict[str, Any] | None:
    return {"cores": vcpus, "memory": of_mib(mib)} if vcpus or mib else None


def _joined(*words: Any) -> str | None:
    return " ".join(str(word) for word in words if word) or None
