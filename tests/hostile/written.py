"""Hostile inputs by hand: bombs, injections, odd names, and things in the way of the output."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = (ROOT / "blueprints" / "acme-ml.yaml").read_text(encoding="utf-8")
SITE = (ROOT / "blueprints" / "acme-ams1.site.yaml").read_text(encoding="utf-8")

Obstruct = Callable[[Path], None]


def nothing(out: Path) -> None:
    """Puts nothing in the way."""


class Hostile(NamedTuple):
    """An input: the blueprint's bytes, the site's bytes, and what is done to the output first."""

    name: str
    blueprint: bytes
    site: bytes = SITE.encode()
    obstruct: Obstruct = nothing


def blueprint() -> dict[str, Any]:
    """A fresh copy of the example."""
    copy: dict[str, Any] = yaml.safe_load(EXAMPLE)
    return copy


def site() -> dict[str, Any]:
    """A fresh copy of the site."""
    copy: dict[str, Any] = yaml.safe_load(SITE)
    return copy


def as_yaml(content: object) -> bytes:
    """JSON is YAML, and hides nothing of a string."""
    return json.dumps(content, default=str).encode()


def bombs() -> Iterator[Hostile]:
    """Depth, width, size, repetition."""
    head = b"apiVersion: mlgen/v1alpha1\nkind: PlatformBlueprint\n"
    for depth in (65, 1_000, 30_000, 200_000):
        yield Hostile(f"brackets-{depth}", b"a: " + b"[" * depth + b"]" * depth)
        yield Hostile(f"braces-{depth}", b"{a: " * depth + b"1" + b"}" * depth)
        yield Hostile(f"dashes-{depth}", b"a:\n  " + b"- " * depth + b"1")
        yield Hostile(f"open-{depth}", b"[" * depth)
    for size in (1 << 20, 4 << 20, (4 << 20) + 1, 8 << 20):
        yield Hostile(f"scalar-{size}", head + b"x: " + b"a" * size)
        yield Hostile(f"quoted-{size}", head + b'x: "' + b"\\x41" * (size // 4) + b'"')
        yield Hostile(f"comment-{size}", b"#" * size)
        yield Hostile(f"spaces-{size}", b" " * size)
        yield Hostile(f"lines-{size}", b"\n" * size)
        yield Hostile(f"keys-{size}", b"".join(b"k%d: 1\n" % n for n in range(size // 9)))
        yield Hostile(f"list-{size}", b"a: [" + b"1," * (size // 2) + b"1]")
        yield Hostile(f"documents-{size}", b"---\na: 1\n" * (size // 9))
        yield Hostile(f"duplicates-{size}", b"a: 1\n" * (size // 5))
    laughs = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
        b"%c: &%c [%s]\n" % (c, c, b",".join([b"*%c" % (c - 1)] * 9)) for c in b"bcdefghi"
    )
    yield Hostile("laughs", laughs)
    yield Hostile("self-reference", b"a: &a [*a]")
    yield Hostile("digits", head + b"x: " + b"9" * (1 << 20))
    yield Hostile("exponent", head + b"x: 1e999999999")
    yield Hostile("long-key", b"k" * (1 << 20) + b": 1")
    yield Hostile("complex-keys", b"? " * 5_000 + b"a")
    yield Hostile("python-tag", b"a: !!python/object/apply:os.system [id]")
    yield Hostile("directives", b"%TAG ! tag:x,2000:\n" * 10_000 + b"---\na: 1")


INJECTIONS = (
    '${file("/etc/hostname")}',
    "$${x}",
    "$$${x}",
    "%{ for a in b }%{ endfor }",
    "%%{x}",
    "{{ 7 * 7 }}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{% endfor %}",
    '"} resource "x" "y" { a = "',
    "'; rm -rf / #",
    "`id`",
    "$(id)",
    "a\nb: c\n---\nkind: Secret",
    "EOT\nx\nEOT",
    "\\",
    '\\"',
    "\x00",
    "\x1b[31mred\x1b[0m",
    "\u202e txt.exe",
    "\u2028\u2029",
    "\ufeff",
    "e\u0301",
    "\U0001f600",
    "null",
    "no",
    "1e3",
    ": #",
    "&a *a !b",
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "%0a%0d",
)


def injections() -> Iterator[Hostile]:
    """Each string in free text, and each in every free text at once."""
    for index, text in enumerate(INJECTIONS):
        content = blueprint()
        for workload in content["workloads"]:
            workload["goal"] = text
        content["metadata"]["description"] = text
        content["development_environment"]["parity"]["exceptions"][0]["reason"] = text
        yield Hostile(f"goal-{index}", as_yaml(content))
        facts = site()
        facts["metadata"]["owner"] = text
        facts["libraries"][0]["name"] = text
        facts["datacenters"][0]["name"] = text
        facts["clusters"][0]["datacenter"] = text
        facts["datastores"][1]["tags"][0]["tag"] = text
        yield Hostile(f"site-{index}", as_yaml(blueprint()), as_yaml(facts))


NAMES = (
    "",
    ".",
    "..",
    "../../etc/passwd",
    "/etc/passwd",
    "a/b",
    "a\\b",
    "C:\\x",
    "con",
    "aux",
    "nul",
    "lpt1",
    "A",
    "-a",
    "a-",
    "a--b",
    "x" * 63,
    "x" * 64,
    "x" * 300,
    " ",
    "a b",
    "a\nb",
    "é",
    "\u0430cme",
    "日本",
    "__proto__",
    "1",
    "0x10",
    "true",
    "~",
    "a.b",
    "plan.json",
    "manifest.json",
)


def odd_names() -> Iterator[Hostile]:
    """The platform, a team, an environment and a vCenter of that name."""
    for index, name in enumerate(NAMES):
        content = blueprint()
        content["metadata"]["name"] = name
        yield Hostile(f"platform-{index}", as_yaml(content))
        text = as_yaml(blueprint()).replace(b'"ml-eng"', json.dumps(name).encode())
        yield Hostile(f"team-{index}", text)
        content = blueprint()
        content["environments"][name] = content["environments"].pop("dev")
        yield Hostile(f"environment-{index}", as_yaml(content))
        facts = as_yaml(site()).replace(b'"vc-ams1"', json.dumps(name).encode())
        yield Hostile(f"vcenter-{index}", as_yaml(blueprint()), facts)


def in_the_way() -> Iterator[Hostile]:
    """Links, folders, pipes and foreign files where output must go."""

    def put(path: str, make: Callable[[Path], None]) -> Obstruct:
        def obstruct(out: Path) -> None:
            target = out / path
            target.parent.mkdir(parents=True, exist_ok=True)
            make(target)

        return obstruct

    makers: dict[str, Callable[[Path], None]] = {
        "link": lambda path: path.symlink_to(path.parent / "elsewhere"),
        "link-out": lambda path: path.symlink_to("/tmp"),
        "folder": lambda path: path.mkdir(),
        "file": _write,
        "pipe": os.mkfifo,
    }
    places = (
        "acme-ml",
        "acme-ml/manifest.json",
        "acme-ml/plan.json",
        "acme-ml/vc-ams1",
        "acme-ml/vc-ams1/10-foundation/tags.tf",
        "acme-ml/dev/tanzu/kustomization.yaml",
    )
    for place in places:
        for name, make in makers.items():
            yield Hostile(f"{name}-at-{place}", EXAMPLE.encode(), obstruct=put(place, make))


def _write(path: Path) -> None:
    path.write_text("precious", encoding="utf-8")


def written() -> list[Hostile]:
    """All of them."""
    return [*bombs(), *injections(), *odd_names(), *in_the_way()]
