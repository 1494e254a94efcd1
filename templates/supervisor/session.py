"""A session with one vCenter: REST by the standard library, SOAP by pyvmomi.

Credentials come from the environment and are never written anywhere: ``VSPHERE_SERVER``,
``VSPHERE_USER`` and ``VSPHERE_PASSWORD``. The certificate is always verified: by the system's
authorities, by ``VSPHERE_CA_FILE``, or by ``VSPHERE_THUMBPRINT`` (SHA-256), which pins it.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import os
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Self

TIMEOUT_S = 60
OLD_SESSION = "/rest/com/vmware/cis/session"


def quoted(text: str) -> str:
    """A part of a path."""
    return urllib.parse.quote(text, safe="")


class Surprise(Exception):
    """Something is not as it was assumed; nothing more is written."""


class Refused(Surprise):
    """An answer of vCenter with an error status."""

    def __init__(self, status: int, what: str, text: str) -> None:
        super().__init__(f"{what}: {status} {text[:500]}")
        self.status = status


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the session to another address."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Vcenter:
    """One vCenter; use it as a context, so that its sessions end in every case."""

    def __init__(self) -> None:
        try:
            self.server = os.environ["VSPHERE_SERVER"]
            self._user = os.environ["VSPHERE_USER"]
            self._password = os.environ["VSPHERE_PASSWORD"]
        except KeyError as missing:
            raise Surprise(f"set {missing.args[0]} in the environment") from None
        self._tls = _tls(self.server)
        self._open = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=self._tls), _NoRedirect
        ).open
        self._session = ""
        self._session_path = "/api/session"
        self._instance: Any = None

    def __enter__(self) -> Self:
        pair = base64.b64encode(f"{self._user}:{self._password}".encode()).decode()
        basic = {"Authorization": f"Basic {pair}"}
        try:
            self._session = self.call("POST", self._session_path, headers=basic)
        except Refused as refused:  # 401 is never tried again: single sign-on locks accounts
            if refused.status != HTTPStatus.NOT_FOUND:
                raise
            self._session_path = OLD_SESSION
            self._session = self.call("POST", OLD_SESSION, headers=basic)
        return self

    def __exit__(self, *_: object) -> None:
        try:
            if self._session:
                self.call("DELETE", self._session_path)
        finally:
            self._session = ""
            if self._instance is not None:
                from pyVim.connect import Disconnect

                Disconnect(self._instance)

    def call(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Any:
        """The decoded answer, without the envelope of the older API; an empty one is None."""
        request = urllib.request.Request(
            f"https://{self.server}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", **(headers or {})},
        )
        if self._session:
            request.add_header("vmware-api-session-id", self._session)
        try:
            with self._open(request, timeout=TIMEOUT_S) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            with error:
                raise Refused(
                    error.code, f"{method} {path}", error.read().decode(errors="replace")
                ) from None
        except (OSError, urllib.error.URLError) as error:
            raise Surprise(f"{method} {path}: {error}") from None
        found = json.loads(text) if text.strip() else None
        if path.startswith("/rest/") and isinstance(found, dict) and set(found) == {"value"}:
            return found["value"]
        return found

    def read(self, path: str) -> Any:
        """What is at a path; None where nothing is."""
        try:
            return self.call("GET", path)
        except Refused as refused:
            if refused.status == HTTPStatus.NOT_FOUND:
                return None
            raise

    @property
    def instance(self) -> Any:
        """The SOAP session, opened when it is first needed."""
        if self._instance is None:
            from pyVim.connect import SmartConnect

            host, _, port = self.server.partition(":")
            self._instance = SmartConnect(
                host=host,
                port=int(port or 443),
                user=self._user,
                pwd=self._password,
                sslContext=self._tls,
            )
        return self._instance

    def instance_uuid(self) -> str:
        """By which a vCenter is known, whatever its name resolves to."""
        return str(self.instance.content.about.instanceUuid)

    def managed(self, kind: str, name: str) -> str:
        """The id of a managed object of a kind (``Datastore``) by its name."""
        found = sorted(own for own, called in self.names(kind).items() if called == name)
        if len(found) != 1:
            raise Surprise(f"{len(found)} objects of kind {kind} are called {name!r}, not one")
        return found[0]

    def names(self, kind: str) -> dict[str, str]:
        """The names of all managed objects of a kind, by id."""
        from pyVmomi import vim

        content = self.instance.content
        view = content.viewManager.CreateContainerView(
            content.rootFolder, [getattr(vim, kind)], recursive=True
        )
        try:
            return {each._GetMoId(): each.name for each in view.view}
        finally:
            view.Destroy()

    def policies(self) -> dict[str, str]:
        """The ids of all storage policies by name."""
        from pyVmomi import pbm

        with self.policy_manager() as manager:
            ids = manager.PbmQueryProfile(pbm.profile.ResourceType(resourceType="STORAGE"))
            found = manager.PbmRetrieveContent(ids) if ids else []
            return {each.name: each.profileId.uniqueId for each in found}

    @contextlib.contextmanager
    def policy_manager(self) -> Iterator[Any]:
        """The part of the storage policy service that holds the policies."""
        with self.policy_service() as service:
            yield service.profileManager

    @contextlib.contextmanager
    def policy_service(self) -> Iterator[Any]:
        """The storage policy service, by the SOAP session."""
        from pyVmomi import SoapStubAdapter, VmomiSupport, pbm

        host, _, port = self.server.partition(":")
        cookie = self.instance._stub.cookie.partition(";")[0].partition("=")[2].strip('"')
        stub = SoapStubAdapter(
            host=host,
            port=int(port or 443),
            path="/pbm",
            version=VmomiSupport.newestVersions.GetName("pbm"),
            sslContext=self._tls,
            requestContext={"vcSessionCookie": cookie},
        )
        try:
            yield pbm.ServiceInstance("ServiceInstance", stub).RetrieveContent()
        finally:
            stub.DropConnections()


def _tls(server: str) -> ssl.SSLContext:
    thumbprint = os.environ.get("VSPHERE_THUMBPRINT", "").replace(":", "").lower()
    if not thumbprint:
        return ssl.create_default_context(cafile=os.environ.get("VSPHERE_CA_FILE"))
    host, _, port = server.partition(":")
    certificate = ssl.get_server_certificate((host, int(port or 443)), timeout=TIMEOUT_S)
    shown = hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate)).hexdigest()
    if not hmac.compare_digest(shown, thumbprint):
        raise Surprise(f"{server} shows a certificate with the SHA-256 {shown}, not the stated one")
    pinned = ssl.create_default_context(cadata=certificate)
    pinned.check_hostname = False  # the certificate itself is what is trusted
    pinned.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return pinned
