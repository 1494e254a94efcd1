"""generator.sizing.machine.licences: counts by cores, TiB and physical GPUs; never a price."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.catalog import Catalog
from generator.ledger import Basis
from generator.quantity import TIB
from generator.sizing.machine.licences import (
    Edition,
    Foundation,
    HostCpus,
    Metric,
    ai_enterprise_licences,
    checked_out,
    core_licences,
    edition_of,
    licences,
    physical_gpus,
    vsan_licences,
)
from generator.sizing.nonsense import Nonsense

CATALOG = Catalog.builtin()
H100_PCIE = CATALOG.accelerator("nvidia-h100-pcie-80")
H100_SXM = CATALOG.accelerator("nvidia-h100-sxm5-80")
H200_NVL = CATALOG.accelerator("nvidia-h200-nvl-141")
L40S = CATALOG.accelerator("nvidia-l40s")
A16 = CATALOG.accelerator("nvidia-a16")


def test_cpus_of_eight_cores_are_licensed_as_sixteen() -> None:
    """The example of Broadcom's KB 313548."""
    bill = core_licences(
        [HostCpus(sockets=2, cores_per_socket=8), HostCpus(sockets=2, cores_per_socket=24)]
    )

    assert bill.total == 80
    assert bill.value("floor") == 16


def test_three_hosts_of_one_small_cpu_take_48_cores_that_bring_their_storage() -> None:
    cores = core_licences([HostCpus(sockets=1, cores_per_socket=8)] * 3)

    assert cores.total == 48
    assert vsan_licences(11.52 * TIB, int(cores.total), Foundation.VCF).total == 0


def test_f32_vsan_beyond_what_the_cores_bring_is_licensed_by_raw_tib() -> None:
    assert vsan_licences(100.5 * TIB, 64, Foundation.VCF).total == 101 - 64
    assert vsan_licences(100.5 * TIB, 64, Foundation.VVF).total == 101 - 16


def test_f32_what_only_third_parties_say_is_marked() -> None:
    by_foundation = {kind: vsan_licences(100 * TIB, 64, kind).parts[1].basis for kind in Foundation}

    assert by_foundation == {Foundation.VCF: Basis.PUBLISHED, Foundation.VVF: Basis.ASSUMED}


def test_ai_enterprise_is_counted_by_physical_gpu_less_what_is_in_the_box() -> None:
    bill = ai_enterprise_licences([(H100_PCIE, 4), (H100_SXM, 8), (H200_NVL, 4), (L40S, 2)])

    assert bill.total == 8 + 2
    assert bill.value(f"{H100_PCIE.short_name}, in the box") == -4


@pytest.mark.parametrize(("year", "bought"), [(1, 0), (5, 0), (6, 4)])
def test_a_bundled_subscription_lasts_five_years(year: int, bought: int) -> None:
    assert ai_enterprise_licences([(H100_PCIE, 4)], year=year).total == bought


def test_a_board_of_four_gpus_takes_four() -> None:
    assert physical_gpus(A16, 2) == 8
    assert ai_enterprise_licences([(A16, physical_gpus(A16, 2))]).total == 8


@pytest.mark.parametrize(("vgpus", "taken"), [(0, 0), (1, 1), (16, 1), (17, 2), (20, 2)])
def test_one_licence_covers_sixteen_vgpus_of_a_gpu(vgpus: int, taken: int) -> None:
    assert checked_out(vgpus) == taken


@pytest.mark.parametrize(
    ("series", "edition", "metric"),
    [
        ("C", Edition.COMPUTE, Metric.GPU),
        ("q", Edition.WORKSTATION, Metric.USER),
        ("B", Edition.DESKTOP, Metric.USER),
        ("A", Edition.APPLICATIONS, Metric.USER),
    ],
)
def test_a_series_names_its_edition_and_what_is_counted(
    series: str, edition: Edition, metric: Metric
) -> None:
    assert edition_of(series) == (edition, metric)


def test_an_unknown_series_is_refused() -> None:
    with pytest.raises(Nonsense, match="C, Q, B or A"):
        edition_of("X")


def test_a_platform_has_each_count_on_a_line_of_its_own() -> None:
    found = licences(
        [HostCpus(sockets=2, cores_per_socket=32)] * 4,
        [(H100_PCIE, 8), (L40S, 2)],
        foundation=Foundation.VCF,
        vsan_raw_bytes=300 * TIB,
        add_ons=("Private AI",),
    )

    assert found.foundation_cores.total == 256
    assert found.vsan_tib.total == 44
    assert found.ai_enterprise.total == 2
    assert found.gpus_unknown == 2
    assert [(bill.name, bill.total) for bill in found.add_ons] == [("Private AI", 256)]


def test_a_cpu_without_cores_is_nonsense() -> None:
    with pytest.raises(Nonsense, match=r"host\.cores"):
        core_licences([HostCpus(sockets=2, cores_per_socket=0)])


@given(
    st.lists(
        st.builds(HostCpus, sockets=st.integers(1, 4), cores_per_socket=st.integers(1, 128)),
        max_size=8,
    )
)
def test_cores_to_license_are_never_fewer_than_there_are(hosts: list[HostCpus]) -> None:
    total = core_licences(hosts).total

    assert total >= sum(host.sockets * host.cores_per_socket for host in hosts)
    assert total >= 16 * sum(host.sockets for host in hosts)
