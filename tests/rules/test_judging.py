"""How rules are judged: lightly, each finding once, and no list without an end."""

from __future__ import annotations

import subprocess
import sys

from generator.blueprint.rules.subject import COMPARED, MOST, mend_name
from tests.rules.judging import findings_in

HEAVY = ("jsonschema_rs", "jinja2", "numpy", "pyVmomi", "difflib")


def test_judging_loads_no_heavy_module() -> None:
    """Rules work on what is read already."""
    program = (
        "import sys; import generator.blueprint.rules, generator.supply.rules; "
        f"print(sorted(set(sys.modules) & set({HEAVY})))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.decode().strip() == "[]"


def test_the_rest_of_a_long_list_is_announced() -> None:
    """A generated document has as many findings as lines."""
    names = ", ".join(f"x{n}" for n in range(MOST + 5))
    found = findings_in(f"environments: {{prod: {{runs_on: [{names}]}}}}")
    assert len(found) == MOST + 1
    assert {finding.rule for finding in found} == {"MLG-B014"}
    assert found[-1].message == f"there are more: only the first {MOST} are listed"


def test_a_name_is_mended_by_the_near_one() -> None:
    """Else by what is known, else by declaring it."""
    assert mend_name("imags", ["images", "orders"], "declare it") == "did you mean images?"
    assert mend_name("zz", ["images"], "declare it") == "name one of images, or declare it"
    assert mend_name("zz", [], "declare it") == "declare it"


def test_of_very_many_names_those_that_begin_alike_are_compared() -> None:
    """Comparing all of them with each other would take minutes."""
    names = [f"a{n}" for n in range(COMPARED)] + ["images"]
    assert mend_name("imags", names, "declare it") == "did you mean images?"
    assert mend_name("bmages", names, "declare it").startswith("name one of a0, a1, ")


def test_findings_name_list_items_by_their_name() -> None:
    """Order says nothing in a list of named items."""
    text = "workloads: [{name: w, goal: g, owner: nobody, phase: concept, uses: [x]}]"
    assert {finding.path for finding in findings_in(text)} == {
        "workloads[w].owner",
        "workloads[w].uses[0]",
    }
