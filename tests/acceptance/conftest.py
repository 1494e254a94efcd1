"""What the acceptance tests share: the tools, the rendered example and simulated vCenters.

``MLGEN_ACCEPTANCE_TREE`` names a platform folder that was rendered before; without it the shipped
example is rendered once. ``MLGEN_PROVIDER_MIRROR`` names a mirror with the published provider.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance import diffing, furnished, reserving, shipped, vcenter
from tests.acceptance.roots import Cli, Life, live
from tests.tools import build

pytest.register_assert_rewrite("tests.acceptance.lifecycle")

TREE_SETTING = "MLGEN_ACCEPTANCE_TREE"
RENDER_LIMIT_S = 60

CLI_PROGRAMS: dict[str, Callable[[], Path]] = {
    "terraform": build.terraform,
    "opentofu": lambda: build.locate("opentofu"),
}


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the rendered example platform."""
    chosen = os.environ.get(TREE_SETTING)
    if chosen:
        return Path(chosen)
    return rendered(shipped.BLUEPRINT, tmp_path_factory.mktemp("rendered"))


def rendered(blueprint: Path, out: Path, *flags: str) -> Path:
    """The folder of a platform that the command line renders."""
    command = [sys.executable, "-m", "generator", "render", str(blueprint), "--out", str(out)]
    done = subprocess.run(
        [*command, *flags],
        cwd=shipped.ROOT,
        capture_output=True,
        text=True,
        timeout=RENDER_LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, f"render ended {done.returncode}:\n{done.stdout}{done.stderr}"
    return out / blueprint.stem


@pytest.fixture(scope="session")
def documents(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """A crowded site of VCF 9 with three GPUs: blueprint, inventory and what is rendered."""
    folder = tmp_path_factory.mktemp("crowded")
    blueprint, inventory = reserving.written(folder)
    return blueprint, inventory, rendered(blueprint, folder / "out")


@pytest.fixture(scope="session")
def vcenter_folder(platform: Path) -> Path:
    """What is rendered for the one vCenter of the example."""
    return platform / shipped.VCENTER


@pytest.fixture(scope="session")
def command_line(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Cli]:
    """Terraform or OpenTofu by name, with the provider mirror as the only source of providers."""
    home = tmp_path_factory.mktemp("home")
    config = home / "cli.tfrc"
    config.write_text(
        "disable_checkpoint = true\n"
        "provider_installation {\n"
        "  filesystem_mirror {\n"
        f'    path = "{build.provider_mirror().as_posix()}"\n'
        "  }\n"
        "}\n",
        "utf-8",
    )
    return lambda name: Cli(CLI_PROGRAMS[name](), config, home)


@pytest.fixture(scope="session")
def start_simulator(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[..., vcenter.Endpoint]]:
    """Starts a simulator of the shipped inventory; all are ended with the session."""
    with ExitStack() as running:

        def start(*flags: str, inventory: Path = shipped.INVENTORY) -> vcenter.Endpoint:
            folder = tmp_path_factory.mktemp("simulator")
            return running.enter_context(vcenter.simulator(inventory, folder, *flags))

        yield start


@pytest.fixture(scope="module")
def endpoint(start_simulator: Callable[..., vcenter.Endpoint]) -> vcenter.Endpoint:
    """A simulator of the module's own."""
    return start_simulator()


@pytest.fixture(scope="class")
def cli(request: pytest.FixtureRequest, command_line: Callable[[str], Cli]) -> Cli:
    """The command line tool that the test class names."""
    return command_line(request.cls.tool)


@pytest.fixture(scope="class")
def life(
    cli: Cli,
    vcenter_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
    start_simulator: Callable[..., vcenter.Endpoint],
) -> Life:
    """The whole life of all roots under that tool, against a simulator of its own."""
    return live(cli, vcenter_folder, tmp_path_factory.mktemp("roots"), start_simulator())


@pytest.fixture(scope="session")
def start_site(
    platform: Path,
    command_line: Callable[[str], Cli],
    tmp_path_factory: pytest.TempPathFactory,
    start_simulator: Callable[..., vcenter.Endpoint],
) -> Callable[..., diffing.Site]:
    """Starts a simulator and applies the rendered example to it."""

    def start(*flags: str) -> diffing.Site:
        scratch = tmp_path_factory.mktemp("release")
        return diffing.applied(
            start_simulator(*flags), platform, command_line("terraform"), scratch
        )

    return start


@pytest.fixture(scope="session")
def drops() -> list[dict[str, Any]]:
    """What differs after a release was applied to the simulator, and how it is mended by hand."""
    found: list[dict[str, Any]] = json.loads(
        (Path(__file__).parent / "simulator_drops.json").read_text("utf-8")
    )
    return found


@pytest.fixture(scope="session")
def busy_site(
    start_site: Callable[..., diffing.Site], drops: list[dict[str, Any]]
) -> tuple[diffing.Site, furnished.Ids]:
    """The example as applied, all manual steps done, among machines and things of others.

    What a test changes it takes back.
    """
    site = start_site("-vms", "20")
    ids = furnished.furnish(site.endpoint)
    site.tell(*diffing.by_hand(drops), {"do": "keep"})
    return site, ids


@pytest.fixture
def busy(busy_site: tuple[diffing.Site, furnished.Ids]) -> Iterator[diffing.Site]:
    """That site; what the control did in a test is undone after it."""
    site, _ = busy_site
    yield site
    site.tell({"do": "undo"})


@pytest.fixture(scope="session")
def calm_site(start_site: Callable[..., diffing.Site], drops: list[dict[str, Any]]) -> diffing.Site:
    """The example as applied, all manual steps done, and nothing of others: a diff ends with 0."""
    site = start_site()
    site.tell(*diffing.by_hand(drops), {"do": "keep"})
    return site


@pytest.fixture
def calm(calm_site: diffing.Site) -> Iterator[diffing.Site]:
    """That site; what the control did in a test is undone after it."""
    yield calm_site
    calm_site.tell({"do": "undo"})
