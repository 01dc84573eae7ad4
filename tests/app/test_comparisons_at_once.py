"""Of all comparisons that are under way, only so much is held in memory; the oldest is waited for first."""

import threading
from concurrent.futures import Future
from datetime import UTC, datetime

import pytest

from mailtriage import resent
from mailtriage.mail.message import RawMessage
from mailtriage.mail.reading import Reading, unread
from mailtriage.resent import Marking, make_room

RAW, READING = RawMessage(b"", datetime(2026, 11, 23, tzinfo=UTC)), unread("nothing")


def under_way(size: int) -> Marking:
    return Marking(RAW, READING, Future[Reading](), size)


def done(marking: Marking) -> None:
    assert marking.comparing is not None
    marking.comparing.set_result(READING)


def waits(begun: list[Marking]) -> threading.Thread:
    waiting = threading.Thread(target=make_room, args=(begun,), daemon=True)
    waiting.start()
    return waiting


def test_little_is_waited_for_by_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resent, "_UNDER_WAY", 100)
    make_room([Marking(RAW, READING), under_way(60), under_way(40)])


def test_too_much_waits_for_the_oldest_until_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resent, "_UNDER_WAY", 100)
    begun = [under_way(60), under_way(60), under_way(60)]
    waiting = waits(begun)
    done(begun[0])
    waiting.join(0.2)
    assert waiting.is_alive(), "120 octets are still held"
    done(begun[1])
    waiting.join(10)
    assert not waiting.is_alive()
    assert begun[2].comparing is not None
    assert not begun[2].comparing.done()
