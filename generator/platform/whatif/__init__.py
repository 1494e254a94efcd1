"""Two plans of one platform side by side: what a supposition changes, VM by VM. Pure."""

from generator.platform.whatif.compare import compare
from generator.platform.whatif.records import Comparison, Situation

__all__ = ["Comparison", "Situation", "compare"]
