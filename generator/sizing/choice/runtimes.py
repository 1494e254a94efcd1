"""Model formats: which runtimes read them, and on which hardware those run.

Sources are named per row; requirements S3-2 and field rule F41 say what follows from them: an
engine of TensorRT belongs to the GPU and the version that it was built on, and a pickle runs code
when it is loaded.
"""

from __future__ import annotations

from collections.abc import Mapping

from generator.catalog.accelerator import Accelerator
from generator.record import Record, record
from generator.sizing.choice.verdict import Verdict
from generator.sizing.nonsense import Nonsense

CPU = "cpu"
"""Hardware words: the CPU, or the vendor of a GPU as the catalogue writes it."""
NVIDIA, AMD, INTEL = "nvidia", "amd", "intel"
ANY_GPU = (NVIDIA, AMD, INTEL)


@record
class Runtime(Record):
    """A program that serves a format, and the hardware that it does so on."""

    name: str
    hardware: tuple[str, ...]


@record
class ModelFormat(Record):
    """A format with its runtimes, the usual one first.

    ``bound`` says that a file runs on one GPU architecture and one runtime version only,
    ``runs_code`` that loading it executes what it contains.
    """

    name: str
    runtimes: tuple[Runtime, ...]
    source: str
    bound: bool = False
    runs_code: bool = False


@record
class Runnable(Record):
    """A runtime for a format with where it would run."""

    runtime: str
    hardware: str


_TORCH = Runtime(name="pytorch", hardware=(CPU, *ANY_GPU))
_VLLM = Runtime(name="vllm", hardware=(NVIDIA, AMD, INTEL, CPU))
_TRITON = Runtime(name="triton", hardware=(NVIDIA, CPU))
_SKLEARN = Runtime(name="scikit-learn", hardware=(CPU,))

FORMATS: Mapping[str, ModelFormat] = {
    row.name: row
    for row in (
        ModelFormat(
            name="onnx",
            runtimes=(
                Runtime(name="onnxruntime", hardware=(CPU, *ANY_GPU)),
                _TRITON,
                Runtime(name="openvino", hardware=(CPU, INTEL)),
                Runtime(name="tensorrt", hardware=(NVIDIA,)),
            ),
            source="ONNX Runtime documentation: execution providers",
        ),
        ModelFormat(
            name="torchscript",
            runtimes=(_TORCH, _TRITON),
            source="PyTorch documentation: TorchScript; Triton: PyTorch backend",
        ),
        ModelFormat(
            name="safetensors",
            runtimes=(_VLLM, Runtime(name="transformers", hardware=(CPU, *ANY_GPU)), _TORCH),
            source="Hugging Face safetensors documentation; vLLM: supported hardware",
        ),
        ModelFormat(
            name="savedmodel",
            runtimes=(Runtime(name="tensorflow-serving", hardware=(CPU, NVIDIA)), _TRITON),
            source="TensorFlow Serving documentation",
        ),
        ModelFormat(
            name="tensorrt",
            runtimes=(
                Runtime(name="tensorrt", hardware=(NVIDIA,)),
                Runtime(name="triton", hardware=(NVIDIA,)),
            ),
            source="NVIDIA TensorRT documentation: engine portability",
            bound=True,
        ),
        ModelFormat(
            name="openvino",
            runtimes=(Runtime(name="openvino", hardware=(CPU, INTEL)),),
            source="OpenVINO documentation: supported devices",
        ),
        ModelFormat(
            name="pmml",
            runtimes=(Runtime(name="jpmml", hardware=(CPU,)),),
            source="JPMML evaluator",
        ),
        ModelFormat(
            name="gguf",
            runtimes=(Runtime(name="llama.cpp", hardware=(CPU, *ANY_GPU)),),
            source="llama.cpp README: backends",
        ),
        ModelFormat(
            name="pickle",
            runtimes=(_SKLEARN, _TORCH),
            source="Python documentation, pickle: the module is not secure",
            runs_code=True,
        ),
        ModelFormat(
            name="xgboost-json",
            runtimes=(
                Runtime(name="xgboost", hardware=(CPU, NVIDIA)),
                Runtime(name="triton-fil", hardware=(CPU, NVIDIA)),
            ),
            source="XGBoost documentation: model IO; Triton FIL backend",
        ),
        ModelFormat(
            name="custom",
            runtimes=(),
            source="blueprint: the owner of the model names its runtime and image",
        ),
    )
}


def model_format(name: str) -> ModelFormat:
    """What is known of a format; raises ``Nonsense`` for one that nobody lists."""
    if name not in FORMATS:
        raise Nonsense(
            "model.format", f"{name!r} is not known", f"state one of {', '.join(FORMATS)}"
        )
    return FORMATS[name]


def runnable(name: str, hardware: str) -> tuple[Runnable, ...]:
    """The runtimes that serve a format on that hardware, the usual one first.

    ``hardware`` is ``cpu`` or a GPU vendor. Empty where none does, and for ``custom``. Raises
    ``Nonsense`` for an unknown format.
    """
    return tuple(
        Runnable(runtime=runtime.name, hardware=hardware)
        for runtime in model_format(name).runtimes
        if hardware in runtime.hardware
    )


def judge_format(
    name: str,
    *,
    serving: Accelerator | None,
    built_on: Accelerator | None = None,
    production: bool = False,
    excepted: bool = False,
    hardware_compatible: bool = False,
) -> Verdict:
    """Whether a model in a format may be served on a GPU, or on the CPU (``serving`` None).

    A TensorRT engine needs the compute capability that it was built on, unless it was built in
    hardware-compatible mode (Ampere and newer); a pickle in production needs an exception. Raises
    ``Nonsense`` for an unknown format.
    """
    known = model_format(name)
    place = serving.vendor if serving is not None else CPU
    where = serving.id if serving is not None else "the CPU"
    if known.runs_code and production and not excepted:
        return Verdict(
            allowed=False,
            reason=f"loading a {name} runs whatever code it holds",
            mend="export to safetensors or onnx, or state an exception with its expiry",
            source=known.source,
        )
    if known.runtimes and not runnable(name, place):
        readers = ", ".join(runtime.name for runtime in known.runtimes)
        return Verdict(
            allowed=False,
            reason=f"no runtime of {name} ({readers}) runs on {where}",
            mend="export to another format, or serve it on other hardware",
            source=known.source,
        )
    if known.bound and serving is not None:
        return _judge_bound(known, serving, built_on, compatible=hardware_compatible)
    usual = runnable(name, place)
    reason = f"{usual[0].runtime} serves {name} on {where}" if usual else known.source
    return Verdict(allowed=True, reason=reason, source=known.source)


OLDEST_COMPATIBLE = (8, 0)
"""Compute capability from which hardware-compatible engines exist: Ampere. Source: NVIDIA TensorRT
documentation, hardware compatibility."""


def _judge_bound(
    known: ModelFormat, serving: Accelerator, built_on: Accelerator | None, *, compatible: bool
) -> Verdict:
    if built_on is None:
        return Verdict(
            allowed=False,
            reason=f"nobody says which GPU this {known.name} engine was built on",
            mend="state model.built_on",
            source=known.source,
        )
    pair = (built_on, serving)
    modern = all(_capability(gpu) >= OLDEST_COMPATIBLE for gpu in pair)
    same = _capability(built_on) == _capability(serving) != (0, 0)
    if same or (compatible and modern):
        return Verdict(
            allowed=True,
            reason=f"built on {built_on.id}, served on {serving.id}: the engine fits; the runtime "
            "must have the version of the builder",
            source=known.source,
        )
    return Verdict(
        allowed=False,
        reason=f"the engine was built on {built_on.id} ({built_on.architecture}) and does not run "
        f"on {serving.id} ({serving.architecture})",
        mend=f"build it on {serving.id}, or serve it on {built_on.id}",
        source=known.source,
    )


def _capability(accelerator: Accelerator) -> tuple[int, int]:
    """Compute capability as numbers; zeros where the GPU has none."""
    if accelerator.compute_capability is None:
        return (0, 0)
    major, _, minor = accelerator.compute_capability.partition(".")
    return (int(major), int(minor or 0))
