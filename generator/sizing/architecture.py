"""A transformer by its figures, and the parameters that follow from them, matrix by matrix.

Every memory and time formula of this room starts here: what is stored, what is read at each step
and what is multiplied are three different counts, and the nominal size of a model is none of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

from generator.record import Record, record


@record
class Transformer(Record):
    """The figures of a decoder, encoder or encoder-decoder transformer.

    ``ffn`` is the inner width of a dense layer; ``gated`` says that its MLP has three matrices
    (SwiGLU, GeGLU) and not two. Where ``experts`` is above zero, all layers but the first
    ``dense_layers`` hold that many experts of inner width ``expert_ffn``, of which
    ``active_experts`` work on a token, and ``shared_experts`` of ``shared_ffn`` that always do.

    ``kv_lora_rank`` above zero means multi-head latent attention (MLA): the cache holds
    ``kv_lora_rank + qk_rope_dim`` values per token and layer. ``sliding_layers`` keep
    ``sliding_window`` tokens of context; ``linear_layers`` keep a constant
    ``linear_state_bytes`` per sequence in place of a KV cache.

    ``stated_parameters`` and ``stated_active_parameters`` are the published counts, 0 where there
    is none. ``tower_parameters`` are those of a vision or audio tower beside the language model,
    ``wide_parameters`` those in matrices that a quantised checkpoint keeps in 16 bits;
    they are counted in ``stated_parameters`` and are not quantised with the rest.
    """

    name: str
    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_dim: int
    ffn: int
    vocabulary: int
    gated: bool = True
    tied: bool = False
    qkv_bias: bool = False
    biases: bool = False
    learned_positions: int = 0
    encoder_layers: int = 0
    kv_lora_rank: int = 0
    q_lora_rank: int = 0
    qk_rope_dim: int = 0
    qk_nope_dim: int = 0
    v_head_dim: int = 0
    sliding_window: int = 0
    sliding_layers: int = 0
    linear_layers: int = 0
    linear_state_bytes: int = 0
    experts: int = 0
    active_experts: int = 0
    expert_ffn: int = 0
    shared_experts: int = 0
    shared_ffn: int = 0
    dense_layers: int = 0
    tower_parameters: float = 0.0
    wide_parameters: float = 0.0
    stated_parameters: float = 0.0
    stated_active_parameters: float = 0.0

    @property
    def attention_width(self) -> int:
        """Heads x head size: the width that attention works in, which is not always ``hidden``."""
        return self.heads * self.head_dim

    @property
    def kv_width(self) -> int:
        """KV heads x head size: what one token's keys take, per layer."""
        return self.kv_heads * self.head_dim

    @property
    def moe_layers(self) -> int:
        """Layers whose MLP is a mixture of experts."""
        return self.layers - self.dense_layers if self.experts else 0

    @property
    def linear_shapes(self) -> Mapping[str, tuple[int, int]]:
        """(in, out) of the matrices of one dense layer by their usual names; q to o, gate to down.

        MLA projects through low ranks and has the factors ``q_a``, ``q_b``, ``kv_a`` and ``kv_b``.
        """
        shapes: dict[str, tuple[int, int]] = dict(_attention_shapes(self))
        if self.gated:
            shapes["gate"] = (self.hidden, self.ffn)
        shapes["up"] = (self.hidden, self.ffn)
        shapes["down"] = (self.ffn, self.hidden)
        return shapes

    @property
    def attention_parameters(self) -> int:
        """Weights of one layer's attention projections, with their biases."""
        matrices = sum(inputs * outputs for inputs, outputs in _attention_shapes(self).values())
        if self.biases:
            return matrices + self.attention_width + 2 * self.kv_width + self.hidden
        return matrices + (self.attention_width + 2 * self.kv_width if self.qkv_bias else 0)

    @property
    def dense_mlp_parameters(self) -> int:
        """Weights of one dense layer's MLP."""
        biases = self.ffn * (2 if self.gated else 1) + self.hidden if self.biases else 0
        return self._mlp(self.ffn) + biases

    @property
    def expert_parameters(self) -> int:
        """Weights of one routed expert."""
        return self._mlp(self.expert_ffn)

    @property
    def shared_expert_parameters(self) -> int:
        """Weights of the experts of one layer that every token passes."""
        return self.shared_experts * self._mlp(self.shared_ffn or self.expert_ffn)

    def _mlp(self, width: int) -> int:
        return (3 if self.gated else 2) * self.hidden * width

    @property
    def norm_parameters(self) -> int:
        """Two norms per layer and one at the end; with biases each has a shift too."""
        return (2 * (self.layers + self.encoder_layers) + 1) * self.hidden * (1 + self.biases)

    @property
    def embedding_parameters(self) -> int:
        """The token table, and the positions where they are learned: looked up, not multiplied."""
        return (self.vocabulary + self.learned_positions) * self.hidden

    @property
    def head_parameters(self) -> int:
        """The output head as it is stored: nothing where it is the token table itself."""
        return 0 if self.tied else self.vocabulary * self.hidden

    @property
    def counted_layer_parameters(self) -> int:
        """Weights of all layers, every expert counted, without norms; counted from the figures."""
        dense = self.layers - self.moe_layers
        attention = (self.layers + self.encoder_layers) * self.attention_parameters
        # A decoder over an encoder has a second attention in every layer.
        cross = self.layers * self.attention_parameters if self.encoder_layers else 0
        mlp = (dense + self.encoder_layers) * self.dense_mlp_parameters
        return attention + cross + mlp + self.moe_layers * self._moe_layer(self.experts)

    def _moe_layer(self, routed: float) -> int:
        router = self.hidden * self.experts
        experts = int(routed * self.expert_parameters)
        return experts + self.shared_expert_parameters + router

    @property
    def counted_parameters(self) -> int:
        """All parameters of the language model, counted matrix by matrix."""
        return (
            self.counted_layer_parameters
            + self.norm_parameters
            + self.embedding_parameters
            + self.head_parameters
        )

    @property
    def parameters(self) -> float:
        """What is stored: the published count where there is one, else the counted one."""
        return self.stated_parameters or self.counted_parameters + self.tower_parameters

    @property
    def body_parameters(self) -> float:
        """All parameters but token table, head and tower: what lies in the layers."""
        outside = self.embedding_parameters + self.head_parameters + self.tower_parameters
        return max(0.0, self.parameters - outside)

    @property
    def active_body_parameters(self) -> float:
        """Weights of the layers that one token is multiplied with."""
        if not self.experts:
            return self.body_parameters
        return self.body_parameters - self.moe_layers * self.expert_parameters * (
            self.experts - self.active_experts
        )

    @property
    def active_parameters(self) -> float:
        """The parameters that work on one token, token table and head included, as cards count."""
        if not self.experts:
            return self.parameters
        if self.stated_active_parameters:
            return self.stated_active_parameters
        return self.active_body_parameters + self.embedding_parameters + self.head_parameters

    @property
    def multiplied_head_parameters(self) -> int:
        """The output head as it is multiplied, tied or not."""
        return self.vocabulary * self.hidden

    def touched_body_parameters(self, tokens: float) -> float:
        """Weights of the layers that a step over ``tokens`` tokens reads at least once.

        Under even routing a batch leaves an expert untouched with probability
        ``(1 - active/experts)^tokens``, so one token touches ``active`` experts and a large batch
        all of them.
        """
        if not self.experts:
            return self.body_parameters
        untouched: float = (1 - self.active_experts / self.experts) ** max(tokens, 0.0)
        idle = self.moe_layers * self.expert_parameters * self.experts * untouched
        return self.body_parameters - idle

    def stage_parameters(self, pipeline: int) -> float:
        """Parameters of the most loaded of ``pipeline`` stages: the first, or the last.

        The first holds the token table, the last the head; a tied table stands on both.
        """
        if pipeline <= 1:
            return self.parameters
        layers = ceil(self.layers / pipeline) / self.layers * self.body_parameters
        return layers + max(self.embedding_parameters, self.multiplied_head_parameters)


def _attention_shapes(t: Transformer) -> Mapping[str, tuple[int, int]]:
    """(in, out) of one layer's attention projections."""
    if t.kv_lora_rank:
        query = t.heads * (t.qk_nope_dim + t.qk_rope_dim)
        shapes = {
            "kv_a": (t.hidden, t.kv_lora_rank + t.qk_rope_dim),
            "kv_b": (t.kv_lora_rank, t.heads * (t.qk_nope_dim + t.v_head_dim)),
            "o": (t.heads * t.v_head_dim, t.hidden),
        }
        if t.q_lora_rank:
            return {"q_a": (t.hidden, t.q_lora_rank), "q_b": (t.q_lora_rank, query), **shapes}
        return {"q": (t.hidden, query), **shapes}
    return {
        "q": (t.hidden, t.attention_width),
        "k": (t.hidden, t.kv_width),
        "v": (t.hidden, t.kv_width),
        "o": (t.attention_width, t.hidden),
    }
