"""Classic vision networks by name, layer by layer.

Sources: Simonyan and Zisserman, Very Deep Convolutional Networks, table 1 (VGG); He et al., Deep
Residual Learning, table 1 (ResNet); Szegedy et al., Rethinking the Inception Architecture, table 1,
and torchvision for its channels and its auxiliary head; Dosovitskiy et al., An Image is Worth 16x16
Words, table 1 (ViT); Krizhevsky, One weird trick (AlexNet). Parameters are those of torchvision.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from generator.record import Record, record
from generator.sizing.nonsense import Nonsense
from generator.sizing.vision.layers import Builder, VisionNetwork, linear_parameters

CLASSES = 1000
"""Classes of ImageNet."""

VGG_BLOCKS: Mapping[str, tuple[int, ...]] = {
    "vgg11": (1, 1, 2, 2, 2),
    "vgg13": (2, 2, 2, 2, 2),
    "vgg16": (2, 2, 3, 3, 3),
    "vgg19": (2, 2, 4, 4, 4),
}
"""Convolutions of the five blocks."""

VGG_LAST_SIDE = 7
"""Side of the map that enters VGG's first connected layer; others are averaged down to it."""

RESNET_BLOCKS: Mapping[str, tuple[int, ...]] = {
    "resnet18": (2, 2, 2, 2),
    "resnet34": (3, 4, 6, 3),
    "resnet50": (3, 4, 6, 3),
    "resnet101": (3, 4, 23, 3),
    "resnet152": (3, 8, 36, 3),
}
"""Residual blocks of the four stages."""

BASIC = frozenset({"resnet18", "resnet34"})
"""Networks whose blocks have two convolutions instead of a bottleneck of three."""


@record
class VisionTransformer(Record):
    """A ViT: patches of ``patch`` pixels, ``layers`` of width ``hidden``."""

    layers: int
    hidden: int
    ffn: int
    heads: int
    patch: int


VITS: Mapping[str, VisionTransformer] = {
    "vit-b-16": VisionTransformer(layers=12, hidden=768, ffn=3072, heads=12, patch=16),
    "vit-l-16": VisionTransformer(layers=24, hidden=1024, ffn=4096, heads=16, patch=16),
    "vit-h-14": VisionTransformer(layers=32, hidden=1280, ffn=5120, heads=16, patch=14),
}


def network_named(name: str, pixels: int | None = None) -> VisionNetwork:
    """The network called ``name`` for square images of ``pixels``, by default its published size.

    Raises ``Nonsense`` with the known names for one whose layers are not known.
    """
    known = name.strip().lower()
    for names, build, usual in _FAMILIES:
        if known in names:
            return build(known, pixels or usual)
    every = ", ".join(sorted(name for names, _, _ in _FAMILIES for name in names))
    raise Nonsense("model.family", f"the layers of {name!r} are not known", f"state one of {every}")


def knows(name: str) -> bool:
    """Whether the layers of the network called ``name`` are known."""
    return any(name in names for names, _, _ in _FAMILIES)


def _alexnet(name: str, pixels: int) -> VisionNetwork:
    net = Builder(pixels)
    net.convolve(64, 11, stride=4, padding=2)
    net.pool(3, stride=2)
    net.convolve(192, 5)
    net.pool(3, stride=2)
    for channels in (384, 256, 256):
        net.convolve(channels, 3)
    net.pool(3, stride=2)
    net.pool_to(6)
    for features in (4096, 4096, CLASSES):
        net.connect(features)
    return net.network(name)


def _vgg(name: str, pixels: int) -> VisionNetwork:
    net = Builder(pixels)
    for channels, convolutions in zip((64, 128, 256, 512, 512), VGG_BLOCKS[name], strict=True):
        for _ in range(convolutions):
            net.convolve(channels, 3)
        net.pool(2, stride=2)
    if net.height != VGG_LAST_SIDE:
        net.pool_to(VGG_LAST_SIDE)
    for features in (4096, 4096, CLASSES):
        net.connect(features)
    return net.network(name)


def _resnet(name: str, pixels: int) -> VisionNetwork:
    net = Builder(pixels)
    net.convolve(64, 7, stride=2, norm=True)
    net.pool(3, stride=2, padding=1)
    for stage, blocks in enumerate(RESNET_BLOCKS[name]):
        for block in range(blocks):
            stride = 2 if stage and not block else 1
            _residual(net, 64 << stage, stride, basic=name in BASIC)
    net.pool_to(1)
    net.connect(CLASSES)
    return net.network(name)


def _residual(net: Builder, width: int, stride: int, *, basic: bool) -> None:
    """Two convolutions, or three with the wide ones outside, and a shortcut where shapes change."""
    outputs = width if basic else 4 * width
    entered = (net.channels, net.height, net.width)
    if basic:
        net.convolve(width, 3, stride=stride, norm=True)
        net.convolve(width, 3, norm=True)
    else:
        net.convolve(width, 1, norm=True)
        net.convolve(width, 3, stride=stride, norm=True)
        net.convolve(outputs, 1, norm=True)
    left = (net.channels, net.height, net.width)
    if entered[0] != outputs or stride > 1:
        net.channels, net.height, net.width = entered
        net.convolve(outputs, 1, stride=stride, norm=True)
    net.channels, net.height, net.width = left


_Branch = tuple[tuple[int, ...], ...]
"""Convolutions of an Inception branch: channels, kernel, and where they differ the kernel's height,
the stride and whether the map shrinks at its edges."""


def _branches(net: Builder, branches: tuple[_Branch, ...], *, pooled: int = 0) -> None:
    """Parallel branches over one map, joined by their channels; a pooled input is one of them."""
    entered = (net.channels, net.height, net.width)
    joined, left = 0, entered
    for branch in branches:
        net.channels, net.height, net.width = entered
        for outputs, kernel, *rest in branch:
            height, stride, valid = (*rest, *(kernel, 1, 0)[len(rest) :])
            net.convolve(
                outputs,
                kernel,
                height=height,
                stride=stride,
                padding=0 if valid else None,
                norm=True,
            )
        joined += net.channels
        left = (net.channels, net.height, net.width)
    if pooled:
        joined += entered[0]
    net.channels, net.height, net.width = joined, left[1], left[2]


def _inception(name: str, pixels: int) -> VisionNetwork:
    net = Builder(pixels)
    net.convolve(32, 3, stride=2, padding=0, norm=True)
    net.convolve(32, 3, padding=0, norm=True)
    net.convolve(64, 3, norm=True)
    net.pool(3, stride=2)
    net.convolve(80, 1, norm=True)
    net.convolve(192, 3, padding=0, norm=True)
    net.pool(3, stride=2)
    for pooled in (32, 64, 64):
        _branches(
            net,
            (((64, 1),), ((48, 1), (64, 5)), ((64, 1), (96, 3), (96, 3)), ((pooled, 1),)),
        )
    _branches(net, (((384, 3, 3, 2, 1),), ((64, 1), (96, 3), (96, 3, 3, 2, 1))), pooled=1)
    for width in (128, 160, 160, 192):
        _branches(net, _sevens(width))
    _auxiliary(net)
    _branches(
        net,
        (((192, 1), (320, 3, 3, 2, 1)), ((192, 1), (192, 7, 1), (192, 1, 7), (192, 3, 3, 2, 1))),
        pooled=1,
    )
    for _ in range(2):
        _widest(net)
    net.pool_to(1)
    net.connect(CLASSES)
    return net.network(name)


def _sevens(width: int) -> tuple[_Branch, ...]:
    """Branches whose 7 x 7 kernels are split into rows and columns."""
    w = width
    return (
        ((192, 1),),
        ((w, 1), (w, 7, 1), (192, 1, 7)),
        ((w, 1), (w, 1, 7), (w, 7, 1), (w, 1, 7), (192, 7, 1)),
        ((192, 1),),
    )


def _widest(net: Builder) -> None:
    """The last blocks, two of whose branches fork once more at their ends."""
    entered = (net.channels, net.height, net.width)
    _branches(net, (((320, 1),), ((384, 1), (384, 3, 1)), ((448, 1), (384, 3), (384, 3, 1))))
    for inner in (384, 384):
        net.channels = inner
        net.convolve(384, 1, height=3, norm=True)
    net.channels, net.height, net.width = entered
    net.convolve(192, 1, norm=True)
    net.channels = 320 + 4 * 384 + 192


def _auxiliary(net: Builder) -> None:
    """The classifier half-way that only training uses."""
    entered = (net.channels, net.height, net.width)
    net.pool(5, stride=3, average=True)
    net.convolve(128, 1, norm=True)
    net.convolve(768, 5, padding=0, norm=True)
    net.pool_to(1)
    net.connect(CLASSES)
    net.channels, net.height, net.width = entered


def _vit(name: str, pixels: int) -> VisionNetwork:
    """Tokens are patches and one for the class; attention without stored scores."""
    figures = VITS[name]
    net = Builder(pixels)
    net.convolve(figures.hidden, figures.patch, stride=figures.patch, padding=0)
    tokens = net.height * net.width + 1
    width = tokens * figures.hidden
    net.add("tokens", "embedding", (tokens + 1) * figures.hidden, output=width, kept=width)
    for layer in range(figures.layers):
        _vit_layer(net, figures, tokens, layer)
    net.add("norm", "norm", 2 * figures.hidden, output=width, kept=2 * width)
    net.channels, net.height, net.width = figures.hidden, 1, 1
    net.connect(CLASSES)
    return net.network(name)


def _vit_layer(net: Builder, figures: VisionTransformer, tokens: int, layer: int) -> None:
    """One layer keeps both norms' inputs and outputs, q, k, v, their result, and its MLP twice."""
    hidden, ffn = figures.hidden, figures.ffn
    width, inner = tokens * hidden, tokens * ffn
    attention = linear_parameters(hidden, 3 * hidden) + linear_parameters(hidden, hidden)
    mlp = linear_parameters(hidden, ffn) + linear_parameters(ffn, hidden)
    for kind, parameters, kept in (
        ("attention", attention + 2 * hidden, 6 * width),
        ("mlp", mlp + 2 * hidden, 2 * width + 2 * inner),
    ):
        net.add(f"{kind} {layer + 1}", kind, parameters, output=width, kept=kept)


_Family = tuple[frozenset[str], Callable[[str, int], VisionNetwork], int]

_FAMILIES: tuple[_Family, ...] = (
    (frozenset({"alexnet"}), _alexnet, 224),
    (frozenset(VGG_BLOCKS), _vgg, 224),
    (frozenset(RESNET_BLOCKS), _resnet, 224),
    (frozenset({"inception-v3"}), _inception, 299),
    (frozenset(VITS), _vit, 224),
)
"""Names, what builds them, and the side of the images that they were published with."""
