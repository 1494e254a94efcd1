"""The hosts of the sites as they would be: lost, added, or with other GPUs.

Works on copies of the documents, so that every rule judges the result as if it had been read.
"""

from generator.supply.alter.hosts import alter
from generator.supply.alter.roster import Displaced, Hardware, Outcome, Roster, rosters

__all__ = ["Displaced", "Hardware", "Outcome", "Roster", "alter", "rosters"]
