"""Which privileges the documentation of vCenter's REST operations asks for: ids, no prose.

    pip download --no-deps vmware-vcenter
    python -m tests.contracts.privileges vmware_vcenter-*.whl > tests/contracts/rest-privileges.json

The wheel is read and never installed. Only requests that the catalogue knows are taken.
"""

from __future__ import annotations

import ast
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from generator.catalog.privileges import all_calls

_ID = r"[A-Z]\w+(?:\.[A-Za-z]\w+)+"
_REQUIRED = re.compile(rf"requires\s+``({_ID})``")
_NAMED = re.compile(rf"(?:``|\b)({_ID})(?:``)?\s+privilege")
_VARIABLE = re.compile(r"\{[^}]*\}")
_PARAMETER = re.compile(r"\?(?!action=).*")
Stated = dict[str, dict[str, list[str]]]


def stated(wheel: Path) -> Stated:
    """Per request of the catalogue what is ``required`` by list and ``named`` in prose."""
    wanted = {_shape(known.name): known.name for known in all_calls() if " /api/" in known.name}
    found: Stated = {}
    with zipfile.ZipFile(wheel) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith("_client.py"):
                for request, documentation in _operations(archive.read(name).decode("utf-8")):
                    name_of = wanted.get(_shape(request))
                    if name_of is not None:
                        found[name_of] = _joined(found.get(name_of, {}), documentation)
    return dict(sorted(found.items()))


def _shape(request: str) -> str:
    """A request without the names of what varies in it, and without parameters but the action."""
    return _PARAMETER.sub("", _VARIABLE.sub("{}", request))


def _joined(former: dict[str, list[str]], documentation: str) -> dict[str, list[str]]:
    """What two operations of one path state: they differ in what is no part of a request here."""
    return {
        kind: sorted({*former.get(kind, ()), *pattern.findall(documentation)})
        for kind, pattern in (("required", _REQUIRED), ("named", _NAMED))
    }


def _operations(source: str) -> Iterator[tuple[str, str]]:
    """Request and documentation of each operation of a client module."""
    if "OperationRestMetadata" not in source:
        return
    classes = {c.name: c for c in ast.parse(source).body if isinstance(c, ast.ClassDef)}
    for name, stub in classes.items():
        service = classes.get(name.removeprefix("_").removesuffix("Stub"))
        if service is None or service is stub:
            continue
        documents = {
            f.name: ast.get_docstring(f) or ""
            for f in service.body
            if isinstance(f, ast.FunctionDef)
        }
        for operation, request in _requests(stub):
            yield request, documents.get(operation, "")


def _requests(stub: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """Operation and request of each piece of REST metadata in a stub."""
    for node in ast.walk(stub):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            target = node.targets[0]
            keywords = node.value.keywords
            said = {k.arg: k.value.value for k in keywords if isinstance(k.value, ast.Constant)}
            if isinstance(target, ast.Name) and {"http_method", "url_template"} <= set(said):
                operation = target.id.removesuffix("_rest_metadata")
                yield operation, f"{said['http_method']} /api{said['url_template']}"


if __name__ == "__main__":
    sys.stdout.write(json.dumps(stated(Path(sys.argv[1])), indent=1) + "\n")
