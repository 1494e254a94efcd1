"""Models and images on disk: engine files, containers, a registry's volume, a node's own disk.

The fitted figures stand on NVIDIA's NIM support matrices 1.0 to 1.3, whose "GB" are GiB and whose
"container and model" column holds the engine alone: Llama 2 7B has 13.48 GB of 16-bit weights,
12.55 GiB, and prints 12.62. Each further GPU adds a copy of the token table and a little more.
"""

from __future__ import annotations

import re

from generator.quantity import GIB
from generator.record import Record, record
from generator.sizing.architecture import Transformer
from generator.sizing.nonsense import Nonsense, not_negative, positive
from generator.sizing.precision import bytes_per_value, is_quantised
from generator.sizing.storage.checkpoints import WEIGHT_BYTES

ENGINE_FILES_BYTES = 0.07 * GIB
"""Configuration and runtime buffers of an engine per GPU. Fitted on twelve rows of the NIM support
matrices (Llama 2 7B, Code Llama 13B, Llama 3 and 3.1 8B), eleven of which it meets within 1.5 %;
they leave 0.04 to 0.13 GiB per GPU."""

CONTAINER_BYTES = 20e9
"""An unpacked image of a GPU inference server. Assumed: vLLM's and NIM's images are 6 to 10 GB
packed in their registries and unpack to two to three times that."""

CONTAINER_RANGE = (10e9, 35e9)
"""Assumed range of ``CONTAINER_BYTES``."""

HOST_SHARED_MEMORY_BYTES = 16e9
"""Shared memory of a container that runs several GPUs without NVLink. Published: NVIDIA NIM for
LLMs 1.3, support matrix, CPU requirements."""

HOST_SYSTEM_BYTES = 10e9
"""Host memory for the operating system and other processes. Published: the same, high end."""

HOST_SYSTEM_RANGE = (5e9, 10e9)
"""Published range of ``HOST_SYSTEM_BYTES``: the same."""

HOST_WEIGHT_BYTES = 2
"""Host memory per parameter while weights are loaded, at any precision. Published: the same."""

GUEST_SYSTEM_BYTES = 40 * GIB
"""Operating system, driver and container runtime of a GPU node, with room for an upgrade.
Assumed."""

GUEST_SYSTEM_RANGE = (30 * GIB, 60 * GIB)
"""Assumed range of ``GUEST_SYSTEM_BYTES``."""

IMAGE_FILL_RATIO = 0.80
"""Fill down to which a kubelet removes images once they passed 85 %: plan no more than that.
Published: Kubernetes documentation, image garbage collection (imageGCLowThresholdPercent)."""

_PROFILE = re.compile(r"(?P<precision>[a-z]+\d+)\.[a-z_-]+\.(?P<gpus>\d+)gpu")


@record
class EngineProfile(Record):
    """How a model is built for serving: its precision and the GPUs that share it."""

    precision: str
    gpus: int = 1


def engine_profile(name: str) -> EngineProfile:
    """The profile that a name such as ``fp8.lat.2gpu`` states. Raises ``Nonsense`` for another."""
    found = _PROFILE.match(name.lower())
    if found is None:
        raise Nonsense(
            "serving.profile", f"{name} names no profile", "state one such as fp16.tput.1gpu"
        )
    return EngineProfile(precision=found["precision"], gpus=int(found["gpus"]))


@record
class ModelFiles(Record):
    """What a served model takes on disk, in bytes."""

    weights_bytes: float
    replicated_bytes: float
    engine_bytes: float

    @property
    def total_bytes(self) -> float:
        """Weights, what each further GPU repeats, and the engine's own files."""
        return self.weights_bytes + self.replicated_bytes + self.engine_bytes


def model_files(
    model: Transformer, profile: EngineProfile, *, attention_quantised: bool = True
) -> ModelFiles:
    """Bytes of a model's files for a precision and a count of GPUs.

    Token table, head, norms and towers keep 16 bits where the layers have fewer; some recipes
    (Llama 3.1's FP8) leave attention at 16 bits as well. Each further GPU keeps its own table.
    """
    positive("serving.gpus", profile.gpus)
    stored = bytes_per_value(profile.precision)
    narrow = is_quantised(profile.precision)
    outside = WEIGHT_BYTES if narrow else stored
    kept = model.parameters - model.body_parameters
    if narrow and not attention_quantised:
        kept += (model.layers + model.encoder_layers) * model.attention_parameters
    return ModelFiles(
        weights_bytes=(model.parameters - kept) * stored + kept * outside,
        replicated_bytes=(profile.gpus - 1) * model.embedding_parameters * outside,
        engine_bytes=profile.gpus * ENGINE_FILES_BYTES,
    )


def serving_image_bytes(files: ModelFiles, *, container_bytes: float = CONTAINER_BYTES) -> float:
    """Disk of a node that serves a model: the unpacked container and the model's files."""
    return files.total_bytes + positive("serving.image", container_bytes)


def host_weights_bytes(parameters: float) -> float:
    """Host memory for the weights of a model while it is loaded: 2 B per parameter."""
    return HOST_WEIGHT_BYTES * positive("model.params", parameters)


def host_memory_bytes(
    parameters: float,
    *,
    system_bytes: float = HOST_SYSTEM_BYTES,
    shared_memory_bytes: float = HOST_SHARED_MEMORY_BYTES,
) -> float:
    """Host memory of a serving VM: weights, operating system and the container's shared memory.

    Source: NVIDIA NIM for LLMs 1.3, support matrix; vendor guidance, not a measurement.
    """
    system = not_negative("system", system_bytes)
    return (
        host_weights_bytes(parameters) + system + not_negative("shared_memory", shared_memory_bytes)
    )


def model_registry_bytes(
    *, models: int, versions_kept: int, version_bytes: float, precisions: int = 1
) -> float:
    """Volume of a model registry: models x kept versions x what one version takes per precision.

    A version in production and the one to fall back to are two, so ``versions_kept`` below 2
    leaves nothing to go back to; that is for the caller to judge.
    """
    positive("registry.versions", versions_kept)
    kept = not_negative("registry.models", models) * versions_kept
    positive("registry.precisions", precisions)
    return kept * precisions * positive("registry.version_size", version_bytes)


def image_registry_bytes(
    *, images: int, tags_kept: int, image_bytes: float, changed_ratio: float
) -> float:
    """Volume of a container registry: each image once, and the changed layers of further tags."""
    positive("registry.tags", tags_kept)
    each = positive("registry.image_size", image_bytes)
    further = (tags_kept - 1) * not_negative("registry.churn", changed_ratio)
    return not_negative("registry.images", images) * each * (1 + further)


@record
class NodeDisk(Record):
    """The disks of a node, in bytes: the one it boots from and the one that images unpack on."""

    boot_bytes: float
    image_bytes: float


def node_disk(
    *,
    image_bytes: float,
    generations: int = 2,
    scratch_bytes: float = 0.0,
    system_bytes: float = GUEST_SYSTEM_BYTES,
) -> NodeDisk:
    """Boot and image disk of a node that runs images of ``image_bytes`` in total.

    During a rollout two generations of an image lie side by side; above the fill at which the
    kubelet removes images nothing is planned. Source: Kubernetes documentation, garbage collection.
    """
    images = positive("images", image_bytes) * positive("generations", generations)
    content = images + not_negative("scratch", scratch_bytes)
    return NodeDisk(
        boot_bytes=positive("boot", system_bytes), image_bytes=content / IMAGE_FILL_RATIO
    )
