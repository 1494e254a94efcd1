"""When two values are the same, field form by field form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.diff import equality as by
from generator.vcenter.snapshot import Value


@pytest.mark.parametrize(
    ("equal", "stated", "live", "same"),
    [
        (by.exact, None, "", True),
        (by.exact, (), None, True),
        (by.exact, 1, True, False),
        (by.exact, "a", "A", False),
        (by.number, 0, None, True),
        (by.number, 4, 5, False),
        (by.folded, "Consolidation", "consolidation", True),
        (by.folded, "", "x", False),
        (by.option, "true", True, True),
        (by.option, "-1", -1, True),
        (by.option, "1", None, False),
        (by.unordered, ("a", "b", "a"), ("a", "a", "b"), True),
        (by.unordered, ("a", "a"), ("a",), False),
        (by.contains, ("a",), ("a", "b"), True),
        (by.contains, ("a",), None, False),
        (by.one_of, ("2331", "2330"), "0x2331", True),
        (by.one_of, ("2331",), "26b9", False),
        (by.one_of, ("2331",), None, False),
        (by.version_prefix, "v1.36", "v1.36.1---vmware.4-vkr.5", True),
        (by.version_prefix, "v1.3", "v1.36.1", False),
        (by.version_prefix, "8.0", "8.0.3", True),
        (by.version_prefix, "8.0", None, False),
        (by.told, "a", None, True),
        (by.told, "a", "b", False),
        (by.privileges, ("A",), ("A", "System.Anonymous", "System.Read", "System.View"), True),
        (by.privileges, ("A",), ("A", "B"), False),
        (by.privileges, ("A",), (), False),
        (by.configured_mode, "sameSize", None, True),
        (by.configured_mode, "mixedSize", None, False),
        (by.configured_mode, "mixedSize", "sameSize", False),
        (by.at_least, 100, 101, True),
        (by.at_least, 100, 99, False),
        (by.at_least, 100, None, False),
        (by.memory, 1 << 40, (1 << 40) - (4 << 30), True),
        (by.memory, 1 << 40, (1 << 40) - (32 << 30), False),
        (by.memory, 1 << 40, None, False),
        (by.includes, '{"a":{"b":1}}', '{"a":{"b":1,"c":2},"d":3}', True),
        (by.includes, '{"a":[1,2]}', '{"a":[1]}', False),
        (by.includes, '{"a":true}', '{"a":1}', False),
        (by.includes, "plain", "other", False),
        (by.same_family_or_newer, "builtin-generic-v3.7.0", "builtin-generic-v3.8.0", True),
        (by.same_family_or_newer, "builtin-generic-v3.7.0", "builtin-generic-v3.6.0", False),
        (by.same_family_or_newer, "builtin-generic-v3.7.0", "mine-v3.7.0", False),
        (by.same_family_or_newer, "builtin-generic-v3.7.0", None, False),
        (by.vgpu_mode, "sameSize", "none", True),
        (by.vgpu_mode, "multiInstanceGpu", "none", False),
        (by.vgpu_mode, "sameSize", "mixedSize", False),
        (by.board, "NVIDIA H100 PCIe 80GB", "NVIDIA H100 PCIe", True),
        (by.board, "NVIDIA H100 SXM5 80GB", "NVIDIA H100 80GB HBM3", True),
        (by.board, "NVIDIA H100 PCIe 80GB", "GH100 [H100 PCIe]", True),
        (by.board, "NVIDIA L40", "NVIDIA L40S", False),
        (by.board, "NVIDIA L40", "NVIDIA", False),
        (by.board, "NVIDIA L40", None, False),
    ],
)
def test_equality(equal: by.Equality, stated: Value, live: Value, *, same: bool) -> None:
    """Units, spelling, order, defaults and rewrites."""
    assert equal(stated, live) is same


values = st.one_of(
    st.none(), st.booleans(), st.integers(0, 9), st.text(max_size=3),
    st.lists(st.text(max_size=2), max_size=3).map(tuple),
)  # fmt: skip


@given(values)
def test_a_value_is_itself(value: Value) -> None:
    """Reflexive, whatever it is."""
    assert all(equal(value, value) for equal in (by.exact, by.folded, by.option, by.includes))


@given(values, values)
def test_exact_is_symmetric(one: Value, other: Value) -> None:
    """Who says it first does not matter."""
    assert by.exact(one, other) is by.exact(other, one)
