"""F25: the input for the provider vmware/vcf is written as Terraform and OpenTofu would write it.

That the provider takes it is held by its contract, in ``tests/handoff/test_vcf_input.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.roots import Cli
from tests.handoff.test_vcf_input import files, site

pytestmark = pytest.mark.tools


@pytest.mark.parametrize("tool", ["terraform", "opentofu"])
def test_f25_the_input_is_formatted(
    command_line: Callable[[str], Cli], tool: str, tmp_path: Path
) -> None:
    for name, text in files(site()).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = command_line(tool).run(tmp_path, "fmt", "-check", "-diff")
    assert done, done.output
