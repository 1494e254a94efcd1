"""Escaping: what goes in comes out, in each language, by somebody else's reader."""

from __future__ import annotations

import json
import unicodedata

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from generator.render.escape import comment, hcl, hcl_label, yaml_block, yaml_scalar

texts = st.text(max_size=40).filter(lambda t: not any("\ud800" <= c <= "\udfff" for c in t))
plain = st.recursive(
    st.booleans() | st.integers(-(2**40), 2**40) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", '"plain"'),
        ('say "hi"', '"say \\"hi\\""'),
        ("${file(1)}", '"\\u0024{file(1)}"'),
        ("$${x}", '"$\\u0024{x}"'),
        ("%{ if }", '"\\u0025{ if }"'),
        ("$5 and 10%", '"$5 and 10%"'),
        ("a\nb\x00\u2028", '"a\\nb\\u0000\\u2028"'),
        (True, "true"),
        (7, "7"),
        (("a", "b"), '["a", "b"]'),
    ],
)
def test_hcl_literals_hold_no_template(value: object, expected: str) -> None:
    """Interpolation and directives stay literal text."""
    assert hcl(value) == expected


@pytest.mark.parametrize("value", [None, 1.5, {"a": 1}, object()])
def test_values_without_a_literal_are_an_error(value: object) -> None:
    """A template that prints such a value is a defect."""
    with pytest.raises(TypeError):
        hcl(value)


@given(texts)
def test_a_yaml_scalar_is_read_back_as_it_was(text: str) -> None:
    """By two readers that did not write it."""
    written = yaml_scalar(text)
    assert YAML(typ="safe", pure=True).load(written) == text
    assert yaml.safe_load(written) == text


@given(plain)
def test_a_yaml_block_is_read_back_as_it_was(value: object) -> None:
    """Nested mappings and lists, whatever their keys are."""
    assert YAML(typ="safe", pure=True).load(str(yaml_block(value, 4))) == value


@given(st.lists(texts, unique=True, max_size=6))
def test_different_names_get_different_labels(names: list[str]) -> None:
    """And every label is an identifier of HCL."""
    labels = [hcl_label(name) for name in names]
    assert len(set(labels)) == len(names)
    assert all(label[0].isalpha() and label.replace("_", "a").isalnum() for label in labels)
    assert all(label.isascii() and label == label.lower() for label in labels)


@given(texts)
def test_a_comment_never_ends_its_line(text: str) -> None:
    """No line break of any kind gets through."""
    assert len(comment(text).splitlines()) <= 1


def test_the_filters_keep_text_in_its_normal_form() -> None:
    """Strings are NFC from the loader on; escaping does not decompose them."""
    assert json.loads(hcl(unicodedata.normalize("NFC", "e\u0301"))) == "\u00e9"
