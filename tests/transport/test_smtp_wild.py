"""What SMTP servers do in the wild, at every point of a mail: what is made of it, and what they had heard by then."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from servers.authority import Authority
from servers.scripted import CUT, MIDWAY, SILENCE, ScriptedSmtp
from servers.sink import Postfix, Sink

from mailtriage.errors import TransportError
from mailtriage.transport.smtp import Deferred, Outcome, Sender, Sent, SmtpAccount, Unconfirmed
from mailtriage.transport.tls import Tls

LETTER = b"From: support@example.org\r\nSubject: Re: x\r\n\r\n.dot\r\nend\r\n"
LARGE = LETTER + b"a line of a large letter\r\n" * 600_000
TO = "a@example.org"
NULL_REFUSED = "550 5.7.1 We take no mail without a sender"


def account(server: object, tls: Tls = "none", **other: object) -> SmtpAccount:
    return SmtpAccount(server.host, server.port, tls, **{"timeout": 10.0, "data_timeout": 10.0, **other})


def sent(
    server: object, *recipients: str, octets: bytes = LETTER, envelope_from: str = "", **other: object
) -> list[Outcome]:
    async def one_by_one() -> list[Outcome]:
        async with Sender(account(server, **other)) as sender:
            return [await sender.send(octets, recipient, envelope_from) for recipient in recipients]

    return asyncio.run(one_by_one())


def kind(outcome: Outcome) -> str:
    """The outcome as the table below writes it."""
    every = " every" if isinstance(outcome, Deferred) and outcome.every else ""
    return type(outcome).__name__.lower() + every


# Where, what the server says there, what it means, and how many mails it heard to their end.
TABLE: Sequence[tuple[str, str, str, int]] = (
    ("CONNECT", "421 4.3.2 Too many connections", "deferred every", 0),
    ("CONNECT", "554 5.7.1 No SMTP for you", "deferred every", 0),
    ("CONNECT", CUT, "deferred every", 0),
    ("EHLO", "421 4.3.2 Shutting down", "deferred every", 0),
    ("MAIL", "421 4.3.2 Shutting down", "deferred every", 0),
    ("MAIL", "451 4.3.0 Queue file write error", "deferred every", 0),
    ("MAIL", "452 4.3.1 Insufficient system storage", "deferred every", 0),
    ("MAIL", "530 5.7.0 Authentication required", "deferred every", 0),
    ("MAIL", "552 5.3.4 Message size exceeds fixed limit", "refused", 0),
    ("MAIL", CUT, "deferred every", 0),
    ("RCPT", "421 4.3.2 Shutting down", "deferred every", 0),
    ("RCPT", "421 4.7.0 Greylisted, come back later", "deferred", 0),
    ("RCPT", "450 4.7.1 Greylisted, see http://example.org/", "deferred", 0),
    ("RCPT", "451 4.7.1 Service unavailable - try again later", "deferred", 0),
    ("RCPT", "452 4.2.2 Mailbox full", "deferred", 0),
    ("RCPT", "552 5.2.2 Mailbox full", "deferred", 0),
    ("RCPT", "552 Mailbox full", "deferred", 0),
    ("RCPT", "550 5.1.1 No such user", "refused", 0),
    ("RCPT", "550 5.1.8 <>: Sender address rejected", "deferred every", 0),
    ("RCPT", CUT, "deferred every", 0),
    ("DATA", "421 4.3.2 Shutting down", "deferred every", 0),
    ("DATA", "451 4.3.0 Try again", "deferred", 0),
    ("DATA", "554 5.5.1 No valid recipients", "refused", 0),
    ("DATA", "250 2.0.0 Out of step", "deferred", 0),
    ("DATA", CUT, "deferred every", 0),
    (".", "421 4.3.2 Shutting down", "deferred every", 1),
    (".", "451 4.7.1 Greylisted", "deferred", 1),
    (".", "452 4.3.1 Disk full", "deferred", 1),
    (".", "550 5.7.1 Spam", "refused", 1),
    (".", "552 5.2.2 Mailbox full", "deferred", 1),
    (".", "552 5.3.4 Too large", "refused", 1),
    (".", CUT, "unconfirmed", 1),
    (".", "good bye", "unconfirmed", 1),
    (".", "354 Go on and on", "unconfirmed", 1),
)


@pytest.mark.parametrize("offers", [("PIPELINING", "ENHANCEDSTATUSCODES"), ("HELP",)], ids=["pipelined", "in turn"])
@pytest.mark.parametrize(("where", "said", "meaning", "heard"), TABLE, ids=[f"{row[0]}-{row[1]}" for row in TABLE])
def test_each_answer_at_each_point(where: str, said: str, meaning: str, heard: int, offers: tuple[str, ...]) -> None:
    with ScriptedSmtp({where: said}, offers=offers) as server:
        (outcome,) = sent(server, TO)
        assert kind(outcome) == meaning
        assert len(server.received) == heard


@pytest.mark.parametrize("said", [row[1] for row in TABLE if row[0] == "RCPT" and row[1] != CUT])
def test_after_a_refusal_the_next_mail_leaves_as_it_is(said: str) -> None:
    # Another is asked for by the probe that a word about the sender leads to.
    with ScriptedSmtp({"RCPT": [said]}) as server:
        outcomes = sent(server, TO, "b@example.org")
        assert isinstance(outcomes[1], Sent)
        assert server.received == [LETTER.replace(b"\r\n.", b"\r\n..")]


@pytest.mark.parametrize("where", ["EHLO", "MAIL", "RCPT", "DATA"])
def test_a_server_that_falls_silent_before_the_mail_is_deferred_in_time(where: str) -> None:
    with ScriptedSmtp({where: SILENCE}) as server:
        (outcome,) = sent(server, TO, timeout=0.3)
        assert isinstance(outcome, Deferred)
        assert not server.received


def test_a_slow_final_dot_has_its_own_patience() -> None:
    with ScriptedSmtp({".": SILENCE}) as server:
        (outcome,) = sent(server, TO, timeout=0.2, data_timeout=0.4)
        assert isinstance(outcome, Unconfirmed)
        assert "0.4 seconds" in outcome.text


def test_what_dies_in_the_midst_of_a_mail_was_surely_not_delivered() -> None:
    with ScriptedSmtp({"DATA": MIDWAY}) as server:
        (outcome,) = sent(server, TO, octets=LARGE)
        assert kind(outcome) == "deferred every"
        assert not server.received


def test_a_refusal_in_the_midst_of_a_mail_counts_and_the_next_goes_over_a_new_connection() -> None:
    # smtp-sink -A answers 550 without having heard the mail.
    with Sink("-A", "0") as sink:
        outcomes = sent(sink, TO, octets=LARGE)
        assert kind(outcomes[0]) in {"refused", "deferred every"}
        assert not any(b"a line of a large letter" in mail for mail in sink.received())


def test_commands_travel_together_where_the_server_takes_them_so_and_never_where_not() -> None:
    for offers, together in ((("PIPELINING",), True), (("HELP",), False), (None, False)):
        with ScriptedSmtp(offers=offers) as server:
            assert [kind(outcome) for outcome in sent(server, TO, TO)] == ["sent", "sent"]
            assert (b"MAIL FROM:<>\r\nRCPT TO:<a@example.org>\r\nDATA\r\n" in server.segments) is together
            assert len(server.received) == 2


def test_a_data_let_through_without_a_recipient_is_ended_and_sends_nothing() -> None:
    # RFC 2920 3.1 warns of it.
    with ScriptedSmtp({"RCPT": ["550 5.1.1 No such user"], "DATA": "354 Go on", ".": ["554 5.5.1 No"]}) as server:
        assert [kind(outcome) for outcome in sent(server, TO, TO)] == ["refused", "sent"]
        assert server.received == [b"", LETTER.replace(b"\r\n.", b"\r\n..")]
        assert server.connections == 1


def test_an_answer_that_nobody_asked_for_is_not_taken_for_the_next_mails() -> None:
    with ScriptedSmtp({".": ["250 2.0.0 Ok\r\n550 5.0.0 and more", "250 2.0.0 Ok"]}) as server:
        assert [kind(outcome) for outcome in sent(server, TO, TO)] == ["sent", "sent"]
        assert server.connections == 2


def test_the_size_that_a_server_announces_is_believed_before_a_mail_is_sent() -> None:
    for offered, meaning in (("SIZE 40", "refused"), ("SIZE 0", "sent"), ("SIZE", "sent"), ("SIZE 1000", "sent")):
        with ScriptedSmtp(offers=("PIPELINING", offered)) as server:
            (outcome,) = sent(server, TO)
            assert kind(outcome) == meaning
            assert ("takes at most 40 octets" in outcome.text) is (meaning == "refused")
            assert any("MAIL FROM:<> SIZE=" in command for command in server.commands) is (meaning == "sent")


def test_the_null_sender_refused_at_mail_is_every_mails_matter_and_greeting_tells_until_it_is_taken() -> None:
    async def days() -> None:
        async with Sender(account(server)) as sender:
            outcome = await sender.send(LETTER, TO, "")
            assert kind(outcome) == "deferred every"
            assert "smtp.envelope_from" in outcome.text
            assert NULL_REFUSED in outcome.text
            assert outcome.login
            for _ in range(2):
                with pytest.raises(TransportError, match=r"smtp\.envelope_from"):
                    await sender.greet()
            server.answers.clear()
            assert "logged in" not in await sender.greet()
            assert kind(await sender.send(LETTER, TO, "")) == "sent"
            asked = server.commands.count("MAIL FROM:<>")
            await sender.greet()
            assert server.commands.count("MAIL FROM:<>") == asked

    with ScriptedSmtp({"MAIL": NULL_REFUSED}) as server:
        asyncio.run(days())
        assert len(server.received) == 1


def test_a_recipients_words_about_a_sender_concern_him_alone() -> None:
    # A relay that asks a customer's server first passes its words on: they must not silence us.
    with ScriptedSmtp(
        {"RCPT": ["550 5.1.8 Sender address rejected", "250 2.1.5 our own address is welcome"]}
    ) as server:
        assert [kind(outcome) for outcome in sent(server, TO, "b@example.org")] == ["refused", "sent"]


def test_an_envelope_sender_that_is_not_ours_is_named() -> None:
    with ScriptedSmtp({"MAIL": "553 5.7.1 not owned by user"}) as server:
        (outcome,) = sent(server, TO, envelope_from="bounces@example.org")
        assert kind(outcome) == "deferred every"
        assert "MAIL FROM:<bounces@example.org>" in outcome.text


@pytest.mark.parametrize(
    ("server_tls", "tls", "ca", "told"),
    [
        ("starttls", "starttls", "none", "set smtp.ca_file"),
        ("other host", "starttls", "right", "set smtp.host"),
        ("none", "starttls", "right", "offers no STARTTLS"),
        ("none", "implicit", "right", "try smtp.tls: starttls"),
    ],
)
def test_without_verified_tls_nothing_is_sent_and_the_words_tell_what_to_do(
    authority: Authority, server_tls: str, tls: Tls, ca: str, told: str
) -> None:
    context = authority.server_context("mail.example.org" if server_tls == "other host" else "127.0.0.1")
    offers = ("STARTTLS",) if server_tls in {"starttls", "other host"} else ("PIPELINING",)
    ca_file: Path | None = authority.ca_file if ca == "right" else None
    with ScriptedSmtp(offers=offers, tls=context) as server:
        (outcome,) = sent(server, TO, tls=tls, ca_file=ca_file, timeout=2.0)
        assert kind(outcome) == "deferred every"
        assert told in outcome.text
        assert not server.received
        assert not any(command.startswith(("MAIL", "AUTH")) for command in server.commands)


def test_a_login_is_never_tried_in_clear_where_starttls_was_taken_away() -> None:
    with ScriptedSmtp(offers=("AUTH PLAIN LOGIN",)) as server:
        (outcome,) = sent(server, TO, tls="starttls", user="support", password="none")  # noqa: S106 - nobody's
        assert "offers no STARTTLS" in outcome.text
        assert not any(b"AUTH" in segment for segment in server.segments)


@pytest.mark.parametrize(
    ("options", "meaning"),
    [
        (("-r", "RCPT"), "deferred"),
        (("-f", "RCPT"), "refused"),
        (("-f", "MAIL"), "deferred every"),
        (("-f", "."), "refused"),
        (("-r", "DATA"), "deferred"),
        (("-Q", "CONNECT"), "deferred every"),
        (("-Q", "MAIL"), "deferred every"),
        (("-Q", "RCPT"), "deferred every"),
        (("-Q", "DATA"), "deferred every"),
        (("-Q", "."), "deferred every"),
        (("-q", "RCPT"), "deferred every"),
        (("-q", "."), "unconfirmed"),
        (("-e",), "sent"),
        (("-p", "-8"), "sent"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value,
)
def test_postfix_smtp_sink_fails_where_it_is_told_to(options: tuple[str, ...], meaning: str) -> None:
    with Sink(*options) as sink:
        outcomes = sent(sink, TO, "b@example.org")
        assert [kind(outcome) for outcome in outcomes] == [meaning] * 2


INLINE = "inline:{{ {} }}"
ACCESS = " ".join(
    f"{{{who}@example.org = {what}}}"
    for who, what in {
        "grey": "450 4.7.1 Greylisted",
        "later": "451 4.3.0 Try again",
        "gone": "550 5.1.1 No such user",
        "full": "552 5.2.2 Mailbox full",
        "closing": "421 4.3.2 Shutting down",
    }.items()
)


def test_postfix_itself_passes_on_what_it_takes_and_says_the_rest() -> None:
    settings = {
        "smtpd_recipient_restrictions": f"check_recipient_access {INLINE.format(ACCESS)}, permit_mynetworks, reject",
        "message_size_limit": "20000",
    }
    with Sink() as sink, Postfix(sink, settings) as server:
        people = ("grey", "later", "gone", "full", "one", "closing", "two")
        outcomes = sent(server, *(f"{name}@example.org" for name in people))
        assert [kind(outcome) for outcome in outcomes] == [
            "deferred", "deferred", "refused", "deferred", "sent", "deferred every", "sent",
        ]  # fmt: skip
        (large,) = sent(server, TO, octets=LETTER + b"x\r\n" * 10_000)
        assert "at most 20000 octets" in large.text
        until_received(sink, 2)


def test_postfix_that_refuses_the_null_sender_says_so_at_rcpt_and_is_understood() -> None:
    settings = {
        "smtpd_sender_restrictions": f"check_sender_access {INLINE.format('{<> = 550 5.7.1 no bounces}')}",
        "smtpd_recipient_restrictions": "permit_mynetworks, reject",
    }
    with Sink() as sink, Postfix(sink, settings) as server:
        outcomes = [*sent(server, TO, TO), *sent(server, TO, envelope_from="support@example.org")]
        assert [kind(outcome) for outcome in outcomes] == ["deferred every", "deferred every", "sent"]
        assert "smtp.envelope_from" in outcomes[0].text
        until_received(sink, 1)


def test_postfix_speaks_starttls_and_is_verified(authority: Authority) -> None:
    authority.server_context()
    settings = {
        "smtpd_tls_chain_files": f"{authority.ca_file.parent}/127.0.0.1.pem",
        "smtpd_tls_security_level": "encrypt",
        "smtpd_recipient_restrictions": "permit_mynetworks, reject",
    }
    with Sink() as sink, Postfix(sink, settings) as server:
        (good,) = sent(server, TO, tls="starttls", ca_file=authority.ca_file)
        (untrusted,) = sent(server, TO, tls="starttls")
        (clear,) = sent(server, TO)
        assert (kind(good), kind(untrusted), kind(clear)) == ("sent", "deferred every", "deferred every")
        assert "smtp.ca_file" in untrusted.text
        until_received(sink, 1)


def until_received(sink: Sink, count: int) -> None:
    """Postfix passes on what it took in its own time; nothing tells when but looking."""
    until = time.monotonic() + 20
    while len(sink.received()) < count and time.monotonic() < until:
        time.sleep(0.05)
    assert len(sink.received()) == count
