"""A prepared statement does what SQLAlchemy does with it, on either database, and fails as it does."""

import pytest
from sqlalchemy import bindparam, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, ProgrammingError
from store_desk import NOON, Arrival, Desk, at

from mailtriage.errors import StoreError
from mailtriage.store import tables as t
from mailtriage.store.columns import KEY_LENGTH
from mailtriage.store.database import Database
from mailtriage.store.faults import is_about_data
from mailtriage.store.prepared import Change, Prepared, among

_m = t.message.c
MESSAGES = Prepared(lambda count: select(t.message).where(among(_m.id, count)).order_by(_m.id))
LATER = Prepared(
    lambda _: (
        select(_m.id, func.lower(_m.sender).label("sender"))
        .where(_m.recorded_at >= bindparam("since"), _m.verdict.in_(("accept", "reject")))
        .order_by(_m.id.desc())
        .limit(2)
    )
)
BY_DIGEST = Prepared(lambda count: select(_m.id).where(among(_m.digest, count)))
BOUNCES = Change(lambda _: insert(t.bounce))
MORE_BOUNCES = Change(lambda _: insert(t.bounce).inline())
FORGIVEN = Change(lambda count: update(t.bounce).where(among(t.bounce.c.id, count)))


@pytest.mark.parametrize("asked", [1, 2, 3, 5, 8, 9])
def test_lists_of_any_length_and_columns_of_every_type_come_as_from_sqlalchemy(desk: Desk, asked: int) -> None:
    for uid in range(1, 8):
        desk.receive(Arrival(f"letter-{uid}", now=NOON), uid=uid)
    wanted = range(1, asked + 1)
    with desk.database.read() as connection:
        plain = connection.execute(select(t.message).where(_m.id.in_(wanted)).order_by(_m.id)).all()
        prepared = MESSAGES.of(connection, wanted)
    assert len(plain) == min(asked, 7)
    assert [each._asdict() for each in prepared] == [row._asdict() for row in plain]
    assert prepared[0].recorded_at == NOON


def test_no_value_is_no_question(database: Database) -> None:
    asked = Prepared(lambda count: pytest.fail(f"asked for {count}"))
    with database.read() as connection:
        assert asked.of(connection, ()) == []


def test_values_within_the_statement_and_beside_it_are_both_asked_for(desk: Desk) -> None:
    for name in ("one", "two", "three"):
        desk.receive(Arrival(name, now=NOON))
    with desk.database.read() as connection:
        assert [row.id for row in LATER.rows(connection, {"since": NOON})] == [3, 2]
        assert LATER.first(connection, {"since": NOON.replace(year=NOON.year + 1)}) is None


def test_a_value_is_stored_and_asked_for_in_the_same_form(desk: Desk) -> None:
    recorded = desk.receive(Arrival("letter"))[0]
    with desk.database.write() as connection:
        connection.execute(t.message.update().values(digest="x\ud800\0" + KEY_LENGTH * "y"))
    with desk.database.read() as connection:
        found = BY_DIGEST.of(connection, ["x\ud800\0" + 2 * KEY_LENGTH * "y"])
    assert [row.id for row in found] == [recorded.id]


def test_it_sees_one_state_of_the_database_throughout(desk: Desk) -> None:
    desk.receive(Arrival("before"))
    with desk.database.read() as connection:
        assert len(LATER.rows(connection, {"since": NOON})) == 1
        desk.receive(Arrival("meanwhile"), uid=at(2).uid)
        assert len(LATER.rows(connection, {"since": NOON})) == 1


def test_an_error_of_the_driver_is_told_without_its_values(database: Database) -> None:
    broken = Prepared(lambda _: select(text("secret")).where(text("nowhere.id = :id").bindparams(id="hidden")))
    with pytest.raises(StoreError) as caught, database.read() as connection:
        broken.rows(connection, {})
    assert "hidden" not in str(caught.value)
    assert isinstance(caught.value.__context__, DBAPIError)
    assert is_about_data(caught.value) is isinstance(caught.value.__context__, ProgrammingError)


@pytest.mark.parametrize("changed", [0, 1, 2, 3, 5])
def test_rows_are_numbered_and_only_those_that_are_named_are_changed(database: Database, changed: int) -> None:
    bounce = {"address": "x\ud800" + KEY_LENGTH * "y", "at": NOON, "permanent": True}
    with database.write() as connection:
        assert [BOUNCES.numbered(connection, bounce) for _ in range(2)] == [1, 2]
        MORE_BOUNCES.each(connection, [{**bounce, "address": str(number)} for number in (3, 4, 5)])
        MORE_BOUNCES.each(connection, [])
        assert FORGIVEN.of(connection, range(1, changed + 1), {"permanent": False}) == changed
    with database.read() as connection:
        rows = connection.execute(select(t.bounce).order_by(t.bounce.c.id)).all()
    assert [row.permanent for row in rows] == [number > changed for number in range(1, 6)]
    assert [row.address for row in rows[2:]] == ["3", "4", "5"]
    assert rows[0].address == ("x?" + KEY_LENGTH * "y")[:KEY_LENGTH]
    assert rows[0].at == NOON


def test_a_row_that_cannot_be_written_is_told_without_its_values(database: Database) -> None:
    with pytest.raises(StoreError) as caught, database.write() as connection:
        BOUNCES.numbered(connection, {"address": "hidden@mail.example", "at": None, "permanent": True})
    assert "hidden" not in str(caught.value)
    assert is_about_data(caught.value)
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(t.bounce)) == 0
