"""The whole desired state, by vCenter."""

from __future__ import annotations

from generator.platform.objects.classes import VmClass
from generator.platform.objects.clusters import VksCluster
from generator.platform.objects.contract import Coverage, OpenQuestion
from generator.platform.objects.direct_path import DirectPathProfile
from generator.platform.objects.enablement import SupervisorWish
from generator.platform.objects.gpus import HostFact, HostSetting
from generator.platform.objects.infrastructure import Infrastructure
from generator.platform.objects.machines import Fabric, Role
from generator.platform.objects.operations import Access, Calendar, Reach, TagAttachment, Zone
from generator.platform.objects.ownership import Adoption, Reference
from generator.platform.objects.shares import NamespaceShare
from generator.platform.objects.storage import StoragePolicy
from generator.platform.objects.supervisor import Namespace
from generator.platform.objects.tags import Folder, Tag, TagCategory
from generator.record import Record, record


@record
class Vcenter(Record):
    """All that belongs to one vCenter. ``backend`` is (type, reference) of its Terraform state.

    ``unadopted`` is to be taken over and stands for nothing that the platform wants.
    """

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
    host_settings: tuple[HostSetting, ...] = ()
    host_facts: tuple[HostFact, ...] = ()
    accesses: tuple[Access, ...] = ()
    attachments: tuple[TagAttachment, ...] = ()
    zones: tuple[Zone, ...] = ()
    shares: tuple[NamespaceShare, ...] = ()
    reach: Reach = Reach()
    roles: tuple[Role, ...] = ()
    fabrics: tuple[Fabric, ...] = ()
    infrastructure: Infrastructure = Infrastructure()
    supervisors: tuple[SupervisorWish, ...] = ()
    adoptions: tuple[Adoption, ...] = ()
    unadopted: tuple[Adoption, ...] = ()
    direct_path_profiles: tuple[DirectPathProfile, ...] = ()

    def adopts(self, kind: str, name: str, within: str = "") -> bool:
        """Whether the object is there already and is taken over."""
        return any((a.of, a.name, a.within) == (kind, name, within) for a in self.adoptions)


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
    calendar: Calendar = Calendar()
