"""A data scientist's request."""

from collections.abc import Mapping
from dataclasses import field

from generator.blueprint.model.part import Part, part
from generator.blueprint.model.words import Deed, Repeat, TrainingMethod
from generator.quantity import Quantity


@part
class RequestMetadata(Part):
    """What a request is called and which team asks."""

    name: str
    team: str
    labels: Mapping[str, str] = field(default_factory=dict)


@part
class WorkloadRequest(Part):
    """A wish in the data scientist's words (times in seconds)."""

    metadata: RequestMetadata
    platform: str | None = None
    goal: str
    success: str | None = None
    do: Deed
    model: str | None = None
    parameters: Quantity | None = None
    method: TrainingMethod | None = None
    data: str | None = None
    tries: int | None = None
    time_per_try_s: Quantity | None = None
    ready_by_s: Quantity | None = None
    people: int | None = None
    for_s: Quantity | None = None
    people_at_once: int | None = None
    longest_text: int | None = None
    answers_per_s: Quantity | None = None
    answer_within_s: Quantity | None = None
    items: int | None = None
    repeat: Repeat | None = None
