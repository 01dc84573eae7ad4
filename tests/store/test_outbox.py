"""The life of what is owed."""

from datetime import timedelta

import pytest
from sqlalchemy import event
from store_desk import NOON, Arrival, Desk

from mailtriage.errors import NotFound
from mailtriage.store.database import Database
from mailtriage.store.outbox import Outbox

HOUR = timedelta(hours=1)


def test_what_is_claimed_is_not_given_out_twice(desk: Desk) -> None:
    desk.receive(Arrival("first"), Arrival("second"), Arrival("third"), uid=1)
    first = desk.outbox.claim("move", 2, NOON)
    second = desk.outbox.claim("move", 2, NOON)
    assert [move.uid for move in first + second] == [1, 2, 3]
    desk.outbox.settle_all([move.id for move in first], NOON)
    assert desk.outbox.counts()["move", "done"] == 2


def test_what_left_is_written_down_with_the_next_claim_or_neither_is(desk: Desk) -> None:
    desk.receive(Arrival("first"), Arrival("second", sender="boris@mail.example"))
    [first] = desk.outbox.claim("reply", 1, NOON)

    def break_off() -> None:
        with desk.outbox.together():
            desk.outbox.settle(first.id, NOON, "250 queued")
            assert desk.outbox.claim("reply", 1, NOON)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert (desk.outbox.counts()["reply", "claimed"], desk.outbox.counts()["reply", "due"]) == (1, 1)
    with desk.outbox.together():
        desk.outbox.settle(first.id, NOON, "250 queued")
        [second] = desk.outbox.claim("reply", 1, NOON)
    assert second.recipient == "boris@mail.example"
    assert (desk.outbox.counts()["reply", "done"], desk.outbox.counts()["reply", "claimed"]) == (1, 1)


def test_nothing_is_claimed_before_it_is_due(desk: Desk) -> None:
    desk.receive(Arrival("first"))
    assert desk.outbox.claim("reply", 1, NOON - HOUR) == []
    [reply] = desk.outbox.claim("reply", 1, NOON)
    desk.outbox.release(reply.id, NOON + HOUR, "451 try later")
    assert desk.outbox.next_due() == NOON + HOUR
    assert desk.outbox.claim("reply", 1, NOON) == []
    [again] = desk.outbox.claim("reply", 1, NOON + HOUR)
    assert (again.attempts, again.octets) == (2, reply.octets)
    assert desk.outbox.next_due() is None


def test_the_second_reply_of_a_conversation_waits_for_the_first(desk: Desk) -> None:
    desk.receive(Arrival("first"), Arrival("second", conversation="26-000001"))
    desk.receive(Arrival("other", sender="boris@mail.example"))
    given = desk.outbox.claim("reply", 10, NOON)
    assert [reply.message_id for reply in given] == ["<re-first@desk.example>", "<re-other@desk.example>"]
    desk.outbox.release(given[0].id, NOON + HOUR, "451 try later")
    assert desk.outbox.claim("reply", 10, NOON) == []
    assert desk.outbox.next_due() == NOON + HOUR, "what must wait for another does not wake us"
    assert desk.deliver(NOON + HOUR) == ["anna@mail.example", "anna@mail.example"]


def test_what_a_dead_process_held_is_moved_again_but_not_sent_again(desk: Desk, database: Database) -> None:
    desk.receive(Arrival("first"), Arrival("second"), uid=1)
    desk.outbox.claim("move", 1, NOON)
    desk.outbox.claim("reply", 1, NOON)
    survivor = Outbox(database)
    assert survivor.recover(NOON) == {"move": 1, "reply": 1}
    assert survivor.recover(NOON) == {"move": 0, "reply": 0}
    assert [move.uid for move in survivor.claim("move", 10, NOON)] == [1, 2]
    assert [reply.message_id for reply in survivor.claim("reply", 10, NOON)] == ["<re-second@desk.example>"]
    [doubtful] = survivor.entries("unconfirmed")
    assert (doubtful.reply_message_id, doubtful.target) == ("<re-first@desk.example>", "anna@mail.example")


def test_a_person_can_retry_what_is_buried_or_in_doubt_and_drop_what_is_not_wanted(desk: Desk) -> None:
    desk.receive(Arrival("first"), Arrival("second"), Arrival("third"))
    first, second, third = desk.outbox.claim("reply", 3, NOON)
    desk.outbox.bury(first.id, NOON, "550 no such user")
    desk.outbox.doubt(second.id, NOON, "the connection broke after the final dot")
    desk.outbox.settle(third.id, NOON, "250 ok")
    assert [(row.status, row.last_error) for row in desk.outbox.entries()] == [
        ("buried", "550 no such user"),
        ("unconfirmed", "the connection broke after the final dot"),
    ]
    desk.outbox.retry(first.id, NOON + HOUR)
    assert [reply.id for reply in desk.outbox.claim("reply", 3, NOON + HOUR)] == [first.id]
    desk.outbox.drop(second.id, NOON + HOUR)
    assert desk.outbox.counts() == {("reply", "claimed"): 1, ("reply", "dropped"): 1, ("reply", "done"): 1}
    for done_or_unknown in (third.id, 999):
        with pytest.raises(NotFound):
            desk.outbox.retry(done_or_unknown, NOON)
        with pytest.raises(NotFound):
            desk.outbox.drop(done_or_unknown, NOON)


def test_a_row_that_a_person_dropped_meanwhile_stays_dropped(desk: Desk) -> None:
    desk.receive(Arrival("first"))
    [reply] = desk.outbox.claim("reply", 1, NOON)
    desk.outbox.release(reply.id, NOON, "451")
    desk.outbox.drop(reply.id, NOON)
    desk.outbox.settle(reply.id, NOON)
    assert desk.outbox.counts() == {("reply", "dropped"): 1}


def test_what_is_open_is_counted_also_where_it_is_nothing_and_found_without_what_is_done(
    desk: Desk, database: Database
) -> None:
    desk.receive(Arrival("first"), Arrival("second"), uid=1)
    [reply] = desk.outbox.claim("reply", 1, NOON)
    desk.outbox.settle(reply.id, NOON)
    counts = desk.outbox.open_counts()
    assert {key: count for key, count in counts.items() if count} == {("move", "due"): 2, ("reply", "due"): 1}
    assert counts["reply", "claimed"] == 0
    assert ("reply", "done") not in counts
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda _c, _cursor, statement, *_: asked.append(statement))
    desk.outbox.entries()
    with database.read() as connection:
        if database.path is None:
            connection.exec_driver_sql("SET enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN" if database.path else "EXPLAIN"
        statement = next(each for each in asked if "FROM outbox" in each)
        plan = str(
            connection.exec_driver_sql(f"{explain} {statement}", (10, 0) if database.path else {"param_1": 10}).all()
        )
    assert "ix_outbox_open" in plan
