"""The commands on what is recorded: conversations, outbox, and the database itself."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import typer

from mailtriage.commands import terminal
from mailtriage.commands.lead_words import STATUSES, category_words
from mailtriage.commands.opening import Config, OnStore, open_parts, open_store

PLAIN: dict[str, Any] = {"no_args_is_help": True, "rich_markup_mode": None}
conversation_app = typer.Typer(**PLAIN, help="Conversations: what is pending, and what a person decides.")
outbox_app = typer.Typer(**PLAIN, help="Moves and replies that are due, buried or unconfirmed.")
db_app = typer.Typer(**PLAIN, help="The database itself.")

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="A registration number such as 26-000123.")]
Row = Annotated[int, typer.Argument(metavar="ID", min=1, help="The row's id in `outbox list`.")]
ConversationStatus = Literal["open", "decided", "closed"]
OutboxStatus = Literal["due", "claimed", "done", "buried", "unconfirmed", "dropped", "suppressed"]


@conversation_app.command("list")
def conversation_list(
    config: Config = None,
    status: Annotated[ConversationStatus, typer.Option(help="Which ones.")] = "open",
    store: OnStore = None,
) -> None:
    """Conversations by their due date."""
    with open_store(config, store) as parts:
        found = sorted(parts.views.conversations(status), key=lambda each: (each.due is None, each.due, each.number))
        headings = ("№", "срок", "вид", "очередь", "зарегистрировано", "ждёт с", "состояние")
        terminal.say_table(
            headings,
            (
                (each.number, each.due or "", category_words(each.category), each.queue or "",
                 f"{each.registered_at:%Y-%m-%d}", f"{each.waiting_since:%Y-%m-%d}" if each.waiting_since else "",
                 STATUSES[each.status])
                for each in found
            ),
        )  # fmt: skip


@conversation_app.command("show")
def conversation_show(number: Number, config: Config = None, store: OnStore = None) -> None:
    """One conversation, message by message."""
    from mailtriage.commands.explanation import conversation  # noqa: PLC0415 - loads the language room

    with open_store(config, store) as parts:
        terminal.say(*conversation(parts.views.conversation(number), parts.settings.time_zone))


@conversation_app.command("close")
def conversation_close(number: Number, config: Config = None, store: OnStore = None) -> None:
    """Close a conversation; a later message opens it again."""
    with open_store(config, store) as parts:
        parts.conversations.close(number, datetime.now(UTC))
    terminal.say(f"№ {number}: закрыто")


@conversation_app.command("decide")
def conversation_decide(number: Number, config: Config = None, store: OnStore = None) -> None:
    """Record the final decision: what adds nothing new is from now on rejected as decided."""
    with open_store(config, store) as parts:
        parts.conversations.decide(number, datetime.now(UTC))
    terminal.say(f"№ {number}: итоговое решение записано")


@outbox_app.command("list")
def outbox_list(
    config: Config = None,
    status: Annotated[OutboxStatus | None, typer.Option(help="Else all that is neither done nor suppressed.")] = None,
    store: OnStore = None,
) -> None:
    """Rows of the outbox; without a status, all that is not done."""
    with open_store(config, store) as parts:
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
