"""What the store knows about a new message: enough, bounded, and the same when it is asked again later."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text
from store_desk import NOON, SUPPORT, Arrival, Desk, bounce_of, record, scan

from mailtriage.language.identity import Identities
from mailtriage.mail.message import Address
from mailtriage.store import candidates, past, prepared, traces

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def _numbers(desk: Desk, arrival: Arrival) -> list[str]:
    return [conversation.number for conversation in desk.history(arrival).candidates]


def test_a_first_message_has_no_past(desk: Desk) -> None:
    desk.receive(Arrival("foreign", sender="boris@mail.example"))
    history = desk.history(Arrival("first"))
    assert (history.candidates, history.earlier, history.last_reply_at) == ((), (), None)


@pytest.mark.parametrize(
    "fields",
    [
        {"subject": "Re: [№ 26-000001] Не пришли деньги"},
        {"in_reply_to": ("<first@mail.example>",)},
        {"references": ("<unknown@mail.example>", "<re-first@desk.example>")},
    ],
    ids=["number", "message", "our reply"],
)
def test_a_conversation_is_a_candidate_by_whatever_names_it(desk: Desk, fields: dict[str, object]) -> None:
    desk.receive(Arrival("first"))
    stranger = Arrival("second", sender="boris@mail.example", message=dict(fields))
    [candidate] = desk.history(stranger).candidates
    assert candidate.number == "26-000001"
    assert candidate.participants == {"anna@mail.example"}, "the linker sees that he takes no part"
    assert "<first@mail.example>" in candidate.message_ids


def test_the_conversations_of_a_sender_are_candidates_newest_last(desk: Desk) -> None:
    desk.receive(Arrival("first"), Arrival("second", now=NOON + HOUR), Arrival("x", sender="boris@mail.example"))
    desk.receive(Arrival("third", conversation="26-000001", now=NOON + 2 * HOUR))
    assert _numbers(desk, Arrival("fourth", sender="ANNA@mail.example")) == ["26-000002", "26-000001"]


def test_supports_answer_finds_the_conversations_of_those_it_is_written_to(desk: Desk) -> None:
    desk.receive(Arrival("first"), Arrival("second", sender="boris@mail.example"))
    to = {"to": (Address("", "Boris@mail.example"), Address("", SUPPORT))}
    assert _numbers(desk, Arrival("answer", sender=SUPPORT, message=to)) == ["26-000002"]


def test_messages_without_a_sender_are_nobodys_past(desk: Desk) -> None:
    desk.receive(Arrival("first", sender=""))
    assert desk.history(Arrival("second", sender="")).earlier == ()


def test_earlier_messages_come_with_all_that_novelty_compares(desk: Desk) -> None:
    found = Identities(payments=("6650914427",), sums=("990",))
    desk.receive(Arrival("first", identities=found, message=scan("d1")))
    desk.receive(Arrival("answer", sender=SUPPORT, verdict=None, conversation="26-000001", final=True))
    first, answer = desk.history(Arrival("second")).earlier
    assert (first.conversation, first.identities, first.attachment_digests) == ("26-000001", found, ("d1",))
    assert (first.outgoing, first.verdict, first.received_at, first.final) == (False, "accept", NOON, False)
    assert (answer.outgoing, answer.verdict, answer.final) == (True, None, True)


def _pretend_to_be_large(connection: Connection) -> None:
    """Tell the planner of a thousand times as many rows: then it may find an index useless that seemed good."""
    connection.exec_driver_sql("ANALYZE")
    for table, index, stat in connection.exec_driver_sql("SELECT tbl, idx, stat FROM sqlite_stat1").all():
        rows, *alike = map(int, stat.split())
        many = [1000 * rows, *(1000 * each if 2 * each > rows else each for each in alike)]
        connection.exec_driver_sql(
            "UPDATE sqlite_stat1 SET stat = ? WHERE tbl = ? AND idx IS ?", (" ".join(map(str, many)), table, index)
        )
    connection.exec_driver_sql("ANALYZE sqlite_master")


def test_the_past_is_bounded_and_found_by_index_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = Identities(phones=("+79001234567",), payments=("6650914427",), names=("Шубина Анна",))
    with desk.ledger.batch() as recorder:
        for index in range(past.SENDER_MESSAGES + 10):
            record(recorder, Arrival(f"own-{index}", now=NOON + index * HOUR))
        for number in (1, 2, 3):
            for index in range(past.IN_NAMED + 1):
                where = f"26-{number:06d}"
                record(recorder, Arrival(f"long-{number}-{index}", sender="boris@mail.example", conversation=where))
        for index in range(traces.LATEST + 1):
            record(recorder, Arrival(f"other-{index}", sender="shubina@post.example", identities=mine))
    asked: list[tuple[str, Any]] = []
    references = tuple(f"<own-{index}@mail.example>" for index in range(5)) + ("<re-own-1@desk.example>",) * 1000
    message = {"references": references, "subject": "26-000001, 26-000002, 26-000003"}

    def listen(connection: Connection, statement: str, parameters: Any) -> Sequence[Any]:
        asked.append((statement, tuple(parameters) if desk.database.path else parameters))
        return carry_out(connection, statement, parameters)

    carry_out = prepared.carried_out
    monkeypatch.setattr(prepared, "carried_out", listen)
    history = desk.history(Arrival("last", message=message, identities=mine))
    assert len(history.candidates) <= candidates.NAMED + 2 * candidates.CONVERSATIONS
    assert len(history.earlier) == past.MESSAGES
    assert history.same_person == {"shubina@post.example"}
    questions = [(statement, parameters) for statement, parameters in asked if statement.startswith("SELECT")]
    assert 10 < len(questions) < 22
    with desk.database.engine.connect() as connection:
        steps = _sqlite_steps if desk.database.path else _postgresql_steps
        assert not list(steps(connection, questions))


def _sqlite_steps(connection: Connection, questions: list[tuple[str, Any]]) -> Iterator[str]:
    """What is read without an index; the parts of a UNION ALL have bounds of their own."""
    _pretend_to_be_large(connection)
    for statement, parameters in questions:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        yield from (row[3] for row in plan if row[3].startswith("SCAN") and not row[3].startswith("SCAN anon_"))


def _postgresql_steps(connection: Connection, questions: list[tuple[str, Any]]) -> Iterator[str]:
    """The same; a server that is told to shun it does so where no index helps."""
    connection.exec_driver_sql("SET enable_seqscan = off")
    for statement, parameters in questions:
        plan = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
        yield from (row[0] for row in plan if "Seq Scan" in row[0])


def test_a_stored_decision_is_shown_with_the_past_as_it_was(desk: Desk) -> None:
    desk.receive(Arrival("first", message=scan("d1")))
    desk.deliver(NOON)
    second = Arrival(
        "second", conversation="26-000001", now=NOON + HOUR, message={"references": ("<first@mail.example>",)}
    )
    then = desk.history(second)
    recorded = desk.receive(second)[0]
    desk.receive(Arrival("third", conversation="26-000001", sender="boris@mail.example", now=NOON + 2 * HOUR))
    desk.receive(Arrival("end", sender=SUPPORT, verdict=None, conversation="26-000001", final=True))
    assert desk.views.message(str(recorded.id)).history == then
    assert desk.history(second) != then


def test_replies_strikes_and_notices_are_remembered_for_as_long_as_they_count(desk: Desk) -> None:
    abusive = Arrival("rude", verdict="reject", reason="abusive")
    desk.receive(Arrival("first"), abusive, Arrival("other", sender="boris@mail.example"))
    soon = desk.history(Arrival("second", now=NOON + HOUR))
    assert (soon.strikes, soon.replies_today, soon.last_reply_at) == (1, 2, NOON)
    assert soon.notices == {("", "abusive")}
    later = desk.history(Arrival("second", now=NOON + DAY))
    assert (later.strikes, later.replies_today, later.notices) == (1, 0, frozenset())


def test_a_suppressed_reply_counts_as_none(desk: Desk) -> None:
    desk.receive(Arrival("first", verdict="reject", reason="abusive", suppressed="told before"))
    history = desk.history(Arrival("second"))
    assert (history.replies_today, history.last_reply_at, history.notices) == (0, None, frozenset())


def test_replies_to_the_reply_to_address_count_too(desk: Desk) -> None:
    """Otherwise ten senders with one Reply-To would aim our replies at somebody else."""
    desk.receive(Arrival("first", sender="victim@mail.example"))
    attack = Arrival("attack", sender="boris@mail.example", message={"reply_to": (Address("", "Victim@mail.example"),)})
    assert desk.history(attack).replies_today == 1


def test_an_address_is_dead_only_when_our_own_mail_to_it_came_back_for_good(desk: Desk) -> None:
    daemon = "mailer-daemon@mail.example"
    bounce = Arrival("b1", sender=daemon, verdict="skip", reason="bounce", message=bounce_of("Anna@mail.example"))
    desk.receive(bounce)
    assert not desk.history(Arrival("first")).bounced, "we never wrote there: the bounce is not about our mail"
    desk.receive(Arrival("first"))
    desk.deliver(NOON)
    temporary = bounce_of("anna@mail.example", permanent=False)
    desk.receive(Arrival("b2", sender=daemon, verdict="skip", reason="bounce", message=temporary))
    assert not desk.history(Arrival("second")).bounced
    desk.receive(Arrival("b3", sender=daemon, verdict="skip", reason="bounce", message=bounce_of("anna@mail.example")))
    assert desk.history(Arrival("second")).bounced
    assert not desk.history(Arrival("later", now=NOON + timedelta(days=40))).bounced


def test_the_workload_counts_who_waits_in_open_conversations(desk: Desk) -> None:
    desk.receive(Arrival("first"), Arrival("second"), Arrival("third"))
    desk.receive(Arrival("answer", sender=SUPPORT, verdict=None, conversation="26-000002"))
    with desk.ledger.batch() as recorder:
        assert recorder.workload(NOON).queue_lengths == {"claims": 2}
        assert recorder.workload(NOON).answer_days == {}


def test_answers_are_measured_in_working_days_once_there_are_enough(desk: Desk) -> None:
    friday, monday = NOON + 4 * DAY, NOON + 7 * DAY  # 6 March; the 9th is the holiday moved from Sunday the 8th
    tuesday = monday + DAY
    for index in range(20):
        desk.receive(Arrival(f"q{index}", now=friday))
        answer = Arrival(f"a{index}", sender=SUPPORT, verdict=None, conversation=f"26-{index + 1:06d}", now=tuesday)
        with desk.ledger.batch() as recorder:
            assert recorder.workload(tuesday).answer_days == {}
        desk.receive(answer)
    with desk.ledger.batch() as recorder:
        assert recorder.workload(tuesday).answer_days == {}, "one day's promises agree with each other"
        assert recorder.workload(tuesday + DAY).answer_days == {"claim": 1.0}
    with desk.database.read() as connection:
        assert connection.scalar(text("SELECT count(*) FROM conversation WHERE answered_at IS NOT NULL")) == 20
