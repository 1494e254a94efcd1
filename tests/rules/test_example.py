"""The shipped pair obeys every rule; the reference pair breaks the two that were planted."""

from __future__ import annotations

from generator.finding import Finding, Severity
from tests.rules.judging import ROOT, findings_of

SHIPPED = ROOT / "blueprints/acme-ml.yaml"
REFERENCE = ROOT / "tests/fixtures/worked-example.yaml"


def _errors() -> dict[tuple[str, str], Finding]:
    found = findings_of(REFERENCE)
    return {(f.rule, f.path): f for f in found if f.severity is Severity.ERROR}


def test_the_shipped_pair_has_no_error_and_no_warning() -> None:
    """Notices are for information only."""
    assert {f.severity for f in findings_of(SHIPPED)} <= {Severity.NOTICE}


def test_the_reference_pair_sends_restricted_data_to_an_undeclared_cluster() -> None:
    """Line 10 of its report: orders, hadoop."""
    step = "resource_management.pipelines[nightly-features].steps[ingest].uses"
    finding = _errors()["MLG-B031", step]
    assert "orders (restricted)" in finding.message
    assert "hadoop, which declares no classification" in finding.message


def test_the_reference_pair_shares_gpus_differently_in_dev_and_prod() -> None:
    """Line 11 of its report: time-sliced against MIG, not listed as an exception."""
    finding = _errors()["MLG-B071", "resource_management.gpu.sharing.dev"]
    assert finding.message == "sharing is time-sliced in dev and mig in prod"


def test_the_reference_pair_breaks_nothing_else_but_the_age_of_its_versions() -> None:
    """The branch of vGPU 18 and NVAIE Infra 6 ended before the date of the release."""
    assert sorted(_errors()) == [
        ("MLG-B031", "resource_management.pipelines[nightly-features].steps[ingest].uses"),
        ("MLG-B071", "resource_management.gpu.sharing.dev"),
        ("MLG-F071", "platform.targets.nvaie_infra"),
        ("MLG-F071", "platform.targets.vgpu_host"),
    ]


def test_findings_point_at_the_value_that_is_wrong() -> None:
    """The dataset of the step first, then the orchestrator, then the classification."""
    step = "resource_management.pipelines[nightly-features].steps[ingest].uses"
    lines = REFERENCE.read_text(encoding="utf-8").splitlines()
    places = _errors()["MLG-B031", step].places
    shown = [lines[place.line - 1][place.column - 1 :].split(",")[0] for place in places]
    assert shown == ["orders", "{name: hadoop", "restricted"]
