"""F38, first meeting: a VI admin's first hour, command by command, with nothing but an account.

export, report, init, validate, size, on a vCenter that nobody has described: 20 VMs on four hosts
with two H100 each, among them two vGPUs of 80 GB and two devices by DirectPath, and three things
that are not as they should be, set by the simulator's control.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.acceptance import shipped, vcenter
from tests.acceptance.diffing import Ran, Site
from tests.acceptance.furnished import put

pytestmark = pytest.mark.tools

DAY = ("--as-of", "2026-11-21")
GPU = "0000:17:00.0"
H100_MIB = 81920
READS = ("GET", "HEAD")
SOAP_PATHS = ("/sdk", "/pbm", "/pbm/sdk", "/sdk/vimService")
SESSION = "/api/session"
ATTACHED = "/api/cis/tagging/tag-association"


@pytest.fixture(scope="module")
def site(
    start_simulator: Callable[..., vcenter.Endpoint], tmp_path_factory: pytest.TempPathFactory
) -> Site:
    """The vCenter, with a host out of support, a GPU that gives no vGPUs, and HA off."""
    made = Site(start_simulator("-vms", "20"), tmp_path_factory.mktemp("first"))
    made.tell(
        put("HostSystem:esx-03", f"config.graphicsInfo[pciId={GPU}].graphicsType", "shared"),
        put("HostSystem:esx-04", "config.product.version", "7.0.3"),
        put(
            "ClusterComputeResource:gpu-a",
            "configurationEx.dasConfig.admissionControlEnabled",
            False,
        ),
    )
    return made


@pytest.fixture(scope="module")
def asked_before(site: Site) -> int:
    """How many requests there were before the first command."""
    return len(site.requests())


@pytest.fixture(scope="module")
def snapshot(site: Site, asked_before: int) -> Path:
    """The first command: what the vCenter holds, in a file."""
    del asked_before
    path = site.out / "vc.snapshot"
    assert site.mlgen("inventory", "export", "--out", str(path)).code == 0
    return path


@pytest.fixture(scope="module")
def report(site: Site, snapshot: Path) -> Any:
    """The second: the report for programs."""
    ran = site.mlgen("inventory", "report", str(snapshot), "--format", "json", *DAY)
    assert ran.code == 0, ran.said
    return ran.answer


@pytest.fixture(scope="module")
def started(site: Site, report: Any) -> Ran:
    """The third: a blueprint for what was found."""
    del report
    folder = str(site.out / "acme")
    return site.mlgen("init", folder, "--from-vcenter", "--site", "ams1", "--format", "json", *DAY)


def test_the_report_obeys_its_schema(report: Any) -> None:
    schema = json.loads((shipped.ROOT / "schemas" / "as-built.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(report)


def gpus(report: Any) -> dict[str, Any]:
    """Every GPU by name."""
    return {
        gpu["name"]: gpu
        for one in report["vcenters"]
        for cluster in one["clusters"]
        for host in cluster["hosts"]
        for gpu in host["gpus"]
    }


def test_it_tells_who_is_on_each_gpu(report: Any) -> None:
    on = {name: [each["vm"] for each in gpu["tenants"]] for name, gpu in gpus(report).items()}
    assert on == {
        "esx-01/gpu0": [], "esx-01/gpu1": ["vm-00005"],
        "esx-02/gpu0": ["vm-00002"], "esx-02/gpu1": [],
        "esx-03/gpu0": [], "esx-03/gpu1": ["vm-00015"],
        "esx-04/gpu0": ["vm-00012"], "esx-04/gpu1": [],
    }  # fmt: skip


def test_framebuffer_is_used_held_free_or_stranded(report: Any) -> None:
    """Two vGPUs, two devices by DirectPath, one GPU that gives no vGPUs, three that are idle."""
    assert report["framebuffer"] == {
        "total_mib": 8 * H100_MIB, "used_mib": 2 * H100_MIB, "held_mib": 2 * H100_MIB,
        "free_mib": 3 * H100_MIB, "uncertain_mib": 0, "stranded_mib": H100_MIB, "shut_mib": 0,
    }  # fmt: skip
    assert "Shared Direct" in gpus(report)["esx-03/gpu0"]["why"]


def test_what_fits_now_and_after_a_loss_is_counted(report: Any) -> None:
    """Three idle GPUs. After the loss of esx-02 its VM takes one of the two that are left."""
    (cluster,) = report["vcenters"][0]["clusters"]
    fits = {fit["profile"]: fit for fit in cluster["fits"]}
    whole = fits["nvidia_h100-80c"]
    assert (whole["running"], whole["least"], whole["after_loss"]) == (2, 3, 1)
    assert (fits["nvidia_h100-20c"]["least"], fits["nvidia_h100-20c"]["after_loss"]) == (12, 4)
    assert [one["vm"] for one in cluster["waits"]] == ["vm-00005", "vm-00015"]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("MLG-A001", "ESX 7.0.3 of esx-04: support is over since 2025-10-02"),
        ("MLG-A003", "the GPU hosts of gpu-a have ESX 7.0.3, 8.0.2"),
        ("MLG-A014", "HA of gpu-a admits VMs beyond what it can start again"),
        ("MLG-A021", "80.0 GiB stranded on esx-03/gpu0"),
        ("MLG-A040", "the drivers of the hosts of"),
    ],
)
def test_what_is_stale_or_against_the_position_is_found(report: Any, rule: str, said: str) -> None:
    found = [each["message"] for each in report["vcenters"][0]["findings"] if each["rule"] == rule]
    assert [said in message for message in found] == [True]


@pytest.mark.parametrize(("form", "start"), [("text", "As built: "), ("markdown", "# As built"),
                                             ("html", "<!doctype html>")])  # fmt: skip
def test_people_read_the_same(site: Site, snapshot: Path, form: str, start: str) -> None:
    ran = site.mlgen("inventory", "report", str(snapshot), "--format", form, *DAY)
    assert (ran.code, ran.said) == (0, "")
    assert ran.output.startswith(start)
    assert "MLG-A021" in ran.output


def test_a_live_reading_says_what_the_snapshot_says(site: Site, report: Any) -> None:
    ran = site.mlgen("inventory", "report", "--from-vcenter", "--format", "json", *DAY)
    live = ran.answer["vcenters"][0]
    kept = report["vcenters"][0]
    assert live["clusters"] == kept["clusters"]
    assert live["findings"] == kept["findings"]


def test_the_role_for_hosts_also_tells_their_drivers(site: Site) -> None:
    ran = site.mlgen(
        "inventory", "report", "--from-vcenter", "--role", "diff-host", "--format", "json", *DAY
    )
    (center,) = ran.answer["vcenters"]
    assert [one["release"] for one in center["versions"] if one["target"] == "vgpu_host"] == ["17"]
    assert "MLG-A040" not in {one["rule"] for one in center["findings"]}


def test_init_finds_the_same_room(started: Ran, report: Any) -> None:
    assert started.code == 0, started.said
    free = {one["host"]: one["free_mib"] for one in started.answer["first_look"]["hosts"]}
    told: dict[str, int] = {}
    for name, gpu in gpus(report).items():
        host = name.partition("/")[0]
        told[host] = told.get(host, 0) + gpu["framebuffer"]["free_mib"]
    assert free == told


def test_what_init_wrote_is_valid_and_fits(site: Site, started: Ran) -> None:
    files = started.answer["files"]
    checked = site.mlgen("validate", *files)
    assert (checked.code, "error[" in checked.output) == (0, False)
    sized = site.mlgen("size", files[0], "--format", "json")
    assert (sized.code, sized.answer["fits"]) == (0, True)


def test_nothing_but_reads_reached_the_server(site: Site, asked_before: int, started: Ran) -> None:
    del started
    asked = {(each["method"], each["path"]) for each in site.requests(asked_before)}
    other = {(method, path) for method, path in asked if method not in READS}
    known = {("POST", path) for path in SOAP_PATHS} | {("POST", SESSION), ("DELETE", SESSION)}
    assert {one for one in other - known if ATTACHED not in one[1]} == set()


def test_no_session_stays_behind(site: Site, started: Ran) -> None:
    del started
    assert site.sessions() == 0
