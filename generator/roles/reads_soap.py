"""Reads by SOAP: the inventory, its settings and events, and storage policies."""

from __future__ import annotations

from generator.roles.model import Read

SOAP_READS = (
    Read(
        kind="reference",
        fields="names, parents and folders",
        calls=(
            "ManagedEntity.name", "ManagedEntity.parent", "Folder.childEntity", "Folder.childType",
            "Datacenter.vmFolder", "Datacenter.hostFolder", "Datacenter.datastoreFolder",
            "Datacenter.networkFolder", "ManagedEntity.effectiveRole",
        ),
        always=True,
        leaves=("datacenter", "folder"),
    ),
    Read(
        kind="compute-cluster",
        fields="DRS, HA, EVC, advanced options, rules and groups",
        calls=(
            "ComputeResource.configurationEx", "ClusterComputeResource.configuration",
            "ClusterComputeResource.summaryEx", "ComputeResource.summary",
            "ComputeResource.resourcePool", "ComputeResource.host", "ComputeResource.datastore",
            "ComputeResource.network", "ComputeResource.environmentBrowser",
            "ComputeResource.lifecycleManaged", "ComputeResource.configManagerEnabled",
            "ComputeResource.networkBootMode", "ClusterComputeResource.hciConfig",
            "FindRulesForVm",
        ),
        always=True,
        leaves=("cluster", "rule", "vm-group", "host-group", "override"),
    ),
    Read(
        kind="compute-cluster",
        fields="vGPU profiles and free capacity",
        calls=(
            "QueryConfigTarget", "QueryConfigOption", "QueryConfigOptionDescriptor",
            "QueryConfigOptionEx", "QueryTargetCapabilities",
        ),
        always=True,
    ),
    Read(
        kind="direct-path-profile",
        fields="devices, names and how many more of each would start, from vCenter 9",
        calls=("DirectPathProfileManagerList", "DirectPathProfileManagerQueryCapacity"),
        always=True,
        leaves=("direct-path-profile",),
    ),
    Read(
        kind="compute-cluster",
        fields="the image of the cluster",
        calls=("GET /api/esx/settings/clusters/{cluster}/software",),
        always=True,
        leaves=("cluster.image",),
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
        leaves=("host", "nic", "pci-device"),
    ),
    Read(
        kind="host",
        fields="graphics type, assignment policy, vGPU types and modes, passed-through devices",
        calls=(
            "HostGraphicsManager.graphicsConfig", "HostGraphicsManager.graphicsInfo",
            "HostGraphicsManager.sharedGpuCapabilities",
            "HostGraphicsManager.sharedPassthruGpuTypes",
            "HostPciPassthruSystem.pciPassthruInfo", "RetrieveVgpuDeviceInfo",
            "RetrieveVgpuProfileInfo",
        ),
        always=True,
        leaves=("gpu",),
    ),
    Read(
        kind="host-setting",
        fields="module options of the GPU driver (scheduler RmPVMRL)",
        calls=("QueryConfiguredModuleOptionString", "QueryModules"),
        leaves=("host.module_option",),
    ),
    Read(
        kind="host-setting",
        fields="installed packages (version of the GPU driver)",
        calls=("fetchSoftwarePackages", "installDate"),
        leaves=("host.package",),
    ),
    Read(
        kind="host-setting",
        fields="advanced settings of vCenter",
        calls=("QueryOptions", "OptionManager.setting"),
        leaves=("vcenter",),
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
        leaves=("resource-pool",),
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
        leaves=("vm",),
    ),
    Read(
        kind="datastore",
        fields="kind, capacity, hosts",
        calls=(
            "Datastore.summary", "Datastore.info", "Datastore.host", "Datastore.vm",
            "Datastore.capability",
        ),
        always=True,
        leaves=("datastore",),
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
        leaves=("network", "switch"),
    ),
    Read(
        kind="role",
        fields="roles, permissions and what the account itself holds",
        calls=(
            "AuthorizationManager.roleList", "AuthorizationManager.privilegeList",
            "AuthorizationManager.description", "RetrieveEntityPermissions",
            "RetrieveAllPermissions", "RetrieveRolePermissions", "ManagedEntity.permission",
            "HasPrivilegeOnEntities", "HasUserPrivilegeOnEntities", "FetchUserPrivilegeOnEntities",
        ),
        always=True,
        leaves=("role", "permission"),
    ),
    Read(
        kind="custom-attribute",
        fields="definitions and values",
        calls=("CustomFieldsManager.field", "ManagedEntity.customValue"),
        always=True,
        leaves=("custom-attribute",),
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
        leaves=("storage-policy",),
    ),
)  # fmt: skip
