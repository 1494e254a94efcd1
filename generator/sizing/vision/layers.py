"""Layers of a vision network: parameters, and the values of its feature maps per image."""

from __future__ import annotations

from itertools import pairwise

from generator.record import Record, record
from generator.sizing.nonsense import Nonsense, positive


def convolution_parameters(
    kernel: int, inputs: int, outputs: int, *, bias: bool = True, height: int | None = None
) -> int:
    """Weights of a convolution: (k^2 c_in + 1) c_out, the 1 being its bias.

    ``height`` states the other side of a kernel that is no square. VGG-16's first two have 1,792
    and 36,928.
    """
    positive("kernel", kernel)
    positive("channels", min(inputs, outputs))
    return (kernel * (height or kernel) * inputs + int(bias)) * outputs


def linear_parameters(inputs: int, outputs: int, *, bias: bool = True) -> int:
    """Weights of a fully connected layer: (in + 1) out."""
    positive("features", min(inputs, outputs))
    return (inputs + int(bias)) * outputs


@record
class Layer(Record):
    """One layer. ``output_values`` and ``kept_values`` count per image.

    ``kept_values`` is what training keeps of it: its output, where the next layer multiplies or
    normalises it, and the indices of a maximum, in values of the network's precision.
    """

    name: str
    kind: str
    parameters: int
    output_values: int
    kept_values: int


@record
class VisionNetwork(Record):
    """A network's layers in the order of its forward pass, for square images of ``pixels``."""

    name: str
    pixels: int
    layers: tuple[Layer, ...]

    @property
    def parameters(self) -> int:
        """All trained parameters."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def kept_values(self) -> int:
        """Values that training keeps per image until its backward pass, the image included."""
        return 3 * self.pixels**2 + sum(layer.kept_values for layer in self.layers)

    @property
    def feature_map_values(self) -> int:
        """Values of the feature maps per image, as textbooks count them.

        Outputs of convolutions and poolings, and what enters the fully connected layers. Source: F.
        Denneman, Training vs Inference - Memory Consumption by Neural Networks.
        """
        maps = [layer for layer in self.layers if layer.kind in {"convolution", "pooling"}]
        linear = [n for n, layer in enumerate(self.layers) if layer.kind == "linear"]
        entering = sum(self.layers[n - 1].output_values for n in linear if n)
        return sum(layer.output_values for layer in maps) + entering

    @property
    def largest_pair_values(self) -> int:
        """Values of the two largest consecutive feature maps, all that inference holds at once."""
        outputs = [layer.output_values for layer in self.layers if layer.kind != "norm"]
        pairs = [first + second for first, second in pairwise(outputs)]
        return max(pairs, default=sum(outputs))


class Builder:
    """Writes the layers of a network down while it keeps track of the shape of an image's map."""

    def __init__(self, pixels: int, channels: int = 3) -> None:
        self.pixels = int(positive("model.image_pixels", pixels))
        self.channels, self.height, self.width = channels, self.pixels, self.pixels
        self.layers: list[Layer] = []

    @property
    def values(self) -> int:
        """Values of the current map."""
        return self.channels * self.height * self.width

    def convolve(
        self,
        outputs: int,
        kernel: int,
        *,
        stride: int = 1,
        padding: int | None = None,
        height: int | None = None,
        norm: bool = False,
    ) -> None:
        """A convolution with its activation in place; with ``norm`` it has no bias but a norm.

        ``padding`` None keeps the size of the map; ``height`` is the vertical side of a kernel that
        is no square.
        """
        tall = height or kernel
        parameters = convolution_parameters(
            kernel, self.channels, outputs, bias=not norm, height=tall
        )
        self.width = _side(self.width, kernel, stride, kernel // 2 if padding is None else padding)
        self.height = _side(self.height, tall, stride, tall // 2 if padding is None else padding)
        self.channels = outputs
        self._add("convolution", parameters, self.values)
        if norm:
            self._add("norm", 2 * outputs, self.values)

    def pool(self, kernel: int, *, stride: int, padding: int = 0, average: bool = False) -> None:
        """A pooling; that of a maximum keeps an 8-byte index per output, two 32-bit values."""
        self.height = _side(self.height, kernel, stride, padding)
        self.width = _side(self.width, kernel, stride, padding)
        self._add("pooling", 0, self.values * (1 if average else 3))

    def pool_to(self, side: int) -> None:
        """An average over the map, down to ``side`` on each side."""
        self.height = self.width = side
        self._add("pooling", 0, self.values)

    def connect(self, outputs: int, *, bias: bool = True) -> None:
        """A fully connected layer over the whole map."""
        parameters = linear_parameters(self.values, outputs, bias=bias)
        self.channels, self.height, self.width = outputs, 1, 1
        self._add("linear", parameters, outputs)

    def add(self, name: str, kind: str, parameters: int, *, output: int, kept: int) -> None:
        """A layer that is counted elsewhere."""
        self.layers.append(
            Layer(
                name=name,
                kind=kind,
                parameters=parameters,
                output_values=output,
                kept_values=kept,
            )
        )

    def network(self, name: str) -> VisionNetwork:
        """What was written down."""
        return VisionNetwork(name=name, pixels=self.pixels, layers=tuple(self.layers))

    def _add(self, kind: str, parameters: int, kept: int) -> None:
        name = f"{kind} {len(self.layers) + 1}"
        self.add(name, kind, parameters, output=self.values, kept=kept)


def _side(side: int, kernel: int, stride: int, padding: int) -> int:
    """One side of a map after a window has moved over it."""
    left = (side + 2 * padding - kernel) // stride + 1
    if left < 1:
        raise Nonsense(
            "model.image_pixels", f"a map of {side} is smaller than its window", "take more pixels"
        )
    return left
