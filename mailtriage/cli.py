"""The commands, one short function each; what they print is for people, and with --json for programs.

Exit codes (CONTRACT.md): 0 fine, 1 the command's own "no", 2 wrong usage or configuration.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from mailtriage import log, metrics
from mailtriage.errors import MailtriageError, NotFound, Problems
from mailtriage.settings import Configuration, load_configuration

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="The daemon behind a support mailbox.",
)
conversation_app = typer.Typer(no_args_is_help=True, help="Conversations: what is pending, and what a person decides.")
outbox_app = typer.Typer(no_args_is_help=True, help="Moves and replies that are due, buried or unconfirmed.")
db_app = typer.Typer(no_args_is_help=True, help="The database itself.")
app.add_typer(conversation_app, name="conversation")
app.add_typer(outbox_app, name="outbox")
app.add_typer(db_app, name="db")

Config = Annotated[
    Path | None, typer.Option("--config", help="The configuration; else config/mailtriage.yaml here, else the shipped.")
]
AsJson = Annotated[bool, typer.Option("--json", help="One line of JSON a message on stdout.")]
OnStore = Annotated[str | None, typer.Option("--store", help="An SQLAlchemy URL in place of the configured database.")]

USAGE = 2
out = Console(soft_wrap=True, highlight=False)


def main() -> None:
    """Entry point: errors that we foresaw are told in a line or more, without a traceback."""
    try:
        app()
    except Problems as error:
        for problem in error.problems:
            typer.echo(f"{problem}", err=True)
        sys.exit(USAGE)
    except MailtriageError as error:
        typer.echo(f"mailtriage: {error}", err=True)
        sys.exit(1 if isinstance(error, NotFound) else USAGE)


@contextmanager
def _parts(config: Path | None, **changes: Any) -> Iterator[Any]:
    from mailtriage.parts import Parts

    configuration = load_configuration(config)
    clock = changes.pop("clock", None)
    if changes:
        changed = configuration.settings.model_copy(update=changes)
        configuration = Configuration(changed, configuration.file, configuration.root)
    log.configure(configuration.settings.log.format, configuration.settings.log.level)
    with Parts(configuration, **({"clock": clock} if clock else {})) as parts:
        yield parts


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="End when the inbox is drained.")] = False,
    port: Annotated[int, typer.Option("--port", help="IMAP port on loopback; 0 takes a free one.")] = 0,
) -> None:
    """The main job on loopback: sample mail, embedded servers, the unchanged daemon; prints what was decided."""
    from mailtriage.demo.show import run_demo

    raise typer.Exit(run_demo(once=once, port=port))


@app.command()
def run(config: Config = None) -> None:
    """The daemon."""
    from mailtriage.daemon import Daemon

    with _parts(config) as parts:
        if parts.settings.metrics.port:
            metrics.serve(parts.settings.metrics.host, parts.settings.metrics.port)

        async def serve() -> None:
            await Daemon(parts).run()

        asyncio.run(serve())


@app.command()
def once(config: Config = None) -> None:
    """One pass: receive until the mailbox is drained, deliver until nothing is due."""
    from mailtriage import daemon

    with _parts(config) as parts:
        left = daemon.once(parts)
    for what in left:
        typer.echo(f"left for later: {what}", err=True)
    raise typer.Exit(1 if left else 0)


@app.command()
def check(config: Config = None) -> None:
    """Configuration, rules with their examples, templates, calendar: all errors at once with file:line:column."""
    from mailtriage.check import check as check_files

    checked = check_files(config)
    for problem in checked.problems:
        typer.echo(f"{problem}", err=True)
    for warning in checked.warnings:
        typer.echo(f"{warning} (warning)", err=True)
    if checked.problems:
        raise typer.Exit(1)
    out.print(f"fine: {checked.rules} rules, {checked.examples} examples hold")


@app.command()
def explain(
    what: Annotated[str, typer.Argument(metavar="FILE|-|NUMBER", help="A file, stdin, or what is recorded.")],
    as_json: AsJson = False,
    reread: Annotated[bool, typer.Option("--reread", help="Read a recorded message anew, with its past.")] = False,
    config: Config = None,
) -> None:
    """What was read, every rule with its evidence, the decision, and the reply that would leave. Changes nothing."""
    from mailtriage import explain as telling
    from mailtriage.mail.message import RawMessage

    path = Path(what)
    with _parts(config) as parts:
        if what == "-" or path.is_file():
            octets = sys.stdin.buffer.read() if what == "-" else path.read_bytes()
            raw = RawMessage(octets, datetime.now(UTC), name="" if what == "-" else path.name)
            told = iter((telling.explain(parts, raw),))
        else:
            told = telling.explain_recorded(parts, what, reread=reread)
        for explained in told:
            if as_json:
                sys.stdout.write(json.dumps(explained.record, ensure_ascii=False) + "\n")
            else:
                out.print("\n".join(telling.sentences(explained)), markup=False)


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files, folders of .eml, Maildir or mbox.")],
    config: Config = None,
    store: OnStore = None,
    now: Annotated[str | None, typer.Option("--now", help="A time, or the word message for each one's Date.")] = None,
    as_json: AsJson = False,
) -> None:
    """Record messages from files; nothing moves, replies stay in the outbox."""
    from mailtriage import ingest as taking
    from mailtriage.transport.files import must_exist

    must_exist(paths)
    with tempfile.TemporaryDirectory(prefix="mailtriage-") as scratch:
        changes: dict[str, Any] = {"clock": taking.clock_of(now)}
        if store is not None:
            changes |= {"database": store, "octets": _octets_beside(store, scratch)}
        with _parts(config, **changes) as parts:
            results: Iterable[Any] = taking.ingest(parts, paths)
            if not as_json and sys.stderr.isatty():
                results = track(results, total=taking.expected(paths), console=Console(stderr=True))
            for result in results:
                if as_json:
                    sys.stdout.write(json.dumps(result.record, ensure_ascii=False) + "\n")
                    sys.stdout.flush()


def _octets_beside(store: str, scratch: str) -> str:
    """Where raw messages go when the store was named by hand: beside its file."""
    from mailtriage.store.database import Database

    file = Database(store).path
    return f"file://{(file.resolve().parent / (file.name + '.octets')) if file else Path(scratch)}"


@conversation_app.command("list")
def conversation_list(
    config: Config = None, status: Annotated[str, typer.Option(help="open, decided or closed")] = "open"
) -> None:
    """Conversations by their due date."""
    with _parts(config) as parts:
        parts.require_store()
        table = Table("№", "due", "category", "queue", "registered", "waiting since")
        for each in parts.views.conversations(status):
            waiting = f"{each.waiting_since:%Y-%m-%d}" if each.waiting_since else ""
            registered = f"{each.registered_at:%Y-%m-%d}"
            table.add_row(each.number, str(each.due or ""), each.category or "", each.queue or "", registered, waiting)
        out.print(table)


@conversation_app.command("show")
def conversation_show(number: str, config: Config = None) -> None:
    """One conversation, message by message."""
    from mailtriage.explain import VERDICTS

    with _parts(config) as parts:
        parts.require_store()
        for record in parts.views.conversation(number).messages:
            decision, message = record["decision"], record["message"]
            reason = f" ({decision['reason']})" if decision["reason"] else ""
            heading = f"{record['received_at']}  {VERDICTS[decision['verdict']]}{reason}  {message['subject']}"
            out.print(heading, markup=False)
            out.print(message["new_text"] + "\n", markup=False)


@conversation_app.command("close")
def conversation_close(number: str, config: Config = None) -> None:
    """Close a conversation; a later message opens it again."""
    with _parts(config) as parts:
        parts.require_store()
        parts.conversations.close(number, datetime.now(UTC))


@conversation_app.command("decide")
def conversation_decide(number: str, config: Config = None) -> None:
    """Record the final decision: what adds nothing new is from now on rejected as decided."""
    with _parts(config) as parts:
        parts.require_store()
        parts.conversations.decide(number, datetime.now(UTC))


@outbox_app.command("list")
def outbox_list(
    config: Config = None, status: Annotated[str | None, typer.Option(help="due, buried, unconfirmed ...")] = None
) -> None:
    """Rows of the outbox; without a status, all that is not done."""
    with _parts(config) as parts:
        parts.require_store()
        table = Table("id", "kind", "event", "status", "due", "attempts", "conversation", "Message-ID", "last error")
        for row in parts.outbox.entries(status):
            table.add_row(
                str(row.id), row.kind, row.event, row.status, f"{row.due_at:%Y-%m-%d %H:%M}", str(row.attempts),
                row.number or "", row.reply_message_id or "", row.last_error or "",
            )  # fmt: skip
        out.print(table)


@outbox_app.command("retry")
def outbox_retry(row: int, config: Config = None) -> None:
    """Make a buried or unconfirmed row due again; an unconfirmed reply may reach the customer twice."""
    with _parts(config) as parts:
        parts.require_store()
        parts.outbox.retry(row, datetime.now(UTC))


@outbox_app.command("drop")
def outbox_drop(row: int, config: Config = None) -> None:
    """Give a row up; it stays in the outbox as dropped."""
    with _parts(config) as parts:
        parts.require_store()
        parts.outbox.drop(row, datetime.now(UTC))


@app.command()
def doctor(config: Config = None) -> None:
    """Ask the real servers, the disk and the database; changes nothing."""
    from mailtriage.doctor import examine

    with _parts(config) as parts:
        findings = []
        for finding in examine(parts):
            findings.append(finding)
            out.print(f"{'ok  ' if finding.ok else 'FAIL'}  {finding.question}: {finding.answer}", markup=False)
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 1)


@db_app.command("upgrade")
def db_upgrade(config: Config = None) -> None:
    """Bring the schema up to date; the daemon does so itself when it starts."""
    with _parts(config) as parts:
        parts.take_store()


if __name__ == "__main__":
    main()
