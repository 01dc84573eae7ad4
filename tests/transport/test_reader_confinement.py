"""A reader that somebody took over can do no more than answer, and its answer is no weapon either."""

import io
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from mailtriage import log
from mailtriage.mail.message import Address, Attachment, Message
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.reading import dump, load, unread
from mailtriage.transport import landlock, seccomp
from mailtriage.transport.forked import ForkServer
from mailtriage.transport.readers import Readers

PRYING = (sys.executable, "-P", str(Path(__file__).with_name("prying_reader.py")))
# Python that starts a reader on a kernel that refuses everything, as an old one or a strict container does.
POOR_KERNEL = f"""
import runpy
from mailtriage.transport import landlock, seccomp
def refuse(*_, **__): raise OSError(38, "Function not implemented")
landlock.allow_reading = seccomp.restrict = refuse
runpy.run_path({PRYING[-1]!r}, run_name="__main__")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "password").write_text("secret")
    return tmp_path


def test_a_reader_that_was_taken_over_reaches_nothing(folder: Path) -> None:
    with Readers(1, ReadOptions(), forks=ForkServer(PRYING)) as readers:
        assert readers.lacking == frozenset()
        assert readers.submit(f"{folder} {os.getpid()}".encode()).result(60).message.subject == ""
    assert os.listdir(folder) == ["password"]  # noqa: PTH208 - the names are enough
    assert (folder / "password").read_text() == "secret"


def test_what_the_kernel_refuses_is_told_once_and_reading_goes_on(folder: Path) -> None:
    written = io.StringIO()
    log.configure("json", stream=written)
    try:
        with Readers(2, ReadOptions(), forks=ForkServer((sys.executable, "-P", "-c", POOR_KERNEL))) as readers:
            assert readers.lacking == {"calls", "files"}
            # And the attempts themselves are real: without the confinement they succeed.
            reached = readers.submit(f"{folder} {os.getpid()}".encode()).result(60).message.subject.split(", ")
    finally:
        structlog.reset_defaults()
    assert {"a socket", "a password", "a new file", "a deletion", "a signal to the fork server"} <= set(reached)
    (event,) = [json.loads(line) for line in written.getvalue().splitlines()]
    assert event["action"] == "readers_less_confined"
    assert "seccomp" in str(event["lacking"])


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_is_short_enough_for_its_jumps_and_for_the_kernel(machine: str) -> None:
    for spawning in (False, True):
        code = seccomp.program(machine, 1, spawning=spawning)
        assert len(code) % 8 == 0
        assert len(code) // 8 < 4096


def test_a_machine_without_a_filter_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seccomp.platform, "machine", lambda: "riscv64")
    with pytest.raises(OSError, match="riscv64"):
        seccomp.restrict()
    assert issubclass(landlock.Refused, OSError)


def told(**message: object) -> bytes:
    reading = unread("")
    object.__setattr__(reading, "message", Message(**message))
    return dump(reading)


def lies() -> Iterator[tuple[str, bytes]]:
    yield "a second header in the subject", told(subject="Привет\r\nBcc: all@example.org")
    yield "a second header in an address", told(sender=Address("a", "a@b.example\nBcc: c@d.example"))
    yield "a second header in an id", told(message_id="<a@b.example>\r\nX: y")
    yield "a NUL in a list", told(message_id=None, list_id="a\x00b")
    file = {"filename": "a.txt", "media_type": "text/plain", "size": 1, "digest": "0" * 64}
    yield "a folder in a name", told(attachments=(Attachment(**{**file, "filename": "../../a"}),))
    yield "a digest that is a path", told(attachments=(Attachment(**{**file, "digest": "../" * 20}),))
    yield "numbers for words", b'{"message":{"defects":[' + b"0," * 4_000_000 + b"0]}}"
    yield "lists for words", b'{"message":{"defects":[' + b"[]," * 3_000_000 + b"0]}}"
    yield "a deep list", b"[" * 8_000_000
    yield "a string without end", b'"' + b"\\" * 8_000_001
    yield "no JSON", b"\x80\x04pickle"


@pytest.mark.parametrize("lie", [pytest.param(octets, id=name) for name, octets in lies()])
def test_a_lie_is_told_from_a_reading_at_once(lie: bytes) -> None:
    started = time.process_time()
    with pytest.raises(ValueError):  # noqa: PT011 - of whatever kind, and its text is nobody's business
        load(lie)
    assert time.process_time() - started < 3


def test_the_truth_is_believed() -> None:
    true = told(subject="Привет", attachments=(Attachment("a.txt", "text/plain", 1, "0" * 64),))
    assert load(true).message.subject == "Привет"
