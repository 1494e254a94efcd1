"""Random strings through the escaping filters, and what independent readers make of them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from random import Random
from unicodedata import normalize

from ruamel.yaml import YAML

from generator.render.escape import hcl, yaml_block
from tests.tools import build

PIECES = (
    "${", "%{", "$${", "%%{", "}", '"', "'", "\\", "\n", "\r\n", "\t", "\x00", "\x1b", "\x7f",
    "\x85", "\u2028", "\ufeff", "{{", "}}", "{%", "#}", "EOT", "---", ": ", " #", "&", "*", "!",
    "|", ">", "null", "~", "1e3", "0x1", "e\u0301", "\u0344", "\U0001f600", "\u202e", "日本", " ",
)  # fmt: skip


def random_strings(count: int, seed: int = 1) -> list[str]:
    """Strings of dangerous pieces and random characters, never with a lone surrogate."""
    random = Random(seed)
    return [_string(random) for _ in range(count)]


def _string(random: Random) -> str:
    parts = []
    for _ in range(random.randint(0, 12)):
        if random.random() < 0.6:
            parts.append(random.choice(PIECES))
        else:
            code = random.choice([random.randrange(0x100), random.randrange(0x11_0000)])
            parts.append("" if 0xD800 <= code <= 0xDFFF else chr(code))
    return "".join(parts)


def expected(strings: Sequence[str]) -> list[str]:
    """What must come back: the normal form that documents are loaded in."""
    return [normalize("NFC", text) for text in strings]


def through_hcl(strings: Sequence[str], folder: Path) -> list[str]:
    """The strings written by the filter and read by HashiCorp's own parser, as one file."""
    lines = (f"s{n} = {hcl(text)}\n" for n, text in enumerate(expected(strings)))
    file = folder / "strings.tf"
    file.write_text("".join(lines), encoding="utf-8", newline="\n")
    reader = build.locate("hcl-reader")
    done = subprocess.run(
        [reader, "strings", file], capture_output=True, text=True, encoding="utf-8", check=True
    )
    read = json.loads(done.stdout)
    return [read[f"s{n}"] for n in range(len(strings))]


def through_yaml(strings: Sequence[str], folder: Path) -> list[str]:
    """The strings written by the filter and read by ruamel.yaml, as one file."""
    file = folder / "strings.yaml"
    texts = expected(strings)
    file.write_text(f"{yaml_block(texts, 0)}\n", encoding="utf-8", newline="\n")
    read: list[str] = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    return read
