"""Delivering: 451, 550, connections that die, servers that are away, and a clock that is only an argument."""

import asyncio
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from app.desk import Desk, batch, letter, until
from app.draining import drain
from servers.processes import free_port

from mailtriage.deliver.deliverer import Deliverer
from mailtriage.deliver.patience import Delivered, next_try
from mailtriage.demo.smtp import Script
from mailtriage.parts import Parts
from mailtriage.transport.imap import ImapAccount, Mailbox
from mailtriage.transport.smtp import Sender, SmtpAccount

QUESTION = "Как пополнить кошелёк? Пётр Ложкин"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class Delivery:
    """A store with mail in it, its outbox, and a clock that stands until it is moved."""

    def __init__(self, desk: Desk, parts: Parts) -> None:
        self.desk, self.parts = desk, parts
        self.now = datetime.now(UTC) + MINUTE
        self.smtp = SmtpAccount(desk.smtp.host, desk.smtp.port, "none", timeout=5)
        self._deliverer: Deliverer | None = None
        parts.take_store()

    def receive(self, *senders: str) -> None:
        """Record a letter of each sender."""
        letters = [letter(f"{QUESTION} {name}", sender=f"{name}@mail.example", subject=name) for name in senders]
        self.desk.put(*letters)
        with self.parts.mailboxes()["support"]() as mailbox:
            list(self.parts.rounds(self.parts.settings.mailboxes[0]).receive(mailbox))

    def __call__(self, after: timedelta = timedelta()) -> Delivered:
        """Let time pass, then carry out what is due."""
        self.now += after

        return asyncio.run(drained(self.deliverer()))

    def deliverer(self, mailboxes: dict[str, Callable[[], Mailbox]] | None = None, *, senders: int = 2) -> Deliverer:
        """A deliverer on our clock."""
        opened = self.parts.mailboxes() if mailboxes is None else mailboxes
        return Deliverer(
            self.parts.outbox,
            mailboxes=opened,
            senders=tuple(Sender(self.smtp) for _ in range(senders)),
            envelope_from="",
            now=lambda: self.now,
            tries=None,
        )

    def states(self, kind: str = "reply") -> list[tuple[str, int]]:
        """Status and attempts of the rows."""
        return self.desk.rows(f"select status, attempts from outbox where kind = '{kind}' order by id")  # noqa: S608 - ours


async def drained(deliverer: Deliverer) -> Delivered:
    """One run, and goodbye."""
    try:
        return await drain(deliverer)
    finally:
        await deliverer.close()


@pytest.fixture
def delivery(quick_desk):
    with quick_desk.parts() as parts:
        yield Delivery(quick_desk, parts)


def test_the_waits_double_up_to_four_hours():
    assert [next_try(attempts) // MINUTE for attempts in (1, 2, 3, 8, 9, 10_000)] == [1, 2, 4, 128, 240, 240]


def test_451_is_tried_again_by_the_clock_and_given_up_after_days(delivery):
    delivery.receive("anna", "boris")
    delivery.desk.smtp.script["anna@mail.example"] = Script(rcpt="451 4.7.1 greylisted")
    delivery()
    assert delivery.states() == [("due", 1), ("done", 1)]
    delivery(MINUTE - timedelta(seconds=1))
    assert delivery.states()[0] == ("due", 1)
    delivery(timedelta(seconds=2))
    assert delivery.states()[0] == ("due", 2)
    delivery(4 * DAY)
    assert delivery.states()[0] == ("buried", 3)
    delivery.desk.smtp.script.clear()
    delivery(DAY)
    assert len(delivery.desk.smtp.received) == 1


def test_550_is_buried_at_once_and_the_next_one_leaves(delivery):
    delivery.receive("anna", "boris")
    delivery.desk.smtp.script["anna@mail.example"] = Script(rcpt="550 5.1.1 no such user")
    delivery()
    assert delivery.states() == [("buried", 1), ("done", 1)]


def test_a_reply_at_which_the_server_breaks_off_each_time_holds_up_nobody(delivery):
    delivery.receive("anna", "boris", "vera")
    delivery.desk.smtp.script["anna@mail.example"] = Script(drop="rcpt")
    delivery()
    assert delivery.states() == [("due", 1), ("done", 1), ("done", 1)]
    delivery.desk.smtp.script.clear()
    delivery(MINUTE)
    assert delivery.states()[0] == ("done", 2)


def test_a_drop_after_the_final_dot_is_never_repeated(delivery):
    delivery.receive("anna", "boris")
    delivery.desk.smtp.script["anna@mail.example"] = Script(drop="data")
    delivery()
    delivery.desk.smtp.script.clear()
    delivery(30 * DAY)
    assert delivery.states() == [("unconfirmed", 1), ("done", 1)]
    assert len(delivery.desk.smtp.received) == 2


def test_a_server_that_is_away_costs_no_reply_its_turn_and_is_said_once(delivery):
    delivery.receive("anna")
    delivery.desk.smtp.kill()

    async def outage() -> list[int]:
        deliverer, trouble = delivery.deliverer(), []
        for _ in range(6):
            trouble.append(len((await drain(deliverer)).trouble))
            delivery.now += timedelta(seconds=40)
        await asyncio.to_thread(delivery.desk.smtp.start)
        delivery.now += timedelta(minutes=5)
        await drain(deliverer)
        await deliverer.close()
        return trouble

    # Waited for longer each time, so not every look at the outbox knocks.
    trouble = asyncio.run(outage())
    assert trouble[0] == 1
    assert 0 in trouble
    assert delivery.states() == [("done", 2)]
    assert delivery.desk.actions().count("server_away") == 1
    assert delivery.desk.actions().count("server_back") == 1


def test_who_is_stopped_while_connecting_leaves_no_reply_in_doubt(delivery):
    delivery.receive("anna")
    with socket.create_server(("127.0.0.1", 0)) as mute:
        delivery.smtp = SmtpAccount("127.0.0.1", mute.getsockname()[1], "none", timeout=60)

        async def stopped() -> None:
            deliverer = delivery.deliverer(mailboxes={}, senders=1)
            sending = asyncio.create_task(drain(deliverer))
            await asyncio.to_thread(until, lambda: delivery.states() == [("claimed", 1)])
            deliverer.stop()
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            await deliverer.close()

        asyncio.run(stopped())
    assert delivery.states() == [("due", 1)]


def test_who_is_stopped_while_the_database_gives_out_a_reply_leaves_it_due(delivery, monkeypatch):
    delivery.receive("anna")
    asked, answer, claim = threading.Event(), threading.Event(), delivery.parts.outbox.claim

    def slow(kind: str, *arguments: Any) -> Any:
        if kind == "reply":
            asked.set()
            answer.wait(30)
        return claim(kind, *arguments)

    async def stopped() -> None:
        deliverer = delivery.deliverer(mailboxes={}, senders=1)
        monkeypatch.setattr(delivery.parts.outbox, "claim", slow)
        sending = asyncio.create_task(drain(deliverer))
        await asyncio.to_thread(asked.wait, 30)
        sending.cancel()
        asyncio.get_running_loop().call_later(0.05, answer.set)
        await asyncio.gather(sending, return_exceptions=True)
        await deliverer.close()

    asyncio.run(stopped())
    assert delivery.states() == [("due", 1)]
    assert delivery.desk.smtp.received == []


def test_what_was_sent_is_written_down_when_the_database_takes_it_again(delivery):
    delivery.receive("anna")
    delivery.desk.rows(
        "create trigger full before update on outbox when new.kind = 'reply' and new.status = 'done'"
        " begin select raise(abort, 'full'); end"
    )

    async def full() -> None:
        deliverer = delivery.deliverer()
        draining = asyncio.create_task(drain(deliverer))
        await asyncio.to_thread(until, lambda: "settlement_delayed" in delivery.desk.log())
        delivery.desk.rows("drop trigger full")
        await draining
        await deliverer.close()

    asyncio.run(full())
    assert delivery.states() == [("done", 1)]
    assert len(delivery.desk.smtp.received) == 1


def test_a_folder_that_the_server_refuses_concerns_its_own_messages_and_is_given_up_after_days(delivery):
    delivery.receive("anna", "boris")
    delivery.desk.rows(
        """update outbox set payload = '{"folder": "bad\\u0007name", "keyword": null}'"""
        " where id = (select min(id) from outbox where kind = 'move')"
    )
    delivery()
    assert delivery.states("move") == [("due", 1), ("done", 1)]
    delivery(timedelta(seconds=30))
    assert delivery.states("move")[0] == ("due", 1)
    delivery(4 * DAY)
    assert delivery.states("move")[0] == ("buried", 2)
    assert len(delivery.desk.uids()) == 1


def test_moves_of_a_mailbox_that_is_configured_no_more_are_put_off_and_shown(delivery):
    delivery.receive("anna")
    list(delivery.parts.receiver.receive([batch(letter(QUESTION), mailbox="former")], "former"))
    delivery()
    assert delivery.states("move") == [("done", 1), ("due", 1)]
    (entry,) = delivery.parts.outbox.entries("due")
    assert "no such mailbox" in entry.last_error
    assert delivery.states() == [("done", 1), ("done", 1)]


def test_a_mailbox_that_is_away_is_knocked_at_once_and_its_moves_wait(delivery):
    delivery.receive("anna", "boris")
    port = free_port()
    account = ImapAccount("support", "127.0.0.1", port, "none", "u", "p", 5)
    knocks: list[int] = []

    def open_away() -> Mailbox:
        knocks.append(port)
        return Mailbox(account)

    delivery.desk.rows("update outbox set payload = replace(payload, 'Triage/', 'Other/') where id = 1")
    assert asyncio.run(drained(delivery.deliverer(mailboxes={"support": open_away}))).trouble == [
        "imap support: TransportError: ConnectionRefusedError (Connection refused)"
    ]
    assert len(knocks) == 1
    delivery(timedelta(minutes=6))
    assert delivery.states("move") == [("done", 2), ("done", 2)]


def test_a_connection_that_died_while_idle_is_no_outage(delivery):
    delivery.receive("anna")

    async def twice() -> None:
        deliverer = delivery.deliverer()
        await drain(deliverer)
        await asyncio.to_thread(delivery.desk.imap.drop_connections)
        await asyncio.to_thread(delivery.desk.smtp.drop_connections)
        await asyncio.to_thread(delivery.receive, "boris")
        delivery.now = datetime.now(UTC) + MINUTE
        assert (await drain(deliverer)).trouble == []
        await deliverer.close()

    asyncio.run(twice())
    assert delivery.states() == [("done", 1), ("done", 1)]
    assert delivery.states("move") == [("done", 1), ("done", 1)]
    assert "server_away" not in delivery.desk.actions()
