"""The table of failures: every host, every GPU, every site, and every host's maintenance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from generator.catalog import Catalog
from generator.placement.failures.failing import NO_HA, NO_PROMISES, Failing
from generator.placement.failures.promises import ClusterHa, ClusterKey, Promise
from generator.placement.hosts.stock import Host
from generator.placement.loss import Loss
from generator.placement.plan import Plan
from generator.placement.terms import Terms
from generator.record import Record, record


@record
class Failures(Record):
    """Every loss of one host, one GPU and one site, and every host's maintenance."""

    hosts: tuple[Loss, ...]
    gpus: tuple[Loss, ...]
    sites: tuple[Loss, ...]
    maintenance: tuple[Loss, ...]


def failures(
    plan: Plan,
    hosts: Sequence[Host],
    catalog: Catalog,
    terms: Terms,
    *,
    promises: Mapping[tuple[str, str], Promise] = NO_PROMISES,
    ha: Mapping[ClusterKey, ClusterHa] = NO_HA,
) -> Failures:
    """What every single loss does to a plan. Pure; ``hosts`` and ``terms`` are the plan's own.

    ``promises`` are by environment and name of a demand; one that is not among them promises its
    minimum. ``ha`` is by site and cluster; where it says nothing, HA is taken to be on, because a
    Supervisor needs it.
    """
    return table(Failing(plan, hosts, catalog, terms, promises=promises, ha=ha))


def table(failing: Failing) -> Failures:
    """Every single loss of a plan that is ready to fail."""
    hosts = [machine.host for machine in failing.running.machines]
    orders = range(len(hosts))
    return Failures(
        hosts=tuple(failing.hosts((order,)) for order in orders),
        gpus=tuple(
            failing.gpu(order, index) for order in orders for index in range(len(hosts[order].gpus))
        ),
        sites=tuple(failing.site(site) for site in sorted({host.site for host in hosts})),
        maintenance=tuple(failing.maintenance(order) for order in orders),
    )
