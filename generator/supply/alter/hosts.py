"""Hosts and GPUs that are lost or added."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from generator.blueprint.alter.rules import IllWritten, NameTaken, NoSuchThing, SetTwice
from generator.blueprint.alter.settings import append, copied
from generator.blueprint.near import short, shown
from generator.catalog import Catalog
from generator.finding import Finding, Place, Refused
from generator.source import MappingNode, SequenceNode
from generator.supply.alter.absence import absent, resolved
from generator.supply.alter.boards import change_boards, unknown_boards
from generator.supply.alter.roster import Displaced, Hardware, Outcome, Roster, drop, items

LOST = "lost (what if)"
"""Who holds a GPU that is supposed to be lost: its neighbours keep their numbers, and its NVLink
group is broken."""

_OF_OTHERS = ("held_by", "mode", "mixed_size")
_OF_ONE_HOST = ("maintenance", "reserved_for_others")


def alter(found: Sequence[Roster], hardware: Hardware, catalog: Catalog) -> Outcome:
    """Changes the trees behind the rosters as is supposed.

    Hosts are added before any is lost, so a new one may be like one that goes; GPU models change
    last, in all hosts at once.

    Raises:
        Refused: with everything that is not there, said twice, or not written in its form.
    """
    findings = list(_twice(hardware))
    known = {(roster.site, str(host["name"])) for roster in found for host in roster.hosts()}
    findings += _add(found, hardware.added_hosts, known)
    gpus = list(_lose_gpus(found, hardware.lost_gpus, known, findings))
    lost = [*_of_sites(hardware.lost_sites, found, known, findings)]
    for name in hardware.lost_hosts:
        place = Place(f"--lose-host {short(name)}", 1, 1)
        lost += resolved(name, known, place, findings)
    findings += unknown_boards(found, hardware.other_gpus)
    if findings:
        raise Refused(findings)
    change_boards(found, hardware.other_gpus, catalog)
    displaced = [vm for roster in found for vm in _lose(roster, set(lost))]
    return Outcome(lost_gpus=tuple(gpus), displaced=tuple(dict.fromkeys(displaced)))


def _twice(hardware: Hardware) -> Iterator[Finding]:
    said = {
        "--lose-host": hardware.lost_hosts,
        "--lose-gpu": hardware.lost_gpus,
        "--lose-site": hardware.lost_sites,
        "--add-host": [name for name, _ in hardware.added_hosts],
        "--gpu": [old for old, _ in hardware.other_gpus],
    }
    for option, names in said.items():
        for name in dict.fromkeys(name for name in names if names.count(name) > 1):
            place = Place(f"{option} {short(name)}", 1, 1)
            message = f"{option} says {shown(name)} {names.count(name)} times"
            yield SetTwice.breach(message, mend="keep one", places=(place,))


def _add(
    found: Sequence[Roster], added: Iterable[tuple[str, str]], known: set[tuple[str, str]]
) -> Iterator[Finding]:
    """Adds the hosts beside those that they are like; they then count as known."""
    models = set(known)
    for name, like in added:
        place = Place(f"--add-host {short(name)}={short(like)}", 1, 1)
        findings: list[Finding] = []
        for site, model in resolved(like, models, place, findings):
            if (site, name) in known:
                message = f"{site} has a host {shown(name)} already"
                findings.append(
                    NameTaken.breach(message, mend="give it another name", places=(place,))
                )
                continue
            for roster in found:
                for host in roster.hosts():
                    if roster.site == site and host["name"] == model:
                        append(roster.root, ("hosts",), _like(host, name, place), place)
            known.add((site, name))
        yield from findings


def _like(host: MappingNode, name: str, place: Place) -> MappingNode:
    """A host with the same parts and nothing on it yet."""
    made: MappingNode = copied(host)
    for key in _OF_ONE_HOST:
        drop(made, key)
    for gpu in items(made.get("gpus")):
        for key in _OF_OTHERS:
            drop(gpu, key)
    made.put("name", name, place, place)
    return made


def _lose_gpus(
    found: Sequence[Roster],
    names: Iterable[str],
    known: Iterable[tuple[str, str]],
    findings: list[Finding],
) -> Iterator[str]:
    """Marks the GPUs as held, in every list that has them; yields them as ``SITE/HOST/gpuN``."""
    for name in names:
        place = Place(f"--lose-gpu {short(name)}", 1, 1)
        host, _, number = name.rpartition("/gpu")
        if not host or not (number.isascii() and number.isdecimal()):
            message = f"{shown(name)} is no GPU of a host"
            findings.append(
                IllWritten.breach(message, mend="write HOST/gpuN: esx-01/gpu0", places=(place,))
            )
            continue
        for site, host_name in resolved(host, known, place, findings):
            lists = [
                items(one.get("gpus"))
                for roster in found
                for one in roster.hosts()
                if roster.site == site and one["name"] == host_name and "gpus" in one
            ]
            index = int(number[:9])
            if not any(index < len(gpus) for gpus in lists):
                count = max(map(len, lists), default=0)
                message = f"{host_name} has {count} GPUs and no gpu{short(number)}"
                mend = f"gpu0 to gpu{count - 1}" if count else "name another host"
                findings.append(NoSuchThing.breach(message, mend=mend, places=(place,)))
                continue
            for gpus in lists:
                for gpu in gpus[index : index + 1]:
                    gpu.put("held_by", LOST, place, place)
            yield f"{site}/{host_name}/gpu{index}"


def _of_sites(
    names: Iterable[str],
    found: Sequence[Roster],
    known: Iterable[tuple[str, str]],
    findings: list[Finding],
) -> Iterator[tuple[str, str]]:
    """Every host of the lost sites."""
    sites = sorted({roster.site for roster in found})
    for name in names:
        place = Place(f"--lose-site {short(name)}", 1, 1)
        if name not in sites:
            findings.append(absent("site", name, sites, place))
        yield from sorted(one for one in known if one[0] == name)


def _lose(roster: Roster, lost: set[tuple[str, str]]) -> Iterator[Displaced]:
    """Takes the hosts out of the list, and out of the occupancy what ran on them."""
    gone = {host["name"] for host in roster.hosts() if (roster.site, str(host["name"])) in lost}
    if not gone:
        return
    _keep(roster.root, "hosts", lambda host: host.get("name") not in gone)
    for vm in items(roster.root.get("occupancy")):
        if isinstance(vm, MappingNode) and vm.get("host") in gone and vm.get("power") != "off":
            yield Displaced(
                site=roster.site,
                host=str(vm["host"]),
                vm=str(vm.get("name")),
                vcpus=vm.get("vcpu") if type(vm.get("vcpu")) is int else None,
                memory=str(vm["memory"]) if "memory" in vm else None,
            )
    _keep(roster.root, "occupancy", lambda vm: vm.get("host") not in gone)


def _keep(root: MappingNode, key: str, wanted: Any) -> None:
    """Leaves out the items of a list that are not wanted; the list itself stays."""
    node = root.get(key)
    if not isinstance(node, SequenceNode):
        return
    kept = [
        (item, place)
        for item, place in zip(node, node.places, strict=True)
        if not isinstance(item, MappingNode) or wanted(item)
    ]
    node[:] = [item for item, _ in kept]
    node.places = [place for _, place in kept]
