"""What a run leaves open: passes that fit, GPUs that hold it, GPUs that end in time."""

from __future__ import annotations

from typing import Any

import pytest

from generator.sizing.estimate.answer import Estimate
from generator.sizing.nonsense import Nonsense
from tests.sizing.estimate.asked import Document, ask

H100 = "nvidia-h100-sxm5-80"
TOKENS = 10_000_000_000


def run(*, gpus: int | None = None, **train: Any) -> Estimate:
    """Full training of an 8B model on 10^10 tokens."""
    whole = {"sequence": 4096, "batch": 256, "tokens": TOKENS, **train}
    gpu: Document | str = H100 if gpus is None else {"model": H100, "gpus": gpus}
    return ask({"model": {"family": "llama-3.1-8b"}, "train": whole, "gpu": gpu})


def noted(found: Estimate, name: str) -> Any:
    """The value of a line of the ledger."""
    return next(entry.value for entry in found.ledger if entry.name == name)


def test_a_batch_is_worked_off_in_passes_that_fit() -> None:
    """256 sequences at once fit no GPU; that many added up do."""
    found = run(gpus=8, sharding="zero-3")
    assert found.feasible
    assert 1 <= noted(found, "samples per pass") < 256 // 8


@pytest.mark.parametrize("batch", [8, 16, 24, 64, 256, 1000])
def test_a_larger_batch_never_needs_less(batch: int) -> None:
    """Neither below nor above what fits in one pass."""
    smaller = run(gpus=8, sharding="zero-3", batch=batch).memory.total_bytes
    assert run(gpus=8, sharding="zero-3", batch=2 * batch).memory.total_bytes >= smaller


def test_a_stated_pass_is_kept() -> None:
    """Also where it does not fit: then that is the answer."""
    found = run(gpus=8, sharding="zero-3", micro_batch=32)
    assert not found.feasible
    assert noted(found, "samples per pass") == 32


def test_a_tighter_deadline_takes_more_gpus() -> None:
    """Each of them ends in time, and half of the GPUs would not."""
    counts = []
    for deadline_h in (170, 24, 6):
        found = run(deadline=f"{deadline_h}h")
        assert found.feasible
        assert found.training is not None
        assert found.training.hours is not None
        assert found.training.hours <= deadline_h
        counts.append(found.gpus)
    assert counts == sorted(set(counts))


def test_beyond_one_host_whole_hosts_are_taken_and_one_less_is_late() -> None:
    """Not the next power of two."""
    found = run(deadline="6h")
    assert found.gpus % 8 == 0
    assert found.gpus & (found.gpus - 1)
    fewer = run(gpus=found.gpus - 8, sharding="zero-3", deadline="6h")
    assert any("deadline" in reason for reason in fewer.reasons)


def test_stated_gpus_that_are_too_few_are_told_how_many_would_do() -> None:
    """With the deadline that they would meet."""
    late = run(gpus=8, sharding="zero-3", deadline="6h")
    assert not late.feasible
    needed = run(deadline="6h").gpus
    assert late.training is not None
    assert late.training.hours is not None
    assert f"{needed} GPUs, or a deadline of {late.training.hours:.1f} h" in late.reasons[-1]


def test_no_more_ranks_than_samples_are_promised() -> None:
    """Ten minutes would take more GPUs than the batch has sequences."""
    found = run(deadline="10m")
    assert not found.feasible
    assert "a larger batch" in found.reasons[-1]


def test_a_workload_that_trains_and_serves_is_refused() -> None:
    """One of them would be left out of the answer unseen."""
    both = {
        "model": {"family": "llama-3.1-8b"},
        "train": {"sequence": 4096},
        "serving": {"context": 4096},
    }
    with pytest.raises(Nonsense, match="does not serve as well"):
        ask(both)


def test_without_a_gpu_the_least_is_sized() -> None:
    """A batch that no GPU could hold whole asks for no more than one sample does."""
    model = {"family": "llama-3.1-8b"}
    needs = [
        ask({"model": model, "train": {"sequence": 4096, "batch": batch}}).memory.total_bytes
        for batch in (1, 512)
    ]
    assert needs[0] == needs[1]


def test_what_does_not_fit_is_not_told_to_train_on_fewer_tokens() -> None:
    """The largest model keeps more of one sample than any layout without recompute holds."""
    found = ask(
        {
            "model": {"family": "llama-3.1-405b"},
            "train": {"sequence": 8192, "batch": 2048, "tokens": 10**13, "deadline": "54d"},
            "gpu": H100,
        }
    )
    assert not found.feasible
    assert "recompute: full" in found.reasons[-1]
    assert not any("deadline" in reason for reason in found.reasons)
