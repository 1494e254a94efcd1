"""The image that a cluster's hosts are built from, where a cluster is managed by one."""

from __future__ import annotations

from generator.vcenter.failures import Unreadable
from generator.vcenter.rest import RestSession
from generator.vcenter.rest_kinds.answers import mapping, part
from generator.vcenter.snapshot import Unread
from generator.vcenter.world import World


def read(rest: RestSession, world: World, unread: list[Unread]) -> dict[str, str | None]:
    """The version of the base image by cluster id; None for a cluster that has no image."""
    clusters = world.of("ClusterComputeResource")
    paths = (f"/api/esx/settings/clusters/{part(row.moid)}/software" for row in clusters)
    found: dict[str, str | None] = {}
    for row, answer in zip(clusters, rest.get_all(paths), strict=True):
        if not isinstance(answer, Unreadable):
            version = mapping(mapping(answer).get("base_image")).get("version")
            found[row.moid] = str(version) if version else None
        elif answer.reason == "endpoint":
            found[row.moid] = None
        else:
            unread.append(
                Unread(
                    kind="cluster", key=world.name(row.moid), field="image",
                    reason=answer.reason, detail=answer.detail,
                )
            )  # fmt: skip
    return found
