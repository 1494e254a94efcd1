"""Neither secrets nor the addresses of secret stores stand in an inventory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from generator.blueprint.rules import secrets
from generator.finding import Check, Finding
from generator.supply.rules.subject import Supplied


class NoSecrets(Check[Supplied]):
    """A secret stands in an inventory."""

    id = "MLG-F080"
    title = "An inventory holds no secrets"
    reason = "it is facts, committed and handed on: whoever reads it has the secret"
    source = "field rule F18"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges every text; the finding never repeats it."""
        for facts in subject.sites:
            if facts.document is not None:
                for found in secrets.NoSecrets.judge_document(facts.document):
                    yield replace(found, rule=cls.id, why=cls.reason)


class NoSecretStores(Check[Supplied]):
    """The address of a secret store stands in an inventory."""

    id = "MLG-F081"
    title = "An inventory holds no address of a secret store"
    reason = "addresses of hosts and networks are facts; that of the store is an invitation"
    source = "field rule F18"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges every text."""
        for facts in subject.sites:
            if facts.document is not None:
                for found in secrets.NoSecretStores.judge_document(facts.document):
                    yield replace(found, rule=cls.id, why=cls.reason)


RULES: tuple[type[Check[Supplied]], ...] = (NoSecrets, NoSecretStores)
