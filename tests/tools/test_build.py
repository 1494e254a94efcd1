"""The build program makes each tool once, pinned, and says plainly what it cannot make."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.tools import build

PINS = {
    "simulator": "github.com/vmware/govmomi v0.56.0",
    "govc": "github.com/vmware/govmomi v0.56.0",
    "provider": "github.com/hashicorp/terraform-provider-vsphere v1.26.0",
    "opentofu": "github.com/opentofu/opentofu v1.12.6",
    "kubectl-validate": "sigs.k8s.io/kubectl-validate v0.0.4",
    "kustomize": "sigs.k8s.io/kustomize/kustomize/v5 v5.8.2",
    "hcl-reader": "github.com/hashicorp/hcl/v2 v2.25.0",
}


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tool of three lines in a folder of its own, and an empty cache."""
    monkeypatch.setattr(build, "HERE", tmp_path / "tools")
    monkeypatch.setenv(build.CACHE_SETTING, str(tmp_path / "cache"))
    monkeypatch.setattr(build, "TOOLS", {"toy": build.Tool("toy")})
    folder = tmp_path / "tools" / "toy"
    folder.mkdir(parents=True)
    (folder / "go.mod").write_text("module toy\n\ngo 1.26.0\n", "utf-8")
    (folder / "main.go").write_text("package main\n\nfunc main() {}\n", "utf-8")
    return folder


@pytest.mark.parametrize("name", build.TOOLS)
def test_each_tool_is_pinned_with_its_checksums(name: str) -> None:
    folder = build.TOOLS[name].folder
    pin = PINS[name]
    assert re.search(
        rf"^(require |\t){re.escape(pin)}", (folder / "go.mod").read_text("utf-8"), re.MULTILINE
    )
    assert f"{pin} h1:" in (folder / "go.sum").read_text("utf-8")


def test_every_tool_is_pinned_here() -> None:
    assert set(build.TOOLS) == set(PINS)


@pytest.mark.parametrize("name", build.TOOLS)
def test_every_module_has_the_same_floor_of_go(name: str) -> None:
    text = (build.TOOLS[name].folder / "go.mod").read_text("utf-8")
    assert "\ngo 1.26.6\n" in text


@pytest.mark.tools
@pytest.mark.usefixtures("toy")
def test_a_tool_is_built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = build.locate("toy")
    monkeypatch.setattr(build, "_build", pytest.fail)
    assert first.is_file()
    assert build.locate("toy") == first


@pytest.mark.tools
def test_a_changed_source_is_built_again(toy: Path) -> None:
    first = build.locate("toy")
    (toy / "main.go").write_text("package main\n\nfunc main() { print(1) }\n", "utf-8")
    assert build.locate("toy") != first


@pytest.mark.tools
def test_a_changed_description_is_not_built_again(toy: Path) -> None:
    first = build.locate("toy")
    (toy / "README.md").write_text("words", "utf-8")
    assert build.locate("toy") == first


@pytest.mark.tools
def test_a_tool_that_does_not_compile_is_named(
    toy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (toy / "main.go").write_text("package main\n\nfunc main() { missing() }\n", "utf-8")
    assert build.main(["toy"]) == 1
    assert "missing: toy: go build failed" in capsys.readouterr().err
    assert not any((build.cache() / "toy").iterdir())


def test_an_unknown_tool_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["hammer"]) == 1
    assert "no such tool: hammer" in capsys.readouterr().err


def test_a_machine_with_neither_go_nor_the_wheel_is_told_so(
    toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "_found", {})
    monkeypatch.setattr(build, "_outputs", {})
    monkeypatch.setenv("PATH", str(toy))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(build.ToolError, match=r"go: none of version 1\.26\.6 or later is on PATH"):
        build.locate("toy")


def test_a_program_that_is_too_old_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "terraform"
    old.write_text("#!/bin/sh\necho Terraform v1.8.5\n", "utf-8")
    old.chmod(0o755)
    monkeypatch.setattr(build, "_found", {})
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(build.ToolError, match=r"terraform: none of version 1\.9\.0 or later"):
        build.terraform()


def test_the_user_s_own_mirror_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(build.MIRROR_SETTING, str(tmp_path))
    assert build.provider_mirror() == tmp_path


def test_an_own_mirror_that_is_not_there_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(build.MIRROR_SETTING, str(tmp_path / "none"))
    with pytest.raises(build.ToolError, match="is no folder"):
        build.provider_mirror()


@pytest.mark.tools
def test_the_mirror_serves_both_registries() -> None:
    mirror = build.provider_mirror()
    programs = sorted(mirror.rglob("terraform-provider-vsphere_*"))
    hosts = [path.relative_to(mirror).parts[0] for path in programs]
    assert hosts == sorted(build.PROVIDER_HOSTS)
    assert all(shutil.which(str(path)) for path in programs)
