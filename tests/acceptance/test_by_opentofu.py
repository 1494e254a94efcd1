"""The rendered roots, from init to destroy, by OpenTofu."""

import pytest

from tests.acceptance.lifecycle import Lifecycle

pytestmark = pytest.mark.tools


class TestByOpenTofu(Lifecycle):
    tool = "opentofu"
