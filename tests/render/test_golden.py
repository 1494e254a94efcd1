"""The rendered example, file by file; ``--update-golden`` rewrites it."""

from __future__ import annotations

import shutil
from pathlib import Path

from generator.api import load, render

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "acme-ml"


def test_the_example_renders_to_its_golden_tree(update_golden: bool) -> None:
    """Every file and every byte."""
    (result,) = render(load([ROOT / "blueprints" / "acme-ml.yaml"]))
    rendered = {file.path: file.text for file in result.files}
    write(rendered if update_golden else {})
    assert rendered == {
        path.relative_to(GOLDEN).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(GOLDEN.rglob("*"))
        if path.is_file()
    }


def write(rendered: dict[str, str]) -> None:
    """Replaces the golden tree; nothing where there is nothing to write."""
    if rendered:
        shutil.rmtree(GOLDEN, ignore_errors=True)
    for path, text in rendered.items():
        (GOLDEN / path).parent.mkdir(parents=True, exist_ok=True)
        (GOLDEN / path).write_text(text, encoding="utf-8", newline="\n")


def test_order_that_says_nothing_changes_nothing(tmp_path: Path) -> None:
    """The blueprint with its keys and named lists reversed renders to the same bytes."""
    import json

    import yaml

    def reverse(node: object, key: str = "") -> object:
        if isinstance(node, dict):
            return {k: reverse(v, k) for k, v in reversed(node.items())}
        if isinstance(node, list):
            named = all(isinstance(item, dict) and "name" in item for item in node)
            items = [reverse(item) for item in node]
            return items[::-1] if named and key != "steps" else items
        return node

    for name in ("acme-ml.yaml", "acme-ams1.site.yaml"):
        content = yaml.safe_load((ROOT / "blueprints" / name).read_text(encoding="utf-8"))
        (tmp_path / name).write_text(json.dumps(reverse(content), default=str), encoding="utf-8")
    (straight,) = render(load([ROOT / "blueprints" / "acme-ml.yaml"]))
    (reversed_,) = render(load([tmp_path / "acme-ml.yaml"]))
    assert reversed_.files == straight.files
