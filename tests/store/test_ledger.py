"""Recording: each message once, with its number, its place and what is owed for it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from store_desk import NOON, SUPPORT, Arrival, Desk, at, compose, record, scan

from mailtriage.errors import StoreError
from mailtriage.mail.message import RawMessage
from mailtriage.reply.deadline import Workload
from mailtriage.store import tables as t
from mailtriage.triage.effects import Move

HOUR = timedelta(hours=1)


def _count(desk: Desk, *tables: str) -> list[int]:
    with desk.database.read() as connection:
        return [connection.scalar(select(func.count()).select_from(t.metadata.tables[name])) or 0 for name in tables]


def test_an_accepted_message_opens_a_conversation_and_owes_a_move_and_a_reply(desk: Desk) -> None:
    recorded = desk.receive(Arrival("first", message=scan("d1")), uid=7)[0]
    assert (recorded.number, recorded.new_conversation) == ("26-000001", True)
    assert desk.views.line(recorded.id) == recorded.record
    page = desk.views.conversation("26-000001")
    assert page.participants == ("anna@mail.example",)
    assert (page.summary.status, page.summary.due, page.summary.waiting_since) == ("open", date(2026, 3, 10), NOON)
    assert desk.outbox.counts() == {("move", "due"): 1, ("reply", "due"): 1}
    assert _count(desk, "message", "location", "attachment") == [1, 1, 1]


def test_numbers_begin_anew_with_the_first_mail_that_is_registered_in_the_new_year(desk: Desk) -> None:
    last = datetime(2026, 12, 30, 14, 59, 59, tzinfo=UTC)  # a second before the desk closes for the holidays
    numbers = [
        desk.receive(Arrival(str(moment), now=moment))[0].number
        for moment in (last - HOUR, last, last + timedelta(seconds=1), last + HOUR)
    ]
    assert numbers == ["26-000001", "26-000002", "27-000001", "27-000002"]
    assert desk.views.conversation("27-000001").summary.registered_at == datetime(2027, 1, 10, 21, tzinfo=UTC)


def test_a_batch_that_fails_leaves_nothing_behind(desk: Desk) -> None:
    def fail_half_way() -> None:
        with desk.ledger.batch() as recorder:
            record(recorder, Arrival("first"), at(1))
            recorder.advance("support", "INBOX", 1, 1)
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert _count(desk, "message", "conversation", "location", "outbox", "cursor", "participant") == [0] * 6


def test_a_message_that_cannot_be_drawn_up_takes_neither_a_number_nor_its_neighbours_with_it(desk: Desk) -> None:
    poison = Arrival("poison")

    def refuse(*_: object) -> None:
        raise ValueError("no such template")

    with desk.ledger.batch() as recorder:
        record(recorder, Arrival("before"))
        with pytest.raises(ValueError, match="template"):
            recorder.drawn_up(
                poison.raw(),
                poison.reading(),
                poison.outcome(),
                past=recorder.history(poison.reading(), NOON),
                workload=Workload(),
                compose=refuse,  # type: ignore[arg-type]  # it never returns
                now=NOON,
            )
        held = record(recorder, replace(poison, verdict="hold", reason="reply_failed"))
    assert held.number == "26-000002"
    assert _count(desk, "message", "conversation") == [2, 2]


def test_the_same_octets_from_a_file_are_a_duplicate(desk: Desk) -> None:
    first = desk.receive(Arrival("first"))[0]
    with desk.ledger.batch() as recorder:
        known = recorder.sighting(Arrival("first").raw())
        assert recorder.sighting(Arrival("other").raw()) is None
    assert known is not None
    assert (known.kind, known.id, known.number, known.record) == ("duplicate", first.id, first.number, first.record)


def test_the_same_uid_is_recognised_whatever_it_holds(desk: Desk) -> None:
    first = desk.receive(Arrival("first"), uid=7)[0]
    with desk.ledger.batch() as recorder:
        known = recorder.sighting(RawMessage(b"something else", NOON, at(7)))
    assert known is not None
    assert (known.kind, known.id) == ("recorded", first.id)


def test_a_second_delivery_is_moved_and_never_answered(desk: Desk) -> None:
    desk.receive(Arrival("first"), uid=7)
    second = Arrival("first").raw(at(8))
    with desk.ledger.batch() as recorder:
        known = recorder.sighting(second)
        assert known is not None
        assert (known.kind, known.moved) == ("duplicate", False)
        recorder.record_duplicate(second, known, Move("Triage/Automatic"), now=NOON)
        again = recorder.sighting(second)
    assert again is not None
    assert again.kind == "recorded"
    assert desk.outbox.counts() == {("move", "due"): 2, ("reply", "due"): 1}
    assert [(move.uid, move.target) for move in desk.outbox.claim("move", 10, NOON)] == [
        (7, "Triage/accept"),
        (8, "Triage/Automatic"),
    ]


def test_a_new_uidvalidity_aims_the_pending_move_at_the_new_uid(desk: Desk) -> None:
    desk.receive(Arrival("first"), Arrival("second"), uid=7)
    with desk.ledger.batch() as recorder:
        kinds = []
        for uid, name in enumerate(("second", "first"), start=1):
            known = recorder.sighting(Arrival(name).raw(at(uid, uidvalidity=2)))
            kinds.append(known.kind if known else None)
    assert kinds == ["renumbered", "renumbered"]
    moves = desk.outbox.claim("move", 10, NOON)
    assert [(move.uidvalidity, move.uid) for move in moves] == [(2, 2), (2, 1)]
    assert _count(desk, "message", "location", "outbox") == [2, 4, 4]


def test_after_a_new_uidvalidity_each_copy_is_aimed_at_one_uid(desk: Desk) -> None:
    desk.receive(Arrival("first"), uid=7)
    with desk.ledger.batch() as recorder:
        second = Arrival("first").raw(at(8))
        known = recorder.sighting(second)
        assert known is not None
        recorder.record_duplicate(second, known, Move("Triage/Automatic"), now=NOON)
        seen = [recorder.sighting(Arrival("first").raw(at(uid, uidvalidity=2))) for uid in (1, 2, 3)]
    assert [known.kind for known in seen if known] == ["renumbered", "renumbered", "duplicate"]
    assert sorted(move.uid for move in desk.outbox.claim("move", 10, NOON)) == [1, 2]


def test_a_message_that_we_moved_and_that_is_back_is_not_taken_for_renumbered(desk: Desk) -> None:
    desk.receive(Arrival("first"), uid=7)
    [move] = desk.outbox.claim("move", 10, NOON)
    desk.outbox.settle(move.id, NOON)
    with desk.ledger.batch() as recorder:
        known = recorder.sighting(Arrival("first").raw(at(1, uidvalidity=2)))
    assert known is not None
    assert (known.kind, known.moved) == ("duplicate", True)


def test_a_follow_up_joins_and_keeps_the_later_promise(desk: Desk) -> None:
    desk.receive(Arrival("first"))
    later = Arrival(
        "second", conversation="26-000001", due=date(2026, 3, 5), sender="Other@Mail.example", now=NOON + HOUR
    )
    recorded = desk.receive(later)[0]
    assert (recorded.number, recorded.new_conversation) == ("26-000001", False)
    page = desk.views.conversation("26-000001")
    assert page.participants == ("anna@mail.example", "other@mail.example")
    assert (page.summary.due, page.summary.last_message_at) == (date(2026, 3, 10), NOON + HOUR)
    assert len(page.messages) == 2


@pytest.mark.parametrize(("verdict", "reason"), [("skip", "list"), ("reject", "anonymous"), (None, None)])
def test_what_is_not_answered_on_the_merits_opens_no_conversation(
    desk: Desk, verdict: str | None, reason: str | None
) -> None:
    recorded = desk.receive(Arrival("first", verdict=verdict, reason=reason))[0]
    assert (recorded.number, recorded.new_conversation) == (None, False)
    assert _count(desk, "conversation", "message") == [0, 1]


def test_supports_answer_stops_the_clock_its_decision_closes_and_something_new_reopens(desk: Desk) -> None:
    number = "26-000001"
    desk.receive(Arrival("first"))
    answer = Arrival("answer", sender=SUPPORT, verdict=None, conversation=number, now=NOON + HOUR)
    desk.receive(answer)
    summary = desk.views.conversation(number).summary
    assert (summary.status, summary.answered_at, summary.waiting_since) == ("open", NOON + HOUR, None)
    desk.receive(replace(answer, name="decision", final=True, now=NOON + 2 * HOUR))
    summary = desk.views.conversation(number).summary
    assert (summary.status, summary.decided_at) == ("decided", NOON + 2 * HOUR)
    assert summary.answered_at == NOON + HOUR, "the first answer counts"
    desk.receive(Arrival("again", verdict="reject", reason="decided", conversation=number, now=NOON + 3 * HOUR))
    assert desk.views.conversation(number).summary.status == "decided"
    desk.receive(Arrival("news", conversation=number, now=NOON + 4 * HOUR))
    summary = desk.views.conversation(number).summary
    assert (summary.status, summary.decided_at, summary.waiting_since) == ("open", None, NOON + 4 * HOUR)
    assert SUPPORT not in desk.views.conversation(number).participants


def test_a_suppressed_reply_is_kept_with_its_reason_and_never_composed(desk: Desk) -> None:
    recorded = desk.receive(Arrival("first", suppressed="rate"))[0]
    assert desk.outbox.counts() == {("reply", "suppressed"): 1}
    [row] = desk.outbox.entries("suppressed")
    assert (row.last_error, row.reply_message_id, row.number) == ("rate", None, recorded.number)
    assert desk.outbox.claim("reply", 10, NOON) == []


def test_the_reply_names_the_number_and_the_day_of_registration_at_the_desk(desk: Desk) -> None:
    late = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)  # already the 3rd in Moscow
    desk.receive(Arrival("first", now=late))
    [reply] = desk.outbox.claim("reply", 10, late)
    assert reply.octets == b"26-000001 2026-03-03"
    assert (reply.recipient, reply.message_id) == ("anna@mail.example", "<re-first@desk.example>")


def test_text_that_no_database_takes_is_recorded_all_the_same(desk: Desk) -> None:
    hostile = "NUL \0, a lone surrogate \udcff, '; DROP TABLE message; --"
    recorded = desk.receive(
        Arrival("first", subject=hostile, text=hostile, message={"message_id": f"<{'я' * 100_000}@x>"}, sender=hostile)
    )[0]
    stored = desk.views.message(str(recorded.id))
    assert "DROP TABLE message" in str(desk.views.conversation("26-000001").summary.subject)
    assert "\0" not in str(stored)


def test_the_cursor_moves_forward_only_until_uidvalidity_changes(desk: Desk) -> None:
    assert desk.ledger.cursor("support", "INBOX") is None
    for uidvalidity, uid, expected in (
        (1, 10, (1, 10)),
        (1, 4, (1, 10)),
        (2, 3, (2, 3)),
        (2, 2**32 - 1, (2, 2**32 - 1)),
    ):
        with desk.ledger.batch() as recorder:
            recorder.advance("support", "INBOX", uidvalidity, uid)
        cursor = desk.ledger.cursor("support", "INBOX")
        assert cursor is not None
        assert (cursor.uidvalidity, cursor.uid) == expected


def test_rules_are_kept_as_they_were_when_first_used(desk: Desk) -> None:
    for _ in range(2):
        with desk.ledger.batch() as recorder:
            recorder.ruleset("0123456789ab", {"60-category.yaml": "rule: a rule"}, NOON)
    assert desk.views.ruleset("0123456789ab") == {"60-category.yaml": "rule: a rule"}


def test_letters_of_one_message_have_one_row_each_and_a_second_one_undoes_the_batch(desk: Desk) -> None:
    """The outbox itself refuses a second reply about the same event of the same message."""
    arrival = Arrival("first")
    outcome = arrival.outcome()
    twice = replace(outcome, effects=(*outcome.effects, outcome.effects[1]))

    def answer_twice() -> None:
        with desk.ledger.batch() as recorder:
            record(recorder, Arrival("before"))
            drawn_up = recorder.drawn_up(
                arrival.raw(),
                arrival.reading(),
                twice,
                past=recorder.history(arrival.reading(), NOON),
                workload=Workload(),
                compose=compose("first"),
                now=NOON,
            )
            recorder.record(drawn_up)

    with pytest.raises(StoreError, match=r"(?i)unique"):
        answer_twice()
    assert _count(desk, "message", "conversation", "outbox") == [0, 0, 0]
