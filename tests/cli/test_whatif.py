"""``mlgen whatif``: exit codes, both formats, and options that cannot be meant."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from generator.cli import run
from generator.placement.plan import Obstacle
from generator.platform.whatif import records
from generator.supply.alter import Displaced
from tests.blueprint.documents import HEAD

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = str(ROOT / "blueprints" / "acme-ml.yaml")
SITE = str(ROOT / "blueprints" / "acme-ams1.site.yaml")
WORKED = str(ROOT / "tests" / "fixtures" / "worked-example.yaml")
SCHEMA = json.loads((ROOT / "schemas" / "whatif.schema.json").read_text(encoding="utf-8"))
DRIVER = ("--driver", "20", "--set", "platform.targets.nvaie_infra=8")
OLDER_VKS = (
    "--vks", "3.6", "--set", "platform.targets.kubernetes=1.35",
    "--set", "platform.targets.cluster_class=builtin-generic-v3.6.0",
)  # fmt: skip

Mlgen = Callable[..., tuple[int, str, str]]


@pytest.fixture
def mlgen(capfd: pytest.CaptureFixture[str]) -> Mlgen:
    """Runs the verb in this process: code, output, errors."""

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run(["whatif", *arguments])
        captured = capfd.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the example and its site."""
    shutil.copy(EXAMPLE, tmp_path)
    shutil.copy(SITE, tmp_path)
    return tmp_path


def answer(mlgen: Mlgen, *arguments: str) -> dict[str, Any]:
    """The JSON answer, checked against the schema that it names and the way it ended."""
    code, out, err = mlgen(EXAMPLE, "--format", "json", *arguments)
    assert err == ""
    body: dict[str, Any] = json.loads(out)
    jsonschema.Draft202012Validator(SCHEMA).validate(body)
    assert code == {True: 0, False: 4}[body["after"]["fits"]]
    return body


def fates(body: dict[str, Any]) -> dict[str, set[str]]:
    """What happens to the VMs of each demand."""
    found: dict[str, set[str]] = {}
    for one in body["vms"]:
        found.setdefault(one["demand"], set()).add(one["fate"])
    return found


def rules(mlgen: Mlgen, *arguments: str) -> set[str]:
    """The rules that a refusal names, on standard output for programs."""
    code, out, err = mlgen(EXAMPLE, "--format", "json", *arguments)
    assert (code, err) == (1, "")
    return {finding["rule"] for finding in json.loads(out)["findings"]}


def test_nothing_supposed_changes_nothing(mlgen: Mlgen) -> None:
    """Not even a file."""
    body = answer(mlgen)
    assert body["before"] == body["after"]
    assert body["demands"] == []
    assert body["files"]["changed"] == body["files"]["added"] == body["files"]["removed"] == []
    assert set().union(*fates(body).values()) == {"stays"}


def test_a_value_changes_profile_class_and_files(mlgen: Mlgen) -> None:
    """Twice the sessions need twice the cache, and so another class, which rolls the nodes."""
    body = answer(mlgen, "--set", "workloads[rag-llm].serving.sessions=64")
    (change,) = [one for one in body["demands"] if one["demand"] == "rag-llm"]
    assert change["fields"] == ["memory_gib", "profile", "vm_class"]
    assert fates(body)["rag-llm"] == {"recreated"}
    assert "vc-ams1/20-classes/vm_classes.tf" in body["files"]["changed"]
    assert "vc-ams1/20-classes/removed.tf" in body["files"]["added"]


def test_a_lost_host_moves_or_stops_what_ran_there(mlgen: Mlgen) -> None:
    """Nothing is planned on it any more, and two GPUs fewer are there."""
    body = answer(mlgen, "--lose-host", "esx-03")
    assert [side["capacity"][0]["gpus"] for side in (body["before"], body["after"])] == [8, 6]
    assert "esx-03" not in {one["after"]["host"] for one in body["vms"] if one["after"]}
    lost = [one for one in body["vms"] if one["before"] and one["before"]["host"] == "esx-03"]
    assert lost
    assert {one["fate"] for one in lost} <= {"moves", "stops"}


def test_a_lost_gpu_keeps_the_host(mlgen: Mlgen) -> None:
    """Nothing is planned on it, and its pair is no NVLink group."""
    body = answer(mlgen, "--lose-gpu", "esx-01/gpu0")
    used = {gpu for one in body["vms"] if one["after"] for gpu in one["after"]["gpus"]}
    assert "esx-01/gpu0" not in used
    assert "esx-01/gpu1" in used
    assert body["after"]["capacity"][0]["gpus"] == 7


def test_a_lost_site_leaves_nothing_running(mlgen: Mlgen) -> None:
    """Every VM stops, and the answer says that it does not fit."""
    body = answer(mlgen, "--lose-site", "ams1")
    assert set().union(*fates(body).values()) == {"stops"}
    assert (body["after"]["fits"], body["after"]["capacity"]) == (False, [])


def test_an_added_host_takes_what_waited(mlgen: Mlgen) -> None:
    """Two more GPUs carry every trial that is wanted."""
    body = answer(mlgen, "--add-host", "esx-05=esx-01")
    assert "starts" in fates(body)["vision-hpo"]
    assert body["before"]["waiting"] != []
    assert body["after"]["waiting"] == []


def test_vms_that_fare_alike_on_one_gpu_share_a_line(mlgen: Mlgen) -> None:
    """Whatever their places on it are."""
    _, out, _ = mlgen(EXAMPLE, "--set", "platform.targets.esx=9.0")
    lines = [line for line in out.splitlines() if line.startswith("dev/notebooks-research/")]
    assert [line.split()[0].rpartition("/")[2] for line in lines] == ["0,1,2,3", "4,5,6,7"]


def test_suppositions_hold_together(mlgen: Mlgen) -> None:
    """One host lost and another one added are four hosts again."""
    body = answer(mlgen, "--lose-host", "esx-03", "--add-host", "esx-09=esx-03")
    assert body["after"]["capacity"] == body["before"]["capacity"]
    assert body["after"]["fits"]


def test_another_gpu_brings_its_profiles(mlgen: Mlgen) -> None:
    """Every GPU node gets a class of the new board."""
    body = answer(mlgen, "--gpu", "nvidia-h100-pcie-80=nvidia-h100-nvl-94")
    models = {one["after"]["model"] for one in body["demands"]}
    assert models == {"nvidia-h100-nvl-94"}
    assert body["after"]["capacity"][0]["framebuffer_gib"] > 640


def test_a_team_gets_its_cluster_and_its_notebooks(mlgen: Mlgen) -> None:
    """One namespace per team in dev."""
    team = (
        "{name: nlp, members: {data-scientist: 4}, access: notebook, notebooks: {concurrency: 0.5},"
        " groups: {provider: external-oidc, edit: nlp, view: ml-all}}"
    )
    body = answer(mlgen, "--add-team", team)
    added = {one["demand"] for one in body["demands"] if one["difference"] == "added"}
    assert added == {"control-plane-nlp", "notebooks-nlp", "system-nlp"}
    assert "dev/tanzu/acme-ml-dev-nlp.yaml" in body["files"]["added"]


def test_a_request_is_planned_as_work(mlgen: Mlgen, tmp_path: Path) -> None:
    """With what the architect adds to it; what no plan shows is a new finding."""
    wish = tmp_path / "wish.yaml"
    wish.write_text(
        "apiVersion: mlgen/v1alpha1\nkind: WorkloadRequest\n"
        "metadata: {name: more-trials, team: research}\ngoal: g\ndo: tune\nmodel: vision-cnn\n"
        "data: shop-images\ntries: 20\ntime_per_try: 1h\nready_by: 24h\npeople: 3\n"
    )
    memory = ("--set", "workloads[more-trials].hpo.memory=16GiB")
    body = answer(mlgen, "--add-workload", str(wish), *memory)
    (change,) = [one for one in body["demands"] if one["demand"] == "more-trials"]
    assert (change["difference"], change["after"]["wanted"]) == ("added", 1)
    assert "MLG-W006" in {finding["rule"] for finding in body["findings"]["new"]}


def test_a_workload_is_planned_and_may_be_changed_too(mlgen: Mlgen, tmp_path: Path) -> None:
    """Settings come after what is added."""
    work = tmp_path / "work.yaml"
    work.write_text(
        "{name: table, owner: ml-eng, goal: g, phase: serving, model: {family: gradient-boosting,"
        " format: onnx, size: 40MB}, monitoring: {drift: [psi]},"
        " retraining: {cadence: monthly}, serving: {mode: service, rate: 5/s, p95: 20ms,"
        " replicas: 1}}"
    )
    more = ("--set", "workloads[table].serving.replicas=2")
    body = answer(mlgen, "--add-workload", str(work), *more)
    (change,) = [one for one in body["demands"] if one["demand"] == "table"]
    assert (change["difference"], change["after"]["placed"]) == ("added", 2)


def test_a_driver_reboots_hosts_and_vks_rolls_nodes(mlgen: Mlgen) -> None:
    """Each host once, in order; each node."""
    driver = answer(mlgen, *DRIVER)
    assert [work["order"] for work in driver["hosts"]] == [1, 2, 3, 4]
    assert fates(driver)["rag-llm"] == {"restarts"}
    assert fates(driver)["churn-tabular"] == {"stays"}
    assert set().union(*fates(answer(mlgen, *OLDER_VKS)).values()) == {"recreated"}


def test_vms_of_others_on_a_lost_host_are_named(mlgen: Mlgen, folder: Path) -> None:
    """The plan keeps no room for them, and says so in both formats."""
    site = folder / "acme-ams1.site.yaml"
    vm = "occupancy: [{name: vdi-017, host: esx-03, cluster: gpu-a, foreign: true, vcpu: 8}]\n"
    site.write_text(site.read_text(encoding="utf-8") + vm)
    blueprint = str(folder / "acme-ml.yaml")
    _, out, _ = mlgen(blueprint, "--lose-host", "esx-03", "--format", "json")
    assert [one["vm"] for one in json.loads(out)["displaced"]] == ["vdi-017"]
    _, out, _ = mlgen(blueprint, "--lose-host", "esx-03")
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
    mlgen: Mlgen, arguments: tuple[str, ...], lines: tuple[str, ...]
) -> None:
    """For people."""
    _, out, _ = mlgen(EXAMPLE, *arguments)
    assert [line for line in lines if line not in out] == []


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
    mlgen: Mlgen, arguments: tuple[str, ...], rule: str
) -> None:
    """Exit code 1, and never a traceback."""
    assert rule in rules(mlgen, *arguments)


def test_a_finding_about_a_value_points_at_its_option(mlgen: Mlgen) -> None:
    """For people, too."""
    code, out, err = mlgen(EXAMPLE, "--set", "workloads[rag-llm].serving.sessions=many")
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
def test_what_cannot_run_ends_with_1(mlgen: Mlgen, arguments: tuple[str, ...]) -> None:
    """With a word on standard error."""
    code, _, err = mlgen(*arguments)
    assert code == 1
    assert err.strip()
    assert "internal error" not in err


def test_the_documented_run_is_a_real_one(
    mlgen: Mlgen, monkeypatch: pytest.MonkeyPatch, update_golden: bool
) -> None:
    """The block of docs/whatif.md; ``--update-golden`` rewrites it."""
    monkeypatch.chdir(ROOT)
    page = ROOT / "docs" / "whatif.md"
    head, sign, rest = page.read_text(encoding="utf-8").partition("$ mlgen whatif ")
    block, fence, tail = rest.partition("```")
    command = block.partition("\n")[0]
    printed = f"{command}\n{mlgen(*command.split())[1]}"
    kept = printed if update_golden else block
    page.write_text(f"{head}{sign}{kept}{fence}{tail}", encoding="utf-8")
    assert kept == printed


def test_a_value_of_a_base_is_changed_like_any_other(mlgen: Mlgen, folder: Path) -> None:
    """Paths lead through the merged document."""
    shutil.move(folder / "acme-ml.yaml", folder / "base.yaml")
    own = folder / "own.yaml"
    own.write_text(
        "apiVersion: mlgen/v1alpha1\nkind: PlatformBlueprint\nextends: [base.yaml]\n"
        "metadata: {name: own}\n"
    )
    arguments = ("--set", "workloads[rag-llm].serving.replicas=1", "--format", "json")
    code, out, _ = mlgen(str(own), *arguments)
    (change,) = [one for one in json.loads(out)["demands"] if one["demand"] == "rag-llm"]
    assert (code, change["after"]["wanted"]) == (0, 1)


def test_one_blueprint_is_compared_and_no_more(mlgen: Mlgen, tmp_path: Path) -> None:
    """Two documents in a file are two platforms."""
    both = tmp_path / "both.yaml"
    both.write_text("---\n".join((HEAD, HEAD.replace("name: p,", "name: q,"))))
    code, _, err = mlgen(str(both))
    assert (code, "whatif takes one" in err) == (1, True)


def test_a_platform_without_work_or_sites_is_compared(mlgen: Mlgen, tmp_path: Path) -> None:
    """There is nothing to say but the files."""
    least = tmp_path / "least.yaml"
    least.write_text(HEAD)
    code, out, _ = mlgen(str(least), "--set", "metadata.revision=2")
    assert (code, "VMs: none" in out, "  ~ manifest.json" in out) == (0, True, True)


def test_nothing_is_written(mlgen: Mlgen, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even where ``render`` writes by default."""
    monkeypatch.chdir(folder)
    before = sorted(folder.rglob("*"))
    mlgen("acme-ml.yaml", "--lose-host", "esx-03")
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
