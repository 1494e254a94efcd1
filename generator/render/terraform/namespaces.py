"""Terraform roots ``30-<environment>-namespaces``: Supervisor namespaces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from generator.platform.objects import DesiredState, Manage, Namespace
from generator.render.escape import hcl_label
from generator.render.target import RenderedFile
from generator.render.terraform.root import address, output, references, root_module

_POLICY_ABSENT = (
    "This vCenter shows no such policy: apply 10-foundation and storage/policies.ps1 first, "
    "or ask its owner."
)


def files(state: DesiredState) -> Iterator[RenderedFile]:
    """One root module per vCenter and environment."""
    for vcenter in state.vcenters:
        ours = [n for n in vcenter.namespaces if n.manage is Manage.CREATE]
        for environment in dict.fromkeys(n.environment for n in ours):
            namespaces = [n for n in ours if n.environment == environment]
            ids = [(n.name, address("vsphere_namespace", n.name, "id")) for n in namespaces]
            yield from root_module(
                state.platform,
                vcenter,
                f"30-{environment}-namespaces",
                (
                    ("namespace_references", _references(namespaces)),
                    ("supervisor_variables", {"supervisors": _supervisors(namespaces)}),
                    ("namespaces", {"namespaces": [_view(n) for n in namespaces]}),
                    ("outputs", {"outputs": [output("namespace_ids", "Namespace ids.", ids)]}),
                ),
            )


def _view(namespace: Namespace) -> dict[str, Any]:
    return {
        "label": hcl_label(namespace.name),
        "name": namespace.name,
        "supervisor_label": hcl_label(namespace.supervisor),
        "supervisor_id": namespace.supervisor_id,
        "storage_policy_ids": references(
            address("vsphere_storage_policy", policy, "id", data=True)
            for policy in namespace.storage_policies
        ),
        "content_library_ids": references(
            address("vsphere_content_library", library, "id", data=True)
            for library in namespace.content_libraries
        ),
        "vm_classes": namespace.vm_classes,
    }


def _references(namespaces: Sequence[Namespace]) -> dict[str, Any]:
    libraries = dict.fromkeys(name for n in namespaces for name in n.content_libraries)
    policies = dict.fromkeys(name for n in namespaces for name in n.storage_policies)
    return {
        "libraries": [{"label": hcl_label(name), "name": name} for name in libraries],
        "policies": [
            {"label": hcl_label(name), "name": name, "error": _POLICY_ABSENT} for name in policies
        ],
    }


def _supervisors(namespaces: Sequence[Namespace]) -> list[dict[str, Any]]:
    ids = {namespace.supervisor: namespace.supervisor_id for namespace in namespaces}
    return [{"label": hcl_label(name), "id": ids[name]} for name in ids]
