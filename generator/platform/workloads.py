"""The Supervisor namespaces and VKS clusters that carry the groups of work."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from generator.platform import questions
from generator.platform.clusters import Group, vks_cluster
from generator.platform.objects import Manage, Namespace, OpenQuestion, VksCluster
from generator.platform.scope import Scope
from generator.sizing.clusters import plain_fabrics


def namespaces(scope: Scope, environment: str) -> Iterator[Namespace | OpenQuestion]:
    """The namespaces of an environment, or what they lack."""
    home, plain = scope.homes[environment], plain_fabrics(scope.blueprint)
    members = [g for g in scope.groups_of(environment) if g.orchestrator not in plain]
    if not members:
        return
    asked = tuple(questions.namespace_questions(home, [g.namespace for g in members]))
    yield from asked
    if asked or home.supervisor is None:
        return
    for group in members:
        classes = {scope.classes[environment, c.demand.name].name for c in group.chosen}
        yield Namespace(
            name=group.namespace,
            manage=_owner_of(scope, group.namespace, environment),
            environment=environment,
            team=group.name,
            supervisor=home.supervisor.ref,
            supervisor_id=home.supervisor.id or "",
            storage_policies=tuple(s.policy.name for s in scope.storage[environment]),
            content_libraries=home.libraries,
            vm_classes=tuple(sorted(classes)),
        )


def _owner_of(scope: Scope, namespace: str, environment: str) -> Manage:
    """Whose a namespace is: the site's list of existing objects counts before the wish."""
    inventory = scope.homes[environment].inventory
    for thing in inventory.objects if inventory is not None else ():
        if (thing.kind, thing.name) == ("namespace", namespace) and thing.manage != "create":
            return Manage(thing.manage)
    return Manage(scope.blueprint.environments[environment].manage or Manage.CREATE)


def clusters(scope: Scope, made: Collection[str]) -> Iterator[VksCluster | OpenQuestion]:
    """The VKS cluster of each group whose namespace is ``made``, or what it lacks."""
    plain = plain_fabrics(scope.blueprint)
    for group in scope.groups:
        if group.orchestrator in plain:
            continue
        home = scope.homes[group.environment]
        storage = [s.policy.storage_class for s in scope.storage[group.environment]]
        asked = tuple(
            questions.cluster_questions(
                group,
                home=home,
                name=group.namespace,
                blueprint=scope.blueprint,
                catalog=scope.catalog,
                storage_classes=storage,
                gpu_clusters=_gpu_clusters(scope, group),
            )
        )
        yield from asked
        if asked or group.namespace not in made:
            continue
        yield vks_cluster(
            group,
            home=home,
            blueprint=scope.blueprint,
            plan=scope.plan,
            catalog=scope.catalog,
            namer=scope.namers[group.environment],
            classes=scope.classes,
            storage_classes=storage,
        )


def _gpu_clusters(scope: Scope, group: Group) -> set[str]:
    """The vSphere clusters that carry the GPUs of a group."""
    names = {c.demand.name for c in group.chosen if c.demand.gpu is not None}
    return {
        spot.cluster
        for spot in scope.plan.placed
        if spot.environment == group.environment and spot.demand in names
    }
