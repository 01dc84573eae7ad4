"""The signature under what leaves: it holds for what was signed, and for nothing that was added or changed since."""

import base64
import warnings

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from mailtriage.errors import MailtriageError
from mailtriage.transport.dkim import Signer

with warnings.catch_warnings():
    # Its DNS library may warn while it is imported; the verifier here asks no DNS.
    warnings.simplefilter("ignore")
    import dkim

LETTER = (
    b"From: =?utf-8?b?0KbQo9Cf0JjQoQ==?=\r\n <support@1cupis.ru>\r\nTo: ivan@mail.example\r\nSubject: Re: x\r\n"
    b"Date: Mon, 23 Nov 2026 12:30:15 +0300\r\nMessage-ID: <a@1cupis.ru>\r\nAuto-Submitted: auto-replied\r\n"
    b'MIME-Version: 1.0\r\nContent-Type: text/plain; charset="utf-8"\r\n\r\nline one \r\n\r\nline two\r\n\r\n'
)
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ED25519 = Ed25519PrivateKey.generate()


def pem(key: rsa.RSAPrivateKey | Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def record(key: rsa.RSAPrivateKey | Ed25519PrivateKey) -> bytes:
    """What stands in the DNS."""
    if isinstance(key, Ed25519PrivateKey):
        raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return b"v=DKIM1; k=ed25519; p=" + base64.b64encode(raw)
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return b"v=DKIM1; k=rsa; p=" + base64.b64encode(der)


def holds(octets: bytes, published: bytes) -> bool:
    def ask(name: bytes, **_: float) -> bytes:
        assert name.rstrip(b".") == b"mail2026._domainkey.1cupis.ru"
        return published

    return bool(dkim.verify(octets, dnsfunc=ask))


@pytest.mark.parametrize("key", [RSA, ED25519], ids=["rsa", "ed25519"])
def test_a_signed_letter_is_verified_and_a_changed_one_is_not(key: rsa.RSAPrivateKey | Ed25519PrivateKey) -> None:
    signed = Signer("1cupis.ru", "mail2026", pem(key))(LETTER)
    assert signed.endswith(LETTER)
    assert signed.isascii()
    assert max(map(len, signed.split(b"\r\n"))) < 998
    assert b"\n" not in signed.replace(b"\r\n", b"")
    published = record(key)
    assert holds(signed, published)
    # Relays fold headers anew and take trailing spaces away.
    assert holds(signed.replace(b"Subject: Re: x", b"Subject:  Re:\r\n x").replace(b"one \r\n", b"one\r\n"), published)
    assert not holds(signed.replace(b"line two", b"line too"), published)
    for added in (
        b"From: evil@mail.example",
        b"Subject: Pay",
        b"Reply-To: evil@mail.example",
        b"Cc: evil@mail.example",
    ):
        assert not holds(added + b"\r\n" + signed, published)
        assert not holds(signed.replace(b"\r\nMIME-Version", b"\r\n" + added + b"\r\nMIME-Version"), published)


def test_the_short_form_of_a_key_is_the_same_key() -> None:
    raw = ED25519.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    assert holds(Signer("1cupis.ru", "mail2026", base64.b64encode(raw).decode() + "\n")(LETTER), record(ED25519))


@pytest.mark.parametrize(
    "key",
    [
        "",
        "nonsense",
        "c2VjcmV0",
        "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----",
        pem(ec.generate_private_key(ec.SECP256R1())),
    ],
    ids=["empty", "words", "short", "damaged", "curve"],
)
def test_what_is_no_key_for_mail_is_refused_without_being_repeated(key: str) -> None:
    with pytest.raises(MailtriageError, match=r"smtp\.dkim\.key: expected") as caught:
        Signer("1cupis.ru", "mail2026", key)
    assert "c2VjcmV0" not in str(caught.value)
