"""Sign-off, goals, drift, accounts, gates, images, state: what prod asks of a blueprint."""

from __future__ import annotations

import pytest

from generator.finding import Severity
from tests.rules.judging import BASE, broken, findings_in

VALIDATION = "governance: {validation: {independent: %s, approver: science}}\n"
WORKLOAD = "workloads: [{name: w, goal: g, owner: %s, phase: %s%s}]"
PINNED = "registry.example/torch@sha256:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("independent", "phase", "found"),
    [
        ("true", "serving", {"MLG-B041": "workloads[w].owner"}),
        ("true", "validation", {}),
        ("true", "monitoring", {}),
        ("false", "serving", {}),
    ],
)
def test_the_approver_owns_no_model_and_may_own_its_checks(
    independent: str, phase: str, found: dict[str, str]
) -> None:
    """Where validation is independent."""
    assert broken(VALIDATION % independent + WORKLOAD % ("science", phase, "")) == found


def test_the_approver_owns_no_pipeline_in_which_it_is_the_gate() -> None:
    """It could then remove the gate."""
    text = VALIDATION % "true" + (
        "resource_management: {pipelines: [{name: p, owner: science, steps: "
        "[{name: s, stage: model-deployment, gate: independent-approval}]}]}"
    )
    assert broken(text) == {"MLG-B041": "resource_management.pipelines[p].owner"}


@pytest.mark.parametrize(("group", "rules"), [("ml", {"MLG-B041"}), ("science", set())])
def test_author_and_approver_are_different_groups(group: str, rules: set[str]) -> None:
    """Two teams of the same people are one."""
    teams = ", ".join(
        f"{{name: {name}, groups: {{provider: external-oidc, edit: {edit}}}}}"
        for name, edit in (("ml-eng", "ml"), ("science", group))
    )
    text = VALIDATION % "true" + f"organisation: {{teams: [{teams}]}}\n"
    assert set(broken(text + WORKLOAD % ("ml-eng", "serving", ""))) == rules


@pytest.mark.parametrize(
    ("phase", "severity"), [("validation", Severity.ERROR), ("concept", Severity.WARNING)]
)
def test_a_goal_is_wanted_everywhere_and_needed_in_prod(phase: str, severity: Severity) -> None:
    """Outside prod it is a warning."""
    (finding,) = findings_in(f"workloads: [{{name: w, owner: ml-eng, phase: {phase}}}]")
    assert (finding.rule, finding.severity) == ("MLG-B042", severity)


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ("", {"MLG-B043": "workloads[w].monitoring"}),
        (", origin: vendor-app", {}),
        (", environments: [dev]", {}),
    ],
)
def test_a_model_of_our_own_in_prod_is_watched_for_drift(more: str, found: dict[str, str]) -> None:
    """A bought application is its vendor's."""
    served = f", model: {{family: bge-m3}}, serving: {{mode: service}}{more}"
    assert broken(WORKLOAD % ("ml-eng", "serving", served)) == found


@pytest.mark.parametrize(("phase", "rules"), [("validation", {"MLG-B044"}), ("concept", set())])
def test_accounts_are_refused_where_a_team_works_in_prod(phase: str, rules: set[str]) -> None:
    """Elsewhere they are the team's own matter."""
    groups = "{provider: external-oidc, accounts: [jdoe]}"
    teams = f"organisation: {{teams: [{{name: ml-eng, groups: {groups}}}]}}\n"
    assert set(broken(teams + WORKLOAD % ("ml-eng", phase, ""))) == rules


def test_the_approver_has_no_single_accounts_either() -> None:
    """It opens the way into prod."""
    groups = "{provider: external-oidc, accounts: [jdoe]}"
    teams = f"organisation: {{teams: [{{name: science, groups: {groups}}}]}}\n"
    assert set(broken(VALIDATION % "true" + teams)) == {"MLG-B044"}


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ("{name: d, stage: model-deployment, gate: independent-approval}", set()),
        ("{name: d, stage: model-deployment, gate: owner-approval}", {"MLG-B053"}),
        ("{name: d, stage: model-deployment, workload: w}", set()),
        (
            (
                "{name: g, stage: model-validation, gate: independent-approval}, "
                "{name: m, stage: model-validation, after: [g]}, "
                "{name: d, stage: model-deployment, after: [m]}"
            ),
            set(),
        ),
    ],
)
def test_what_deploys_to_prod_comes_after_the_gate(steps: str, found: set[str]) -> None:
    """At any distance; what deploys to dev needs none."""
    pipeline = f"resource_management: {{pipelines: [{{name: p, steps: [{steps}]}}]}}\n"
    text = VALIDATION % "true" + pipeline + WORKLOAD % ("ml-eng", "concept", "")
    assert set(broken(text)) == found


@pytest.mark.parametrize(
    ("images", "more", "path"),
    [
        ("{name: i, ref: r:1}", "", None),
        ("{name: i, ref: r:1}", WORKLOAD % ("ml-eng", "validation", ""), "images[i].ref"),
        (
            f"{{name: i, ref: r:1}}, {{name: j, ref: {PINNED}}}",
            WORKLOAD % ("ml-eng", "validation", ", image: j"),
            None,
        ),
        (
            f"{{name: i, ref: {PINNED}}}",
            "environments: {dev: {image_tags: {i: r:2}}, prod: {image_tags: {i: r:2}}}\n"
            + WORKLOAD % ("ml-eng", "validation", ""),
            "environments.prod.image_tags.i",
        ),
    ],
)
def test_an_image_is_pinned_where_prod_uses_it(images: str, more: str, path: str | None) -> None:
    """The first image counts where a workload names none, an override before what it overrides."""
    text = f"development_environment: {{images: [{images}]}}\n{more}"
    found = [finding.path for finding in findings_in(text)]
    assert [one.removeprefix("development_environment.") for one in found] == [path] * bool(path)


def test_components_and_retraining_are_pinned_too() -> None:
    """Wherever prod runs an image."""
    text = """
resource_management: {orchestrators: [{name: d, kind: vks}, {name: p, kind: vks}]}
environments: {dev: {runs_on: [d]}, prod: {runs_on: [p]}}
ml_platform:
  components:
    - {name: a, stage: model-serving, implements: serving, image: "r:1", runs_on: [d]}
    - {name: b, stage: model-serving, implements: serving, image: "r:1"}
workloads:
  - name: w
    goal: g
    owner: ml-eng
    phase: serving
    retraining: {cadence: monthly, pin: {image: "r:1"}}
"""
    assert [finding.path for finding in findings_in(text)] == [
        "ml_platform.components[b].image",
        "workloads[w].retraining.pin.image",
    ]


@pytest.mark.parametrize(
    ("component", "rules"),
    [
        ("implements: serving", set()),
        ("implements: serving, storage: 1GiB", {"MLG-B060"}),
        ("implements: database", {"MLG-B060"}),
        ("implements: database, persistence: ephemeral", set()),
        ("implements: database, manage: reference", set()),
        ("implements: database, protection: {method: none}", set()),
        ("implements: database, runs_on: [d]", set()),
    ],
)
def test_f23_state_in_prod_is_protected_or_said_to_be_dispensable(
    component: str, rules: set[str]
) -> None:
    """What others manage, what may vanish and what is in dev does not count."""
    text = f"""
resource_management: {{orchestrators: [{{name: d, kind: vks}}, {{name: p, kind: vks}}]}}
environments: {{dev: {{runs_on: [d]}}, prod: {{runs_on: [p]}}}}
ml_platform: {{components: [{{name: c, stage: data-processing, {component}}}]}}
"""
    assert set(broken(text)) == rules


@pytest.mark.parametrize(
    ("tier", "rules"),
    [
        ("media: memory, backing: vsan-esa", {"MLG-B063"}),
        ("media: nvme, backing: vmfs-local", {"MLG-B063"}),
        ("media: nvme, backing: vsan-esa, locality: node", {"MLG-B063"}),
        ("media: nvme, backing: vsan-esa, policy: raid1", set()),
    ],
)
def test_a_checkpoint_outlives_its_node(tier: str, rules: set[str]) -> None:
    """On storage that is elsewhere and redundant."""
    text = f"storage_compute: {{storage: {{tiers: [{{name: t, {tier}}}]}}}}\n"
    saved = ", checkpoint: {interval: 30m, store: t}, artefacts: {store: t}"
    assert set(broken(text + WORKLOAD % ("ml-eng", "training", saved))) == rules


def test_a_platform_without_prod_is_not_judged_as_prod() -> None:
    """No approval, no pinning, no parity, no protection."""
    text = BASE.read_text(encoding="utf-8").replace("{dev: {}, prod: {}}", "{lab: {replicas: 1}}")
    more = """
governance: {validation: {independent: true, approver: science}}
ml_platform:
  components: [{name: c, stage: data-processing, implements: database, image: "r:1"}]
resource_management:
  pipelines: [{name: p, steps: [{name: s, stage: model-deployment}]}]
workloads: [{name: w, goal: g, owner: ml-eng, phase: concept}]
"""
    from generator.blueprint.read import read_blueprint
    from generator.blueprint.rules import judge
    from generator.blueprint.rules.subject import Judged
    from generator.source import parse

    (document,) = parse((text + more).encode(), file="lab.yaml")
    assert judge(Judged(read_blueprint(document), document)) == ()
