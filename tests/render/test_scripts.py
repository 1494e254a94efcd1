"""PowerShell and Markdown: what is written is what independent readers see."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from generator.render import TARGETS
from generator.render.escape import comment, html, markdown, powershell, python
from tests.example import desired
from tests.render.escaping import expected, random_strings
from tests.render.powershell import assigned_texts, faults, parsed

STRINGS = expected(random_strings(5000))
SCRIPTS = sorted(
    (file.path, file.text)
    for target in TARGETS
    for file in target(desired())
    if file.path.endswith(".ps1")
)


@pytest.mark.parametrize(("path", "text"), SCRIPTS, ids=[path for path, _ in SCRIPTS])
def test_every_script_parses_by_an_independent_grammar(path: str, text: str) -> None:
    assert text.startswith(("#", "<#")), path
    assert faults(parsed(text)) == []


def test_storage_and_gpus_have_a_script() -> None:
    assert [
        path.partition("/")[2] for path, _ in SCRIPTS if "/storage/" in path or "/gpu/" in path
    ] == [
        "gpu/apply.ps1",
        "storage/policies.ps1",
    ]


def test_powershell_reads_5000_strings_back() -> None:
    tree = parsed("".join(f"$s = {powershell(text)}\n" for text in STRINGS))
    assert faults(tree) == []
    assert assigned_texts(tree) == STRINGS


def test_python_reads_5000_strings_back() -> None:
    import ast

    assert ast.literal_eval(python(STRINGS)) == STRINGS


def test_markdown_reads_5000_strings_back() -> None:
    """As text and nothing else; control characters are blanks, as in a comment."""
    lines = [f"x {markdown(text)} x" for text in STRINGS]
    inline = [t for t in MarkdownIt("commonmark").parse("\n\n".join(lines)) if t.type == "inline"]
    children = [child for token in inline for child in token.children or ()]
    assert {child.type for child in children} == {"text"}
    read = ["".join(child.content for child in token.children or ()) for token in inline]
    assert read == [f"x {comment(text)} x" for text in STRINGS]


class Read(HTMLParser):
    """The texts and the titles of cells, and whatever else a page holds."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.titles: list[str | None] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A cell begins."""
        self.tags.add(tag)
        self.titles += [value for name, value in attrs if name == "title"]
        self.texts.append("")

    def handle_data(self, data: str) -> None:
        """A part of a cell's text."""
        self.texts[-1] += data


def test_html_reads_5000_strings_back() -> None:
    """In an element and in a quoted attribute; control characters are blanks."""
    page = Read()
    page.feed("".join(f'<p title="{html(text)}">{html(text)}</p>' for text in STRINGS))
    page.close()
    assert page.tags == {"p"}
    assert page.texts == page.titles == [comment(text) for text in STRINGS]
