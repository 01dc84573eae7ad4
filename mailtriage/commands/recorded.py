"""The commands on what is recorded: the outbox, and the database itself; those on conversations stand beside."""

from datetime import UTC, datetime
from typing import Annotated, Literal

import typer

from mailtriage.commands import terminal
from mailtriage.commands.conversation import PLAIN, conversation_app
from mailtriage.commands.lead_words import clean
from mailtriage.commands.opening import Config, OnStore, open_parts, open_store
from mailtriage.errors import StoreError

__all__ = ["PLAIN", "conversation_app", "db_app", "outbox_app"]

outbox_app = typer.Typer(**PLAIN, help="Moves and replies that are due, buried or unconfirmed.")
db_app = typer.Typer(**PLAIN, help="The database itself.")

Row = Annotated[int, typer.Argument(metavar="ID", min=1, help="The row's id in `outbox list`.")]
OutboxStatus = Literal["due", "claimed", "done", "buried", "unconfirmed", "dropped", "suppressed"]


@outbox_app.command("list")
def outbox_list(
    config: Config = None,
    status: Annotated[OutboxStatus | None, typer.Option(help="Else all that is neither done nor suppressed.")] = None,
    store: OnStore = None,
) -> None:
    """Rows of the outbox; without a status, all that is not done."""
    with open_store(config, store) as parts:
        if until := parts.restraint.stopped_until(datetime.now(UTC)):
            terminal.complain(f"replies stand still until {until:%Y-%m-%d %H:%M} UTC: too many left within an hour")
        headings = ("id", "kind", "event", "status", "due", "attempts", "conversation", "Message-ID", "last error")
        terminal.say_table(
            headings,
            (
                (row.id, row.kind, row.event, row.status, f"{row.due_at:%Y-%m-%d %H:%M}", row.attempts,
                 row.number or "", row.reply_message_id or "", row.last_error or "")
                for row in parts.outbox.entries(status)
            ),
        )  # fmt: skip


@outbox_app.command("retry")
def outbox_retry(row: Row, config: Config = None, store: OnStore = None) -> None:
    """Make a buried or unconfirmed row due again; an unconfirmed reply may reach the customer twice."""
    with open_store(config, store) as parts:
        parts.outbox.retry(row, datetime.now(UTC))
    terminal.say(f"row {row} is due again")


@outbox_app.command("drop")
def outbox_drop(row: Row, config: Config = None, store: OnStore = None) -> None:
    """Give a row up; it stays in the outbox as dropped."""
    with open_store(config, store) as parts:
        parts.outbox.drop(row, datetime.now(UTC))
    terminal.say(f"row {row} is dropped")


@db_app.command("upgrade")
def db_upgrade(config: Config = None, store: OnStore = None) -> None:
    """Bring the schema up to date; the daemon does so itself when it starts."""
    with open_parts(config, {"database": store} if store else None) as parts:
        parts.take_store()
        terminal.say(f"{parts.database.name}: schema {parts.database.schema_version()}")


@db_app.command("check")
def db_check(
    *,
    octets: Annotated[bool, typer.Option("--octets", help="Read all octets; else a thirtieth, by the day.")] = False,
    config: Config = None,
    store: OnStore = None,
) -> None:
    """Pages, references, schema, keys and octets; 1 when something is wrong. Changes nothing."""
    from mailtriage.commands.backup import check  # noqa: PLC0415 - `--help` must not wait for the parts
    from mailtriage.store.database import missing_store  # noqa: PLC0415 - as above

    with open_parts(config, {"database": store} if store else None) as parts:
        if missing := missing_store(parts.settings.database):
            raise StoreError(f"{missing}: no store there yet")
        wrong = check(parts, octets=octets)
    terminal.complain(*map(clean, wrong))
    if wrong:
        raise typer.Exit(1)
    terminal.say("sound: pages, references, schema, keys and octets")
