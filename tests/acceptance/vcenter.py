"""The simulated vCenter: its process, and a client that reads it by other ways than Terraform."""

from __future__ import annotations

import base64
import contextlib
import json
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import yaml
from pyVim.connect import Disconnect, SmartConnect
from pyVmomi import SoapStubAdapter, VmomiSupport, pbm, vim

from tests.tools import build

PASSWORD = "only-on-loopback"
START_LIMIT_S = 60
STOP_LIMIT_S = 10

CLASSES = "/api/vcenter/namespace-management/virtual-machine-classes"
NAMESPACES = "/api/vcenter/namespaces/instances"
TAGGING = "/rest/com/vmware/cis/tagging"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a simulator answers."""

    server: str
    user: str
    ca_file: str
    instance_uuid: str
    version: str
    control: str = ""

    def environment(self) -> dict[str, str]:
        """What the provider reads. The certificate is verified: it is trusted by name."""
        return {
            "VSPHERE_SERVER": self.server,
            "VSPHERE_USER": self.user,
            "VSPHERE_PASSWORD": PASSWORD,
            "VSPHERE_ALLOW_UNVERIFIED_SSL": "false",
            "SSL_CERT_FILE": self.ca_file,
        }


@contextlib.contextmanager
def simulator(inventory: Path, folder: Path, *flags: str) -> Iterator[Endpoint]:
    """A simulator of the inventory on a free port of loopback, ended in every case.

    It also ends by itself when its standard input closes, so that a killed test run leaves none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    facts = folder / "inventory.json"
    facts.write_text(json.dumps(yaml.safe_load(inventory.read_text("utf-8")), default=str), "utf-8")
    ready = folder / "environment.json"
    ready.unlink(missing_ok=True)
    command = [
        str(build.locate("simulator")),
        *("-listen", "127.0.0.1:0", "-inventory", str(facts), "-password", PASSWORD),
        *("-env", str(ready), "-requests", str(folder / "requests.jsonl"), "-stdin-exit", *flags),
    ]
    with (
        (folder / "simulator.log").open("wb") as log,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log) as process,
    ):
        try:
            yield _wait(process, ready, folder / "simulator.log")
        finally:
            process.terminate()
            try:
                process.wait(STOP_LIMIT_S)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait(process: subprocess.Popen[bytes], ready: Path, log: Path) -> Endpoint:
    limit = time.monotonic() + START_LIMIT_S
    while not ready.is_file():
        if process.poll() is not None or time.monotonic() > limit:
            raise RuntimeError(f"the simulator did not start:\n{log.read_text('utf-8')}")
        time.sleep(0.02)
    facts = json.loads(ready.read_text("utf-8"))
    return Endpoint(**{name: facts[name] for name in Endpoint.__dataclass_fields__})


def command(endpoint: Endpoint, *wishes: Mapping[str, Any]) -> list[Any]:
    """What the simulator's control answers to each wish (`tests/tools/simulator/README.md`)."""
    request = urllib.request.Request(
        f"https://{endpoint.server}/control",
        method="POST",
        data=json.dumps(wishes).encode(),
        headers={"Simulator-Control": endpoint.control},
    )
    tls = ssl.create_default_context(cafile=endpoint.ca_file)
    try:
        with urllib.request.urlopen(request, context=tls) as answer:
            return list(json.loads(answer.read()))
    except urllib.error.HTTPError as refused:
        with refused:
            raise RestError(refused.code, refused.read().decode()) from None


class RestError(Exception):
    """An answer of 400 or more, with its status and text."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status}: {text}")
        self.status = status


class Rest:
    """A REST session."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._tls = ssl.create_default_context(cafile=endpoint.ca_file)
        self._session = ""

    def __enter__(self) -> Self:
        pair = f"{self._endpoint.user}:{PASSWORD}".encode()
        basic = "Basic " + base64.b64encode(pair).decode()
        self._session = self.call("POST", "/api/session", Authorization=basic)
        return self

    def __exit__(self, *_: object) -> None:
        self.call("DELETE", "/api/session")

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The decoded answer; an empty one is None."""
        request = urllib.request.Request(
            f"https://{self._endpoint.server}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", **headers},
        )
        if self._session:
            request.add_header("vmware-api-session-id", self._session)
        try:
            with urllib.request.urlopen(request, context=self._tls) as answer:
                text = answer.read()
        except urllib.error.HTTPError as refused:
            with refused:
                raise RestError(refused.code, refused.read().decode()) from None
        return json.loads(text) if text else None

    def values(self, path: str) -> list[Any]:
        """A list of the older API, which writes an empty one as null."""
        return self.call("GET", path)["value"] or []

    def tagging(self) -> dict[str, list[str]]:
        """Names of all tag categories and tags."""
        categories = {}
        for each in self.values(f"{TAGGING}/category"):
            found = self.call("GET", f"{TAGGING}/category/id:{each}")["value"]
            categories[each] = found["name"]
        tags = []
        for each in self.values(f"{TAGGING}/tag"):
            found = self.call("GET", f"{TAGGING}/tag/id:{each}")["value"]
            tags.append(f"{categories[found['category_id']]}:{found['name']}")
        return {"tag categories": sorted(categories.values()), "tags": sorted(tags)}

    def libraries(self) -> list[str]:
        """Names of the content libraries."""
        found = self.values("/rest/com/vmware/content/library")
        path = "/rest/com/vmware/content/library/id:"
        return sorted(self.call("GET", path + each)["value"]["name"] for each in found)


@contextlib.contextmanager
def soap(endpoint: Endpoint) -> Iterator[Any]:
    """A SOAP session of the vim API."""
    host, _, port = endpoint.server.partition(":")
    tls = ssl.create_default_context(cafile=endpoint.ca_file)
    instance = SmartConnect(
        host=host, port=int(port), user=endpoint.user, pwd=PASSWORD, sslContext=tls
    )
    try:
        yield instance
    finally:
        Disconnect(instance)


def inventory_objects(instance: Any, kind: Any) -> list[Any]:
    """All managed objects of a type."""
    content = instance.content
    view = content.viewManager.CreateContainerView(content.rootFolder, [kind], True)
    try:
        return list(view.view)
    finally:
        view.Destroy()


@contextlib.contextmanager
def policy_manager(endpoint: Endpoint, instance: Any) -> Iterator[Any]:
    """The profile manager of the policy service, in the SOAP session of ``instance``."""
    with policy_services(endpoint, instance) as services:
        yield services.profileManager


@contextlib.contextmanager
def policy_services(endpoint: Endpoint, instance: Any) -> Iterator[Any]:
    """What the policy service has, in the SOAP session of ``instance``."""
    host, _, port = endpoint.server.partition(":")
    cookie = instance._stub.cookie.partition(";")[0].partition("=")[2].strip('"')
    stub = SoapStubAdapter(
        host=host,
        port=int(port),
        path="/pbm",
        version=VmomiSupport.newestVersions.GetName("pbm"),
        sslContext=ssl.create_default_context(cafile=endpoint.ca_file),
        requestContext={"vcSessionCookie": cookie},
    )
    try:
        yield pbm.ServiceInstance("ServiceInstance", stub).RetrieveContent()
    finally:
        stub.DropConnections()


def policy_ids(endpoint: Endpoint, instance: Any) -> dict[str, str]:
    """Ids of all storage policies by name, asked of the policy service."""
    with policy_manager(endpoint, instance) as manager:
        ids = manager.PbmQueryProfile(pbm.profile.ResourceType(resourceType="STORAGE"))
        found = manager.PbmRetrieveContent(ids)
        return {each.name: each.profileId.uniqueId for each in found}


def policy_names(endpoint: Endpoint, instance: Any) -> list[str]:
    """Names of all storage policies."""
    return sorted(policy_ids(endpoint, instance))


def create_policies(endpoint: Endpoint, names: Iterable[str]) -> None:
    """Makes storage policies of one vSAN rule, as a site has them before mlgen comes."""
    rule = pbm.capability.CapabilityMetadata.UniqueId(namespace="VSAN", id="hostFailuresToTolerate")
    value = pbm.capability.PropertyInstance(id=rule.id, value=1)
    capability = pbm.capability.CapabilityInstance(
        id=rule, constraint=[pbm.capability.ConstraintInstance(propertyInstance=[value])]
    )
    rules = pbm.profile.SubProfileCapabilityConstraints.SubProfile(
        name="vSAN", capability=[capability]
    )
    with soap(endpoint) as instance, policy_manager(endpoint, instance) as manager:
        for name in names:
            manager.PbmCreate(
                pbm.profile.CapabilityBasedProfileCreateSpec(
                    name=name,
                    category="REQUIREMENT",
                    resourceType=pbm.profile.ResourceType(resourceType="STORAGE"),
                    constraints=pbm.profile.SubProfileCapabilityConstraints(subProfiles=[rules]),
                )
            )


def create_tag_policies(endpoint: Endpoint, wanted: Mapping[str, tuple[str, str]]) -> None:
    """Makes storage policies by a tag, as 10-foundation does; (category, tag) by name."""
    with soap(endpoint) as instance, policy_manager(endpoint, instance) as manager:
        for name, (category, tag) in wanted.items():
            value = pbm.capability.PropertyInstance(
                id=f"com.vmware.storage.tag.{category}.property",
                value=pbm.capability.types.DiscreteSet(values=[tag]),
            )
            rule = pbm.capability.CapabilityInstance(
                id=pbm.capability.CapabilityMetadata.UniqueId(
                    namespace="http://www.vmware.com/storage/tag", id=category
                ),
                constraint=[pbm.capability.ConstraintInstance(propertyInstance=[value])],
            )
            constraints = pbm.profile.SubProfileCapabilityConstraints
            rules = constraints.SubProfile(name="Tag based placement", capability=[rule])
            manager.PbmCreate(
                pbm.profile.CapabilityBasedProfileCreateSpec(
                    name=name,
                    category="REQUIREMENT",
                    resourceType=pbm.profile.ResourceType(resourceType="STORAGE"),
                    constraints=constraints(subProfiles=[rules]),
                )
            )


def snapshot(endpoint: Endpoint) -> Mapping[str, list[str]]:
    """Every name that a rendered root could make or break, read without Terraform."""
    kinds = {
        "datacenters": vim.Datacenter,
        "clusters": vim.ClusterComputeResource,
        "hosts": vim.HostSystem,
        "datastores": vim.Datastore,
        "switches": vim.DistributedVirtualSwitch,
        "folders": vim.Folder,
        "pools": vim.ResourcePool,
        "machines": vim.VirtualMachine,
    }
    with Rest(endpoint) as rest, soap(endpoint) as instance:
        found = {
            kind: sorted(each.name for each in inventory_objects(instance, managed))
            for kind, managed in kinds.items()
        }
        return {
            **found,
            **rest.tagging(),
            "libraries": rest.libraries(),
            "policies": policy_names(endpoint, instance),
            "classes": [each["id"] for each in rest.call("GET", CLASSES)],
            "namespaces": [each["namespace"] for each in rest.call("GET", NAMESPACES)],
        }
