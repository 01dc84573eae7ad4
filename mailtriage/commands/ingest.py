"""Messages out of files through the whole of receive: nothing moves, replies stay in the outbox."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from mailtriage.arrival import Recorded
from mailtriage.clocks import YEARS_OF_MAIL, Clock, message_clock, wall_clock
from mailtriage.commands.lead_words import tally
from mailtriage.errors import Place, Problem, Problems
from mailtriage.mail.message import RawMessage
from mailtriage.mail.reading import Reading
from mailtriage.parts import Parts
from mailtriage.transport.files import count_messages, raw_messages, within
from mailtriage.transport.imap import Batch

BATCH, BATCH_OCTETS = 50, 64 << 20
"""Messages recorded in one transaction, and what they may hold of memory together."""


def clock_of(text: str | None) -> Clock:
    """The clock that `--now` asks for: a time, "message" for each message's own Date, or the present.

    A time without an offset is that of this machine.

    Raises:
        Problems: it is neither.
    """
    if text is None:
        return wall_clock
    if text == "message":
        return message_clock
    try:
        instant = datetime.fromisoformat(text).astimezone(UTC)
        possible = instant.year in YEARS_OF_MAIL
    except (ValueError, OverflowError):
        possible = False
    if not possible:
        expected = f'"{text}": expected a time such as 2026-11-23T10:00+03:00, or the word message'
        raise Problems([Problem(Place("--now"), expected)])

    def fixed(_raw: RawMessage, _reading: Reading) -> datetime:
        return instant

    return fixed


def store_at(url: str) -> dict[str, str]:
    """The settings that `--store` stands for: raw messages lie beside a database that is a file, else as configured."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return {"database": url}  # opening it will say what is wrong with it
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return {"database": url}
    return {"database": url, "octets": f"{Path(parsed.database).absolute()}.octets"}


def ingest(parts: Parts, paths: Iterable[Path]) -> Iterator[Recorded]:
    """Record every message at the paths, in order.

    Raises:
        Problems: there is nothing to read at a path.
        AlreadyRunning: another process holds the store.
    """
    parts.take_store()
    largest = int(parts.settings.limits.message_mb * (1 << 20))
    messages = (within(raw, largest) for raw in chain.from_iterable(map(raw_messages, paths)))
    yield from parts.receiver.receive(_batches(messages))


def expected(paths: Iterable[Path]) -> int | None:
    """How many messages there are, or None where counting would mean reading."""
    counts = [count_messages(path) for path in paths]
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


class Summary:
    """What became of the messages, counted while they pass; none of them is kept."""

    def __init__(self) -> None:
        self._decisions: list[dict[str, Any]] = []
        self._duplicates = 0
        self._replies = 0

    def add(self, recorded: Recorded) -> None:
        """Count one more."""
        record = recorded.record
        if recorded.duplicate:
            self._duplicates += 1
            return
        self._decisions.append({key: record["decision"][key] for key in ("verdict", "reason", "category")})
        self._replies += bool(record["reply"]) and record["reply"]["suppressed"] is None

    def lines(self) -> Iterator[str]:
        """For people."""
        yield f"Писем: {len(self._decisions) + self._duplicates}"
        for each in tally(self._decisions):
            yield f"  {each}"
        if self._duplicates:
            yield f"  уже записаны раньше: {self._duplicates}"
        yield f"Ответов ждёт отправки: {self._replies}"


def _batches(messages: Iterator[RawMessage]) -> Iterator[Batch]:
    held: list[RawMessage] = []
    for raw in messages:
        held.append(raw)
        if len(held) == BATCH or sum(len(each.octets) for each in held) > BATCH_OCTETS:
            yield Batch(tuple(held), "", 0, 0)
            held = []
    if held:
        yield Batch(tuple(held), "", 0, 0)
