"""Who removed what is gone, from vCenter's events."""

from __future__ import annotations

import pytest
from pyVmomi import vim

from generator.api.observing import observing
from tests.acceptance import vcenter
from tests.vcenter.conftest import Start, done, furnish_soap, named

pytestmark = pytest.mark.tools


def test_who_removed_what_is_gone_is_found_by_its_name(start: Start) -> None:
    """F9: the evidence that it is not only hidden."""
    made = start()
    with vcenter.soap(made.endpoint) as instance:
        furnish_soap(instance)
        done(named(instance, vim.VirtualMachine, "trainer").Destroy_Task())
    gone = [
        ("vc-ams1", "vm", "ams1/vm/acme-ml/trainer"),
        ("vc-ams1", "vm", "fra2/vm/acme-ml/trainer"),
        ("vc-ams1", "vm", "ams1/vm/acme-ml/never-was"),
        ("vc-ams1", "vm-class", "trainer"),
        ("vc-other", "vm", "ams1/vm/acme-ml/trainer"),
    ]
    with observing([made.connection()]) as live:
        before = made.position()
        found = live.events(gone)
    (event,) = found
    assert (event.kind, event.key) == ("vm", "ams1/vm/acme-ml/trainer")
    assert event.user
    assert "trainer" in event.what
    methods = made.methods(before)
    assert methods.count("CreateCollectorForEvents") == methods.count("DestroyCollector") == 1


def test_the_path_of_what_is_gone_may_begin_with_the_folder_of_its_datacenter(start: Start) -> None:
    """The event names the datacenter alone."""
    made = start()
    with vcenter.soap(made.endpoint) as instance:
        furnish_soap(instance)
        done(named(instance, vim.VirtualMachine, "trainer").Destroy_Task())
    gone = [("vc-ams1", "vm", f"emea/{name}/vm/acme-ml/trainer") for name in ("ams1", "fra2")]
    with observing([made.connection()]) as live:
        (event,) = live.events(gone)
    assert event.key == "emea/ams1/vm/acme-ml/trainer"


def test_what_leaves_no_event_of_its_own_is_not_asked_about(start: Start) -> None:
    """Classes, namespaces, tags, policies and folders."""
    made = start()
    with observing([made.connection()]) as live:
        before = made.position()
        assert live.events([("vc-ams1", "vm-class", "x"), ("vc-ams1", "folder", "y")]) == ()
    assert "CreateCollectorForEvents" not in made.methods(before)
