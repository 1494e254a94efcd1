"""The coverage contract field by field: who writes it, and whether a comparison can read it back.

What Terraform sees and what its provider can import follows from the read functions of
``vmware/vsphere`` 2.16: it asks for a VM class and discards the answer, it reads of a namespace two
lists, of a storage policy the tag rules. What REST, SOAP and the storage policy service (PBM) show
follows from their published types.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.record import Record, record


@record
class FieldClause(Record):
    """Who does one field of one kind of object.

    ``kind`` is the name of the desired state's record in words, ``variant`` which of its objects
    are meant (empty: all). ``actor`` is ``terraform``, ``rest``, ``powercli``, ``kubernetes``,
    ``person`` or ``nobody`` (it is mlgen's own). ``where`` are beginnings of output paths, ``-``
    where no file says it, ``*`` where it decides which files there are. ``seen`` are the interfaces
    by which ``diff`` reads what shows it: ``SOAP``, ``REST``, ``PBM``, ``kubectl``, ``host`` (role
    ``diff-host`` only), or ``-`` where a comparison shows nothing of it.
    ``adoptable`` is how an existing one is taken over (F14): ``import``, ``manifest``, ``merge``,
    ``kubectl`` or ``-``.
    """

    kind: str
    variant: str
    field: str
    actor: str
    where: str
    seen: str
    adoptable: str


_CONTRACT = """
desired-state | | nobody | * | REST | -
  platform release
desired-state | | nobody | - | - | -
  as_of
vcenter | | nobody | * | - | -
  name
vcenter | | person | <vcenter>/supervisor/requests.json | SOAP | -
  instance_uuid
vcenter | | person | <vcenter>/10-foundation/versions.tf | - | -
  backend
reach | | nobody | <vcenter>/supervisor/requests.json | - | -
  sites environments clusters
reference | | person | <vcenter>/10-foundation | SOAP, REST | -
  what name
reference | | person | <vcenter>/10-foundation | REST | -
  parent
reference | | person | - | - | -
  id
change-window | | nobody | <vcenter>/supervisor/requests.json | - | -
  rrule start duration_s zone scope
freeze | | nobody | <vcenter>/supervisor/requests.json | - | -
  first last reason scope

infrastructure | | nobody | <vcenter>/00-infrastructure | - | -
  stamp_exists
datacenter | | terraform | <vcenter>/00-infrastructure | SOAP | import
  name folder stamp
compute-cluster | | terraform | <vcenter>/00-infrastructure | SOAP | import
  name datacenter drs drs_options evc vsan stamp
admission | | terraform | <vcenter>/00-infrastructure | SOAP | import
  enabled host_failures cpu_percent memory_percent
distributed-switch | | terraform | <vcenter>/00-infrastructure | SOAP | import
  name datacenter mtu_bytes uplinks shares stamp
port-group | | terraform | <vcenter>/00-infrastructure | SOAP | import
  name switch vlan teaming active standby stamp
port-group | | terraform | <vcenter>/00-infrastructure | - | import
  datacenter
port-group | | nobody | - | - | -
  role
library | | terraform | <vcenter>/10-foundation | REST | import
  name datastore subscription_url description
library | | terraform | <vcenter>/10-foundation | - | import
  datacenter
supervisor-wish | | terraform | <vcenter>/25-supervisor | REST | -
  name cluster zones size dns ntp search_domains service_cidr
supervisor-wish | | terraform | <vcenter>/25-supervisor | - | -
  datacenter nodes storage_policy switch library pod_cidr
supervisor-wish | | nobody | * | - | -
  generation
attachment | | terraform | <vcenter>/25-supervisor | - | -
  port_group gateway
addresses | | terraform | <vcenter>/25-supervisor | - | -
  first count
publishing | | nobody | * | - | -
  kind
publishing | | terraform | <vcenter>/25-supervisor | - | -
  address port edge_cluster tier0 ingress egress

tag-category | | terraform | <vcenter>/10-foundation | REST | import
  name description multiple associable_types
tag | | terraform | <vcenter>/10-foundation | REST | import
  category name description
tag | | nobody | <vcenter>/10-foundation | - | -
  renamed_by_release
tag-attachment | | rest | <vcenter>/supervisor/tag-attachments | REST | merge
  category tag
tag-attachment | | rest | <vcenter>/supervisor/tag-attachments | SOAP | merge
  datastore
folder | | terraform | <vcenter>/10-foundation, <vcenter>/40-<environment>-vms | SOAP | import
  path datacenter
folder | | terraform | <vcenter>/10-foundation, <vcenter>/40-<environment>-vms | REST | import
  tags

storage-policy | by tag | terraform | <vcenter>/10-foundation | PBM | manifest
  name description tag_category tag
storage-policy | by capability | powercli | <vcenter>/storage/policies | PBM | manifest
  name description
storage-policy | | nobody | <vcenter>/storage/storage-classes.json | PBM | -
  storage_class
storage-policy | | nobody | * | - | -
  manage
storage-policy | | rest | <vcenter>/supervisor/policy-matches | PBM | -
  datastores
storage-policy | | nobody | - | - | -
  untagged encrypted_below
storage-policy | | person | - | - | -
  encryption reason
capability-rule | | powercli | <vcenter>/storage/policies | PBM | manifest
  namespace id value

vm-class | Terraform's | terraform | <vcenter>/20-classes | REST | manifest
  name vcpus memory_mib cpu_reservation_percent memory_reservation_percent vgpus
vm-class | Terraform's | nobody | * | - | -
  mmio_gib
vm-class | Terraform's | nobody | - | - | -
  description
vm-class | REST's | rest | <vcenter>/supervisor/vm-classes | REST | manifest
  name vcpus memory_mib cpu_reservation_percent memory_reservation_percent vgpus device_group
  mmio_gib description
pci-device | | rest | <vcenter>/supervisor/vm-classes | REST | manifest
  allowed label
direct-path-profile | | rest | <vcenter>/supervisor/direct-path-profiles | SOAP | manifest
  name description vgpu
direct-path-profile | | rest | <vcenter>/supervisor/direct-path-profiles | - | manifest
  device_group
direct-path-profile | | nobody | - | - | -
  per_vm

namespace | created | terraform | <vcenter>/30-<environment>-namespaces | REST | manifest
  name storage_policies content_libraries vm_classes supervisor supervisor_id
namespace | adopted | rest | <vcenter>/supervisor/namespaces | REST | merge
  name storage_policies content_libraries vm_classes
namespace | | nobody | * | - | -
  manage environment
namespace | | nobody | - | - | -
  team
access | | rest | <vcenter>/supervisor/access | REST | merge
  namespace subject domain role
access | | rest | <vcenter>/supervisor/access | - | merge
  external identity_provider supervisor_id
access | | nobody | - | - | -
  environment
namespace-share | | rest | <vcenter>/supervisor | REST | merge
  namespace cpu_limit_mhz memory_limit_mib
namespace-share | | rest | <vcenter>/supervisor | REST | merge
  stamp
namespace-share | | rest | <vcenter>/supervisor | - | merge
  manage supervisor_id
namespace-share | | nobody | - | - | -
  environment supervisor
storage-limit | | rest | <vcenter>/supervisor | REST | merge
  policy limit_mib
zone-share | | rest | <vcenter>/supervisor | REST | merge
  name reserved_direct_path_only cpu_reservation_mhz memory_reservation_mib
class-reservation | | rest | <vcenter>/supervisor | REST | merge
  vm_class count
instance-storage | | rest | <vcenter>/supervisor/vm-classes | REST | manifest
  policy volumes_mib
zone | | rest | <vcenter>/supervisor/zones | REST | manifest
  name clusters description

role | | terraform | <vcenter>/10-foundation | SOAP | import
  privileges
role | | terraform | <vcenter>/10-foundation | - | import
  name
role | looked up | nobody | <vcenter>/40-<environment>-vms | SOAP | -
  label
role | | nobody | * | - | -
  manage
role | | nobody | - | - | -
  persona
permission | | terraform | <vcenter>/40-<environment>-vms | SOAP | manifest
  principal is_group role
team-folder | | terraform | <vcenter>/40-<environment>-vms | SOAP | import
  path datacenter
team-folder | | terraform | <vcenter>/40-<environment>-vms | - | import
  parent
team-folder | | terraform | <vcenter>/40-<environment>-vms | REST | import
  tags
resource-pool | | terraform | <vcenter>/40-<environment>-vms | SOAP | import
  name cluster shares memory_reservation_mib scale_descendants_shares
resource-pool | | terraform | <vcenter>/40-<environment>-vms | REST | import
  tags
machine | | terraform | <vcenter>/40-<environment>-vms | SOAP | import
  name folder datacenter cluster pool datastore network vcpus memory_mib reserved
  hardware_version mmio_gib host pci_devices
machine | | terraform | <vcenter>/40-<environment>-vms | - | import
  template
machine | | nobody | <vcenter>/40-<environment>-vms | SOAP | -
  key
machine | | nobody | - | - | -
  demand
machine | | person | * | SOAP | -
  vgpus
machine | | terraform | <vcenter>/40-<environment>-vms | SOAP | -
  restart_priority
keep-off | | terraform | <vcenter>/40-<environment>-vms | SOAP | import
  name cluster host_group hosts vm_group machines
keep-off | | terraform | <vcenter>/40-<environment>-vms | - | import
  datacenter
anti-affinity | | terraform | <vcenter>/40-<environment>-vms | SOAP | import
  name cluster machines
fabric | | nobody | * | - | -
  environment

host-setting | by script | powercli | <vcenter>/gpu | SOAP | -
  cluster host device setting value
host-setting | by a person | person | <vcenter>/gpu/checklist.md | SOAP | -
  cluster host device setting value
host-setting | | person | <vcenter>/gpu/checklist.md | - | -
  how check needs hosts_at_once
host-setting | | nobody | <vcenter>/gpu/settings.json | SOAP | -
  actor
host-setting | | nobody | <vcenter>/gpu/settings.json | - | -
  why
host-fact | | person | <vcenter>/gpu/checklist.md | - | -
  cluster host what consequence

vks-cluster | | kubernetes | <environment>/tanzu | kubectl | kubectl
  name namespace stamp cluster_class class_namespace kubernetes_version pod_cidr
  service_cidr control_plane_replicas control_plane_class storage_class storage_classes ntp
  trust_secret trusted_cas proxy_url no_proxy labels
  snapshot_class
vks-cluster | | kubernetes | <environment>/tanzu | - | kubectl
  api_version
vks-cluster | | nobody | * | - | -
  environment manage
node-pool | | kubernetes | <environment>/tanzu | kubectl | kubectl
  name vm_class minimum maximum gpu labels taints failure_domain vcpus memory_mib gpus
node-volume | | kubernetes | <environment>/tanzu | kubectl | kubectl
  name mount_path capacity_gib storage_class
node-care | | kubernetes | <environment>/tanzu | kubectl | kubectl
  drain_s volume_detach_s deletion_s startup_s unhealthy_s
"""
"""A line of kind, variant, actor, where, seen, adoptable; then the fields of which it is true."""


def field_contract() -> tuple[FieldClause, ...]:
    """Every field of every kind of object with who does it, in the order of the contract."""
    return tuple(_clauses(_CONTRACT.splitlines()))


def _clauses(lines: list[str]) -> Iterator[FieldClause]:
    heads: list[str] = []
    for line in lines:
        if line.startswith("  "):
            kind, variant, actor, where, seen, adoptable = heads
            for field in line.split():
                yield FieldClause(
                    kind=kind,
                    variant=variant,
                    field=field,
                    actor=actor,
                    where=where,
                    seen=seen,
                    adoptable=adoptable,
                )
        elif line:
            heads = [part.strip() for part in line.split("|")]
