"""What happened, as past-tense facts under the key `action`; JSON under systemd, readable on a terminal.

The trap is personal data. No event carries a name, a subject or a text: a message is named by the first digits of its
digest, a conversation by its number. Two ways round that rule are closed here, once for all rooms: an exception's words
(a server's answer or a library's complaint may quote a letter) are replaced by its kind and the lines of code it passed
through, and whatever still looks like an address is struck out.
"""

import logging
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal, TextIO, cast


@contextmanager
def _absent(name: str) -> Iterator[None]:
    """Let a library be taken for one that is not installed."""
    there = {name: sys.modules[name]} if name in sys.modules else {}
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]
        sys.modules.update(there)


# structlog would load rich, a tenth of all that a start loads, for tracebacks that are never shown here.
with _absent("rich"):
    import structlog
    from structlog.typing import EventDict, Processor

Log = structlog.typing.FilteringBoundLogger

_ADDRESS = re.compile(r"[^\s<>\"'()\[\],;:=/]+@[^\s<>\"'()\[\],;]+")
_STRUCK = "[address]"
# Message-IDs of our own replies look like addresses and are none.
_NO_ADDRESSES = frozenset({"reply"})
_LONGEST_CHAIN = 5
_LIBRARIES = ("apscheduler", "asyncio")
"""Whose warnings pass; all others log what they talk about."""


class _Unfailing:
    """A stream on which a line that cannot be written is late or lost: its disk may be full, and the work goes on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()


def configure(
    form: Literal["auto", "json", "console"] = "auto", level: str = "info", stream: TextIO | None = None
) -> None:
    """Set up logging once a process; events go to stderr, for stdout belongs to the commands' answers."""
    out = stream or sys.stderr
    as_json = form == "json" or (form == "auto" and not out.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    ending: list[Processor] = [
        _told_by_kind,
        _without_addresses,
        structlog.processors.EventRenamer("action"),
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=out.isatty(), event_key="action"),
    ]
    structlog.configure(
        processors=[*shared, *ending],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.WriteLoggerFactory(file=cast("TextIO", _Unfailing(out))),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name], processors=[_of_a_library, *ending]
        )
    )
    logging.getLogger().handlers = [logging.NullHandler()]
    for name in _LIBRARIES:
        library = logging.getLogger(name)
        library.handlers, library.propagate = [handler], False
        library.setLevel(logging.WARNING)


def get(room: str) -> Log:
    """The logger of a room."""
    logger: Log = structlog.get_logger(room=room)
    return logger


def cause(error: BaseException) -> str:
    """What kind of failure it is and what it came of, without a word that a server or a library said.

    "TransportError: ConnectionRefusedError (Connection refused)".
    """
    told: list[str] = []
    current: BaseException | None = error
    while current is not None and len(told) < _LONGEST_CHAIN:
        told.append(_kind(current))
        current = current.__cause__ or current.__context__
    return ": ".join(told)


def _kind(error: BaseException) -> str:
    """The class with the operating system's, SQLite's or PostgreSQL's own name of the failure."""
    named = (getattr(error, name, None) for name in ("strerror", "sqlite_errorname", "sqlstate"))
    why = next((text for text in named if isinstance(text, str) and text), None)
    return f"{type(error).__name__} ({why})" if why else type(error).__name__


def _told_by_kind(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Put kind and way of an exception in the place of its words (and of the variables, which renderers love)."""
    given = event.pop("exc_info", None)
    error = sys.exception() if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event["error"] = cause(error)
        event["trace"] = [
            f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
        ]
    return event


def _without_addresses(_logger: object, _method: str, event: EventDict) -> EventDict:
    return {key: value if key in _NO_ADDRESSES else _struck(value) for key, value in event.items()}


def _struck(value: Any) -> Any:
    if isinstance(value, str):
        return _ADDRESS.sub(_STRUCK, value) if "@" in value else value
    if isinstance(value, Mapping):
        return {key: _struck(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_struck(inner) for inner in value]
    return value


def _of_a_library(_logger: object, _method: str, event: EventDict) -> EventDict:
    """A library's line as one of ours; asyncio's words show what was worked on, the scheduler's only its jobs."""
    library = str(event.pop("logger", "")).partition(".")[0]
    record = event.pop("_record", None)
    event.pop("_from_structlog", None)
    if record is not None and record.exc_info:
        event["exc_info"] = record.exc_info
    if library == "apscheduler":
        event["detail"] = event["event"]
    return {**event, "event": f"{library}_complained"}
