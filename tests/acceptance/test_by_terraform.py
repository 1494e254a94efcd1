"""The rendered roots, from init to destroy, by Terraform."""

import pytest

from tests.acceptance.lifecycle import Lifecycle

pytestmark = pytest.mark.tools


class TestByTerraform(Lifecycle):
    tool = "terraform"
