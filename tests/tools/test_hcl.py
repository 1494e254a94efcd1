"""The HCL reader gives back what a file says, and refuses what is no plain text."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools import hcl

pytestmark = pytest.mark.tools


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "main.tf"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r'"plain"', "plain"),
        (r'"a\"b\\c\nd\te"', 'a"b\\c\nd\te'),
        (r'"$${x} %%{y} $ % {"', "${x} %{y} $ % {"),
        (r'"\u00e9\U0001F600"', "é\U0001f600"),
        ('"e\u0301"', "é"),
        ('"{{ x }} # // /* <<EOT"', "{{ x }} # // /* <<EOT"),
    ],
)
def test_a_string_is_read_as_it_is_meant(file: Path, written: str, meant: str) -> None:
    file.write_text(f"a = {written}\nlocals {{\n  b = {written}\n}}\n", "utf-8")
    assert hcl.read_strings(file) == {"a": meant, "b": meant}


@pytest.mark.parametrize(
    "text", ['a = "${var.x}"', 'a = upper("x")', "a = 1", "a = null", 'b "c" {}']
)
def test_what_is_no_plain_string_is_refused(file: Path, text: str) -> None:
    file.write_text(text + "\n", "utf-8")
    with pytest.raises(hcl.HclError):
        hcl.read_strings(file)


def test_a_broken_file_is_refused_with_its_place(file: Path) -> None:
    file.write_text('a = "open\n', "utf-8")
    with pytest.raises(hcl.HclError, match=r"main\.tf:1"):
        hcl.read_blocks([file])


def test_blocks_keep_labels_values_and_references(file: Path) -> None:
    file.write_text(
        'resource "a" "b" {\n'
        '  text = "x"\n'
        '  list = [data.c.d.id, "y"]\n'
        "  map  = { k = 1 }\n"
        "  lifecycle {\n"
        "    prevent_destroy = true\n"
        "  }\n"
        "}\n",
        "utf-8",
    )
    (block,) = hcl.read_blocks([file])[str(file)]["blocks"]
    attributes = block["attributes"]
    assert (block["type"], block["labels"], block["line"]) == ("resource", ["a", "b"], 1)
    assert attributes["text"]["value"] == "x"
    assert attributes["list"]["references"] == ["data.c.d.id"]
    assert [item["known"] for item in attributes["list"]["items"]] == [False, True]
    assert attributes["map"]["value"] == {"k": 1}
    assert block["blocks"][0]["attributes"]["prevent_destroy"]["value"] is True
