"""What workloads ask for is judged by the GPUs that could carry them."""

from __future__ import annotations

import pytest

from generator.finding import Severity
from tests.rules.judging import broken, findings_in

WORKLOAD = "workloads: [{name: w, goal: g, owner: ml-eng, phase: concept, %s}]"
SITE = "metadata: {name: lab}\nhosts: [%s]"


def _host(model: str, more: str = "", count: int = 2, gpu: str = "") -> str:
    gpus = ", ".join([f"{{model: {model}{gpu}}}"] * count)
    return f"{{name: h-{model}, gpus: [{gpus}]{more}}}"


def _judge(wish: str, *hosts: str, more: str = "") -> dict[str, str]:
    return broken(WORKLOAD % wish + more, SITE % ", ".join(hosts))


@pytest.mark.parametrize(
    ("precision", "model", "possible"),
    [
        ("fp8", "nvidia-a100-pcie-80", False),
        ("fp8", "nvidia-l40s", True),
        ("bf16", "nvidia-t4", False),
        ("bf16-mixed", "nvidia-t4", False),
        ("bf16-mixed", "nvidia-a30", True),
        ("fp16", "nvidia-t4", True),
        ("nf4", "nvidia-t4", True),
    ],
)
def test_some_gpu_computes_in_the_stated_precision(
    precision: str, model: str, *, possible: bool
) -> None:
    """Formats that only store weights run everywhere."""
    wish = f"model: {{params: 1B, precision: {precision}}}"
    found = {} if possible else {"MLG-F062": "workloads[w].model.precision"}
    assert _judge(wish, _host(model)) == found


@pytest.mark.parametrize(
    ("wish", "hosts"),
    [
        ("model: {params: 1B, precision: fp8}", ["nvidia-t4", "nvidia-l4"]),
        ("model: {params: 1B, precision: fp8, precision_policy: auto}", ["nvidia-t4"]),
        ("model: {params: 1B, precision: fp8}, accelerator: {kind: cpu}", ["nvidia-t4"]),
        ("model: {params: 1B, precision: fp8}", []),
        ("model: {params: 1B, precision: fp8}", ["amd-mi210x"]),
    ],
)
def test_a_precision_is_no_finding_where_something_else_may_carry_it(
    wish: str, hosts: list[str]
) -> None:
    """Another GPU, another precision, a CPU, or hardware that nobody knows."""
    assert "MLG-F062" not in _judge(wish, *map(_host, hosts))


def test_a_gpu_that_others_hold_carries_nothing() -> None:
    """Nor does one that the wish rules out."""
    held = _host("nvidia-l4", gpu=", held_by: vdi")
    assert "MLG-F062" in _judge("model: {params: 1B, precision: fp8}", _host("nvidia-t4"), held)
    wish = "model: {params: 1B, precision: fp8}, accelerator: {model: nvidia-t4}"
    assert "MLG-F062" in _judge(wish, _host("nvidia-t4"), _host("nvidia-l4"))


def test_only_the_sites_of_the_environments_count() -> None:
    """A workload of dev does not use the GPUs of prod's site."""
    text = (
        WORKLOAD % "model: {params: 1B, precision: fp8}"
        + """
storage_compute: {sites: [{name: here, inventory: lab}, {name: far, inventory: far}]}
environments: {dev: {sites: [here]}, prod: {sites: [far]}}
"""
    )
    here, far = SITE % _host("nvidia-t4"), f"metadata: {{name: far}}\nhosts: [{_host('nvidia-l4')}]"
    assert "MLG-F062" in broken(text, here, far)
    assert "MLG-F062" not in broken(text.replace("[far]", "[here]").replace("[here]", "[far]"),
                                    here, far)  # fmt: skip


PAIR = ", nvlink: bridge-pair"
H100 = "nvidia-h100-pcie-80"


@pytest.mark.parametrize(
    ("wish", "host", "possible"),
    [
        ("topology: nvlink, gpus: 2", _host(H100, PAIR), True),
        ("topology: nvlink", _host(H100, PAIR), True),
        ("topology: nvlink, gpus: 4", _host(H100, PAIR, 4), False),
        ("topology: nvswitch, gpus: 2", _host(H100, PAIR), False),
        ("topology: nvlink, gpus: 2", _host(H100), False),
        ("topology: nvlink, gpus: 2", _host("nvidia-l40s"), False),
        ("topology: nvlink, gpus: 8", _host("nvidia-h100-sxm5-80", ", nvlink: nvswitch", 8), True),
        ("topology: any, gpus: 8", _host("nvidia-l40s"), True),
        (f"topology: nvlink, model: {H100}", _host("nvidia-l40s"), True),
    ],
)
def test_some_host_has_the_link(wish: str, host: str, *, possible: bool) -> None:
    """Of the kind and the size; where no host has the model at all, placement says so."""
    found = {} if possible else {"MLG-F064": "workloads[w].accelerator.topology"}
    assert _judge(f"accelerator: {{{wish}}}", host) == found


def test_gpus_that_name_their_partners_are_linked() -> None:
    """Also where the host does not say how."""
    gpus = (
        f'{{model: {H100}, pci: "0000:17:00.0", nvlink_with: ["0000:65:00.0"]}}, '
        f'{{model: {H100}, pci: "0000:65:00.0"}}'
    )  # fmt: skip
    host = f"{{name: h, gpus: [{gpus}]}}"
    assert _judge("accelerator: {topology: nvlink, gpus: 2}", host) == {}


@pytest.mark.parametrize(
    ("profile", "mend"),
    [
        ("H100-40C", "did you mean nvidia_h100-40c?"),
        ("40c", "did you mean nvidia_h100-40c?"),
        ("nvidia_h10-40c", "did you mean nvidia_h100-40c?"),
    ],
)
def test_a_profile_is_named_as_vsphere_names_it(profile: str, mend: str) -> None:
    """Other spellings of a profile that exists lead to it."""
    text = WORKLOAD % f"accelerator: {{profile: {profile}}}"
    (finding,) = findings_in(text, SITE % _host(H100))
    assert (finding.rule, finding.mend) == ("MLG-F065", mend)


@pytest.mark.parametrize(
    ("esx", "wish", "rules"),
    [
        ("8.0", "accelerator: {gpus: 9}", {"MLG-F066"}),
        ("8.0U3", "accelerator: {gpus: 9}", set()),
        ("8.0U3", "accelerator: {gpus: 32, kind: passthrough, reason: r}", set()),
        ("8.0U3", "shape: {gpus: 32}", {"MLG-F066"}),
        ("5.5", "accelerator: {gpus: 99}", {"MLG-F070"}),
    ],
)
def test_one_vm_takes_as_many_gpus_as_its_virtual_hardware(
    esx: str, wish: str, rules: set[str]
) -> None:
    """Fewer on older releases, more where they are passed through."""
    assert set(_judge(wish, more=f'\nplatform: {{targets: {{esx: "{esx}"}}}}')) == rules


@pytest.mark.parametrize(
    ("wish", "path"),
    [
        ("accelerator: {model: nvidia-h100-pcie-8}", "workloads[w].accelerator.model"),
        ("model: {params: 1B, built_on: nvidia-a10g}", "workloads[w].model.built_on"),
    ],
)
def test_a_gpu_that_is_named_is_in_the_catalogue(wish: str, path: str) -> None:
    """With the near ones in the mend."""
    (finding,) = findings_in(WORKLOAD % wish)
    assert (finding.rule, finding.path) == ("MLG-F060", path)
    assert "did you mean nvidia-" in finding.mend


@pytest.mark.parametrize("stated", ["params: 3B", "size: 6GB"])
def test_a_family_of_our_own_states_its_size(stated: str) -> None:
    """Then the catalogue is not asked."""
    assert _judge(f"model: {{family: our-own, {stated}}}") == {}


MIG = "resource_management: {gpu: {sharing: {prod: %s}, scheduling: {prod: %s}}}"


@pytest.mark.parametrize(
    ("sharing", "host", "rules"),
    [
        ("mig", _host("nvidia-a30"), set()),
        ("mig-time-sliced", _host("nvidia-l4"), {"MLG-F067"}),
        ("time-sliced", _host("nvidia-l4"), set()),
        ("full", _host("nvidia-l4", gpu=", mixed_size: true"), set()),
        ("time-sliced", _host("nvidia-l4", gpu=", mixed_size: true"), {"MLG-F069"}),
        ("time-sliced", _host("nvidia-a30", gpu=", mixed_size: true, mode: mig"), set()),
    ],
)
def test_gpus_are_shared_as_they_can_be(sharing: str, host: str, rules: set[str]) -> None:
    """A fixed share is judged where GPUs are shared by time."""
    assert set(broken(MIG % (sharing, "fixed-share"), SITE % host)) == rules


def test_one_gpu_with_mig_is_enough() -> None:
    """For an environment and for a wish."""
    hosts = SITE % f"{_host('nvidia-l4')}, {_host('nvidia-a30')}"
    assert broken(MIG % ("mig", "best-effort"), hosts) == {}
    assert broken(WORKLOAD % "accelerator: {isolation: mig}", hosts) == {}


@pytest.mark.parametrize(
    ("targets", "environments", "severity"),
    [
        ('vgpu_host: "18"', "{dev: {}, prod: {}}", Severity.ERROR),
        ('vgpu_host: "17"', "{dev: {}, prod: {}}", Severity.ERROR),
    ],
)
def test_a_version_out_of_support_fails_where_there_is_prod(
    targets: str, environments: str, severity: Severity
) -> None:
    """By the date of the release, whether its last day is known or only that it is past."""
    text = f"platform: {{targets: {{{targets}}}}}\nenvironments: {environments}"
    (finding,) = findings_in(text)
    assert (finding.rule, finding.severity) == ("MLG-F071", severity)
    assert "19" in finding.mend


@pytest.mark.parametrize(("prod", "severity"), [("p", Severity.WARNING), ("d", Severity.ERROR)])
def test_an_old_version_of_a_cluster_counts_where_the_cluster_is_used(
    prod: str, severity: Severity
) -> None:
    """Outside prod it is a warning."""
    text = f"""
resource_management:
  orchestrators:
    - {{name: d, kind: vks, kubernetes: "1.32"}}
    - {{name: p, kind: vks, kubernetes: "1.33"}}
environments: {{dev: {{runs_on: [d]}}, prod: {{runs_on: [{prod}]}}}}
"""
    found = [finding for finding in findings_in(text) if finding.rule == "MLG-F071"]
    assert [finding.severity for finding in found] == [severity]


def test_the_versions_of_a_cluster_of_its_own_fit_the_targets() -> None:
    """Only what the cluster changes is reported for it."""
    text = """
platform: {targets: {vks: "3.4", kubernetes: "1.33"}}
resource_management: {orchestrators: [{name: d, kind: vks, kubernetes: "1.36"}]}
environments: {dev: {runs_on: [d]}}
"""
    paths = {f.path for f in findings_in(text) if f.rule == "MLG-F072"}
    assert paths <= {"platform.targets.vks", "resource_management.orchestrators[d].kubernetes"}
    assert paths
