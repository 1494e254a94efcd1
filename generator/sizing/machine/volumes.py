"""Disks of a node: what it boots from, its images, and its scratch."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from generator.ledger import Basis
from generator.quantity import GIB
from generator.sizing.machine.bill import Bill, Part
from generator.sizing.nonsense import not_negative

BOOT_SYSTEM_BYTES = (20 * GIB, 10 * GIB, 25 * GIB)
"""Guest system of a Kubernetes node image, unpacked (value, low, high); assumed."""

BOOT_LOG_BYTES = (10 * GIB, 5 * GIB, 20 * GIB)
"""Logs and journals of a node (value, low, high); assumed."""

GPU_DRIVER_BYTES = (10 * GIB, 5 * GIB, 12 * GIB)
"""Guest driver, its build files and the toolkit on a GPU node (value, low, high); assumed."""

UNPACKED_RATIO, UNPACKED_RATIO_LOW, UNPACKED_RATIO_HIGH = 2.5, 2.0, 3.5
"""Bytes on disk per byte of a compressed image: its layers and their unpacked files; assumed."""

IMAGE_GENERATIONS = 2
"""Images of two releases are there at once while a rollout runs."""

IMAGES_FULL_RATIO = 0.85
"""kubelet removes images above this share of their disk. Published: Kubernetes, garbage collection,
imageGCHighThresholdPercent."""

SCRATCH_FULL_RATIO = 0.90
"""kubelet evicts pods above this share of its disk. Published: Kubernetes, node-pressure eviction,
nodefs.available below 10 %."""

_K8S = "Kubernetes, node-pressure eviction and garbage collection"


def boot_volume(*, gpus: int) -> Bill:
    """The disk that a node boots from, in whole GiB."""
    bill = Bill(name="boot volume", unit="bytes", parts=()).plus(
        _assumed("system", BOOT_SYSTEM_BYTES, "the node image, unpacked"),
        _assumed("logs", BOOT_LOG_BYTES, "logs and journals"),
    )
    if not_negative("gpus", gpus):
        bill = bill.plus(_assumed("GPU driver", GPU_DRIVER_BYTES, "guest driver and toolkit"))
    return bill.rounded_up(GIB, "whole GiB")


def image_volume(compressed_bytes: Sequence[float]) -> Bill:
    """The disk of the container runtime, from the compressed sizes of the images that a node runs.

    Two generations, unpacked, and so much more that the runtime does not start to remove images.
    """
    one = sum(not_negative("images.size", size) for size in compressed_bytes)
    unpacked = ceil(one * UNPACKED_RATIO)
    ends = (unpacked, one * UNPACKED_RATIO_LOW, one * UNPACKED_RATIO_HIGH)
    bill = Bill(name="image volume", unit="bytes", parts=()).plus(
        _assumed("images", ends, f"compressed size x {UNPACKED_RATIO:g}"),
        Part(
            name="next release",
            value=unpacked * (IMAGE_GENERATIONS - 1),
            rule="both releases are there while a rollout runs",
            source="arithmetic",
        ),
    )
    return _with_room(bill, IMAGES_FULL_RATIO)


def scratch_volume(
    *,
    model_cache_bytes: float = 0.0,
    dataset_cache_bytes: float = 0.0,
    checkpoint_bytes: float = 0.0,
    scratch_bytes: float = 0.0,
) -> Bill:
    """The disk of pods: model and data caches, a checkpoint on its way out, and scratch."""
    named = {
        "model cache": (model_cache_bytes, "weights of the models that the node loads"),
        "data cache": (dataset_cache_bytes, "the smaller of the dataset and the node's share"),
        "checkpoint": (checkpoint_bytes, "one checkpoint before it is copied away"),
        "scratch": (scratch_bytes, "as stated"),
    }
    bill = Bill(name="scratch volume", unit="bytes", parts=()).plus(
        *(
            Part(
                name=name,
                value=ceil(not_negative(name, size)),
                rule=rule,
                source="blueprint",
                basis=Basis.STATED,
            )
            for name, (size, rule) in named.items()
        )
    )
    return _with_room(bill, SCRATCH_FULL_RATIO)


def local_cache_bytes(dataset_bytes: float, nvme_bytes: float | None) -> float | None:
    """What of a dataset a node can keep beside its GPUs: the smaller of both; None while unknown.

    Source: field rule F24.
    """
    not_negative("datasets.size", dataset_bytes)
    return None if nvme_bytes is None else min(dataset_bytes, not_negative("nvme", nvme_bytes))


def _with_room(bill: Bill, full_ratio: float) -> Bill:
    """The bill so much larger that what it holds fills no more than ``full_ratio`` of it."""
    room = ceil(bill.total / full_ratio) - int(bill.total)
    part = Part(
        name="room",
        value=room,
        rule=f"filled to {full_ratio:.0%} at most",
        source=_K8S,
        basis=Basis.PUBLISHED,
    )
    return bill.plus(part).rounded_up(GIB, "whole GiB")


def _assumed(name: str, ends: tuple[int, float, float], rule: str) -> Part:
    value, low, high = ends
    return Part(
        name=name,
        value=value,
        rule=rule,
        source="assumed",
        basis=Basis.ASSUMED,
        low=low,
        high=high,
    )
