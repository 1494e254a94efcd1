"""The words of a snapshot: which kinds of objects there are and which leaf fields each has.

Readers fill these fields, ``diff`` compares them, ``roles`` derives privileges from them, and the
tests draw mutations from them, so that none of the four can know a field that another does not.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Form = Literal["text", "number", "flag", "set", "list", "map"]
"""``set`` and ``list`` are tuples of text, a set sorted. A ``map`` is spread over leaf fields
``<name>.<key>``, each of the form that its value has."""

Reach = Literal["read", "view", "host"]
"""Which role sees it (F8): ``read`` is Read-only, ``view`` needs a named privilege that the role
for ``diff`` has, ``host`` one that only the role ``diff-host`` has."""

Source = Literal["soap", "pbm", "rest", "kubernetes"]

FORMS = """
How texts in keys and fields are written, so that two sides never differ by spelling:

inventory path   <datacenter>/<vm|host|network|datastore>/<folders>/<name>, from below the root
in a set         hosts, datastores, clusters, networks, libraries and VMs by name
resource pool    <cluster>/<path below the root pool>; VMs: the same key in ``pool``
tags             <category>/<tag>; the key of a tag also. ``release``: tags of category
                 mlgen-release, without the category, on the VM folders of the datacenter
permission       <inventory path>|<principal as vCenter prints it>; the root is /
enumerations     the API's own words: sharedDirect, consolidation, mixedSize, fullyAutomated
                 rules: vm-affinity, vm-anti-affinity, vm-dependency, vm-host-affinity
PCI devices      of a class: <vendor>:<device>[|<vendor>:<device>]..[@<label>] in 4 hex digits
DirectPath       the key of a profile: its vGPU profile, its device group, or PCI device as above
consumed.<cluster>, remaining.<cluster>, maximum.<cluster>, unused_reservation.<cluster>
                 units of a DirectPath profile, as vCenter counts them (F30)
vgpus            one profile per device, repeated as often as it is there
policy rules     rule.tag.<category> (set of tags); rule.<namespace>.<id>, e.g. rule.VSAN.iopsLimit
drs_option.<key>, ha_option.<key>, setting.<key>   the value as text, as the API holds it
module_option.<module>                             the whole option string
share.<traffic>  of network I/O control: the number of shares, the traffic in lower case
storage_limit_mib.<policy>, quota.<REST key>       numbers
access.<group|user>:<subject>@<domain>             OWNER, EDIT or VIEW
reserved.<class>                                   VMs that a zone keeps, for all namespaces
zone_mark                                          mlgen's mark at the end of a namespace's text
variable.<name>  of a VKS cluster: a text as it is, anything else as compact JSON, keys sorted
care.<name>      seconds of the control plane's NodeCare, and health_check, whether it is on
policy.<name>    the labels pod-security.kubernetes.io/<name> of a namespace; all others are labels
pool.<name>.<f>  vm_class, replicas, minimum, maximum, failure_domain and os_image of a node pool,
                 its seconds as in ``care``, variable.<name> and capacity.<name> (annotations)
"""


class Leaf(NamedTuple):
    """A field of a kind; units are in its name."""

    name: str
    form: Form = "text"
    reach: Reach = "read"


class Kind(NamedTuple):
    """A kind of object: how its key is made, where it is read, and its fields."""

    name: str
    key: str
    source: Source
    leaves: tuple[Leaf, ...]


def _leaves(text: str, reach: Reach = "read") -> tuple[Leaf, ...]:
    """Leaves from ``name`` or ``name:form`` words."""
    words = (word.partition(":") for word in text.split())
    return tuple(Leaf(name, form or "text", reach) for name, _, form in words)  # type: ignore[arg-type]


KINDS: tuple[Kind, ...] = (
    Kind("vcenter", "empty", "soap", _leaves("version build instance_uuid setting:map")),
    Kind("datacenter", "name", "soap", _leaves("folder stamp tags:set release:set")),
    Kind("folder", "inventory path", "soap", _leaves("type tags:set")),
    Kind("cluster", "name", "soap", _leaves(
        "datacenter hosts:set evc drs_enabled:flag drs_automation drs_migration_threshold:number "
        "drs_option:map ha_enabled:flag ha_admission_control:flag ha_policy "
        "ha_host_failures:number ha_cpu_reserve_percent:number ha_memory_reserve_percent:number "
        "ha_option:map vsan_enabled:flag") + _leaves("image", "view")
        + _leaves("configuration_profile:flag stamp tags:set")),
    Kind("host", "name", "soap", _leaves(
        "cluster connection maintenance:flag power version build vendor model cpu_model "
        "sockets:number cores:number threads:number hyperthreading:flag memory_bytes:number "
        "numa_nodes:number graphics_default_type assignment_policy vgpu_types:set tags:set")
        + _leaves("package:map module_option:map", "host")),
    Kind("gpu", "host/PCI address", "soap", _leaves(
        "host model vendor_id device_id memory_mib:number graphics_type configured_type vgpu_mode "
        "configured_vgpu_mode numa_node:number passthrough:flag hardware_label vms:set")),
    Kind("nic", "host/device", "soap", _leaves("host speed_mbit:number driver pci")),
    Kind("pci-device", "host/PCI address", "soap", _leaves(
        "host vendor_id device_id class_id name passthrough:flag hardware_label")),
    Kind("resource-pool", "cluster/path", "soap", _leaves(
        "cpu_shares memory_shares cpu_reservation_mhz:number memory_reservation_mib:number "
        "cpu_limit_mhz:number memory_limit_mib:number cpu_expandable:flag memory_expandable:flag "
        "scale_descendants_shares tags:set")),
    Kind("network", "name", "soap", _leaves(
        "type switch vlan:number teaming active_uplinks:list standby_uplinks:list stamp "
        "tags:set")),
    Kind("switch", "name", "soap", _leaves(
        "datacenter version mtu:number nioc:flag share:map uplinks:list hosts:set "
        "stamp tags:set")),
    Kind("datastore", "name", "soap", _leaves(
        "type capacity_bytes:number free_bytes:number accessible:flag maintenance "
        "shared:flag hosts:set tags:set")),
    Kind("vm", "inventory path", "soap", _leaves(
        "name host cluster pool folder power vcpus:number memory_mib:number "
        "memory_reservation_mib:number memory_locked:flag cpu_reservation_mhz:number "
        "hardware_version:number firmware guest template:flag networks:set datastores:set "
        "vgpus:list passthrough:list device_group mmio_gib:number latency_sensitivity "
        "namespace vm_class stamp tags:set attribute:map")),
    Kind("rule", "cluster/name", "soap", _leaves(
        "type enabled:flag mandatory:flag vms:set vm_group host_group")),
    Kind("vm-group", "cluster/name", "soap", _leaves("vms:set")),
    Kind("host-group", "cluster/name", "soap", _leaves("hosts:set")),
    Kind("override", "cluster/VM", "soap", _leaves(
        "drs_automation drs_enabled:flag ha_restart_priority")),
    Kind("custom-attribute", "name", "soap", _leaves("object_type")),
    Kind("role", "label", "soap", _leaves("privileges:set system:flag")),
    Kind("permission", "object path|principal", "soap", _leaves(
        "role propagate:flag is_group:flag")),
    Kind("storage-policy", "name", "pbm", _leaves(
        "description category k8s_name rule:map compatible_datastores:set", "view")),
    Kind("tag-category", "name", "rest", _leaves("cardinality associable_types:set description")),
    Kind("tag", "category/name", "rest", _leaves("description")),
    Kind("content-library", "name", "rest", _leaves(
        "type description datastores:set subscription_url automatic_sync:flag on_demand:flag")),
    Kind("vm-class", "id", "rest", _leaves(
        "description vcpus:number memory_mib:number cpu_reservation_percent:number "
        "memory_reservation_percent:number vgpus:list device_group mmio_gib:number "
        "pci_devices:list instance_storage_policy instance_storage_volumes_mib:list "
        "vms:set namespaces:set")),
    Kind("direct-path-profile", "device", "soap", _leaves(
        "name description vendor consumed:map remaining:map maximum:map unused_reservation:map")),
    Kind("namespace", "name", "rest", _leaves(
        "supervisor description status vm_classes:set content_libraries:set "
        "storage_policies:set storage_limit_mib:map cpu_limit_mhz:number memory_limit_mib:number "
        "quota:map zones:set zone_mark access:map")),
    Kind("zone", "name", "rest", _leaves("clusters:set description reserved:map")),
    Kind("supervisor", "name", "rest", _leaves(
        "id clusters:set zones:set version config_status kubernetes_status control_plane_size "
        "dns:list ntp:list search_domains:list workload_dns:list workload_ntp:list service_cidr")),
    Kind("k8s-vm-class", "namespace/name", "kubernetes", _leaves("vcpus:number memory vgpus:list")),
    Kind("vks-cluster", "namespace/name", "kubernetes", _leaves(
        "stamp cluster_class class_namespace kubernetes_version control_plane_replicas:number "
        "phase deleting:flag pod_cidrs:list service_cidrs:list label:map care:map "
        "variable:map pool:map")),
    Kind("k8s-namespace", "name", "kubernetes", _leaves(
        "phase deleting:flag label:map policy:map")),
)  # fmt: skip
"""In the order in which reports show them."""
