"""A perfect world has no difference, and a single change is one difference and nothing else."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.diff.asserted import Asserted
from generator.diff.fields import rule_of
from generator.diff.index import Index
from generator.record import altered
from generator.vcenter.snapshot import Event, Seen, Unread, texts
from tests.diff import worlds
from tests.diff.worlds import ACME, FILES, GREEN, PLAIN, judged, told, wanted, with_field, world

FIELDS = [
    (name, one, field)
    for name in (ACME, PLAIN, GREEN)
    for one in wanted(name)
    for field, stated in one.fields.items()
    if stated != () or rule_of(one.kind, field).equality.__name__ != "contains"
]
"""Every field that anybody states; nothing can be taken out of an empty set."""

OBJECTS = [(name, one) for name in (ACME, PLAIN, GREEN) for one in wanted(name)]


@pytest.mark.parametrize("name", FILES)
def test_what_was_rendered_and_applied_differs_in_nothing(name: str) -> None:
    """The theorem of the house: render and diff read the same desired state."""
    found = judged(world(name), name)
    assert (told(found.differences), found.unreadable) == ([], [])


@pytest.mark.parametrize("name", FILES)
def test_what_is_asserted_against_itself_differs_in_nothing(name: str) -> None:
    """Every equality holds for the value that is stated."""
    seen = [
        Seen(kind=one.kind, key=one.key, ident=one.ident or one.key, fields=one.fields)
        for one in wanted(name)
    ]
    assert judged(altered(world(name), objects=tuple(seen)), name).differences == []


@pytest.mark.parametrize("name", [ACME, PLAIN])
def test_a_perfect_world_holds_nothing_unmanaged(name: str) -> None:
    """Nor anything to find fault with."""
    found = worlds.whole(world(name), name)
    assert (found.unmanaged, found.findings, found.complete) == ((), (), True)


@pytest.mark.parametrize(
    ("name", "one", "field"),
    FIELDS,
    ids=[f"{name}-{one.kind}-{one.key}-{field}" for name, one, field in FIELDS],
)
def test_a_changed_field_is_found_and_nothing_else(name: str, one: Asserted, field: str) -> None:
    """Every field of every object, with object, field and both values."""
    seen = worlds.live_of(name, one)
    value = worlds.broken(one.kind, field, one.fields[field])
    changed = worlds.with_field(world(name), (seen.kind, seen.key), field, value)
    (found,) = judged(changed, name).differences
    assert (found.kind, found.key, found.field) == (seen.kind, seen.key, field)
    assert (found.what, found.standing, found.live) == ("changed", "drift", value)
    assert found.mend.command


@pytest.mark.parametrize(
    ("name", "one"), OBJECTS, ids=[f"{name}-{one.kind}-{one.key}" for name, one in OBJECTS]
)
def test_a_removed_object_is_missing_and_nothing_else(name: str, one: Asserted) -> None:
    """What went along with it and what named it is told with it."""
    seen = worlds.live_of(name, one)
    gone = worlds.inside(name, (one.kind, one.key)) | {(seen.kind, seen.key)}
    found = judged(worlds.without(world(name), gone), name)
    (missing,) = found.differences
    assert (missing.kind, missing.field, missing.what) == (one.kind, "", "missing")
    assert missing.key.casefold() == one.key.casefold()
    assert missing.along == len(gone - {(seen.kind, seen.key), (one.kind, one.key)})


@given(st.integers(0, 2**32))
def test_the_order_of_a_reading_means_nothing(seed: int) -> None:
    """Objects, and entries of sets and lists, in any order."""
    random = Random(seed)
    seen = world()
    objects = list(seen.objects)
    random.shuffle(objects)
    shuffled = altered(seen, objects=tuple(objects))
    at = worlds.at_of(seen, "vm-class", "h100-40c")
    one, other = (worlds.with_field(w, at, "vcpus", 99) for w in (seen, shuffled))
    assert told(judged(one).differences) == told(judged(other).differences)


@given(
    st.sets(st.sampled_from([(o.kind, o.key) for o in world().objects]), max_size=8), st.booleans()
)
def test_hiding_never_yields_missing(gone: set[worlds.Where], by_kind: bool) -> None:
    """F9: what permission filtering may have taken is missing or hidden, never missing."""
    lacking = [
        Unread(kind=kind, key="" if by_kind else key, field="", reason="hidden", detail="filtered")
        for kind, key in sorted(gone)
    ]
    found = judged(worlds.unread(worlds.without(world(), gone), *lacking))
    assert [one for one in found.differences if one.what == "missing"] == []
    assert {one.reason for one in found.unreadable} <= {"hidden"}


def test_what_is_in_a_hidden_container_is_hidden_too() -> None:
    """F9: a host that is not to be seen says nothing about its GPUs."""
    gone = worlds.inside(ACME, ("host", "esx-01"))
    lacking = Unread(
        kind="host", key="esx-01", field="", reason="permission", detail="NoPermission"
    )
    found = judged(worlds.unread(worlds.without(world(), gone), lacking))
    assert found.differences == []
    assert {(one.kind, one.hidden) for one in found.unreadable} == {("host", True), ("gpu", True)}


def test_parts_of_a_host_that_is_seen_are_missing_though_hosts_may_be_hidden() -> None:
    """F9: an account whose rights come by a group may miss hosts, never a GPU of one it sees."""
    at = ("gpu", "esx-01/0000:17:00.0")
    lacking = Unread(kind="host", key="", field="", reason="hidden", detail="by a group")
    found = judged(worlds.unread(worlds.without(world(), {at}), lacking))
    assert told(found.differences) == [(*at, "", "missing")]


def test_nothing_is_missing_where_the_root_may_not_be_read() -> None:
    """F9."""
    gone = {("cluster", "gpu-a"), ("folder", "ams1/vm/acme-ml/dev")}
    lacking = Unread(kind="vcenter", key="", field="", reason="permission", detail="no read")
    found = judged(worlds.unread(worlds.without(world(), gone), lacking))
    assert [one for one in found.differences if one.what == "missing"] == []
    assert {(one.kind, one.key) for one in found.unreadable} >= gone


def test_a_removal_event_is_evidence_even_under_a_filter() -> None:
    """F9: vCenter itself says that it is gone."""
    at = ("folder", "ams1/vm/acme-ml/dev")
    event = Event(
        kind=at[0], key=at[1], at="2026-11-20T05:00:00Z", user="u", what="Folder destroyed"
    )
    lacking = Unread(kind="folder", key="", field="", reason="hidden", detail="")
    seen = worlds.unread(worlds.without(world(), {at}), lacking)
    (found,) = judged(altered(seen, events=(event,))).differences
    assert (found.what, found.key, found.who) == ("missing", at[1], event)


def test_gpus_of_a_host_out_of_reach_are_not_missing() -> None:
    """F9: vCenter forgets the devices of a host that does not answer."""
    seen = worlds.without(world(), {("gpu", "esx-01/0000:17:00.0"), ("gpu", "esx-01/0000:65:00.0")})
    seen = worlds.with_field(seen, ("host", "esx-01"), "connection", "disconnected")
    found = judged(seen)
    assert found.differences == []
    assert [one.key for one in found.unreadable] == ["esx-01/0000:17:00.0", "esx-01/0000:65:00.0"]


def test_a_rename_is_a_rename() -> None:
    """F12: by stamp, and what is below a renamed folder is where it was."""
    seen = world()
    old, new = "ams1/vm/acme-ml", "ams1/vm/acme-old"

    def moved(one: Seen) -> Seen:
        return altered(one, key=one.key.replace(old, new)) if one.kind == "folder" else one

    (found,) = judged(worlds.with_objects(seen, moved)).differences
    assert (found.what, found.desired, found.live) == ("renamed", old, new)


def test_a_renamed_category_takes_its_tags_along() -> None:
    """One difference, though every tag has another key and every carrier another entry."""
    seen = world()

    def moved(one: Seen) -> Seen:
        key = one.key.replace("mlgen/", "ours/", 1) if one.kind == "tag" else one.key
        key = "ours" if (one.kind, one.key) == ("tag-category", "mlgen") else key
        tags = texts(one.fields.get("tags"))
        named = tuple(sorted(tag.replace("mlgen/", "ours/", 1) for tag in tags))
        return altered(one, key=key, fields={**one.fields, "tags": named} if tags else one.fields)

    assert told(judged(worlds.with_objects(seen, moved)).differences) == [
        ("tag-category", "ours", "name", "renamed")
    ]


def test_hosts_may_carry_their_domain() -> None:
    """People write esx-01, and vCenter has esx-01.corp.example."""
    long = {f"esx-0{n}": f"esx-0{n}.corp.example" for n in range(1, 5)}

    def named(text: str) -> str:
        head, slash, rest = text.partition("/")
        return f"{long.get(head, head)}{slash}{rest}"

    def moved(one: Seen) -> Seen:
        key = named(one.key) if one.kind in ("host", "gpu") else one.key
        hosts = texts(one.fields.get("hosts"))
        fields = {**one.fields, "hosts": tuple(map(named, hosts))} if hosts else one.fields
        return altered(one, key=key, fields=fields)

    assert judged(worlds.with_objects(world(), moved)).differences == []


@pytest.mark.parametrize(
    ("at", "field", "value"),
    [
        (("host", "esx-01"), "maintenance", True),
        (("host", "esx-01"), "power", "standBy"),
        (("datastore", "vsan-gpu-a"), "free_bytes", 1),
        (("datastore", "vsan-gpu-a"), "tags", ("theirs/x",)),
        (("vm-class", "h100-40c-r10da02"), "vms", ("vm-1",)),
        (("vks-cluster", "acme-ml-dev-ml-eng/acme-ml-dev-ml-eng"), "phase", "Provisioning"),
        (("vks-cluster", "acme-ml-dev-ml-eng/acme-ml-dev-ml-eng"), "kubernetes_version",
         "v1.36.9---vmware.1-vkr.1"),
        (("vks-cluster", "acme-ml-dev-ml-eng/acme-ml-dev-ml-eng"), "cluster_class",
         "builtin-generic-v3.8.0"),
        (("vks-cluster", "acme-ml-dev-ml-eng/acme-ml-dev-ml-eng"), "variable.TKR_DATA", "{}"),
        (("vks-cluster", "acme-ml-dev-ml-eng/acme-ml-dev-ml-eng"), "pool.llm-lora.replicas", 1),
        (("gpu", "esx-03/0000:17:00.0"), "vgpu_mode", "sameSize"),
        (("gpu", "esx-03/0000:17:00.0"), "vms", ("a", "b")),
        (("cluster", "gpu-a"), "drs_option.SomebodyElses", "1"),
        (("cluster", "gpu-a"), "hosts", ("esx-01", "esx-02", "esx-03", "esx-04", "esx-05")),
        (("namespace", "acme-ml-dev-research"), "vm_classes",
         ("cpu-4x16-r63068f", "h100-10c-r7bfd4b", "h100-20c-r752635", "theirs")),
        (("host", "esx-02"), "memory_bytes", (1 << 40) - (6 << 30)),
    ],
)  # fmt: skip
def test_benign_churn_is_no_drift(at: worlds.Where, field: str, value: object) -> None:
    """F9 and F10: moves, maintenance, rewrites of controllers, entries of others."""
    assert judged(worlds.with_field(world(), at, field, value)).differences == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "value"), [("connection", "notResponding"), ("maintenance", True)]
)
def test_datastores_may_lose_a_host_that_is_out_of_reach(field: str, value: object) -> None:
    """F9: an HA restart or maintenance is no drift of storage."""
    left = ("esx-02", "esx-03", "esx-04")
    seen = with_field(world(), ("host", "esx-01"), field, value)  # type: ignore[arg-type]
    assert judged(with_field(seen, ("datastore", "fc-gold-01"), "hosts", left)).differences == []
    (found,) = judged(with_field(world(), ("datastore", "fc-gold-01"), "hosts", left)).differences
    assert found.field == "hosts"


def test_a_task_under_way_is_named_and_is_no_drift() -> None:
    """F9: what changes by itself is in transition."""
    at = ("cluster", "gpu-a")
    seen = altered(world(), in_transition=((*at, "task ReconfigureCluster"),))
    found = worlds.whole(worlds.with_field(seen, at, "drs_automation", "manual"))
    assert [one.standing for one in found.differences] == ["in-transition"]
    assert [(one.key, one.what) for one in found.transitions] == [
        ("gpu-a", "task ReconfigureCluster")
    ]


def test_an_edited_class_names_the_nodes_that_run_of_it() -> None:
    """F3: and the mend is a new class, never a patch."""
    at = ("vm-class", "h100-40c-r10da02")
    seen = worlds.with_field(world(), at, "vcpus", 8)
    nodes = [
        altered(seen.objects[0], kind="vm", key=f"ams1/vm/n/{n}", ident=f"vm-{n}",
                fields={"vm_class": at[1]})
        for n in range(12)
    ]  # fmt: skip
    (found,) = judged(worlds.with_more(seen, *nodes)).differences
    assert "differ from 12 running;" in found.consequence
    assert found.mend.command.startswith("never patch a class")


def test_a_field_out_of_the_roles_reach_is_unreadable_by_design() -> None:
    """F8: listed, and never counted against the reading."""

    def less(one: Seen) -> Seen:
        fields = {k: v for k, v in one.fields.items() if not k.startswith("module_option")}
        return altered(one, fields=fields)

    seen = altered(worlds.with_objects(world(), less), role="diff")
    found = worlds.whole(seen)
    assert {(one.kind, one.field, one.by_design) for one in found.unreadable} == {
        ("host", "module_option.nvidia", True)
    }
    assert found.complete


def test_an_index_answers_for_a_kind_that_was_not_read_at_all() -> None:
    """Nobody is told that all classes are gone."""
    gone = {(o.kind, o.key) for o in world().objects if o.kind == "vm-class"}
    lacking = Unread(kind="vm-class", key="", field="", reason="endpoint", detail="404")
    found = judged(worlds.unread(worlds.without(world(), gone), lacking))
    assert found.differences == []
    assert {one.reason for one in found.unreadable} == {"endpoint"}
    assert not any(one.hidden for one in found.unreadable)


def test_no_kubeconfig_is_no_loss_of_clusters() -> None:
    """F8: what nobody asked for is by design."""
    kinds = ("vks-cluster", "k8s-namespace")
    gone = {(o.kind, o.key) for o in world().objects if o.kind in kinds}
    found = judged(worlds.without(world(), gone))
    assert found.differences == []
    assert all(one.by_design for one in found.unreadable)


def test_the_index_finds_by_id_and_stamp() -> None:
    """Whatever the name."""
    there = Index(world())
    supervisor = there.by_ident("supervisor", "5f7a0c9e-2d41-4e0f-8a55-1c2b3d4e5f60")
    assert supervisor is not None
    assert supervisor.key == "sup-ams1.example"
    stamped = there.by_stamp("folder", "mlgen/acme-ml/folder/acme-ml")
    assert stamped is not None
    assert stamped.key == "ams1/vm/acme-ml"
