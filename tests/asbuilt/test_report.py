"""The report as a whole: sums, versions, what serves nobody, and that order means nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.api import as_built, as_built_hosts
from generator.finding import CannotRun
from generator.record import altered
from generator.vcenter.snapshot import Failed, Seen, Snapshot
from tests.asbuilt.world import DAY, center, cluster, gpu, host, machine, only, read, report
from tests.vcenter.snapshots import seen

TYPES = ("80c", "40c", "20c", "16c", "10c", "1-10c", "3-40c", "20q")
MODES = ("sameSize", "mixedSize", "multiInstanceGpu", "none")


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Seen, ...]:
    """Three hosts with two H100 each, on which anything may run, lawful or not."""
    objects = [cluster(ha_enabled=draw(st.booleans())), center()]
    for name in ("a", "b", "c"):
        objects.append(host(name, maintenance=draw(st.booleans())))
        for slot in range(2):
            codes = draw(st.lists(st.sampled_from(TYPES), max_size=3))
            vms = [f"{name}{slot}{n}" for n in range(len(codes))]
            kind = draw(st.sampled_from(("sharedDirect", "shared")))
            mode = draw(st.sampled_from(MODES))
            objects.append(gpu(name, slot, vms=tuple(vms), vgpu_mode=mode, graphics_type=kind))
            objects += [
                machine(vm, name, f"nvidia_h100-{code}")
                for vm, code in zip(vms, codes, strict=True)
            ]
    return tuple(objects)


@given(worlds(), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_every_gpu_adds_up_and_order_means_nothing(world: tuple[Seen, ...], random: object) -> None:
    """F38: framebuffer is used, held, free, uncertain, stranded or shut, and nothing else."""
    built = report(*world)
    for one in (gpu_seen for h in built.vcenters[0].hosts for gpu_seen in h.gpus):
        parts = one.framebuffer
        cut = (
            parts.used_mib, parts.held_mib, parts.free_mib, parts.uncertain_mib,
            parts.stranded_mib, parts.shut_mib,
        )  # fmt: skip
        assert sum(cut) == parts.total_mib
        assert min(cut) >= 0
        assert all(more.least <= more.most for more in one.more)
        assert one.why or not parts.total_mib - parts.used_mib - parts.free_mib
    for fit in (fit for c in built.vcenters[0].clusters for fit in c.fits):
        assert 0 <= fit.after_loss <= fit.least <= fit.most
    shuffled = list(world)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert report(*shuffled) == built
    drawn = as_built_hosts(built)
    assert all(sum(one.size for one in g.slices) == g.units for h in drawn for g in h.gpus)


def test_every_version_is_told_with_its_end() -> None:
    found = only(
        cluster(), center(), host("a", **{"package.NVD-AIE_ESXi": "580.65"}), gpu("a"),
        machine("v", "a", hardware_version=21), version="8.0.3",
    )  # fmt: skip
    told = [(one.target, one.release, one.state, one.until) for one in found.versions]
    assert told == [
        ("esx", "8.0U3", "supported", "2027-10-11"),
        ("hardware_version", "vmx-21", "supported", "2027-10-11"),
        ("vcenter", "8.0U3", "supported", "2027-10-11"),
        ("vgpu_host", "19", "supported", "2028-06-30"),
    ]


def test_a_release_without_a_known_end_is_undated() -> None:
    (one, *_) = (v for v in only(center(), version="9.0.1").versions if v.target == "vcenter")
    assert (one.release, one.state, one.until) == ("9.0", "undated", None)


def test_what_serves_nobody_is_listed() -> None:
    found = only(
        cluster(), host("a"), gpu("a"),
        machine("v", "a", "nvidia_h100-20c", "nvidia_h100-20c", power="poweredOff"),
        machine("plain", "a", power="poweredOff", memory_mib=4096),
        seen("vm-class", "c", vgpus=(), vms=(), namespaces=()),
        seen("supervisor", "sup"), seen("namespace", "dev", content_libraries=()),
        seen("content-library", "lib", type="SUBSCRIBED", automatic_sync=False),
    )  # fmt: skip
    assert [(one.kind, one.name, one.what) for one in found.idle] == [
        ("vm", "ams1/vm/v", "off; takes back 2 x nvidia_h100-20c"),
        ("reservation", "gpu-a", "1 VM(s) that are off would reserve 4 GiB"),
        ("vm-class", "c", "no VM and no namespace"),
        ("content-library", "lib", "no namespace has it (subscribed, synchronised by hand)"),
    ]


def test_each_vcenter_is_judged_by_itself() -> None:
    """Hosts and clusters of two vCenters may have one name."""
    (one,) = read(cluster(), host("a"), gpu("a")).vcenters
    other = altered(one, name="vc-fra", objects=(cluster(), host("a"), gpu("a", board="l40s")))
    lost = Failed(name="vc-lon", reason="no answer", mend="check the network")
    built = as_built(Snapshot(vcenters=(one, other), failed=(lost,)), DAY)
    models = [[g.model for h in each.hosts for g in h.gpus] for each in built.vcenters]
    assert models == [["nvidia-h100-pcie-80"], ["nvidia-l40s"]]
    assert built.framebuffer.total_mib == 81920 + 49152
    assert built.failed == (("vc-lon", "no answer", "check the network"),)


def test_a_snapshot_without_a_vcenter_is_no_report() -> None:
    with pytest.raises(CannotRun, match="no vCenter"):
        as_built(Snapshot(vcenters=()), DAY)
