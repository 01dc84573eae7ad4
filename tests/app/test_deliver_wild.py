"""Delivering to servers as they are in the wild: the state of each row, and what the server has in the end."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from app.desk import Desk
from app.draining import drain
from app.program import mailtriage
from app.test_deliver import DAY, MINUTE, Delivery
from servers.authority import Authority
from servers.relay import Relay
from servers.scripted import ScriptedSmtp

from mailtriage.demo.smtp import Script
from mailtriage.transport.smtp import SmtpAccount

SERVER = {
    "sound": (Script(), "done", 1),
    "grey": (Script(rcpt="450 4.7.1 Greylisted"), "due", 0),
    "later": (Script(rcpt="451 4.3.0 Try again"), "due", 0),
    "gone": (Script(rcpt="550 5.1.1 No such user"), "buried", 0),
    "full": (Script(rcpt="552 5.2.2 Mailbox full"), "due", 0),
    "large": (Script(data="552 5.3.4 Too large"), "buried", 0),
    "spam": (Script(data="554 5.7.1 Spam"), "buried", 0),
    "before": (Script(drop="rcpt"), "due", 0),
    "after": (Script(drop="data"), "unconfirmed", 1),
    "silent": (Script(drop="silent"), "unconfirmed", 1),
    "closing": (Script(rcpt="421 4.3.2 Shutting down"), "due", 0),
}
"""By name: what the server does, what becomes of the row, and how many copies the server then has."""


@pytest.fixture
def delivery(quick_desk):
    with quick_desk.parts() as parts:
        yield Delivery(quick_desk, parts)


def statuses(delivery: Delivery) -> dict[str, str]:
    """By the recipient's name."""
    rows = delivery.desk.rows("select json_extract(payload, '$.to'), status from outbox where kind = 'reply'")
    return {to.partition("@")[0]: status for to, status in rows}


def copies(delivery: Delivery) -> dict[str, int]:
    """How often the server has taken a mail, by the recipient's name."""
    names = [mail.recipients[0].partition("@")[0] for mail in delivery.desk.smtp.received]
    return {name: names.count(name) for name in SERVER}


def test_each_row_ends_as_the_server_spoke_and_nothing_is_sent_twice(delivery):
    delivery.receive(*SERVER)
    delivery.desk.smtp.script = {f"{name}@mail.example": script for name, (script, _, _) in SERVER.items()}
    delivery.smtp = SmtpAccount(delivery.smtp.host, delivery.smtp.port, "none", timeout=5, data_timeout=1)
    delivery()
    delivery(timedelta(seconds=6))
    assert statuses(delivery) == {name: status for name, (_, status, _) in SERVER.items()}
    assert copies(delivery) == {name: count for name, (_, _, count) in SERVER.items()}
    buried = delivery.parts.outbox.entries("buried")
    assert sorted(entry.last_error for entry in buried) == [
        "550 5.1.1 No such user",
        "552 5.3.4 Too large",
        "554 5.7.1 Spam",
    ]

    # All is well again: what waited leaves, and of the others none does.
    delivery.desk.smtp.script = {}
    delivery(10 * MINUTE)
    waited = {name for name, (_, status, _) in SERVER.items() if status == "due"}
    assert {name for name, status in statuses(delivery).items() if status == "done"} == {"sound", *waited}
    taken = {"sound", "after", "silent", *waited}
    assert copies(delivery) == {name: int(name in taken) for name in SERVER}


def test_greylisting_passes_within_the_usual_minutes_and_is_no_trouble_of_the_server(delivery):
    delivery.receive("anna")
    script = delivery.desk.smtp.script
    script["anna@mail.example"] = Script(rcpt="450 4.7.1 Greylisted for 300 seconds")
    for _ in range(5):
        assert delivery(MINUTE).trouble == []
    assert delivery.states()[0][0] == "due"
    script.clear()
    for _ in range(4):
        delivery(MINUTE)
    assert delivery.states()[0][0] == "done"
    assert "server_away" not in delivery.desk.actions()


def test_a_server_that_refuses_the_null_sender_buries_nothing_and_is_named_once(delivery):
    people = ("anna", "boris", "vera", "gleb")
    delivery.receive(*people)
    with ScriptedSmtp({"MAIL": "550 5.7.1 No mail without a sender"}) as server:
        delivery.smtp = SmtpAccount(server.host, server.port, "none", timeout=5)

        async def weeks() -> set[str]:
            deliverer, told = delivery.deliverer(mailboxes={}), set()
            for _ in range(30):
                told |= set((await drain(deliverer)).trouble)
                delivery.now += DAY / 2
            asked = len(server.commands)
            server.answers.clear()
            assert asked < 30 * 20
            delivery.now += DAY
            await drain(deliverer)
            await deliverer.close()
            return told

        told = asyncio.run(weeks())
        assert len(told) == 1
        assert "set smtp.envelope_from" in told.pop()
        assert [status for status, _ in delivery.states()] == ["done"] * 4
        assert len(server.received) == 4
    events = [event for event in delivery.desk.events() if event["action"] == "server_away"]
    # One for each connection at most: each has to meet it.
    assert len(events) <= 2
    assert all("smtp.envelope_from" in event["why"] for event in events)
    assert "reply_refused" not in delivery.desk.actions()


def test_a_certificate_that_nobody_vouches_for_sends_nothing_and_is_named_in_the_log(
    delivery: Delivery, authority: Authority
) -> None:
    delivery.receive("anna")
    with ScriptedSmtp(offers=("STARTTLS",), tls=authority.server_context()) as server:
        delivery.smtp = SmtpAccount(server.host, server.port, "starttls", timeout=5)
        (trouble,) = delivery().trouble
        assert "certificate" in trouble
        assert "smtp.ca_file" in trouble
        assert not server.received
        assert not any(command.startswith("MAIL") for command in server.commands)
        (event,) = [event for event in delivery.desk.events() if event["action"] == "server_away"]
        assert "smtp.ca_file" in event["why"]

        delivery.smtp = SmtpAccount(server.host, server.port, "starttls", timeout=5, ca_file=authority.ca_file)
        delivery(MINUTE)
        assert delivery.states()[0][0] == "done"
        assert len(server.received) == 1


def test_a_server_that_offers_no_starttls_gets_nothing_and_the_reply_keeps_its_turn(delivery: Delivery) -> None:
    delivery.receive("anna")
    with ScriptedSmtp(offers=("PIPELINING",)) as server:
        delivery.smtp = SmtpAccount(server.host, server.port, "starttls", timeout=5)
        (trouble,) = delivery().trouble
        assert "offers no STARTTLS" in trouble
        assert delivery.states()[0][0] == "due"
        delivery(4 * DAY)
        assert delivery.states()[0][0] == "due", "what a person must mend buries nothing"
        assert not server.received
        assert not any(command.startswith("MAIL") for command in server.commands)


def test_a_slow_server_is_waited_for_and_gets_each_mail_once(delivery: Delivery) -> None:
    people = ("anna", "boris", "vera")
    delivery.receive(*people)
    with Relay(delivery.desk.smtp.port, delay=0.3) as far:
        delivery.smtp = SmtpAccount(far.host, far.port, "none", timeout=20, data_timeout=20)
        delivery()
    assert [status for status, _ in delivery.states()] == ["done"] * len(people)
    assert len(delivery.desk.smtp.received) == len(people)


def test_the_replies_of_ours_need_no_8bitmime_and_no_smtputf8(delivery):
    delivery.receive("anna")
    with ScriptedSmtp(offers=("HELP",)) as server:
        delivery.smtp = SmtpAccount(server.host, server.port, "none", timeout=5)
        delivery()
        assert delivery.states()[0][0] == "done"
        assert server.received[0].isascii()
        assert "MAIL FROM:<>" in server.commands


def test_the_doctor_names_a_relay_that_refuses_the_null_sender_and_says_what_to_set(tmp_path: Path) -> None:
    class Away:
        host, port, user, password = "127.0.0.1", 1, "u", "p"

    with ScriptedSmtp({"RCPT": "554 5.7.1 <>: Sender address rejected: Access denied"}) as server:
        desk = Desk(tmp_path, Away, server)
        (line,) = [one for one in mailtriage("doctor", "--config", desk.config).out.splitlines() if "smtp:" in one]
        assert line.startswith("FAIL")
        assert "set smtp.envelope_from" in line
        assert "RCPT TO:<support@1cupis.ru>" in server.commands
        assert not server.received
