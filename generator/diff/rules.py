"""What a comparison with a live vCenter may find wrong, as rules with ids."""

from __future__ import annotations

from generator.finding import Rule, Severity


class Missing(Rule):
    """An object of the applied release is gone."""

    id = "MLG-V001"
    title = "What was applied is there"
    reason = "what stands on it does not work, or will not after the next restart"
    source = "field rule F7; reported only with evidence, field rule F9"


class Changed(Rule):
    """A field is not what the applied release or the site inventory says."""

    id = "MLG-V002"
    title = "What was applied is as it was applied"
    severity = Severity.WARNING
    reason = "the plan counts on it, and Terraform does not see most of it"
    source = "vsphere reference 1.2: VM classes and most of a namespace have no drift detection"


class Conflicting(Rule):
    """A field was changed by hand and by the next release, to different values."""

    id = "MLG-V003"
    title = "Nobody changes by hand what the next release changes"
    reason = "whoever applies next undoes somebody's decision without knowing it"
    source = "field rule F7"


class Pending(Rule):
    """The desired state is ahead of what is applied."""

    id = "MLG-V004"
    title = "The desired state is applied"
    severity = Severity.NOTICE
    reason = "what was decided is not there yet"
    source = "field rule F7"


class Renamed(Rule):
    """An object has another name than it was given."""

    id = "MLG-V005"
    title = "Objects keep their names"
    severity = Severity.WARNING
    reason = "what looks them up by name finds nothing, and Terraform may make them again"
    source = "field rule F12: renames are renames, by id or stamp"


class Shadow(Rule):
    """Something that no plan has is in our containers or holds a GPU."""

    id = "MLG-V010"
    title = "GPUs and our own containers hold what is planned"
    severity = Severity.WARNING
    reason = "its slots are missing when the plan needs them, and nobody answers for it"
    source = "field rule F12"


class NoDatastore(Rule):
    """No datastore satisfies a storage policy of the plan."""

    id = "MLG-V020"
    title = "A storage policy matches a datastore"
    reason = "no volume of this policy can be made; a tag policy without attached tags matches none"
    source = "field rule F15; PBM compatibility (policy to datastores)"


class SlotsShort(Rule):
    """Fewer vGPUs would start than the plan runs."""

    id = "MLG-V021"
    title = "Every planned vGPU finds a slot"
    reason = "VMs of the plan would wait for a GPU, though the plan says that they fit"
    source = "field rules F4 and F5: occupancy as it is; F30: no more than vCenter still counts"


class ExpiredIgnore(Rule):
    """An ignore rule is past its day."""

    id = "MLG-V030"
    title = "Ignore rules have not expired"
    reason = "the difference was accepted for a time, and that time is over"
    source = "field rules F2 and F37: accepted risks have a name and an expiry"


class UnusedIgnore(Rule):
    """An ignore rule covers nothing."""

    id = "MLG-V031"
    title = "An ignore rule covers a difference that is there"
    severity = Severity.WARNING
    reason = "a stale rule will one day hide a difference that nobody accepted"
    source = "field rule F37"


class NotRead(Rule):
    """Something that the role should see could not be read."""

    id = "MLG-V040"
    title = "All that the role should see was read"
    severity = Severity.WARNING
    reason = "what was not read may differ, and nobody would know"
    source = "field rules F8, F9 and F13"


RULES: tuple[type[Rule], ...] = (
    Missing,
    Changed,
    Conflicting,
    Pending,
    Renamed,
    Shadow,
    NoDatastore,
    SlotsShort,
    ExpiredIgnore,
    UnusedIgnore,
    NotRead,
)
