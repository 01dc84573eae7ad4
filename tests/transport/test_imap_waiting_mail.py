"""A hundred thousand messages wait on the first start: the oldest first, resumable, in flat memory."""

import resource
from collections.abc import Iterator
from pathlib import Path

import pytest
from app.desk import Desk, letter
from servers.endless import EndlessImap

from mailtriage.demo.smtp import EmbeddedSmtp
from mailtriage.errors import TransportError
from mailtriage.mail.message import RawMessage
from mailtriage.transport.imap import Cursor, ImapAccount, Mailbox

WAITING = 100_000
SIZE = 20_000


def large(uid: int) -> bytes:
    return b"Subject: %d\r\n\r\n" % uid + b"x" * SIZE


def read(server: EndlessImap, cursor: Cursor | None, most: int) -> Iterator[RawMessage]:
    account = ImapAccount("support", server.host, server.port, "none", server.user, server.password, 10)
    with Mailbox(account) as mailbox:
        for batch in mailbox.new_messages("INBOX", cursor, batch=50, max_size=1 << 20):
            yield from batch.messages
            most -= len(batch.messages)
            if most <= 0:
                return


def test_the_oldest_come_first_and_memory_stays_flat() -> None:
    with EndlessImap(WAITING, large) as server:
        before, seen = 0, 0
        for number, raw in enumerate(read(server, None, 4_000), 1):
            assert raw.location is not None
            assert raw.location.uid == number
            # The list of what waits is made at once; only what comes after may not grow.
            before = before or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            seen = number
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert seen == 4_000
    assert grown < 30_000, f"{grown} kB more for {seen * SIZE // 1000} kB of mail"


def test_a_server_that_ends_every_connection_is_read_through_nevertheless() -> None:
    with EndlessImap(WAITING, large, ends_after=120) as server:
        read_so_far: list[int] = []

        def go_on() -> None:
            cursor = Cursor(7, read_so_far[-1]) if read_so_far else None
            for raw in read(server, cursor, WAITING):
                assert raw.location is not None
                read_so_far.append(raw.location.uid)

        for _ in range(5):
            with pytest.raises(TransportError):
                go_on()
    assert read_so_far == list(range(1, 501))


def test_the_first_start_goes_on_where_it_ended(tmp_path: Path, smtp_server: EmbeddedSmtp) -> None:
    def question(uid: int) -> bytes:
        text = f"Как сменить номер телефона {uid}? Пётр Ложкин"
        return letter(text, sender=f"Пётр Ложкин <p{uid}@mail.example>", message_id=f"<{uid}@mail.example>")

    made = {uid: question(uid) for uid in range(1, 61)}
    with EndlessImap(WAITING, lambda uid: made.get(uid, b"Subject: x\r\n\r\n")) as server:
        desk = Desk(tmp_path, server, smtp_server)
        desk.write(batch=10)
        for rounds in (2, 3):
            with desk.parts() as parts:
                parts.take_store()
                with parts.mailboxes()["support"]() as mailbox:
                    received = parts.rounds(parts.settings.mailboxes[0]).receive(mailbox)
                    for _ in range(rounds):
                        next(received)
                    received.close()
        assert desk.rows("select uid from location order by id") == [(uid,) for uid in range(1, 51)]
