"""The desired state: typed objects, one identity each.

``render`` writes them to files and ``diff`` compares them with what runs, so an object holds what
the outside will show and nothing about how it is written. Sizes carry their unit in the name.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from generator.record import Record, record


class Manage(StrEnum):
    """Who an outside object belongs to (F1)."""

    REFERENCE = "reference"
    ADOPT = "adopt"
    CREATE = "create"


@record
class Reference(Record):
    """An object of others that the platform stands on; it is looked up and never changed.

    ``what`` is the kind (``datacenter``, ``compute_cluster``, ``content_library``,
    ``tag_category``, ``tag``, ``supervisor``); ``id`` is known where no lookup by name exists.
    """

    kind: ClassVar[str] = "reference"
    what: str
    name: str
    parent: str = ""
    id: str = ""


@record
class TagCategory(Record):
    """A vCenter tag category. ``associable_types`` are the kinds that its tags may mark."""

    kind: ClassVar[str] = "tag-category"
    name: str
    description: str
    multiple: bool
    associable_types: tuple[str, ...]


@record
class Tag(Record):
    """A vCenter tag of ``category``.

    ``renamed_by_release`` marks the one tag that names the applied release: a new release renames
    it, and what carries it stays marked.
    """

    kind: ClassVar[str] = "tag"
    category: str
    name: str
    description: str
    renamed_by_release: bool = False


@record
class Folder(Record):
    """A VM folder; ``path`` starts below the datacenter's own, ``tags`` are (category, tag)."""

    kind: ClassVar[str] = "folder"
    path: str
    datacenter: str
    tags: tuple[tuple[str, str], ...]


@record
class StoragePolicy(Record):
    """A storage policy; one that mlgen creates picks datastores by tag.

    ``storage_class`` is the name that vCenter gives it in Kubernetes, ``datastores`` are those
    that it must match, ``untagged`` those of them that carry the tag only after the REST step
    (F15).
    """

    kind: ClassVar[str] = "storage-policy"
    name: str
    manage: Manage
    description: str
    storage_class: str
    tag_category: str
    tag: str
    datastores: tuple[str, ...]
    untagged: tuple[str, ...]


@record
class PciDevice(Record):
    """A device that a VM takes whole by dynamic DirectPath I/O: any with one of the ids.

    ``allowed`` are (vendor, device) ids as numbers; ``label`` is the hardware label that the
    device must carry on its host, empty for any.
    """

    allowed: tuple[tuple[int, int], ...]
    label: str = ""


@record
class VmClass(Record):
    """An immutable VM class; its name carries a hash of its content (F3).

    ``vgpus`` lists one vGPU profile per device; ``device_group`` is the NVLink group that holds
    them, ``mmio_gib`` the 64-bit MMIO window that they need (0 without a GPU). Reservations are
    percentages of vCPU and memory. ``pci_devices`` are GPUs by DirectPath I/O.
    """

    kind: ClassVar[str] = "vm-class"
    name: str
    vcpus: int
    memory_mib: int
    cpu_reservation_percent: int
    memory_reservation_percent: int
    vgpus: tuple[str, ...]
    device_group: str
    mmio_gib: int
    description: str
    pci_devices: tuple[PciDevice, ...] = ()


@record
class Namespace(Record):
    """A Supervisor namespace with what it may use."""

    kind: ClassVar[str] = "namespace"
    name: str
    manage: Manage
    environment: str
    team: str
    supervisor: str
    supervisor_id: str
    storage_policies: tuple[str, ...]
    content_libraries: tuple[str, ...]
    vm_classes: tuple[str, ...]


@record
class NodeVolume(Record):
    """An extra disk of a node; ``capacity_gib`` is whole GiB."""

    name: str
    mount_path: str
    capacity_gib: int


@record
class NodePool(Record):
    """The nodes of one VM class in a VKS cluster.

    ``minimum == maximum`` is a fixed pool; anything else is the autoscaler's. ``gpu`` says whether
    its nodes need the Ubuntu image and room for GPU container images.
    """

    name: str
    vm_class: str
    minimum: int
    maximum: int
    gpu: bool
    labels: tuple[tuple[str, str], ...]
    taints: tuple[tuple[str, str, str], ...]
    volumes: tuple[NodeVolume, ...]
    failure_domain: str


@record
class VksCluster(Record):
    """A VKS cluster: a Cluster API ``Cluster`` with a managed topology."""

    kind: ClassVar[str] = "vks-cluster"
    name: str
    manage: Manage
    namespace: str
    environment: str
    stamp: str
    cluster_class: str
    class_namespace: str
    kubernetes_version: str
    pod_cidr: str
    service_cidr: str
    control_plane_replicas: int
    control_plane_class: str
    storage_class: str
    storage_classes: tuple[str, ...]
    pools: tuple[NodePool, ...]


@record
class OpenQuestion(Record):
    """A fact that nobody has stated; what stands on it is left out until it is answered.

    ``subject`` is the path of the missing fact, ``blocks`` lists the objects that are left out.
    """

    subject: str
    question: str
    owner: str
    why: str
    blocks: tuple[str, ...]


@record
class Coverage(Record):
    """Who does one kind of object, and what of it a comparison with vCenter can see.

    ``actor`` is ``terraform``, ``rest``, ``kubernetes`` or ``person``; ``adoptable`` says how an
    existing object is taken over (F14).
    """

    object_kind: str
    fields: str
    actor: str
    where: str
    adoptable: str
    seen_by_diff: str
    count: int


@record
class Vcenter(Record):
    """All that belongs to one vCenter. ``backend`` is (type, reference) of its Terraform state."""

    name: str
    instance_uuid: str
    backend: tuple[str, str] | None
    references: tuple[Reference, ...]
    tag_categories: tuple[TagCategory, ...]
    tags: tuple[Tag, ...]
    folders: tuple[Folder, ...]
    environment_folders: tuple[tuple[str, Folder], ...]
    storage_policies: tuple[StoragePolicy, ...]
    vm_classes: tuple[VmClass, ...]
    namespaces: tuple[Namespace, ...]


@record
class DesiredState(Record):
    """The whole desired state of one platform at one release."""

    platform: str
    release: str
    as_of: str
    vcenters: tuple[Vcenter, ...]
    clusters: tuple[VksCluster, ...]
    questions: tuple[OpenQuestion, ...]
    coverage: tuple[Coverage, ...]
