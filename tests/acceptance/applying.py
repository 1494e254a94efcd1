"""The rendered apply script as its user runs it, against a simulated vCenter of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.acceptance import shipped, vcenter

LIMIT_S = 120
ZONES = "/api/vcenter/consumption-domains/zones"
APPLY = ("--apply", "--change-id", "CHG1")


@dataclass(frozen=True)
class Site:
    """A vCenter, and a copy of what is rendered for it with requests of every kind."""

    endpoint: vcenter.Endpoint
    platform: Path
    state: Path
    name: str = shipped.VCENTER

    def command(self, *arguments: str) -> list[str]:
        script = str(self.platform / "apply" / "apply.py")
        return [sys.executable, script, self.name, *arguments]

    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.state),
            "XDG_STATE_HOME": str(self.state),
            "VSPHERE_SERVER": self.endpoint.server,
            "VSPHERE_USER": self.endpoint.user,
            "VSPHERE_PASSWORD": vcenter.PASSWORD,
            "VSPHERE_CA_FILE": self.endpoint.ca_file,
        }

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            env=self.environment() | environment,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )

    def journals(self) -> list[Path]:
        return sorted(self.state.glob("mlgen/*/journal-*.jsonl"))

    @property
    def folder(self) -> Path:
        return self.platform / self.name / "supervisor"

    def bodies(self) -> list[dict[str, Any]]:
        """Every body that the requests name."""
        requests = json.loads((self.folder / "requests.json").read_text("utf-8"))["requests"]
        return [json.loads((self.folder / each["body"]).read_text("utf-8")) for each in requests]

    def tag_policies(self) -> dict[str, tuple[str, str]]:
        """The policies by tag that Terraform makes: category and tag by name."""
        plan = json.loads((self.platform / "plan.json").read_text("utf-8"))
        (found,) = (v for v in plan["vcenters"] if v["name"] == self.name)
        policies = found["storage_policies"]
        return {p["name"]: (p["tag_category"], p["tag"]) for p in policies if p["tag"]}

    def add(self, kind: str, name: str, path: str, body: dict[str, Any]) -> None:
        """A request of a kind that the example has no need of."""
        file = self.folder / "requests.json"
        document = json.loads(file.read_text("utf-8"))
        reach = document["requests"][0]["reach"]
        entry = {"kind": kind, "name": name, "path": path, "body": f"{name}.json", "reach": reach}
        kinds = [each["kind"] for each in document["requests"]]
        document["requests"].insert(kinds.index("access"), entry)
        file.write_text(json.dumps(document), "utf-8")
        (self.folder / f"{name}.json").write_text(json.dumps(body), "utf-8")

    def seen(self) -> dict[str, Any]:
        """All that the script may change, read by another client."""
        with vcenter.Rest(self.endpoint) as rest:
            with vcenter.soap(self.endpoint) as instance:
                policies = vcenter.policy_names(self.endpoint, instance)
            namespaces = [n["namespace"] for n in rest.call("GET", vcenter.NAMESPACES)]
            return {
                "policies": policies,
                "classes": [each["id"] for each in rest.call("GET", vcenter.CLASSES)],
                "zones": sorted(each["zone"] for each in rest.call("GET", ZONES)["items"]),
                "attached": _attached(rest),
                "namespaces": {
                    name: rest.call("GET", f"{vcenter.NAMESPACES}/{name}") for name in namespaces
                },
            }


def _attached(rest: vcenter.Rest) -> dict[str, int]:
    tags = {}
    for tag in rest.values(f"{vcenter.TAGGING}/tag"):
        name = rest.call("GET", f"{vcenter.TAGGING}/tag/id:{tag}")["value"]["name"]
        path = f"{vcenter.TAGGING}/tag-association/id:{tag}?~action=list-attached-objects"
        tags[name] = len(rest.call("POST", path, {})["value"] or [])
    return tags
