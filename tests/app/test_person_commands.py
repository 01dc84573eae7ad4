"""What is stored of a person: handed out whole, and taken out so that nothing of it is left in any file."""

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from app.desk import Desk, letter
from app.program import Done, mailtriage
from servers.postgres import Postgres
from sqlalchemy import text

from mailtriage.store import tables as t
from mailtriage.store.database import Database

ANNA, BORIS = "anna@mail.example", "boris@mail.example"
PHONE = "+7 900 123-45-67"
MAIL = letter(f"Не пришёл платёж 6650914427, мой телефон {PHONE}. Анна Шубина", sender=f"Анна Шубина <{ANNA}>")


def _run(desk: Desk, *arguments: object) -> Done:
    return mailtriage(*arguments, "--config", desk.config)


@pytest.fixture
def full_desk(request: pytest.FixtureRequest, quick_desk: Desk) -> Desk:
    """Anna wrote twice and Boris once; on SQLite, or as a test wants it."""
    desk = quick_desk
    if getattr(request, "param", "sqlite") == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        desk.write(database=server.fresh())
    desk.put(MAIL, letter("Где мой платёж? Борис", sender=BORIS))
    desk.once()
    desk.put(letter("Ну что там с платежом 6650914427? Анна", sender=ANNA, subject="Re: Вопрос"))
    desk.once()
    return desk


def test_all_that_is_stored_of_a_person_is_handed_out_and_nothing_of_others(full_desk: Desk, tmp_path: Path) -> None:
    done = _run(full_desk, "export", ANNA, tmp_path / "anna.zip")
    assert (done.code, done.err) == (0, "")
    with zipfile.ZipFile(tmp_path / "anna.zip") as archive:
        stored = json.loads(archive.read("stored.json"))
        mails = [name for name in archive.namelist() if name.startswith("messages/")]
        letters = [name for name in archive.namelist() if name.startswith("letters/")]
        assert MAIL.replace(b"\n", b"\r\n") in [archive.read(name) for name in mails] or MAIL in [
            archive.read(name) for name in mails
        ]
        whole = b"".join(archive.read(name) for name in archive.namelist())
    assert {message["sender"] for message in stored["messages"]} == {ANNA}
    assert len(mails) == len(stored["messages"]) == 2
    assert letters
    assert stored["known_by"]
    assert BORIS.encode() not in whole
    assert _run(full_desk, "export", ANNA, tmp_path / "folder").code == 0
    assert json.loads((tmp_path / "folder" / "stored.json").read_text())["messages"] == stored["messages"]
    assert _run(full_desk, "export", ANNA, tmp_path / "folder").code == 2, "nothing is written over"
    assert _run(full_desk, "export", "nobody@mail.example", tmp_path / "nobody").code == 1


@pytest.mark.parametrize("full_desk", ["sqlite", "postgresql"], indirect=True)
def test_what_is_erased_stands_in_no_file_and_does_not_come_back_as_new(full_desk: Desk) -> None:
    desk = full_desk
    done = _run(desk, "erase", ANNA, "--yes")
    assert (done.code, done.err.count("person_erased")) == (0, 1)
    assert "delete it there" in done.out
    assert ANNA not in done.err
    with desk.parts() as parts:
        database = parts.database
        _nothing_left(database)
        # Boris is whole.
        with database.read() as connection:
            assert connection.scalar(text("select count(*) from message where sender = :it"), {"it": BORIS}) == 1
            outcomes = connection.execute(text("select verdict from message order by id")).all()
            assert len(outcomes) == 3
            assert None not in {verdict for (verdict,) in outcomes}
    for file in [*desk.folder.glob("mailtriage.db*"), *(desk.folder / "octets").rglob("*")]:
        if file.is_file():
            held = file.read_bytes()
            assert not [word for word in (ANNA, "6650914427", "79001234567", "Шубин") if word.encode() in held], file
    sent = len(desk.smtp.received)
    desk.put(MAIL)
    assert desk.once() == ()
    assert len(desk.smtp.received) == sent
    with desk.parts() as parts, parts.database.read() as connection:
        assert connection.scalar(text("select count(*) from message")) == 3
        assert connection.scalar(text("select count(*) from location where outcome = 'duplicate'")) == 1
    assert json.loads(_run(desk, "reconcile", "--octets", "--json").out)["found"] == []
    for command in (
        ("conversation", "list"),
        ("conversation", "show", "26-000001"),
        ("outbox", "list"),
        ("db", "check"),
    ):
        assert _run(desk, *command).code == 0, command
    explained = _run(desk, "explain", "1")
    assert (explained.code, "erased at a person's request" in explained.err) == (1, True)
    assert "erased" in _run(desk, "conversation", "restore", "1").err


@pytest.mark.parametrize("full_desk", ["sqlite", "postgresql"], indirect=True)
def test_what_others_messages_were_decided_upon_no_longer_tells_of_who_was_erased(full_desk: Desk) -> None:
    """Whoever shares a number with her has her address and the subject of her matter in his history."""
    desk, elsewhere = full_desk, "shubina@work.example"
    secret = letter(f"Мой телефон {PHONE}. Анна Шубина", sender=f"Анна Шубина <{ANNA}>", subject="Развод")
    again = letter(f"Пишу с работы, мой телефон {PHONE}. Анна Шубина", sender=f"Анна Шубина <{elsewhere}>")
    desk.put(secret)
    desk.once()
    desk.put(again, letter(f"Кто звонит с {PHONE}? Борис", sender=BORIS))
    desk.once()
    histories = text("select cast(history as text) from message where sender in (:one, :other)")
    others = {"one": elsewhere, "other": BORIS}
    with desk.parts() as parts, parts.database.write() as connection:
        before = "".join(connection.scalars(histories, others))
        assert f'"same_person":["{ANNA}"]' in before
        assert ANNA in before.replace(f'"same_person":["{ANNA}"]', "")
        assert "Развод" in before
        connection.execute(t.handed.insert(), {"key": "k", "reading": MAIL, "handed_at": datetime.now(UTC)})
    assert _run(desk, "erase", ANNA, "--yes").code == 0
    with desk.parts() as parts, parts.database.read() as connection:
        after = "".join(connection.scalars(histories, others))
        assert ANNA not in after
        assert "Развод" not in after
        assert "candidates" in after
        assert connection.scalar(text("select count(*) from handed")) == 0
    assert [_run(desk, "explain", str(number)).code for number in (5, 6)] == [0, 0], "they are explained as before"


def test_a_conversation_is_erased_by_its_number_and_a_person_is_asked_first(full_desk: Desk) -> None:
    desk = full_desk
    with desk.parts() as parts:
        parts.require_store()
        number = next(each.number for each in parts.views.conversations() if each.sender == ANNA)
    asked = mailtriage("erase", number, "--config", desk.config, stdin=b"n\n")
    assert asked.code == 1
    assert "for good?" in asked.err
    with desk.parts() as parts, parts.database.read() as connection:
        assert connection.scalar(text("select count(*) from message where size = 0")) == 0
    assert _run(desk, "erase", number, "--yes").code == 0
    with desk.parts() as parts, parts.database.read() as connection:
        assert connection.scalar(text("select count(*) from participant where address = :it"), {"it": ANNA}) == 0
        assert connection.scalar(text("select count(*) from message where size = 0")) >= 1
    assert _run(desk, "erase", "26-999999", "--yes").code == 1


def _nothing_left(database: Database) -> None:
    with database.read() as connection:
        for table in t.metadata.sorted_tables:
            for row in connection.execute(table.select()).all():
                told = repr(tuple(row))
                assert ANNA not in told, table.name
                assert "Шубин" not in told, table.name
                assert "6650914427" not in told, table.name
