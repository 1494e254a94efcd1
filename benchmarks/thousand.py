"""A thousand different platforms in one process, against a floor program of the same run.

The floor does what cannot be left out: it parses the same documents by events, validates them with
``jsonschema`` (validators built once), renders the same number of bytes through Jinja (templates
built once) and writes the same files. Both write to a memory file system where there is one.

Usage: python benchmarks/thousand.py [--count 1000]. Prints seconds, the ratio, files and memory.
"""

from __future__ import annotations

import argparse
import gc
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


Sizes = list[tuple[str, int]]


def ours(file: Path, folder: Path) -> tuple[float, Sizes]:
    """Seconds from the files of a platform to its output, and what was written."""
    start = time.perf_counter()
    (result,) = render(load([file]))
    write(folder, result.files)
    seconds = time.perf_counter() - start
    return seconds, [(f.path, len(f.text.encode())) for f in result.files]


def floor_program() -> Callable[[Path, Path, Sizes, dict[Path, dict[str, str]]], float]:
    """The floor, with its validators and its template built."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    validators = {
        kind: Draft202012Validator(schema(kind)) for kind in ("PlatformBlueprint", "SiteInventory")
    }
    template = Environment(autoescape=False).from_string("{{ text }}")

    def run(file: Path, folder: Path, sizes: Sizes, contents: dict[Path, dict[str, str]]) -> float:
        start = time.perf_counter()
        for document in (file, file.with_suffix(".site.yaml")):
            text = document.read_text(encoding="utf-8")
            for _ in yaml.parse(text, Loader=loader):
                pass
            content = contents[document]
            errors = list(validators[content["kind"]].iter_errors(content))
            if errors:
                raise SystemExit(f"{document}: {errors[0].message}")
        made: set[Path] = set()
        for path, size in sizes:
            target = folder / path
            if target.parent not in made:
                target.parent.mkdir(parents=True, exist_ok=True)
                made.add(target.parent)
            target.write_bytes(template.render(text="x" * size).encode())
        return time.perf_counter() - start

    return run


def main() -> None:
    """Takes both in turn, platform by platform, and prints the figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--count", type=int, default=1000)
    count = arguments.parse_args().count
    base = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
    run = floor_program()
    seconds = floor = after_first = 0.0
    files: list[int] = []
    code: list[int] = []
    distinct: set[int] = set()
    for seed in range(count):
        name, *texts = platform(seed)
        file = base / "in" / name / f"{name}.yaml"
        file.parent.mkdir(parents=True)
        documents = (file, file.with_suffix(".site.yaml"))
        for document, text in zip(documents, texts, strict=True):
            document.write_text(text, encoding="utf-8")
        contents = {d: yaml.safe_load(d.read_text(encoding="utf-8")) for d in documents}
        taken, sizes = ours(file, base / "out" / name)
        seconds += taken
        floor += run(file, base / "floor" / name, sizes, contents)
        files.append(len(sizes))
        code.append(sum(path.endswith(CODE) for path, _ in sizes))
        distinct.add(hash(tuple(sizes)))
        if seed + 1 == CHECKPOINT:
            gc.collect()
            after_first = resident_mib()
    gc.collect()
    growth = resident_mib() - after_first
    print(f"platforms            {count} ({len(distinct)} with different files)")
    print(f"files per platform   {min(files)} to {max(files)}, of which {min(code)}+ .tf or .yaml")
    print(f"mlgen                {seconds:.2f} s, {seconds / count * 1000:.1f} ms each")
    print(f"floor                {floor:.2f} s, {floor / count * 1000:.1f} ms each")
    print(f"ratio                {seconds / floor:.2f}")
    print(f"memory               {growth:+.1f} MiB from platform {CHECKPOINT} to {count}")
    shutil.rmtree(base)


if __name__ == "__main__":
    main()
