"""Reads files and standard input into documents; every refusal is a finding."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from generator.finding import Finding, Place, Refused
from generator.source import rules
from generator.source.document import Document, MappingNode
from generator.source.order import in_canonical_order
from generator.source.tree import Tree

MAX_BYTES = 4 << 20

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BYTE_ORDER_MARK = "\ufeff"


def read(path: Path | str) -> tuple[Document, ...]:
    """The documents of a YAML file; ``"-"`` reads standard input.

    Raises:
        Refused: with every finding about the file.
    """
    return parse(contents(path), file="<stdin>" if str(path) == "-" else str(path))


def parse(content: bytes, *, file: str) -> tuple[Document, ...]:
    """The documents in ``content``; ``file`` is the name that their places carry.

    Lists of named items come sorted by name, because their order says nothing.

    Raises:
        Refused: with every finding about the content.
    """
    text = decoded(content, file)
    tree = Tree(file)
    documents: list[Document] = []
    try:
        documents.extend(_mappings(tree, text, file))
    except yaml.YAMLError as error:
        tree.findings.append(_syntax(error, file))
    if tree.findings:
        raise Refused(tree.findings)
    return tuple(in_canonical_order(document) for document in documents)


def parse_value(text: str, *, file: str) -> Document:
    """One value of any shape, by the rules of documents; the root of the answer is the value.

    Nothing at all is null, as after a colon. ``file`` is the name that its places carry.

    Raises:
        Refused: with every finding about the text, and where it holds several values.
    """
    tree = Tree(file)
    start = Place(file, 1, 1)
    found: list[Document] = []
    try:
        content = decoded(text.encode("utf-8", "surrogatepass"), file)
        found.extend(tree.documents(yaml.parse(content, Loader=_LOADER)))
    except yaml.YAMLError as error:
        tree.findings.append(_syntax(error, file))
    if len(found) > 1:
        several = f"these are {len(found)} documents"
        tree.findings.append(rules.NotYaml.breach(several, mend="write one value", places=(start,)))
    if tree.findings:
        raise Refused(tree.findings)
    return in_canonical_order(found[0] if found else Document(file, None, start))


def contents(path: Path | str) -> bytes:
    """The bytes of a file, or of standard input for ``"-"``; one more than allowed at most.

    Raises:
        Refused: where it cannot be read.
    """
    try:
        if str(path) == "-":
            content = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with Path(path).open("rb") as stream:
                content = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise Refused(
            [
                rules.UnreadableFile.breach(
                    f"cannot read it: {reason.lower()}",
                    mend="check the path and its permissions",
                    places=(Place(str(path), 1, 1),),
                )
            ]
        ) from error
    return content


def decoded(content: bytes, file: str) -> str:
    """``content`` as text, without a byte order mark.

    Raises:
        Refused: where it is larger than the loader accepts, or no UTF-8.
    """
    top = Place(file, 1, 1)
    if len(content) > MAX_BYTES:
        too_large = rules.TooLarge.breach(
            f"larger than {MAX_BYTES >> 20} MiB", mend="split it with extends", places=(top,)
        )
        raise Refused([too_large])
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - (before.rfind(b"\n") + 1) + 1
        not_text = rules.NotText.breach(
            "these bytes are no UTF-8",
            mend="save the file as UTF-8",
            places=(Place(file, line, column),),
        )
        raise Refused([not_text]) from error
    return text.removeprefix(_BYTE_ORDER_MARK)


def _mappings(tree: Tree, text: str, file: str) -> Iterator[Document]:
    found = False
    for document in tree.documents(yaml.parse(text, Loader=_LOADER)):
        found = True
        if not isinstance(document.root, MappingNode):
            tree.findings.append(
                rules.EmptyDocument.breach(
                    "no mapping at the top of this document",
                    mend="start with apiVersion and kind",
                    places=(document.start,),
                )
            )
        yield document
    if not found:
        tree.findings.append(
            rules.EmptyDocument.breach(
                "the file is empty",
                mend="start with apiVersion and kind",
                places=(Place(file, 1, 1),),
            )
        )


def _syntax(error: Any, file: str) -> Finding:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is not None:
        place = Place(file, mark.line + 1, mark.column + 1)
        what = " ".join(str(part) for part in (error.problem, error.context) if part)
        return rules.NotYaml.breach(
            what, mend="check indentation, quotes and brackets", places=(place,)
        )
    return rules.NotText.breach(
        "a character that YAML does not allow",
        mend="remove control characters",
        places=(Place(file, 1, 1),),
    )
