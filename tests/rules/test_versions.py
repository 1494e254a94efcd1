"""Findings about versions name what would be right (F29)."""

from __future__ import annotations

import pytest

from generator.finding import Severity
from tests.rules.judging import findings_in


@pytest.mark.parametrize(
    ("targets", "rule", "mend"),
    [
        ("{esx: 8.1U3}", "MLG-F070", "use esx 8.0U3, the nearest that it knows"),
        (
            '{vks: "3.4", kubernetes: "1.36"}',
            "MLG-F072",
            "the nearest right combination has kubernetes 1.33",
        ),
        (
            '{vgpu_host: "20", nvaie_infra: "7"}',
            "MLG-F072",
            "the nearest right combination has nvaie_infra 8",
        ),
    ],
)
def test_f29_a_wrong_version_is_answered_by_the_nearest_right_one(
    targets: str, rule: str, mend: str
) -> None:
    """An unknown release by the nearest known one, a combination by the nearest that fits."""
    found = [f for f in findings_in(f"platform: {{targets: {targets}}}") if f.rule == rule]
    assert found
    assert all(mend in finding.mend for finding in found)


@pytest.mark.parametrize(
    ("environment", "severity"), [("prod", Severity.ERROR), ("dev", Severity.WARNING)]
)
def test_f29_an_expired_version_warns_and_fails_where_prod_runs_on_it(
    environment: str, severity: Severity
) -> None:
    """Judged by the day of the release, never by the clock."""
    text = (
        'resource_management: {orchestrators: [{name: old, kind: vks, kubernetes: "1.32"}]}\n'
        f"environments: {{{environment}: {{runs_on: [old]}}}}"
    )
    (found,) = [f for f in findings_in(text) if f.rule == "MLG-F071"]
    assert found.severity is severity
    assert "2026-02-28" in found.message


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (
            "platform: {targets: {vcenter: 8.0U1}}\nresource_management: {gpu: {drs: override}}",
            "resource_management.gpu.drs",
        ),
        (
            "platform: {targets: {vcenter: 8.0U3}}\nenvironments: {dev: {limits: {reserve: true}}}",
            "environments.dev.limits.reserve",
        ),
    ],
)
def test_f29_a_wish_that_the_versions_do_not_serve_is_named(text: str, path: str) -> None:
    (found,) = [f for f in findings_in(text) if f.rule == "MLG-F074"]
    assert found.path == path
    assert "or later" in found.mend


def test_f29_an_unknown_provider_is_answered_by_the_nearest_release() -> None:
    text = 'platform: {targets: {provider: "2.18"}}'
    (found,) = [f for f in findings_in(text) if f.rule == "MLG-F070"]
    assert "provider 2.17" in found.mend
