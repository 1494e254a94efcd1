"""What leaves the blueprint is let go of, never destroyed."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from generator.api import load, render
from generator.render.output import write
from generator.render.target import RenderedFile
from generator.render.terraform.letting_go import let_go, managed, well_formed
from tests.tools import build

ROOT = Path(__file__).resolve().parents[3]
GREEN = ROOT / "tests" / "fixtures" / "greenfield"
NAMESPACES = "vc-ams1/30-dev-namespaces"
GONE = "vsphere_namespace.acme_ml_dev_research"


def rendered(folder: Path, *, out: Path, without_research: bool) -> dict[str, str]:
    """The files of the example, or of it without the workloads of a team."""
    text = (ROOT / "blueprints/acme-ml.yaml").read_text(encoding="utf-8")
    if without_research:
        text = text.replace("      access: notebook ", "      access: form ")
        text = text.replace("    owner: research\n", "    owner: ml-eng\n")
    (folder / "b.yaml").write_text(text, encoding="utf-8")
    site = (ROOT / "blueprints/acme-ams1.site.yaml").read_bytes()
    (folder / "s.site.yaml").write_bytes(site)
    (result,) = render(load([folder / "b.yaml"]), out=out)
    write(out / "acme-ml", result.files)
    return {file.path: file.text for file in result.files}


def test_a_namespace_that_leaves_is_forgotten_and_not_destroyed(tmp_path: Path) -> None:
    """A removed block stands where the resource was, and again at the next render."""
    out = tmp_path / "out"
    first = rendered(tmp_path, out=out, without_research=False)
    assert f"{NAMESPACES}/removed.tf" not in first
    second = rendered(tmp_path, out=out, without_research=True)
    assert f"  from = {GONE}\n" in second[f"{NAMESPACES}/removed.tf"]
    assert "destroy = false" in second[f"{NAMESPACES}/removed.tf"]
    assert rendered(tmp_path, out=out, without_research=True) == second


def test_what_comes_back_is_managed_again(tmp_path: Path) -> None:
    """The removed block goes."""
    out = tmp_path / "out"
    first = rendered(tmp_path, out=out, without_research=False)
    rendered(tmp_path, out=out, without_research=True)
    assert rendered(tmp_path, out=out, without_research=False) == {
        **first,
        "manifest.json": (out / "acme-ml/manifest.json").read_text(encoding="utf-8"),
        **{
            path: text
            for path in (out / "acme-ml").rglob("removed.tf")
            for text in [path.read_text(encoding="utf-8")]
        },
    }
    remembered = json.loads((out / "acme-ml/manifest.json").read_text())["terraform"]
    assert GONE in remembered[NAMESPACES]


@pytest.mark.parametrize(
    ("remembered", "kept"),
    [
        (None, {}),
        ([], {}),
        ({"r": "x"}, {}),
        ({"r": ["a.b", "a b", '"}', 7, "a.b.c"]}, {"r": ["a.b"]}),
    ],
)
def test_a_manifest_cannot_smuggle_text_into_terraform(
    remembered: object, kept: dict[str, list[str]]
) -> None:
    """Only well-formed addresses come through."""
    assert well_formed(remembered) == kept


@pytest.mark.tools
@pytest.mark.parametrize("tool", ["terraform", "opentofu"])
def test_both_programs_take_the_removed_block(tool: str, tmp_path: Path) -> None:
    """A resource without a provider to fetch: applied, let go, and still there."""
    program = str(build.terraform() if tool == "terraform" else build.locate("opentofu"))

    def call(*arguments: str) -> str:
        done = subprocess.run(
            [program, *arguments], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        return done.stdout

    (tmp_path / "main.tf").write_text('resource "terraform_data" "kept" {\n  input = "x"\n}\n')
    call("init")
    call("apply", "-auto-approve")
    template = (ROOT / "tests/golden/removed.tf").read_text(encoding="utf-8")
    (tmp_path / "main.tf").write_text(template)
    assert "0 to destroy" in call("apply", "-auto-approve", "-no-color") or (
        "0 destroyed" in call("show", "-no-color")
    )
    assert "kept" not in call("state", "list")


def test_a_plain_vm_that_leaves_is_let_go_of_by_its_module_call() -> None:
    """Else Terraform would destroy it: prevent_destroy ends with the call (F2)."""
    call = RenderedFile("vc/40-dev-vms/machines.tf", 'module "vm_a_0" {\n}\nmodule "vm_b_0" {\n}\n')
    inside = RenderedFile(
        "vc/modules/vm/main.tf", 'resource "vsphere_virtual_machine" "this" {\n}\n'
    )
    before = managed([call, inside])
    assert before == {"vc/40-dev-vms": ["module.vm_a_0", "module.vm_b_0"]}
    fewer = managed([RenderedFile(call.path, 'module "vm_a_0" {\n}\n')])
    ((file, gone),) = let_go(fewer, before)
    assert gone == ["module.vm_b_0"]
    assert "from = module.vm_b_0\n" in file.text


def test_f2_a_root_that_makes_nothing_any_more_lets_go_of_all_that_it_made(tmp_path: Path) -> None:
    """A Supervisor that runs is looked up: its state must not be left to a plan without blocks."""
    out = tmp_path / "out"
    text = (GREEN / "greenfield.yaml").read_text(encoding="utf-8")
    facts = (GREEN / "greenfield.site.yaml").read_text(encoding="utf-8")
    (tmp_path / "b.yaml").write_text(text, encoding="utf-8")

    def files(site: str) -> dict[str, str]:
        (tmp_path / "s.site.yaml").write_text(site, encoding="utf-8")
        (result,) = render(load([tmp_path / "b.yaml"]), out=out)
        write(out / "greenfield", result.files)
        return {file.path: file.text for file in result.files}

    root, address = "vc-bud1/25-supervisor", "vsphere_supervisor_v2.sup_bud2"
    assert f"{root}/supervisors_newer.tf" in files(facts)
    runs = facts.replace("ref: sup-bud2\n", "ref: sup-bud2\n    id: 5f7a0c9e\n").replace(
        "count: 4}\n    manage: create", "count: 4}\n    manage: reference"
    )
    assert runs != facts
    after = files(runs)
    assert sorted(path for path in after if path.startswith(root)) == [
        f"{root}/{name}.tf" for name in ("provider", "removed", "versions")
    ]
    assert f"  from = {address}\n" in after[f"{root}/removed.tf"]
    assert files(runs) == after
