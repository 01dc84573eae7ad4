"""Several processes on one PostgreSQL: who may do what, and what becomes of it when one dies."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from servers.postgres import Postgres
from sqlalchemy import text
from store_desk import NOON, Arrival, Desk

from mailtriage.store.database import Database
from mailtriage.store.outbox import Outbox

ON_POSTGRESQL = pytest.mark.parametrize("database", ["on_postgresql"], indirect=True)
_HOLDER = """
import sys
from datetime import UTC, datetime
from mailtriage.store.database import Database
from mailtriage.store.outbox import Outbox
database = Database(sys.argv[1])
with database.lock() as leases:
    assert leases.take("mailbox support") is None
    outbox = Outbox(database, leases)
    for kind in sys.argv[2:]:
        outbox.claim(kind, 1, datetime(2026, 3, 2, 9, tzinfo=UTC))
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def holder(database: Database, *claims: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that reads the mailbox and has claimed something; killed at the end."""
    url = database.engine.url.render_as_string(hide_password=False)
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", _HOLDER, url, *claims]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def until(condition: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


@ON_POSTGRESQL
def test_a_lease_has_one_holder_who_is_named_and_dies_with_him(database: Database) -> None:
    with database.lock() as leases, holder(database) as process:
        told = leases.take("mailbox support")
        assert told is not None
        assert f"process {process.pid} on " in told
        assert leases.take("mailbox sales") is None
        process.kill()
        until(lambda: leases.take("mailbox support") is None)


@ON_POSTGRESQL
def test_a_lease_that_is_given_back_is_free_and_its_holder_may_ask_again(database: Database) -> None:
    with database.lock() as one, database.lock() as other:
        assert one.take("calendar") is None
        assert one.take("calendar") is None
        assert other.take("calendar") is not None
        one.give("calendar")
        assert other.take("calendar") is None
        assert one.take("calendar") is not None


@ON_POSTGRESQL
def test_a_lease_is_lost_with_its_session_and_that_is_noticed(database: Database) -> None:
    with database.lock() as one, database.lock() as other:
        assert one.take("mailbox support") is None
        with database.write() as connection:
            connection.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> :mine"),
                {"mine": connection.scalar(text("SELECT pg_backend_pid()"))},
            )
        until(lambda: other.take("mailbox support") is None)
        assert one.take("mailbox support") is not None


@ON_POSTGRESQL
def test_what_a_living_node_carries_out_is_left_to_it_and_what_a_dead_one_held_is_not(
    desk: Desk, database: Database
) -> None:
    desk.receive(Arrival("first"), Arrival("second"), uid=1)
    with database.lock() as leases, holder(database, "move", "reply") as process:
        survivor = Outbox(database, leases)
        [mine] = survivor.claim("move", 1, NOON)
        assert survivor.recover(NOON) == {"move": 0, "reply": 0}
        process.kill()
        process.wait()
        recovered: list[dict[object, int]] = []
        until(lambda: recovered.append(dict(survivor.recover(NOON))) or recovered[-1]["move"])
        assert recovered[-1] == {"move": 1, "reply": 1}
        assert [move.uid for move in survivor.claim("move", 10, NOON)] == [1]
        [doubtful] = survivor.entries("unconfirmed")
        assert doubtful.reply_message_id == "<re-first@desk.example>"
        survivor.settle(mine.id, NOON)
        assert survivor.counts()["move", "done"] == 1


@ON_POSTGRESQL
def test_nobody_settles_what_another_carries_out(desk: Desk, database: Database) -> None:
    desk.receive(Arrival("first"))
    with database.lock() as one, database.lock() as other:
        [reply] = Outbox(database, one).claim("reply", 1, NOON)
        Outbox(database, other).release(reply.id, NOON, "451 try later")
        assert Outbox(database, other).claim("reply", 1, NOON) == []
        Outbox(database, one).settle(reply.id, NOON)
        assert Outbox(database, one).counts()["reply", "done"] == 1


@ON_POSTGRESQL
def test_two_nodes_send_each_reply_once_and_in_the_order_of_its_conversation(desk: Desk, database: Database) -> None:
    for number in range(1, 5):
        desk.receive(Arrival(f"{number}-1", sender=f"{number}@mail.example"))
        for later in (2, 3):
            desk.receive(Arrival(f"{number}-{later}", sender=f"{number}@mail.example", conversation=f"26-{number:06d}"))
    sent: list[str] = []
    with database.lock() as one, database.lock() as other:
        nodes = Outbox(database, one), Outbox(database, other)
        claimed = [nodes[0].claim("reply", 2, NOON), nodes[1].claim("reply", 2, NOON)]
        for turn in range(20):
            node = turn % 2
            for reply in claimed[node]:
                sent.append(reply.message_id)
                nodes[node].settle(reply.id, NOON)
            claimed[node] = nodes[node].claim("reply", 2, NOON)
    assert sorted(sent) == sorted(f"<re-{n}-{k}@desk.example>" for n in range(1, 5) for k in (1, 2, 3))
    for number in range(1, 5):
        mine = [each for each in sent if each.startswith(f"<re-{number}-")]
        assert mine == [f"<re-{number}-{k}@desk.example>" for k in (1, 2, 3)]


def test_a_silent_machine_is_found_out(postgres: Postgres) -> None:
    database = Database(postgres.fresh())
    with database.read() as connection:
        # Over a Unix socket the server has no use for it, but it was told.
        assert connection.connection.driver_connection is not None
        options = connection.connection.driver_connection.info.get_parameters()  # type: ignore[attr-defined]
    database.close()
    assert (options["keepalives_idle"], options["keepalives_count"]) == ("15", "3")
    assert "tcp_keepalives_idle=15" in options["options"]
