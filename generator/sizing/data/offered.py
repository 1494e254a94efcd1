"""The tiers of a blueprint with what their datastores give, as the choice of a tier takes them."""

from __future__ import annotations

from collections.abc import Iterator

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.storage_compute import Tier
from generator.finding import Finding
from generator.record import Record, record
from generator.sizing.data.redundancy import Redundancy, redundancy
from generator.sizing.data.rules import PolicyCannotBe
from generator.sizing.data.stored import Wanted
from generator.sizing.data.supply import DataSupply, Store
from generator.sizing.nonsense import Nonsense
from generator.sizing.storage.offers import Media, OfferedTier


@record
class Offer(Record):
    """A tier: as the blueprint states it, as it is offered, and how it protects what lies on it.

    ``store`` is the name of what it lies on: a datastore, an object store, or the tier itself where
    neither is known. ``room_bytes`` is what is free there, as the store counts it.
    """

    tier: Tier
    offered: OfferedTier
    redundancy: Redundancy
    store: str
    room_bytes: float | None = None
    sites: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The tier's name."""
        return self.tier.name

    @property
    def lasts(self) -> bool:
        """Whether what lies on it survives the loss of a device or a node."""
        tier = self.tier
        on_node = tier.locality == "node" or tier.backing == "vmfs-local"
        return not (tier.media == "memory" or on_node or tier.policy == "none")


def offers(blueprint: Blueprint, supply: DataSupply) -> Iterator[Offer | Finding]:
    """Every tier of a blueprint, in its order; a finding for one that cannot be."""
    stores = {store.name: store for store in supply.stores}
    for tier in blueprint.storage_compute.storage.tiers:
        store = stores.get(tier.datastore or "")
        try:
            kept = redundancy(tier, store.hosts if store else None)
        except Nonsense as nonsense:
            yield PolicyCannotBe.of(tier.name, nonsense)
            continue
        yield _offer(tier, store, kept)


def carrying(wanted: Wanted, tiers: tuple[Offer, ...]) -> tuple[Offer, ...]:
    """The tiers that may carry a volume at all.

    A tier without redundancy carries what lasts only where there is no other. Volumes that are
    mounted lie on no object store, and data that has its sites on no other site's datastore.
    """
    fitting = tuple(
        offer
        for offer in tiers
        if not (wanted.mounted and offer.offered.media is Media.OBJECT)
        and not (wanted.sites and offer.sites and not set(wanted.sites) & set(offer.sites))
    )
    lasting = tuple(offer for offer in fitting if offer.lasts)
    return lasting if wanted.lasting and lasting else fitting


def _offer(tier: Tier, store: Store | None, kept: Redundancy) -> Offer:
    room = store.room_bytes if store else None
    free = room / kept.taken_ratio if room is not None and store and store.used_is_known else None
    stated = tier.throughput_bytes_per_s
    iops = tier.iops if tier.iops is not None else store.iops if store else None
    return Offer(
        tier=tier,
        offered=OfferedTier(
            name=tier.name,
            media=Media(tier.media),
            throughput_bytes_per_s=float(stated.value)
            if stated
            else (store.read_bytes_per_s if store else None),
            iops=None if iops is None else float(iops),
            latency_s=float(tier.latency_s.value) if tier.latency_s else None,
            free_bytes=free,
            rwx=store.rwx if store else None,
        ),
        redundancy=kept,
        store=tier.datastore or tier.endpoint or tier.name,
        room_bytes=room,
        sites=store.sites if store else (),
    )
