"""A Terraform plan, read from a file and judged before it is applied."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from json import loads
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from generator.finding import CannotRun

if TYPE_CHECKING:
    from generator.blueprint.model.blueprint import Waiver
    from generator.guard import Verdict

MOST_BYTES = 256 * 1024 * 1024
"""The largest file that is read; a Terraform plan of 10,000 resources has a tenth of it."""

PLAN_FILE = "plan.json"


def guard(
    plan: Path | str,
    *,
    as_of: str,
    blueprints: Sequence[Path | str] = (),
    waivers: Sequence[Path | str] = (),
    platforms: Sequence[Path | str] = (),
    change_id: str | None = None,
) -> Verdict:
    """The verdict about a plan that ``terraform show -json`` printed; ``-`` is standard input.

    ``blueprints`` and ``waivers`` are files with waivers, ``platforms`` are plans of mlgen or the
    folders that hold them: they say which nodes and GPUs a change reaches. ``as_of`` is the day
    (ISO 8601) that waivers are judged by.

    Raises:
        CannotRun: where a file cannot be read, is of another shape, or cannot be judged.
        Refused: with every finding about a file of waivers.
    """
    from generator.guard import judge, read_holdings, read_planned

    try:
        changes = _told(plan, read_planned, _tree(plan))
        holdings = read_holdings([_platform(Path(path)) for path in platforms])
        return judge(
            changes,
            as_of=as_of,
            waivers=_waivers(blueprints, waivers),
            holdings=holdings,
            change_id=change_id,
        )
    except RecursionError as error:
        raise CannotRun(f"{plan} is nested too deeply") from error


def _told(path: Path | str, read: Any, tree: object) -> Any:
    """What ``read`` makes of a tree; what it refuses is told with the file's name."""
    try:
        return read(tree)
    except CannotRun as error:
        raise CannotRun(f"{path}: {error}") from error


def _tree(path: Path | str) -> object:
    """A JSON file's value. A key that stands twice would hide what the first one says.

    Raises:
        CannotRun: where the file is too large, cannot be read, or is no JSON.
    """
    try:
        content = _content(path)
        return loads(content, object_pairs_hook=_distinct, parse_constant=_no_number)
    except FileNotFoundError as error:
        made = "terraform show -json plan.bin prints one of what terraform plan -out plan.bin kept"
        raise CannotRun(f"{path}: {error.strerror}; {made}") from error
    except OSError as error:
        raise CannotRun(f"{path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise CannotRun(f"{path} is no JSON that can be judged: {error}") from error


def _content(path: Path | str) -> bytes:
    if str(path) == "-":
        content = sys.stdin.buffer.read(MOST_BYTES + 1)
    else:
        with Path(path).open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise CannotRun(f"{path} is larger than a plan can be")
    return content


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return made


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def _platform(path: Path) -> object:
    return _tree(path / PLAN_FILE if path.is_dir() else path)


def _waivers(blueprints: Sequence[Path | str], files: Sequence[Path | str]) -> list[Waiver]:
    """The waivers of blueprints, with their bases, and of files that hold nothing else."""
    from generator.blueprint.read import read_blueprint, read_waivers
    from generator.source import read

    found: list[Waiver] = []
    for path in blueprints:
        documents = [one for one in read(path) if one.root.get("kind") == "PlatformBlueprint"]
        if not documents:
            raise CannotRun(f"no PlatformBlueprint in {path}")
        for document in documents:
            found += read_blueprint(document).waivers
    for path in files:
        for document in read(path):
            found += read_waivers(document)
    return found
