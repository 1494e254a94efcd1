"""The sheet of facts that the owners of a site check."""

from __future__ import annotations

from generator.blueprint.model.hosts import Cpu, GpuDevice, Host, Nic, OtherDevice
from generator.blueprint.model.resource_management import Capacity
from generator.handoff.site_facts import platform_facts, site_facts
from generator.quantity import GIB, Quantity
from generator.supply.model import Library, RunningVgpu, RunningVm, Switch
from tests.example import blueprint, site, without


def host(**fields: object) -> Host:
    """A host of which only these facts are known."""
    return Host(name="esx-01", **fields)  # type: ignore[arg-type]


def stated(**fields: object) -> dict[str, str]:
    """The facts of a variant of the site, by what they are about."""
    return {fact.what: fact.stated for fact in site_facts({"ams1": without(site(), **fields)})}


def test_f27_ports_that_pass_the_hypervisor_are_named() -> None:
    """F27: UPT and SR-IOV change which VMs can move, offloaded switches too."""
    nic = Nic(
        name="vmnic4",
        speed_bytes_per_s=Quantity(12_500_000_000),
        use=("rdma",),
        switch="dvs-1",
        pcie_switch="gpu",
        numa=0,
        sr_iov=True,
        upt=True,
    )
    hosts = (host(nics=(nic,), dpu="bluefield-3"),)
    switch = Switch(name="dvs-1", kind="vds", mtu=9000, offloaded=True)
    found = stated(hosts=hosts, switches=(switch,))
    assert found["host esx-01"] == (
        "DPU bluefield-3, vmnic4 100 Gb/s for rdma on dvs-1 beside gpu NUMA node 0 SR-IOV UPT"
    )
    assert found["switch dvs-1"] == "vds, MTU 9000, offloaded to DPUs"


def test_what_nobody_stated_is_unknown() -> None:
    hosts = (host(),)
    assert stated(hosts=hosts)["host esx-01"] == "unknown"


def test_f27_devices_that_nobody_knows_are_kept_and_shown() -> None:
    devices = (OtherDevice(name="fpga-card", count=2), OtherDevice(name="nic-x"))
    found = stated(hosts=(host(other_devices=devices),))
    assert found["host esx-01"] == "2 x fpga-card, 1 x nic-x"


def test_a_host_is_described_with_the_state_that_its_gpus_are_in() -> None:
    gpu = GpuDevice(model="nvidia-l4", pci="0000:17:00.0", mode="mig", mixed_size=False)
    memory, tier = Quantity(1024 * GIB), Quantity(256 * GIB)
    cpu = Cpu(model="intel-spr-8480plus", sockets=2, cores_per_socket=56)
    found = stated(hosts=(host(cpu=cpu, memory_bytes=memory, memory_tier_bytes=tier, gpus=(gpu,)),))
    assert found["host esx-01"] == (
        "2 x 56 cores intel-spr-8480plus, 1024 GiB, 256 GiB of it on NVMe, "
        "nvidia-l4 at 0000:17:00.0 today mig same-size"
    )


def test_f5_what_runs_already_is_named_with_its_owner() -> None:
    """F5: and with the vGPU that it holds."""
    vm = RunningVm(
        name="vdi-1",
        uuid="u-1",
        host="esx-01",
        owner="desktop-team",
        power="on",
        vcpu=8,
        memory_bytes=Quantity(32 * GIB),
        vgpus=(RunningVgpu(profile="nvidia_l40s-8q", placement=0),),
        passthrough=("0000:ca:00.0",),
    )
    assert stated(occupancy=(vm,))["VM vdi-1"] == (
        "of desktop-team, u-1, esx-01, on, 8 vCPUs, 32 GiB, "
        "nvidia_l40s-8q at placement 0, GPU at 0000:ca:00.0"
    )


def test_f28_a_library_without_a_subscription_is_local() -> None:
    libraries = (Library(name="vkr", holds="vkr", subscribed=False),)
    assert stated(libraries=libraries)["library vkr"] == "vkr, local"


def test_a_datastore_is_described_by_kind_size_and_rate() -> None:
    assert stated()["datastore fc-gold-01"] == (
        "vmfs-fc, 20480 GiB, 9216 GiB in use, reads 3 GB/s, encryption array"
    )


def test_orchestrators_of_others_are_named_with_what_they_have() -> None:
    facts = [fact for fact in platform_facts(blueprint()) if "orchestrator" in fact.what]
    assert {fact.what: (fact.site, fact.stated) for fact in facts} == {
        "orchestrator hadoop": ("elsewhere", "yarn, 256 cores, 2048 GiB"),
        "orchestrator cloud-eu": ("elsewhere", "burst, sagemaker, eu-central-1"),
    }


def test_what_a_host_keeps_for_others_is_named() -> None:
    kept = Capacity(cores=8, memory_bytes=Quantity(64 * GIB), gpus=1, gpu="nvidia-l4")
    assert stated(hosts=(host(reserved_for_others=kept),))["host esx-01"] == (
        "for others: 8 cores, 64 GiB, 1 x nvidia-l4"
    )


def test_tiers_uplinks_and_the_way_back_are_named() -> None:
    found = {fact.what: fact.stated for fact in platform_facts(blueprint())}
    assert found["uplink"] == "1 Gb/s, to cloud-eu"
    assert found["tier objects"] == "object, s3, at objects.ams1"
    assert found["release to fall back to"] == "acme-ml-6"
