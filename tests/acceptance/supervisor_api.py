"""A Supervisor's Kubernetes that only holds documents: what was applied is what it shows.

It serves lists of namespaces, clusters and VM classes over TLS, to whoever has the token. What a
controller rewrites is rewritten (the release's full name, ``TKR_DATA``, the phase), as the VKS
documentation has it.
"""

from __future__ import annotations

import base64
import contextlib
import copy
import json
import secrets
import ssl
import subprocess
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

NAMESPACES = "/api/v1/namespaces"
CLUSTERS = "/apis/cluster.x-k8s.io/v1beta1/clusters"
CLASSES = "/apis/vmoperator.vmware.com/v1alpha2/virtualmachineclasses"
GROUPS = {
    "/apis/cluster.x-k8s.io": "cluster.x-k8s.io/v1beta1",
    "/apis/vmoperator.vmware.com": "vmoperator.vmware.com/v1alpha2",
}
Document = dict[str, Any]


class Kubernetes:
    """The documents by the path of their list, and how they are reached."""

    def __init__(self, folder: Path) -> None:
        self.documents: dict[str, list[Document]] = {NAMESPACES: [], CLUSTERS: [], CLASSES: []}
        self.requests: list[tuple[str, str]] = []
        self.token = secrets.token_urlsafe()
        self.kubeconfig = folder / "kubeconfig"
        self._folder = folder

    def apply(self, rendered: Path) -> None:
        """The rendered clusters, with the namespaces that they are in and what controllers do."""
        for file in sorted(rendered.glob("*/tanzu/*.yaml")):
            for one in yaml.safe_load_all(file.read_text("utf-8")):
                if one and one["kind"] == "Cluster":
                    self._take(copy.deepcopy(one))

    def _take(self, cluster: Document) -> None:
        space = cluster["metadata"]["namespace"]
        known = {one["metadata"]["name"] for one in self.documents[NAMESPACES]}
        if space not in known:
            labels = {
                "kubernetes.io/metadata.name": space,
                "pod-security.kubernetes.io/enforce": "restricted",
            }
            self.documents[NAMESPACES].append(
                {"metadata": {"name": space, "labels": labels}, "status": {"phase": "Active"}}
            )
        topology = cluster["spec"]["topology"]
        topology["version"] += ".2---vmware.1-vkr.4"
        topology["variables"].append({"name": "TKR_DATA", "value": {"rewritten": "by controller"}})
        cluster["status"] = {"phase": "Provisioned"}
        self.documents[CLUSTERS].append(cluster)

    def bind(self, space: str, classes: Mapping[str, Document]) -> None:
        """VM classes as a namespace shows them."""
        for name, spec in classes.items():
            self.documents[CLASSES].append(
                {"metadata": {"name": name, "namespace": space}, "spec": spec}
            )

    def one(self, path: str, name: str) -> Document:
        """A document, to be changed."""
        return next(each for each in self.documents[path] if each["metadata"]["name"] == name)


@contextlib.contextmanager
def served(kubernetes: Kubernetes) -> Iterator[Kubernetes]:
    """Serves the documents on a free port of loopback, and writes the kubeconfig."""
    folder = kubernetes._folder
    key, certificate = folder / "k8s-key.pem", folder / "k8s.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
            "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
            "-keyout", str(key), "-out", str(certificate),
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(kubernetes))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    kubernetes.kubeconfig.write_text(
        yaml.safe_dump(_kubeconfig(kubernetes, server.server_port, certificate)), "utf-8"
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield kubernetes
    finally:
        server.shutdown()
        server.server_close()


def _kubeconfig(kubernetes: Kubernetes, port: int, certificate: Path) -> Document:
    authority = base64.b64encode(certificate.read_bytes()).decode()
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "supervisor",
        "contexts": [
            {"name": "supervisor", "context": {"cluster": "supervisor", "user": "reader"}}
        ],
        "clusters": [
            {
                "name": "supervisor",
                "cluster": {
                    "server": f"https://127.0.0.1:{port}",
                    "certificate-authority-data": authority,
                },
            }
        ],
        "users": [{"name": "reader", "user": {"token": kubernetes.token}}],
    }


def _handler(kubernetes: Kubernetes) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kubernetes.requests.append(("GET", self.path))
            path = self.path.partition("?")[0]
            if self.headers.get("Authorization") != f"Bearer {kubernetes.token}":
                self._reply(401, {"kind": "Status", "message": "Unauthorized"})
            elif path in GROUPS:
                self._reply(200, {"preferredVersion": {"groupVersion": GROUPS[path]}})
            elif path in kubernetes.documents:
                self._reply(200, {"items": kubernetes.documents[path], "metadata": {}})
            else:
                self._reply(404, {"kind": "Status", "message": "not found"})

        def _reply(self, status: int, body: Document) -> None:
            text = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Nothing on standard error."""

    return Handler
