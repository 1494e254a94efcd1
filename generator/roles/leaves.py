"""Which leaves of a snapshot an account can read, in the words of ``vcenter.kinds``. Pure."""

from __future__ import annotations

from functools import cache

from generator.catalog.privileges import EVERYWHERE, Effect, privilege
from generator.roles.look import EXCEPTIONS
from generator.roles.model import Purpose, Read
from generator.roles.reads import READS, needs
from generator.vcenter.kinds import KINDS

KUBERNETES = "kubernetes"
"""What is read by a kubeconfig: no role of vCenter bears on it."""

READ, VIEW, HOST, NOBODY = "read", "view", "host", "nobody"


@cache
def reads_of_leaves() -> dict[str, Read]:
    """The read behind each leaf (``host.package``); a leaf that no read shows is left out."""
    named = {leaf: read for read in READS for leaf in read.leaves}
    return {
        leaf: read
        for kind in KINDS
        if kind.source != KUBERNETES
        for leaf in (f"{kind.name}.{each.name}" for each in kind.leaves)
        if (read := named.get(leaf, named.get(kind.name))) is not None
    }


def reach_of(leaf: str) -> str:
    """Who reads a leaf.

    ``read``: Read-only is enough; ``view``: a named view privilege of ``diff``; ``host``: those of
    ``diff-host``; ``nobody``: no role of mlgen. KeyError where no read shows the leaf.
    """
    lacking = set(needs(reads_of_leaves()[leaf])) - set(EVERYWHERE)
    if not lacking:
        return READ
    if lacking <= set(EXCEPTIONS):
        return HOST
    return VIEW if {privilege(name).effect for name in lacking} == {Effect.VIEW} else NOBODY


def unreadable_leaves(purpose: Purpose) -> frozenset[str]:
    """The leaves that an account with the roles of a purpose cannot read, by design."""
    beyond = {NOBODY} if purpose is Purpose.DIFF_HOST else {NOBODY, HOST}
    return frozenset(leaf for leaf in reads_of_leaves() if reach_of(leaf) in beyond)
