"""How the certificate of a vCenter is verified: by authorities, or pinned by its thumbprint."""

from __future__ import annotations

import hashlib
import hmac
import ssl

from generator.finding import CannotRun
from generator.vcenter.settings import Connection


def tls(connection: Connection) -> ssl.SSLContext:
    """The context of every connection to a vCenter; proxies and environment CA files play no part.

    A pinned certificate is fetched once without a word about who asks, and is then the only
    authority there is.

    Raises:
        CannotRun: where an authority's file cannot be read, or another certificate is shown.
        OSError: where nothing answers.
    """
    if connection.thumbprint:
        return _pinned(connection)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if not connection.verified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    if not connection.ca_files:
        context.load_default_certs()
    for file in connection.ca_files:
        try:
            context.load_verify_locations(cafile=file)
        except OSError as error:
            raise CannotRun(f"the authorities in {file} cannot be read: {error}") from None
    return context


def _pinned(connection: Connection) -> ssl.SSLContext:
    address = (connection.host, connection.port)
    certificate = ssl.get_server_certificate(address, timeout=connection.timeout_s)
    shown = hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate)).hexdigest()
    if not hmac.compare_digest(shown, connection.thumbprint):
        raise CannotRun(
            f"{connection.host} shows a certificate with the SHA-256 {shown}, not the stated one"
        )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=certificate)
    context.check_hostname = False  # the certificate itself is what is trusted
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context
