"""A blueprint as it would be after what somebody supposes, with places for every finding.

The tree is copied first: what was read stays as it was.
"""

from generator.blueprint.alter.requested import workload_of
from generator.blueprint.alter.rules import RULES
from generator.blueprint.alter.settings import Setting, append, copied, set_values

__all__ = ["RULES", "Setting", "append", "copied", "set_values", "workload_of"]
