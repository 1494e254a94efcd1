"""What is published: the wheel has all that it needs, the source archive nothing of a customer."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source archive of the tracked files, and the wheel made from it."""
    base = tmp_path_factory.mktemp("package")
    source = base / "source"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(source)], check=True)
    (source / "out" / "secret.tf").write_text("a customer's plan", encoding="utf-8")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(base / "dist")]
    subprocess.run([*command, str(source)], check=True, capture_output=True)
    return base / "dist"


def tracked(*folders: str) -> set[str]:
    """The tracked files below some folders."""
    done = subprocess.run(
        ["git", "ls-files", *folders], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_the_wheel_holds_every_module_template_and_schema(built: Path) -> None:
    """Templates and schemas lie inside the package; nothing else does."""
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    inside = {
        name.replace("templates/", "generator/templates/", 1) for name in tracked("templates")
    }
    inside |= {name.replace("schemas/", "generator/schemas/", 1) for name in tracked("schemas")}
    assert packed == inside | tracked("generator")


def test_the_source_archive_leaks_no_output(built: Path) -> None:
    """Nothing below out/ but the file that keeps it."""
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        below = [name for name in tar.getnames() if "/out/" in name]
    assert [name.rpartition("/")[2] for name in below] == [".gitignore"]


def test_an_installed_wheel_renders_the_example(built: Path, tmp_path: Path) -> None:
    """In a fresh environment, from another folder, without the checkout."""
    (wheel,) = built.glob("*.whl")
    home = tmp_path / "venv"
    venv.create(home, with_pip=True)
    bin_folder = home / ("Scripts" if sys.platform == "win32" else "bin")
    pip = [str(bin_folder / "python"), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "--disable-pip-version-check", str(wheel)], check=True)
    done = subprocess.run(
        [
            str(bin_folder / "mlgen"),
            "render",
            str(ROOT / "blueprints" / "acme-ml.yaml"),
            "--out",
            "out",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "acme-ml" / "manifest.json").is_file()
    where = "import generator; print(generator.__file__)"
    found = subprocess.run(
        [str(bin_folder / "python"), "-c", where],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(home) in found.stdout
