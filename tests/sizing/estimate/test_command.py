"""The properties once more through the command, as a user asks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.cli import mlgen
from generator.cli.estimate import estimate_body
from tests.sizing.estimate import corpus
from tests.sizing.estimate.asked import Document, ask

SAMPLE = corpus.documents()[::23]

CHAT: Document = {
    "model": {"family": "llama-3.1-8b", "precision": "bf16", "kv_precision": "fp16"},
    "serving": {
        "context": 2048,
        "sessions": 4,
        "input_tokens": 1024,
        "output_tokens": 128,
        "engine": "vllm",
        "max_num_seqs": 64,
        "max_num_batched_tokens": 2048,
        "sampler": "native",
        "tensor_parallel": 1,
    },
    "gpu": "nvidia-h100-sxm5-80",
}
TUNE: Document = {
    "model": {"family": "llama-2-7b", "precision": "bf16"},
    "train": {
        "sequence": 512,
        "micro_batch": 1,
        "framework": "deepspeed",
        "optimizer": "adamw",
        "recompute": "none",
        "sharding": "zero-2",
    },
    "gpu": {"model": "nvidia-a100-sxm4-80", "gpus": 8},
}


def asked(document: Document) -> dict[str, Any]:
    """The JSON of ``mlgen estimate -``."""
    result = CliRunner().invoke(
        mlgen,
        ["estimate", "-", "--format", "json"],
        input=json.dumps(document),
        standalone_mode=False,
    )
    assert result.return_value in (0, 4), result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def with_(document: Document, section: str, **stated: Any) -> Document:
    """The document with other figures in a section."""
    return {**document, section: {**document[section], **stated}}


@pytest.mark.parametrize("document", SAMPLE, ids=json.dumps)
def test_the_command_says_what_the_engine_says(document: Document) -> None:
    """Every figure, to the last digit."""
    answer, body = asked(document), json.loads(json.dumps(estimate_body(ask(document))))
    assert {key: answer[key] for key in body} == body


@settings(max_examples=60)
@given(
    st.sampled_from(("context", "sessions", "max_num_seqs", "max_num_batched_tokens")),
    st.integers(1, 4000),
)
def test_more_of_a_service_needs_no_less(field: str, extra: int) -> None:
    """At the engine settings that the document fixes."""
    less = asked(CHAT)["memory"]
    more = asked(with_(CHAT, "serving", **{field: CHAT["serving"][field] + extra}))["memory"]
    for part in ("weights_bytes", "kv_cache_bytes", "activations_bytes", "total_bytes"):
        assert more[part] >= less[part]


@settings(max_examples=40)
@given(st.sampled_from(("sequence", "micro_batch")), st.integers(1, 500))
def test_more_of_a_run_needs_no_less(field: str, extra: int) -> None:
    """At the recipe that the document fixes."""
    less, more = asked(TUNE), asked(with_(TUNE, "train", **{field: TUNE["train"][field] + extra}))
    assert more["memory"]["total_bytes"] >= less["memory"]["total_bytes"]
    assert more["training"]["step_s"] >= less["training"]["step_s"]


@settings(max_examples=40)
@given(st.integers(1, 2000))
def test_units_change_nothing(amount: int) -> None:
    """Gibibytes or mebibytes, hours or minutes."""
    search = {"trials": 30, "trial_time": f"{amount}h", "memory": f"{amount}GiB"}
    other = {"trials": 30, "trial_time": f"{amount * 60}m", "memory": f"{amount * 1024}MiB"}
    assert asked({"hpo": search}) == asked({"hpo": other})
