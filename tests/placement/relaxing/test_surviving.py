"""What would let a service hold after a promised loss, proved by planning again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from generator.blueprint.model.workloads import Workload
from generator.catalog import Catalog
from generator.placement.engine import place
from generator.placement.failures.failing import Failing
from generator.placement.failures.promises import promised_by, promises_of
from generator.placement.failures.reserve import findings, reserves
from generator.placement.hosts.stock import stock
from generator.placement.relaxing import surviving
from generator.placement.relaxing.surviving import Surviving
from generator.placement.terms import terms_of
from generator.sizing.engine import size
from tests.example import blueprint, site

CATALOG = Catalog.builtin()
FACTS = {"ams1": site()}

Change = Callable[[Workload], Workload]


def serving(name: str, **fields: object) -> Change:
    """A change of what one workload serves."""

    def change(workload: Workload) -> Workload:
        if workload.name != name or workload.serving is None:
            return workload
        return replace(workload, serving=replace(workload.serving, **fields))  # type: ignore[arg-type]

    return change


def found(change: Change) -> dict[str, tuple[str, ...]]:
    """What was proved for each service of production that breaks."""
    wanted = replace(blueprint(), workloads=tuple(change(w) for w in blueprint().workloads))
    needed = size(wanted, CATALOG, FACTS)
    hosts, terms, ha = stock(FACTS), terms_of(wanted, CATALOG), promised_by(FACTS)
    plan = place(needed, hosts, CATALOG, terms)
    promises = promises_of(wanted, tuple(choice.demand for choice in plan.chosen))
    kept = reserves(Failing(plan, hosts, CATALOG, terms, promises=promises, ha=ha), ha)
    again = Surviving(plan, needed.demands, hosts, CATALOG, terms, wanted, ha)
    return {
        short.level.demand: again.mends(reserve, short)
        for reserve in kept
        for short in reserve.short
        if short.level.environment == "prod"
    }


def test_copies_on_one_host_part_where_others_that_give_way_run_fewer() -> None:
    """A larger rag-llm fits nowhere; eleven searches then leave one GPU for two copies in MIG."""
    (mends,) = found(serving("rag-llm", sessions=128)).values()
    assert mends == (
        "run 10 VM(s) of vision-hpo instead of 11, which give way anyhow",
        "add 1 host(s) like esx-01 to gpu-a",
    )


def test_a_service_with_sessions_may_promise_what_is_left() -> None:
    """Twenty a replica; a host more would go to the searches that wait."""
    (mends,) = found(serving("rag-llm", sessions=40, degraded_sessions=None)).values()
    assert mends == ("accept serving.degraded_sessions: 20, which 1 of 2 replicas carry",)


@pytest.mark.parametrize("limit", ["MOST_VMS", "MOST_TRIALS", "MOST_SERVICES"])
def test_where_planning_again_takes_too_long_nothing_is_claimed(
    limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surviving, limit, 0)
    (mends,) = found(serving("rag-llm", sessions=128)).values()
    assert mends == ()


def test_what_is_accepted_holds() -> None:
    assert found(serving("rag-llm", sessions=40, degraded_sessions=20)) == {}


@pytest.mark.parametrize("mends", [(), ("buy two hosts",)])
def test_the_finding_says_what_was_proved(mends: tuple[str, ...]) -> None:
    wanted = replace(
        blueprint(),
        workloads=tuple(map(serving("rag-llm", sessions=128), blueprint().workloads)),
    )
    needed, hosts = size(wanted, CATALOG, FACTS), stock(FACTS)
    terms, ha = terms_of(wanted, CATALOG), promised_by(FACTS)
    plan = place(needed, hosts, CATALOG, terms)
    kept = reserves(Failing(plan, hosts, CATALOG, terms, ha=ha), ha)
    (finding,) = findings(kept, lambda *_: mends)
    first = mends[0] if mends else "keep a place free for it"
    assert finding.mend == f"{first}; or accept it: ha.host_failures as they are"
