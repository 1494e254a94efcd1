"""``mlgen whatif`` with options that cannot be meant: a finding or a word, and exit code 1."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.blueprint.documents import HEAD
from tests.cli.running import EXAMPLE, SITE, WORKED, Mlgen
from tests.cli.suppositions import rules


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        (("--set", "nonsense"), "MLG-W001"),
        (("--set", "=1"), "MLG-W001"),
        (("--set", "a b=1"), "MLG-W001"),
        (("--set", "workloads[nobody].phase=hpo"), "MLG-W002"),
        (("--set", "workloads[rag-llm].serving.sessions=64",
          "--set", "workloads[rag-llm].serving.sessions=32"), "MLG-W003"),
        (("--driver", "20", "--driver", "19"), "MLG-W003"),
        (("--vks", "3.6", "--set", "platform.targets.vks=3.7"), "MLG-W003"),
        (("--set", "workloads[rag-llm].serving.sessions=many"), "MLG-S004"),
        (("--set", "workloads[rag-llm].serving.sesions=1"), "MLG-S002"),
        (("--set", "workloads[rag-llm].name=vision-cnn"), "MLG-B001"),
        (("--set", "kind=SiteInventory"), "MLG-S002"),
        (("--set", "apiVersion=mlgen/v9"), "MLG-S001"),
        (("--set", "storage_compute.sites[ams1].inventory=nobody"), "MLG-I001"),
        (("--set", "metadata="), "MLG-S004"),
        (("--set", "workloads=[]"), "MLG-B017"),
        (("--driver", "20"), "MLG-F072"),
        (("--driver", "[19"), "MLG-S007"),
        (("--driver", "99"), "MLG-F070"),
        (("--driver", "it's"), "MLG-S007"),
        (("--vks", "3.6"), "MLG-F072"),
        (("--lose-host", "nobody"), "MLG-W004"),
        (("--lose-host", "esx-01", "--lose-host", "esx-01"), "MLG-W003"),
        (("--lose-gpu", "esx-01"), "MLG-W001"),
        (("--lose-gpu", "esx-01/gpu9"), "MLG-W004"),
        (("--lose-site", "nobody"), "MLG-W004"),
        (("--add-host", "esx-05"), "MLG-W001"),
        (("--add-host", "esx-05="), "MLG-W001"),
        (("--add-host", "esx-05=nobody"), "MLG-W004"),
        (("--add-host", "esx-01=esx-02"), "MLG-W007"),
        (("--add-host", f"{'x' * 300}=esx-02"), "MLG-S009"),
        (("--gpu", "nvidia-l4=nvidia-l40s"), "MLG-W004"),
        (("--add-team", "{name: research}"), "MLG-B001"),
        (("--add-team", "[1"), "MLG-L004"),
        (("--add-team", "7"), "MLG-S004"),
        (("--add-workload", "no-such-file.yaml"), "MLG-L001"),
        (("--add-workload", SITE), "MLG-W005"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_a_finding(
    whatif: Mlgen, arguments: tuple[str, ...], rule: str
) -> None:
    """Exit code 1, and never a traceback."""
    assert rule in rules(whatif, *arguments)


def test_a_finding_about_a_value_points_at_its_option(whatif: Mlgen) -> None:
    """For people, too."""
    code, out, err = whatif(EXAMPLE, "--set", "workloads[rag-llm].serving.sessions=many")
    assert (code, out) == (1, "")
    assert "--> --set workloads[rag-llm].serving.sessions:1:1" in err


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        (WORKED,),
        ("no-such-file.yaml",),
        (SITE,),
        ("-", "--add-workload", "-"),
        (EXAMPLE, "--set"),
        (EXAMPLE, "--set", "metadata.owner=\udc80"),
        (EXAMPLE, "--lose-host", "\udc80"),
        (EXAMPLE, "--format", "xml"),
    ],
)
def test_what_cannot_run_ends_with_1(whatif: Mlgen, arguments: tuple[str, ...]) -> None:
    """With a word on standard error."""
    code, _, err = whatif(*arguments)
    assert code == 1
    assert err.strip()
    assert "internal error" not in err


def test_one_blueprint_is_compared_and_no_more(whatif: Mlgen, tmp_path: Path) -> None:
    """Two documents in a file are two platforms."""
    both = tmp_path / "both.yaml"
    both.write_text("---\n".join((HEAD, HEAD.replace("name: p,", "name: q,"))))
    code, _, err = whatif(str(both))
    assert (code, "whatif takes one" in err) == (1, True)
