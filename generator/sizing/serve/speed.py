"""Serving time: a step of decoding with the prompts that ride along, and what follows from it.

A step reads the weights and the KV cache of its sequences, multiplies its tokens, exchanges them
between tensor-parallel GPUs and pays an overhead per layer and per sequence. Under continuous
batching each finished answer lets a new prompt in, so every step carries
``sessions x prompt / answer`` prompt tokens on average; leaving that out is the largest single
error of a roofline.
"""

from __future__ import annotations

from generator.record import Record, record
from generator.sizing.architecture import Transformer
from generator.sizing.nonsense import positive
from generator.sizing.precision import arithmetic
from generator.sizing.serve.calibration import CALIBRATION, ServingCalibration
from generator.sizing.serve.device import Device
from generator.sizing.serve.engines import Engine
from generator.sizing.serve.memory import cache_of
from generator.sizing.serve.weights import weights

ALL_REDUCES_PER_LAYER = 2
"""One after attention, one after the MLP (Shoeybi et al., Megatron-LM, section 3)."""


def _multiply_efficiency(precision: str, c: ServingCalibration) -> float:
    if precision in {"fp8", "int8"}:
        return c.multiply_efficiency_8bit
    if precision in {"fp4", "int4"}:
        return c.multiply_efficiency_4bit
    return c.multiply_efficiency_16bit


class Pace:
    """How fast a model runs on a device: a step's time for any batch and any prompt tokens in it.

    All times in seconds, all counts per replica of ``tensor_parallel`` GPUs.
    """

    __slots__ = (
        "_attention_s",
        "_cache",
        "_calibration",
        "_fixed_s",
        "_head_s",
        "_kv_byte_s",
        "_link_token_s",
        "_model",
        "_multiply_s",
        "_weight_s",
    )

    def __init__(
        self,
        model: Transformer,
        precision: str,
        engine: Engine,
        device: Device,
        tensor_parallel: int = 1,
        *,
        calibration: ServingCalibration = CALIBRATION,
    ) -> None:
        c = calibration
        how = arithmetic(precision, device.peaks_tflops)
        attainable = how.peak_flops * _multiply_efficiency(how.precision, c)
        sixteen = arithmetic("fp16", device.peaks_tflops).peak_flops
        bandwidth = device.bandwidth_bytes_per_s * c.weight_read_efficiency
        held = weights(model, precision, tensor_parallel)
        table = model.embedding_parameters * 2 / tensor_parallel
        read = held.total_bytes - (0.0 if model.tied else table)
        self._model = model
        self._calibration = c
        self._cache = cache_of(model, engine, tensor_parallel)
        self._weight_s = read / bandwidth / max(1.0, model.body_parameters)
        self._kv_byte_s = 1 / (device.bandwidth_bytes_per_s * c.kv_read_efficiency)
        self._multiply_s = 2 * model.active_body_parameters / (tensor_parallel * attainable)
        self._head_s = (
            2
            * model.multiplied_head_parameters
            / (tensor_parallel * sixteen * c.multiply_efficiency_16bit)
        )
        per_pair = 4 * (model.layers - model.linear_layers) * model.attention_width
        self._attention_s = per_pair / (tensor_parallel * sixteen * c.attention_efficiency)
        latency = 0.0
        self._link_token_s = 0.0
        if tensor_parallel > 1:
            exchanged = 2 * (tensor_parallel - 1) / tensor_parallel * model.hidden * 2
            reduces = ALL_REDUCES_PER_LAYER * model.layers
            link = device.link_bytes_per_s * c.link_efficiency
            self._link_token_s = reduces * exchanged / link
            latency = reduces * device.link_latency_s
        self._fixed_s = model.layers * c.layer_overhead_s + latency

    def step_s(
        self,
        sequences: float,
        context_tokens: float,
        prompt_tokens: float = 0.0,
        prompt_length: float = 0.0,
    ) -> float:
        """One step: ``sequences`` decoding at ``context_tokens``, and ``prompt_tokens`` of prompts.

        ``prompt_length`` is the length of the prompts that those tokens belong to: a token of it
        attends to half of it on average.
        """
        tokens = sequences + prompt_tokens
        touched = self._model.touched_body_parameters(tokens)
        return (
            self._fixed_s
            + self._weight_s * touched
            + sequences * self._cache.sequence_bytes(context_tokens) * self._kv_byte_s
            + tokens * (self._multiply_s + self._link_token_s)
            + sequences * (self._head_s + self._calibration.sequence_overhead_s)
            + prompt_tokens * self._attended(prompt_length) * self._attention_s
        )

    def _attended(self, prompt_length: float) -> float:
        m = self._model
        whole = prompt_length / 2
        if not m.sliding_layers:
            return whole
        slid = m.sliding_layers / m.layers
        return (1 - slid) * whole + slid * min(whole, m.sliding_window)

    def session_bytes(self, context_tokens: float) -> float:
        """KV cache of one session of that many tokens, per GPU."""
        return self._cache.sequence_bytes(context_tokens)

    def prefill_s(self, prompt_tokens: float) -> float:
        """A prompt alone on the device, until its first token is there."""
        return self.step_s(1, 1, prompt_tokens, prompt_tokens)

    def prompt_s(self, prompt_tokens: float) -> float:
        """The time that a prompt adds to steps which run anyway."""
        return self.prefill_s(prompt_tokens) - self.step_s(1, 1)


@record
class Load(Record):
    """Requests in a closed loop: ``sessions`` at once, each of a prompt and an answer, in tokens.

    ``sessions`` 0 asks for saturation: as many as the cache and the engine admit.
    """

    prompt_tokens: float
    answer_tokens: float
    sessions: float = 0.0


@record
class ServingSpeed(Record):
    """What users see of one replica: seconds, and tokens per second over all sessions.

    ``running`` of the sessions run at once; the others wait. ``first_token_low_s`` and ``high_s``
    bound the mean time to the first token, which depends on how arrivals bunch.
    """

    running: float
    per_token_s: float
    first_token_low_s: float
    first_token_s: float
    first_token_high_s: float
    tokens_per_s: float
    interference_ratio: float


def running_sessions(capacity_bytes: float, pace_cache_bytes: float, engine: Engine) -> float:
    """Sessions that run at once: what the cache admits, at most what the engine allows."""
    return max(1.0, min(capacity_bytes / pace_cache_bytes, engine.max_sequences))


def serving_speed(
    pace: Pace,
    load: Load,
    engine: Engine,
    kv_room_bytes: float,
    *,
    calibration: ServingCalibration = CALIBRATION,
) -> ServingSpeed:
    """Time per token, time to first token and throughput of a closed loop.

    A session's mean context is its prompt and half its answer. Sessions beyond what the KV cache
    admits wait for a whole turn of those that run (Little's law). Engines that put prompts first
    stop decoding for them: part of the prompts' time then shows as time to first token.
    """
    positive("serving.input_tokens", load.prompt_tokens)
    positive("serving.output_tokens", load.answer_tokens)
    context = load.prompt_tokens + load.answer_tokens / 2
    admitted = running_sessions(kv_room_bytes, pace.session_bytes(context), engine)
    asked = load.sessions or admitted
    running = min(asked, admitted)
    decode = pace.step_s(running, context)
    prompts = running * load.prompt_tokens / load.answer_tokens
    mixed = pace.step_s(running, context, prompts, load.prompt_tokens)
    first = engine.kind.scheduling == "prefill-first"
    share = calibration.decode_share_of_prefill_first if first else 1.0
    per_token = decode + share * (mixed - decode)
    bunch = getattr(calibration, engine.kind.arrivals) * (running - 1) / 2
    waiting = (asked - running) / running * mixed * load.answer_tokens
    middle = (
        calibration.request_overhead_s
        + pace.prefill_s(load.prompt_tokens)
        + bunch * pace.prompt_s(load.prompt_tokens)
        + calibration.queue_share * waiting
    )
    return ServingSpeed(
        running=running,
        per_token_s=per_token,
        first_token_low_s=middle / calibration.first_token_spread,
        first_token_s=middle,
        first_token_high_s=middle * calibration.first_token_spread,
        tokens_per_s=running / mixed,
        interference_ratio=1 - decode / mixed,
    )
