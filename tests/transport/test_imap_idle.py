"""IDLE against a server that sends its words in awkward segments."""

import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from servers.authority import Authority
from servers.scripted import ScriptedImap

from mailtriage.errors import TransportError
from mailtriage.transport.imap import ImapAccount, Mailbox, Wake
from mailtriage.transport.tls import Tls


def looked(server: ScriptedImap, tls: Tls = "none", ca_file: Path | None = None) -> Mailbox:
    """A mailbox whose INBOX has just been read."""
    mailbox = Mailbox(ImapAccount("support", server.host, server.port, tls, "user", "secret", 5, ca_file))
    assert list(mailbox.new_messages("INBOX", None, batch=10, max_size=1000)) == []
    return mailbox


@pytest.mark.parametrize(
    "segments",
    [
        [b"+ idling\r\n* 1 EXISTS\r\n"],
        [b"* 1 EXISTS\r\n+ idling\r\n"],
        [b"* OK hello\r\n* 0 RECENT\r\n+ idling\r\n* 1 EXISTS\r\n"],
        [b"+ idling\r\n", b"* 1 EXI", b"", b"STS\r\n"],
        [b"+ idling\r\n* OK Still here\r\n* 1 EXISTS\r\n"],
    ],
    ids=["one segment", "before the plus", "among others", "in two halves", "after small talk"],
)
@pytest.mark.parametrize("tls", ["none", "implicit"])
def test_new_mail_is_heard_however_it_is_cut(authority: Authority, segments: Sequence[bytes], tls: Tls) -> None:
    context = authority.server_context() if tls == "implicit" else None
    with ScriptedImap({"IDLE": segments}, tls=context) as server, Wake() as wake:
        mailbox = looked(server, tls, authority.ca_file)
        rest = threading.Timer(0.2, server.go_on)
        rest.start()
        began = time.monotonic()
        assert mailbox.wait(20, wake)
        assert time.monotonic() - began < 2
        rest.join()
        mailbox.close()


def test_mail_that_was_announced_in_passing_is_not_waited_for() -> None:
    with ScriptedImap({"NOOP": [b"* 1 EXISTS\r\n"]}) as server, Wake() as wake:
        mailbox = looked(server)
        mailbox.ensure_folders(["INBOX"])
        server._answers["LIST"] = [b"* 1 EXISTS\r\n"]  # noqa: SLF001 - the server changes its mind
        mailbox.ensure_folders(["INBOX"])
        began = time.monotonic()
        assert mailbox.wait(20, wake)
        assert time.monotonic() - began < 2
        mailbox.close()


def test_a_server_that_takes_its_leave_is_no_busy_loop() -> None:
    with ScriptedImap({"IDLE": [b"+ idling\r\n", b"* BYE going down\r\n"]}) as server, Wake() as wake:
        mailbox = looked(server)
        with pytest.raises(TransportError, match="BYE"):
            mailbox.wait(20, wake)
        assert not mailbox.connected


def test_half_a_line_does_not_hold_the_wait_up_for_ever() -> None:
    with ScriptedImap({"IDLE": [b"+ idling\r\n* 1 EXI", b""]}) as server, Wake() as wake:
        account = ImapAccount("support", server.host, server.port, "none", "user", "secret", timeout=0.3)
        mailbox = Mailbox(account)
        list(mailbox.new_messages("INBOX", None, batch=10, max_size=1000))
        with pytest.raises(TransportError, match=r"0\.3 seconds"):
            mailbox.wait(20, wake)


def test_without_idle_it_waits_for_a_poke_or_the_time() -> None:
    without = [b"* CAPABILITY IMAP4rev1\r\n"]
    with ScriptedImap({"CAPABILITY": without, "LOGIN": without}) as server, Wake() as wake:
        mailbox = looked(server)
        poke = threading.Timer(0.1, wake.poke)
        poke.start()
        began = time.monotonic()
        assert not mailbox.wait(20, wake)
        assert time.monotonic() - began < 2
        poke.join()
        assert not mailbox.wait(0.01, wake)
        mailbox.close()


def test_a_garbled_answer_is_a_transport_error_and_ends_the_connection() -> None:
    with ScriptedImap({"EXAMINE": [b"* many EXISTS\r\n* OK [UIDVALIDITY x] kept\r\n"]}) as server:
        mailbox = Mailbox(ImapAccount("support", server.host, server.port, "none", "user", "secret", 5))
        with pytest.raises(TransportError):
            list(mailbox.new_messages("INBOX", None, batch=10, max_size=1000))
        assert not mailbox.connected


def test_an_account_without_uidvalidity_is_refused() -> None:
    with ScriptedImap({"EXAMINE": [b"* 0 EXISTS\r\n"]}) as server, pytest.raises(TransportError, match="UIDVALIDITY"):
        looked(server)
