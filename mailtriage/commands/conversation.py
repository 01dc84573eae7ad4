"""The commands on conversations: what is pending, what was rejected, and what a person decides about either.

The trap is the number: a lead names a conversation by its registration number and a message by its own, and both must
stand where he looks for them; whatever is changed is told with the number under which it goes on.
"""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from mailtriage.commands import terminal
from mailtriage.commands.lead_words import REASONS, SILENCES, STATUSES, category_words, clean
from mailtriage.commands.opening import Config, OnStore, open_store
from mailtriage.errors import NotFound, Told
from mailtriage.reply.wording import local_time
from mailtriage.triage.decision import Category

if TYPE_CHECKING:
    from mailtriage.parts import Parts
    from mailtriage.store.rulings import Ruled

PLAIN: dict[str, Any] = {"no_args_is_help": True, "rich_markup_mode": None}
conversation_app = typer.Typer(**PLAIN, help="Conversations: what is pending, and what a person decides.")

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="A registration number such as 26-000123.")]
ConversationStatus = Literal["open", "decided", "closed"]


@conversation_app.command("list")
def conversation_list(
    *,
    config: Config = None,
    status: Annotated[ConversationStatus, typer.Option(help="Which ones.")] = "open",
    rejected: Annotated[bool, typer.Option("--rejected", help="Rejected messages instead, newest first.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 1000,
    store: OnStore = None,
) -> None:
    """What is pending, overdue first; or the rejected messages, each with the number that `restore` takes."""
    with open_store(config, store) as parts:
        if rejected:
            _list_rejected(parts, limit)
        else:
            _list_conversations(parts, status, limit)


@conversation_app.command("show")
def conversation_show(number: Number, config: Config = None, store: OnStore = None) -> None:
    """One conversation with all that happened in it, message by message."""
    from mailtriage.commands.conversation_lines import lines  # noqa: PLC0415 - loads the language room

    with open_store(config, store) as parts, _told():
        terminal.say(*lines(parts.views.conversation(number), parts.settings.time_zone))


@conversation_app.command("close")
def conversation_close(number: Number, config: Config = None, store: OnStore = None) -> None:
    """Close a conversation; a later message opens it again."""
    with open_store(config, store) as parts, _told():
        parts.conversations.close(number, datetime.now(UTC), _who())
    terminal.say(f"№ {number}: закрыто")


@conversation_app.command("decide")
def conversation_decide(number: Number, config: Config = None, store: OnStore = None) -> None:
    """Record the final decision: what adds nothing new is from now on rejected as decided."""
    with open_store(config, store) as parts, _told():
        parts.conversations.decide(number, datetime.now(UTC), _who())
    terminal.say(f"№ {number}: итоговое решение записано")


@conversation_app.command("restore")
def conversation_restore(
    which: Annotated[str, typer.Argument(metavar="NUMBER", help="Of a conversation or a message, or a digest.")],
    config: Config = None,
    category: Annotated[Category | None, typer.Option(help="What kind of message it is; else as it was found.")] = None,
    store: OnStore = None,
) -> None:
    """Accept what was rejected, skipped or held: it is registered as of its arrival, acknowledged and moved."""
    with open_store(config, store) as parts, _told():
        message = parts.views.to_restore(which)
        now = datetime.now(UTC)
        ruled = parts.ledger.rule(message, "accept", None, category, "command", now, None, parts.compose)
    terminal.say(*_restored(ruled))


@conversation_app.command("split")
def conversation_split(
    number: Number,
    config: Config = None,
    first: Annotated[
        str | None, typer.Option("--from", metavar="MESSAGE", help="The first message that leaves; else the latest.")
    ] = None,
    store: OnStore = None,
) -> None:
    """Make a message and what follows it a conversation of its own; nobody is written to."""
    from mailtriage.store.conversations import Hand  # noqa: PLC0415 - `--help` must not wait for the store

    with open_store(config, store) as parts, _told():
        hand = Hand(datetime.now(UTC), who=_who())
        new = parts.conversations.split(number, first, hand, parts.policy)
    terminal.say(f"№ {number}: письма выделены в новое обращение № {new}")


@conversation_app.command("merge")
def conversation_merge(
    number: Number,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The number of the conversation that goes on.")],
    config: Config = None,
    store: OnStore = None,
) -> None:
    """Move all messages of a conversation into another; its number stays taken and means the other from then on."""
    from mailtriage.store.conversations import Hand  # noqa: PLC0415 - as above

    with open_store(config, store) as parts, _told():
        kept = parts.conversations.merge(number, into, Hand(datetime.now(UTC), who=_who()))
    terminal.say(f"№ {number}: все письма теперь в обращении № {kept}")


def _list_conversations(parts: "Parts", status: str, limit: int) -> None:
    today = local_time(datetime.now(UTC), parts.settings.time_zone).date()
    found = parts.views.pending(limit) if status == "open" else parts.views.conversations(status, limit)
    headings = ("№", "срок", "вид", "очередь", "зарегистрировано", "ждёт с", "состояние")
    terminal.say_table(
        headings,
        (
            (
                each.number,
                each.due or "",
                category_words(each.category),
                each.queue or "",
                _day(parts, each.registered_at),
                _day(parts, each.waiting_since),
                "просрочено"
                if each.status == "open" and each.waiting_since and each.due and each.due < today
                else STATUSES[each.status],
            )
            for each in found
        ),
    )


def _list_rejected(parts: "Parts", limit: int) -> None:
    headings = ("письмо", "получено", "причина", "от", "тема", "обращение")
    terminal.say_table(
        headings,
        (
            (
                each.id,
                f"{local_time(each.received_at, parts.settings.time_zone):%Y-%m-%d %H:%M}",
                REASONS.get(each.reason or "", clean(each.reason)),
                each.sender,
                each.subject,
                each.number or "",
            )
            for each in parts.views.rejected(limit)
        ),
    )


def _day(parts: "Parts", moment: datetime | None) -> str:
    return f"{local_time(moment, parts.settings.time_zone):%Y-%m-%d}" if moment else ""


def _restored(ruled: "Ruled") -> Iterator[str]:
    where = f"зарегистрировано под № {ruled.number}" if ruled.new_conversation else f"в обращении № {ruled.number}"
    if not ruled.changed:
        yield f"письмо {ruled.message} уже принято, {where}"
    else:
        yield f"письмо {ruled.message} принято, {where}"
    if ruled.letter:
        yield "клиенту уйдёт письмо с номером и сроком"
    elif ruled.silence:
        yield f"клиенту письмо не уйдёт: {SILENCES.get(ruled.silence, clean(ruled.silence))}"
    if ruled.folder:
        yield f"письмо будет перемещено в «{ruled.folder}»"
    elif not ruled.found:
        yield "где письмо лежит в ящике, неизвестно: если нужно, переместите его сами"


def _who() -> str | None:
    """The name of the person at the terminal, for the journal."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in some containers
        return None


@contextmanager
def _told() -> Iterator[None]:
    """What is not there is told in the reader's language."""
    try:
        yield
    except NotFound as error:
        if isinstance(error.args[0], Told):
            raise NotFound(terminal.either(error.args[0].en, error.args[0].ru)) from None
        raise
