"""One way to make a TLS context, so that no connection is ever unverified.

The trap is a library's own default: imaplib's STARTTLS verifies nothing when it is given no context, and an
opportunistic STARTTLS goes on in the clear when somebody on the path strips the offer (RFC 8314 section 3, RFC 7817).
"""

import ssl
from pathlib import Path
from typing import Literal

from mailtriage.errors import TransportError

Tls = Literal["implicit", "starttls", "none"]
"""TLS from the first octet, TLS asked for and required, or none (the settings allow that on loopback alone)."""


def client_context(ca_file: Path | None = None) -> ssl.SSLContext:
    """A context that verifies chain and host name; `ca_file` replaces the system's authorities.

    Raises:
        TransportError: the file cannot be read or holds no certificate.
    """
    try:
        context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise TransportError(f"{ca_file}: expected a file of PEM certificates: {error}") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
