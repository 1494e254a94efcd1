"""Storage policies of the tiers that a tag can pick or vSAN lays out, and their tags."""

from __future__ import annotations

from collections.abc import Iterator

from generator.blueprint.model.storage_compute import Tier
from generator.platform.naming import Namer, storage_class
from generator.platform.objects import Manage, StoragePolicy, Tag
from generator.platform.stamps import stamp
from generator.platform.vsan import VSAN_BACKINGS, vsan_rules
from generator.record import Record, record
from generator.supply.model import Datastore, SiteInventory
from generator.supply.model import Tag as SiteTag

TIER_CATEGORY = "mlgen-tier"
"""The tag category of tiers whose datastores carry no tag of the site's own yet."""


@record
class TierStorage(Record):
    """A tier's policy, with the tag that it goes by: the site's own, or one to create."""

    tier: str
    policy: StoragePolicy
    new_tag: Tag | None


def tier_storage(
    tiers: tuple[Tier, ...], inventory: SiteInventory, namer: Namer
) -> Iterator[TierStorage]:
    """A policy for each tier that names an existing one, that a tag can pick or vSAN lays out."""
    datastores = {datastore.name: datastore for datastore in inventory.datastores}
    there = {
        thing.name: thing.manage
        for thing in inventory.objects
        if thing.kind == "storage-policy" and thing.manage != "create"
    }
    for tier in sorted(tiers, key=lambda tier: tier.name):
        datastore = datastores.get(tier.datastore or "")
        if tier.manage in ("reference", "adopt") or tier.policy_name in there:
            if tier.policy_name:
                yield _existing(tier, tier.policy_name, there.get(tier.policy_name))
        elif lacks_keys(tier, inventory):
            continue
        elif (found := _made(tier, datastore, namer)) is not None:
            name = found.policy.name
            yield _existing(tier, name, there[name]) if name in there else found


def _made(tier: Tier, datastore: Datastore | None, namer: Namer) -> TierStorage | None:
    """A policy of ours, and None where no rule and no single tag can say it."""
    if datastore is not None and vsan_rules(tier):
        policy = _laid_out(tier, datastore, namer)
        return TierStorage(tier=tier.name, policy=policy, new_tag=None)
    if tier.policy == "tag" and datastore is not None and len(_tags(tier, datastore)) <= 1:
        return _storage(tier, datastore, namer)
    return None


def missing_facts(tiers: tuple[Tier, ...], inventory: SiteInventory) -> Iterator[tuple[str, str]]:
    """(subject, why) of what keeps a tier from having a policy."""
    datastores = {datastore.name: datastore for datastore in inventory.datastores}
    for tier in tiers:
        here = f"storage_compute.storage.tiers[{tier.name}]"
        datastore = datastores.get(tier.datastore or "")
        if tier.manage in ("reference", "adopt"):
            if not tier.policy_name:
                yield f"{here}.policy_name", "a policy of others is looked up by its name"
        elif lacks_keys(tier, inventory):
            at = f"SiteInventory {inventory.metadata.name}: services.key_provider"
            yield at, f"encryption by {tier.encryption} takes its keys from one"
        elif datastore is None and vsan_rules(tier):
            at = f"SiteInventory {inventory.metadata.name}: datastores[{tier.datastore or '?'}]"
            yield at, "a vSAN policy is of use only where vSAN is"
        elif tier.policy == "tag" and datastore is None:
            at = f"SiteInventory {inventory.metadata.name}: datastores[{tier.datastore or '?'}]"
            yield at, "its tags decide which datastores the policy picks"
        elif tier.policy == "tag" and datastore is not None and len(_tags(tier, datastore)) > 1:
            yield f"{here}.name", f"no single tag of {datastore.name} is the tier's: name one so"


def lacks_keys(tier: Tier, inventory: SiteInventory) -> bool:
    """Whether a tier's encryption needs a key provider that the site does not state (F24)."""
    return tier.encryption in ("vsan", "vm") and not inventory.services.key_provider


def _tags(tier: Tier, datastore: Datastore) -> tuple[SiteTag, ...]:
    """The datastore's tags that could be the tier's: the one of its name, else all."""
    named = tuple(tag for tag in datastore.tags if tag.tag == tier.name)
    return named or datastore.tags


def by_hand(tiers: tuple[Tier, ...]) -> tuple[str, ...]:
    """Tiers on vSAN or vVols whose policy neither a tag nor a known rule of vSAN can say."""
    return tuple(
        sorted(
            tier.name
            for tier in tiers
            if tier.policy not in (None, "tag")
            and tier.manage in (None, "create")
            and tier.backing in (*VSAN_BACKINGS, "vvol")
            and not vsan_rules(tier)
        )
    )


def _existing(tier: Tier, name: str, manage: str | None) -> TierStorage:
    """A policy that is there already: looked up by name, never changed."""
    policy = StoragePolicy(
        name=name,
        manage=Manage(tier.manage or manage or Manage.REFERENCE),
        description="",
        storage_class=storage_class(name),
        tag_category="",
        tag="",
        datastores=(),
        untagged=(),
    )
    return TierStorage(tier=tier.name, policy=policy, new_tag=None)


def _laid_out(tier: Tier, datastore: Datastore, namer: Namer) -> StoragePolicy:
    """A policy by vSAN's capabilities."""
    name = tier.policy_name or namer.name("storage_policy", tier=tier.name)
    return StoragePolicy(
        name=name,
        manage=Manage.CREATE,
        description=stamp(namer.platform, f"storage-policy/{name}"),
        storage_class=storage_class(name),
        tag_category="",
        tag="",
        datastores=(datastore.name,),
        untagged=(),
        rules=vsan_rules(tier),
        encryption=tier.encryption or "",
        encrypted_below=datastore.encryption or "",
        reason=tier.reason or "",
    )


def _storage(tier: Tier, datastore: Datastore, namer: Namer) -> TierStorage:
    name = tier.policy_name or namer.name("storage_policy", tier=tier.name)
    ours = None
    theirs = _tags(tier, datastore)
    if theirs:
        category, tag = theirs[0].category, theirs[0].tag
    else:
        category, tag = TIER_CATEGORY, name
        ours = Tag(
            category=category,
            name=tag,
            description=stamp(namer.platform, f"tag/{tag}"),
        )
    policy = StoragePolicy(
        name=name,
        manage=Manage.CREATE,
        description=stamp(namer.platform, f"storage-policy/{name}"),
        storage_class=storage_class(name),
        tag_category=category,
        tag=tag,
        datastores=(datastore.name,),
        untagged=() if datastore.tags else (datastore.name,),
        encryption=tier.encryption or "",
        encrypted_below=datastore.encryption or "",
        reason=tier.reason or "",
    )
    return TierStorage(tier=tier.name, policy=policy, new_tag=ours)
