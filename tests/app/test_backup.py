"""A store that is saved while mail arrives, lost, and brought back: nothing is lost, nobody is answered twice."""

import json
import os
import sqlite3
import stat
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from app.desk import Desk, letter, until
from app.program import Done, contents, mailtriage
from servers.postgres import Postgres

from mailtriage.store import backup as saving


def _run(desk: Desk, *arguments: object) -> Done:
    return mailtriage(*arguments, "--config", desk.config)


def _answered(desk: Desk) -> Counter[str]:
    return Counter(line for mail in desk.smtp.received for line in mail.octets.decode("ascii", "replace").splitlines()
                   if line.startswith("In-Reply-To:"))  # fmt: skip


def _lose(desk: Desk) -> None:
    for file in desk.folder.glob("mailtriage.db*"):
        file.unlink()
    (desk.folder / "octets").rename(desk.folder / "lost")


def test_a_backup_made_while_mail_arrives_is_whole_and_what_came_since_is_found(quick_desk: Desk) -> None:
    desk, folder = quick_desk, quick_desk.folder / "backup"
    mails = [
        letter(f"Как пополнить кошелёк {number}? Пётр Ложкин", sender=f"client{number}@mail.example")
        for number in range(12)
    ]
    with desk.serving():
        desk.put(*mails[:3])
        until(lambda: desk.rows("select count(*) from message") != [(0,)])
        desk.put(*mails[3:6])
        assert desk.run("backup", str(folder)).returncode == 0
        desk.put(*mails[6:9])
        until(lambda: desk.rows("select count(*) from message") == [(9,)])
        until(lambda: desk.uids() == [])
    saved = sqlite3.connect(folder / "mailtriage.db")
    with closing(saved):
        digests = {digest for (digest,) in saved.execute("select digest from message")}
        assert saved.execute("pragma integrity_check").fetchall() == [("ok",)]
    assert digests
    assert digests <= {path.name for path in (folder / "octets" / "raw").glob("*/*")}
    _lose(desk)
    desk.put(*mails[9:])

    done = _run(desk, "recover", folder)

    assert done.code == 0, done.err
    assert "reconcile --repair" in done.out
    desk.once()
    found = json.loads(_run(desk, "reconcile", "--repair", "--json").out)
    kinds = {gap["kind"] for gap in found["found"] if not gap["mended"]}
    assert kinds <= {"unconfirmed"}
    desk.once()
    assert desk.uids() == []
    assert desk.rows("select count(*), count(distinct digest) from message") == [(len(mails), len(mails))]
    assert max(_answered(desk).values()) == 1, "nobody is answered twice"
    doubted = desk.rows("select count(*) from outbox where kind = 'reply' and status = 'unconfirmed'")[0][0]
    assert len(_answered(desk)) + doubted >= len(mails), "nobody is forgotten"
    assert json.loads(_run(desk, "reconcile", "--json").out)["found"] == []


def test_a_second_backup_copies_only_what_is_new_and_links_where_it_can(quick_desk: Desk) -> None:
    desk, folder = quick_desk, quick_desk.folder / "backup"
    desk.put(letter("Как сменить пароль? Пётр Ложкин"))
    desk.once()
    assert "octets: 1 new, 0 there already" in _run(desk, "backup", folder).out
    desk.put(letter("Где мой платёж? Пётр Ложкин"))
    desk.once()
    assert "octets: 1 new, 1 there already" in _run(desk, "backup", folder).out
    for file in (desk.folder / "octets" / "raw").glob("*/*"):
        assert (folder / "octets" / "raw" / file.parent.name / file.name).stat().st_ino == file.stat().st_ino
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_file()} == {0o600}


def test_where_no_link_can_be_made_octets_are_copied_and_damaged_ones_named(
    quick_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, folder = quick_desk, quick_desk.folder / "backup"
    desk.put(letter("Как сменить пароль? Пётр Ложкин"), letter("Где мой платёж? Пётр Ложкин"))
    desk.once()
    first, second = sorted((desk.folder / "octets" / "raw").glob("*/*"))
    second.write_bytes(b"damaged")

    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    done = _run(desk, "backup", folder)
    assert done.code == 1
    assert f"damaged, and not copied: octets {second.name}" in done.out
    copies = list((folder / "octets" / "raw").glob("*/*"))
    assert [path.name for path in copies] == [first.name]
    assert copies[0].stat().st_ino != first.stat().st_ino


def test_nothing_is_overwritten_and_half_a_backup_is_none(quick_desk: Desk) -> None:
    desk, folder = quick_desk, quick_desk.folder / "backup"
    desk.put(letter("Как сменить пароль? Пётр Ложкин"))
    desk.once()
    _run(desk, "backup", folder)
    before = contents(desk.folder)
    refused = _run(desk, "recover", folder)
    assert refused.code == 2
    assert "nothing is overwritten" in refused.err
    (folder / "manifest.json").rename(folder / "elsewhere")
    refused = _run(desk, "recover", folder)
    assert refused.code == 2
    assert "no finished backup" in refused.err
    (folder / "elsewhere").rename(folder / "manifest.json")
    assert contents(desk.folder) == before
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"schema": "9999"}))
    _lose(desk)
    assert "newer release" in _run(desk, "recover", folder).err
    assert not desk.database.exists()


def test_letters_that_were_due_are_in_doubt_and_moves_go_on(quick_desk: Desk) -> None:
    desk, folder = quick_desk, quick_desk.folder / "backup"
    desk.put(letter("Как сменить пароль? Пётр Ложкин"))
    desk.smtp.kill()
    desk.once()
    _run(desk, "backup", folder)
    _lose(desk)
    done = _run(desk, "recover", folder)
    assert "1 letters were due then" in done.out
    desk.smtp.start()
    assert desk.once() == ()
    assert desk.smtp.received == []
    assert desk.rows("select status, last_error from outbox where kind = 'reply'") == [
        ("unconfirmed", saving.UNKNOWN_SINCE)
    ]


def test_a_store_on_postgresql_is_saved_by_pg_dump_and_brought_back(quick_desk: Desk, postgres: Postgres) -> None:
    desk, folder = quick_desk, quick_desk.folder / "backup"
    url = postgres.fresh()
    desk.write(database=url)
    desk.put(letter("Как сменить пароль? Пётр Ложкин"))
    assert desk.once() == ()
    done = _run(desk, "backup", folder)
    assert (done.code, done.err) == (0, "")
    (desk.folder / "octets").rename(desk.folder / "lost")
    desk.write(database=postgres.fresh())
    done = _run(desk, "recover", folder)
    assert (done.code, done.err) == (0, "")
    assert desk.once() == ()
    done = _run(desk, "reconcile", "--octets", "--json")
    assert (json.loads(done.out)["messages"], json.loads(done.out)["found"]) == (1, [])
    assert "nothing is overwritten" in _run(desk, "recover", folder).err
    assert len(desk.smtp.received) == 1


def test_without_pg_dump_its_command_is_told_without_a_password(
    quick_desk: Desk, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = quick_desk
    url = postgres.fresh().replace("postgres@", "postgres:s3cret@")
    desk.write(database=url)
    desk.once()
    monkeypatch.setattr(saving, "_program", lambda _name: None)
    done = _run(desk, "backup", desk.folder / "backup")
    assert done.code == 1
    assert "pg_dump --format=custom" in done.out
    assert "s3cret" not in done.out + done.err


def test_a_sound_store_checks_fine_and_what_is_wrong_is_named(quick_desk: Desk) -> None:
    desk = quick_desk
    desk.put(letter("Как сменить пароль? Пётр Ложкин"))
    desk.once()
    fine = _run(desk, "db", "check", "--octets")
    assert (fine.code, fine.err) == (0, "")
    (file,) = (desk.folder / "octets" / "raw").glob("*/*")
    file.write_bytes(b"damaged")
    wrong = _run(desk, "db", "check", "--octets")
    assert wrong.code == 1
    assert "the digest differs" in wrong.err
    file.unlink()
    with closing(sqlite3.connect(desk.database)) as connection, connection:
        connection.execute("delete from signing_key")
        connection.execute("update participant set conversation_id = 77")
    wrong = _run(desk, "db", "check")
    assert wrong.code == 1
    assert "participant row 1 refers to no conversation" in wrong.err
    assert "no key" in wrong.err
    assert "not in the store" in wrong.err


def test_pages_that_are_no_pages_any_more_are_found(quick_desk: Desk) -> None:
    desk = quick_desk
    desk.put(letter("Как сменить пароль? Пётр Ложкин"))
    desk.once()
    with closing(sqlite3.connect(desk.database)) as connection, connection:
        connection.execute("pragma wal_checkpoint(truncate)")
        (page,) = connection.execute(
            "select rootpage from sqlite_master where name = 'ix_message_sender_id'"
        ).fetchone()
    _overwrite(desk.database, page)
    wrong = _run(desk, "db", "check")
    assert wrong.code != 0
    assert wrong.err.strip()


def _overwrite(database: Path, page: int) -> None:
    with database.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)
