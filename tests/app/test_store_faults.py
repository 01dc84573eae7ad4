"""A full disk, a locked database, a server that is started anew: waited for, and nothing is lost or doubled."""

import resource
import signal
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from app.desk import Desk, letter, until
from servers.postgres import Postgres
from sqlalchemy import text

from mailtriage.store import database, engines

UNBOUNDED = resource.RLIM_INFINITY


def _mail(number: int) -> bytes:
    return letter(f"Как пополнить кошелёк {number}? Пётр Ложкин", sender=f"client{number}@mail.example")


def _answers(desk: Desk) -> Counter[str]:
    told = (line for mail in desk.smtp.received for line in mail.octets.decode("ascii", "replace").splitlines())
    return Counter(line for line in told if line.startswith("In-Reply-To:"))


@contextmanager
def _daemon(desk: Desk) -> Iterator[subprocess.Popen[bytes]]:
    """The daemon as a process whose files can be bounded; what it says goes through a pipe, as to a journal."""
    command = [sys.executable, "-m", "mailtriage.cli", "run", "--config", str(desk.config)]
    (desk.folder / "log").touch()
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        stream = process.stderr

        def keep() -> None:
            with (desk.folder / "log").open("ab", buffering=0) as file:
                for line in stream:
                    file.write(line)

        reader = threading.Thread(target=keep)
        reader.start()
        try:
            until(lambda: "daemon_started" in desk.log() or process.poll() is not None)
            yield process
        finally:
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (UNBOUNDED, UNBOUNDED))
            process.send_signal(signal.SIGTERM)
            process.wait(30)
            reader.join()


def _sizes(desk: Desk) -> int:
    """Of the log of writes: what is written to it beyond that needs room."""
    return Path(f"{desk.database}-wal").stat().st_size


def _is_consistent(desk: Desk) -> bool:
    with closing(sqlite3.connect(desk.database)) as connection:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert connection.execute("pragma foreign_key_check").fetchall() == []
        digests = {digest for (digest,) in connection.execute("select digest from message")}
    return digests <= {path.name for path in (desk.folder / "octets" / "raw").glob("*/*")}


def test_a_disk_that_is_full_at_each_write_leaves_a_sound_store_and_a_daemon_that_waits(quick_desk: Desk) -> None:
    """No file may grow beyond a bound, so that each write in turn is the first that fails."""
    desk = quick_desk
    desk.put(_mail(0))
    # Octets alone; octets and the first pages of a transaction; most of it; the settling of what was sent.
    rooms = [0, 5_000, 40_000, 90_000, 140_000]
    with _daemon(desk) as process:
        until(lambda: len(desk.smtp.received) == 1)
        for number, room in enumerate(rooms, 1):
            bound = room and _sizes(desk) + room
            said = desk.log().count("receiving_interrupted") + desk.log().count("delivery_broke_off")
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (bound, UNBOUNDED))
            desk.put(_mail(number))
            until(lambda said=said, number=number: desk.log().count("receiving_interrupted")
                  + desk.log().count("delivery_broke_off") > said or _settled(desk) == number + 1)  # fmt: skip
            assert process.poll() is None, "it waits"
            assert _is_consistent(desk)
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (UNBOUNDED, UNBOUNDED))
            until(lambda number=number: _settled(desk) == number + 1, 60)
        until(lambda: not desk.uids())
    assert desk.log().count("receiving_interrupted") >= 2
    assert set(_answers(desk).values()) == {1}
    assert len(_answers(desk)) == len(rooms) + 1
    assert "client1" not in desk.log()


def _settled(desk: Desk) -> int:
    return int(
        desk.rows("select count(*) from outbox where kind = 'reply' and status in ('done', 'unconfirmed')")[0][0]
    )


@pytest.mark.parametrize("patience", [30, 0.2], ids=["shorter than its patience", "longer"])
def test_a_database_that_another_has_locked_for_seconds_is_waited_for(
    quick_desk: Desk, monkeypatch: pytest.MonkeyPatch, patience: float
) -> None:
    desk = quick_desk
    monkeypatch.setattr(engines, "_BUSY_SECONDS", patience)
    with desk.serving():
        with closing(sqlite3.connect(desk.database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            desk.put(_mail(1))
            if patience < 1:
                until(lambda: "receiving_interrupted" in desk.log())
            else:
                threading.Event().wait(2)
            other.execute("ROLLBACK")
        until(lambda: desk.smtp.received, 60)
        until(lambda: not desk.uids())
    assert desk.actions().count("receiving_interrupted") == (1 if patience < 1 else 0)
    assert set(_answers(desk).values()) == {1}


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["by its administrator", "by a crash"])
def test_a_postgresql_that_is_started_anew_in_the_middle_is_waited_for(
    quick_desk: Desk, postgres: Postgres, how: signal.Signals
) -> None:
    desk, many = quick_desk, 12
    url = postgres.fresh()
    desk.write(database=url)
    with desk.serving():
        for number in range(many // 2):
            desk.put(_mail(number))
        until(lambda: desk.smtp.received)
        postgres.stop(how)
        for number in range(many // 2, many):
            desk.put(_mail(number))
        until(lambda: {"receiving_interrupted", "delivery_broke_off"} & set(desk.actions()))
        postgres.start()
        until(lambda: _on(url, "select count(*) from message") == many, 60)
        until(lambda: _on(url, "select count(*) from outbox where status in ('due', 'claimed')") == 0, 60)
        until(lambda: not desk.uids(), 60)
    assert _on(url, "select count(distinct uid) from location where folder = 'INBOX'") == many
    doubted = _on(url, "select count(*) from outbox where status = 'unconfirmed'")
    assert set(_answers(desk).values()) == {1}
    assert len(_answers(desk)) + doubted >= many
    assert doubted <= 2, "no more than there are connections to the relay"


def _on(url: str, question: str) -> int:
    store = database.Database(url)
    with closing(store), store.read() as connection:
        return int(connection.scalar(text(question)) or 0)
