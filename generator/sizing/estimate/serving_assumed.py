"""What a generative service leaves open beside its engine: how long its texts are."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from generator.blueprint.model.workloads import Serving
from generator.sizing.assumption import Assumption, weigh
from generator.sizing.figures import Figures
from generator.sizing.serve import service as svc
from generator.sizing.serve.service import Service
from generator.sizing.serve.speed import ServingSpeed

SHORT_CONTEXT_TOKENS = 8192
"""Low end of the longest text where nobody states it; assumed: a prompt with retrieved passages."""

SHORT_CONTEXT_SHARE = 4
"""The same where the model's own texts are short: a quarter of them; assumed."""

SHORT_PROMPT_SHARE = 8
"""A prompt may be as short as an eighth of the context; assumed."""

LONG_ANSWER_SHARE = 2
SHORT_ANSWER_SHARE = 64
"""An answer lies between a sixty-fourth and half of the context; assumed."""


def context_assumption(
    stated: Serving, service: Service, longest_tokens: int | None
) -> Iterator[Assumption]:
    """The longest text where the service states none: that of the model."""
    if stated.context or stated.input_tokens or stated.output_tokens:
        return
    tokens = service.context_tokens
    low = min(max(1, tokens // SHORT_CONTEXT_SHARE), SHORT_CONTEXT_TOKENS)
    high = max(tokens, longest_tokens or tokens)
    yield Assumption(
        name="context",
        value=tokens,
        unit="tokens",
        rule="as long as the model's texts may be",
        source="state serving.context",
        low=low,
        high=high,
        changes=(("context_tokens", low, high),),
    )


def judge_lengths(
    stated: Serving,
    service: Service,
    speed_of: Callable[[Service], ServingSpeed | None],
    figures: Figures,
) -> None:
    """Notes the lengths that decide the times, with what they do to the time per token."""

    def per_token(one: Service) -> float:
        speed = speed_of(one)
        return speed.per_token_s if speed else 0.0

    weigh(
        tuple(_lengths(stated, service)),
        service,
        per_token,
        figures,
        what="time per token",
        show=lambda seconds: f"{seconds * 1e3:.3g} ms",
    )


def _lengths(stated: Serving, service: Service) -> Iterator[Assumption]:
    prompt, answer = svc.lengths(service)
    context = service.context_tokens
    if stated.input_tokens is None:
        low, high = max(1, context // SHORT_PROMPT_SHARE), max(1, context - answer)
        yield Assumption(
            name="input_tokens",
            value=prompt,
            unit="tokens",
            rule="a usual prompt: half of the context",
            source="assumed; state serving.input_tokens",
            low=min(low, prompt),
            high=max(high, prompt),
            changes=(("prompt_tokens", min(low, prompt), max(high, prompt)),),
        )
    if stated.output_tokens is None:
        low, high = max(1, context // SHORT_ANSWER_SHARE), max(1, context // LONG_ANSWER_SHARE)
        yield Assumption(
            name="output_tokens",
            value=answer,
            unit="tokens",
            rule="a usual answer: an eighth of the context",
            source="assumed; state serving.output_tokens",
            low=low,
            high=high,
            changes=(("answer_tokens", low, high),),
        )
