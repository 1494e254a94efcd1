"""What the engine predicts for a case, by the names that the measurements have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any


def predictions(workload: Any, about: Any, catalog: Any) -> tuple[Mapping[str, float], str]:
    """Figures in base units, and why there are none or fewer; times need a GPU of the catalogue."""
    from generator.sizing.nonsense import Nonsense

    try:
        from generator.sizing.estimate import estimate

        answer = estimate(workload, catalog)
        found = _memory(answer) | _times(answer)
        if answer.serving is not None and about.device is not None:
            found |= _pace(workload, about, catalog)
    except (ImportError, AttributeError) as missing:
        return {}, f"the engine has no formula for it yet ({missing})"
    except Nonsense as nonsense:
        return {}, f"the engine refuses it: {nonsense}"
    note = "" if about.device is not None else "no GPU of the catalogue: no times are predicted"
    return {name: value for name, value in found.items() if value}, note


def _memory(answer: Any) -> dict[str, float]:
    memory = answer.memory
    return {
        "weights": memory.weights_bytes,
        "static without gradients": memory.weights_bytes + memory.optimizer_bytes,
        "activations": memory.activations_bytes,
        "runtime": memory.runtime_bytes,
        "allocated": memory.total_bytes - memory.runtime_bytes,
        "total": memory.total_bytes,
        "kv_cache": memory.kv_cache_bytes,
        "kv_bytes_per_token": memory.kv_bytes_per_token,
    }


def _times(answer: Any) -> dict[str, float]:
    from generator.sizing.observed import figure_of

    names = ("step", "per_token", "first_token", "throughput")
    return {name: value for name in names if (value := figure_of(answer, name)) is not None}


def _pace(workload: Any, about: Any, catalog: Any) -> dict[str, float]:
    """A prompt alone, and a step of decoding without prompts at the usual context."""
    from generator.sizing.estimate.serving import service_of
    from generator.sizing.serve import service as svc

    service = service_of(workload, about, catalog)
    service = replace(service, tensor_parallel=1)
    pace = svc.pace_of(service, about.device)
    prompt, answer = svc.lengths(service)
    return {
        "prefill": pace.prefill_s(prompt),
        "decode step": pace.step_s(service.sessions or 1, prompt + answer / 2),
    }
