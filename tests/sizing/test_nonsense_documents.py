"""Nonsense is refused with a place and a remedy, and never becomes a number.

Each document marks with ``▸`` what is wrong in it: there the finding must point.
"""

from __future__ import annotations

import io
import json
import sys

import pytest

from generator.cli import run

LLAMA = "model: {family: llama-3.1-8b}\n"
OWN = "model: {layers: 12, hidden: 512, heads: 8, vocabulary: 1000}\n"
BY_TWO = "serving: {tensor_parallel: ▸2}\n"
H100 = "gpu: nvidia-h100-sxm5-80\n"

NONSENSE: tuple[tuple[str, str, str, str], ...] = (
    # Shapes that no model has.
    ("model: {layers: ▸0, hidden: 512, heads: 8, vocabulary: 9}\nserving: {}\n",
     "MLG-S008", "layers cannot be 0", "at least 1"),
    ("model: {layers: ▸-4, hidden: 512, heads: 8, vocabulary: 9}\nserving: {}\n",
     "MLG-S008", "layers cannot be -4", "at least 1"),
    ("model: {layers: 12, hidden: ▸0, heads: 8, vocabulary: 9}\nserving: {}\n",
     "MLG-S008", "hidden cannot be 0", "at least 1"),
    ("model: {layers: 12, hidden: 512, heads: ▸7, vocabulary: 9}\nserving: {}\n",
     "MLG-Z003", "512 does not divide over 7 heads", "heads that divide"),
    ("model: {layers: 12, hidden: 512, heads: 8, kv_heads: ▸3, vocabulary: 9}\nserving: {}\n",
     "MLG-Z003", "3 KV heads cannot be shared by 8 heads", "divisor of model.heads"),
    ("model: {layers: 12, hidden: 512, heads: 8, kv_heads: ▸16, vocabulary: 9}\nserving: {}\n",
     "MLG-Z003", "16 KV heads cannot be shared by 8 heads", "divisor of model.heads"),
    ("model: ▸{layers: 12, heads: 8, vocabulary: 9}\nserving: {}\n",
     "MLG-Z003", "model.hidden: is missing", "a model.family of the catalogue"),
    ("model: {family: mixtral-8x7b, active_experts: ▸9}\nserving: {}\n",
     "MLG-Z003", "9 of 8 experts", "model.experts or fewer"),
    ("model: {family: llama-3.1-8b, sliding_layers: ▸400, sliding_window: 64}\nserving: {}\n",
     "MLG-Z003", "400 of 32 layers", "model.layers or fewer"),
    ("model: {family: llama-3.1-8b, params: ▸500B}\nserving: {}\n",
     "MLG-Z003", "contradict", "correct the count"),
    ("model: {family: llama-3.1-8b, params: ▸0B}\nserving: {}\n",
     "MLG-Z003", "0 is not above zero", "above zero"),
    ("model: {family: llama-3.1-8b, active_params: ▸20B}\nserving: {}\n",
     "MLG-Z003", "2e+10 of 8.03e+09 parameters", "model.params or fewer"),
    # Figures beyond all measure.
    ("model: {layers: ▸1e30, hidden: 512, heads: 8, vocabulary: 9}\nserving: {}\n",
     "MLG-S008", "layers cannot be 1e+30", "at most"),
    ("model: {layers: ▸1000000000000000000000000000000, hidden: 8, heads: 8}\nserving: {}\n",
     "MLG-L010", "is no number here", "finite number"),
    (LLAMA + "serving: {context: ▸1e30}\n", "MLG-S008", "context cannot be 1e+30", "at most"),
    ("model: ▸{params: 999999999999999999T}\ntrain: {tokens: 1000}\n",
     "MLG-Z003", "1e+30 parameters are more than any model has", "correct model.params"),
    ("model: ▸{layers: 1000000000, hidden: 1000000000, heads: 1, vocabulary: 9}\nserving: {}\n",
     "MLG-Z003", "more than any model has", "figures of its layers"),
    ("model: {layers: 1, hidden: 999983, heads: 999983, vocabulary: 9}\n" + BY_TWO,
     "MLG-Z003", "do not divide over 2 GPUs", "state one of 1, 999983"),
    # Names that nobody knows.
    ("model: {family: ▸lama-3.1-8b}\nserving: {}\n",
     "MLG-Z003", "no model 'lama-3.1-8b' is known", "write llama-3.1-8b"),
    (LLAMA + "serving: {}\ngpu: ▸nvidia-h100-sxm5-8\n",
     "MLG-Z003", "no GPU 'nvidia-h100-sxm5-8' is known", "write nvidia-h100-sxm5-80"),
    (LLAMA + "serving: {}\ngpu: {model: nvidia-h100-sxm5-80, profile: ▸nvidia_h100xm-81c}\n",
     "MLG-Z003", "did you mean nvidia_h100xm-8c or nvidia_h100xm-80c", "mlgen catalog"),
    (LLAMA + "serving: {}\naccelerator: {kind: cpu, model: ▸intel-spr-8490}\n",
     "MLG-Z003", "no CPU 'intel-spr-8490' is known", "write intel-spr-8490h"),
    (LLAMA + "serving: {engine: ▸vlm}\n", "MLG-Z003", "no known engine", "vllm, trtllm"),
    (LLAMA + "serving: {engine: ▸ipx}\naccelerator: {kind: cpu}\n",
     "MLG-Z003", "no known engine", "state one of"),
    (LLAMA + "serving: {draft_model: ▸nobody}\n",
     "MLG-Z003", "serving.draft_model: no model 'nobody' is known", "mlgen catalog models"),
    (LLAMA + "train: {optimizer: ▸adamx}\n",
     "MLG-S006", "optimizer does not know 'adamx'", "did you mean adam?"),
    (LLAMA + "train: {framework: ▸megatronn}\n",
     "MLG-Z003", "'megatronn' is not known", "huggingface, peft"),
    (LLAMA + "train: {sharding: ▸zero-9}\n",
     "MLG-S006", "sharding does not know 'zero-9'", "did you mean zero-"),
    # Formats that nobody knows, or that the GPU has no units for.
    ("model: {family: llama-3.1-8b, precision: ▸bf17}\nserving: {}\n",
     "MLG-S006", "precision does not know 'bf17'", "did you mean"),
    ("model: {family: llama-3.1-8b, precision: ▸bf16}\nserving: {}\ngpu: nvidia-t4\n",
     "MLG-Z003", "nvidia-t4 does not compute in bf16", "state one of fp16"),
    ("model: {family: llama-3.1-8b, precision: ▸bf16}\nserving: {}\ngpu: nvidia-v100-sxm2-32\n",
     "MLG-Z003", "does not compute in bf16", "or choose another GPU"),
    ("model: {family: llama-3.1-8b, precision: ▸fp8}\nserving: {}\ngpu: nvidia-t4\n",
     "MLG-Z003", "does not compute in fp8", "or choose another GPU"),
    ("model: {family: llama-3.1-8b, precision: ▸fp8}\nserving: {}\ngpu: nvidia-v100-pcie-16\n",
     "MLG-Z003", "does not compute in fp8", "or choose another GPU"),
    ("model: {family: llama-3.1-8b, precision: ▸fp8}\nserving: {}\ngpu: nvidia-a100-sxm4-80\n",
     "MLG-Z003", "nvidia-a100-sxm4-80 does not compute in fp8", "or choose another GPU"),
    ("model: {family: llama-3.1-8b, precision: ▸fp4}\nserving: {}\n" + H100,
     "MLG-Z003", "does not compute in fp4", "or choose another GPU"),
    ("model: {family: resnet50, precision: ▸bf16}\nserving: {batch: 8}\ngpu: nvidia-t4\n",
     "MLG-Z003", "does not compute in bf16", "state one of"),
    ("model: {family: llama-3.1-8b, precision: ▸bf16}\ntrain: {}\ngpu: nvidia-v100-sxm2-32\n",
     "MLG-Z003", "does not compute in bf16", "state one of"),
    ("model: {params: 7B, precision: ▸fp8-mixed}\ntrain: {}\ngpu: nvidia-a100-sxm4-80\n",
     "MLG-Z003", "does not compute in fp8-mixed", "state one of"),
    # Services.
    (LLAMA + "serving: {context: ▸0}\n", "MLG-S008", "context cannot be 0", "at least 1"),
    (LLAMA + "serving: {context: ▸512, input_tokens: 400, output_tokens: 200}\n",
     "MLG-Z003", "do not hold a prompt and an answer of 600", "holds both"),
    (LLAMA + "serving: {context: 512, shared_prefix_tokens: ▸512, sessions: 4}\n",
     "MLG-Z003", "leaves nothing of a context of 512", "shorter than serving.context"),
    (LLAMA + "serving: {tensor_parallel: ▸3}\n",
     "MLG-Z003", "32 attention heads do not divide over 3 GPUs", "state one of 1, 2, 4, 8"),
    (LLAMA + "serving: {tensor_parallel: ▸0}\n",
     "MLG-S008", "tensor_parallel cannot be 0", "at least 1"),
    (LLAMA + "serving: {tensor_parallel: ▸4}\ngpu: {model: nvidia-h100-sxm5-80, gpus: 2}\n",
     "MLG-Z003", "4 GPUs share the model and 2 are stated", "accelerator.gpus of at least"),
    (LLAMA + "serving: {memory_utilisation: ▸0%}\n" + H100,
     "MLG-Z003", "0 is not above zero", "above zero"),
    (LLAMA + "serving: {memory_utilisation: ▸140%}\n" + H100,
     "MLG-Z003", "1.4 is not between 0 and 1", "0 % to 100 %"),
    (LLAMA + "serving: {replicas: ▸0, sessions: 5}\n",
     "MLG-Z003", "no replica carries 5 sessions", "one replica or more"),
    (LLAMA + "serving: {sessions: 5, degraded_sessions: ▸9}\n",
     "MLG-Z003", "9 of 5 sessions", "serving.sessions or fewer"),
    (LLAMA + "serving: {sessions: 4, p95_per_token: ▸0ms}\n" + H100,
     "MLG-Z003", "0 is not above zero", "above zero"),
    ("model: {family: bge-m3}\nserving: {batch: ▸0}\n",
     "MLG-S008", "batch cannot be 0", "at least 1"),
    ("model: {family: bge-m3}\nserving: {p95: ▸1us}\ngpu: nvidia-l40s\n",
     "MLG-Z003", "not even one item is answered within", "a looser level"),
    ("model: {family: resnet50}\nserving: {items: 10, window: ▸0h}\ngpu: nvidia-l40s\n",
     "MLG-Z003", "0 is not above zero", "above zero"),
    ("model: {family: gradient-boosting, size: ▸0MB}\nserving: {}\n",
     "MLG-Z003", "0 is not above zero", "above zero"),
    # Training and searches.
    (LLAMA + "train: {deadline: ▸-3h}\n", "MLG-S005", "'-3h' is no duration", "with its unit"),
    (LLAMA + "train: {deadline: ▸0s}\n", "MLG-Z003", "0 is not above zero", "above zero"),
    ("model: {family: resnet50}\ntrain: {steps: 9, batch: 9, throughput_per_gpu: ▸0/s}\n",
     "MLG-Z003", "0 is not above zero", "above zero"),
    (LLAMA + "train: {parallel: {tensor: ▸3}}\n",
     "MLG-Z003", "32 attention heads do not divide by 3", "divisor of 32"),
    (LLAMA + "train: {parallel: {pipeline: ▸64}}\n",
     "MLG-Z003", "32 layers do not fill 64 stages", "32 or fewer"),
    (LLAMA + "train: {parallel: {expert: ▸4}}\ngpu: {model: nvidia-h100-sxm5-80, gpus: 8}\n",
     "MLG-Z003", "no experts do not divide by 4", "or 1"),
    (LLAMA + "train: {parallel: ▸{tensor: 8}}\ngpu: {model: nvidia-h100-sxm5-80, gpus: 12}\n",
     "MLG-Z003", "does not divide 12 GPUs", "a multiple of 8 GPUs"),
    (LLAMA + "train: {batch: ▸2}\ngpu: {model: nvidia-h100-sxm5-80, gpus: 8}\n",
     "MLG-Z003", "leave some of 8 ranks without work", "at least 8"),
    (LLAMA + "train: {utilisation: ▸140%}\n" + H100,
     "MLG-Z003", "1.4 is not between 0 and 1", "0 % to 100 %"),
    (LLAMA + "train: {loader: {sample: ▸0B}}\n" + H100,
     "MLG-Z003", "0 is not above zero", "above zero"),
    (LLAMA + "train: {}\ncheckpoint: {interval: ▸0s, store: s}\n",
     "MLG-Z003", "0 is not above zero", "above zero"),
    ("model: {family: llama-3.1-8b, method: {lora: {rank: ▸0}}}\ntrain: {}\n",
     "MLG-S008", "rank cannot be 0", "at least 1"),
    ("hpo: {trials: ▸0, trial_time: 1h, memory: 4GiB}\n",
     "MLG-S008", "trials cannot be 0", "at least 1"),
    ("hpo: {trials: 9, trial_time: ▸0s, memory: 4GiB}\n",
     "MLG-Z003", "0 is not above zero", "above zero"),
    ("hpo: {trials: 9, trial_time: 3h, deadline: ▸1h, memory: 4GiB}\n",
     "MLG-Z003", "end before one trial", "at least one hpo.trial_time"),
    ("hpo: ▸{trials: 9, memory: 4GiB}\n",
     "MLG-Z003", "hpo.trial_time: is missing", "how long one trial runs"),
    # What was measured, and what says nothing.
    (LLAMA + "serving: {}\nassume: {weights: ▸0GiB}\n",
     "MLG-Z003", "assume.weights: 0 is not above zero", "above zero"),
    (LLAMA + "serving: {}\nassume: {total: ▸0GiB}\n",
     "MLG-Z003", "assume.total: 0 is not above zero", "above zero"),
    ("▸model: {family: llama-3.1-8b}\n",
     "MLG-Z003", "nothing says what it does", "train, serving or hpo"),
)  # fmt: skip
"""Document, rule, and what message and remedy say."""


def marked(document: str) -> tuple[str, str]:
    """The document without its mark, and line and column of the mark."""
    before, found, after = document.partition("▸")
    assert found, document
    line = before.count("\n") + 1
    return before + after, f"{line}:{len(before.rpartition(chr(10))[2]) + 1}"


def asked(document: str, monkeypatch: pytest.MonkeyPatch, *options: str) -> int:
    """The exit code of ``mlgen estimate -``."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(document.encode())))
    return run(["estimate", "-", *options])


@pytest.mark.parametrize(
    ("document", "rule", "message", "mend"), NONSENSE, ids=[case[0].strip() for case in NONSENSE]
)
def test_nonsense_is_refused_where_it_stands(
    document: str,
    rule: str,
    message: str,
    mend: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Exit code 1, one finding with rule, place and remedy, and no number at all."""
    text, place = marked(document)
    code = asked(text, monkeypatch)
    out, err = capsys.readouterr()
    assert (code, out) == (1, ""), err
    assert f"error[{rule}]: " in err
    assert f"--> <stdin>:{place} " in f"{err} ".replace("\n", " ")
    assert message in err
    assert mend in err.partition("  mend: ")[2]
    assert "Traceback" not in err
    assert "internal error" not in err


@pytest.mark.parametrize("case", NONSENSE[::7], ids=lambda case: case[0].strip())
def test_programs_get_the_finding_as_json(
    case: tuple[str, str, str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """With the same place."""
    text, place = marked(case[0])
    assert asked(text, monkeypatch, "--format", "json") == 1
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    (at,) = finding["places"]
    assert (finding["rule"], f"{at['line']}:{at['column']}") == (case[1], place)


def test_a_level_that_nothing_meets_is_infeasible_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The memory of such a service is a number all the same."""
    document = LLAMA + "serving: {sessions: 4, p95_per_token: 1us}\n" + H100
    assert asked(document, monkeypatch) == 4
    assert "not even one session stays within the service level" in capsys.readouterr().out


def test_a_format_that_is_only_stored_is_unpacked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Four-bit weights run on a GPU that multiplies in 16 bits, and so do block formats."""
    for precision in ("int4", "nf4", "mxfp4", "Q4_K_M"):
        document = f"model: {{family: qwen2.5-7b, precision: {precision}}}\nserving: {{}}\n{H100}"
        assert asked(document, monkeypatch) == 0, capsys.readouterr().err


@pytest.mark.parametrize(("gpu", "path"), [("h900", "gpu"), ("{model: h900}", "gpu.model")])
def test_a_finding_calls_a_figure_as_the_document_does(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], gpu: str, path: str
) -> None:
    """``gpu`` is short for ``accelerator``, a word that its author may never have read."""
    document = f"{LLAMA}serving: {{}}\ngpu: {gpu}\n".encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(document)))
    assert run(["estimate", "-"]) == 1
    said = capsys.readouterr().err
    assert f"MLG-Z003]: {path}: no GPU 'h900' is known" in said
    assert "accelerator.model" not in said
