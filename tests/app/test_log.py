"""The log says what happened and nothing of whom."""

import io
import json
import logging
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from mailtriage import log
from mailtriage.errors import TransportError


@pytest.fixture(params=["json", "console"])
def stream(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    written = io.StringIO()
    log.configure(request.param, stream=written)
    yield written
    structlog.reset_defaults()
    for name in ("apscheduler", "asyncio"):
        logging.getLogger(name).handlers = []


def test_an_event_is_an_action_with_keys():
    written = io.StringIO()
    log.configure("json", stream=written)
    log.get("room").info("message_recorded", digest="abc", reply="<1@desk.example>")
    structlog.reset_defaults()
    event = json.loads(written.getvalue())
    assert event.pop("timestamp")
    assert event == {
        "action": "message_recorded", "room": "room", "digest": "abc", "reply": "<1@desk.example>", "level": "info",
    }  # fmt: skip


def test_a_disk_that_is_full_loses_lines_and_stops_no_work():
    full = Path("/dev/full").open("w", encoding="utf-8")  # noqa: SIM115 - to close it fails, too
    log.configure("json", stream=full)
    log.get("room").info("message_recorded", digest="abc")
    structlog.reset_defaults()
    with pytest.raises(OSError, match="No space"):
        full.close()


def test_addresses_are_struck_out_wherever_they_stand(stream):
    log.get("room").warning("server_away", why="550 <anna@mail.example>: no", more=["RCPT TO:anna@mail.example", 5])
    assert "anna" not in stream.getvalue()
    assert "[address]" in stream.getvalue()


def test_an_exception_is_told_without_its_words_and_variables(stream):
    def read(subject: str) -> None:
        raise ValueError(subject)

    try:
        read("Тайная тема")
    except ValueError:
        log.get("room").exception("reading_failed")
    assert "Тайная" not in stream.getvalue()
    assert "ValueError" in stream.getvalue()
    assert "test_log.py" in stream.getvalue()


def test_a_librarys_complaint_is_told_by_its_kind(stream):
    logging.getLogger("asyncio").error("Task exception was never retrieved: %r", "Тайная тема")
    logging.getLogger("apscheduler.scheduler").warning("Run time of job was missed")
    logging.getLogger("imapclient").error("Тайная тема")
    assert "Тайная" not in stream.getvalue()
    assert "asyncio_complained" in stream.getvalue()
    assert "Run time of job was missed" in stream.getvalue()


def test_a_cause_names_kinds_and_the_systems_own_words_alone():
    def connect() -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            try:
                socket.create_connection(unused.getsockname())
            except OSError as error:
                raise TransportError(f"NO anna@mail.example {error}") from None

    with pytest.raises(TransportError) as caught:
        connect()
    assert log.cause(caught.value) == "TransportError: ConnectionRefusedError (Connection refused)"
