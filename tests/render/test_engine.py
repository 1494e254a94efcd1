"""The template environment prints only what passed a filter."""

from __future__ import annotations

import pytest
from jinja2 import UndefinedError

from generator.render.engine import environment
from generator.render.escape import Escaped


def test_a_raw_value_is_refused() -> None:
    """A forgotten filter is an error in the first render."""
    with pytest.raises(TypeError, match="passed no escaping filter"):
        environment().from_string("{{ name }}").render(name="${x}")


def test_a_missing_value_is_refused() -> None:
    """Nothing is left blank."""
    with pytest.raises((UndefinedError, TypeError)):
        environment().from_string("{{ name | hcl }}").render()


def test_escaped_values_are_printed() -> None:
    """By a filter, or made so."""
    text = environment().from_string("{{ a | hcl }} {{ b }}").render(a="x", b=Escaped("y.z"))
    assert text == '"x" y.z'


def test_every_template_uses_only_known_filters_and_no_arithmetic() -> None:
    """Templates decide nothing: no operators, no comparisons, no conditions."""
    names = environment().list_templates(extensions=["j2"])
    sources = {n: environment().loader.get_source(environment(), n)[0] for n in names}  # type: ignore[union-attr]
    assert len(sources) >= 12
    conditional = [n for n, text in sources.items() if "{% if" in text or "{% set" in text]
    assert conditional == []
    # A script is one file for the person who runs it, and the house limit of a module holds.
    limits = {name: 300 if ".ps1" in name else 60 for name in sources}
    assert [n for n, text in sources.items() if len(text.splitlines()) > limits[n]] == []
