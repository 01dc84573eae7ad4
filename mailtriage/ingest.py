"""Messages out of files through the whole of receive: nothing moves, replies stay in the outbox."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path

from mailtriage.errors import Place, Problem, Problems
from mailtriage.mail.message import RawMessage
from mailtriage.mail.reading import Reading
from mailtriage.parts import Parts
from mailtriage.receive import Clock, Recorded, message_clock, wall_clock
from mailtriage.transport.files import count_messages, raw_messages
from mailtriage.transport.imap import Batch

BATCH = 50


def clock_of(text: str | None) -> Clock:
    """The clock that `--now` asks for: a time, "message" for each message's own Date, or the present.

    Raises:
        Problems: it is neither.
    """
    if text is None:
        return wall_clock
    if text == "message":
        return message_clock
    try:
        instant = datetime.fromisoformat(text).astimezone()
    except ValueError:
        expected = f'"{text}": expected a time such as 2026-11-23T10:00+03:00, or the word message'
        raise Problems([Problem(Place("--now"), expected)]) from None

    def fixed(_raw: RawMessage, _reading: Reading) -> datetime:
        return instant

    return fixed


def ingest(parts: Parts, paths: Iterable[Path]) -> Iterator[Recorded]:
    """Record every message at the paths, in order.

    Raises:
        NotFound: nothing is there.
        AlreadyRunning: another process holds the store.
    """
    parts.take_store()
    messages = chain.from_iterable(map(raw_messages, paths))
    yield from parts.receiver.receive(_batches(messages))


def expected(paths: Iterable[Path]) -> int | None:
    """How many messages there are, or None where counting would mean reading."""
    total = 0
    for path in paths:
        count = count_messages(path)
        if count is None and path.stat().st_size and not path.name.endswith(".eml"):
            return None
        total += 1 if count is None else count
    return total


def _batches(messages: Iterator[RawMessage]) -> Iterator[Batch]:
    held: list[RawMessage] = []
    for raw in messages:
        held.append(raw)
        if len(held) == BATCH:
            yield Batch(tuple(held), "", 0, 0)
            held = []
    if held:
        yield Batch(tuple(held), "", 0, 0)
