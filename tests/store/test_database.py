"""Schema, transactions and the lock of a real database file."""

import os
import signal
import stat
import subprocess
import sys
import threading
import traceback
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, insert, select, text

from mailtriage.errors import AlreadyRunning, SchemaMismatch, StoreError
from mailtriage.store import tables as t
from mailtriage.store.database import Database
from mailtriage.store.schema import MIGRATIONS, SCHEMA


def test_the_migrations_lead_to_the_tables_that_the_program_uses(database: Database) -> None:
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), t.metadata) == []


def test_the_schema_that_the_program_knows_is_the_newest_migration() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == SCHEMA


def test_an_upgraded_database_is_sound_and_upgrading_again_changes_nothing(database: Database) -> None:
    database.upgrade()
    assert database.schema_version() == SCHEMA
    assert database.integrity() == ()


def test_a_database_of_a_newer_release_is_refused(sqlite: Database) -> None:
    with sqlite.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaMismatch, match="9999"):
        sqlite.upgrade()


def test_commits_survive_a_power_cut_and_references_are_checked(sqlite: Database) -> None:
    full, on = 2, 1
    with sqlite.read() as connection:
        assert connection.scalar(text("PRAGMA synchronous")) == full
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA foreign_keys")) == on


def test_only_the_service_user_may_read_the_store(sqlite: Database, tmp_path: Path) -> None:
    with sqlite.lock():
        modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "store").iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE((tmp_path / "store").stat().st_mode) == 0o700


def test_an_error_rolls_the_whole_transaction_back(database: Database) -> None:
    def fail_half_way() -> None:
        with database.write() as connection:
            connection.execute(insert(t.cursor).values(mailbox="support", folder="INBOX", uidvalidity=1, uid=1))
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(t.cursor)) == 0


def test_an_error_of_the_database_does_not_show_what_was_written(database: Database) -> None:
    with pytest.raises(StoreError) as caught, database.write() as connection:
        connection.execute(insert(t.cursor).values(mailbox="secret words", folder=None, uidvalidity=1, uid=1))
    assert "secret words" not in "".join(traceback.format_exception(caught.value))


def test_a_reader_sees_one_state_while_others_write(database: Database) -> None:
    count = select(func.count()).select_from(t.cursor)
    with database.read() as before:
        assert before.scalar(count) == 0
        with database.write() as connection:
            connection.execute(insert(t.cursor).values(mailbox="support", folder="INBOX", uidvalidity=1, uid=1))
        assert before.scalar(count) == 0
    with database.read() as after:
        assert after.scalar(count) == 1


def test_writers_take_turns(database: Database) -> None:
    rounds = 20

    def count_up() -> None:
        for _ in range(rounds):
            with database.write() as connection:
                uid = connection.scalar(select(t.cursor.c.uid)) or 0
                connection.execute(t.cursor.update().values(uid=uid + 1))

    with database.write() as connection:
        connection.execute(insert(t.cursor).values(mailbox="support", folder="INBOX", uidvalidity=1, uid=0))
    threads = [threading.Thread(target=count_up) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        assert connection.scalar(select(t.cursor.c.uid)) == len(threads) * rounds


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://host/db", "not a url"])
def test_a_store_that_could_not_keep_its_word_is_refused(url: str) -> None:
    with pytest.raises(StoreError, match="expected"):
        Database(url)


_HOLDER = """
import sys
from mailtriage.store.database import Database
with Database(sys.argv[1]).lock():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_lock_keeps_a_second_process_out_and_dies_with_its_holder(sqlite: Database) -> None:
    url = sqlite.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", _HOLDER, url]
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(root)}
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(AlreadyRunning, match=f"process {holder.pid} "), sqlite.lock():
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        with sqlite.lock():
            pass


def test_a_child_process_does_not_inherit_the_lock(sqlite: Database) -> None:
    with sqlite.lock():
        child = subprocess.Popen(
            [sys.executable, "-c", "print('running', flush=True); input()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            close_fds=False,
        )
    with child:
        assert child.stdout is not None
        assert child.stdin is not None
        assert child.stdout.readline() == b"running\n"
        with sqlite.lock():
            pass
        child.stdin.write(b"\n")
