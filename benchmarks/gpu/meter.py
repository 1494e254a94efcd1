"""Clock and memory counters of the device that is measured."""

from __future__ import annotations

import gc
import statistics
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

GPUS = (
    ("GB200", "nvidia-gb200-186"),
    ("B200", "nvidia-b200-sxm-180"),
    ("H200 NVL", "nvidia-h200-nvl-141"),
    ("H200", "nvidia-h200-sxm-141"),
    ("H100 80GB HBM3", "nvidia-h100-sxm5-80"),
    ("H100 PCIe", "nvidia-h100-pcie-80"),
    ("H100 NVL", "nvidia-h100-nvl-94"),
    ("A100-SXM4-80GB", "nvidia-a100-sxm4-80"),
    ("A100 80GB PCIe", "nvidia-a100-pcie-80"),
    ("A100-SXM4-40GB", "nvidia-a100-sxm4-40"),
    ("A100-PCIE-40GB", "nvidia-a100-pcie-40"),
    ("V100-SXM2-32GB", "nvidia-v100-sxm2-32"),
    ("V100-SXM2-16GB", "nvidia-v100-sxm2-16"),
    ("L40S", "nvidia-l40s"),
    ("L40", "nvidia-l40"),
    ("L4", "nvidia-l4"),
    ("A40", "nvidia-a40"),
    ("A30", "nvidia-a30"),
    ("A10", "nvidia-a10"),
    ("T4", "nvidia-t4"),
)
"""What CUDA calls a device, and its row of the catalogue; the first part that is found counts."""


@dataclass(frozen=True)
class Timed:
    """The median of several runs in seconds, and how far nine of ten of them lie apart."""

    median_s: float
    spread: float
    runs: int


@dataclass(frozen=True)
class Peak:
    """Bytes at the peak: what tensors took, and what the whole process did."""

    allocated: float
    total: float


class Meter:
    """Measures on one device. On a CPU there are times and no memory."""

    def __init__(self, device: str) -> None:
        self.device = torch.device(device)
        self.is_cuda = self.device.type == "cuda"
        self._others = _used_by_others() if self.is_cuda else 0
        if self.is_cuda:
            torch.cuda.init()

    @property
    def name(self) -> str:
        """What the device calls itself."""
        return torch.cuda.get_device_name(self.device) if self.is_cuda else "CPU"

    @property
    def catalogue_id(self) -> str | None:
        """The device's row of the catalogue; None where it is not known."""
        return next((row for part, row in GPUS if part in self.name), None)

    @property
    def memory_bytes(self) -> float | None:
        """What CUDA sees of the device in all."""
        return float(torch.cuda.mem_get_info(self.device)[1]) if self.is_cuda else None

    def settle(self) -> None:
        """Gives back what earlier work left, and forgets its peak."""
        gc.collect()
        if self.is_cuda:
            torch.cuda.synchronize(self.device)
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats(self.device)

    def forget_peak(self) -> None:
        """Starts a new peak where tensors stay as they are."""
        if self.is_cuda:
            torch.cuda.reset_peak_memory_stats(self.device)

    def allocated(self) -> float | None:
        """Bytes of tensors now."""
        return float(torch.cuda.memory_allocated(self.device)) if self.is_cuda else None

    def peak(self) -> Peak | None:
        """The peak since it was last forgotten.

        The process takes what the allocator reserved, and what lies outside it: context, libraries
        and their workspaces, which is what the driver calls used beyond the allocator's share.
        """
        if not self.is_cuda:
            return None
        torch.cuda.synchronize(self.device)
        free, whole = torch.cuda.mem_get_info(self.device)
        outside = whole - free - torch.cuda.memory_reserved(self.device) - self._others
        reserved = torch.cuda.max_memory_reserved(self.device)
        return Peak(
            allocated=float(torch.cuda.max_memory_allocated(self.device)),
            total=float(reserved + max(0, outside)),
        )

    def timed(self, work: Callable[[], object], *, warm_up: int, repeats: int) -> Timed:
        """The median time of ``work`` once it runs warm."""
        for _ in range(warm_up):
            work()
        self.forget_peak()
        seconds = sorted(self._once(work) for _ in range(repeats))
        middle = statistics.median(seconds)
        low, high = seconds[len(seconds) // 20], seconds[-1 - len(seconds) // 20]
        return Timed(middle, (high - low) / middle, repeats)

    def _once(self, work: Callable[[], object]) -> float:
        if not self.is_cuda:
            start = time.perf_counter()
            work()
            return time.perf_counter() - start
        before, after = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        torch.cuda.synchronize(self.device)
        before.record()
        work()
        after.record()
        torch.cuda.synchronize(self.device)
        return before.elapsed_time(after) / 1e3


def _used_by_others() -> int:
    """Bytes that other processes hold on the device, read before this one has a context."""
    command = ["nvidia-smi", "--query-gpu=memory.used", "--format=csv,noheader,nounits", "-i", "0"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
        return int(done.stdout.split()[0]) << 20
    except (OSError, ValueError, IndexError, subprocess.SubprocessError):
        return 0
