"""Low-rank adapters beside frozen linear layers (Hu et al., LoRA), in 32 bits as in PEFT."""

from __future__ import annotations

import torch
from torch import nn

NAMES = {
    "q": "q_proj",
    "k": "k_proj",
    "v": "v_proj",
    "o": "o_proj",
    "gate": "gate_proj",
    "up": "up_proj",
    "down": "down_proj",
}
"""The language's names of matrices, and those of transformers."""


class Adapted(nn.Module):
    """A frozen linear layer with two narrow matrices beside it."""

    def __init__(self, base: nn.Linear, rank: int) -> None:
        super().__init__()
        self.base = base
        where = base.weight.device
        self.down = nn.Parameter(torch.randn(rank, base.in_features, device=where) / rank)
        self.up = nn.Parameter(torch.zeros(base.out_features, rank, device=where))

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """The frozen layer's answer and the adapters'."""
        frozen: torch.Tensor = self.base(inputs)
        narrow = inputs.to(self.down.dtype) @ self.down.T
        return frozen + (narrow @ self.up.T).to(frozen.dtype)


def adapt(model: nn.Module, rank: int, targets: tuple[str, ...]) -> int:
    """Freezes ``model`` and adds adapters; returns the number of trained parameters."""
    wanted = {NAMES[target] for target in targets or NAMES}
    model.requires_grad_(requires_grad=False)
    found = [
        (parent, name, layer)
        for parent in model.modules()
        for name, layer in parent.named_children()
        if name in wanted and isinstance(layer, nn.Linear)
    ]
    for parent, name, layer in found:
        setattr(parent, name, Adapted(layer, rank))
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
