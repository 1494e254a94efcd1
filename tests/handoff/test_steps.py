"""The order of work: each step finds what it needs, and says how it is checked and taken back."""

from __future__ import annotations

from dataclasses import replace

from generator.handoff import steps
from generator.handoff.steps import Step, order_of_work
from generator.platform.objects import DesiredState, OpenQuestion
from generator.render import TARGETS
from tests.example import desired, planned
from tests.platform import test_infrastructure as greenfield


def worked(state: DesiredState | None = None) -> tuple[Step, ...]:
    """The steps of the example, or of a variant of its state."""
    state = state or desired()
    paths = [file.path for target in TARGETS for file in target(state)]
    return order_of_work(state, planned().placed, paths)


def titles() -> list[str]:
    """What is done, in order."""
    return [step.title for step in worked()]


def test_a_step_comes_after_all_that_it_waits_for() -> None:
    """F35: no step looks ahead."""
    order = titles()
    assert all(order.index(before) < order.index(s.title) for s in worked() for before in s.after)


def test_a_title_names_one_step() -> None:
    """So that a step can be referred to."""
    assert len(set(titles())) == len(titles())


def test_every_step_has_a_check_an_expectation_and_a_way_back() -> None:
    """F35: wrong state at a check means stop."""
    assert all(s.owner and s.command and s.check and s.expected and s.rollback for s in worked())


def test_every_terraform_root_is_applied_in_the_order_of_its_number() -> None:
    """Later roots look up what earlier ones made."""
    roots = [title.removeprefix("Apply vc-ams1/") for title in titles() if "Apply" in title]
    assert roots == [
        "10-foundation", "20-classes", "30-dev-namespaces", "30-prod-namespaces", "40-dev-vms",
        "40-prod-vms",
    ]  # fmt: skip


def test_classes_by_rest_come_before_the_namespaces_that_bind_them() -> None:
    """A namespace that names an unknown class is refused."""
    order = titles()
    assert order.index("Send vc-ams1/supervisor") < order.index("Apply vc-ams1/30-dev-namespaces")


def test_production_comes_before_development() -> None:
    """What serves comes first."""
    order = titles()
    prod, dev = "Create the clusters of prod", "Create the clusters of dev"
    assert order.index(prod) < order.index(dev)


def test_only_the_gpu_hosts_need_power_off() -> None:
    """The mode of a GPU changes only while it is empty."""
    assert [s.title for s in worked() if s.power_off] == [steps.HOSTS]


def test_open_questions_come_first_with_their_owners() -> None:
    """F33: what is not known is asked before anything is done."""
    asked = OpenQuestion(subject="s", question="q", owner="net-team", why="w", blocks=("b",))
    first = worked(replace(desired(), questions=(asked,)))[0]
    assert (first.title, first.owner) == (steps.QUESTIONS, "net-team")


def test_datastores_are_tagged_right_after_the_tags_exist() -> None:
    """F15: a tag policy without a tagged datastore matches nothing."""
    state = desired()
    (vcenter,) = state.vcenters
    policies = tuple(replace(p, untagged=("store",)) for p in vcenter.storage_policies)
    order = [
        step.title
        for step in worked(replace(state, vcenters=(replace(vcenter, storage_policies=policies),)))
    ]
    assert (
        order.index("Tag the datastores of vc-ams1")
        == order.index("Apply vc-ams1/10-foundation") + 1
    )


def test_what_is_made_once_is_handed_over_before_anything_stands_on_it() -> None:
    """F2: hosts join by hand, and from then on the cluster is looked up."""
    state = greenfield.desired()
    paths = [file.path for target in TARGETS for file in target(state)]
    order = [step.title for step in order_of_work(state, planned().placed, paths)]
    handed = order.index("Hand over the clusters of vc-bud1")
    assert order.index("Apply vc-bud1/00-infrastructure") + 1 == handed
    assert handed < order.index("Apply vc-bud1/10-foundation")
    stated = order.index("State the Supervisors of vc-bud1")
    assert order.index("Apply vc-bud1/25-supervisor") + 1 == stated
    assert len(set(order)) == len(order)
