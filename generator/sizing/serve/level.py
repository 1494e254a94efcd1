"""A service level: the sessions that a replica carries within it, and the replicas it takes."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

from generator.record import Record, record
from generator.sizing.nonsense import Nonsense, positive
from generator.sizing.serve.device import Device
from generator.sizing.serve.service import Service, engine_of, lengths, speeds_of
from generator.sizing.serve.speed import ServingSpeed


@record
class Level(Record):
    """What users must see, in seconds; None where nothing is asked."""

    per_token_s: float | None = None
    first_token_s: float | None = None


def sessions_within(service: Service, device: Device, kv_room_bytes: float, level: Level) -> int:
    """The most sessions that one replica carries at once within the level; 0 where not even one.

    Time per token and time to first token only grow with the sessions, so halving finds the edge.
    The first token is judged by the high end of its interval.
    """
    low, high = 0, engine_of(service).max_sequences
    speed_at = speeds_of(service, device, kv_room_bytes)
    while low < high:
        middle = (low + high + 1) // 2
        if _within(speed_at(middle), middle, level):
            low = middle
        else:
            high = middle - 1
    return low


def _within(speed: ServingSpeed, sessions: int, level: Level) -> bool:
    if speed.running < sessions:
        return False
    if level.per_token_s is not None and speed.per_token_s > level.per_token_s:
        return False
    return level.first_token_s is None or speed.first_token_high_s <= level.first_token_s


def replicas_for(sessions: int, per_replica: int) -> int:
    """Replicas that carry ``sessions``; ``Nonsense`` where one replica cannot carry any."""
    positive("serving.sessions", sessions)
    if per_replica < 1:
        raise Nonsense(
            "serving.p95_per_token",
            "not even one session stays within the service level on this GPU",
            "state a faster GPU, more tensor_parallel GPUs, a lower precision or a looser level",
        )
    return ceil(sessions / per_replica)


def sessions_of_rate(service: Service, device: Device, kv_room_bytes: float, rate: float) -> float:
    """Sessions that are under way at ``rate`` requests per second (Little's law).

    Sessions lengthen the answers that they share the device with, so the count is the fixed point,
    found by halving; ``Nonsense`` where the rate is above what one saturated replica answers.
    """
    positive("serving.rate", rate)
    low, high = 0.0, float(engine_of(service).max_sequences)
    speed_at, (_, answer) = speeds_of(service, device, kv_room_bytes), lengths(service)
    if _rate(speed_at, answer, high) < rate:
        raise Nonsense(
            "serving.rate",
            f"{rate:g}/s is more than one replica answers",
            "state more replicas",
        )
    for _ in range(40):
        middle = (low + high) / 2
        if _rate(speed_at, answer, middle) < rate:
            low = middle
        else:
            high = middle
    return high


def _rate(speed_at: Callable[[float], ServingSpeed], answer: int, sessions: float) -> float:
    """Requests per second that so many sessions make."""
    whole = max(1, ceil(sessions))
    return speed_at(whole).tokens_per_s / answer * min(1.0, sessions / whole)
