"""What every test shares: the Hypothesis profile and the update switch of the golden trees."""

from __future__ import annotations

import signal

import pytest
from hypothesis import HealthCheck, settings

from tests.tools import build

settings.register_profile(
    "suite",
    derandomize=True,
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("suite")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A job in the background of a script is started so, and what the tests start would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--update-golden`` writes the golden files instead of comparing with them."""
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden trees")


def pytest_report_header() -> str:
    """Says which provider the run proves something about."""
    return build.provider_in_use()


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written."""
    return bool(request.config.getoption("--update-golden"))
