"""The commands, one short function each; what they print is for people, and with --json for programs.

Exit codes: 0 fine, 1 the command's own "no", 2 wrong usage or configuration. The trap is a traceback where a sentence
would do: what can be foreseen is told in a line that names its place.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailtriage.commands import terminal
from mailtriage.commands.opening import AsJson, Config, OnStore, open_parts, open_store, prove
from mailtriage.commands.recorded import PLAIN, conversation_app, db_app, outbox_app
from mailtriage.errors import MailtriageError, NotFound, Place, Problem, Problems

if TYPE_CHECKING:
    from mailtriage.parts import Parts

app = typer.Typer(
    **PLAIN, add_completion=False, pretty_exceptions_enable=False, help="The daemon behind a support mailbox."
)
app.add_typer(conversation_app, name="conversation")
app.add_typer(outbox_app, name="outbox")
app.add_typer(db_app, name="db")

NO, USAGE = 1, 2


def main() -> None:
    """Entry point: errors that we foresaw are told in a line each, without a traceback."""
    terminal.prepare()
    try:
        app()
    except Problems as error:
        terminal.complain(*map(str, error.problems))
        sys.exit(USAGE)
    except MailtriageError as error:
        terminal.complain(f"mailtriage: {error}")
        sys.exit(NO if isinstance(error, NotFound) else USAGE)
    except OSError as error:
        # A disk that is full, a folder that may not be written, a port that is taken: the system's words name it.
        terminal.complain(f"mailtriage: {f'{error.filename}: ' if error.filename else ''}{error.strerror or error}")
        sys.exit(USAGE)
    finally:
        terminal.finish()


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="End when the inbox is drained.")] = False,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="IMAP port; 0 takes a free one.")] = 0,
) -> None:
    """The main job on loopback: sample mail, embedded servers, the unchanged daemon; prints what was decided."""
    from mailtriage.demo.show import run_demo

    raise typer.Exit(run_demo(once=once, port=port))


@app.command()
def run(config: Config = None) -> None:
    """The daemon."""
    import asyncio

    from mailtriage.daemon import Daemon

    with open_parts(config) as parts:
        prove(parts)

        async def serve() -> None:
            await Daemon(parts).run()

        asyncio.run(serve())


@app.command()
def once(config: Config = None) -> None:
    """One pass: receive until the mailbox is drained, deliver until nothing is due."""
    from mailtriage import daemon

    with open_parts(config) as parts:
        prove(parts)
        left = daemon.once(parts)
    terminal.complain(*(f"left for later: {what}" for what in left))
    raise typer.Exit(NO if left else 0)


@app.command()
def check(config: Config = None) -> None:
    """Configuration, rules with their examples, templates, calendar: all errors at once with file:line:column."""
    from mailtriage.commands.check import check as check_files

    checked = check_files(config)
    terminal.complain(*map(str, checked.problems), *(f"{warning} (warning)" for warning in checked.warnings))
    if checked.problems:
        raise typer.Exit(NO)
    terminal.say(f"fine: {checked.rules} rules, {checked.examples} examples hold")


@app.command()
def explain(
    what: Annotated[str, typer.Argument(metavar="FILE|-|NUMBER", help="A file, stdin, or what is recorded.")],
    as_json: AsJson = False,
    reread: Annotated[bool, typer.Option("--reread", help="Read a recorded message anew, with its past.")] = False,
    config: Config = None,
    store: OnStore = None,
) -> None:
    """What was read, every rule with its evidence, the decision, and the reply that would leave. Changes nothing."""
    from mailtriage.commands import explain as telling

    if what != "-" and not Path(what).exists():
        if not telling.names_recorded(what):
            text = "no such file; expected a file, - for standard input, or a number such as 26-000123"
            raise Problems([Problem(Place(what), text)])
        with open_store(config, store, readers=1) as parts:
            _tell(parts, telling.explain_recorded(parts, what, reread=reread), as_json=as_json)
        return
    if reread:
        raise typer.BadParameter("only what is recorded can be read anew", param_hint="--reread")
    with open_parts(config, readers=1) as parts:
        _tell(parts, telling.explain_files(parts, what), as_json=as_json)


def _tell(parts: "Parts", explained: Iterator[Any], *, as_json: bool) -> None:
    from mailtriage.commands.explanation import sentences

    for index, each in enumerate(explained):
        if as_json:
            terminal.say_json(each.record)
        else:
            terminal.say(*(["", "=" * 80, ""] if index else []), *sentences(each, parts.settings.time_zone))


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files, folders of .eml, Maildir or mbox.")],
    config: Config = None,
    store: OnStore = None,
    now: Annotated[str | None, typer.Option("--now", help="A time, or the word message for each one's Date.")] = None,
    as_json: AsJson = False,
) -> None:
    """Record messages from files; nothing moves, replies stay in the outbox."""
    from mailtriage.commands import ingest as taking
    from mailtriage.transport.files import must_exist

    must_exist(paths)
    clock, changes = taking.clock_of(now), taking.store_at(store) if store else {}
    with open_parts(config, changes, clock=clock, log_level=_quiet(as_json=as_json)) as parts:
        prove(parts)
        summary = taking.Summary()
        for recorded in _with_progress(taking.ingest(parts, paths), taking.expected(paths), as_json=as_json):
            summary.add(recorded)
            if as_json:
                terminal.say_json(recorded.record)
        if not as_json:
            terminal.say(*summary.lines())


def _quiet(*, as_json: bool) -> str | None:
    """Events would tear a progress bar apart: on a terminal only what went wrong is told."""
    return "warning" if sys.stderr.isatty() and not as_json else None


def _with_progress(results: Iterator[Any], total: int | None, *, as_json: bool) -> Iterator[Any]:
    if as_json or not sys.stderr.isatty():
        return results
    from rich.console import Console
    from rich.progress import track

    return iter(track(results, description="", total=total, console=Console(stderr=True)))


@app.command()
def doctor(config: Config = None) -> None:
    """Ask the real servers, the disk and the database; changes nothing."""
    from mailtriage.commands.doctor import examine
    from mailtriage.commands.lead_words import clean

    with open_parts(config) as parts:
        failed = 0
        for finding in examine(parts):
            failed += not finding.ok
            terminal.say(f"{'ok  ' if finding.ok else 'FAIL'}  {finding.question}: {clean(finding.answer)}")
    raise typer.Exit(NO if failed else 0)


if __name__ == "__main__":
    main()
