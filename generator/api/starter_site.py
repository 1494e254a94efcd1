"""A SiteInventory of assumed hosts, for a start without a vCenter at hand."""

from __future__ import annotations

from typing import Any

from generator.record import Record, record
from generator.vcenter.site_yaml import dumped

CORES_PER_SOCKET, SOCKETS, MEMORY = 32, 2, "1024GiB"
VERSION, VGPU_HOST = "8.0U3", "19"
CLUSTER, DATASTORE, TIER = "gpu-a", "fc-01", "bulk"
MOST_GPUS = 16
"""GPUs of one host: as many as there are PCI buses in the numbering below."""
_FIRST_BUS, _BUSES_APART = 0x07, 0x10


@record
class Assumed(Record):
    """A site that was not looked at: ``hosts`` hosts with ``gpus`` GPUs of a model ("": none)."""

    site: str
    as_of: str
    gpu: str
    gpus: int
    hosts: int


def assumptions(assumed: Assumed) -> tuple[str, ...]:
    """What the file states although nobody has said it."""
    spread, vgpu = (", GPUs spread over both sockets", f", vGPU {VGPU_HOST}")
    hosts = f"hosts with {SOCKETS} x {CORES_PER_SOCKET} cores and {MEMORY}"
    versions = f"one cluster {CLUSTER} under a Supervisor, vCenter and ESX {VERSION}"
    return (
        hosts + (spread if assumed.gpu else ""),
        versions + (vgpu if assumed.gpu else ""),
        f"a datastore {DATASTORE} of 20TiB on a Fibre Channel array, and two networks",
    )


def assumed_site(assumed: Assumed) -> str:
    """The inventory as YAML, with what is assumed said at its head."""
    from generator.blueprint.schema import API_VERSION, schema_line

    notes = (
        (
            "ASSUMED by mlgen init, not read from anywhere: replace it by the facts of your site, "
            "or let mlgen inventory export --format site write them."
        ),
        *(f"- {line}" for line in assumptions(assumed)),
        "A fact that is missing here becomes an open question with an owner, never a default.",
    )
    document: dict[str, Any] = {
        "apiVersion": API_VERSION,
        "kind": "SiteInventory",
        "metadata": {
            "name": assumed.site,
            "as_of": assumed.as_of,
            "source": "assumed by mlgen init",
        },
        **_places(assumed.site),
        "networks": _networks(),
        "hosts": [_host(number, assumed) for number in range(1, assumed.hosts + 1)],
        "datastores": [
            {
                "name": DATASTORE,
                "clusters": [CLUSTER],
                "kind": "vmfs-fc",
                "usable": "20TiB",
                "used": "4TiB",
                "rwx": False,
                "encryption": "array",
                "tags": [{"category": "ml-tier", "tag": TIER}],
            }
        ],
    }
    return f"{schema_line('SiteInventory')}\n{dumped(document, notes)}"


def _places(site: str) -> dict[str, Any]:
    """The vCenter and what stands under it; the ids of both are left to whoever knows them."""
    vcenter = f"vc-{site}"[:63].rstrip("-._")
    own = {"vcenter": vcenter, "manage": "reference"}
    cluster = {"name": CLUSTER, "datacenter": site, "shared": False, **own}
    return {
        "vcenters": [{"ref": vcenter, "version": VERSION, "lifecycle": "vsphere"}],
        "datacenters": [{"name": site, **own}],
        "clusters": [{**cluster, "ha": {"host_failures": 1}, "drs": "fully-automated"}],
        "supervisors": [
            {
                "ref": f"sup-{site}"[:63].rstrip("-._"),
                "vcenter": vcenter,
                "clusters": [CLUSTER],
                "network": "vds",
                "load_balancer": "avi",
                "pod_cidr": "10.244.0.0/16",
                "service_cidr": "10.96.0.0/16",
            }
        ],
        "libraries": [{"name": f"vkr-{site}"[:255], "holds": "vkr", **own}],
    }


def _networks() -> list[dict[str, Any]]:
    return [
        {
            "role": role,
            "port_group": f"pg-{role}",
            "vlan": vlan,
            "mtu": 9000,
            "cidr": cidr,
            "free_addresses": free,
        }
        for role, vlan, cidr, free in (
            ("management", 100, "10.20.0.0/24", 60),
            ("workload", 104, "10.20.4.0/22", 900),
        )
    ]


def _host(number: int, assumed: Assumed) -> dict[str, Any]:
    host: dict[str, Any] = {
        "name": f"esx-{number:02}",
        "cluster": CLUSTER,
        "cpu": {"sockets": SOCKETS, "cores_per_socket": CORES_PER_SOCKET},
        "memory": MEMORY,
        "nics": [{"speed": "25Gbps", "use": ["vm", "vmotion"]}],
        "version": VERSION,
    }
    if assumed.gpu:
        host["gpus"] = [
            {
                "model": assumed.gpu,
                "pci": f"0000:{_FIRST_BUS + _BUSES_APART * index:02x}:00.0",
                "numa": index * SOCKETS // assumed.gpus,
            }
            for index in range(assumed.gpus)
        ]
    return host
