"""Any set of UIDs is covered once, whole, by few stretches; a million cost a few questions to the store."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from mailtriage.reconcile import stretches as cutting
from mailtriage.reconcile.stretches import ALL, stretches
from mailtriage.store.books import Books
from mailtriage.store.database import Database

runs = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 40)), max_size=30)


@given(runs)
def test_every_uid_is_in_one_stretch_and_nothing_lies_between(parts: list[tuple[int, int]]) -> None:
    uids: list[int] = []
    for hole, length in parts:
        begin = (uids[-1] if uids else 0) + hole + 1
        uids += range(begin, begin + length)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cutting, "LONG", 10)
        patch.setattr(cutting, "WIDEST", 25)
        found = list(stretches(uids))
    assert [uid for stretch in found for uid in stretch.uids] == uids
    ends = [(stretch.span.start, stretch.span.stop) for stretch in found]
    assert [start for start, _ in ends] == [1, *(stop for _, stop in ends[:-1])]
    assert ends[-1][1] == ALL
    for stretch in found:
        assert all(uid in stretch.span for uid in stretch.uids)
        assert stretch.whole or len(stretch.span) <= 25 + 2 * 40 or not stretch.uids


def test_a_large_folder_costs_a_few_questions_and_no_rows(tmp_path: Path) -> None:
    many = 20_000
    database = Database(f"sqlite:///{tmp_path}/mailtriage.db")
    database.upgrade()
    with closing(sqlite3.connect(tmp_path / "mailtriage.db")) as connection, connection:
        connection.executemany(
            "insert into location (message_id, mailbox, folder, uidvalidity, uid, outcome, current)"
            " values (1, 'support', 'Triage/claim', 1, ?, 'accept', 1)",
            ((uid,) for uid in range(1, many + 1)),
        )
    asked: list[tuple[str, Any]] = []
    event.listen(database.engine, "before_cursor_execute", lambda *call: asked.append(call[2:4]))
    books, uids = Books(database), [*range(1, 9_000), *range(9_001, many + 1)]
    counted = [books.counted("support", "Triage/claim", 1, stretch.span) for stretch in stretches(uids) if stretch.uids]
    assert counted == [(8_999, 8_999), (many - 9_000, many - 9_000)]
    (question, values), *_ = questions = [each for each in asked if each[0].startswith("SELECT")]
    assert len(questions) == len(counted)
    with database.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {question}", values).all()
    steps = [row[3] for row in plan]
    assert any("USING" in step and "INDEX" in step for step in steps)
    assert not [step for step in steps if step.startswith("SCAN")], steps
    database.close()
