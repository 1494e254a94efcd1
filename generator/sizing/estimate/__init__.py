"""One workload, no blueprint: memory, GPUs, time, checkpoint and reading, each figure's reason."""

from generator.sizing.estimate.answer import Estimate
from generator.sizing.estimate.dispatch import estimate

__all__ = ["Estimate", "estimate"]
