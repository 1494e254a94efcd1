"""Documents become typed, or findings."""

from __future__ import annotations

import pytest

from generator.blueprint.read import read_blueprint, read_request, read_workload
from generator.finding import Refused
from tests.blueprint.documents import blueprint, fixtures


def test_a_blueprint_becomes_typed() -> None:
    """With everything that it states."""
    assert read_blueprint(blueprint()).metadata.revision == 1
    assert len(read_blueprint(*fixtures("platform-blueprint")).workloads) == 8


def test_requests_become_typed() -> None:
    """One file may hold several."""
    requests = [read_request(one) for one in fixtures("workload-request")]
    assert [request.do for request in requests] == [
        "tune",
        "explore",
        "train",
        "serve",
        "batch-score",
    ]


def test_an_ill_formed_blueprint_is_refused_with_all_findings() -> None:
    """Not with the first one only."""
    with pytest.raises(Refused) as caught:
        read_blueprint(blueprint("workloads: 1\nenvironments: 2"))
    assert [finding.path for finding in caught.value.findings] == ["workloads", "environments"]


def test_a_document_of_another_kind_is_refused() -> None:
    """Even where it is well formed."""
    with pytest.raises(Refused) as caught:
        read_blueprint(fixtures("workload-request")[0])
    (only,) = caught.value.findings
    assert only.message == "this is a WorkloadRequest, not a PlatformBlueprint"
    assert only.places[0].line == 3


@pytest.mark.parametrize(
    ("kind", "instead"),
    [
        ("workload-request", "mlgen whatif BLUEPRINT --add-workload FILE judges a request"),
        ("platform-blueprint", "mlgen size FILE sizes a blueprint"),
    ],
)
def test_a_whole_document_in_the_place_of_a_workload_says_who_reads_it(
    kind: str, instead: str
) -> None:
    """One finding, and none that calls its apiVersion a misspelt key."""
    with pytest.raises(Refused) as caught:
        read_workload(fixtures(kind)[0])
    (only,) = caught.value.findings
    assert only.message.endswith("not the mapping of one workload")
    assert only.mend.startswith(instead)
