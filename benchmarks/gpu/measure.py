"""Measures on one GPU what the engine predicts, and writes what a user calibrates with.

Usage: python benchmarks/gpu/measure.py --out DIR [--workload FILE ...] [--gpu ID] [--only TEXT]
Needs PyTorch and transformers. Weights are random and nothing is downloaded.

Without ``--workload`` the built-in cases run: training in full, with LoRA, with recompute on and
off, of CNNs and vision transformers; serving over batch and context. DIR gets

- ``observations.yaml``: an ``Observations`` document for ``--observations``,
- ``table.md``: predicted against measured,
- ``workloads/NAME.yaml``: each case as ``mlgen estimate`` takes it.

``--quick --device cpu`` runs a few tiny cases without a GPU: times only, for a check of the program
itself.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import torch
import transformers
from cases import Case, cases
from meter import Meter
from networks import NotBuilt
from predict import predictions
from results import Figure, observations, table

from generator.blueprint.bind import bind
from generator.blueprint.model.workloads import Workload
from generator.catalog import Catalog
from generator.sizing.estimate.inputs import Subject, subject
from generator.sizing.nonsense import Nonsense

ROOM_SHARE = 0.97
"""Share of the GPU's memory that a case may be predicted to need; others are not tried."""


def main() -> None:
    asked = _arguments()
    meter = Meter(asked.device)
    gpu = asked.gpu or meter.catalogue_id
    catalog = Catalog.builtin()
    figures: list[Figure] = []
    for case in _cases(asked):
        if asked.only not in case["name"]:
            continue
        placed = {**case, "accelerator": {"model": gpu}} if gpu else case
        start = time.perf_counter()
        torch.manual_seed(asked.seed)
        workload = bind(Workload, {"owner": "measure", "phase": _phase(case), **placed})
        try:
            figures += _measured(workload, meter, catalog, repeats=asked.repeats)
            print(f"{case['name']}: {time.perf_counter() - start:.1f} s", flush=True)
        except (NotBuilt, Nonsense) as why:
            print(f"{case['name']}: left out: {why}", flush=True)
        except torch.OutOfMemoryError:
            print(f"{case['name']}: left out: it ran out of memory", flush=True)
        meter.settle()
        _write(asked.out, placed, figures, meter)
    print(table(figures))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("out/measured"))
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--gpu", help="its row of the catalogue; default: by the device's name")
    parser.add_argument("--workload", type=Path, nargs="*", default=[])
    parser.add_argument("--only", default="", help="cases whose name holds this text")
    parser.add_argument("--quick", action="store_true", help="a few tiny cases")
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def _cases(asked: argparse.Namespace) -> list[Case]:
    return [_own(path) for path in asked.workload] or cases(quick=asked.quick)


def _own(path: Path) -> Case:
    """A workload of the user's, as ``mlgen estimate`` takes it."""
    from generator.blueprint.read import read_workload
    from generator.source import read

    (document,) = read(path)
    read_workload(document)  # refuses what is no workload
    case = json.loads(json.dumps(document.root))
    gpu = case.pop("gpu", None)
    if isinstance(gpu, str):
        case["accelerator"] = {"model": gpu}
    if "serving" in case:
        case["serving"].setdefault("mode", "service")
    return {"name": path.stem, **case}


def _phase(case: Mapping[str, Any]) -> str:
    return "serving" if "serving" in case else "training"


def _measured(
    workload: Workload, meter: Meter, catalog: Catalog, *, repeats: int
) -> Iterator[Figure]:
    """Every figure of one case, with the engine's beside it."""
    about = subject(workload, catalog)
    known, note = predictions(workload, about, catalog)
    _fits(known, meter)
    if note:
        print(f"{workload.name}: {note}", flush=True)
    for figure in _program(workload, about, meter, repeats):
        yield replace(figure, predicted=known.get(figure.name))


def _program(workload: Workload, about: Subject, meter: Meter, repeats: int) -> Iterator[Figure]:
    if (about.gpus or 1) > 1:
        raise NotBuilt("one GPU is measured, the workload asks for more")
    if workload.serving is not None:
        from serve import serving

        return serving(workload, about, meter, repeats=repeats)
    if workload.train is None:
        raise NotBuilt("neither train nor serving is stated")
    from train import training

    return training(workload, about, meter, repeats=repeats)


def _fits(known: Mapping[str, float], meter: Meter) -> None:
    room, needed = meter.memory_bytes, known.get("total")
    if room is not None and needed is not None and needed > ROOM_SHARE * room:
        raise NotBuilt(f"{needed / 2**30:.1f} GiB are predicted, {room / 2**30:.1f} GiB are there")


def _write(out: Path, case: Mapping[str, Any], figures: list[Figure], meter: Meter) -> None:
    """Writes all that is known so far: a run that is stopped leaves what it had."""
    folder = out / "workloads"
    folder.mkdir(parents=True, exist_ok=True)
    source = f"measure.py on {meter.name}, torch {torch.__version__}"
    source += f", transformers {transformers.__version__}"
    text = json.dumps(dict(case), indent=2) + "\n"
    (folder / f"{case['name']}.yaml").write_text(text, encoding="utf-8")
    document = observations(figures, name="measured", source=source)
    (out / "observations.yaml").write_text(document, encoding="utf-8")
    (out / "table.md").write_text(f"Measured by {source}.\n\n{table(figures)}", encoding="utf-8")


if __name__ == "__main__":
    main()
