"""What is asked of one message never looks at every move that was ever made, nor a reply at all that are due."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from bench.growing import fill
from sqlalchemy import event
from store_desk import NOON, Arrival, Desk, at

from mailtriage.mail.message import Location
from mailtriage.store.books import Books
from mailtriage.store.database import Database
from mailtriage.store.ledger import Ledger
from mailtriage.store.outbox import Outbox
from mailtriage.store.views import Views
from mailtriage.store.waiting import measure
from mailtriage.store.whereabouts import Whereabouts
from mailtriage.triage.policy import Policy

MANY = 3000
"""Messages of eleven days."""


def test_a_message_and_a_place_are_found_by_their_own_index(sqlite: Database, policy: Policy) -> None:
    desk = Desk(sqlite, Ledger(sqlite, policy), Outbox(sqlite), Views(sqlite))
    message = desk.receive(Arrival("first"), uid=7)[0].id
    [move] = desk.outbox.claim("move", 1, NOON)
    desk.outbox.settle(move.id, NOON)
    asked: list[tuple[str, Any]] = []
    event.listen(sqlite.engine, "before_cursor_execute", lambda *call: asked.append(call[2:4]))
    whereabouts, books = Whereabouts(sqlite), Books(sqlite)
    with desk.ledger.batch() as recorder:
        recorder.sighting(Arrival("first").raw(at(8)))
        recorder.sighting(Arrival("first").raw(at(1, uidvalidity=2)))
    whereabouts.latest(message)
    whereabouts.is_ours(message, Location("support", "Triage/accept", 1, 1))
    whereabouts.departed("support", "INBOX", 1, (), below=100)
    books.counted("support", "INBOX", 1, range(1, 100))
    books.unmoved("support", "INBOX", 1, 10)
    books.left(1)
    books.lies_at(message)
    questions = [each for each in asked if each[0].startswith("SELECT")]
    assert len(questions) > 10
    with sqlite.engine.connect() as connection:
        for question, values in questions:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {question}", values).all()
            steps = [row[3] for row in plan if row[3].startswith(("SCAN", "SEARCH outbox"))]
            assert not [step for step in steps if step.startswith("SCAN") or "(kind=?" in step], (question, steps)


def test_a_due_reply_is_not_compared_with_all_that_are_due(on_postgresql: Database, policy: Policy) -> None:
    desk = Desk(on_postgresql, Ledger(on_postgresql, policy), Outbox(on_postgresql), Views(on_postgresql))
    desk.receive(Arrival("first"), uid=1)
    # Statistics of a time at which next to nothing was due; then comes a flood.
    fill(on_postgresql, MANY, NOON, "Перевёл 990 рублей.")
    flood = [Arrival(f"letter {number}", sender=f"customer-{number}@flood.example") for number in range(60)]
    desk.receive(*flood, uid=10_000)
    asked: list[tuple[str, Any]] = []
    event.listen(on_postgresql.engine, "before_cursor_execute", lambda *call: asked.append(call[2:4]))
    desk.outbox.next_due()
    [(question, values)] = asked
    with on_postgresql.engine.connect() as connection:
        [plan] = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {question}", values).scalar_one()
    looks = [step for step in _steps(plan["Plan"]) if step.get("Actual Loops", 0) >= len(flood)]
    assert looks
    assert not [step for step in looks if step.get("Rows Removed by Filter", 0) > 1], looks


def _steps(step: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield step
    for below in step.get("Plans", ()):
        yield from _steps(below)


def test_the_measure_of_some_weeks_does_not_read_the_years_before_them(on_postgresql: Database, policy: Policy) -> None:
    desk = Desk(on_postgresql, Ledger(on_postgresql, policy), Outbox(on_postgresql), Views(on_postgresql))
    desk.receive(Arrival("first", now=NOON - timedelta(days=3650)), uid=1)
    fill(on_postgresql, MANY, NOON, "Перевёл 990 рублей.")
    asked: list[tuple[str, Any]] = []
    event.listen(on_postgresql.engine, "before_cursor_execute", lambda *call: asked.append(call[2:4]))
    # The latest of them lie in the first day that is looked at.
    later = NOON + timedelta(weeks=policy.norms.weeks) - timedelta(days=1)
    with on_postgresql.read() as connection:
        measure(connection, policy, later)
    with on_postgresql.engine.connect() as connection:
        for question, values in tuple(asked):
            [plan] = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {question}", values).scalar_one()
            thrown = [step for step in _steps(plan["Plan"]) if step.get("Rows Removed by Filter", 0) > MANY / 2]
            assert not thrown, (question, thrown)
