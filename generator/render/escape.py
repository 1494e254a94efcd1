"""Escaping: every value that reaches a file passes the filter of that file's language.

The filters return ``Escaped``; the template environment refuses to print anything else, so a
forgotten filter is an error in the first render and not an injection in production.
"""

from __future__ import annotations

import hashlib
import re

# What neither language may hold raw inside double quotes: quotes, backslashes, C0, DEL, C1, line
# and paragraph separators, the byte order mark, and noncharacters.
_UNSAFE = re.compile('["\\\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufdd0-\ufdef\ufffe\uffff]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_TEMPLATE = re.compile(r"[$%](?=\{)")


class Escaped(str):
    """Text that is safe to print into a file of its language."""

    __slots__ = ()


def _quoted(text: str) -> str:
    escaped = _UNSAFE.sub(lambda match: _SHORT.get(match[0]) or f"\\u{ord(match[0]):04x}", text)
    return f'"{escaped}"'


def hcl(value: object) -> Escaped:
    """A value as an HCL literal; lists become tuples.

    ``${`` and ``%{`` would start a template. The doubled form ``$${`` cannot write a dollar that
    stands before one, so the sign is written by its code point, which HCL decodes after it has
    looked for templates.
    """
    if isinstance(value, str):
        return Escaped(_TEMPLATE.sub(lambda match: f"\\u{ord(match[0]):04x}", _quoted(value)))
    if isinstance(value, bool):
        return Escaped("true" if value else "false")
    if isinstance(value, int):
        return Escaped(str(value))
    if isinstance(value, tuple | list):
        return Escaped(f"[{', '.join(hcl(item) for item in value)}]")
    raise TypeError(f"{type(value).__name__} has no HCL literal here")


def yaml_scalar(value: object) -> Escaped:
    """A scalar as double-quoted YAML, which no reader takes for anything but itself."""
    if isinstance(value, str):
        return Escaped(_quoted(value))
    if isinstance(value, bool):
        return Escaped("true" if value else "false")
    if isinstance(value, int):
        return Escaped(str(value))
    raise TypeError(f"{type(value).__name__} is no YAML scalar here")


_IDENTIFIER = re.compile(r"[^a-z0-9]+")


def hcl_label(name: str) -> Escaped:
    """A Terraform identifier for ``name``, made of lower-case letters, digits and underscores.

    Different names get different identifiers: a DNS label only trades its dashes for underscores,
    anything else also carries a hash of the name behind two of them.
    """
    label = _IDENTIFIER.sub("_", name.lower()).strip("_")
    if label.replace("_", "-") == name and label[:1].isalpha():
        return Escaped(label)
    digest = hashlib.sha256(name.encode()).hexdigest()[:6]
    return Escaped(f"{label if label[:1].isalpha() else f'n_{label}'}__{digest}")


def comment(text: str) -> Escaped:
    """Text for one line of a ``#`` comment in any of the languages."""
    return Escaped(_UNSAFE.sub(lambda match: match[0] if match[0] in '"\\' else " ", text))


_POWERSHELL_QUOTES = re.compile("['\u2018\u2019\u201a\u201b]")
_POWERSHELL_SPECIAL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufdd0-\ufdef\ufffe\uffff]+")


def powershell(value: object) -> Escaped:
    """A value as a PowerShell expression; lists become arrays, also those of one item.

    Nothing is expanded between single quotes, which PowerShell also sees in four typographic ones;
    control characters, which an editor or a transfer may change, are written by their code.
    """
    if isinstance(value, str):
        return Escaped(_powershell_text(value))
    if isinstance(value, bool):
        return Escaped("$true" if value else "$false")
    if isinstance(value, int):
        return Escaped(str(value))
    if isinstance(value, tuple | list):
        return Escaped(f"@({', '.join(powershell(item) for item in value)})")
    raise TypeError(f"{type(value).__name__} has no PowerShell literal here")


def _powershell_text(text: str) -> str:
    parts: list[str] = []
    at = 0
    for match in _POWERSHELL_SPECIAL.finditer(text):
        parts += [_powershell_quoted(text[at : match.start()])] if match.start() > at else []
        parts += [f"[char]0x{ord(character):04x}" for character in match[0]]
        at = match.end()
    parts += [_powershell_quoted(text[at:])] if at < len(text) or not parts else []
    if len(parts) == 1 and parts[0].startswith("'"):
        return parts[0]
    return f"(-join @({', '.join(parts)}))"


def _powershell_quoted(text: str) -> str:
    return "'" + _POWERSHELL_QUOTES.sub(lambda match: match[0] * 2, text) + "'"


def python(value: object) -> Escaped:
    """A value as a Python literal in ASCII."""
    if isinstance(value, str | bool | int) or value is None:
        return Escaped(ascii(value))
    if isinstance(value, tuple | list):
        return Escaped(f"[{', '.join(python(item) for item in value)}]")
    if isinstance(value, dict):
        pairs = (f"{python(key)}: {python(item)}" for key, item in value.items())
        return Escaped("{" + ", ".join(pairs) + "}")
    raise TypeError(f"{type(value).__name__} has no Python literal here")


_MARKDOWN = re.compile(r"[\\`*_{}\[\]<>|~&$]|\A[#+=:!-]|(?<=\A\d)[.)]|(?<=\A\d\d)[.)]")


def markdown(value: object) -> Escaped:
    """Text of one line of Markdown, a table's cell included, that reads as itself.

    What means something only at the start of a line is escaped only there.
    """
    return Escaped(_MARKDOWN.sub(r"\\\g<0>", comment(str(value))))


_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})


def html(value: object) -> Escaped:
    """Text of an HTML element or of a quoted attribute, on one line."""
    return Escaped(comment(str(value)).translate(_HTML))


_BACKTICKS = re.compile("`+")


def code(text: str) -> Escaped:
    """A code span of Markdown: no character means anything in it but a run of its own fence."""
    line = comment(text)
    fence = "`" * (max((len(run) for run in _BACKTICKS.findall(line)), default=0) + 1)
    space = " " if line.startswith("`") or line.endswith("`") else ""
    return Escaped(f"{fence}{space}{line}{space}{fence}")


_PLAIN_KEY = re.compile(r"[A-Za-z][A-Za-z0-9]*")


def yaml_block(value: object, indent: int) -> Escaped:
    """Mappings, lists and scalars as block YAML, each line indented by ``indent`` spaces.

    Scalars are double-quoted; keys too, unless they are plain words.
    """
    return Escaped("\n".join(f"{' ' * indent}{line}" for line in _block(value)))


def _block(value: object) -> list[str]:
    if isinstance(value, dict):
        if not value:
            return ["{}"]
        return [line for key, item in value.items() for line in _entry(f"{_key(key)}:", item)]
    if isinstance(value, list | tuple):
        if not value:
            return ["[]"]
        return [line for item in value for line in _item(item)]
    return [yaml_scalar(value)]


def _key(key: str) -> str:
    return key if _PLAIN_KEY.fullmatch(key) else yaml_scalar(key)


def _entry(head: str, value: object) -> list[str]:
    lines = _block(value)
    if isinstance(value, dict | list | tuple) and value:
        return [head, *(f"  {line}" for line in lines)]
    return [f"{head} {lines[0]}"]


def _item(value: object) -> list[str]:
    first, *rest = _block(value)
    return [f"- {first}", *(f"  {line}" for line in rest)]
