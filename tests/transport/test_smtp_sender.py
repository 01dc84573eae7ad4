"""The sender on real servers: aiosmtpd with scripted faults, and Postfix's smtp-sink where it is installed."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

import pytest
from servers.processes import free_port
from servers.sink import Sink

from mailtriage.demo.smtp import EmbeddedSmtp, Received, Script
from mailtriage.transport.smtp import Deferred, Outcome, Refused, Sender, Sent, SmtpAccount, Unconfirmed

LETTER = b"From: support@example.org\r\nSubject: Re: x\r\n\r\n.leading dot\r\n..two\r\nend\r\n"
TO = "a@example.org"


def account_on(server: EmbeddedSmtp | Sink, **other: object) -> SmtpAccount:
    return SmtpAccount(server.host, server.port, "none", **{"timeout": 10.0, "data_timeout": 10.0, **other})


def over(account: SmtpAccount, what: Callable[[Sender], Awaitable[list[Outcome]]], **options: float) -> list[Outcome]:
    async def run() -> list[Outcome]:
        async with Sender(account, **options) as sender:
            return await what(sender)

    return asyncio.run(run())


def send(server: EmbeddedSmtp, *recipients: str, octets: bytes = LETTER, envelope_from: str = "") -> list[Outcome]:
    async def one_by_one(sender: Sender) -> list[Outcome]:
        return [await sender.send(octets, recipient, envelope_from) for recipient in recipients]

    return over(account_on(server), one_by_one)


def test_octets_arrive_as_they_are_from_the_null_sender(smtp_server: EmbeddedSmtp) -> None:
    (outcome,) = send(smtp_server, TO)
    assert outcome == Sent(250, "2.0.0", "2.0.0 Ok: taken")
    assert smtp_server.received == [Received("", (TO,), LETTER)]


def test_line_ends_are_made_whole(smtp_server: EmbeddedSmtp) -> None:
    send(smtp_server, TO, octets=b"Subject: x\n\n.\nno end", envelope_from="bounces@example.org")
    assert smtp_server.received == [Received("bounces@example.org", (TO,), b"Subject: x\r\n\r\n.\r\nno end\r\n")]


def test_refusals_are_told_apart_and_the_connection_goes_on(smtp_server: EmbeddedSmtp) -> None:
    smtp_server.script = {
        "later@example.org": Script(rcpt="451 4.7.1 Greylisted"),
        "never@example.org": Script(rcpt="550 5.1.1 No such user"),
        "late-later@example.org": Script(data="452 4.3.1 Disk full"),
        "late-never@example.org": Script(data="554 5.7.1 Spam"),
    }
    outcomes = send(smtp_server, *smtp_server.script, TO)
    assert [type(outcome) for outcome in outcomes] == [Deferred, Refused, Deferred, Refused, Sent]
    assert [(outcome.code, outcome.enhanced) for outcome in outcomes[:4]] == [
        (451, "4.7.1"),
        (550, "5.1.1"),
        (452, "4.3.1"),
        (554, "5.7.1"),
    ]
    assert not any(isinstance(outcome, Deferred) and outcome.every for outcome in outcomes)
    assert [mail.recipients for mail in smtp_server.received] == [(TO,)]
    assert smtp_server.connections == 1


def test_a_drop_before_the_mail_is_deferred_and_the_next_mail_leaves(smtp_server: EmbeddedSmtp) -> None:
    smtp_server.script = {"drop@example.org": Script(drop="rcpt")}
    outcomes = send(smtp_server, TO, "drop@example.org", TO)
    assert [type(outcome) for outcome in outcomes] == [Sent, Deferred, Sent]
    assert len(smtp_server.received) == 2


def test_a_drop_after_the_final_dot_is_unconfirmed(smtp_server: EmbeddedSmtp) -> None:
    smtp_server.script = {"drop@example.org": Script(drop="data")}
    outcomes = send(smtp_server, "drop@example.org", TO)
    assert [type(outcome) for outcome in outcomes] == [Unconfirmed, Sent]
    assert [mail.recipients[0] for mail in smtp_server.received] == ["drop@example.org", TO]


def test_a_server_that_never_answers_the_final_dot_is_unconfirmed_too(smtp_server: EmbeddedSmtp) -> None:
    async def two(sender: Sender) -> list[Outcome]:
        return [await sender.send(LETTER, recipient, "") for recipient in ("mute@example.org", TO)]

    smtp_server.script = {"mute@example.org": Script(drop="silent")}
    outcomes = over(account_on(smtp_server, data_timeout=0.3), two)
    assert [type(outcome) for outcome in outcomes] == [Unconfirmed, Sent]


def test_a_server_that_hung_up_while_idle_costs_nothing(smtp_server: EmbeddedSmtp) -> None:
    async def run(sender: Sender) -> list[Outcome]:
        first = await sender.send(LETTER, TO, "")
        smtp_server.drop_connections()
        return [first, await sender.send(LETTER, TO, "")]

    assert [type(outcome) for outcome in over(account_on(smtp_server), run)] == [Sent, Sent]
    assert len(smtp_server.received) == 2


def test_a_server_that_is_away_defers_every_mail_and_is_found_again(smtp_server: EmbeddedSmtp) -> None:
    async def run(sender: Sender) -> list[Outcome]:
        first = await sender.send(LETTER, TO, "")
        await asyncio.to_thread(smtp_server.kill)
        away = await sender.send(LETTER, TO, "")
        await asyncio.to_thread(smtp_server.start)
        return [first, away, await sender.send(LETTER, TO, "")]

    first, away, back = over(account_on(smtp_server), run)
    assert isinstance(away, Deferred)
    assert away.every
    assert str(smtp_server.port) in away.text
    assert isinstance(first, Sent)
    assert isinstance(back, Sent)


def test_a_refused_login_is_tried_once_and_told_without_the_password() -> None:
    async def twice(sender: Sender) -> list[Outcome]:
        return [await sender.send(LETTER, TO, "") for _ in range(2)]

    right = {"user": "support", "password": "right"}
    with EmbeddedSmtp(**right) as server:
        outcomes = over(account_on(server, **{**right, "password": "Wr0ng-Pass"}), twice)
        assert server.connections == 1
        assert not server.received
        assert over(account_on(server, **right), twice) == [Sent(250, "2.0.0", "2.0.0 Ok: taken")] * 2
        unknown = over(account_on(server), twice)
    for outcome in outcomes:
        assert isinstance(outcome, Deferred)
        assert outcome.login
        assert "support" in outcome.text
        assert "Wr0ng-Pass" not in outcome.text
    assert isinstance(unknown[0], Deferred)
    assert unknown[0].code == 530


def test_connections_are_renewed_after_so_many_mails(smtp_server: EmbeddedSmtp) -> None:
    async def five(sender: Sender) -> list[Outcome]:
        return [await sender.send(LETTER, TO, "") for _ in range(5)]

    over(account_on(smtp_server), five, mails_per_connection=2)
    assert smtp_server.connections == 3
    assert len(smtp_server.received) == 5


def test_international_addresses_go_where_the_server_takes_them() -> None:
    with EmbeddedSmtp() as server:
        outcomes = send(server, "ivan@почта.рф", "иван@почта.рф")
        assert [type(outcome) for outcome in outcomes] == [Sent, Sent]
        assert [mail.recipients[0] for mail in server.received] == [
            "ivan@xn--80a1acny.xn--p1ai",
            "иван@xn--80a1acny.xn--p1ai",
        ]
    with EmbeddedSmtp(smtputf8=False) as server:
        domain, local = send(server, "ivan@почта.рф", "иван@почта.рф")
        assert isinstance(domain, Sent)
        assert isinstance(local, Refused)
        assert "SMTPUTF8" in local.text


@pytest.mark.parametrize(
    "address",
    ["", "nobody", "a@b> SIZE=1", "a@b\r\nRCPT TO:<c@d>", "a b@example.org", "a(b)@example.org", "<a@example.org>"],
)
def test_what_is_no_address_never_reaches_the_server(smtp_server: EmbeddedSmtp, address: str) -> None:
    (outcome,) = send(smtp_server, address)
    assert isinstance(outcome, Refused)
    assert outcome.code is None
    assert smtp_server.connections == 0


def test_nobody_listens() -> None:
    async def once(sender: Sender) -> list[Outcome]:
        return [await sender.send(LETTER, TO, "")]

    port = free_port()
    (outcome,) = over(SmtpAccount("127.0.0.1", port, "none", timeout=5), once)
    assert isinstance(outcome, Deferred)
    assert (outcome.every, outcome.login) == (True, False)


def test_a_silent_server_is_given_up_in_time() -> None:
    async def once(sender: Sender) -> list[Outcome]:
        return [await sender.send(LETTER, TO, "")]

    with socket.create_server(("127.0.0.1", 0)) as mute:
        (outcome,) = over(SmtpAccount(*mute.getsockname(), "none", timeout=0.3), once)
    assert isinstance(outcome, Deferred)
    assert "Timed out" in outcome.text


def test_a_foreign_server_takes_many_mails_over_one_connection(smtp_sink: Sink) -> None:
    async def many(sender: Sender) -> list[Outcome]:
        return [await sender.send(LETTER, f"n{number}@example.org", "") for number in range(20)]

    outcomes = over(account_on(smtp_sink), many)
    assert all(isinstance(outcome, Sent) for outcome in outcomes)
    received = smtp_sink.received()
    assert len(received) == 20
    assert all(b"\n.leading dot\n" in octets.replace(b"\r\n", b"\n") for octets in received)
