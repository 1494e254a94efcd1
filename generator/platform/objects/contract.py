"""What is asked, and who does what."""

from __future__ import annotations

from generator.record import Record, record


@record
class OpenQuestion(Record):
    """A fact that nobody has stated; what stands on it is left out until it is answered.

    ``subject`` is the path of the missing fact, ``blocks`` lists the objects that are left out.
    """

    subject: str
    question: str
    owner: str
    why: str
    blocks: tuple[str, ...]


@record
class Coverage(Record):
    """Who does one kind of object, and what of it a comparison with vCenter can see.

    ``actor`` is ``terraform``, ``rest``, ``kubernetes`` or ``person``; ``adoptable`` says how an
    existing object is taken over (F14).
    """

    object_kind: str
    fields: str
    actor: str
    where: str
    adoptable: str
    seen_by_diff: str
    count: int
