"""Neither secrets nor the addresses of secret stores stand in a document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from generator.blueprint.rules.subject import Judged, where
from generator.finding import Check, Finding, Path
from generator.source.document import Document

SHORTEST = 6
"""Shorter texts hold neither a secret nor an address."""

LONGEST = 1 << 16
"""How much of one text is looked at; with the bounds below, hostile texts cost no time."""


class Sign(NamedTuple):
    """What gives something away: an expression, and words of which it needs one (lower case)."""

    what: str
    needs: tuple[str, ...]
    pattern: str


_STORES = ("vault", "conjur", "cyberark", "delinea", "secretserver", "secretsmanager")
_LABEL = r"[a-z0-9-]{1,63}"
_STORE = rf"(?:[a-z0-9-]{{0,40}}(?:{'|'.join(_STORES)})[a-z0-9-]{{0,40}})"

_SECRETS = (
    Sign("a private key", ("private key",), r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----"),
    Sign("an AWS access key", ("akia", "asia"), r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    Sign("a signed token", ("eyj",), r"\beyJ[\w-]{8,256}\.eyJ[\w-]{8,256}"),
    Sign("a GitHub token", ("gh",), r"\bgh[pousr]_\w{36}"),
    Sign("a GitLab token", ("glpat-",), r"\bglpat-[\w-]{20}"),
    Sign("a Slack token", ("xox",), r"\bxox[abprs]-[\w-]{10}"),
    Sign("a Vault token", ("hvs.", "hvb."), r"\bhv[sb]\.[\w-]{24}"),
    Sign("a Hugging Face token", ("hf_",), r"\bhf_[A-Za-z]{30}"),
    Sign("an NVIDIA token", ("nvapi-",), r"\bnvapi-[\w-]{40}"),
    Sign("a Google key", ("aiza",), r"\bAIza[\w-]{35}"),
    Sign("a bearer token", ("bearer ",), r"(?i:\bbearer) [\w.~+/-]{16}"),
    Sign(
        "a password in a URL",
        ("://",),
        r"\b[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/:@]{1,64}:[^\s/@]{1,128}@",
    ),
    Sign(
        "a password",
        ("password=", "passwd=", "pwd=", "passphrase="),
        r"\b(?i:password|passwd|pwd|passphrase)=[^\s=]{4}",
    ),
    Sign(
        "a secret",
        ("secret=", "token=", "key="),
        r"\b(?i:(?:client_)?secret|token|(?:api|access)[_-]?key)=(?!true\b|false\b)[^\s=]{6}",
    ),
)
_ADDRESSES = (
    Sign(
        "the address of a secret store",
        ("://",),
        r"\b(?:vault|op|conjur|akv|awssm|gcpsm|secretsmanager)://\S",
    ),
    Sign(
        "the address of a secret in a cloud",
        (":secretsmanager:",),
        r"\barn:aws[\w-]{0,10}:secretsmanager:",
    ),
    Sign(
        "the address of a secret store",
        _STORES,
        rf"(?i:\bhttps?://(?:{_LABEL}\.){{0,8}}{_STORE}(?:[.:/]|$))",
    ),
    Sign(
        "the host name of a secret store",
        _STORES,
        rf"(?i:\b{_STORE}(?:\.{_LABEL}){{1,8}}(?:\.[a-z]{{2,63}}(?![\w@-])|:[0-9]{{2,5}}))",
    ),
    Sign("the port of a secret store", (":8200",), rf"(?i:\b{_STORE}:8200\b)"),
)
_KEYS = r"(?i)(?:^|[_.-])(?:password|passwd|passphrase|secret|token|api_?key)$"
"""Free keys (labels, host settings) whose value would be the secret itself."""

_HOST = r"://|\b[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+\b|:[0-9]{2,5}$"


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
        stated = texts(document.root)
        named = [
            (path, "the value of a key that names a secret")
            for path, _ in stated
            if _is_free(path) and re.search(_KEYS, str(path[-1]))
        ]
        for path, what in (*holding(stated, _SECRETS), *named):
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
        if provider and re.search(_HOST, provider) and store_in(provider) is None:
            yield cls.breach(
                "governance.secrets.provider is an address, not the name of a product",
                **subject.at(("governance", "secrets", "provider")),
                mend="name the product, as in vault",
            )

    @classmethod
    def judge_document(cls, document: Document) -> Iterator[Finding]:
        """The same for a document of any kind, without the stricter measure."""
        for path, what in holding(texts(document.root), _ADDRESSES):
            yield cls.breach(
                f"{what} stands here",
                **where(document, path),
                mend="name the store's product, or the reference that its operator knows",
            )


RULES: tuple[type[Check[Judged]], ...] = (NoSecrets, NoSecretStores)


def secret_in(text: str) -> str | None:
    """What kind of secret a text holds, or None."""
    return _first(text, _SECRETS)


def store_in(text: str) -> str | None:
    """What kind of address of a secret store a text holds, or None."""
    return _first(text, _ADDRESSES)


def texts(root: Any) -> list[tuple[Path, str]]:
    """Every text of a tree that is long enough to matter, with its path."""
    found: list[tuple[Path, str]] = []
    waiting: list[tuple[Path, Any]] = [((), root)]
    while waiting:
        path, node = waiting.pop()
        if isinstance(node, str):
            if len(node) >= SHORTEST:
                found.append((path, node))
        elif isinstance(node, Mapping):
            waiting += [((*path, key), value) for key, value in node.items()]
        elif isinstance(node, Sequence):
            waiting += [((*path, index), value) for index, value in enumerate(node)]
    return found


def holding(
    stated: Sequence[tuple[Path, str]], signs: Sequence[Sign]
) -> Iterator[tuple[Path, str]]:
    """The paths of the texts that give something away, and what."""
    # Nearly every document is clean: a look at all texts at once says which signs to search for.
    everything = "\n".join(text for _, text in stated).lower()
    left = [sign for sign in signs if any(word in everything for word in sign.needs)]
    for path, text in stated if left else ():
        what = _first(text, left)
        if what is not None:
            yield path, what


def _is_free(path: Path) -> bool:
    """Whether the key is the author's own and not one of the language's."""
    return len(path) > 1 and path[-2] in ("labels", "settings")


def _first(text: str, signs: Sequence[Sign]) -> str | None:
    text = text[:LONGEST]
    return next((sign.what for sign in signs if re.search(sign.pattern, text)), None)
