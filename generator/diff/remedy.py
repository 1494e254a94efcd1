"""The command that would mend a difference; it is printed and never run."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from generator.diff.asserted.record import Asserted, Mend
from generator.diff.equality import texts
from generator.record import altered
from generator.render.escape import powershell
from generator.vcenter.snapshot import Value

UNEDITED = (
    "never patch a class by a script (F3): in vCenter its editor sets back what was stated, and "
    "nodes made meanwhile are rolled; was the edit meant, state it in the blueprint: mlgen render "
    "gives the class a new name, to which clusters go over in a change window"
)
"""What mends an edited class. Its name holds a hash of its content, so no render makes another."""

_APPLY, _FORGET = " apply -target=", " state rm "


def mend_of(one: Asserted, field: str, mend: Mend, outcome: str, desired: Value) -> Mend:
    """What brings the object back, by its kind.

    A class is never patched (F3), a namespace never deleted by a script (F10), what is others' is
    theirs to change (F1), and a conflict is decided by people before anything is applied.
    """
    if field == "superfluous":
        return _retire(one)
    if one.kind == "vm-class" and field:
        return Mend(by="person", command=UNEDITED, step=mend.step)
    if one.kind == "storage-policy" and mend.by == "rest" and field in one.fields:
        return Mend(by="powercli", command=f"{_UNCHANGED} {_policy(one)}", step=mend.step)
    by_hand = _by_hand(one, field, desired)
    if by_hand:
        return Mend(by="person", command=by_hand, step=mend.step)
    line = _LINES.get((one.kind, field.partition(".")[0]))
    if line is not None and mend.by == "person" and field in one.facts:
        words = f"{mend.command}; its owner would run: {line(one, desired)}"
        return Mend(by="powercli", command=words, step=mend.step)
    if outcome == "conflict":
        return altered(mend, command=f"decide whose value stands, then: {mend.command}")
    return mend


_UNCHANGED = (
    "no script changes a policy that is there, as every volume of it would be laid out again; "
    "agree on a time with the storage team, which would"
)


def _policy(one: Asserted) -> str:
    """A vSAN policy as it was stated, whole: rules that are not given are taken away.

    Source: PowerCLI reference, Set-SpbmStoragePolicy.
    """
    if any(name.startswith("rule.") and not name.startswith(_RULE) for name in one.fields):
        return "set what the plan states under Policies and Profiles: it has data services too"
    rules = ", ".join(
        f"(New-SpbmRule -Capability (Get-SpbmCapability -Name {powershell(name[len('rule.') :])}) "
        f"-Value {powershell(value)})"
        for name, value in sorted(one.fields.items())
        if name.startswith(_RULE)
    )
    return (
        f"run: Set-SpbmStoragePolicy "
        f"-StoragePolicy (Get-SpbmStoragePolicy -Name {powershell(one.key)}) "
        f"-Description {powershell(one.fields.get('description', ''))} "
        f"-AnyOfRuleSets (New-SpbmRuleSet -AllOfRules {rules})"
    )


_RULE = "rule.VSAN."
_BY_HAND: Mapping[tuple[str, str, Value], str] = {
    ("vm", "vgpus", None): "with {key} powered off, edit its vGPUs in vCenter: Terraform has no "
    "argument for them, and an apply changes nothing of it",
    ("storage-policy", "k8s_name", None): "the Kubernetes name of {key} is set when it is made, "
    "and never after: make the policy again and move its volumes, or go on under the name it has",
    ("content-library", "", None): "set it back in vCenter by hand: Terraform changes nothing of a "
    "library, it would make {key} anew without its images",
    (
        "supervisor",
        "",
        None,
    ): "set it back in Workload Management by hand: Terraform changes nothing "
    "of a Supervisor, it would make {key} anew without what is in it",
    ("namespace", "supervisor", None): "a namespace stays on its Supervisor: make {key} anew where "
    "the plan has it, and move its clusters",
    (
        "zone",
        "",
        None,
    ): "set it back in vCenter under vSphere Zones: the script makes {key} where it is "
    "missing, and changes nothing of a zone that is there",
    ("tag-category", "cardinality", "SINGLE"): "vCenter never makes a category take fewer tags: "
    "look for objects with several tags of {key}, then make it again",
}
"""Fields ("" for any) that no command brings back, with the value for which that holds (None: any).

Source: vsphere reference 1.2 (no vGPU argument; libraries and Supervisors have no update; another
Supervisor of a namespace reads a wrong object; cardinality goes from single to multiple only) and
7.3 (the Kubernetes name of a policy is immutable).
"""


def _by_hand(one: Asserted, field: str, desired: Value) -> str:
    """What somebody has to do by hand about a field of what is ours; "" where a command does it."""
    if one.owner != "create" or not field or field in one.facts:
        return ""
    places = ((one.kind, field, desired), (one.kind, field, None), (one.kind, "", None))
    return next((_BY_HAND[at].format(key=one.key) for at in places if at in _BY_HAND), "")


def made_again(mend: Mend) -> Mend:
    """What brings back an object that a release made by Terraform and that is gone.

    Terraform's state still has it, and reading a class, a namespace, a folder or a policy that is
    gone fails instead of planning to make it (vsphere reference 1.2: 404): the state forgets it
    first.
    """
    if mend.by != "terraform" or _APPLY not in mend.command:
        return mend
    forget = mend.command.replace(_APPLY, _FORGET, 1)
    return altered(mend, command=f"{forget} && {mend.command}")


def _retire(one: Asserted) -> Mend:
    if one.kind == "vm-class":
        words = "retire it when its lists of vms and namespaces are empty; keep it for one release"
    elif one.kind == "namespace":
        words = "nobody's script: list the VMs, clusters and volumes in it, then delete it by hand"
    else:
        words = "remove it by hand once nothing uses it: Terraform has let go of it"
    return Mend(by="person", command=words, step="owner")


_LEVELS = {
    "fullyAutomated": "FullyAutomated",
    "partiallyAutomated": "PartiallyAutomated",
    "manual": "Manual",
}


def _cluster(parameter: str) -> Callable[[Asserted, Value], str]:
    def line(one: Asserted, desired: Value) -> str:
        value = powershell(_LEVELS.get(str(desired), desired))
        return f"Set-Cluster -Cluster {powershell(one.key)} -{parameter} {value}"

    return line


def _tags(one: Asserted, desired: Value) -> str:
    commands = []
    for tag in texts(desired):
        category, _, name = tag.partition("/")
        commands.append(
            f"New-TagAssignment -Entity (Get-Datastore {powershell(one.key)}) "
            f"-Tag (Get-Tag -Category {powershell(category)} -Name {powershell(name)})"
        )
    return "; ".join(commands)


def _vlan(one: Asserted, desired: Value) -> str:
    return f"Get-VDPortgroup {powershell(one.key)} | Set-VDPortgroup -VlanId {desired}"


def _mtu(one: Asserted, desired: Value) -> str:
    return f"Get-VDSwitch {powershell(one.key)} | Set-VDSwitch -Mtu {desired}"


def _host(one: Asserted, desired: Value) -> str:
    destination = powershell(str(desired))
    return f"Move-VMHost -VMHost {powershell(one.key)} -Destination (Get-Cluster {destination})"


_LINES: Mapping[tuple[str, str], Callable[[Asserted, Value], str]] = {
    ("cluster", "drs_enabled"): _cluster("DrsEnabled"),
    ("cluster", "drs_automation"): _cluster("DrsAutomationLevel"),
    ("cluster", "ha_enabled"): _cluster("HAEnabled"),
    ("cluster", "ha_host_failures"): _cluster("HAFailoverLevel"),
    ("cluster", "evc"): _cluster("EVCMode"),
    ("datastore", "tags"): _tags,
    ("network", "vlan"): _vlan,
    ("switch", "mtu"): _mtu,
    ("host", "cluster"): _host,
}
"""What the owner of an object that is not ours would run. Source: PowerCLI reference."""
