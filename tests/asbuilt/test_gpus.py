"""GPU by GPU: mode, what runs, what is free, uncertain, stranded or held, and why."""

from __future__ import annotations

from typing import Any

import pytest

from generator.asbuilt.model import OFF, UNKNOWN
from tests.asbuilt.world import gpu, gpus, host, machine

H1, L40S, NVL = 81920, 49152, 96246


def parts(*objects: Any, name: str = "a/gpu0") -> tuple[int, ...]:
    """Used, held, free, uncertain, stranded and shut MiB of a GPU."""
    one = gpus(*objects)[name].framebuffer
    return (
        one.used_mib,
        one.held_mib,
        one.free_mib,
        one.uncertain_mib,
        one.stranded_mib,
        one.shut_mib,
    )


def test_a_gpu_that_is_locked_to_a_size_gives_the_rest_in_that_size() -> None:
    """F38: what fits."""
    world = (host("a"), gpu("a", board="l40s", vms=("v",)), machine("v", "a", "nvidia_l40s-16c"))
    assert parts(*world) == (16384, 0, 32768, 0, 0, 0)
    one = gpus(*world)["a/gpu0"]
    assert [(more.profile, more.least) for more in one.more if more.most] == [
        ("nvidia_l40s-16c", 2)
    ]
    assert [(each.vm, each.profile) for each in one.tenants] == [("v", "nvidia_l40s-16c")]


def test_what_is_smaller_than_the_locked_size_is_stranded_with_the_reason() -> None:
    """F38: what is stranded."""
    world = (host("a"), gpu("a", board="nvl", vms=("v",)), machine("v", "a", "nvidia_h100l-23c"))
    assert parts(*world) == (23552, 0, 3 * 23552, 0, NVL - 4 * 23552, 0)
    assert gpus(*world)["a/gpu0"].why == (
        "locked to nvidia_h100l-23c: what is left behind its last place is smaller than that"
    )


def test_where_sizes_mix_the_places_that_nobody_tells_are_allowed_for() -> None:
    world = (
        host("a"),
        gpu("a", vgpu_mode="multiInstanceGpu", vms=("v", "w")),
        machine("v", "a", "nvidia_h100-1-10c"),
        machine("w", "a", "nvidia_h100-1-10c"),
    )
    assert parts(*world) == (20480, 0, 51200, 10240, 0, 0)
    one = gpus(*world)["a/gpu0"]
    assert (one.mode, one.starts) == ("mig", (0, 6))
    assert "only if they sit luckily" in one.why


def test_an_idle_gpu_is_in_the_mode_that_it_is_set_to() -> None:
    idle = gpu("a", vgpu_mode="none", configured_vgpu_mode="mixedSize")
    assert gpus(host("a"), idle)["a/gpu0"].mode == "mixed-size"


@pytest.mark.parametrize(
    ("fields", "mode", "said"),
    [
        ({"graphics_type": "shared"}, OFF, "no vGPU starts before it is Shared Direct"),
        (
            {"graphics_type": "shared", "configured_type": "sharedDirect"},
            OFF,
            "Shared Direct from the next start of the host on",
        ),
    ],
)
def test_a_gpu_that_gives_no_vgpu_is_stranded_as_a_whole(
    fields: dict[str, Any], mode: str, said: str
) -> None:
    world = (host("a"), gpu("a", **fields))
    assert parts(*world) == (0, 0, 0, 0, H1, 0)
    one = gpus(*world)["a/gpu0"]
    assert (one.mode, one.more) == (mode, ())
    assert said in one.why


def test_a_gpu_of_which_too_little_was_read_is_not_called_stranded() -> None:
    world = (host("a"), gpu("a", graphics_type=None))
    assert parts(*world) == (0, 0, 0, H1, 0, 0)
    one = gpus(*world)["a/gpu0"]
    assert (one.mode, one.more, one.why) == (UNKNOWN, (), "its graphics type was not read")


def test_a_board_without_vgpus_is_of_use_by_directpath_only() -> None:
    bare = gpus(host("a"), gpu("a", board="mi210", graphics_type="shared"))["a/gpu0"]
    assert bare.framebuffer.stranded_mib == 65536
    assert "no vGPU profile" in bare.why
    given = gpus(host("a"), gpu("a", board="mi210", passthrough=True))["a/gpu0"]
    assert (given.mode, given.framebuffer.free_mib) == ("passthrough", 65536)


def test_a_whole_gpu_by_its_address_is_held() -> None:
    world = (
        host("a"),
        gpu("a", passthrough=True, graphics_type="direct"),
        machine("v", "a", passthrough=("0000:10:00.0",)),
    )
    assert parts(*world) == (0, H1, 0, 0, 0, 0)
    assert gpus(*world)["a/gpu0"].why == "v has it by DirectPath I/O"


@pytest.mark.parametrize(
    ("wanted", "label", "held"),
    [
        ("10de:2331", None, ["v", ""]),
        ("10de:2330|10de:2331", None, ["v", ""]),
        ("10de:2331@fast", "fast", ["v", ""]),
        ("10de:2331@fast", "slow", ["", ""]),
        ("10de:9999", None, ["", ""]),
    ],
)
def test_a_vm_by_dynamic_directpath_holds_one_of_the_devices_that_it_names(
    wanted: str, label: str | None, held: list[str]
) -> None:
    devices = (
        gpu("a", n, passthrough=True, graphics_type="direct", hardware_label=label)
        for n in range(2)
    )
    world = gpus(host("a"), *devices, machine("v", "a", passthrough=(wanted,)))
    assert [one.held_by for one in world.values()] == held


def test_a_vm_that_is_off_holds_no_device() -> None:
    off = machine("v", "a", passthrough=("10de:2331",), power="poweredOff")
    assert gpus(host("a"), gpu("a", passthrough=True), off)["a/gpu0"].held_by == ""


def test_beside_a_profile_that_the_catalogue_lacks_nothing_is_reckoned() -> None:
    world = (host("a"), gpu("a", board="l40s", vms=("v",)), machine("v", "a", "nvidia_l40s-8q"))
    assert parts(*world) == (0, L40S, 0, 0, 0, 0)
    assert "the catalogue does not know nvidia_l40s-8q" in gpus(*world)["a/gpu0"].why


def test_what_cannot_be_true_is_said_and_not_reckoned_with() -> None:
    both = (machine("v", "a", "nvidia_h100-80c"), machine("w", "a", "nvidia_h100-80c"))
    one = gpus(host("a"), gpu("a", vms=("v", "w")), *both)["a/gpu0"]
    assert "no legal state of its mode (same-size)" in one.why


def test_a_vm_whose_gpu_nobody_tells_costs_a_whole_one() -> None:
    world = gpus(host("a"), gpu("a"), gpu("a", 1), machine("v", "a", "nvidia_h100-20c"))
    assert [one.held_by for one in world.values()] == ["v", ""]
    assert "does not tell on which GPU" in world["a/gpu0"].why


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"maintenance": True}, "in maintenance"),
        ({"connection": "notResponding"}, "vCenter does not reach it"),
        ({"memory_bytes": None}, "its memory is not known"),
    ],
)
def test_a_host_that_carries_nothing_shuts_its_gpus(fields: dict[str, Any], why: str) -> None:
    world = (host("a", **fields), gpu("a"))
    assert parts(*world) == (0, 0, 0, 0, 0, H1)
    assert gpus(*world)["a/gpu0"].why == why
