"""A person decides over the rules: once, without a second letter, and so that the past knows it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic_core import to_jsonable_python
from sqlalchemy import select
from store_desk import CUSTOMER, NOON, SUPPORT, Arrival, Desk, at

from mailtriage.errors import MailtriageError, NotFound
from mailtriage.mail.message import Automatic
from mailtriage.reply.draft import Draft, Letter
from mailtriage.store import tables as t
from mailtriage.store.rulings import Ruled

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = NOON + 3 * DAY
NUMBER = "26-000001"
REJECTED = Arrival("first", verdict="reject", reason="anonymous", due=None)
REPEAT = Arrival("again", verdict="reject", reason="repeat", conversation=NUMBER, due=None, now=NOON + HOUR)


def compose(draft: Draft, *, number: str | None, event: str | None = None, **_: Any) -> Letter:
    """A letter that shows what it was composed of."""
    text = f"{draft.template} {number} {draft.due} {draft.overdue}"
    return Letter(draft.to, "", f"<{event}-{draft.to}>", text, text.encode())


def rule(desk: Desk, message: int, verdict: Any = "accept", **changes: Any) -> Ruled:
    """As the mailbox or a command would have it."""
    wanted = {"reason": None, "category": None, "source": "command", "now": LATER, "policy": None, "at": None} | changes
    return desk.ledger.rule(message, verdict, compose=compose, **wanted)


def letters(desk: Desk, now: datetime = LATER) -> list[str]:
    """What leaves now, in the order in which it leaves."""
    sent = []
    while due := desk.outbox.claim("reply", 10, now):
        for reply in due:
            desk.outbox.settle(reply.id, now)
            sent.append(reply.octets.decode())
    return sent


def moves(desk: Desk, now: datetime = LATER) -> list[tuple[int, str]]:
    """(UID, folder) of what is due to move; settled by it."""
    found = desk.outbox.claim("move", 10, now)
    desk.outbox.settle_all([move.id for move in found], now)
    return [(move.uid, move.target) for move in found]


def columns(desk: Desk, message: int) -> tuple[str | None, ...]:
    """What holds of a message."""
    m = t.message.c
    with desk.database.read() as connection:
        return tuple(connection.execute(select(m.verdict, m.reason, m.category).where(m.id == message)).one())


def test_a_restored_message_is_registered_as_of_its_arrival_acknowledged_and_moved(desk: Desk) -> None:
    [message] = desk.receive(REJECTED, uid=7)
    letters(desk), moves(desk)
    ruled = rule(desk, message.id, category="claim", at=at(3, folder="Triage/reject"))
    assert (ruled.changed, ruled.number, ruled.new_conversation) == (True, NUMBER, True)
    summary = desk.views.conversation(NUMBER).summary
    assert (summary.status, summary.registered_at, summary.waiting_since) == ("open", NOON, NOON)
    assert summary.due == date(2026, 3, 10), "counted from the day of arrival"
    assert letters(desk) == [f"restored {NUMBER} 2026-03-10 False"]
    assert moves(desk) == [(3, "Triage/claim")]
    assert columns(desk, message.id) == ("accept", None, "claim")
    assert desk.views.message(str(message.id)).record["decision"]["verdict"] == "reject", "the record tells what was"


def test_what_was_restored_counts_as_accepted_in_the_past_of_later_mail(desk: Desk) -> None:
    [message] = desk.receive(replace(REJECTED, reason="abusive"))
    assert desk.history(Arrival("second")).strikes == 1
    rule(desk, message.id)
    history = desk.history(Arrival("second"))
    assert history.strikes == 0
    assert [(each.verdict, each.conversation) for each in history.earlier] == [("accept", NUMBER)]
    assert [found.participants for found in history.candidates] == [{CUSTOMER}]


def test_a_decision_of_before_is_shown_with_the_past_as_it_stood(desk: Desk) -> None:
    desk.receive(REJECTED)
    then = desk.history(Arrival("second", now=NOON + HOUR))
    [second] = desk.receive(Arrival("second", now=NOON + HOUR))
    rule(desk, 1)
    assert desk.views.message(str(second.id)).history == then


def test_the_number_is_of_the_year_of_the_ruling_and_the_clock_of_the_year_of_arrival(desk: Desk) -> None:
    arrived = datetime(2026, 12, 29, 9, tzinfo=UTC)
    [message] = desk.receive(replace(REJECTED, now=arrived))
    ruled = rule(desk, message.id, now=datetime(2027, 1, 12, 9, tzinfo=UTC))
    assert ruled.number == "27-000001"
    assert desk.views.conversation("27-000001").summary.registered_at == arrived


def test_a_date_that_has_passed_is_not_promised(desk: Desk) -> None:
    [message] = desk.receive(REJECTED)
    letters(desk)
    rule(desk, message.id, now=NOON + 30 * DAY)
    assert letters(desk, NOON + 30 * DAY) == [f"restored {NUMBER} 2026-03-10 True"]


def test_a_notice_that_has_not_left_is_taken_back_and_nothing_is_apologised_for(desk: Desk) -> None:
    [message] = desk.receive(REJECTED, uid=7)
    rule(desk, message.id, category="claim")
    assert letters(desk) == [f"ack-claim {NUMBER} 2026-03-10 False"]
    assert moves(desk) == [(7, "Triage/claim")], "nor is it moved to where it does not belong any more"


def test_to_restore_twice_changes_nothing(desk: Desk) -> None:
    [message] = desk.receive(REJECTED, uid=7)
    first = rule(desk, message.id)
    again = rule(desk, message.id, source="mailbox", now=LATER + HOUR)
    assert (again.changed, again.number, again.letter) == (False, first.number, None)
    assert len(letters(desk, LATER + HOUR)) == 1
    assert len(moves(desk)) == 1


def test_a_repeat_that_was_none_reopens_its_conversation_and_keeps_its_promise(desk: Desk) -> None:
    desk.receive(Arrival("first"))
    desk.receive(Arrival("end", sender=SUPPORT, verdict=None, conversation=NUMBER, final=True, now=NOON))
    [message] = desk.receive(REPEAT)
    letters(desk)
    ruled = rule(desk, message.id)
    assert (ruled.number, ruled.new_conversation, ruled.letter) == (NUMBER, False, "restored")
    summary = desk.views.conversation(NUMBER).summary
    assert (summary.status, summary.decided_at, summary.waiting_since) == ("open", None, NOON + HOUR)
    assert len(letters(desk)) == 1


def test_a_held_customer_who_was_acknowledged_hears_nothing_new(desk: Desk) -> None:
    [message] = desk.receive(Arrival("first", verdict="hold", reason="possible_fraud"))
    letters(desk)
    ruled = rule(desk, message.id, category="claim")
    assert (ruled.changed, ruled.number, ruled.letter) == (True, NUMBER, None)
    assert letters(desk) == []


@pytest.mark.parametrize(("kind", "silence"), [("auto_reply", None), ("list", None), ("bounce", "automatic")])
def test_mail_that_was_taken_for_a_robots_is_acknowledged_unless_nobody_would_read_it(
    desk: Desk, kind: Any, silence: str | None
) -> None:
    robot = {"automatic": Automatic(kind, ("header",))}
    [message] = desk.receive(Arrival("first", verdict="skip", reason=kind, message=robot))
    ruled = rule(desk, message.id)
    assert (ruled.number, ruled.silence) == (NUMBER, silence)
    assert len(letters(desk)) == (silence is None)


def test_what_a_person_rejects_is_not_acknowledged_any_more_and_nothing_is_written(desk: Desk) -> None:
    [message] = desk.receive(Arrival("first"), uid=7)
    ruled = rule(desk, message.id, "reject", reason="abusive")
    assert (ruled.changed, ruled.folder) == (True, "Triage/Rejected/abusive")
    assert letters(desk) == []
    assert moves(desk) == [(7, "Triage/Rejected/abusive")]
    summary = desk.views.conversation(NUMBER).summary
    assert (summary.status, summary.waiting_since, summary.closed_at) == ("closed", None, LATER)
    assert desk.history(Arrival("second")).strikes == 1


def test_a_conversation_that_holds_more_goes_on_without_the_rejected_message(desk: Desk) -> None:
    desk.receive(Arrival("first"))
    desk.receive(Arrival("answer", sender=SUPPORT, verdict=None, conversation=NUMBER, now=NOON + HOUR))
    [message] = desk.receive(Arrival("second", conversation=NUMBER, now=NOON + 2 * HOUR))
    assert desk.views.conversation(NUMBER).summary.waiting_since == NOON + 2 * HOUR
    rule(desk, message.id, "reject")
    summary = desk.views.conversation(NUMBER).summary
    assert (summary.status, summary.waiting_since, summary.answered_at) == ("open", None, NOON + HOUR)


def test_to_and_fro_gives_one_letter_and_the_place_of_the_last_word(desk: Desk) -> None:
    [message] = desk.receive(Arrival("first"), uid=7)
    for hour, verdict in enumerate(("reject", "accept", "reject", "accept")):
        rule(desk, message.id, verdict, now=LATER + hour * HOUR)
    assert len(letters(desk, LATER + DAY)) == 1
    assert moves(desk, LATER + DAY) == [(7, "Triage/claim")]
    assert desk.views.conversation(NUMBER).summary.status == "open"
    told = desk.views.conversation(NUMBER).lines[0]
    assert [each.verdict for each in told.rulings] == ["reject", "accept", "reject", "accept"]


def test_another_kind_changes_the_queue_and_sends_nothing(desk: Desk) -> None:
    [message] = desk.receive(Arrival("first"))
    letters(desk)
    rule(desk, message.id, category="account_status")
    summary = desk.views.conversation(NUMBER).summary
    assert (summary.category, summary.queue) == ("account_status", "accounts")
    assert letters(desk) == []


def test_what_a_person_has_moved_already_is_not_moved_again(desk: Desk) -> None:
    [message] = desk.receive(REJECTED, uid=7)
    moves(desk)
    there = at(4, folder="Triage/claim")
    ruled = rule(desk, message.id, category="claim", source="mailbox", at=there)
    assert (ruled.folder, ruled.found) == (None, True)
    assert moves(desk) == []
    back_in_inbox = rule(desk, message.id, category="claim", source="mailbox", at=at(9))
    assert (back_in_inbox.changed, back_in_inbox.folder) == (False, "Triage/claim")
    assert moves(desk) == [(9, "Triage/claim")]


def test_a_message_whose_place_nobody_knows_is_ruled_on_all_the_same(desk: Desk) -> None:
    [message] = desk.receive(REJECTED, uid=7)
    moves(desk)
    assert (rule(desk, message.id).found, rule(desk, message.id).folder) == (False, None)
    assert moves(desk) == []


def test_nobody_rules_on_what_is_not_there_or_on_supports_own_mail(desk: Desk) -> None:
    [own] = desk.receive(Arrival("ours", sender=SUPPORT, verdict=None))
    with pytest.raises(NotFound, match="42"):
        rule(desk, 42)
    with pytest.raises(MailtriageError, match="own"):
        rule(desk, own.id)


def test_a_letter_that_cannot_be_composed_leaves_all_as_it_was(desk: Desk) -> None:
    [message] = desk.receive(REJECTED)
    before = desk.outbox.counts(), columns(desk, message.id)

    def refuse(*_: object, **__: object) -> Letter:
        raise ValueError("no such template")

    with pytest.raises(ValueError, match="template"):
        desk.ledger.rule(message.id, "accept", None, None, "command", LATER, None, refuse)
    assert (desk.outbox.counts(), columns(desk, message.id)) == before
    assert desk.views.conversations() == ()


def test_a_clock_that_was_set_back_does_no_harm(desk: Desk) -> None:
    [message] = desk.receive(REJECTED)
    letters(desk)
    ruled = rule(desk, message.id, now=NOON - 400 * DAY)
    assert ruled.number == "25-000001"
    summary = desk.views.conversation("25-000001").summary
    assert (summary.status, summary.registered_at) == ("open", NOON)
    assert to_jsonable_python(desk.views.conversation("25-000001").lines[0].rulings)
