"""Brings what Terraform cannot say to one vCenter; without --apply it only shows what it would do.

    python apply/apply.py vc-ams1
    python apply/apply.py vc-ams1 --apply --change-id CHG0042
    python apply/apply.py vc-ams1 --rollback JOURNAL --apply --change-id CHG0043

It reads ``<vcenter>/supervisor/requests.json`` beside this folder. Exit: 0 all is as wanted, 1 it
stopped at something unexpected or was refused, 3 a dry run found changes to make.
"""

from __future__ import annotations

import sys

sys.dont_write_bytecode = True  # the folder holds what was rendered, and nothing else

import argparse  # noqa: E402
import contextlib  # noqa: E402
import datetime as dt  # noqa: E402
import json  # noqa: E402
import signal  # noqa: E402
from collections.abc import Callable, Iterator, Mapping, Sequence  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from access import Access  # noqa: E402
from claim import claimed  # noqa: E402
from direct_path import DirectPathProfile  # noqa: E402
from journal import Journal, entries, lock, state_folder  # noqa: E402
from matches import PolicyMatch, faults  # noqa: E402
from operations import KINDS  # noqa: E402
from policies import StoragePolicy  # noqa: E402
from session import Surprise, Vcenter  # noqa: E402
from shares import NamespaceShare  # noqa: E402
from windows import objection  # noqa: E402
from wishes import Operation, Wish  # noqa: E402

PENDING = 3
WRITTEN_KINDS: dict[str, Callable[[Any, Any], Operation]] = KINDS | {
    "access": Access,
    "direct-path-profile": DirectPathProfile,
    "namespace-share": NamespaceShare,
    "storage-policy": StoragePolicy,
}
ALL_KINDS: dict[str, Callable[[Any, Any], Wish]] = {**WRITTEN_KINDS, "policy-match": PolicyMatch}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the script and returns its exit status."""
    options = _options(arguments)
    signal.signal(signal.SIGTERM, _end)
    folder = Path(__file__).resolve().parents[1] / options.vcenter / "supervisor"
    try:
        wanted = json.loads((folder / "requests.json").read_text("utf-8"))
        with Vcenter() as vcenter:
            _same_vcenter(wanted, vcenter)
            with lock(state_folder(vcenter.instance_uuid())):
                if options.rollback is not None:
                    return _roll_back(options, wanted, vcenter)
                return _bring_about(options, wanted, folder, vcenter)
    except (Surprise, OSError, ValueError) as stopped:
        print(f"stopped: {stopped}", file=sys.stderr)
        return 1


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("vcenter", help="the folder of the vCenter")
    parser.add_argument("--apply", action="store_true", help="write; else only show")
    parser.add_argument(
        "--only", action="append", choices=sorted(ALL_KINDS), help="kinds to handle"
    )
    parser.add_argument("--max-changes", type=int, default=25, help="refuse more than this many")
    parser.add_argument("--change-id", default="", help="the change that allows it at this time")
    parser.add_argument(
        "--break-lock", action="store_true", help="take the lock of a dead run away"
    )
    parser.add_argument("--rollback", type=Path, metavar="JOURNAL", help="take that run back")
    return parser.parse_args(arguments)


def _end(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)  # unwinds, so that sessions and journal are closed


def _same_vcenter(wanted: dict[str, Any], vcenter: Vcenter) -> None:
    stated, found = wanted["vcenter"]["instance_uuid"], vcenter.instance_uuid()
    if not stated:
        raise Surprise("the inventory states no instance_uuid: this may be any vCenter")
    if stated.lower() != found.lower():
        raise Surprise(f"{vcenter.server} is the vCenter {found}, the inventory means {stated}")


def _wishes(options: argparse.Namespace, wanted: dict[str, Any], folder: Path) -> list[Wish]:
    """The storage policies beside the requests, then the requests, of the chosen kinds."""
    found: list[Wish] = []
    for path in sorted((folder.parent / "storage" / "policies").glob("*.json")):
        body = json.loads(path.read_text("utf-8"))
        about = {"kind": "storage-policy", "name": body["name"]}
        found.append(StoragePolicy(about | {"reach": wanted["vcenter"]["reach"]}, body))
    for each in wanted["requests"]:
        body = json.loads((folder / each["body"]).read_text("utf-8"))
        found.append(ALL_KINDS[each["kind"]](each, body))
    return [each for each in found if each.request["kind"] in (options.only or ALL_KINDS)]


def _bring_about(
    options: argparse.Namespace, wanted: dict[str, Any], folder: Path, vcenter: Vcenter
) -> int:
    wishes = _wishes(options, wanted, folder)
    missing = [fault for each in wishes for fault in each.check(vcenter)]
    if missing:
        raise Surprise("; ".join(dict.fromkeys(missing)))
    changes = list(_changes(wishes, vcenter))
    print(f"{len(changes)} of {len(wishes)} to change")
    if not options.apply or not changes:
        wrong = _wrong(wishes, vcenter)
        if wrong and not changes:
            raise Surprise("; ".join(wrong))
        for fault in wrong:
            print(f"not yet: {fault}")
        return PENDING if changes else 0
    _may(options, wanted, [each.request for each, _ in changes])
    with _locked(options, wanted, vcenter):
        return _write(options, wanted, vcenter, changes, wishes)


def _changes(wishes: list[Wish], vcenter: Vcenter) -> Iterator[tuple[Operation, Any]]:
    """What is to be written, with what is there now."""
    for each in wishes:
        if isinstance(each, Operation):
            before = each.read(vcenter)
            if each.wanted(before) != before:
                print(f"{'create' if before is None else 'change'} {each.label}")
                yield each, before


def _wrong(wishes: list[Wish], vcenter: Vcenter) -> list[str]:
    return [fault for each in faults(wishes, vcenter) for fault in each["faults"]]


def _locked(
    options: argparse.Namespace, wanted: dict[str, Any], vcenter: Vcenter
) -> contextlib.AbstractContextManager[None]:
    folder = state_folder(vcenter.instance_uuid())
    return claimed(vcenter, folder, wanted["release"], force=options.break_lock)


def _may(
    options: argparse.Namespace, wanted: dict[str, Any], requests: list[Mapping[str, Any]]
) -> None:
    """Refuses what is too much or at the wrong time."""
    if len(requests) > options.max_changes:
        raise Surprise(f"{len(requests)} changes are more than --max-changes {options.max_changes}")
    if options.change_id:
        return
    now = dt.datetime.now(dt.UTC)
    for each in requests:
        reason = objection(wanted["governance"], each["reach"], now)
        if reason:
            raise Surprise(f"{each['name']}: {reason}; --change-id overrides")


def _write(
    options: argparse.Namespace,
    wanted: dict[str, Any],
    vcenter: Vcenter,
    changes: list[tuple[Operation, Any]],
    wishes: list[Wish],
) -> int:
    journal = _journal(options, wanted, vcenter)
    try:
        for number, (each, seen) in enumerate(changes):
            before = each.read(vcenter)
            if before != seen:
                raise Surprise(f"{each.label} was changed by somebody else in between: run again")
            journal.write(
                "intent",
                number=number,
                request=each.request,
                body=each.body,
                before=before,
                wanted=each.wanted(before),
            )
            each.write(vcenter, before)
            after = each.read(vcenter)
            if after is None or each.wanted(after) != after:
                raise Surprise(f"{each.label} was written and does not read as written")
            journal.write("done", number=number, after=after)
            print(f"done {each.label}")
        found = faults(wishes, vcenter)
        journal.write("verified", faults=found)
        if found:
            raise Surprise("; ".join(fault for each in found for fault in each["faults"]))
    finally:
        journal.close()
        print(f"journal: {journal.path}")
    return 0


def _journal(options: argparse.Namespace, wanted: dict[str, Any], vcenter: Vcenter) -> Journal:
    uuid = vcenter.instance_uuid()
    return Journal(
        state_folder(uuid),
        vcenter=uuid,
        platform=wanted["platform"],
        release=wanted["release"],
        change_id=options.change_id,
        rollback=str(options.rollback or ""),
    )


def _roll_back(options: argparse.Namespace, wanted: dict[str, Any], vcenter: Vcenter) -> int:
    """Takes the changes of a journal back, last first; what somebody changed since stays."""
    about, intents = entries(options.rollback)
    if about["vcenter"] != vcenter.instance_uuid():
        raise Surprise(f"that journal is of the vCenter {about['vcenter']}")
    if about["rollback"]:
        raise Surprise("that journal is of a rollback: to go forward again, apply again")
    todo = []
    for intent in reversed(intents):
        operation = WRITTEN_KINDS[intent["request"]["kind"]](intent["request"], intent["body"])
        now = operation.read(vcenter)
        if now == intent["before"]:
            continue
        if intent["done"] and not _still(now, intent["after"]):
            raise Surprise(f"{operation.label} was changed since: take it back by hand")
        if operation.keeps(intent["before"]):
            print(f"left {operation.label}: made by that run, and nothing here deletes it")
            continue
        todo.append((operation, intent, now))
        print(f"take back {operation.label}")
    print(f"{len(todo)} to take back")
    if not options.apply or not todo:
        return PENDING if todo else 0
    _may(options, wanted, [operation.request for operation, _, _ in todo])
    with _locked(options, wanted, vcenter):
        _take_back(todo, vcenter, _journal(options, wanted, vcenter))
    return 0


def _take_back(
    todo: list[tuple[Operation, dict[str, Any], Any]], vcenter: Vcenter, journal: Journal
) -> None:
    try:
        for number, (operation, intent, now) in enumerate(todo):
            journal.write("intent", number=number, request=operation.request, before=now)
            left = intent["after"] if intent["done"] else intent["wanted"]
            operation.undo(vcenter, intent["before"], left)
            journal.write("done", number=number, after=operation.read(vcenter))
            print(f"taken back {operation.label}")
    finally:
        journal.close()
        print(f"journal: {journal.path}")


def _still(now: Any, after: Any) -> bool:
    """Whether what the run left is still there; sets may have got more from others."""
    if isinstance(now, dict) and isinstance(after, dict):
        return all(key in now and _still(now[key], value) for key, value in after.items())
    if isinstance(now, list) and isinstance(after, list):
        return all(each in now for each in after)
    return bool(now == after)


if __name__ == "__main__":
    raise SystemExit(main())
