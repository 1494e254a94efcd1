"""Neither secrets nor the addresses of secret stores stand in a document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from generator.blueprint.rules.subject import Judged, where
from generator.finding import Check, Finding, Path
from generator.source.document import Document

_STORE = r"(?:[a-z0-9-]*(?:vault|conjur|cyberark|delinea|secretserver|secretsmanager)[a-z0-9-]*)"

_SECRETS = {
    "a private key": r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----",
    "an AWS access key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a signed token": r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}",
    "an access token": (
        r"\b(?:gh[pousr]_\w{36}|glpat-[\w-]{20}|xox[abprs]-[\w-]{10,}|hv[sb]\.[\w-]{24,}"
        r"|hf_[A-Za-z]{30,}|nvapi-[\w-]{40,}|AIza[\w-]{35})"
    ),
    "a bearer token": r"\b[Bb]earer [\w.~+/-]{16,}",
    "a password in a URL": r"\b[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/:@]{1,64}:[^\s/@]{1,128}@",
    "a password": (
        r"\b(?i:password|passwd|pwd|passphrase|client_secret|secret|token|api[_-]?key"
        r"|access[_-]?key)=[^\s=]{4,}"
    ),
}
_ADDRESSES = {
    "a secret store's own address": (
        r"\b(?:vault|op|conjur|akv|azurekeyvault|awssm|gcpsm|secretsmanager)://\S"
    ),
    "the address of a secret in a cloud": r"\barn:aws[\w-]*:secretsmanager:",
    "the address of a secret store": (
        rf"(?i:\bhttps?://(?:[a-z0-9-]+\.)*{_STORE}(?:[.:/]|$)"
        rf"|\b{_STORE}(?:\.[a-z0-9-]+){{2,}}(?![\w@])"
        rf"|\b{_STORE}(?:\.[a-z0-9-]+)*:[0-9]{{2,5}}(?![\w.]))"
    ),
}
_KEYS = re.compile(r"(?i)(?:^|[_.-])(?:password|passwd|passphrase|secret|token|api_?key)$")
"""Free keys (labels, host settings) whose value would be the secret itself."""

_HOST = re.compile(r"://|\b[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+\b|:[0-9]{2,5}$")


class NoSecrets(Check[Judged]):
    """A secret stands in the blueprint."""

    id = "MLG-B095"
    title = "A blueprint holds no secrets"
    reason = "it is committed, rendered and handed on: whoever reads any of these has the secret"
    source = "field rule F18; design section 4: credentials come from the environment only"

    @classmethod
    def check(cls, subject: Judged) -> Iterator[Finding]:
        """Judges every text; the finding never repeats it."""
        yield from cls.judge_document(subject.document)

    @classmethod
    def judge_document(cls, document: Document) -> Iterator[Finding]:
        """The same for a document of any kind."""
        for path, text in texts(document.root):
            what = secret_in(text)
            if what is None and _KEYS.search(str(path[-1])) and _is_free(path):
                what = "the value of a key that names a secret"
            if what is not None:
                yield cls.breach(
                    f"{what} stands here",
                    **where(document, path),
                    mend="take it out, change the secret, and name it by reference instead",
                )


class NoSecretStores(Check[Judged]):
    """The address of a secret store stands in the blueprint."""

    id = "MLG-B096"
    title = "A blueprint holds no address of a secret store"
    reason = "the address of the store is where an attacker starts; hosts and networks are facts"
    source = "field rule F18"

    @classmethod
    def check(cls, subject: Judged) -> Iterator[Finding]:
        """Judges every text, and what governance says of secrets by a stricter measure."""
        yield from cls.judge_document(subject.document)
        secrets = subject.blueprint.governance.secrets
        provider = secrets.provider if secrets else None
        if provider and _HOST.search(provider) and store_in(provider) is None:
            yield cls.breach(
                "governance.secrets.provider is an address, not the name of a product",
                **subject.at(("governance", "secrets", "provider")),
                mend="name the product, as in vault",
            )

    @classmethod
    def judge_document(cls, document: Document) -> Iterator[Finding]:
        """The same for a document of any kind, without the stricter measure."""
        for path, text in texts(document.root):
            what = store_in(text)
            if what is not None:
                yield cls.breach(
                    f"{what} stands here",
                    **where(document, path),
                    mend="name the store's product, or the reference that its operator knows",
                )


RULES: tuple[type[Check[Judged]], ...] = (NoSecrets, NoSecretStores)


def secret_in(text: str) -> str | None:
    """What kind of secret a text holds, or None."""
    return _kind(text, _SECRETS)


def store_in(text: str) -> str | None:
    """What kind of address of a secret store a text holds, or None."""
    return _kind(text, _ADDRESSES)


def texts(root: Any) -> Iterator[tuple[Path, str]]:
    """Every text of a tree that is long enough to matter, with its path."""
    waiting: list[tuple[Path, Any]] = [((), root)]
    while waiting:
        path, node = waiting.pop()
        if isinstance(node, str):
            if len(node) >= SHORTEST:
                yield path, node
        elif isinstance(node, Mapping):
            waiting += [((*path, key), value) for key, value in node.items()]
        elif isinstance(node, Sequence):
            waiting += [((*path, index), value) for index, value in enumerate(node)]


SHORTEST = 6
"""Shorter texts hold neither a secret nor an address."""


def _is_free(path: Path) -> bool:
    """Whether the key is the author's own and not one of the language's."""
    return len(path) > 1 and path[-2] in ("labels", "settings")


def _kind(text: str, patterns: Mapping[str, str]) -> str | None:
    if not _any_of(patterns).search(text):
        return None
    return next(what for what, pattern in patterns.items() if re.search(pattern, text))


_compiled: dict[int, re.Pattern[str]] = {}


def _any_of(patterns: Mapping[str, str]) -> re.Pattern[str]:
    if id(patterns) not in _compiled:
        _compiled[id(patterns)] = re.compile("|".join(patterns.values()))
    return _compiled[id(patterns)]
