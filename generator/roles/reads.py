"""The registry of reads: every call by which ``diff`` looks at a vCenter, by kind and field.

What reads a live vCenter must make no call that is not here: ``registered_method``,
``registered_property`` and ``registered_request`` say whether one is. The roles of ``diff`` and
``diff-host`` are derived from this table and nothing else (F8).
"""

from __future__ import annotations

from functools import cache

from generator.catalog.privileges import Call, call, property_call, request_call
from generator.record import Record, record

_CLASSES = "/api/vcenter/namespace-management/virtual-machine-classes"
_NAMESPACES = "/api/vcenter/namespaces/instances"
_ZONES = "/api/vcenter/consumption-domains/zones"
_SUPERVISORS = "/api/vcenter/namespace-management/supervisors"
_CLUSTERS = "/api/vcenter/namespace-management/clusters"
_SOFTWARE = "/api/vcenter/namespace-management/software/clusters"
_TAGGING = (("/api/cis/tagging", "/", "?"), ("/rest/com/vmware/cis/tagging", "/id:", "?~"))
_CONTENT = (("/api/content", "/"), ("/rest/com/vmware/content", "/id:"))


@record
class Read(Record):
    """Fields of a kind and the calls that show them, all of which are needed.

    ``kind`` is that of the desired object where there is one. ``always`` fields are read whatever
    the desired state holds: what is there and who takes scarce things (F12).
    """

    kind: str
    fields: str
    calls: tuple[str, ...]
    always: bool = False


SESSION = (
    "Login", "Logout", "RetrieveServiceContent", "CurrentTime", "ServiceInstance.content",
    "CreateContainerView", "DestroyView", "ContainerView.view", "CreateFilter",
    "DestroyPropertyFilter", "CreatePropertyCollector", "DestroyPropertyCollector",
    "RetrieveProperties", "RetrievePropertiesEx", "ContinueRetrievePropertiesEx",
    "CancelRetrievePropertiesEx", "WaitForUpdatesEx", "CancelWaitForUpdates",
    "SessionManager.currentSession", "FindByInventoryPath", "FindByUuid",
    "POST /api/session", "GET /api/session", "DELETE /api/session",
    "POST /rest/com/vmware/cis/session", "DELETE /rest/com/vmware/cis/session",
    "POST /rest/com/vmware/cis/session?~action=get",
)  # fmt: skip
"""What opens and closes sessions, views and filters; F13 allows these and no other change."""

SESSION_LIST = Read(
    kind="session", fields="who is logged in", calls=("SessionManager.sessionList",)
)
"""Only where somebody asks for it: its privilege also ends the sessions of others."""

READS = (
    Read(
        kind="reference",
        fields="names, parents and folders",
        calls=(
            "ManagedEntity.name", "ManagedEntity.parent", "Folder.childEntity", "Folder.childType",
            "Datacenter.vmFolder", "Datacenter.hostFolder", "Datacenter.datastoreFolder",
            "Datacenter.networkFolder", "ManagedEntity.effectiveRole",
        ),
        always=True,
    ),
    Read(
        kind="compute-cluster",
        fields="DRS, HA, EVC, advanced options, rules and groups",
        calls=(
            "ComputeResource.configurationEx", "ClusterComputeResource.configuration",
            "ClusterComputeResource.summaryEx", "ComputeResource.summary",
            "ComputeResource.resourcePool", "ComputeResource.host", "ComputeResource.datastore",
            "ComputeResource.network", "ComputeResource.environmentBrowser",
            "ComputeResource.lifecycleManaged", "ClusterComputeResource.hciConfig",
            "FindRulesForVm",
        ),
        always=True,
    ),
    Read(
        kind="compute-cluster",
        fields="vGPU profiles and free capacity",
        calls=(
            "QueryConfigTarget", "QueryConfigOption", "QueryConfigOptionDescriptor",
            "QueryConfigOptionEx", "QueryTargetCapabilities",
            "DirectPathProfileManagerList", "DirectPathProfileManagerQueryCapacity",
        ),
        always=True,
    ),
    Read(
        kind="compute-cluster",
        fields="the image of the cluster",
        calls=("GET /api/esx/settings/clusters/{cluster}/software",),
        always=True,
    ),
    Read(
        kind="host",
        fields="CPU, memory, NUMA, PCI devices, NICs, options, state",
        calls=(
            "HostSystem.hardware", "HostSystem.config", "HostSystem.configManager",
            "HostSystem.runtime", "HostSystem.summary", "HostSystem.capability", "HostSystem.vm",
            "HostSystem.datastore", "HostSystem.network", "HostImageConfigGetProfile",
        ),
        always=True,
    ),
    Read(
        kind="host",
        fields="graphics type, assignment policy, vGPU types and modes, passed-through devices",
        calls=(
            "HostGraphicsManager.graphicsConfig", "HostGraphicsManager.graphicsInfo",
            "HostGraphicsManager.sharedGpuCapabilities", "HostGraphicsManager.sharedPassthruGpuTypes",
            "HostPciPassthruSystem.pciPassthruInfo", "RetrieveVgpuDeviceInfo",
            "RetrieveVgpuProfileInfo",
        ),
        always=True,
    ),
    Read(
        kind="host-setting",
        fields="module options of the GPU driver (scheduler RmPVMRL)",
        calls=("QueryConfiguredModuleOptionString", "QueryModules"),
    ),
    Read(
        kind="host-setting",
        fields="installed packages (version of the GPU driver)",
        calls=("fetchSoftwarePackages", "installDate"),
    ),
    Read(
        kind="host-setting",
        fields="advanced settings of vCenter",
        calls=("QueryOptions", "OptionManager.setting"),
    ),
    Read(
        kind="resource-pool",
        fields="shares, reservations and limits",
        calls=(
            "ResourcePool.config", "ResourcePool.runtime", "ResourcePool.summary",
            "ResourcePool.owner", "ResourcePool.resourcePool", "ResourcePool.vm",
            "ResourcePool.namespace",
        ),
        always=True,
    ),
    Read(
        kind="virtual-machine",
        fields="configuration, devices, reservations, state",
        calls=(
            "VirtualMachine.config", "VirtualMachine.runtime", "VirtualMachine.summary",
            "VirtualMachine.resourceConfig", "VirtualMachine.resourcePool",
            "VirtualMachine.datastore", "VirtualMachine.network", "VirtualMachine.guest",
            "VirtualMachine.guestHeartbeatStatus", "VirtualMachine.parentVApp",
            "VirtualMachine.snapshot", "VirtualMachine.storage", "VirtualMachine.layoutEx",
            "VirtualMachine.environmentBrowser",
        ),
        always=True,
    ),
    Read(
        kind="datastore",
        fields="kind, capacity, hosts",
        calls=(
            "Datastore.summary", "Datastore.info", "Datastore.host", "Datastore.vm",
            "Datastore.capability",
        ),
        always=True,
    ),
    Read(
        kind="network",
        fields="switches, port groups, VLANs, MTU, network I/O control",
        calls=(
            "Network.summary", "Network.host", "Network.vm", "DistributedVirtualSwitch.config",
            "DistributedVirtualSwitch.summary", "DistributedVirtualSwitch.uuid",
            "DistributedVirtualSwitch.portgroup", "DistributedVirtualSwitch.capability",
            "DistributedVirtualSwitch.runtime", "DistributedVirtualSwitch.networkResourcePool",
            "DistributedVirtualPortgroup.config", "DistributedVirtualPortgroup.key",
            "DistributedVirtualPortgroup.portKeys", "QueryDvsByUuid", "DVSManagerLookupDvPortGroup",
        ),
        always=True,
    ),
    Read(
        kind="role",
        fields="roles and permissions",
        calls=(
            "AuthorizationManager.roleList", "AuthorizationManager.privilegeList",
            "AuthorizationManager.description", "RetrieveEntityPermissions",
            "RetrieveAllPermissions", "RetrieveRolePermissions", "ManagedEntity.permission",
        ),
        always=True,
    ),
    Read(
        kind="custom-attribute",
        fields="definitions and values",
        calls=("CustomFieldsManager.field", "ManagedEntity.customValue"),
        always=True,
    ),
    Read(
        kind="event",
        fields="who changed what and when, and tasks in progress",
        calls=(
            "QueryEvents", "CreateCollectorForEvents", "ReadNextEvents", "ReadPreviousEvents",
            "RewindCollector", "ResetCollector", "SetCollectorPageSize", "DestroyCollector",
            "EventHistoryCollector.latestPage", "EventManager.latestEvent",
            "TaskManager.recentTask", "Task.info", "ManagedEntity.recentTask",
        ),
        always=True,
    ),
    Read(
        kind="status",
        fields="health, alarms and configuration issues",
        calls=(
            "ManagedEntity.overallStatus", "ManagedEntity.configStatus",
            "ManagedEntity.configIssue", "ManagedEntity.triggeredAlarmState",
            "ManagedEntity.disabledMethod",
        ),
        always=True,
    ),
    Read(
        kind="storage-policy",
        fields="rules, Kubernetes names and compatible datastores",
        calls=(
            "PbmRetrieveServiceContent", "PbmQueryProfile", "PbmRetrieveContent",
            "PbmQueryAssociatedProfile", "PbmQueryAssociatedProfiles", "PbmQueryAssociatedEntity",
            "PbmQueryAssociatedEntities", "PbmFetchCapabilityMetadata", "PbmFetchResourceType",
            "PbmFetchVendorInfo", "PbmQueryDefaultRequirementProfile", "PbmCheckCompatibility",
            "PbmCheckRequirements", "PbmQueryMatchingHub",
        ),
    ),
    Read(
        kind="tag",
        fields="categories, tags and what carries them",
        calls=tuple(
            name
            for base, by, ask in _TAGGING
            for name in (
                f"GET {base}/category",
                f"GET {base}/category{by}{{category}}",
                f"GET {base}/tag",
                f"GET {base}/tag{by}{{tag}}",
                f"POST {base}/tag{by}{{category}}{ask}action=list-tags-for-category",
                f"POST {base}/tag-association{by}{{tag}}{ask}action=list-attached-objects",
                f"POST {base}/tag-association{ask}action=list-attached-tags",
                f"POST {base}/tag-association{ask}action=list-attached-tags-on-objects",
                f"POST {base}/tag-association{ask}action=list-attached-objects-on-tags",
            )
        ),
        always=True,
    ),
    Read(
        kind="content-library",
        fields="libraries and their items",
        calls=tuple(
            name
            for base, by in _CONTENT
            for name in (
                f"GET {base}/library",
                f"GET {base}/library{by}{{library}}",
                f"GET {base}/library/item?library_id={{library}}",
                f"GET {base}/library/item{by}{{item}}",
            )
        ),
        always=True,
    ),
    Read(
        kind="vm-class",
        fields="all fields, in both forms",
        calls=(f"GET {_CLASSES}", f"GET {_CLASSES}/{{class}}"),
    ),
    Read(
        kind="namespace",
        fields="quotas, classes, libraries and policies",
        calls=(
            f"GET {_NAMESPACES}", f"GET {_NAMESPACES}/{{namespace}}", f"GET {_NAMESPACES}/v2",
            f"GET {_NAMESPACES}/v2/{{namespace}}",
        ),
    ),
    Read(
        kind="access",
        fields="roles of groups in namespaces",
        calls=(f"GET {_NAMESPACES}/{{namespace}}/access/{{domain}}/{{subject}}?type={{type}}",),
    ),
    Read(
        kind="zone",
        fields="zones and their clusters",
        calls=(
            f"GET {_ZONES}", f"GET {_ZONES}/{{zone}}",
            f"GET {_ZONES}/cluster/{{zone}}/associations",
        ),
        always=True,
    ),
    Read(
        kind="supervisor",
        fields="clusters with a Supervisor, their state, settings, version and zones",
        calls=(
            f"GET {_CLUSTERS}", f"GET {_CLUSTERS}/{{cluster}}", f"GET {_SOFTWARE}",
            f"GET {_SOFTWARE}/{{cluster}}", f"GET {_SUPERVISORS}/{{supervisor}}/zones/bindings",
            f"GET {_SUPERVISORS}/{{supervisor}}/identity/providers",
        ),
        always=True,
    ),
    Read(
        kind="supervisor",
        fields="the Supervisor's own name, summary and topology",
        calls=(
            f"GET {_SUPERVISORS}/summaries", f"GET {_SUPERVISORS}/{{supervisor}}/summary",
            f"GET {_SUPERVISORS}/{{supervisor}}/topology",
        ),
    ),
)  # fmt: skip
"""Every read, by kind."""


@cache
def _registered() -> frozenset[str]:
    return frozenset(
        (*SESSION, *SESSION_LIST.calls, *(name for read in READS for name in read.calls))
    )


def registered_method(method: str) -> bool:
    """Whether a SOAP method, by its name on the wire, is in the registry."""
    return method in _registered()


def registered_property(path: str) -> bool:
    """Whether a property (``HostSystem.config.graphicsInfo``) is; ``Fetch`` reads one of these."""
    return _known(property_call(path))


def registered_request(request: str) -> bool:
    """Whether a REST request (``GET /api/vcenter/namespaces/instances/x``) is."""
    return _known(request_call(request))


def _known(found: Call | None) -> bool:
    return found is not None and found.name in _registered()


def needs(read: Read) -> tuple[str, ...]:
    """The privileges that a read needs, sorted."""
    found = (call(name) for name in read.calls)
    return tuple(sorted({p for each in found if each is not None for p in each.privileges}))
