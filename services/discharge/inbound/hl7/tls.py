"""TLS for the MLLP listener: its own certificate, and those of the senders if they must show one."""

import ssl
from pathlib import Path


def tls_context(certificate: Path, key: Path, client_ca: Path | None) -> ssl.SSLContext:
    """TLS 1.2 or later. With `client_ca` nobody is heard who shows no certificate of that authority.

    Raises `OSError` (of which `ssl.SSLError` is one) when a file cannot be read or used.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=client_ca)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    if client_ca is not None:
        context.verify_mode = ssl.CERT_REQUIRED
    return context
