"""What a training process takes of a device before it holds a tensor."""

from __future__ import annotations

from generator.quantity import GIB

LAZY_CONTEXT_BYTES = 0.47 * GIB
"""CUDA context with kernels loaded when they are first called. Published: S. Bekman, Machine
Learning Engineering, Anatomy of Model's Memory Usage (torch 2.1, CUDA 12.1)."""

EAGER_CONTEXT_BYTES = 1.78 * GIB
"""The same with all kernels loaded at the start (``CUDA_MODULE_LOADING=EAGER``). Same source."""


def context_bytes(*, lazy_loading: bool = True) -> float:
    """Bytes of a CUDA context under PyTorch."""
    return LAZY_CONTEXT_BYTES if lazy_loading else EAGER_CONTEXT_BYTES
