"""Which dimension of parallelism sits on which link: the chattiest on the fastest."""

from __future__ import annotations

from generator.record import Record, record
from generator.sizing.network.links import Link
from generator.sizing.nonsense import Nonsense, positive

ORDER = ("tensor", "context", "expert", "pipeline", "data")
"""From the fastest link to the slowest. Published: Grattafiori et al., The Llama 3 Herd of Models,
section 3.3.2 (TP, CP, PP, DP); expert parallelism stands with what a token waits for."""


@record
class Degrees(Record):
    """Ranks per dimension; their product is the number of accelerators.

    ``expert`` counts ranks beside those of ``data``; Megatron takes them out of its data ranks.
    """

    tensor: int = 1
    context: int = 1
    expert: int = 1
    pipeline: int = 1
    data: int = 1

    @property
    def accelerators(self) -> int:
        """All ranks of the job."""
        return self.tensor * self.context * self.expert * self.pipeline * self.data


@record
class Domain(Record):
    """``accelerators`` that one link joins: an NVLink domain, a host, or all hosts.

    ``declared`` says that the blueprint names this fabric as fit for tensor parallelism.
    """

    name: str
    accelerators: int
    link: Link
    declared: bool = False


@record
class Seat(Record):
    """Where a dimension sits: the domain whose link it has to cross, and why."""

    dimension: str
    ranks: int
    domain: Domain
    rule: str


def seats(degrees: Degrees, domains: tuple[Domain, ...]) -> tuple[Seat, ...]:
    """The seat of each dimension of more than one rank, given domains from small to large.

    Ranks are numbered with the fastest dimension inside, so that a dimension stays within a domain
    as long as the product of the degrees up to it does. Raises ``Nonsense`` where the job is
    larger than its largest domain, or where tensor parallelism would leave the host over a fabric
    that was not declared for it.
    """
    for name in ORDER:
        positive(f"train.parallelism.{name}", getattr(degrees, name))
    if not domains or degrees.accelerators > domains[-1].accelerators:
        room = domains[-1].accelerators if domains else 0
        raise Nonsense(
            "train.parallelism",
            f"{degrees.accelerators} ranks do not fit on {room} accelerators",
            "lower a degree or give the job more accelerators",
        )
    found: list[Seat] = []
    span = 1
    for name in ORDER:
        ranks: int = getattr(degrees, name)
        span *= ranks
        if ranks == 1:
            continue
        domain = next(d for d in domains if span <= d.accelerators)
        _refuse_tensor_over_hosts(name, ranks, domain)
        rule = f"{span} ranks up to this dimension fit in {domain.accelerators} ({domain.name})"
        found.append(Seat(dimension=name, ranks=ranks, domain=domain, rule=rule))
    return tuple(found)


def _refuse_tensor_over_hosts(name: str, ranks: int, domain: Domain) -> None:
    """Tensor parallelism waits for an all-reduce twice per layer; it needs a fast fabric."""
    if name != "tensor" or not domain.link.between_hosts or domain.declared:
        return
    raise Nonsense(
        "train.parallelism.tensor",
        f"tensor parallelism of {ranks} leaves the host",
        "lower it to the accelerators of one NVLink domain and use pipeline or data parallelism "
        "between hosts, or declare a fabric that joins hosts at that speed",
    )
