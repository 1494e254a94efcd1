"""The map as a picture: valid, self-contained, escaped, and readable without colour."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from generator.report.map_svg import map_svg
from tests.report.drawn import EVERY_KIND, MIXED, drawn, gpu, host, part

SVG = "{http://www.w3.org/2000/svg}"


def parsed(text: str) -> ET.Element:
    """The picture as XML; what is written here is trusted."""
    return ET.fromstring(text)


def test_a_picture_says_what_it_shows() -> None:
    """A title, a description with the sums, and a title per slice."""
    root = parsed(map_svg(drawn(host("esx-01", MIXED)), title="acme"))
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == "GPUs of acme"
    assert "framebuffer: 50 of 80 GiB allocated" in str(root.findtext(f"{SVG}desc"))
    assert [group.findtext(f"{SVG}title") for group in root.iter(f"{SVG}g")] == [
        "esx-01/gpu0, rag (prod)-0: 4-40c, 0 to 4 of 8 placement unit",
        "esx-01/gpu0, free, 4 to 6 of 8 placement unit",
        "esx-01/gpu0, legacy-0: 1-10c, 6 to 7 of 8 placement unit",
        "esx-01/gpu0, stranded: no profile of the plan fits, 7 to 8 of 8 placement unit",
    ]


def test_slices_have_their_true_proportions() -> None:
    """Four, two, one and one eighths of the same width, side by side."""
    root = parsed(map_svg(drawn(host("esx-01", MIXED)), title="acme"))
    boxes = [group.find(f"{SVG}rect") for group in root.iter(f"{SVG}g")]
    spans = [(float(b.get("x", 0)), float(b.get("width", 0))) for b in boxes if b is not None]
    left, whole = spans[0][0], sum(width for _, width in spans)
    eighths = [round((x - left) / whole * 8, 1) for x, _ in spans]
    assert eighths == [0, 4, 6, 7]


def test_no_kind_is_told_by_colour_alone() -> None:
    """What stands has a code; what does not is plain or hatched in a way of its own."""
    root = parsed(map_svg(drawn(host("esx-01", EVERY_KIND)), title="acme"))
    groups = list(root.iter(f"{SVG}g"))
    fills = [str(g.find(f"{SVG}rect").get("fill")) for g in groups]  # type: ignore[union-attr]
    labels = [g.findtext(f"{SVG}text") or "" for g in groups]
    assert [label[:1] for label in labels[:2]] == ["A", "B"]
    assert fills[2:] == ["url(#reserved)", "url(#held)", "#ffffff", "url(#stranded)"]
    patterns = {pattern.get("id") for pattern in root.iter(f"{SVG}pattern")}
    assert patterns == {"reserved", "held", "stranded"}
    assert "broken outline: runs today" in [node.text for node in root.iter(f"{SVG}text")]


def test_a_picture_needs_nothing_from_elsewhere() -> None:
    """No link, script, font or image."""
    text = map_svg(drawn(host("esx-01", EVERY_KIND)), title="acme")
    assert re.findall(r"https?:[^\"]*", text) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"href|<script|<image|@import|<foreignObject", text)


@given(st.text())
def test_names_are_escaped(name: str) -> None:
    """Whatever a document calls things."""
    evil = gpu(part("planned", 0, 8, name or "x"))
    root = parsed(map_svg(drawn(host(f'{name}<&">', evil, cluster=name)), title=name))
    assert {node.tag for node in root.iter()} == {
        f"{SVG}{tag}"
        for tag in ("svg", "title", "desc", "style", "defs", "pattern", "path", "circle", "rect",
                    "text", "g")
    }  # fmt: skip


def test_the_same_map_gives_the_same_bytes() -> None:
    """In any order of hosts."""
    hosts = [host(f"esx-{n}", MIXED, EVERY_KIND) for n in range(3)]
    assert map_svg(drawn(*hosts), title="a") == map_svg(drawn(*reversed(hosts)), title="a")


def test_a_picture_is_as_wide_as_a_page_and_as_tall_as_it_must_be() -> None:
    """A thousand equal hosts cost one drawing."""
    one = parsed(map_svg(drawn(host("esx-1", MIXED)), title="a"))
    many = parsed(map_svg(drawn(*(host(f"esx-{n}", MIXED) for n in range(1000))), title="a"))
    assert one.get("width") == many.get("width") == "190mm"
    assert one.get("viewBox") == many.get("viewBox")
