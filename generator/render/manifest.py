"""``manifest.json``: what was rendered, from what, and which vCenter-wide names are ours."""

from __future__ import annotations

from collections.abc import Sequence

from generator import __version__
from generator.platform.objects import DesiredState, Manage
from generator.render.canonical import listing, sha256
from generator.render.output import MANIFEST
from generator.render.target import RenderedFile
from generator.render.terraform.letting_go import Addresses
from generator.render.terraform.moving import Lineages
from generator.render.terraform.root import PROVIDER_VERSION

SCHEMA = "https://mlgen.dev/schemas/v1alpha1/manifest.schema.json"


def manifest(
    state: DesiredState,
    files: Sequence[RenderedFile],
    *,
    source_hash: str,
    terraform: Addresses,
    lineages: Lineages,
) -> RenderedFile:
    """The manifest over ``files``; ``source_hash`` is that of the canonical documents.

    ``owned`` lists the objects that can carry no stamp of their own (F1), ``terraform`` every
    address that a root manages or has let go of, ``lineages`` those that a renamed object had.
    """
    content = {
        "schema": SCHEMA,
        "platform": state.platform,
        "release": state.release,
        "source_sha256": source_hash,
        "versions": {"mlgen": __version__, "vmware/vsphere": PROVIDER_VERSION},
        "owned": {
            vcenter.name: {
                "vm_classes": [vm_class.name for vm_class in vcenter.vm_classes],
                "namespaces": [
                    namespace.name
                    for namespace in vcenter.namespaces
                    if namespace.manage is not Manage.REFERENCE
                ],
            }
            for vcenter in state.vcenters
        },
        "terraform": terraform,
        "lineages": lineages,
        "files": {file.path: sha256(file.text) for file in files},
    }
    return RenderedFile(MANIFEST, listing(content))
