"""Reader processes: the real one reads, the faulty one breaks in every way, and the pool stays whole."""

import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from mailtriage.mail.options import ReadOptions
from mailtriage.transport.forked import ForkServer
from mailtriage.transport.readers import Limits, ReaderFailed, Readers, ReadersUnavailable

FAULTY = (sys.executable, "-P", str(Path(__file__).with_name("faulty_reader.py")))
# On a kernel that refuses to confine them.
UNCONFINED = f"""
import runpy
from mailtriage.transport import landlock, seccomp
def refuse(*_, **__): raise OSError(38, "Function not implemented")
landlock.allow_reading = seccomp.restrict = refuse
runpy.run_path({FAULTY[-1]!r}, run_name="__main__")
"""
LIMITS = Limits(cpu_seconds=1)
SECONDS = 60


@pytest.fixture
def readers() -> Iterator[Readers]:
    with Readers(1, ReadOptions(), LIMITS, forks=ForkServer(FAULTY)) as readers:
        yield readers


def subject(readers: Readers, octets: bytes) -> str:
    return readers.submit(octets).result(SECONDS).message.subject


def test_a_real_reader_reads_a_real_message() -> None:
    octets = "From: Анна <a@example.org>\r\nSubject: =?utf-8?B?0J/Qu9Cw0YLRkdC2?=\r\n\r\nГде деньги?\r\n".encode()
    with Readers(1, ReadOptions(own_addresses=("support@example.org",))) as readers:
        reading = readers.submit(octets).result(SECONDS)
        headers = readers.submit_headers(octets, "too large").result(SECONDS)
    assert reading.message.subject == headers.message.subject == "Платёж"
    assert "Где деньги?" in reading.message.body.text
    assert "too large" in headers.message.defects
    assert headers.message.body.text == ""


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ("crash", "SIGSEGV"),
        ("burn", "processor time"),
        ("eat", "memory"),
        ("raise", "ValueError at faulty_reader.py"),
        ("lie", "none"),
    ],
)
def test_a_message_that_breaks_its_reader_costs_nothing_else(readers: Readers, order: str, reason: str) -> None:
    broken = readers.submit(order.encode())
    after = readers.submit(b"after")
    with pytest.raises(ReaderFailed, match=reason) as failed:
        broken.result(SECONDS)
    assert "customer" not in failed.value.reason
    assert after.result(SECONDS).message.subject == "after"
    assert readers.submit_headers(order.encode(), "broke").result(SECONDS).message.defects


def test_a_message_that_hangs_its_reader_costs_the_wall_clock_limit() -> None:
    with Readers(1, ReadOptions(), Limits(wall_seconds=5), forks=ForkServer(FAULTY)) as readers:
        hanging, after = readers.submit(b"hang"), readers.submit(b"after")
        with pytest.raises(ReaderFailed, match="longer than 5 s"):
            hanging.result(SECONDS)
        assert after.result(SECONDS).message.subject == "after"


def test_an_innocent_message_gets_a_try_in_a_fresh_process(readers: Readers) -> None:
    assert subject(readers, b"first") == "first"
    assert subject(readers, b"crash-when-old") == "crash-when-old"


def test_large_requests_and_printing_libraries_do_not_block(readers: Readers) -> None:
    assert subject(readers, b"print " + b"x" * 30_000_000).startswith("print xxx")


def test_a_hang_is_noticed_also_while_a_large_request_is_written() -> None:
    # It says that it is ready and then reads nothing: the pipe fills up.
    limits = Limits(wall_seconds=0.5)
    with Readers(1, ReadOptions(authserv_id="deaf"), limits, forks=ForkServer(FAULTY)) as readers:
        unread = readers.submit(b"x" * 5_000_000)
        with pytest.raises(ReaderFailed, match="longer than"):
            unread.result(SECONDS)


def test_a_reader_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILTRIAGE_SMTP__PASSWORD", "secret")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/run/credentials")
    with Readers(1, ReadOptions(), LIMITS, forks=ForkServer(FAULTY)) as readers:
        known = set(subject(readers, b"environment").split())
    assert known <= {
        "HOME",
        "LANG",
        "LC_ALL",
        "LC_CTYPE",
        "PATH",
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONPATH",
        "PYTHONUTF8",
        "TZ",
    }


def test_what_is_asked_of_a_message_that_was_read_goes_before_what_is_still_to_be_read(readers: Readers) -> None:
    free, order = threading.Event(), list[str]()
    held = readers.submit(b"held")
    # The thread that serves the reader calls this, and does not go on before.
    held.add_done_callback(lambda _: free.wait(SECONDS))
    asked = {
        "next": readers.submit(b"next"),
        "last": readers.submit(b"last"),
        "pictures": readers.submit_pictures(b"pictures", (), {}),
        "headers": readers.submit_headers(b"headers", "too large"),
    }
    for name, future in asked.items():
        future.add_done_callback(lambda _, name=name: order.append(name))
    free.set()
    asked["last"].result(SECONDS)
    assert order == ["headers", "pictures", "next", "last"]


def test_reading_gives_way_to_recording_and_hears_no_key_of_the_terminal(readers: Readers) -> None:
    process = int(subject(readers, b"process"))
    assert os.getpriority(os.PRIO_PROCESS, process) == min(os.getpriority(os.PRIO_PROCESS, 0) + 5, 19)
    # In another session the scheduler would not weigh it against us (autogroup).
    assert os.getsid(process) == os.getsid(0)
    assert os.getpgid(process) != os.getpgid(0)


def test_a_process_retires_after_so_many_messages() -> None:
    with Readers(1, ReadOptions(), Limits(messages=2), forks=ForkServer(FAULTY)) as readers:
        processes = [subject(readers, b"process") for _ in range(4)]
    assert processes[0] == processes[1] != processes[2] == processes[3]


@pytest.mark.parametrize(
    ("options", "command"),
    [
        pytest.param(ReadOptions(authserv_id="broken"), FAULTY, id="a reader"),
        pytest.param(ReadOptions(), (*FAULTY, "--broken"), id="their fork server"),
    ],
)
def test_what_cannot_start_is_told_at_once_with_its_own_words(options: ReadOptions, command: tuple[str, ...]) -> None:
    readers = Readers(2, options, LIMITS, forks=ForkServer(command))
    readers.start()
    # Whoever does not wait for that hears of it with the first answer.
    with pytest.raises(ReadersUnavailable, match="libsomething"):
        readers.submit(b"first").result(SECONDS)
    with pytest.raises(ReadersUnavailable, match="libsomething"):
        readers.ready()


def test_readers_hold_no_descriptor_but_their_own() -> None:
    with Readers(2, ReadOptions(), LIMITS, forks=ForkServer(FAULTY)) as readers:
        both = [readers.submit(b"rest, so that the other reader gets the next"), readers.submit(b"descriptors")]
        first = both[1].result(SECONDS).message.subject.split()
        both[0].result(SECONDS)
        # Again, after others were forked and ended.
        with pytest.raises(ReaderFailed):
            readers.submit(b"crash").result(SECONDS)
        later = readers.submit(b"descriptors").result(SECONDS).message.subject.split()
    for each in (first, later):
        pipes = [name for name in each if name.startswith("pipe:")]
        assert len(pipes) == 2
        assert {name for name in each if name not in pipes} == {"/dev/null"}


def test_a_fork_server_that_is_killed_takes_no_message_with_it(readers: Readers) -> None:
    server = int(subject(readers, b"parent"))
    resting = readers.submit(b"rest")
    while not resting.running():
        time.sleep(0.01)
    os.kill(server, signal.SIGKILL)
    assert resting.result(SECONDS).message.subject == "rest"
    assert int(subject(readers, b"parent")) != server


def test_a_message_that_kills_fork_servers_is_told_from_the_innocent() -> None:
    with Readers(1, ReadOptions(), LIMITS, forks=ForkServer((sys.executable, "-P", "-c", UNCONFINED))) as readers:
        killing, after = readers.submit(b"orphan"), readers.submit(b"after")
        with pytest.raises(ReaderFailed, match="died"):
            killing.result(SECONDS)
        assert after.result(SECONDS).message.subject == "after"


def test_closing_ends_the_processes_and_cancels_what_waits() -> None:
    readers = Readers(1, ReadOptions(), Limits(wall_seconds=600), forks=ForkServer(FAULTY))
    readers.start()
    process = int(subject(readers, b"process"))
    hanging, waiting = readers.submit(b"hang"), readers.submit(b"waits")
    while not hanging.running():
        time.sleep(0.01)
    readers.close(patience=0.1)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    # It was no fault of this message.
    with pytest.raises(ReadersUnavailable):
        hanging.result(SECONDS)
    with pytest.raises(CancelledError):
        waiting.result(SECONDS)
    with pytest.raises(ReadersUnavailable):
        readers.submit(b"late").result(SECONDS)


def test_readers_die_with_a_parent_that_is_killed() -> None:
    parent_program = f"""
import sys, threading
from mailtriage.mail.options import ReadOptions
from mailtriage.transport.forked import ForkServer
from mailtriage.transport.readers import Readers
readers = Readers(1, ReadOptions(), forks=ForkServer({FAULTY!r}))
readers.start()
for asked in (b"process", b"parent"):
    print(readers.submit(asked).result().message.subject, flush=True)
readers.submit(b"hang")
threading.Event().wait()
"""
    root = str(Path(__file__).resolve().parents[2])
    with subprocess.Popen(
        [sys.executable, "-c", parent_program], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": root}
    ) as parent:
        assert parent.stdout is not None
        # Readable when a process has ended, whoever is its parent by then.
        watches = [os.pidfd_open(int(parent.stdout.readline())) for _ in ("reader", "fork server")]
        parent.send_signal(signal.SIGKILL)
    for watch in watches:
        assert select.select([watch], [], [], 10)[0]
        os.close(watch)
