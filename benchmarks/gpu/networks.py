"""Models with random weights, by the figures of the catalogue; nothing is downloaded."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    Qwen2Config,
    Qwen2ForCausalLM,
    ViTConfig,
    ViTForImageClassification,
)

CLASSES = 1000
"""Classes of ImageNet."""

RESNETS = {
    "resnet18": ("basic", (2, 2, 2, 2)),
    "resnet34": ("basic", (3, 4, 6, 3)),
    "resnet50": ("bottleneck", (3, 4, 6, 3)),
    "resnet101": ("bottleneck", (3, 4, 23, 3)),
    "resnet152": ("bottleneck", (3, 8, 36, 3)),
}
"""Block and number of blocks per stage (He et al., Deep Residual Learning, table 1)."""

VGGS = {
    "vgg16": (2, 2, 3, 3, 3),
    "vgg19": (2, 2, 4, 4, 4),
}
"""Convolutions per stage (Simonyan and Zisserman, table 1, columns D and E)."""


class NotBuilt(Exception):
    """There is no program here for such a model."""


def language_model(
    figures: Any, *, attention: str, device: torch.device, dtype: torch.dtype
) -> PreTrainedModel:
    """A decoder with gated MLP and RMSNorm by the engine's figures; others are not built.

    It is made where it will stay: a model of billions of parameters takes minutes on a host.
    """
    if figures.experts or figures.kv_lora_rank or figures.learned_positions or not figures.gated:
        raise NotBuilt("only dense decoders with rotary positions and a gated MLP are built")
    shape = {
        "vocab_size": figures.vocabulary,
        "hidden_size": figures.hidden,
        "intermediate_size": figures.ffn,
        "num_hidden_layers": figures.layers,
        "num_attention_heads": figures.heads,
        "num_key_value_heads": figures.kv_heads,
        "max_position_embeddings": 131072,
        "tie_word_embeddings": figures.tied,
        "attn_implementation": attention,
    }
    usual = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with device:
            if figures.qkv_bias:
                return Qwen2ForCausalLM(Qwen2Config(**shape))
            return LlamaForCausalLM(LlamaConfig(head_dim=figures.head_dim, **shape))
    finally:
        torch.set_default_dtype(usual)


def vision_model(row: Any) -> nn.Module:
    """A convolutional network or vision transformer of the catalogue."""
    if row.id in RESNETS:
        return ResNet(*RESNETS[row.id])
    if row.id in VGGS:
        return vgg(VGGS[row.id], row.input_pixels)
    if row.kind == "vision-transformer" and row.hidden_size and row.learned_positions:
        patches = int((row.learned_positions - 1) ** 0.5)
        return Classifier(
            ViTForImageClassification(
                ViTConfig(
                    hidden_size=row.hidden_size,
                    num_hidden_layers=row.layers,
                    num_attention_heads=row.attention_heads,
                    intermediate_size=row.intermediate_size,
                    image_size=row.input_pixels,
                    patch_size=row.input_pixels // patches,
                    num_labels=CLASSES,
                )
            )
        )
    raise NotBuilt(f"no program for {row.id}")


class Classifier(nn.Module):
    """A transformers classifier that answers its logits alone."""

    def __init__(self, inner: PreTrainedModel) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """One row of logits per image."""
        logits: torch.Tensor = self.inner(images).logits
        return logits


def vgg(stages: tuple[int, ...], pixels: int) -> nn.Module:
    """VGG without batch normalisation."""
    layers: list[nn.Module] = []
    channels, width = 3, 64
    for convolutions in stages:
        for _ in range(convolutions):
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU(inplace=True)]
            channels = width
        layers.append(nn.MaxPool2d(2))
        width = min(512, 2 * width)
    side = pixels >> len(stages)
    return nn.Sequential(
        *layers,
        nn.Flatten(),
        nn.Linear(channels * side * side, 4096), nn.ReLU(inplace=True), nn.Dropout(),
        nn.Linear(4096, 4096), nn.ReLU(inplace=True), nn.Dropout(),
        nn.Linear(4096, CLASSES),
    )  # fmt: skip


class ResNet(nn.Module):
    """A residual network for images of 224 pixels."""

    def __init__(self, block: str, stages: tuple[int, ...]) -> None:
        super().__init__()
        widen = 4 if block == "bottleneck" else 1
        self.stem = nn.Sequential(
            nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False),
            nn.BatchNorm2d(64),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, stride=2, padding=1),
        )
        blocks: list[nn.Module] = []
        channels = 64
        for index, count in enumerate(stages):
            width = 64 << index
            for number in range(count):
                stride = 2 if index and not number else 1
                blocks.append(Residual(channels, width, width * widen, stride))
                channels = width * widen
        self.blocks = nn.Sequential(*blocks)
        self.head = nn.Linear(channels, CLASSES)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """One row of logits per image."""
        found: torch.Tensor = self.head(self.blocks(self.stem(images)).mean((2, 3)))
        return found


class Residual(nn.Module):
    """Two 3x3 convolutions, or 1x1, 3x3 and 1x1 where it widens, beside a shortcut."""

    def __init__(self, inputs: int, width: int, outputs: int, stride: int) -> None:
        super().__init__()
        if outputs == width:
            sizes = [(inputs, width, 3, stride), (width, width, 3, 1)]
        else:
            sizes = [(inputs, width, 1, 1), (width, width, 3, stride), (width, outputs, 1, 1)]
        layers: list[nn.Module] = []
        for entering, leaving, kernel, step in sizes:
            layers += [
                nn.Conv2d(entering, leaving, kernel, step, padding=kernel // 2, bias=False),
                nn.BatchNorm2d(leaving),
                nn.ReLU(inplace=True),
            ]
        self.path = nn.Sequential(*layers[:-1])
        self.shortcut: nn.Module = nn.Identity()
        if stride > 1 or inputs != outputs:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """The block's answer beside its input."""
        return torch.relu_(self.path(images) + self.shortcut(images))
