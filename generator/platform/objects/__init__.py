"""The desired state: typed objects, one identity each.

``render`` writes them to files and ``diff`` compares them with what runs, so an object holds what
the outside will show and nothing about how it is written. Sizes carry their unit in the name.
"""

from __future__ import annotations

from generator.platform.objects.classes import InstanceStorage, PciDevice, VmClass
from generator.platform.objects.clusters import NodeCare, NodePool, NodeVolume, VksCluster
from generator.platform.objects.contract import Coverage, OpenQuestion
from generator.platform.objects.direct_path import DirectPathProfile
from generator.platform.objects.enablement import (
    Addresses,
    Attachment,
    Publishing,
    SupervisorWish,
)
from generator.platform.objects.gpus import HostFact, HostSetting
from generator.platform.objects.infrastructure import (
    Admission,
    ComputeCluster,
    Datacenter,
    DistributedSwitch,
    Infrastructure,
    Library,
    PortGroup,
)
from generator.platform.objects.machines import (
    AntiAffinity,
    Fabric,
    KeepOff,
    Machine,
    Permission,
    ResourcePool,
    Role,
    TeamFolder,
)
from generator.platform.objects.operations import (
    Access,
    Calendar,
    ChangeWindow,
    Freeze,
    Reach,
    TagAttachment,
    Zone,
)
from generator.platform.objects.ownership import Adoption, Manage, Reference
from generator.platform.objects.shares import (
    ClassReservation,
    NamespaceShare,
    StorageLimit,
    ZoneShare,
)
from generator.platform.objects.state import DesiredState, Vcenter
from generator.platform.objects.storage import CapabilityRule, StoragePolicy
from generator.platform.objects.supervisor import Namespace
from generator.platform.objects.tags import Folder, Tag, TagCategory

__all__ = [
    "Access",
    "Addresses",
    "Admission",
    "Adoption",
    "AntiAffinity",
    "Attachment",
    "Calendar",
    "CapabilityRule",
    "ChangeWindow",
    "ClassReservation",
    "ComputeCluster",
    "Coverage",
    "Datacenter",
    "DesiredState",
    "DirectPathProfile",
    "DistributedSwitch",
    "Fabric",
    "Folder",
    "Freeze",
    "HostFact",
    "HostSetting",
    "Infrastructure",
    "InstanceStorage",
    "KeepOff",
    "Library",
    "Machine",
    "Manage",
    "Namespace",
    "NamespaceShare",
    "NodeCare",
    "NodePool",
    "NodeVolume",
    "OpenQuestion",
    "PciDevice",
    "Permission",
    "PortGroup",
    "Publishing",
    "Reach",
    "Reference",
    "ResourcePool",
    "Role",
    "StorageLimit",
    "StoragePolicy",
    "SupervisorWish",
    "Tag",
    "TagAttachment",
    "TagCategory",
    "TeamFolder",
    "Vcenter",
    "VksCluster",
    "VmClass",
    "Zone",
    "ZoneShare",
]
