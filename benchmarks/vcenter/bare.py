"""A bare pyvmomi program that reads the paths that mlgen reads over SOAP, and nothing else.

It is the yardstick of ``reading.py``: one view, one retrieval for all types, one for the devices of
the VMs with a full memory reservation; pyvmomi's own types; no names, no joins, no REST, no file.
Usage: python benchmarks/vcenter/bare.py, with VSPHERE_SERVER, VSPHERE_USER, VSPHERE_PASSWORD and
VSPHERE_CA_FILE in the environment.
"""

from __future__ import annotations

import os
import ssl
import sys

from pyVim.connect import Disconnect, SmartConnect
from pyVmomi import VmomiSupport, vim, vmodl

PAGE = 1000


def main(paths: dict[str, list[str]], detail: list[str]) -> None:
    host, _, port = os.environ["VSPHERE_SERVER"].partition(":")
    instance = SmartConnect(
        host=host,
        port=int(port or 443),
        user=os.environ["VSPHERE_USER"],
        pwd=os.environ["VSPHERE_PASSWORD"],
        sslContext=ssl.create_default_context(cafile=os.environ["VSPHERE_CA_FILE"]),
    )
    try:
        content = instance.RetrieveContent()
        types = [VmomiSupport.GetWsdlType("urn:vim25", name) for name in paths]
        view = content.viewManager.CreateContainerView(content.rootFolder, types, recursive=True)
        through = collector.TraversalSpec(name="v", type=vim.view.ContainerView, path="view")
        start = collector.ObjectSpec(obj=view, skip=True, selectSet=[through])
        found = retrieved(content, [start], dict(zip(types, paths.values(), strict=True)))
        view.Destroy()
        machines = [each.obj for each in found if holds_gpu(each)]
        chosen = [collector.ObjectSpec(obj=each) for each in machines]
        found += retrieved(content, chosen, {vim.VirtualMachine: detail}) if chosen else []
    finally:
        Disconnect(instance)
    print(len(found))


collector = vmodl.query.PropertyCollector


def retrieved(content, objects, paths):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """All pages."""
    props = [collector.PropertySpec(type=kind, pathSet=some) for kind, some in paths.items()]
    spec = collector.FilterSpec(objectSet=objects, propSet=props)
    options = collector.RetrieveOptions(maxObjects=PAGE)
    page = content.propertyCollector.RetrievePropertiesEx([spec], options)
    found = list(page.objects)
    while page.token:
        page = content.propertyCollector.ContinueRetrievePropertiesEx(page.token)
        found += page.objects
    return found


def holds_gpu(row):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """As mlgen: all memory reserved."""
    values = {each.name: each.val for each in row.propSet}
    return bool(values.get("config.memoryReservationLockedToMax"))


if __name__ == "__main__":
    import json

    stated = json.loads(sys.argv[1])
    main(stated["paths"], stated["detail"])
