"""Facts of a site that only something that is to be made needs: what is set aside for it."""

from generator.blueprint.model.part import Part, part


@part
class AddressBlock(Part):
    """Consecutive addresses."""

    first: str
    count: int


@part
class SupervisorAddresses(Part):
    """What is set aside for a Supervisor that is to be made."""

    management: AddressBlock | None = None
    workload: AddressBlock | None = None
    virtual_ips: AddressBlock | None = None
    load_balancer: AddressBlock | None = None
    ingress: str | None = None
    egress: str | None = None


@part
class Edge(Part):
    """What publishes the services of a Supervisor: an address outside, or ids in NSX."""

    address: str | None = None
    port: int | None = None
    cluster: str | None = None
    tier0: str | None = None


@part
class TrafficShares(Part):
    """Weights of traffic under contention; None keeps vSphere's own."""

    vm: int | None = None
    management: int | None = None
    vmotion: int | None = None
    vsan: int | None = None
    nfs: int | None = None
    iscsi: int | None = None


@part
class Teaming(Part):
    """How a port group uses the uplinks of its switch, each list in order."""

    policy: str
    active: tuple[str, ...]
    standby: tuple[str, ...] = ()
