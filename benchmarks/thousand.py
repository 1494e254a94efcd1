"""A thousand different platforms in one process, against a floor program of the same run.

The floor does what cannot be left out: it parses the same documents by events, validates them with
``jsonschema`` (validators built once), renders the same number of bytes through Jinja (templates
built once) and writes the same files. Both write to a memory file system where there is one.

Usage: python benchmarks/thousand.py [--count 1000]. Prints seconds, the ratio, files and memory.
"""

from __future__ import annotations

import argparse
import gc
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import yaml
from jinja2 import Environment
from jsonschema import Draft202012Validator
from platforms import platform

from generator.api import load, render
from generator.blueprint.schema import schema
from generator.render.output import write

MEMORY = Path("/dev/shm")
CHECKPOINT = 100
CODE = (".tf", ".yaml")


def resident_mib() -> float:
    """This process's resident memory now."""
    with Path("/proc/self/statm").open(encoding="ascii") as stream:
        return int(stream.read().split()[1]) * 4096 / (1 << 20)


def ours(
    documents: list[tuple[str, Path]], out: Path
) -> tuple[float, float, list[list[tuple[str, str]]]]:
    """Seconds, growth of memory in MiB after the first hundred, and what was written."""
    rendered: list[list[tuple[str, str]]] = []
    after_first = 0.0
    total = 0.0
    for index, (name, file) in enumerate(documents):
        start = time.perf_counter()
        (result,) = render(load([file]))
        write(out / name, result.files)
        total += time.perf_counter() - start
        rendered.append([(f.path, str(len(f.text.encode()))) for f in result.files])
        if index + 1 == CHECKPOINT:
            gc.collect()
            after_first = resident_mib()
    gc.collect()
    return total, resident_mib() - after_first, rendered


def floor_program() -> Callable[[Path, Path, list[tuple[str, str]]], None]:
    """The floor, with its validators and its template built."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    validators = {
        kind: Draft202012Validator(schema(kind)) for kind in ("PlatformBlueprint", "SiteInventory")
    }
    template = Environment(autoescape=False).from_string("{{ text }}")

    def run(file: Path, folder: Path, sizes: list[tuple[str, str]]) -> None:
        for document in (file, file.with_suffix(".site.yaml")):
            text = document.read_text(encoding="utf-8")
            for _ in yaml.parse(text, Loader=loader):
                pass
            content = CONTENT[document]
            errors = list(validators[content["kind"]].iter_errors(content))
            if errors:
                raise SystemExit(f"{document}: {errors[0].message}")
        made: set[Path] = set()
        for path, size in sizes:
            target = folder / path
            if target.parent not in made:
                target.parent.mkdir(parents=True, exist_ok=True)
                made.add(target.parent)
            target.write_bytes(template.render(text="x" * int(size)).encode())

    return run


CONTENT: dict[Path, dict[str, str]] = {}


def main() -> None:
    """Prints the figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--count", type=int, default=1000)
    count = arguments.parse_args().count
    base = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
    documents = []
    for seed in range(count):
        name, blueprint, site = platform(seed)
        folder = base / "in" / name
        folder.mkdir(parents=True)
        file = folder / f"{name}.yaml"
        file.write_text(blueprint, encoding="utf-8")
        file.with_suffix(".site.yaml").write_text(site, encoding="utf-8")
        for document in (file, file.with_suffix(".site.yaml")):
            CONTENT[document] = yaml.safe_load(document.read_text(encoding="utf-8"))
        documents.append((name, file))
    seconds, growth, rendered = ours(documents, base / "out")
    run = floor_program()
    start = time.perf_counter()
    for (name, file), sizes in zip(documents, rendered, strict=True):
        run(file, base / "floor" / name, sizes)
    floor = time.perf_counter() - start
    files = [len(sizes) for sizes in rendered]
    code = [sum(path.endswith(CODE) for path, _ in sizes) for sizes in rendered]
    distinct = len({json.dumps(sizes) for sizes in rendered})
    print(f"platforms            {count} ({distinct} with different files)")
    print(f"files per platform   {min(files)} to {max(files)}, of which {min(code)}+ .tf or .yaml")
    print(f"mlgen                {seconds:.2f} s, {seconds / count * 1000:.1f} ms each")
    print(f"floor                {floor:.2f} s, {floor / count * 1000:.1f} ms each")
    print(f"ratio                {seconds / floor:.2f}")
    print(f"memory               {growth:+.1f} MiB from platform {CHECKPOINT} to {count}")
    shutil.rmtree(base)


if __name__ == "__main__":
    main()
