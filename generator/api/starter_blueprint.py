"""The text of a starter blueprint: sections in the language's order, each below its comment.

Only what was chosen or read is stated. All values pass the writer of YAML that inventories pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.record import Record, record
from generator.vcenter.site_yaml import dumped

Section = tuple[tuple[str, ...], dict[str, Any]]
"""Lines of a comment, and what stands below them."""

TEAM = "ml-team"
ENVIRONMENT = "prod"
TIME_SLICED, MIG, FULL = "time-sliced", "mig", "full"


@record
class Example(Record):
    """A workload to start from. ``needs_gpu`` is one that only shows something on a GPU."""

    name: str
    needs_gpu: bool
    fields: Mapping[str, Any]


EXAMPLES: tuple[Example, ...] = (
    Example(
        name="assistant",
        needs_gpu=True,
        fields={
            "goal": "answers for 8 people at once",
            "model": {
                "family": "llama-3.1-8b",
                "precision": "bf16",
                "kv_precision": "fp16",
                "format": "safetensors",
            },
            "serving": {
                "mode": "service",
                "context": 8192,
                "sessions": 8,
                "replicas": 1,
                "p95_first_token": "2s",
            },
            "monitoring": {"drift": ["answer-quality"]},
        },
    ),
    Example(
        name="embeddings",
        needs_gpu=True,
        fields={
            "goal": "find texts that are alike",
            "model": {"family": "bge-m3", "precision": "fp16"},
            "serving": {"mode": "service", "batch": 4, "replicas": 1, "p95": "150ms"},
            "monitoring": {"drift": ["hit-rate"]},
        },
    ),
    Example(
        name="inspection",
        needs_gpu=True,
        fields={
            "goal": "sort damaged parcels out",
            "model": {"family": "yolov8m", "precision": "fp16"},
            "serving": {"mode": "service", "batch": 1, "replicas": 1, "p95": "100ms"},
            "monitoring": {"drift": ["reject-rate"]},
        },
    ),
    Example(
        name="scores",
        needs_gpu=False,
        fields={
            "goal": "score customers while they wait",
            "model": {"family": "gradient-boosting", "format": "onnx", "size": "40MB"},
            "serving": {"mode": "service", "rate": "100/s", "p95": "50ms", "replicas": 1},
            "monitoring": {"drift": ["psi"]},
        },
    ),
)
"""The most telling first: what a site cannot carry gives way to the next."""


@record
class Draft(Record):
    """What a starter says. ``head`` are lines of the comment at the top.

    ``fabric`` is ``vks`` or ``vm``; ``sharing`` how GPUs are shared, "" without GPUs; ``sizes`` are
    the only ones that vGPUs may have, in GiB, where mlgen must not choose. An ``example`` of None
    is a platform without workloads. ``notes`` are comments by section.
    """

    name: str
    site: str
    as_of: str
    fabric: str
    targets: Mapping[str, str]
    head: tuple[str, ...]
    notes: Mapping[str, tuple[str, ...]]
    tiers: tuple[Mapping[str, str], ...] = ()
    sharing: str = ""
    sizes: tuple[int, ...] = ()
    example: Example | None = None


def blueprint_text(draft: Draft) -> str:
    """The blueprint of a draft."""
    from generator.blueprint.schema import API_VERSION, schema_line

    first = {
        "apiVersion": API_VERSION,
        "kind": "PlatformBlueprint",
        "metadata": {"name": draft.name, "owner": TEAM, "revision": 1},
    }
    texts = [f"{schema_line('PlatformBlueprint')}\n{dumped(first, draft.head)}"]
    for notes, section in _sections(draft):
        more = draft.notes.get(next(iter(section)), ())
        texts.append(dumped(section, (*notes, *more)))
    return "\n".join(texts)


def _sections(draft: Draft) -> Iterator[Section]:
    yield _platform(draft)
    yield (
        ("The day by which expiries are judged. last_known_good names the release to go back to.",),
        {"release": {"as_of": draft.as_of}},
    )
    yield _organisation()
    yield (
        ("Who may see which data, and where secrets are. mlgen never holds a secret.",),
        {
            "governance": {
                "classifications": ["internal"],
                "secrets": {"mode": "reference", "provider": "vault"},
            }
        },
    )
    yield _storage_compute(draft)
    yield _resource_management(draft)
    yield _ml_platform(draft)
    yield _workloads(draft)
    yield _environments(draft)


def _platform(draft: Draft) -> Section:
    notes = (
        "purpose: inference-only, training-only or mixed.",
        "scale: single-app, several-apps, reasonable-scale or large; it says which parts may lack.",
        (
            "targets are the versions that files are written for; a combination that the version "
            "matrix does not know is a finding."
        ),
    )
    purpose = "inference-only" if draft.example else "mixed"
    platform = {"purpose": purpose, "scale": "single-app", "targets": dict(draft.targets)}
    return notes, {"platform": platform}


def _organisation() -> Section:
    notes = (
        (
            "Who works here. access: form, notebook, kubectl or admin. Groups of your directory go "
            'below a team as groups: {provider: external-oidc, edit: "ml-edit", view: "ml-view"}; '
            "until then they are an open question."
        ),
    )
    team = {"name": TEAM, "members": {"ml-engineer": 2}, "access": "kubectl"}
    return notes, {"organisation": {"teams": [team]}}


def _storage_compute(draft: Draft) -> Section:
    notes = (
        (
            "Layer 1, storage and compute. The facts of a site stand in the SiteInventory of that "
            f"name: {draft.site}.site.yaml beside this file."
        ),
    )
    body: dict[str, Any] = {"sites": [{"name": draft.site, "inventory": draft.site}]}
    if draft.tiers:
        body["storage"] = {"tiers": [dict(tier) for tier in draft.tiers]}
    return notes, {"storage_compute": body}


def _resource_management(draft: Draft) -> Section:
    if draft.fabric == "vks":
        said = "vks is a cluster of the vSphere Kubernetes Service under a Supervisor."
        runs = {
            "name": ENVIRONMENT,
            "kind": "vks",
            "pod_cidr": "172.20.0.0/16",
            "service_cidr": "172.21.0.0/16",
        }
    else:
        said = "vm is work in plain VMs, cloned from vm_template; vks would need a Supervisor."
        runs = {"name": ENVIRONMENT, "kind": "vm"}
    notes = [f"Layer 2, resource management: what runs the work. {said}"]
    body: dict[str, Any] = {"orchestrators": [runs]}
    if draft.fabric == "vks":
        body["scheduler"] = "none"
    if draft.sharing:
        notes.append("How GPUs are shared: time-sliced, mig or full. catalogue: auto lets mlgen ")
        notes[-1] += "choose the sizes of vGPUs."
        if draft.sizes:
            notes.append("Listed are the sizes that GPUs of this site are locked to today.")
        sizes = [f"{size}GiB" for size in draft.sizes] or "auto"
        body["gpu"] = {"catalogue": sizes, "sharing": {ENVIRONMENT: draft.sharing}}
    return tuple(notes), {"resource_management": body}


def _ml_platform(draft: Draft) -> Section:
    notes = (
        (
            "Layer 3, the ML platform: what the stages of the work use. More of them: a registry "
            "(model-store), a feature-store, a vector-database, data-versioning."
        ),
    )
    metrics = {
        "name": "metrics",
        "stage": "model-monitoring",
        "implements": "monitoring",
        "product": "prometheus",
        "protection": {"method": "none"},
    }
    serving = {"name": "serving", "stage": "model-serving", "implements": "serving"}
    product = "kserve" if draft.fabric == "vks" else "triton"
    return notes, {"ml_platform": {"components": [{**serving, "product": product}, metrics]}}


def _workloads(draft: Draft) -> Section:
    notes = (
        (
            "What the platform is for. A workload says what it needs to reach; mlgen derives "
            "memory, GPUs and VMs, and says how (mlgen size --ledger). phase: serving, training, "
            "hpo, validation and others; mlgen explain workloads lists the fields."
        ),
    )
    if draft.example is None:
        return (*notes, "None yet: no example fits what is free on this site."), {"workloads": []}
    fields = dict(draft.example.fields)
    goal = {"goal": fields.pop("goal"), "owner": TEAM, "phase": "serving"}
    workload = {"name": draft.example.name, **goal, **fields}
    if draft.sharing == FULL and draft.example.needs_gpu:
        reason = "the GPUs of this site are set to DirectPath I/O"
        workload["accelerator"] = {"kind": "passthrough", "reason": reason}
    return notes, {"workloads": [workload]}


def _environments(draft: Draft) -> Section:
    notes = (
        (
            "Where workloads run: services in prod, all else in dev, unless a workload says "
            "otherwise. Add dev beside prod once somebody trains or tries something."
        ),
    )
    prod = {
        "runs_on": [ENVIRONMENT],
        "sites": [draft.site],
        "supervisor_namespaces": "one",
        "replicas": "as-declared",
        "data": "full",
    }
    return notes, {"environments": {ENVIRONMENT: prod}}
