"""How a command gets its parts: those of the configuration, on a store that is there where it only asks.

The trap is the command that asks and yet leaves something behind: to open an SQLite database that is not there makes
one. And wrong rules are told before a store is made for them.
"""

import gc
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailtriage.errors import StoreError

if TYPE_CHECKING:
    from mailtriage.clocks import Clock
    from mailtriage.parts import Parts

Config = Annotated[
    Path | None, typer.Option("--config", help="The configuration; else config/mailtriage.yaml here, else the shipped.")
]
AsJson = Annotated[bool, typer.Option("--json", help="One line of JSON a message on stdout.")]
OnStore = Annotated[str | None, typer.Option("--store", help="An SQLAlchemy URL in place of the configured database.")]


@contextmanager
def open_parts(
    config: Path | None,
    changes: Mapping[str, Any] | None = None,
    *,
    clock: "Clock | None" = None,
    log_level: str | None = None,
    readers: int | None = None,
    thorough: bool = False,
    reads: bool = False,
) -> Iterator["Parts"]:
    """The parts of a command with so many reader processes; `changes` are settings that the command line decides.

    For one that `reads` at once, readers load what they need while this process loads what it needs.
    """
    with _lasting():
        # `--help` and wrong usage must not wait for the parts.
        from mailtriage import log  # noqa: PLC0415
        from mailtriage.configuration import Configuration, load_configuration  # noqa: PLC0415
        from mailtriage.transport.forked import ForkServer  # noqa: PLC0415

    found = load_configuration(config)
    settings = found.settings.model_copy(update=dict(changes or {}))
    if readers is not None:
        pool = settings.readers.model_copy(update={"processes": readers})
        settings = settings.model_copy(update={"readers": pool})
    log.configure(settings.log.format, log_level or settings.log.level)
    configuration = Configuration(settings, found.file, found.root)
    with closing(ForkServer()) as forks:
        if reads and settings.readers.where == "here":
            forks.start()
        with _lasting():
            from mailtriage.parts import Parts  # noqa: PLC0415 - after the readers, for it takes its time

        with Parts(configuration, **({"clock": clock} if clock else {}), thorough=thorough, forks=forks) as parts:
            yield parts


@contextmanager
def open_store(config: Path | None, store: str | None = None, *, readers: int | None = None) -> Iterator["Parts"]:
    """The parts of a command that asks a store, which must be there already.

    Raises:
        StoreError: it is not.
    """
    from mailtriage.commands.ingest import store_at  # noqa: PLC0415 - as above
    from mailtriage.store.database import missing_store  # noqa: PLC0415 - as above

    with open_parts(config, store_at(store) if store else None, readers=readers) as parts:
        if missing := missing_store(parts.settings.database):
            raise StoreError(f"{missing}: no store there yet; `mailtriage run`, `once` or `ingest` makes one")
        parts.require_store()
        yield parts


def prove(parts: "Parts") -> None:
    """Load what people edit, and let the readers start meanwhile.

    Raises:
        Problems: something is wrong in it.
    """
    parts.start_readers()
    with _lasting():
        _rules, _policy = parts.rulebook.current, parts.policy


@contextmanager
def _lasting() -> Iterator[None]:
    """What is made meanwhile stays as long as the process: the collector need not look through it, now or ever."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
