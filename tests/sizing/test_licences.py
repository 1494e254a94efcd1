"""Licences of a platform, by the hosts and GPUs that it uses (field rule F32)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from generator.catalog import Catalog
from generator.ledger import Entry
from generator.quantity import TIB
from generator.sizing.licences import LicensedHost, PlatformLicences, UsedGpu, size_licences
from generator.sizing.machine.licences import Foundation, HostCpus

H100 = Catalog.builtin().accelerator("nvidia-h100-pcie-80")
A100 = Catalog.builtin().accelerator("nvidia-a100-pcie-80")
MI300X = Catalog.builtin().accelerator("amd-mi300x")
HOST = LicensedHost(name="esx-1", cpus=HostCpus(sockets=2, cores_per_socket=8), vsan_raw_bytes=TIB)


def noted(found: PlatformLicences, name: str) -> Entry:
    """The figure of that name."""
    (entry,) = [one for one in found.ledger if one.name == name]
    return entry


def test_f32_cores_are_counted_with_the_floor_of_sixteen_per_cpu() -> None:
    found = size_licences([HOST, HOST], [])
    assert found.cores is not None
    assert found.cores.total == 64


def test_a_host_of_unknown_cpus_leaves_the_count_open() -> None:
    """And with it what the cores bring of vSAN."""
    dark = LicensedHost(name="esx-2", cpus=None)
    found = size_licences([HOST, dark], [])
    assert (found.cores, found.vsan_tib) == (None, {})
    assert noted(found, "core licences").rule.endswith("of esx-2")


def test_devices_of_unknown_size_leave_the_vsan_count_open() -> None:
    found = size_licences([LicensedHost(name="e", cpus=HOST.cpus, vsan_raw_bytes=None)], [])
    assert found.vsan_tib == {}
    assert noted(found, "vSAN licences").value == "unknown"


def test_without_vsan_nothing_is_said_of_it() -> None:
    found = size_licences([LicensedHost(name="e", cpus=HOST.cpus)], [])
    assert [entry.name for entry in found.ledger if "vSAN" in entry.name] == []


def test_an_unknown_bundle_gives_both_counts() -> None:
    """40 TiB on 32 cores: 8 to buy with VCF, 32 with VVF."""
    large = LicensedHost(name="e", cpus=HOST.cpus, vsan_raw_bytes=40 * TIB)
    found = size_licences([large], [])
    assert {name: bill.total for name, bill in found.vsan_tib.items()} == {
        Foundation.VCF: 8,
        Foundation.VVF: 32,
    }
    entry = noted(found, "vSAN licences")
    assert (entry.value, entry.low, entry.high) == (8, 8.0, 32.0)
    assert entry.effect == "8 TiB with VCF, 32 TiB with VVF for 40 TiB raw"


def test_a_stated_bundle_gives_one_count() -> None:
    large = LicensedHost(name="e", cpus=HOST.cpus, vsan_raw_bytes=40 * TIB)
    found = size_licences([large], [], foundation=Foundation.VVF)
    assert noted(found, "vSAN licences").value == 32
    assert noted(found, "vSAN licences").low is None


def test_f32_nvidia_is_counted_by_physical_gpu_less_what_is_in_the_box() -> None:
    """Four A100 to buy; three H100 come with theirs for five years."""
    gpus = [UsedGpu(accelerator=A100, vgpus=8)] * 4 + [UsedGpu(accelerator=H100)] * 3
    found = size_licences([HOST], gpus)
    assert found.ai_enterprise.total == 4
    entry = noted(found, "NVIDIA AI Enterprise")
    assert entry.high == 7.0
    assert entry.effect.startswith("7 once")
    assert size_licences([HOST], gpus, year=6).ai_enterprise.total == 7


def test_f32_more_than_sixteen_vgpus_on_a_gpu_check_out_another_licence() -> None:
    found = size_licences([HOST], [UsedGpu(accelerator=A100, vgpus=20)])
    assert found.ai_enterprise.total == 2


def test_boards_of_another_vendor_need_none() -> None:
    found = size_licences([HOST], [UsedGpu(accelerator=MI300X)])
    assert found.ai_enterprise.total == 0
    assert not [entry for entry in found.ledger if "NVIDIA" in entry.name]


def test_boards_of_which_nobody_knows_are_counted_and_said() -> None:
    unknown = A100._replace(nvaie_bundled_years=None)
    found = size_licences([HOST], [UsedGpu(accelerator=unknown)] * 2)
    assert (found.gpus_unknown, found.ai_enterprise.total) == (2, 2)
    entry = noted(found, "NVIDIA AI Enterprise")
    assert (entry.low, entry.high) == (0.0, 2.0)


def test_f32_no_price_is_ever_in_it() -> None:
    found = size_licences([HOST], [UsedGpu(accelerator=A100)])
    assert {entry.unit for entry in found.ledger} == {"cores", "TiB", "subscriptions"}


@given(st.integers(1, 40), st.integers(0, 64), st.integers(1, 48))
def test_more_hosts_and_gpus_never_need_fewer(hosts: int, gpus: int, vgpus: int) -> None:
    def counted(more: int) -> tuple[float, float]:
        used = [UsedGpu(accelerator=A100, vgpus=vgpus)] * (gpus + more)
        found = size_licences([HOST] * (hosts + more), used)
        assert found.cores is not None
        return found.cores.total, found.ai_enterprise.total

    assert all(a <= b for a, b in zip(counted(0), counted(1), strict=True))
    assert counted(0)[1] >= gpus
