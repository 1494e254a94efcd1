"""Which Supervisors Terraform can enable: by network, load balancer and release of vCenter (F19).

Sources: vmware/vsphere provider 2.16, ``vsphere_supervisor`` (NSX only) and
``vsphere_supervisor_v2``; Broadcom, VCF 9.0 release notes (Foundation Load Balancer).
"""

from __future__ import annotations

from generator.supply.model import Supervisor

OLDER, NEWER = 1, 2

_PAIRS = {
    NEWER: {("vds", "foundation"), ("vds", "haproxy"), ("vds", "avi"), ("nsx", "nsx")},
    OLDER: {("nsx", "nsx")},
}
_WITHOUT_FOUNDATION = ("7", "8")


def generation(version: str) -> int:
    """Which resource of the provider enables a Supervisor on this release of vCenter.

    The service behind the newer one came with vCenter 8.
    """
    return OLDER if version.startswith("7") else NEWER


def says(item: Supervisor, version: str) -> bool:
    """Whether Terraform has arguments for the Supervisor; an unknown network waits for answers."""
    return not unsaid(item, version)


def unsaid(item: Supervisor, version: str) -> str:
    """Why Terraform cannot enable it, "" where it can."""
    if item.network is None or item.load_balancer is None:
        return "its network and load_balancer are not stated"
    pair = (item.network, item.load_balancer)
    if pair not in _PAIRS[generation(version)]:
        return (
            f"the provider has no arguments for {' with '.join(pair)} on vCenter {version or '?'}"
        )
    if item.load_balancer == "foundation" and version.startswith(_WITHOUT_FOUNDATION):
        return f"vCenter {version} has no Foundation Load Balancer: it came with 9.0"
    return ""
