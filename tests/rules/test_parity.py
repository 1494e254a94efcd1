"""Environments are compared with prod field by field."""

from __future__ import annotations

import pytest

from generator.finding import Severity
from tests.rules.judging import broken, findings_in

DIGEST = "@sha256:" + "0123456789abcdef" * 4
SERVING = "ml_platform: {components: [{name: c, stage: model-serving, implements: serving}]}\n"
CLUSTERS = """
resource_management:
  orchestrators: [{name: a, kind: %s}, {name: b, kind: vks, kubernetes: "1.33"}]
environments: {dev: {runs_on: [a]}, prod: {runs_on: [b]}}
"""


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("environments: {dev: {replicas: 0}}", "environments.dev.replicas"),
        ("environments: {dev: {replicas: 2}, prod: {replicas: 2}}", None),
        (
            (
                "resource_management: {gpu: {sharing: {dev: full, prod: full}, "
                "scheduling: {dev: equal-share}}}"
            ),
            None,
        ),
        (
            (
                "resource_management: {gpu: {sharing: {dev: time-sliced, prod: time-sliced}, "
                "scheduling: {dev: equal-share}}}"
            ),
            "resource_management.gpu.scheduling.dev",
        ),
        ("resource_management: {gpu: {sharing: {dev: full}}}", None),
        (
            "resource_management: {cpu: {overcommit: {dev: 2}}}",
            "resource_management.cpu.overcommit.dev",
        ),
        ("resource_management: {cpu: {overcommit: {dev: 2, prod: 2.0}}}", None),
        ("resource_management: {cpu: {overcommit: {dev: 1}}}", None),
        (
            SERVING + "environments: {prod: {component_sizes: {c: large}}}",
            "environments.dev.component_sizes.c",
        ),
        (
            (
                f"development_environment: {{images: [{{name: i, ref: r{DIGEST}}}]}}\n"
                f"environments: {{dev: {{image_tags: {{i: r{DIGEST}}}}}}}"
            ),
            None,
        ),
        (CLUSTERS % 'vks, kubernetes: "1.33"', None),
        (CLUSTERS % 'tkg, kubernetes: "1.33"', None),
        (CLUSTERS % "vks", None),
        (
            CLUSTERS % 'vks, kubernetes: "1.34"',
            "resource_management.orchestrators[a].kubernetes",
        ),
        (CLUSTERS % "vm", "resource_management.orchestrators[a].kind"),
        (CLUSTERS % "yarn", None),
    ],
)
def test_a_difference_that_nobody_accepted_is_found(text: str, path: str | None) -> None:
    """Where both sides are known; defaults count as stated."""
    found = [finding.path for finding in findings_in(text) if finding.rule == "MLG-B071"]
    assert found == [path] * (path is not None)


def test_sampled_data_in_dev_is_worth_a_notice() -> None:
    """Keeping production data out of dev is the usual duty of care."""
    (finding,) = findings_in("environments: {dev: {data: sample}}")
    assert (finding.rule, finding.severity) == ("MLG-B071", Severity.NOTICE)


def test_an_accepted_difference_is_no_finding() -> None:
    """Also for data, whose exception then counts as used."""
    text = """
environments: {dev: {data: sample, replicas: 1}}
development_environment:
  parity: {exceptions: [{field: data, reason: no people}, {field: replicas, reason: one}]}
"""
    assert broken(text) == {}


def test_an_exception_for_an_unknown_field_names_the_near_one() -> None:
    """It would accept nothing."""
    text = "development_environment: {parity: {exceptions: [{field: replica, reason: one}]}}"
    (finding,) = findings_in(text)
    assert (finding.rule, finding.mend) == ("MLG-B073", "did you mean replicas?")


def test_every_environment_is_compared() -> None:
    """Not dev alone."""
    text = "environments: {dev: {replicas: 1}, stage: {replicas: 2}}"
    paths = [finding.path for finding in findings_in(text)]
    assert paths == ["environments.dev.replicas", "environments.stage.replicas"]


def test_cores_are_shared_only_in_environments_that_exist() -> None:
    """A ratio that nobody reads would look like a decision."""
    found = broken("resource_management: {cpu: {overcommit: {deev: 2}}}")
    assert found == {"MLG-B019": "resource_management.cpu.overcommit.deev"}
