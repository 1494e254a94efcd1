"""Who changed what, from vCenter's events."""

from __future__ import annotations

import pytest
from pyVmomi import vim

from generator.api.observing import observing
from generator.vcenter.events import MOST, PAGE
from tests.acceptance import vcenter
from tests.vcenter.conftest import Start, done, furnish_soap, named

pytestmark = pytest.mark.tools


def test_the_newest_change_of_an_object_names_its_author(start: Start) -> None:
    made = start()
    with vcenter.soap(made.endpoint) as instance:
        furnish_soap(instance)
        done(named(instance, vim.VirtualMachine, "trainer").Rename_Task("renamed"))
    with observing([made.connection()]) as live:
        before = made.position()
        found = live.events(
            [("vc-ams1", "vm", "ams1/vm/acme-ml/renamed"), ("vc-ams1", "zone", "z1")]
        )
    (event,) = found
    assert (event.kind, event.key) == ("vm", "ams1/vm/acme-ml/renamed")
    assert event.user
    assert event.vcenter == "vc-ams1"
    assert event.at.endswith("Z")
    methods = made.methods(before)
    assert methods.count("CreateCollectorForEvents") == methods.count("DestroyCollector") == 1


def test_the_question_is_bounded() -> None:
    assert PAGE * MOST <= 1000


def test_the_events_of_vms_are_no_change_of_their_cluster(start: Start) -> None:
    """They name it, and who made a VM did not edit the cluster."""
    made = start()
    with vcenter.soap(made.endpoint) as instance:
        furnish_soap(instance)
    with observing([made.connection()]) as live:
        asked = [("vc-ams1", "cluster", "gpu-a"), ("vc-ams1", "host", "esx-02")]
        found = live.events(asked)
    assert [one.what for one in found if "virtual machine" in one.what] == []
