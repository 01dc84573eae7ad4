"""Looking without downloading: how folders stand, what lies in them, and what came when."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from servers.fixtures import ImapServer

from mailtriage.following.in_turn import in_turn
from mailtriage.transport.imap import Cursor, ImapAccount, Listed, Mailbox, Renumbered
from mailtriage.transport.imap_fetch import Sized

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
def mailbox(imap_server: ImapServer) -> Iterator[Mailbox]:
    server = imap_server
    account = ImapAccount("support", server.host, server.port, "none", server.user, server.password, 10)
    with Mailbox(account) as mailbox:
        yield mailbox


def letter(name: str) -> bytes:
    return f"From: a@example.org\r\nMessage-ID: <{name}@example.org>\r\nSubject: {name}\r\n\r\ntext\r\n".encode()


def test_the_status_of_a_folder_changes_with_what_lies_in_it(mailbox: Mailbox) -> None:
    assert mailbox.status("Triage/Hold") is None
    mailbox.ensure_folders(["Triage/Hold"])
    empty = mailbox.status("Triage/Hold")
    uid = mailbox.append("Triage/Hold", letter("one"))
    full = mailbox.status("Triage/Hold")
    assert empty is not None
    assert full is not None
    assert (empty.messages, full.messages) == (0, 1)
    assert full.uidnext > empty.uidnext
    assert mailbox.uids("Triage/Hold") == (full.uidvalidity, {uid})


def test_what_is_listed_is_fetched_later_and_older_mail_is_not_even_listed(mailbox: Mailbox) -> None:
    for name, days in (("old", 60), ("late", 20), ("new", 1)):
        mailbox.append("INBOX", letter(name), NOW - timedelta(days=days))
    listed = mailbox.listed("INBOX", None, (NOW - timedelta(days=30)).date())
    assert [one.received_at for one in listed.messages] == [NOW - timedelta(days=days) for days in (20, 1)]
    (batch,) = mailbox.fetch(listed, batch=10, max_size=10_000)
    assert [raw.octets for raw in batch.messages] == [letter("late"), letter("new")]
    assert mailbox.listed("INBOX", batch.cursor).messages == ()
    above = Cursor(listed.uidvalidity, listed.messages[0].uid)
    assert mailbox.listed("INBOX", above).messages == listed.messages[1:]


def test_what_was_listed_under_another_uidvalidity_is_not_fetched(mailbox: Mailbox) -> None:
    mailbox.append("INBOX", letter("one"), NOW)
    listed = mailbox.listed("INBOX", None)
    former = Listed("INBOX", listed.uidvalidity + 1, listed.messages)
    with pytest.raises(Renumbered, match="UIDVALIDITY"):
        list(mailbox.fetch(former, batch=10, max_size=10_000))


def test_whether_a_message_lies_there_is_told_by_uid_or_else_by_message_id(mailbox: Mailbox) -> None:
    mailbox.ensure_folders(["There"])
    assert mailbox.holds("There", 1, 1, "<one@example.org>") is False
    uid = mailbox.append("There", letter("one"))
    assert uid is not None
    uidvalidity, _ = mailbox.uids("There")
    assert mailbox.holds("There", uidvalidity, uid, None) is True
    assert mailbox.holds("There", uidvalidity, uid + 1, "<one@example.org>") is False
    assert mailbox.holds("There", 0, 0, "<one@example.org>") is True
    assert mailbox.holds("There", 0, 0, "<two@example.org>") is False
    assert mailbox.holds("There", 0, 0, None) is None
    assert mailbox.holds("Nowhere", 0, 0, "<one@example.org>") is False


def test_marked_letters_are_found_by_their_keyword(mailbox: Mailbox) -> None:
    marked = mailbox.append("INBOX", letter("one"), NOW, flags=["Final"])
    mailbox.append("INBOX", letter("two"), NOW)
    mailbox.append("INBOX", letter("old"), NOW - timedelta(days=90), flags=["Final"])
    assert mailbox.marked("INBOX", "Final", (NOW - timedelta(days=9)).date())[1] == {marked}


def test_two_folders_are_read_in_the_order_of_arrival_and_each_by_ascending_uid() -> None:
    def listed(folder: str, *hours: int) -> Listed:
        sized = [Sized(uid, 1, NOW + timedelta(hours=hour)) for uid, hour in enumerate(hours, 1)]
        return Listed(folder, 1, tuple(sized))

    # The third letter of INBOX came, by a clock that was set back, before the second: its UID says otherwise.
    runs = in_turn(listed("INBOX", 1, 5, 2, 9), listed("Sent", 0, 5, 7))
    assert [(run.folder, [one.uid for one in run.messages]) for run in runs] == [
        ("Sent", [1]), ("INBOX", [1, 2, 3]), ("Sent", [2, 3]), ("INBOX", [4]),
    ]  # fmt: skip
