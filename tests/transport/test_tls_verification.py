"""TLS is verified or refused, on both protocols and in both ways to begin it."""

import asyncio
import ssl
from contextlib import nullcontext
from pathlib import Path

import pytest
from servers.authority import Authority

from mailtriage.demo.imap import EmbeddedImap
from mailtriage.demo.smtp import EmbeddedSmtp
from mailtriage.errors import TransportError
from mailtriage.transport.imap import ImapAccount, Mailbox
from mailtriage.transport.smtp import Deferred, Outcome, Sender, Sent, SmtpAccount
from mailtriage.transport.tls import Tls, client_context


def log_in(server: EmbeddedImap, tls: Tls, ca_file: Path | None, host: str = "127.0.0.1") -> None:
    account = ImapAccount("support", host, server.port, tls, server.user, server.password, 10, ca_file)
    with Mailbox(account) as mailbox:
        mailbox.append("INBOX", b"Subject: x\r\n\r\n")


def send(server: EmbeddedSmtp, tls: Tls, ca_file: Path | None) -> Outcome:
    async def run() -> Outcome:
        account = SmtpAccount(server.host, server.port, tls, timeout=10, ca_file=ca_file)
        async with Sender(account) as sender:
            return await sender.send(b"Subject: x\r\n\r\n", "a@example.org", "")

    return asyncio.run(run())


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_imap_trusts_the_given_authority_and_no_other(authority: Authority, tls: Tls, tmp_path: Path) -> None:
    stranger = Authority(tmp_path, "stranger")
    with EmbeddedImap(tls=authority.server_context(), starttls=tls == "starttls") as server:
        log_in(server, tls, authority.ca_file)
        for ca_file in (None, stranger.ca_file):
            with pytest.raises(TransportError, match=r"(?i)certificate verify failed"):
                log_in(server, tls, ca_file)


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_smtp_trusts_the_given_authority_and_no_other(authority: Authority, tls: Tls, tmp_path: Path) -> None:
    stranger = Authority(tmp_path, "stranger")
    with EmbeddedSmtp(tls=authority.server_context(), starttls=tls == "starttls") as server:
        assert isinstance(send(server, tls, authority.ca_file), Sent)
        for ca_file in (None, stranger.ca_file):
            outcome = send(server, tls, ca_file)
            assert isinstance(outcome, Deferred)
            assert "certificate verify failed" in outcome.text.lower()
        assert len(server.received) == 1


def test_a_certificate_for_another_host_is_refused(authority: Authority) -> None:
    with (
        EmbeddedImap(tls=authority.server_context("imap.example.org")) as server,
        pytest.raises(TransportError, match=r"(?i)certificate"),
    ):
        log_in(server, "implicit", authority.ca_file)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2])
def test_nothing_older_than_tls_1_2_is_spoken(authority: Authority, newest: ssl.TLSVersion) -> None:
    context = authority.server_context()
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, newest
    spoken = newest >= ssl.TLSVersion.TLSv1_2
    # Whatever the system's own settings say.
    assert client_context(authority.ca_file).minimum_version >= ssl.TLSVersion.TLSv1_2
    with EmbeddedImap(tls=context) as imap, EmbeddedSmtp(tls=context) as smtp:
        with nullcontext() if spoken else pytest.raises(TransportError):
            log_in(imap, "implicit", authority.ca_file)
        assert isinstance(send(smtp, "implicit", authority.ca_file), Sent) == spoken


def test_starttls_that_is_not_offered_is_an_error_and_not_clear_text(authority: Authority) -> None:
    with EmbeddedImap() as server, pytest.raises(TransportError, match="STARTTLS"):
        log_in(server, "starttls", authority.ca_file)
    with EmbeddedSmtp() as server:
        outcome = send(server, "starttls", authority.ca_file)
        assert isinstance(outcome, Deferred)
        assert "STARTTLS" in outcome.text
        assert not server.received
