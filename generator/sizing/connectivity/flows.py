"""What moves: stated flows, data that is read at another site, and data that follows a burst."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.environments import Environment
from generator.blueprint.model.resource_management import Burst, Price
from generator.blueprint.model.storage_compute import Dataflow, Dataset
from generator.blueprint.model.workloads import Workload
from generator.blueprint.standing import homes
from generator.quantity import Quantity
from generator.record import Record, record
from generator.sizing.connectivity.places import End, Places
from generator.sizing.connectivity.presence import ANY_TIME, STEADY, Presence, Timetable
from generator.sizing.connectivity.routes import Route, Routes
from generator.sizing.connectivity.sized import FlowKind
from generator.sizing.data.rates import ReadRate, read_rates
from generator.sizing.network.transfer import needed_bytes_per_s
from generator.sizing.nonsense import Nonsense, positive

_UNMOVED = ("synthetic", "none")
"""Words of an environment whose work sees none of the data."""


@record
class Ground(Record):
    """What flows are laid over: the blueprint with its places, routes and schedules.

    ``counts`` holds how many VMs a workload has at once.
    """

    blueprint: Blueprint
    places: Places
    routes: Routes
    timetable: Timetable
    counts: Mapping[str, int]


@record
class Movement(Record):
    """Data that moves along one route, before its links are judged.

    ``parallel`` is how many VMs share the rate. ``unknown`` names what would give a rate.
    """

    name: str
    kind: FlowKind
    path: str
    route: Route
    volume_bytes: float | None = None
    window_s: float | None = None
    rate_bytes_per_s: float | None = None
    rule: str = ""
    presence: Presence = ANY_TIME
    parallel: int = 1
    unknown: tuple[str, ...] = ()


def stated(ground: Ground) -> Iterator[Movement | Nonsense]:
    """The flows that the blueprint states, one for each place that a flow leads to."""
    for flow in ground.blueprint.storage_compute.dataflows:
        try:
            yield from _of_flow(flow, ground)
        except Nonsense as nonsense:
            yield nonsense


def _of_flow(flow: Dataflow, ground: Ground) -> Iterator[Movement]:
    at = f"dataflows[{flow.name}]"
    if flow.from_ == flow.to:
        raise Nonsense(f"{at}.to", f"it ends at {flow.to}, where it starts", "name another system")
    volume = _value(f"{at}.volume", flow.volume_bytes)
    window = _value(f"{at}.window", flow.window_s)
    rate, rule = _rate(flow, at, volume, window)
    steady = flow.rate_bytes_per_s is not None and window is None
    caused_by = tuple(name for name in (flow.from_, flow.to) if name in ground.places.workloads)
    ends = ground.places.end(flow.from_), ground.places.end(flow.to)
    ways = list(ground.routes.between(*ends))
    for route in ways:
        yield Movement(
            name=flow.name if len(ways) == 1 else f"{flow.name} to {route.to}",
            kind=FlowKind.STATED,
            path=f"storage_compute.{at}",
            route=route,
            volume_bytes=volume,
            window_s=window,
            rate_bytes_per_s=rate,
            rule=rule,
            presence=STEADY if steady else ground.timetable.of(caused_by, window),
            unknown=() if rate else (f"storage_compute.{at}.rate, or volume and window",),
        )


def _rate(
    flow: Dataflow, at: str, volume: float | None, window: float | None
) -> tuple[float | None, str]:
    """The rate that a flow needs: as stated, else its volume over its window."""
    if flow.rate_bytes_per_s is not None:
        rate = positive(f"{at}.rate", flow.rate_bytes_per_s.value)
        if volume and window and volume > rate * window * _EXACT:
            raise Nonsense(
                f"{at}.rate",
                f"{rate:g} B/s move {rate * window:.4g} of {volume:.4g} bytes in the window",
                f"state at least {volume / window:.4g} B/s, a longer window, or no rate",
            )
        return rate, "as the blueprint states it"
    if volume is None or window is None:
        return None, ""
    return needed_bytes_per_s(volume, window), "volume / window"


_EXACT = 1 + 1e-9
"""Two ways of writing one rate differ by rounding."""


def read(ground: Ground) -> Iterator[Movement]:
    """Every dataset that a workload reads: where it runs, and over which links it is reached."""
    blueprint = ground.blueprint
    datasets = {one.name: one for one in blueprint.storage_compute.datasets}
    rates = read_rates(blueprint)
    for workload, home in zip(blueprint.workloads, homes(blueprint), strict=True):
        for name in dict.fromkeys((workload.data, *workload.uses)):
            dataset = datasets.get(name or "")
            seen = _seen_bytes(dataset, [blueprint.environments.get(e) for e in home])
            if dataset is not None and seen is not None:
                yield from _of_reader(workload, dataset, seen, rates[dataset.name], ground)


def _of_reader(
    workload: Workload, dataset: Dataset, seen_bytes: float, rates: ReadRate, ground: Ground
) -> Iterator[Movement]:
    rate, rule, unknown = reading_rate(workload.name, dataset, rates)
    store = ground.places.dataset(dataset)
    if not store.tier:
        unknown = (*unknown, f"storage_compute.datasets[{dataset.name}].tier")
    key = "data" if workload.data == dataset.name else "uses"
    for route in ground.routes.between(*_reading_ends(workload.name, store, ground.places)):
        yield Movement(
            name=f"{workload.name} reads {dataset.name}",
            kind=FlowKind.READING,
            path=f"workloads[{workload.name}].{key}",
            route=route,
            volume_bytes=seen_bytes,
            rate_bytes_per_s=rate,
            rule=rule,
            presence=ground.timetable.of((workload.name,), None),
            parallel=ground.counts.get(workload.name, 1),
            unknown=unknown,
        )


def reading_rate(
    workload: str, dataset: Dataset, rates: ReadRate
) -> tuple[float | None, str, tuple[str, ...]]:
    """The rate of a reader with its rule, or what would tell it.

    The rate that a dataset states is that of all its readers, so it tells that of an only one.
    """
    for reader in rates.readers:
        if reader.name == workload and reader.bytes_per_s:
            return reader.bytes_per_s, reader.rule, ()
    at = f"storage_compute.datasets[{dataset.name}].read_rate"
    stated = dataset.read_rate_bytes_per_s
    if stated is not None and stated.value > 0 and len(rates.readers) == 1:
        return float(stated.value), at, ()
    rules = (reader.rule for reader in rates.readers if reader.name == workload)
    return None, "", tuple(rule if "." in rule else at for rule in rules)


def _reading_ends(workload: str, store: End, places: Places) -> tuple[End, End]:
    """A dataset and its reader, which reaches it over the ports of the dataset's tier, if known.

    What the tier itself gives its readers is judged with the tier.
    """
    at, traffic = places.workloads[workload], store.traffic if store.tier else ""
    missing = "" if at else f"workloads[{workload}].environments"
    source = replace(store, tier="", traffic=traffic)
    return source, End(name=workload, places=at, traffic=traffic, missing=missing)


def burst(ground: Ground) -> Iterator[Movement]:
    """The datasets of work that may leave, each moved once to where it would run.

    They take the line while it is free and so ask for no rate. Source: requirements S2-16.
    """
    blueprint, places = ground.blueprint, ground.places
    leaving = blueprint.resource_management.burst
    if leaving is None:
        return
    target = places.end(leaving.target)
    wanted = {
        name
        for workload in blueprint.workloads
        if workload.phase in leaving.eligible
        for name in (workload.data, *workload.uses)
    }
    for dataset in blueprint.storage_compute.datasets:
        if dataset.name not in wanted:
            continue
        yield Movement(
            name=f"{dataset.name} to {leaving.target}",
            kind=FlowKind.BURST,
            path="resource_management.burst",
            route=_leaving(leaving, places.dataset(dataset), target, ground.routes),
            volume_bytes=float(dataset.size_bytes.value),
        )


def _leaving(leaving: Burst, source: End, target: End, routes: Routes) -> Route:
    """Over the uplink that the blueprint names, else over that of the site where the data lies."""
    link = leaving.data.link if leaving.data else None
    if link is not None and target.places:
        return routes.over(link, source, target.places[0])
    return next(routes.between(source, target))


def price_of(blueprint: Blueprint, place: str) -> tuple[Price | None, str]:
    """The prices that hold for what leaves a place, and where the blueprint has them.

    Both are empty for places that are not the platform's: others pay there.
    """
    managed, at = blueprint.resource_management, "resource_management"
    if managed.burst is not None and managed.burst.target == place:
        return managed.burst.price, f"{at}.burst.price.egress_gb"
    if any(site.name == place for site in blueprint.storage_compute.sites):
        return managed.price, f"{at}.price.egress_gb"
    return None, ""


def _seen_bytes(dataset: Dataset | None, environments: list[Environment | None]) -> float | None:
    """The most that one of the environments sees of a dataset; None where none sees any of it."""
    if dataset is None:
        return None
    shares = [
        float(one.sample_ratio.value) if one.data == "sample" and one.sample_ratio else 1.0
        for one in environments
        if one is not None and one.data not in _UNMOVED
    ]
    return (
        None if environments and not shares else dataset.size_bytes.value * max(shares, default=1)
    )


def _value(field: str, quantity: Quantity | None) -> float | None:
    return None if quantity is None else positive(field, float(quantity.value))
