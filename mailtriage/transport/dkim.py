"""The signature under what leaves (RFC 6376), made by dkimpy as the last thing before a letter is handed over.

Not when it is composed: the key then stays out of the store and of the process that reads hostile mail, a letter that
waited for days is signed with the key of the day, and the stored octets are the same with and without a key. The
traps: a header that is not signed can be added on the way, so the ones that a reader sees are signed once more than
they stand there (8.15); and a signature that expires (x=) before a greylisted letter arrives does harm only.
"""

import base64
import binascii
from typing import Final

import dkim
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from mailtriage.errors import MailtriageError

_SIGNED: Final = (
    *("from", "to", "cc", "subject", "date", "message-id", "reply-to", "in-reply-to", "references"),
    *("mime-version", "content-type", "content-transfer-encoding", "auto-submitted"),
)
_ONCE_MORE: Final = ("from", "to", "cc", "subject", "date", "message-id", "reply-to", "mime-version", "content-type")
_FEWEST_BITS: Final = 1024
"""RFC 8301 3.2: with fewer, nobody believes the signature."""
_SEED: Final = 32


class Signer:
    """Signs for one domain with one key.

    Raises:
        MailtriageError: the key is none that mail is signed with; the text holds nothing of it.
    """

    def __init__(self, domain: str, selector: str, key: str) -> None:
        self._domain, self._selector = domain.encode("ascii"), selector.encode("ascii")
        self._algorithm, self._key = _read(key)

    def __call__(self, octets: bytes) -> bytes:
        """The message with its signature on top; all else stays as it is."""
        there = {name.strip().lower() for name, _ in dkim.rfc822_parse(octets)[0]}
        present = [name for name in _SIGNED if name.encode() in there]
        header: bytes = dkim.sign(
            octets,
            self._selector,
            self._domain,
            self._key,
            canonicalize=(b"relaxed", b"relaxed"),
            signature_algorithm=self._algorithm,
            include_headers=[*present, *_ONCE_MORE],
        )
        return header + octets


def _read(key: str) -> tuple[bytes, bytes]:
    """The algorithm, and the key as dkimpy takes it."""
    if "-----BEGIN" not in key:
        return b"ed25519-sha256", _seed(key)
    try:
        private = load_pem_private_key(key.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise MailtriageError("smtp.dkim.key: expected a private key in PEM, without a passphrase") from None
    if isinstance(private, Ed25519PrivateKey):
        raw = private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        return b"ed25519-sha256", base64.b64encode(raw)
    if isinstance(private, RSAPrivateKey) and private.key_size >= _FEWEST_BITS:
        return b"rsa-sha256", private.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    raise MailtriageError(f"smtp.dkim.key: expected RSA of at least {_FEWEST_BITS} bits, or Ed25519")


def _seed(key: str) -> bytes:
    """An Ed25519 key as dkimpy's own `dknewkey` writes it."""
    try:
        raw = base64.b64decode(key.strip(), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != _SEED:
        raise MailtriageError("smtp.dkim.key: expected a private key in PEM, or 32 octets in base64 for Ed25519")
    return base64.b64encode(raw)
