"""Leaves out of XML: the values that pyvmomi finds, in plain form."""

from __future__ import annotations

import pytest

from generator.vcenter.failures import Unreadable
from generator.vcenter.leaves import TYPE, flag, many, page, text, whole
from tests.vcenter.answers import HEAD, TAIL, entity, prop, ref, refs, refused, rows


def value(kind: str, inner: str) -> object:
    (row,) = rows(entity("HostSystem", "host-1", prop("p", kind, inner)))
    return row.values["p"]


@pytest.mark.parametrize(
    ("kind", "inner", "expected"),
    [
        ("xsd:int", "-7", -7),
        ("xsd:long", "1099511627776", 1 << 40),
        ("xsd:short", "-32634", -32634),
        ("xsd:byte", "3", 3),
        ("xsd:boolean", "true", True),
        ("xsd:boolean", "0", False),
        ("xsd:string", "a &amp; b", "a & b"),
        ("xsd:string", "", ""),
        ("VirtualMachinePowerState", "poweredOn", "poweredOn"),
        ("ArrayOfString", "<string>b</string><string>a</string>", ["b", "a"]),
        ("ArrayOfOptionValue", "", []),
        ("OptionValue", '<key>k</key><value xsi:type="xsd:int">4</value>',
         {TYPE: "OptionValue", "key": "k", "value": 4}),
        ("HostNumaNode", "<pciId>a</pciId><pciId>b</pciId><pciId>c</pciId>",
         {TYPE: "HostNumaNode", "pciId": ["a", "b", "c"]}),
        ("ArrayOfX", "<X><a>1</a></X><X xsi:type='Y'><a>2</a></X>",
         [{"a": "1"}, {TYPE: "Y", "a": "2"}]),
    ],
)  # fmt: skip
def test_a_value_is_what_its_type_says(kind: str, inner: str, expected: object) -> None:
    assert value(kind, inner) == expected


def test_references_are_ids() -> None:
    (row,) = rows(
        entity("VirtualMachine", "vm-1", ref("runtime.host", "HostSystem", "host-2"),
               refs("network", "Network", "n-1", "n-2"))
    )  # fmt: skip
    assert (row.type, row.moid) == ("VirtualMachine", "vm-1")
    assert row.values == {"runtime.host": "host-2", "network": ["n-1", "n-2"]}


@pytest.mark.parametrize("fault", ["NoPermission", "InvalidProperty", "vim25:NotAuthenticated"])
def test_a_property_that_failed_says_why(fault: str) -> None:
    (row,) = rows(entity("HostSystem", "host-1", refused("config.product.version", fault)))
    assert row.values == {}
    assert row.missing == {"config.product.version": fault.rpartition(":")[2]}


def test_an_unset_property_without_a_value_is_absent() -> None:
    (row,) = rows(entity("VirtualMachine", "vm-1", "<propSet><name>parentVApp</name></propSet>"))
    assert row.values == {}


def test_the_next_page_is_asked_for_by_its_token() -> None:
    text_ = f"{HEAD}<token>7</token>{TAIL}"
    assert page([text_[:50].encode(), text_[50:].encode()]).token == "7"


def test_an_answer_without_objects_is_empty() -> None:
    empty = HEAD.replace("<returnval>", "") + TAIL.replace("</returnval>", "")
    assert page([empty.encode()]) == ([], "")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        b"{}",
        (HEAD + TAIL)[:-30].encode(),
        (HEAD + '<objects><obj type="X">x</obj>' + prop("p", "xsd:int", "seven")).encode()
        + b"</objects>" + TAIL.encode(),
        b"<a><b></b></a>",
    ],
)  # fmt: skip
def test_what_is_no_answer_is_unreadable(content: bytes) -> None:
    with pytest.raises(Unreadable, match="XML that cannot be read"):
        page([content])


def test_a_field_may_come_once_or_more_often() -> None:
    assert many({"vm": "vm-1"}, "vm") == ["vm-1"]
    assert many({"vm": ["vm-1", "vm-2"]}, "vm") == ["vm-1", "vm-2"]
    assert many({}, "vm") == many(None, "vm") == many({"vm": ""}, "vm") == []


def test_leaves_of_data_objects_are_read_by_name() -> None:
    found = {"a": {"b": "7"}, "on": "true", "off": "false", "n": 5}
    assert (text(found, "a", "b"), whole(found, "a", "b"), whole(found, "n")) == ("7", 7, 5)
    assert (flag(found, "on"), flag(found, "off"), flag(found, "x")) == (True, False, None)
    assert (text(found, "a", "x", "y"), whole(None, "a")) == ("", None)
