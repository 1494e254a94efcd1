"""F9: what an administrator calls no change, one spelling or default after the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.api import write_snapshot
from generator.api.diffing import AS_USUAL, diff
from generator.diff.asserted import PROJECTORS
from generator.diff.asserted.ground import Ground
from generator.diff.between import between
from generator.platform.objects import Adoption
from generator.record import altered
from generator.vcenter.snapshot import Seen, Snapshot, Value, VcenterSeen
from tests.diff import worlds
from tests.diff.worlds import GREEN, PLAIN, told, with_field, world


def changed(earlier: VcenterSeen, later: VcenterSeen) -> list[tuple[str, str, str, str]]:
    return told(between([(earlier, later)], (), "2026-11-20").differences)


def other_hosts(seen: VcenterSeen, name: str) -> VcenterSeen:
    """The world with its first host called so, wherever it is named."""

    def text(value: Value) -> Value:
        if isinstance(value, tuple):
            return tuple(sorted(str(text(each)) for each in value))
        head, slash, rest = str(value).partition("/")
        return f"{name}{slash}{rest}" if isinstance(value, str) and head == "esx-01" else value

    return worlds.with_objects(
        seen,
        lambda one: altered(
            one,
            key=str(text(one.key)),
            fields={field: text(value) for field, value in one.fields.items()},
        ),
    )


@pytest.mark.parametrize(
    "name",
    ["ESX-01", "esx-01.corp.example", "ESX-01.Corp.Example", "esx-01.corp.example.", "esx-01."],
)
def test_a_host_is_the_same_in_any_case_and_with_a_trailing_dot(name: str) -> None:
    """RFC 4343: names of hosts have no case; a last dot says that the name is whole."""
    assert told(worlds.judged(other_hosts(world(), name)).differences) == []


def test_two_hosts_of_one_short_name_are_none_of_them() -> None:
    """What cannot be told apart is not guessed."""
    seen = other_hosts(world(), "esx-01.a.example")
    twin = Seen(kind="host", key="esx-01.b.example", ident="h-9", fields={})
    found = worlds.judged(worlds.with_more(seen, twin))
    assert ("host", "esx-01", "", "missing") in told(found.differences)


@pytest.mark.parametrize(
    "key",
    ["access.group:ML-Research@corp.example", "access.group:ml-research@CORP.EXAMPLE"],
)
def test_principals_of_a_namespace_have_no_case(key: str) -> None:
    at = ("namespace", "acme-ml-dev-research")
    field = "access.group:ml-research@corp.example"

    def spelt(one: Seen) -> Seen:
        fields = {key if name == field else name: value for name, value in one.fields.items()}
        return altered(one, fields=fields) if (one.kind, one.key) == at else one

    assert told(worlds.judged(worlds.with_objects(world(), spelt)).differences) == []
    weaker = with_field(worlds.with_objects(world(), spelt), at, key, "VIEW")
    (found,) = worlds.judged(weaker).differences
    assert (found.key, found.live) == (at[1], "VIEW")


def test_a_vcenters_id_has_no_case(tmp_path: Path) -> None:
    """RFC 9562: read in either, written in lower."""
    shouting = altered(world(), instance_uuid=world().instance_uuid.upper())
    for name, seen in (("a", world()), ("b", shouting)):
        write_snapshot(Snapshot(vcenters=(seen,)), tmp_path / name)
    asked = AS_USUAL._replace(as_of="2026-11-20")
    found = diff(None, against=tmp_path / "a", inventory=tmp_path / "b", asked=asked)
    assert found.differences == ()


@pytest.mark.parametrize(
    ("kind", "field", "before", "after"),
    [
        ("gpu", "vgpu_mode", "sameSize", "none"),
        ("gpu", "vgpu_mode", "none", "mixedSize"),
        ("gpu", "configured_vgpu_mode", None, "sameSize"),
        ("vm-class", "memory_reservation_percent", None, 0),
        ("vm-class", "memory_reservation_percent", 0, None),
        ("switch", "nioc", None, False),
        ("gpu", "passthrough", None, False),
        ("vm", "memory_reservation_mib", None, 0),
        ("vm", "device_group", None, ""),
        ("vm", "host", "esx-01", "esx-02"),
        ("vm", "power", "poweredOn", "poweredOff"),
    ],
)
def test_defaults_that_an_api_leaves_out_are_no_change(
    kind: str, field: str, before: Value, after: Value
) -> None:
    """Between two readings; a GPU without a VM reports no mode, whatever it is set to."""
    more: dict[str, Value] = {"vgpus": ("nvidia_l4-24c",)} if kind == "vm" else {}
    one = Seen(kind=kind, key="x", ident="x-1", fields={**more, field: before})
    earlier = altered(world(), objects=(one,))
    assert changed(earlier, with_field(earlier, (kind, "x"), field, after)) == []


@pytest.mark.parametrize(
    ("kind", "field", "before", "after"),
    [
        ("gpu", "vgpu_mode", "sameSize", "mixedSize"),
        ("gpu", "vgpu_mode", "multiInstanceGpu", "none"),
        ("vm-class", "memory_reservation_percent", None, 50),
        ("switch", "nioc", None, True),
        ("network", "active_uplinks", ("u1", "u2"), ("u2", "u1")),
        ("switch", "uplinks", ("u1", "u2"), ("u2", "u1")),
        ("cluster", "evc", None, "intel-icelake"),
    ],
)
def test_what_is_no_default_is_a_change(kind: str, field: str, before: Value, after: Value) -> None:
    """And the order of uplinks says which of them carries the traffic."""
    one = Seen(kind=kind, key="x", ident="x-1", fields={field: before})
    earlier = altered(world(), objects=(one,))
    later = with_field(earlier, (kind, "x"), field, after)
    assert changed(earlier, later) == [(kind, "x", field, "changed")]


@pytest.mark.parametrize(("field", "value"), [("vgpus", ("b", "a")), ("passthrough", ("y", "x"))])
def test_renumbered_devices_are_the_same_devices(field: str, value: Value) -> None:
    """vCenter numbers devices anew when one of them is taken out and put back."""
    fields: dict[str, Value] = {"vgpus": ("a", "b"), "passthrough": ("x", "y")}
    one = Seen(kind="vm", key="x", ident="x-1", fields=fields)
    earlier = altered(world(), objects=(one,))
    assert changed(earlier, with_field(earlier, ("vm", "x"), field, value)) == []


def test_an_address_has_one_meaning_in_several_spellings() -> None:
    """RFC 3986, 6.2: the case of a host and the port of the scheme mean nothing."""
    library = next(
        one
        for one in worlds.wanted(GREEN)
        if one.kind == "content-library" and one.fields.get("subscription_url")
    )
    at, stated = (library.kind, library.key), str(library.fields["subscription_url"])
    host, slash, path = stated.removeprefix("https://").partition("/")
    spelt = f"HTTPS://{host.upper()}:443{slash}{path}"
    seen = with_field(worlds.world(GREEN), at, "subscription_url", spelt)
    assert told(worlds.judged(seen, GREEN).differences) == []
    other = with_field(worlds.world(GREEN), at, "subscription_url", f"{stated}x")
    assert told(worlds.judged(other, GREEN).differences) == [(*at, "subscription_url", "changed")]


@pytest.mark.parametrize(
    ("field", "value"), [("maintenance", True), ("connection", "notResponding")]
)
def test_the_disks_of_a_host_that_is_out_are_missing_for_a_while(field: str, value: Value) -> None:
    """vSAN counts the disks of the hosts that are in; what is gone comes back with the host."""
    at = ("datastore", "vsan-gpu-a")
    low = with_field(world(), at, "capacity_bytes", 1)
    assert told(worlds.judged(low).differences) == [(*at, "capacity_bytes", "changed")]
    found = worlds.whole(with_field(low, ("host", "esx-01"), field, value))
    assert [(one.field, one.standing) for one in found.differences] == [
        ("capacity_bytes", "in-transition")
    ]
    assert "esx-01" in found.differences[0].transition
    fixed = with_field(world(), ("datastore", "fc-gold-01"), "capacity_bytes", 1)
    found = worlds.whole(with_field(fixed, ("host", "esx-01"), field, value))
    assert [one.standing for one in found.differences] == ["drift"]


def test_a_vm_that_drs_or_ha_moved_is_where_it_may_be() -> None:
    """F9: only a VM with a passed-through device has a host of its own."""
    free = next(
        worlds.live_of(PLAIN, one)
        for one in worlds.wanted(PLAIN)
        if one.kind == "vm" and "host" not in one.fields
    )
    moved = with_field(worlds.world(PLAIN), (free.kind, free.key), "host", "esx-other")
    off = with_field(moved, (free.kind, free.key), "power", "poweredOff")
    assert told(worlds.judged(off, PLAIN).differences) == []


@pytest.mark.parametrize(
    ("of", "name", "within", "kind", "field"),
    [
        ("folder", "acme-ml", "", "folder", "tags"),
        ("tag-category", "mlgen", "", "tag-category", "description"),
        ("tag", "", "mlgen-release", "tag", "description"),
    ],
)
def test_words_and_labels_of_what_is_taken_over_stay_as_others_wrote_them(
    of: str, name: str, within: str, kind: str, field: str
) -> None:
    """F14: Terraform leaves them alone, so they are no drift for ever."""
    vcenter = worlds.sides().desired.vcenters[0]
    tag = next(one for one in vcenter.tags if one.category == within) if within else None
    of_tag = tag.name if tag else name
    taken = Adoption(of=of, name=of_tag, within=within, datacenter="", id="")
    ground = Ground("acme-ml", altered(vcenter, adoptions=(taken,)), "out")
    things = (*vcenter.folders, *vcenter.tag_categories, *vcenter.tags)
    stated = [one for it in things for one in PROJECTORS[type(it)](ground, it)]
    ours = {(one.kind, one.key.rpartition("/")[2]): one.fields for one in stated}
    assert field not in ours[kind, of_tag]
    assert all(field in one.fields for one in stated if one.kind == kind and of_tag not in one.key)
