"""``mlgen whatif``: exit codes, both formats, and what becomes of the VMs."""

from __future__ import annotations

import json
import shutil
from dataclasses import fields
from pathlib import Path

import pytest

from generator.placement.plan import Obstacle
from generator.platform.whatif import records
from generator.supply.alter import Displaced
from tests.blueprint.documents import HEAD
from tests.cli.running import EXAMPLE, ROOT, Mlgen
from tests.cli.suppositions import DRIVER, OLDER_VKS, SCHEMA, answer, fates


def test_nothing_supposed_changes_nothing(whatif: Mlgen) -> None:
    """Not even a file."""
    body = answer(whatif)
    assert body["before"] == body["after"]
    assert body["demands"] == []
    assert body["files"]["changed"] == body["files"]["added"] == body["files"]["removed"] == []
    assert set().union(*fates(body).values()) == {"stays"}


def test_a_value_changes_profile_class_and_files(whatif: Mlgen) -> None:
    """Twice the sessions need twice the cache, and so another class, which rolls the nodes."""
    body = answer(whatif, "--set", "workloads[rag-llm].serving.sessions=64")
    (change,) = [one for one in body["demands"] if one["demand"] == "rag-llm"]
    assert change["fields"] == ["memory_gib", "profile", "vm_class"]
    assert fates(body)["rag-llm"] == {"recreated"}
    assert "vc-ams1/20-classes/vm_classes.tf" in body["files"]["changed"]
    assert "vc-ams1/20-classes/removed.tf" in body["files"]["added"]


def test_a_lost_host_moves_or_stops_what_ran_there(whatif: Mlgen) -> None:
    """Nothing is planned on it any more, and two GPUs fewer are there."""
    body = answer(whatif, "--lose-host", "esx-03")
    assert [side["capacity"][0]["gpus"] for side in (body["before"], body["after"])] == [8, 6]
    assert "esx-03" not in {one["after"]["host"] for one in body["vms"] if one["after"]}
    lost = [one for one in body["vms"] if one["before"] and one["before"]["host"] == "esx-03"]
    assert lost
    assert {one["fate"] for one in lost} <= {"moves", "stops"}


def test_a_lost_gpu_keeps_the_host(whatif: Mlgen) -> None:
    """Nothing is planned on it, and its pair is no NVLink group."""
    body = answer(whatif, "--lose-gpu", "esx-01/gpu0")
    used = {gpu for one in body["vms"] if one["after"] for gpu in one["after"]["gpus"]}
    assert "esx-01/gpu0" not in used
    assert "esx-01/gpu1" in used
    assert body["after"]["capacity"][0]["gpus"] == 7


def test_a_lost_site_leaves_nothing_running(whatif: Mlgen) -> None:
    """Every VM stops, and the answer says that it does not fit."""
    body = answer(whatif, "--lose-site", "ams1")
    assert set().union(*fates(body).values()) == {"stops"}
    assert (body["after"]["fits"], body["after"]["capacity"]) == (False, [])


def test_an_added_host_takes_what_waited(whatif: Mlgen) -> None:
    """Two more GPUs carry every trial that is wanted."""
    body = answer(whatif, "--add-host", "esx-05=esx-01")
    assert "starts" in fates(body)["vision-hpo"]
    assert body["before"]["waiting"] != []
    assert body["after"]["waiting"] == []


def test_vms_that_fare_alike_on_one_gpu_share_a_line(whatif: Mlgen) -> None:
    """Whatever their places on it are."""
    _, out, _ = whatif(EXAMPLE, "--set", "platform.targets.esx=9.0")
    lines = [line for line in out.splitlines() if line.startswith("dev/notebooks-research/")]
    assert [line.split()[0].rpartition("/")[2] for line in lines] == ["0,1,2,3", "4,5,6,7"]


def test_suppositions_hold_together(whatif: Mlgen) -> None:
    """One host lost and another one added are four hosts again."""
    body = answer(whatif, "--lose-host", "esx-03", "--add-host", "esx-09=esx-03")
    assert body["after"]["capacity"] == body["before"]["capacity"]
    assert body["after"]["fits"]


def test_another_gpu_brings_its_profiles(whatif: Mlgen) -> None:
    """Every GPU node gets a class of the new board."""
    body = answer(whatif, "--gpu", "nvidia-h100-pcie-80=nvidia-h100-nvl-94")
    models = {one["after"]["model"] for one in body["demands"]}
    assert models == {"nvidia-h100-nvl-94"}
    assert body["after"]["capacity"][0]["framebuffer_gib"] > 640


def test_a_team_gets_its_cluster_and_its_notebooks(whatif: Mlgen) -> None:
    """One namespace per team in dev."""
    team = (
        "{name: nlp, members: {data-scientist: 4}, access: notebook, notebooks: {concurrency: 0.5},"
        " groups: {provider: external-oidc, edit: nlp, view: ml-all}}"
    )
    body = answer(whatif, "--add-team", team)
    added = {one["demand"] for one in body["demands"] if one["difference"] == "added"}
    assert added == {"control-plane-nlp", "notebooks-nlp", "system-nlp"}
    assert "dev/tanzu/acme-ml-dev-nlp.yaml" in body["files"]["added"]


def test_a_request_is_planned_as_work(whatif: Mlgen, tmp_path: Path) -> None:
    """With what the architect adds to it; what no plan shows is a new finding."""
    wish = tmp_path / "wish.yaml"
    wish.write_text(
        "apiVersion: mlgen/v1alpha1\nkind: WorkloadRequest\n"
        "metadata: {name: more-trials, team: research}\ngoal: g\ndo: tune\nmodel: vision-cnn\n"
        "data: shop-images\ntries: 20\ntime_per_try: 1h\nready_by: 24h\npeople: 3\n"
    )
    memory = ("--set", "workloads[more-trials].hpo.memory=16GiB")
    body = answer(whatif, "--add-workload", str(wish), *memory)
    (change,) = [one for one in body["demands"] if one["demand"] == "more-trials"]
    assert (change["difference"], change["after"]["wanted"]) == ("added", 1)
    assert "MLG-W006" in {finding["rule"] for finding in body["findings"]["new"]}


def test_a_workload_is_planned_and_may_be_changed_too(whatif: Mlgen, tmp_path: Path) -> None:
    """Settings come after what is added."""
    work = tmp_path / "work.yaml"
    work.write_text(
        "{name: table, owner: ml-eng, goal: g, phase: serving, model: {family: gradient-boosting,"
        " format: onnx, size: 40MB}, monitoring: {drift: [psi]},"
        " retraining: {cadence: monthly}, serving: {mode: service, rate: 5/s, p95: 20ms,"
        " replicas: 1}}"
    )
    more = ("--set", "workloads[table].serving.replicas=2")
    body = answer(whatif, "--add-workload", str(work), *more)
    (change,) = [one for one in body["demands"] if one["demand"] == "table"]
    assert (change["difference"], change["after"]["placed"]) == ("added", 2)


def test_a_driver_reboots_hosts_and_vks_rolls_nodes(whatif: Mlgen) -> None:
    """Each host once, in order; each node."""
    driver = answer(whatif, *DRIVER)
    assert [work["order"] for work in driver["hosts"]] == [1, 2, 3, 4]
    assert fates(driver)["rag-llm"] == {"restarts"}
    assert fates(driver)["churn-tabular"] == {"stays"}
    assert set().union(*fates(answer(whatif, *OLDER_VKS)).values()) == {"recreated"}


def test_vms_of_others_on_a_lost_host_are_named(whatif: Mlgen, folder: Path) -> None:
    """The plan keeps no room for them, and says so in both formats."""
    site = folder / "acme-ams1.site.yaml"
    vm = "occupancy: [{name: vdi-017, host: esx-03, cluster: gpu-a, foreign: true, vcpu: 8}]\n"
    site.write_text(site.read_text(encoding="utf-8") + vm)
    blueprint = str(folder / "acme-ml.yaml")
    _, out, _ = whatif(blueprint, "--lose-host", "esx-03", "--format", "json")
    assert [one["vm"] for one in json.loads(out)["displaced"]] == ["vdi-017"]
    _, out, _ = whatif(blueprint, "--lose-host", "esx-03")
    assert "ran on ams1/esx-03, and the plan keeps no room for it elsewhere: vdi-017" in out


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (
            ("--lose-host", "esx-03"),
            (
                "acme-ml: fits before, ",
                "ams1/gpu-a  GPUs used        8 of 8        6 of 6",
                "esx-03 is lost: it starts again on esx-0",
                "files: ",
                "  ~ plan.json",
                "gone: notice[MLG-P003]",
            ),
        ),
        (DRIVER, ("vgpu_host: 19 to 20: GPU hosts take", "room for its vGPUs", "ams1/esx-04")),
        (OLDER_VKS, ("VMs: recreated ", "kubernetes 1.36 to 1.35")),
        (("--lose-site", "ams1"), ("ams1/gpu-a  hosts            4                 -",)),
    ],
    ids=["host", "driver", "vks", "site"],
)
def test_text_has_both_sides(
    whatif: Mlgen, arguments: tuple[str, ...], lines: tuple[str, ...]
) -> None:
    """For people."""
    _, out, _ = whatif(EXAMPLE, *arguments)
    assert [line for line in lines if line not in out] == []


def test_the_documented_run_is_a_real_one(
    whatif: Mlgen, monkeypatch: pytest.MonkeyPatch, update_golden: bool
) -> None:
    """The block of docs/whatif.md; ``--update-golden`` rewrites it."""
    monkeypatch.chdir(ROOT)
    page = ROOT / "docs" / "whatif.md"
    head, sign, rest = page.read_text(encoding="utf-8").partition("$ mlgen whatif ")
    block, fence, tail = rest.partition("```")
    command = block.partition("\n")[0]
    printed = f"{command}\n{whatif(*command.split())[1]}"
    kept = printed if update_golden else block
    page.write_text(f"{head}{sign}{kept}{fence}{tail}", encoding="utf-8")
    assert kept == printed


def test_a_value_of_a_base_is_changed_like_any_other(whatif: Mlgen, folder: Path) -> None:
    """Paths lead through the merged document."""
    shutil.move(folder / "acme-ml.yaml", folder / "base.yaml")
    own = folder / "own.yaml"
    own.write_text(
        "apiVersion: mlgen/v1alpha1\nkind: PlatformBlueprint\nextends: [base.yaml]\n"
        "metadata: {name: own}\n"
    )
    arguments = ("--set", "workloads[rag-llm].serving.replicas=1", "--format", "json")
    code, out, _ = whatif(str(own), *arguments)
    (change,) = [one for one in json.loads(out)["demands"] if one["demand"] == "rag-llm"]
    assert (code, change["after"]["wanted"]) == (0, 1)


def test_a_platform_without_work_or_sites_is_compared(whatif: Mlgen, tmp_path: Path) -> None:
    """There is nothing to say but the files."""
    least = tmp_path / "least.yaml"
    least.write_text(HEAD)
    code, out, _ = whatif(str(least), "--set", "metadata.revision=2")
    assert (code, "VMs: none" in out, "  ~ manifest.json" in out) == (0, True, True)


def test_nothing_is_written(whatif: Mlgen, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even where ``render`` writes by default."""
    monkeypatch.chdir(folder)
    before = sorted(folder.rglob("*"))
    whatif("acme-ml.yaml", "--lose-host", "esx-03")
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("part", "cls"),
    [
        ("side", records.Side),
        ("waiting", records.Waiting),
        ("obstacle", Obstacle),
        ("capacity", records.Capacity),
        ("demand_change", records.DemandChange),
        ("shape", records.Shape),
        ("vm_change", records.VmChange),
        ("spot", records.Spot),
        ("version_change", records.VersionChange),
        ("host_work", records.HostWork),
        ("finding_change", records.FindingChange),
        ("file_change", records.FileChange),
        ("displaced", Displaced),
    ],
)
def test_the_schema_has_every_field_of_a_record(part: str, cls: type) -> None:
    """A field that only one of them knows would make the other wrong."""
    names = [field.name for field in fields(cls)]
    assert list(SCHEMA["$defs"][part]["properties"]) == names
    assert SCHEMA["$defs"][part]["required"] == names


def test_the_schema_has_every_word_of_a_closed_list() -> None:
    """Fates and differences."""
    vms, demands = (SCHEMA["$defs"][part]["properties"] for part in ("vm_change", "demand_change"))
    assert vms["fate"]["enum"] == list(records.Fate)
    assert demands["difference"]["enum"] == list(records.Difference)


def test_the_shipped_wish_is_compared_once_the_architect_has_decided(whatif: Mlgen) -> None:
    """As docs/language.md runs it; without a metric of drift no service is planned (MLG-B043)."""
    wish = ("--add-workload", str(ROOT / "docs" / "wish.yaml"))
    assert whatif(*wish).code == 1
    body = answer(whatif, *wish, "--set", "workloads[support-chat].monitoring.drift=[psi]")
    assert fates(body)["support-chat"] == {"starts"}
