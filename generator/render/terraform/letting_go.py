"""What Terraform managed in an earlier release and no longer does: it lets go, it never destroys.

``prevent_destroy`` ends with the block that it stands in: a team that leaves the blueprint would
take its namespace and every VM in it along, a changed VM class the class that nodes still run on
(F2, F3). So the manifest remembers the addresses of each root, and a root that lost one says
``removed`` for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from generator.platform.objects import DesiredState
from generator.render.engine import fill
from generator.render.escape import Escaped
from generator.render.target import RenderedFile
from generator.render.terraform.root import root_module

Addresses = Mapping[str, Sequence[str]]
"""Per root module, by its folder, the addresses of its resources."""

_RESOURCE = re.compile(r'^resource "([a-z0-9_]+)" "([a-z0-9_]+)"', re.MULTILINE)
_CALL = re.compile(r'^module "([a-z0-9_]+)"', re.MULTILINE)
_MODULES = "/modules/"
_ROOT = re.compile(r"[0-9]{2}-[a-z0-9-]+")
ADDRESS = re.compile(r"[a-z0-9_]+\.[a-z0-9_]+")


def managed(files: Iterable[RenderedFile]) -> dict[str, list[str]]:
    """The addresses that the rendered roots manage, sorted; a called module counts as one."""
    found: dict[str, list[str]] = {}
    for file in files:
        if file.path.endswith(".tf") and _MODULES not in file.path:
            addresses = found.setdefault(file.path.rpartition("/")[0], [])
            addresses += [f"{kind}.{label}" for kind, label in _RESOURCE.findall(file.text)]
            addresses += [f"module.{label}" for label in _CALL.findall(file.text)]
    return {root: sorted(addresses) for root, addresses in sorted(found.items())}


def let_go(now: Addresses, former: Addresses) -> Iterator[tuple[RenderedFile, list[str]]]:
    """A ``removed.tf`` for each root that lost addresses, with the addresses."""
    for root, addresses in now.items():
        gone = sorted(set(former.get(root, ())) - set(addresses))
        if gone:
            text = fill("terraform/removed.tf.j2", addresses=[Escaped(a) for a in gone])
            yield RenderedFile(f"{root}/removed.tf", text), gone


def abandoned(
    state: DesiredState, now: Addresses, former: Addresses
) -> Iterator[tuple[list[RenderedFile], str, list[str]]]:
    """A root that makes nothing any more lets go of all that it made: its files, it, they.

    Without a file its state would still hold them, and the next plan there destroy them.
    """
    vcenters = {vcenter.name: vcenter for vcenter in state.vcenters}
    for root, addresses in sorted(former.items()):
        name, _, folder = root.partition("/")
        if root not in now and name in vcenters and addresses and _ROOT.fullmatch(folder):
            gone = sorted(addresses)
            parts = [("removed", {"addresses": [Escaped(a) for a in gone]})]
            files = list(root_module(state.platform, vcenters[name], folder, parts))
            yield files, root, gone


def well_formed(remembered: object) -> dict[str, list[str]]:
    """The addresses that a manifest remembers; anything else in their place counts as none."""
    if not isinstance(remembered, dict):
        return {}
    return {
        root: [a for a in addresses if isinstance(a, str) and ADDRESS.fullmatch(a)]
        for root, addresses in remembered.items()
        if isinstance(addresses, list)
    }
