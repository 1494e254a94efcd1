"""Names come from the site's patterns and are legal where they end up."""

from __future__ import annotations

import pytest

from generator.platform.naming import Namer, UnknownField, fill_pattern, storage_class


@pytest.mark.parametrize(
    ("policy", "name"),
    [
        ("Gold Tier", "gold-tier"),
        ("vSAN Default Storage Policy", "vsan-default-storage-policy"),
        ("-x", "0-x"),
        ("x.", "x.0"),
        ("Müller 1.5", "muller-1.5"),
    ],
)
def test_storage_classes_are_named_by_vcenters_rule(policy: str, name: str) -> None:
    """Lower case, dashes for what is illegal, a zero at an illegal end."""
    assert storage_class(policy) == name


def test_patterns_fill_and_pad() -> None:
    """A sequence number may have leading zeros."""
    assert fill_pattern("{env}-{seq:02}", {"env": "dev", "seq": 7}) == "dev-07"


@pytest.mark.parametrize("pattern", ["{nope}", "{env.__class__}-{nope}"])
def test_a_pattern_reaches_nothing_but_its_fields(pattern: str) -> None:
    """It is no format string."""
    with pytest.raises(UnknownField):
        fill_pattern(pattern, {"env": "dev"})
    assert fill_pattern("{env.__class__}", {"env": "dev"}) == "{env.__class__}"


def test_a_namer_prefers_the_sites_pattern() -> None:
    """Per kind, then the site's general one, then mlgen's own; pools take no general one."""
    namer = Namer("p", "s", {"namespace": "{site}-{env}-{team}"}, "{site}-{kind}-{seq:02}")
    assert namer.name("namespace", env="dev", team="A b") == "s-dev-a-b"
    assert namer.name("vks_cluster", env="dev", team="x") == "s-vks-cluster-01"
    assert namer.name("node_pool", env="dev", name="x") == "x"
    assert Namer("p", "s", {}, "").name("vks_cluster", env="dev", team="x") == "p-dev-x"
    assert namer.name("vks_cluster", env="dev", team="y") == "s-vks-cluster-02"
