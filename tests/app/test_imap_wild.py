"""IMAP as it is in the wild, played at the wire between the daemon and a real server: each message has one outcome.

The server is sound and the mail lies there; what the daemon hears of it is cut, refused, or mixed with what it never
asked for. In the end every letter was recorded once, answered once, and lies in its folder.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from app.desk import Desk, letter, until
from imapclient import IMAPClient
from servers.fixtures import KINDS, ImapServer
from servers.wiretap import Hear, Last, Said, Wiretap, listen

from mailtriage.demo.smtp import EmbeddedSmtp

TEXTS = tuple(f"Как сменить номер телефона {number}? Пётр Ложкин" for number in range(5))
EXAMPLES = ("* 1 FETCH (FLAGS (\\Seen))", "* OK [ALERT] The server rests tonight", "* 3 FETCH (UID 3 FLAGS ())",
            "* STATUS Other (MESSAGES 7)", "* FLAGS (\\Seen \\Draft)", "* CAPABILITY IMAP4rev1 IDLE MOVE UIDPLUS",
            "* 999 EXISTS", "* 0 RECENT", '* LIST (\\HasNoChildren) "/" Other', "* NO Disk is nearly full",
            "* BAD What was that?", "* OK Still here")  # fmt: skip


class Wild:
    """A desk with a tap between it and its mailbox."""

    def __init__(self, folder: Path, imap: ImapServer, smtp: EmbeddedSmtp, tap: Wiretap) -> None:
        self.imap, self.tap, self.desk = imap, tap, Desk(folder, imap, smtp)
        self.write()

    def write(self, **changes: Any) -> None:
        """The configuration; what is tried again soon in tests, and given up soon."""
        here = {"name": "support", "host": self.tap.host, "port": self.tap.port, "tls": "none", "user": self.imap.user,
                "password": f"file:{self.desk.folder}/password", "timeout_seconds": 3}  # fmt: skip
        self.desk.write(mailboxes=[here], **changes)

    def put(self, texts: tuple[str, ...] = TEXTS) -> None:
        """One letter of each text, each of another customer."""
        self.desk.put(*(letter(text, sender=f"Пётр Ложкин <p{n}@mail.example>") for n, text in enumerate(texts)))

    @contextmanager
    def client(self) -> Iterator[IMAPClient]:
        """Another program on the same mailbox, past the tap."""
        with IMAPClient(self.imap.host, self.imap.port, ssl=False) as client:
            client.login(self.imap.user, self.imap.password)
            yield client

    def settled(self, count: int = len(TEXTS)) -> bool:
        """Whether so many are answered, and nothing lies in INBOX any more."""
        return len(self.desk.smtp.received) >= count and not self.desk.uids()

    def proved(self, count: int = len(TEXTS)) -> bool:
        """Each recorded once, answered once."""
        assert self.desk.rows("select count(*), count(distinct digest) from message") == [(count, count)]
        recipients = [recipient for mail in self.desk.smtp.received for recipient in mail.recipients]
        assert len(recipients) == len(set(recipients)) == count
        return True


@pytest.fixture
def wild(request: pytest.FixtureRequest, tmp_path: Path, smtp_server: EmbeddedSmtp) -> Iterator[Wild]:
    with KINDS[getattr(request, "param", "pymap")]() as imap, Wiretap("imap", imap.port) as tap:
        yield Wild(tmp_path, imap, smtp_server, tap)


def times(count: int, matches: Callable[[Said], bool], instead: Callable[[Said], bytes | None]) -> Hear:
    """Say something else the first `count` times."""
    turn = threading.Lock()

    def hear(said: Said) -> bytes | None:
        nonlocal count
        with turn:
            if not (count and matches(said)):
                return said.line
            count -= 1
        return instead(said)

    return hear


def answer_to(command: str) -> Callable[[Said], bool]:
    return lambda said: said.command == command and said.moment == "after"


def body_of(number: int) -> Callable[[Said], bool]:
    return lambda said: said.command == "*" and said.line.startswith(b"* %d FETCH" % number) and b"BODY[]" in said.line


def refused(how: str) -> Callable[[Said], bytes]:
    return lambda said: said.line.split()[0] + f" {how}\r\n".encode()


CUTS: dict[str, Hear] = {
    "BYE in the midst of a FETCH": times(2, body_of(3), lambda _: Last(b"* BYE Going down\r\n")),
    "the end in the midst of a literal": times(2, body_of(2), lambda said: Last(said.line + b"From: somebody\r\nSub")),
    "the end before the tagged answer": times(2, answer_to("FETCH"), lambda _: None),
    "a literal that is shorter than it says": times(
        1, body_of(2), lambda said: said.line.partition(b"{")[0] + b"{90000}\r\n"
    ),
    "a literal that is longer than it says": times(
        1, body_of(2), lambda said: said.line.partition(b"{")[0] + b"{9}\r\n"
    ),
    "garbage": times(1, body_of(1), lambda _: b"\x00\xff\xfe((((\r\n")}  # fmt: skip
REFUSALS = {
    f"{how.partition(' ')[0]} to {command}": times(count, answer_to(command), refused(how))
    for command, how, count in (
        ("FETCH", "NO [SERVERBUG] Internal error", 2), ("FETCH", "BAD Command syntax", 1), ("SEARCH", "NO Later", 2),
        ("SEARCH", "BAD What?", 1), ("EXAMINE", "NO [INUSE] Locked", 1), ("LOGIN", "NO [UNAVAILABLE] Later", 1),
        ("STATUS", "NO Later", 2), ("LIST", "BAD Never", 1), ("CAPABILITY", "BAD Never", 1), ("IDLE", "NO Not now", 1),
        ("NOOP", "BAD Why?", 1),
    )
}  # fmt: skip


@pytest.mark.parametrize("what", [*CUTS, *REFUSALS])
def test_whatever_breaks_off_or_is_refused_is_tried_again_and_nothing_doubles(wild: Wild, what: str) -> None:
    wild.put()
    wild.tap.hear = (CUTS | REFUSALS)[what]
    with wild.desk.serving(looked=False):
        until(wild.settled, 60)
    assert wild.proved()


def test_what_was_never_asked_for_is_heard_and_passed_over(wild: Wild) -> None:
    def hear(said: Said) -> bytes:
        surprises = "\r\n".join(EXAMPLES).encode() + b"\r\n"
        return (
            surprises + said.line
            if said.moment == "after" and said.command in {"FETCH", "SEARCH", "MOVE"}
            else said.line
        )

    wild.put()
    wild.tap.hear = hear
    with wild.desk.serving():
        until(wild.settled, 60)
    assert wild.proved()


@pytest.mark.parametrize("wild", ["dovecot"], indirect=True)
def test_a_letter_that_others_expunge_while_we_fetch_stops_nobody(wild: Wild) -> None:
    wild.put()
    gone = wild.desk.uids()[1:3]
    wild.tap.hear = _expunging(wild, gone)
    with wild.desk.serving(looked=False):
        until(lambda: wild.settled(3), 60)
    assert wild.proved(3)


def _expunging(wild: Wild, uids: list[int]) -> Hear:
    """Somebody else deletes these for good just before their bodies are asked for."""

    def remove(said: Said) -> bytes:
        with wild.client() as other:
            other.select_folder("INBOX")
            other.delete_messages(uids, silent=True)
            other.expunge()
        return said.line

    return times(1, lambda said: said.moment == "before" and said.command == "FETCH" and b"BODY" in said.line, remove)


def test_a_folder_that_vanishes_is_made_again(wild: Wild) -> None:
    with wild.desk.serving():
        wild.put(TEXTS[:1])
        until(lambda: wild.settled(1))
        with wild.client() as other:
            other.delete_folder("Triage/consultation")
        wild.desk.put(letter("Как пополнить кошелёк? Анна Вилкина", sender="Анна <anna@mail.example>"))
        until(lambda: wild.settled(2), 60)
    assert len(wild.desk.uids("Triage/consultation")) == 1


def test_a_mailbox_over_quota_is_answered_at_once_and_moved_when_there_is_room(wild: Wild) -> None:
    over: list[str] = ["MOVE", "COPY", "CREATE", "APPEND"]
    full = refused("NO [OVERQUOTA] Quota exceeded")

    def hear(said: Said) -> bytes | None:
        # The command itself must not reach the server, which would carry it out.
        if said.moment == "before" and said.command in over:
            return said.line.split()[0] + b" NOOP\r\n"
        return full(said) if said.moment == "after" and said.command in over else said.line

    wild.put()
    wild.tap.hear = hear
    with wild.desk.serving(looked=False):
        until(lambda: len(wild.desk.smtp.received) == len(TEXTS), 60)
        until(lambda: "moves_put_off" in wild.desk.log())
        assert len(wild.desk.uids()) == len(TEXTS)
        over.clear()
        wild.desk.rows("update outbox set due_at = created_at where status = 'due'")
        until(wild.settled, 60)
    assert wild.proved()


@pytest.mark.parametrize("without", [("IDLE",), ("UIDPLUS",), ("MOVE", "IDLE"), ("MOVE", "UIDPLUS", "IDLE")])
def test_a_poor_server_is_served_as_well(tmp_path: Path, smtp_server: EmbeddedSmtp, without: tuple[str, ...]) -> None:
    with KINDS["pymap"](without=without) as imap, Wiretap("imap", imap.port) as tap:
        wild = Wild(tmp_path, imap, smtp_server, tap)
        tap.hear = lambda said: said.line.replace(b" \\*)", b")")  # and it keeps no keywords
        wild.put(TEXTS[:2])
        with wild.desk.serving():
            until(lambda: len(smtp_server.received) == 2, 60)
            wild.desk.put(letter(TEXTS[2], sender="Анна Вилкина <anna@mail.example>"))
            until(lambda: len(smtp_server.received) == 3, 60)
            until(lambda: not wild.desk.rows("select id from outbox where status in ('due', 'claimed')"), 60)
            time.sleep(2.5)  # another look or two: what only seems to have come is not answered
        assert wild.proved(3)


def test_an_idle_that_falls_silent_is_noticed_by_the_poll(wild: Wild) -> None:
    idling = threading.Event()

    def hear(said: Said) -> bytes:
        if said.command == "IDLE":
            idling.set()
            wild.tap.mute = True
        return said.line

    wild.tap.hear = hear
    with wild.desk.serving():
        assert idling.wait(30)
        wild.put(TEXTS[:1])
        until(lambda: "mailbox_away" in wild.desk.log())
        wild.tap.hear, wild.tap.mute = listen, False
        until(lambda: wild.settled(1), 60)
    assert wild.proved(1)


@pytest.mark.parametrize("how", ["NO", "NO, alone", "the end", "the end, also of its headers"])
def test_a_message_that_the_server_cannot_hand_out_stops_nobody_and_is_held(
    wild: Wild, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr("mailtriage.mailbox_loop.longest_wait", lambda _: 0.6)
    texts = TEXTS if how != "NO, alone" else TEXTS[:1]
    wild.put(texts)
    poison = wild.desk.uids()[len(texts) // 2]
    items = (b"BODY.PEEK[]", b"BODY.PEEK[HEADER]") if how.endswith("headers") else (b"BODY.PEEK[]",)

    def hear(said: Said) -> bytes | None:
        asks = said.moment == "before" and said.command == "FETCH" and any(item in said.line for item in items)
        if not asks or poison not in _numbers(said.line.split(b"FETCH ")[1].split()[0]):
            return said.line
        return said.line.split()[0] + b" FETCH nothing\r\n" if how.startswith("NO") else None

    wild.tap.hear = hear
    with wild.desk.serving(looked=False):
        until(lambda: not wild.desk.uids() and len(wild.desk.smtp.received) >= len(texts) - 1, 60)
    held = wild.desk.rows("select verdict, reason, size from message where verdict = 'hold'")
    assert [(verdict, reason) for verdict, reason, _ in held] == [("hold", "reader_failed")]
    assert held[0][2] > 100
    assert wild.desk.rows("select count(*) from message") == [(len(texts),)]


@pytest.mark.parametrize("item", [b"BODY.PEEK[]", b"RFC822.SIZE"])
def test_a_message_that_a_busy_server_leaves_out_once_is_asked_for_again(wild: Wild, item: bytes) -> None:
    wild.put()
    left_out = wild.desk.uids()[2]

    def without(said: Said) -> bytes:
        tag, uids, rest = said.line.split(b" ", 4)[0], said.line.split(b" ")[3], said.line.split(b" ", 4)[4]
        others = b",".join(b"%d" % uid for uid in sorted(_numbers(uids) - {left_out}))
        return tag + b" UID FETCH " + others + b" " + rest

    wild.tap.hear = times(
        1, lambda said: said.command == "FETCH" and said.moment == "before" and item in said.line, without
    )
    wild.desk.once()
    assert wild.desk.rows("select distinct verdict from message") == [("accept",)]
    assert wild.proved()


def _numbers(written: bytes) -> set[int]:
    """Of a set as IMAP writes it."""
    ends = [part.split(b":") for part in written.split(b",")]
    return {number for each in ends for number in range(int(each[0]), int(each[-1]) + 1)}
