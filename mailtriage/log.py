"""What happened, as past-tense facts with keys; JSON under systemd, readable on a terminal.

The trap is personal data: no event carries an address, a name, a subject or a text. A message is named by the first
digits of its digest and its UID, a conversation by its number. Libraries log such data at debug level, so of theirs
only warnings of the scheduler pass.
"""

import logging
import sys
from typing import Literal, TextIO

import structlog

Log = structlog.typing.FilteringBoundLogger


def configure(
    form: Literal["auto", "json", "console"] = "auto", level: str = "info", stream: TextIO | None = None
) -> None:
    """Set up logging once a process; events go to stderr, for stdout belongs to the commands' answers."""
    out = stream or sys.stderr
    as_json = form == "json" or (form == "auto" and not out.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderers: list[structlog.typing.Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if as_json
        else [structlog.dev.ConsoleRenderer(colors=out.isatty())]
    )
    structlog.configure(
        processors=[*shared, *renderers],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.WriteLoggerFactory(file=out),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    processors = [_without_arguments, *renderers]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=processors))
    root = logging.getLogger()
    root.handlers = [logging.NullHandler()]
    scheduler = logging.getLogger("apscheduler")
    scheduler.handlers, scheduler.propagate = [handler], False
    scheduler.setLevel(logging.WARNING)


def get(room: str) -> Log:
    """The logger of a room."""
    logger: Log = structlog.get_logger(room=room)
    return logger


def _without_arguments(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Drop what the standard library adds for itself."""
    return {key: value for key, value in event.items() if key not in {"_record", "_from_structlog"}}
