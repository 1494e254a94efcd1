"""What projectors share: where an object is, and the commands that would mend it."""

from __future__ import annotations

from collections.abc import Mapping
from shlex import quote
from typing import NamedTuple

from generator.diff.asserted.record import Mend, Owner
from generator.platform.objects import Manage, Vcenter
from generator.render.escape import hcl_label
from generator.render.terraform.adopting import WORDS
from generator.render.terraform.root import datacenter_path
from generator.vcenter.snapshot import Value

_LEAVES = {"subscription": "subscription_url"}
"""Arguments of the provider that have another name in a snapshot."""
FOUNDATION, CLASSES = "10-foundation", "20-classes"
OF_A_VM = "vsphere_virtual_machine.this"
"""What the module of a plain VM holds: an import names a resource, never a module."""


class Ground(NamedTuple):
    """One vCenter of a platform; ``out`` is the folder of its rendered files."""

    platform: str
    vcenter: Vcenter
    out: str

    def place(self, datacenter: str) -> str:
        """A datacenter's inventory path, as it may lie in a folder itself."""
        return datacenter_path(self.vcenter, datacenter)

    def vm_path(self, datacenter: str, path: str) -> str:
        """The inventory path of a VM or VM folder; ``path`` starts below the datacenter's own."""
        return f"{self.place(datacenter)}/vm/{path}"

    def folder_chain(self, datacenter: str, path: str) -> tuple[tuple[str, str], ...]:
        """The folders that hold a path, nearest first, and the datacenter."""
        steps = path.split("/")[:-1]
        above = ["/".join(steps[:count]) for count in range(len(steps), 0, -1)]
        folders = (("folder", self.vm_path(datacenter, one)) for one in above)
        return (*folders, ("datacenter", datacenter))

    def terraform(self, root: str, kind: str, name: str, import_id: str = "") -> Mend:
        """Applying one resource of a root; ``import_id`` is empty where no importer exists."""
        target = kind if kind.startswith("module.") else f"{kind}.{hcl_label(name)}"
        folder = f"{self.out}/{self.vcenter.name}/{root}"
        command = f"terraform -chdir={quote(folder)} apply -target={target}"
        return Mend(
            by="terraform",
            command=command,
            step=root,
            address=(f"{target}.{OF_A_VM}" if target.startswith("module.") else target)
            if import_id
            else "",
            import_id=import_id,
        )

    def said(
        self, kind: str, name: str, fields: Mapping[str, Value], within: str = ""
    ) -> dict[str, Value]:
        """The fields that are ours to say; words and labels of what is taken over stay others'."""
        if not self.vcenter.adopts(kind, name, within):
            return dict(fields)
        theirs = {_LEAVES.get(word, word) for word in WORDS.get(kind, ())}
        return {field: value for field, value in fields.items() if field not in theirs}

    def rest(self, kind: str) -> Mend:
        """The apply script for one kind of request; without ``--apply`` it only shows."""
        script = f"{self.out}/apply/apply.py"
        command = f"python {quote(script)} {quote(self.vcenter.name)} --only {kind} --apply"
        return Mend(by="rest", command=command, step="supervisor")

    def powercli(self, host: str = "") -> Mend:
        """The GPU script; ``-Only`` takes one host."""
        script = f"{self.out}/{self.vcenter.name}/gpu/apply.ps1"
        only = f" -Only {quote(host)}" if host else ""
        return Mend(by="powercli", command=f"pwsh {quote(script)} -Apply{only}", step="gpu")

    def kubectl(self, environment: str, name: str, namespace: str) -> Mend:
        """The manifest of one VKS cluster, in its namespace."""
        path = f"{self.out}/{environment}/tanzu/{name}.yaml"
        command = f"kubectl -n {quote(namespace)} apply -f {quote(path)}"
        return Mend(by="kubectl", command=command, step="tanzu")


def person(words: str) -> Mend:
    """What only its owner can do."""
    return Mend(by="person", command=words, step="owner")


def owner(manage: Manage) -> Owner:
    """Whose it is, as a word (F1)."""
    if manage is Manage.CREATE:
        return "create"
    return "adopt" if manage is Manage.ADOPT else "reference"


def tags_of(tags: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """Tags as a snapshot writes them."""
    return tuple(sorted(f"{category}/{name}" for category, name in tags))
