"""The closed vocabularies of the language."""

from typing import Literal

AcceleratorKind = Literal["cpu", "fraction", "full", "multi", "passthrough"]
Access = Literal["form", "notebook", "kubectl", "admin"]
Approver = Literal["vi", "network", "storage", "security", "platform", "finance"]
ArtefactKind = Literal["image", "chart", "vm-template", "dataset-template", "notebook"]
Boundary = Literal["none", "gpu", "host", "cluster"]
Cadence = Literal["none", "daily", "weekly", "monthly", "quarterly", "yearly"]
DataAccess = Literal["sequential", "random-repeat", "stream", "kv"]
DataDuty = Literal["encryption", "no-notebook-export", "no-burst", "access-log", "retention"]
DatastoreKind = Literal[
    "vsan-esa",
    "vsan-osa",
    "vmfs-fc",
    "vmfs-iscsi",
    "vmfs-nvmeof",
    "vmfs-local",
    "nfs3",
    "nfs41",
    "vvol",
]
AttentionKernel = Literal["flash", "eager"]
Backing = Literal[DatastoreKind, "s3"]
Deed = Literal["explore", "train", "tune", "serve", "batch-score"]
Driver = Literal["data-gravity", "governance", "economics", "control"]
Drs = Literal["fully-automated", "partially-automated", "manual", "off"]
EarlyStopping = Literal["none", "median", "asha", "hyperband"]
Encryption = Literal["none", "array", "vsan", "vm"]
EnvironmentData = Literal["full", "sample", "synthetic", "none"]
Figure = Literal[
    "weights",
    "activations",
    "runtime",
    "kv_room",
    "total",
    "step",
    "per_token",
    "first_token",
    "throughput",
]
Gate = Literal["independent-approval", "owner-approval", "automatic"]
GpuMode = Literal["time-sliced", "mig", "mig-time-sliced", "passthrough", "none"]
GpuScheduling = Literal["best-effort", "equal-share", "fixed-share"]
HandoffFormat = Literal["csv", "json"]
Implements = Literal[
    "model-store",
    "feature-store",
    "vector-database",
    "serving",
    "monitoring",
    "data-versioning",
    "experiment-tracking",
    "pipeline-engine",
    "notebooks",
    "lineage-store",
    "object-store",
    "database",
    "labelling",
    "gateway",
    "registry",
    "explainability",
]
Kind = Literal["PlatformBlueprint", "WorkloadRequest", "SiteInventory", "Observations"]
Lifecycle = Literal["vsphere", "vcf-5.2", "vcf-9.0", "vcf-9.1"]
LineageLevel = Literal["none", "dataset", "column"]
LoadBalancer = Literal["foundation", "avi", "nsx", "haproxy"]
LoraTarget = Literal["q", "k", "v", "o", "gate", "up", "down", "embedding", "head"]
Manage = Literal["reference", "adopt", "create"]
Media = Literal["nvme", "ssd", "hdd", "object", "memory"]
ModelFormat = Literal[
    "onnx",
    "torchscript",
    "safetensors",
    "savedmodel",
    "tensorrt",
    "openvino",
    "pmml",
    "gguf",
    "pickle",
    "xgboost-json",
    "custom",
]
NetworkRole = Literal["management", "workload", "frontend", "vmotion", "vsan", "nfs", "rdma", "tep"]
NvLink = Literal["none", "bridge-pair", "bridge-quad", "nvswitch"]
ObjectKind = Literal[
    "vm-class",
    "storage-policy",
    "namespace",
    "vks-cluster",
    "tag-category",
    "tag",
    "folder",
    "resource-pool",
    "role",
    "identity-source",
    "custom-attribute",
]
Office = Literal[
    "virtualisation",
    "network",
    "storage",
    "directory",
    "security",
    "facilities",
    "procurement",
    "backup",
]
Optimizer = Literal[
    "adamw", "adam", "adamw-8bit", "sgd", "sgd-momentum", "lion", "adafactor", "muon"
]
OrchestratorKind = Literal[
    "vks",
    "tkg",
    "vm",
    "openshift",
    "rancher",
    "kubernetes",
    "microk8s",
    "spark",
    "yarn",
    "slurm",
    "baremetal",
    "cloud",
    "burst",
    "edge",
    "workstation",
]
Origin = Literal["vendor-app", "built", "repatriated"]
Persistence = Literal["permanent", "ephemeral"]
Phase = Literal[
    "data-prep",
    "feature-engineering",
    "concept",
    "training",
    "hpo",
    "validation",
    "serving",
    "monitoring",
    "retraining",
]
Policy = Literal["manual", "gated", "automatic"]
Precision = Literal[
    "fp64",
    "fp32",
    "tf32",
    "bf16",
    "fp16",
    "fp8",
    "int8",
    "fp6",
    "fp4",
    "int4",
    "nf4",
    "nf4-dq",
    "mxfp8",
    "mxfp6",
    "mxfp4",
    "nvfp4",
    "int4-g128",
    "int4-g128-zero",
    "bf16-mixed",
    "fp16-mixed",
    "fp8-mixed",
    "IQ1_S",
    "IQ1_M",
    "IQ2_XXS",
    "IQ2_XS",
    "IQ2_S",
    "IQ2_M",
    "IQ3_XXS",
    "IQ3_XS",
    "IQ3_S",
    "IQ3_M",
    "IQ4_XS",
    "IQ4_NL",
    "Q2_K_S",
    "Q2_K",
    "Q3_K_S",
    "Q3_K_M",
    "Q3_K_L",
    "Q4_0",
    "Q4_1",
    "Q4_K_S",
    "Q4_K_M",
    "Q5_K_S",
    "Q5_K_M",
    "Q6_K",
    "Q8_0",
    "F16",
    "BF16",
    "F32",
]
Protect = Literal["velero", "array", "app-dump", "none"]
Provider = Literal["vcenter-sso", "external-oidc"]
Purpose = Literal["inference-only", "training-only", "mixed"]
Recompute = Literal["none", "selective", "full"]
Redundancy = Literal[
    "none",
    "raid1",
    "raid1-ftt2",
    "raid1-ftt3",
    "raid5",
    "raid6",
    "tag",
    "erasure-coded",
    "replicated",
]
Repeat = Literal["daily", "weekly", "monthly", "quarterly", "yearly"]
Requests = Literal["sheet", "provider-input"]
Role = Literal[
    "leader",
    "data-engineer",
    "analyst",
    "visualisation-engineer",
    "data-scientist",
    "ml-engineer",
    "subject-matter-expert",
    "model-validation",
    "devops-engineer",
    "platform-engineer",
]
Scale = Literal["single-app", "several-apps", "reasonable-scale", "large"]
Scheduler = Literal["default", "kueue", "volcano", "slurm", "runai", "none"]
ServingMode = Literal["service", "batch", "embedded", "streaming"]
Sampler = Literal["native", "fused"]
Sharding = Literal["none", "zero-1", "zero-2", "zero-3", "fsdp", "ddp"]
Sharing = Literal["time-sliced", "mig", "mig-time-sliced", "full"]
Size = Literal["small", "medium", "large"]
Stage = Literal[
    "data-ingestion",
    "data-processing",
    "feature-engineering",
    "model-training",
    "model-validation",
    "model-deployment",
    "model-serving",
    "model-monitoring",
]
SupervisorNamespaces = Literal["one-per-team", "one"]
SupervisorNeed = Literal["network-isolation", "vsphere-pods", "supervisor-services", "rdma"]
SupervisorNetwork = Literal["vds", "nsx", "nsx-vpc"]
Traffic = Literal[
    "vm", "management", "vmotion", "vsan", "nfs", "iscsi", "nvmeof", "rdma", "tep", "frontend"
]
TrainingMethod = Literal["from-scratch", "full", "lora", "qlora"]
Trigger = Literal["code", "data", "schedule", "drift", "manual"]
