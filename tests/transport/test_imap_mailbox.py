"""The mailbox on real servers: pymap always, Dovecot where it is installed."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from imapclient import IMAPClient
from servers.fixtures import ImapServer
from servers.relay import Relay

from mailtriage.errors import LoginRefused, TransportError
from mailtriage.mail.message import RawMessage
from mailtriage.transport.imap import Cursor, ImapAccount, Mailbox, Renumbered, Wake

WHEN = datetime(2026, 3, 4, 5, 6, 7, tzinfo=timezone(timedelta(hours=3)))


def account_on(server: ImapServer, **other: object) -> ImapAccount:
    known = {"port": server.port, "user": server.user, "password": server.password, "timeout": 10.0}
    return ImapAccount(name="support", host=server.host, tls="none", **{**known, **other})


def raw_client(server: ImapServer) -> IMAPClient:
    """A connection without our code, to see what the server holds."""
    client = IMAPClient(server.host, server.port, ssl=False)
    client.login(server.user, server.password)
    return client


def letter(subject: str, octets: int = 20) -> bytes:
    return f"From: a@example.org\r\nSubject: {subject}\r\n\r\n".encode() + b"x" * octets + b"\r\n"


def read(mailbox: Mailbox, cursor: Cursor | None = None, folder: str = "INBOX", **limits: int) -> list[RawMessage]:
    found = mailbox.new_messages(folder, cursor, **{"batch": 50, "max_size": 10_000, **limits})
    return [message for batch in found for message in batch.messages]


def subjects(messages: list[RawMessage]) -> list[str]:
    return [message.octets.split(b"Subject: ")[1].split(b"\r\n")[0].decode() for message in messages]


@pytest.fixture
def mailbox(imap_server: ImapServer) -> Iterator[Mailbox]:
    with Mailbox(account_on(imap_server)) as mailbox:
        yield mailbox


@pytest.fixture
def other(imap_server: ImapServer) -> Iterator[Mailbox]:
    """Another program on the same mailbox."""
    with Mailbox(account_on(imap_server)) as other:
        yield other


@pytest.fixture
def client(imap_server: ImapServer) -> Iterator[IMAPClient]:
    with raw_client(imap_server) as client:
        yield client


def test_messages_come_whole_in_order_and_once(mailbox: Mailbox) -> None:
    for number in range(5):
        mailbox.append("INBOX", letter(f"n{number}"), WHEN)
    batches = list(mailbox.new_messages("INBOX", None, batch=2, max_size=10_000))
    assert [len(batch.messages) for batch in batches] == [2, 2, 1]
    messages = [message for batch in batches for message in batch.messages]
    assert [message.octets for message in messages] == [letter(f"n{number}") for number in range(5)]
    assert messages[0].received_at == WHEN
    assert messages[0].received_at.utcoffset() is not None
    assert messages[4].location is not None
    assert messages[4].location.uid == batches[-1].last_uid
    # "UID SEARCH 6:*" answers with UID 5 here: it must not come again.
    assert read(mailbox, batches[-1].cursor) == []


def test_reading_leaves_no_trace_on_the_server(mailbox: Mailbox, client: IMAPClient) -> None:
    mailbox.append("INBOX", letter("untouched"))
    read(mailbox)
    client.select_folder("INBOX", readonly=True)
    (flags,) = client.get_flags(client.search()).values()
    assert set(flags) <= {b"\\Recent"}


def test_a_message_over_the_limit_is_not_downloaded(imap_server: ImapServer) -> None:
    with Relay(imap_server.port) as relay, Mailbox(account_on(imap_server, port=relay.port)) as mailbox:
        mailbox.append("INBOX", letter("small"))
        mailbox.append("INBOX", letter("large", 3_000_000))
        small, large = read(mailbox, max_size=1000)
        assert relay.received < 10_000
    assert small.full_size is None
    assert large.full_size == len(letter("large", 3_000_000))
    assert large.octets == b"From: a@example.org\r\nSubject: large\r\n\r\n"


def test_a_message_that_vanished_meanwhile_is_passed_over(mailbox: Mailbox, other: Mailbox) -> None:
    for number in range(3):
        mailbox.append("INBOX", letter(f"n{number}"))
    batches = mailbox.new_messages("INBOX", None, batch=1, max_size=10_000)
    first = next(batches)
    second = first.last_uid + 1
    other.move("INBOX", second, first.uidvalidity, "Elsewhere")
    rest = list(batches)
    assert subjects([message for batch in rest for message in batch.messages]) == ["n2"]
    assert rest[-1].last_uid == first.last_uid + 2


def test_idle_wakes_within_two_seconds(mailbox: Mailbox, other: Mailbox) -> None:
    read(mailbox)
    other.connect()
    arrived = threading.Timer(0.2, lambda: other.append("INBOX", letter("new")))
    arrived.start()
    with Wake() as wake:
        began = time.monotonic()
        assert mailbox.wait(20, wake)
        assert time.monotonic() - began < 2.2
    arrived.join()
    assert subjects(read(mailbox)) == ["new"]


def test_a_poke_from_another_thread_ends_the_wait(mailbox: Mailbox) -> None:
    read(mailbox)
    with Wake() as wake:
        poke = threading.Timer(0.1, wake.poke)
        poke.start()
        began = time.monotonic()
        assert not mailbox.wait(20, wake)
        assert time.monotonic() - began < 2
        poke.join()
        assert not mailbox.wait(0.05, wake)
    # The connection is as good as before.
    mailbox.append("INBOX", letter("after"))
    assert subjects(read(mailbox)) == ["after"]


def test_mail_that_leaves_the_folder_does_not_wake(mailbox: Mailbox, other: Mailbox) -> None:
    uid = other.append("INBOX", letter("leaves"))
    (message,) = read(mailbox)
    assert message.location is not None
    assert uid is not None
    validity = message.location.uidvalidity
    mover = threading.Timer(0.1, lambda: other.move("INBOX", uid, validity, "Elsewhere"))
    mover.start()
    with Wake() as wake:
        assert not mailbox.wait(1.5, wake)
    mover.join()


def test_a_server_that_dies_in_idle_is_noticed_and_found_again(imap_server: ImapServer, mailbox: Mailbox) -> None:
    mailbox.append("INBOX", letter("before"))
    assert subjects(read(mailbox)) == ["before"]
    killer = threading.Timer(0.2, imap_server.kill)
    killer.start()
    with Wake() as wake, pytest.raises(TransportError, match="IDLE"):
        mailbox.wait(20, wake)
    killer.join()
    with pytest.raises(TransportError, match=f"127.0.0.1:{imap_server.port}"):
        read(mailbox)
    imap_server.start()
    assert subjects(read(mailbox)) == ["before"]


def test_a_new_uidvalidity_begins_from_the_start(imap_server: ImapServer, mailbox: Mailbox) -> None:
    mailbox.append("INBOX", letter("one"))
    (batch,) = mailbox.new_messages("INBOX", None, batch=9, max_size=10_000)
    mailbox.close()
    imap_server.renumber()
    (again,) = mailbox.new_messages("INBOX", batch.cursor, batch=9, max_size=10_000)
    assert again.uidvalidity != batch.uidvalidity
    assert subjects(list(again.messages)) == ["one"]
    with pytest.raises(Renumbered, match="UIDVALIDITY"):
        mailbox.move("INBOX", batch.last_uid, batch.uidvalidity, "Elsewhere")
    assert subjects(read(mailbox)) == ["one"]


@pytest.mark.parametrize("without", [(), ("MOVE",), ("MOVE", "UIDPLUS")], ids=["move", "uidplus", "neither"])
def test_a_message_is_moved_once_and_nobody_elses_is_touched(
    make_imap_server: Callable[..., ImapServer], without: tuple[str, ...]
) -> None:
    server = make_imap_server(without=without)
    with Mailbox(account_on(server)) as mailbox:
        mailbox.append("INBOX", letter("kept"))
        mailbox.append("INBOX", letter("deleted by its owner"), flags=[r"\Deleted"])
        mailbox.append("INBOX", letter("moved"))
        (batch,) = mailbox.new_messages("INBOX", None, batch=9, max_size=10_000)
        uid = batch.last_uid
        moved = mailbox.move("INBOX", uid, batch.uidvalidity, "Triage/Жалобы/Новые", "Triage-accept")
        assert (moved.gone, moved.flagged) == (False, True)
        again = mailbox.move("INBOX", uid, batch.uidvalidity, "Triage/Жалобы/Новые", "Triage-accept")
        assert again.gone
        target = read(mailbox, folder="Triage/Жалобы/Новые")
        assert subjects(target) == ["moved"]
        assert "kept" in subjects(read(mailbox))
        assert "moved" not in subjects(read(mailbox))
        with raw_client(server) as client:
            client.select_folder("INBOX", readonly=True)
            assert len(client.search()) == (3 if "UIDPLUS" in without else 2)
            delimiter = client.list_folders()[0][1].decode()
            client.select_folder("Triage/Жалобы/Новые".replace("/", delimiter), readonly=True)
            assert client.search(["KEYWORD", "Triage-accept"])
        if "UIDPLUS" not in without:
            assert target[0].location is not None
            assert (moved.new_uid, moved.new_uidvalidity) == (target[0].location.uid, target[0].location.uidvalidity)


def test_many_messages_are_moved_by_one_command(mailbox: Mailbox) -> None:
    for number in range(4):
        mailbox.append("INBOX", letter(f"n{number}"))
    (batch,) = mailbox.new_messages("INBOX", None, batch=9, max_size=10_000)
    uids = [message.location.uid for message in batch.messages if message.location]
    moved = mailbox.move_many("INBOX", [*uids, 4000], batch.uidvalidity, "Triage/Hold", "Triage-hold")
    assert [one.gone for one in moved] == [False, False, False, False, True]
    assert subjects(read(mailbox, folder="Triage/Hold")) == ["n0", "n1", "n2", "n3"]
    assert read(mailbox) == []


def test_folders_are_made_once(mailbox: Mailbox, client: IMAPClient) -> None:
    wanted = ["Triage/Rejected/repeat", "Triage", "Спам & Co", "INBOX"]
    mailbox.ensure_folders(wanted)
    mailbox.ensure_folders(wanted)
    subscribed = {name.replace(delimiter.decode(), "/") for _, delimiter, name in client.list_sub_folders()}
    assert subscribed >= {name for name in wanted if name != "INBOX"}
    for name in wanted:
        assert read(mailbox, folder=name) == []


def test_a_wrong_password_is_told_without_the_password(imap_server: ImapServer) -> None:
    account = account_on(imap_server, password="Wr0ng-Pass")  # noqa: S106 - made up
    with Mailbox(account) as mailbox, pytest.raises(LoginRefused) as refused:
        mailbox.connect()
    assert f"{imap_server.host}:{imap_server.port}" in str(refused.value)
    assert imap_server.user in str(refused.value)
    assert "Wr0ng-Pass" not in str(refused.value) + repr(account)


def test_another_use_of_the_connection_ends_a_reading(mailbox: Mailbox) -> None:
    for number in range(2):
        mailbox.append("INBOX", letter(f"n{number}"), datetime.now(UTC))
    batches = mailbox.new_messages("INBOX", None, batch=1, max_size=10_000)
    first = next(batches)
    mailbox.move("INBOX", first.last_uid, first.uidvalidity, "Elsewhere")
    with pytest.raises(TransportError, match="something else"):
        next(batches)
