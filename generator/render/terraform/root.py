"""What every Terraform root module shares: its folder, pins, provider and addresses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from generator.platform.objects import Vcenter
from generator.render.engine import fill
from generator.render.escape import Escaped, hcl_label
from generator.render.target import RenderedFile

PROVIDER_VERSION = "2.16.1"
"""The ``vmware/vsphere`` release that the rendered Terraform is written and checked for."""


STATE_KEYS = {
    "azurerm": "key",
    "consul": "path",
    "cos": "key",
    "gcs": "prefix",
    "local": "path",
    "oss": "key",
    "s3": "key",
}
"""The argument of a backend that tells states apart. Two roots in one state would each plan to
destroy what the other made, so it is rendered; the rest of the backend is the site's."""


def root_module(
    platform: str, vcenter: Vcenter, root: str, parts: Iterable[tuple[str, dict[str, Any]]]
) -> Iterator[RenderedFile]:
    """The files of one root module; a part is (template name, context), left out where empty."""
    folder = f"{vcenter.name}/{root}"
    backend = [_backend(*vcenter.backend, f"{platform}/{folder}")] if vcenter.backend else []
    yield RenderedFile(
        f"{folder}/versions.tf",
        fill("terraform/versions.tf.j2", provider_version=PROVIDER_VERSION, backends=backend),
    )
    yield RenderedFile(f"{folder}/provider.tf", fill("terraform/provider.tf.j2"))
    for name, context in parts:
        if any(context.values()):
            yield RenderedFile(f"{folder}/{name}.tf", fill(f"terraform/{name}.tf.j2", **context))


def datacenter_path(vcenter: Vcenter, name: str) -> str:
    """A datacenter by its path below the root folder, as paths of what lies in it begin.

    The provider finds a bare name in any folder, and refuses it where two datacenters have it.
    """
    lies = (r.parent for r in vcenter.references if (r.what, r.name) == ("datacenter", name))
    folder = next(lies, "").strip("/")
    return f"{folder}/{name}" if folder else name


def datacenter_views(vcenter: Vcenter, names: Iterable[str]) -> list[dict[str, Any]]:
    """Datacenters that are looked up, as the template prints them."""
    return [{"label": hcl_label(n), "name": datacenter_path(vcenter, n)} for n in names]


def _backend(kind: str, reference: str, state: str) -> dict[str, Any]:
    """A backend as the template prints it, with the root's own state."""
    keys = [Escaped(STATE_KEYS[kind])] if kind in STATE_KEYS else []
    named = [{"name": key, "value": f"{state}.tfstate"} for key in keys]
    return {"type": kind, "ref": reference, "own": named}


def address(kind: str, name: str, attribute: str, *, data: bool = False) -> Escaped:
    """The address of an attribute, such as ``data.vsphere_datacenter.ams1.id``."""
    return Escaped(f"{'data.' if data else ''}{kind}.{hcl_label(name)}.{attribute}")


def references(addresses: Iterable[Escaped]) -> Escaped:
    """A list expression of addresses."""
    return Escaped(f"[{', '.join(addresses)}]")


def output(name: str, description: str, values: Iterable[tuple[str, Escaped]]) -> dict[str, Any]:
    """An output, by its own identifier, that maps names to what they resolve to."""
    rows = [f"    {label} = {value}" for label, value in _aligned(values)]
    return {
        "label": Escaped(name),
        "description": description,
        "value": Escaped("\n".join(["{", *rows, "  }"])),
    }


def _aligned(values: Iterable[tuple[str, Escaped]]) -> list[tuple[str, Escaped]]:
    """Keys padded to one width, as ``terraform fmt`` wants them."""
    pairs = [(hcl_label(name), value) for name, value in values]
    width = max((len(label) for label, _ in pairs), default=0)
    return [(label.ljust(width), value) for label, value in pairs]
