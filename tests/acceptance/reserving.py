"""A site of VCF 9 that is too small for anything but reservations (F30).

Two fractions of development may take a GPU each, and production then finds one where it needs two;
only what its zone keeps holds the plan.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml

from tests.acceptance import shipped

SOURCE = shipped.ROOT / "blueprints"
VCENTER = "vc-fra1"
ZONE = "fra1-z1"
GPUS = 3
CLOCK_MHZ = 2100
LIMITS = {"headroom": "20%", "reserve": True, "storage": {"shared": "2TiB"}}


def written(folder: Path) -> tuple[Path, Path]:
    """The blueprint and its inventory, as files."""
    platform, site = (
        yaml.safe_load((SOURCE / name).read_text("utf-8"))
        for name in ("vcf9.yaml", "vcf9.site.yaml")
    )
    _shrink(site)
    _crowd(platform)
    paths = folder / "vcf9.yaml", folder / "vcf9.site.yaml"
    for path, document in zip(paths, (platform, site), strict=True):
        path.write_text(yaml.safe_dump(document, sort_keys=False), "utf-8")
    return paths


def _shrink(site: dict[str, Any]) -> None:
    for host, gpus in zip(site["hosts"], (GPUS, 0, 0), strict=True):
        host["cpu"]["clock_mhz"] = CLOCK_MHZ
        host["nvlink"] = "none"
        host["gpus"] = host["gpus"][:gpus]
    site["clusters"][0]["ha"]["host_failures"] = 0


def _crowd(platform: dict[str, Any]) -> None:
    platform["resource_management"]["gpu"]["sharing"]["prod"] = "time-sliced"
    parity = platform["development_environment"]["parity"]
    parity["exceptions"] = [e for e in parity["exceptions"] if e["field"] != "sharing"]
    second = copy.deepcopy(platform["workloads"][1])
    second["name"] = "style-lora"
    platform["workloads"].append(second)
    for environment in platform["environments"].values():
        environment["limits"] = copy.deepcopy(LIMITS)
