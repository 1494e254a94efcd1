"""Secrets and addresses of secret stores are found, and nothing else is taken for one."""

from __future__ import annotations

import pytest

from generator.blueprint.rules.secrets import secret_in, store_in
from tests.rules.judging import broken, findings_in

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N"
SECRETS = {
    "a private key": "-----BEGIN RSA PRIVATE KEY-----",
    "an AWS access key": "key AKIAIOSFODNN7EXAMPLE of the lab",
    "a signed token": JWT,
    "a GitHub token": "ghp_" + "a1" * 18,
    "a GitLab token": "glpat-" + "a1" * 10,
    "a Slack token": "xoxb-1234567890ab",
    "a Vault token": "hvs." + "a1" * 12,
    "a Hugging Face token": "hf_" + "ab" * 17,
    "an NVIDIA token": "nvapi-" + "a1" * 30,
    "a Google key": "AIza" + "a1b2c" * 7,
    "a bearer token": "Authorization: Bearer abcdefghijklmnop",
    "a password in a URL": "https://admin:hunter2@git.example/ml",
    "a password": "Password=hunter2",
    "a secret": "client_secret=abcdef",
}
STORES = (
    "vault://kv/ml/registry",
    "https://vault.corp.example/ui",
    "http://keyvault-1:8080/x",
    "arn:aws:secretsmanager:eu-central-1:123456789012:secret:ml",
    "vault.corp.example",
    "my-vault.corp.example:8200",
    "vault:8200",
    "ml.vault.azure.net",
)
INNOCENT = (
    "ask the platform team for the password",
    "registry.acme.example/pytorch@sha256:" + "0123456789abcdef" * 4,
    "FREQ=WEEKLY;BYDAY=SA",
    "pad_token=<pad>",
    "https://git.acme.example/ml",
    "hashicorp/vault:1.17.2",
    "vault.1.17.2",
    "envs/vault.lock",
    "vault",
    "10.20.0.10",
    "vc-01.corp.example:443",
    "velero-ams1",
    "similar=deny retry=3 min=disabled",
    "token=true",
    "Europe/Amsterdam",
)


@pytest.mark.parametrize(("what", "text"), SECRETS.items())
def test_a_secret_is_called_by_its_kind(what: str, text: str) -> None:
    """So that its owner knows which one to change."""
    assert secret_in(text) == what


@pytest.mark.parametrize("text", STORES)
def test_an_address_of_a_secret_store_is_found(text: str) -> None:
    """As URL, host name, port or cloud resource."""
    assert store_in(text) is not None


@pytest.mark.parametrize("text", INNOCENT)
def test_facts_are_neither(text: str) -> None:
    """Addresses of hosts, products, versions and prose are allowed."""
    assert (secret_in(text), store_in(text)) == (None, None)


@pytest.mark.parametrize("text", SECRETS.values())
def test_a_finding_never_repeats_the_secret(text: str) -> None:
    """Findings end up in logs."""
    (finding,) = findings_in(f"metadata: {{description: {text!r}}}")
    assert finding.rule == "MLG-B095"
    assert text not in f"{finding.message} {finding.mend} {finding.why} {finding.path}"


def test_a_free_key_that_names_a_secret_gives_its_value_away() -> None:
    """Labels and host settings have keys of the author's own."""
    text = "metadata: {labels: {api_key: something, tokens: eight-thousand}}"
    assert broken(text) == {"MLG-B095": "metadata.labels.api_key"}


def test_the_provider_of_secrets_is_a_product() -> None:
    """There, any host name or port is an address of the store."""
    text = "governance: {secrets: {mode: reference, provider: kv.corp.example}}"
    assert broken(text) == {"MLG-B096": "governance.secrets.provider"}


@pytest.mark.parametrize("piece", ["eyJ-", "a-vault", "ab.", "token=", "x://y:"])
def test_long_hostile_texts_cost_no_time(piece: str) -> None:
    """A megabyte of almost-signs is searched in linear time; a quadratic search would not end."""
    text = piece * (1_000_000 // len(piece))
    secret_in(text)
    assert store_in(text) is None
