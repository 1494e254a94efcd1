"""What the storage policies of a desired state must obey, one class per rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.finding import Check, Finding, Severity
from generator.platform.objects import DesiredState, StoragePolicy, Vcenter

_AT_REST = ("array", "vsan")
"""What encrypts below the policies: a property of the datastore, not of what lies there."""


class EncryptedOnce(Check[Sequence[DesiredState]]):
    """A tier encrypts what its datastore encrypts already, and says no reason."""

    id = "MLG-D050"
    title = "Data is encrypted twice only for a stated reason"
    severity = Severity.WARNING
    reason = "the second encryption costs cores, and what is encrypted above no longer compresses"
    source = "field rule F24"

    @classmethod
    def check(cls, subject: Sequence[DesiredState]) -> Iterator[Finding]:
        """Judges every policy whose tier and datastore both encrypt."""
        for vcenter, policy in _policies(subject):
            above, below = policy.encryption, policy.encrypted_below
            twice = above not in ("", "none") and below not in ("", "none") and above != below
            if twice and not policy.reason:
                yield cls.breach(
                    f"{policy.name} encrypts by {above} what {', '.join(policy.datastores)} "
                    f"encrypts by {below}",
                    path=f"{vcenter.name}/storage-policy/{policy.name}",
                    mend="drop the tier's encryption, or state its reason",
                )


class DatastoreEncrypts(Check[Sequence[DesiredState]]):
    """A tier promises encryption at rest that its datastore does not have."""

    id = "MLG-D051"
    title = "Encryption at rest is on where a tier promises it"
    reason = "no storage policy turns it on: the array or the vSAN cluster encrypts all or nothing"
    source = "field rule F24; VMware, vSAN Data-At-Rest Encryption"

    @classmethod
    def check(cls, subject: Sequence[DesiredState]) -> Iterator[Finding]:
        """Judges every policy whose datastore says whether it encrypts."""
        for vcenter, policy in _policies(subject):
            if policy.encryption in _AT_REST and policy.encrypted_below == "none":
                yield cls.breach(
                    f"{policy.name} is to be encrypted by {policy.encryption}, and "
                    f"{', '.join(policy.datastores)} encrypts nothing",
                    path=f"{vcenter.name}/storage-policy/{policy.name}",
                    mend="have it turned on there, or state encryption: vm or none for the tier",
                )


def _policies(states: Sequence[DesiredState]) -> Iterator[tuple[Vcenter, StoragePolicy]]:
    for state in states:
        for vcenter in state.vcenters:
            for policy in vcenter.storage_policies:
                yield vcenter, policy


CHECKS: tuple[type[Check[Sequence[DesiredState]]], ...] = (EncryptedOnce, DatastoreEncrypts)
