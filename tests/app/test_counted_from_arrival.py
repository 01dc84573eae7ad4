"""A desk that was out of order for a while: promises and words count from when the server had the message."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from app.desk import Desk, batch, letter

from mailtriage.mail.message import Location, RawMessage
from mailtriage.parts import Parts
from mailtriage.transport.imap import Batch

QUESTION = "Как пополнить кошелёк? Пётр Ложкин"
OUTSIDE_HOURS = "в нерабочее время"


@pytest.fixture
def parts(quick_desk: Desk) -> Iterator[Parts]:
    with quick_desk.parts() as made:
        made.take_store()
        yield made


def moscow(at: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{at}+03:00")


@pytest.mark.parametrize(
    ("arrived", "seen", "registered", "due", "outside"),
    [
        ("27T12:00", "28T02:00", "2026-11-27", "2026-12-02", False),
        ("27T12:00", "30T10:00", "2026-11-27", "2026-12-02", False),
        ("27T19:00", "30T10:00", "2026-11-30", "2026-12-03", True),
        ("25T12:00", "28T02:00", "2026-11-30", "2026-12-03", False),
    ],
    ids=["seen at night", "seen on Monday", "came in the evening", "lay too long"],
)
def test_the_letter_and_the_conversation_count_alike(  # noqa: PLR0917 - a table
    parts: Parts,
    arrived: str,
    seen: str,
    registered: str,
    due: str,
    outside: bool,  # noqa: FBT001 - a table
) -> None:
    parts.receiver.clock = lambda _raw, _reading: moscow(seen)
    mail = RawMessage(letter(QUESTION), moscow(arrived), Location("support", "INBOX", 1, 1))
    (recorded,) = parts.receiver.receive([Batch((mail,), "INBOX", 1, 1)], "support")
    reply, number = recorded.record["reply"], recorded.record["conversation"]["number"]
    conversation = parts.views.conversation(number).summary
    assert reply["due"] == conversation.due.isoformat() == due
    assert conversation.registered_at.astimezone(moscow("01T00:00").tzinfo).date().isoformat() == registered
    assert (OUTSIDE_HOURS in reply["text"]) is outside
    day, month = int(registered[8:]), "ноября"
    assert f"Дата регистрации: {day} {month} 2026 года." in reply["text"]


def test_a_file_is_counted_from_now(parts: Parts) -> None:
    parts.receiver.clock = lambda _raw, _reading: moscow("30T10:00")
    (mail,) = batch(letter(QUESTION)).messages
    file = RawMessage(mail.octets, moscow("27T12:00"))
    (recorded,) = parts.receiver.receive([Batch((file,), "INBOX", 1, 1)])
    assert recorded.record["reply"]["due"] == "2026-12-03"
