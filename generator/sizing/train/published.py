"""Published training programmes: what they reached and took, as facts to compare with.

A programme's GPU hours hold failed and auxiliary runs, so that they exceed what the model of time
gives for the final run alone; these are the figures that this share was taken from.
"""

from __future__ import annotations

from generator.record import Record, record
from generator.sizing.nonsense import Nonsense


@record
class Programme(Record):
    """One model's training: utilisation of the run, GPU hours by stage; None is not published."""

    name: str
    source: str
    mfu_ratio: float | None = None
    hfu_ratio: float | None = None
    stage_gpu_hours: tuple[tuple[str, float], ...] = ()

    @property
    def gpu_hours(self) -> float:
        """GPU hours of all stages."""
        return sum(hours for _, hours in self.stage_gpu_hours)


PROGRAMMES = (
    Programme(
        name="palm-540b",
        mfu_ratio=0.462,
        hfu_ratio=0.578,
        source="Chowdhery et al., PaLM, section 4.1: 6144 TPU v4",
    ),
    Programme(
        name="deepseek-v3",
        stage_gpu_hours=(
            ("pretraining", 2_664_000),
            ("context extension", 119_000),
            ("post-training", 5_000),
        ),
        source="DeepSeek-AI, DeepSeek-V3 Technical Report, table 1: H800",
    ),
    Programme(
        name="llama-2-7b",
        stage_gpu_hours=(("pretraining", 184_320),),
        source="Llama 2 model card: A100 80 GB",
    ),
    Programme(
        name="llama-2-70b",
        stage_gpu_hours=(("pretraining", 1_720_320),),
        source="Llama 2 model card: A100 80 GB",
    ),
    Programme(
        name="llama-3-70b",
        stage_gpu_hours=(("pretraining", 6_400_000),),
        source="Llama 3 model card: H100 80 GB",
    ),
    Programme(
        name="llama-3.1-405b",
        stage_gpu_hours=(("pretraining", 30_840_000),),
        source="Llama 3.1 model card: H100 80 GB",
    ),
)
"""Published training programmes, from their papers and model cards."""


def programme_named(name: str) -> Programme:
    """The programme of the model called ``name``; ``Nonsense`` with the known ones for none."""
    written = name.strip().lower().replace(" ", "-")
    for programme in PROGRAMMES:
        if programme.name == written:
            return programme
    known = ", ".join(programme.name for programme in PROGRAMMES)
    raise Nonsense("model.family", f"no programme of {name!r} is published", f"name {known}")
