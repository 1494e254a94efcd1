"""Data goes only where its classification may go."""

from __future__ import annotations

import pytest

from tests.rules.judging import broken

HEAD = """
governance: {classifications: [public, internal, restricted]}
storage_compute:
  sites: [{name: here}]
  storage: {tiers: [{name: objects, media: object, backing: s3}]}
  datasets: [{name: orders, size: 1GiB%s}]
"""
BURST = """
resource_management:
  orchestrators: [{name: cloud, kind: burst%s}]
  burst: {target: cloud, when: allocation, eligible: [hpo], allowed_classifications: [internal]}
workloads: [{name: w, goal: g, owner: ml-eng, phase: %s, data: orders, artefacts: {store: objects}}]
"""
STEP = """
resource_management:
  orchestrators: [{name: far, kind: %s}]
  pipelines: [{name: p, steps: [{name: s, stage: data-ingestion, %s, target: far}]}]
workloads: [{name: w, goal: g, owner: ml-eng, phase: data-prep, uses: [orders]}]
"""
HOME = """
resource_management: {orchestrators: [{name: far, kind: cloud}, {name: near, kind: vks}]}
environments: {dev: {runs_on: [%s]}, prod: {runs_on: [near]}}
workloads: [{name: w, goal: g, owner: ml-eng, phase: concept, data: orders%s}]
"""
READ = "workloads[w].data"


def _data(classification: str) -> str:
    return HEAD % f", {classification}" if classification else HEAD % ""


@pytest.mark.parametrize(
    ("classification", "orchestrator", "phase", "found"),
    [
        ("classification: internal", "", "hpo", {}),
        ("classification: restricted", "", "concept", {}),
        ("classification: restricted", "", "hpo", {"MLG-B030": READ}),
        ("", "", "hpo", {"MLG-B030": READ}),
        ("classification: internal, pii: true", "", "hpo", {"MLG-B030": READ}),
        (
            "classification: internal",
            ", allowed_classifications: [public]",
            "hpo",
            {"MLG-B030": READ},
        ),
    ],
)
def test_only_data_that_may_leave_is_read_by_work_that_bursts(
    classification: str, orchestrator: str, phase: str, found: dict[str, str]
) -> None:
    """Unclassified and personal data may not; the target's own word counts as well."""
    assert broken(_data(classification) + BURST % (orchestrator, phase)) == found


def test_a_policy_keeps_data_at_home() -> None:
    """Also data whose classification could leave."""
    text = (_data("classification: internal") + BURST % ("", "hpo")).replace(
        "restricted]}", "restricted], policies: [{name: stay, require: [no-burst]}]}"
    )
    assert broken(text) == {"MLG-B030": READ}


@pytest.mark.parametrize(
    ("classification", "kind", "found"),
    [
        ("classification: restricted", "vks", set()),
        ("classification: public", "yarn", set()),
        ("classification: internal", "yarn", {"MLG-B031"}),
        ("", "yarn", {"MLG-B031"}),
    ],
)
@pytest.mark.parametrize("what", ["uses: orders", "workload: w"])
def test_an_undeclared_cluster_of_others_may_hold_public_data_only(
    classification: str, kind: str, what: str, found: set[str]
) -> None:
    """Whether the step names the data or the workload that reads it."""
    assert set(broken(_data(classification) + STEP % (kind, what))) == found


def test_where_nothing_is_classified_nothing_is_barred() -> None:
    """A site without classifications has no data that could be restricted."""
    text = (_data("") + STEP % ("yarn", "uses: orders")).replace(
        "classifications: [public, internal, restricted]", ""
    )
    assert broken(text) == {}


@pytest.mark.parametrize(
    ("runs_on", "more", "found"),
    [
        ("far, near", "", {}),
        ("near", "", {}),
        ("far", "", {"MLG-B031": READ}),
        ("near", ", serving: {mode: embedded, targets: [far]}", {"MLG-B031": READ}),
        ("far", ", environments: [prod]", {}),
        ("far", ", environments: [dev, prod]", {"MLG-B031": READ}),
    ],
)
def test_a_workload_needs_one_place_in_each_environment_that_may_hold_its_data(
    runs_on: str, more: str, found: dict[str, str]
) -> None:
    """Where there is a choice the work goes where it may; where it is delivered there is none."""
    assert broken(_data("classification: restricted") + HOME % (runs_on, more)) == found


def test_a_workload_that_a_step_sends_elsewhere_is_judged_there() -> None:
    """Its environment's own clusters do not take part."""
    text = _data("classification: public") + STEP % ("yarn", "workload: w")
    assert broken(text) == {}


@pytest.mark.parametrize(
    ("tier", "found"),
    [("objects", {}), ("gone", {"MLG-B012": "environments.dev.limits.storage.gone"})],
)
def test_a_limit_is_of_a_tier_that_exists(tier: str, found: dict[str, str]) -> None:
    limited = f"environments: {{dev: {{limits: {{storage: {{{tier}: 1TiB}}}}}}}}"
    assert broken(HEAD % "" + limited) == found
