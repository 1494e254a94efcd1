"""Supposing something of the example, and reading what becomes of its VMs."""

from __future__ import annotations

import json
from typing import Any

import jsonschema

from tests.cli.running import EXAMPLE, ROOT, Mlgen

SCHEMA = json.loads((ROOT / "schemas" / "whatif.schema.json").read_text(encoding="utf-8"))
DRIVER = ("--driver", "20", "--set", "platform.targets.nvaie_infra=8")
OLDER_VKS = (
    "--vks", "3.6", "--set", "platform.targets.kubernetes=1.35",
    "--set", "platform.targets.cluster_class=builtin-generic-v3.6.0",
)  # fmt: skip


def answer(whatif: Mlgen, *arguments: str) -> dict[str, Any]:
    """The JSON answer, checked against the schema that it names and the way it ended."""
    code, out, err = whatif(EXAMPLE, "--format", "json", *arguments)
    assert err == ""
    body: dict[str, Any] = json.loads(out)
    jsonschema.Draft202012Validator(SCHEMA).validate(body)
    assert code == {True: 0, False: 4}[body["after"]["fits"]]
    return body


def fates(body: dict[str, Any]) -> dict[str, set[str]]:
    """What happens to the VMs of each demand."""
    found: dict[str, set[str]] = {}
    for one in body["vms"]:
        found.setdefault(one["demand"], set()).add(one["fate"])
    return found


def rules(whatif: Mlgen, *arguments: str) -> set[str]:
    """The rules that a refusal names, on standard output for programs."""
    code, out, err = whatif(EXAMPLE, "--format", "json", *arguments)
    assert (code, err) == (1, "")
    return {finding["rule"] for finding in json.loads(out)["findings"]}
