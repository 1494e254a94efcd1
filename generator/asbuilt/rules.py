"""What a first look at a vCenter may find, as rules with ids. There is no blueprint to break."""

from __future__ import annotations

from generator.finding import Rule, Severity


class Supported(Rule):
    """A version is out of support."""

    id = "MLG-A001"
    title = "Versions are in support"
    severity = Severity.WARNING
    reason = "nobody mends what breaks in it, and nothing new should be built on it"
    source = "catalogue: version matrix; field rules F29 and F38"


class Matched(Rule):
    """A version is not in the matrix."""

    id = "MLG-A002"
    title = "Versions are in the version matrix"
    severity = Severity.NOTICE
    reason = "what it supports, and until when, is not known here"
    source = "catalogue: version matrix"


class Alike(Rule):
    """The hosts of a cluster have several versions."""

    id = "MLG-A003"
    title = "The hosts of a cluster have one version"
    severity = Severity.WARNING
    reason = "a vGPU VM moves and starts again only where the driver of the host suits it"
    source = "NVIDIA AI Enterprise user guide: vGPU Manager and guest driver; field rule F29"


class Together(Rule):
    """Versions that are in use together do not go together."""

    id = "MLG-A004"
    title = "Versions go together"
    severity = Severity.WARNING
    reason = "a source says that the combination is not supported"
    source = "catalogue: version matrix (requires)"


class DrsAutomated(Rule):
    """DRS of a cluster with GPUs is not fully automated."""

    id = "MLG-A010"
    title = "DRS of a GPU cluster is fully automated"
    severity = Severity.WARNING
    reason = "the Supervisor needs it, and it moves no vGPU VM unless an option of its own says so"
    source = "field rule F16; Broadcom, Supervisor requirements (DRS)"


class Movable(Rule):
    """vGPU VMs cannot be moved at all."""

    id = "MLG-A011"
    title = "vGPU VMs may be moved"
    severity = Severity.WARNING
    reason = "without vgpu.hotmigrate.enabled no vGPU VM moves, also not for maintenance"
    source = "NVIDIA AI Enterprise user guide (vgpu.hotmigrate.enabled); field rule F16"


class Evacuated(Rule):
    """Maintenance mode waits for somebody to move vGPU VMs."""

    id = "MLG-A012"
    title = "Maintenance mode moves vGPU VMs by itself"
    severity = Severity.NOTICE
    reason = "else a host with vGPU VMs waits in its way to maintenance until somebody moves them"
    source = "Broadcom KB 88271 (VgpuMMAutomationTimeoutSecs)"


class BalancedWhole(Rule):
    """DRS is told to balance vGPU VMs, and not within which limits."""

    id = "MLG-A013"
    title = "DRS balances vGPU VMs within stated limits, where it is told to"
    severity = Severity.NOTICE
    reason = "each move makes the VM stand still, by default for up to 100 seconds"
    source = "Broadcom KB 313479 (PassthroughDrsAutomation and the options beside it)"


class Restarting(Rule):
    """HA of a cluster with GPUs is off, or admits more than can start again."""

    id = "MLG-A014"
    title = "HA starts the VMs of a GPU cluster again"
    severity = Severity.WARNING
    reason = "after the loss of a host its VMs stay down until somebody starts them"
    source = "field rule F16; vSphere reference 6.3; a Supervisor needs HA"


class Survives(Rule):
    """VMs with GPUs would not start again after the loss of a host."""

    id = "MLG-A020"
    title = "VMs with GPUs start again after the loss of their host"
    severity = Severity.WARNING
    reason = "HA's admission control counts CPU and memory and no GPU, so nobody kept a place free"
    source = "vsphere reference 6.3 and 6.4; requirements 2.5; played through in placement"


class Usable(Rule):
    """Free framebuffer that nothing can use."""

    id = "MLG-A021"
    title = "Free framebuffer can be used"
    severity = Severity.WARNING
    reason = "it was bought, it is free, and no profile that starts there fits in it"
    source = "NVIDIA AI Enterprise vGPU and MIG user guides (modes, placements); field rule F5"


class Known(Rule):
    """A device or a profile is not in the catalogue."""

    id = "MLG-A022"
    title = "GPUs and their profiles are in the catalogue"
    severity = Severity.NOTICE
    reason = "nothing can be reckoned on what nobody knows the size of"
    source = "catalogue: accelerators"


class ReservedThere(Rule):
    """More places are reserved for VM classes than would start."""

    id = "MLG-A023"
    title = "Places that are reserved are there"
    severity = Severity.WARNING
    reason = "VMs that count on their reservation would wait"
    source = "field rule F30: VCF computes its figure for an empty target"


class HoldersRun(Rule):
    """A VM that is off has GPUs that it takes back."""

    id = "MLG-A030"
    title = "VMs that have GPUs run"
    severity = Severity.NOTICE
    reason = "it holds nothing now, and takes its vGPUs back whenever somebody powers it on"
    source = "field rules F5 and F12"


class ClassesServe(Rule):
    """A VM class has no VM and no namespace."""

    id = "MLG-A031"
    title = "VM classes serve somebody"
    severity = Severity.NOTICE
    reason = "nobody can use it from a namespace, and nobody does: it can go"
    source = "field rule F3: a class is retired when its vms and namespaces are empty"


class ClassesStart(Rule):
    """A VM class wants a vGPU that no host offers."""

    id = "MLG-A032"
    title = "A host offers the vGPUs of a VM class"
    severity = Severity.WARNING
    reason = "no VM of the class can be powered on"
    source = "vSphere Web Services API: HostConfigInfo.sharedPassthruGpuTypes"


class LibrariesServe(Rule):
    """A content library is in no namespace."""

    id = "MLG-A033"
    title = "Content libraries serve a namespace"
    severity = Severity.NOTICE
    reason = "no namespace makes VMs from it; whether somebody does by hand a snapshot cannot tell"
    source = "vSphere Automation API: namespaces (content_libraries)"


class AllRead(Rule):
    """Something that the report stands on could not be read."""

    id = "MLG-A040"
    title = "What the report stands on was read"
    severity = Severity.QUESTION
    reason = "what was not read may change the answer, and nobody would know"
    source = "field rules F8, F9 and F13"


RULES: tuple[type[Rule], ...] = (
    Supported, Matched, Alike, Together, DrsAutomated, Movable, Evacuated, BalancedWhole,
    Restarting, Survives, Usable, Known, ReservedThere, HoldersRun, ClassesServe, ClassesStart,
    LibrariesServe, AllRead,
)  # fmt: skip
