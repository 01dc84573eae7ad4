"""The commands, one short function each; what they print is for people, and with --json for programs.

Exit codes: 0 fine, 1 the command's own "no", 2 wrong usage or configuration. The trap is a traceback where a sentence
would do: what can be foreseen is told in a line that names its place.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailtriage.commands import keeping, terminal
from mailtriage.commands.opening import AsJson, Config, OnStore, open_parts, open_store, prove
from mailtriage.commands.recorded import PLAIN, conversation_app, db_app, outbox_app
from mailtriage.commands.rules import rules_app
from mailtriage.errors import MailtriageError, NotFound, Place, Problem, Problems

if TYPE_CHECKING:
    from mailtriage.parts import Parts

app = typer.Typer(
    **PLAIN, add_completion=False, pretty_exceptions_enable=False, help="The daemon behind a support mailbox."
)
app.add_typer(conversation_app, name="conversation")
app.add_typer(outbox_app, name="outbox")
app.add_typer(db_app, name="db")
app.add_typer(rules_app, name="rules")
keeping.register(app)

NO, USAGE = 1, 2


def main() -> None:
    """Entry point: errors that we foresaw are told in a line each, without a traceback."""
    terminal.prepare()
    try:
        app()
    except Problems as error:
        terminal.complain(*terminal.told(error.problems))
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

    with open_parts(config, reads=True) as parts:
        from mailtriage.daemon import Daemon

        prove(parts)

        async def serve() -> None:
            await Daemon(parts).run()

        asyncio.run(serve())


@app.command()
def worker(
    processes: Annotated[int | None, typer.Option("--processes", min=1, help="Reader processes; else as set.")] = None,
    config: Config = None,
) -> None:
    """Read messages for the daemon, on this machine or any other; needs PostgreSQL and octets that both reach."""
    from mailtriage.commands.worker import work

    with open_parts(config, readers=processes) as parts:
        work(parts)


@app.command()
def once(config: Config = None) -> None:
    """One pass: receive until the mailbox is drained, deliver until nothing is due."""
    with open_parts(config, reads=True) as parts:
        from mailtriage.one_pass import one_pass

        prove(parts)
        left = one_pass(parts)
    terminal.complain(*(f"left for later: {what}" for what in left))
    raise typer.Exit(NO if left else 0)


@app.command()
def check(
    *,
    replies: Annotated[bool, typer.Option("--replies", help="Show how an edit of the templates reads.")] = False,
    against: Annotated[
        Path | None, typer.Option("--against", help="The templates to compare with; else the shipped ones.")
    ] = None,
    config: Config = None,
) -> None:
    """Configuration, rules with their examples, templates, calendar: all errors at once with file:line:column."""
    from mailtriage.commands.check import check as check_files

    checked = check_files(config)
    if (replies or against) and checked.templates and checked.replies:
        from mailtriage.commands.letters import page

        terminal.say(*page(checked.templates, checked.replies, against))
    terminal.complain(*terminal.told(checked.problems), *terminal.warned(checked.warnings))
    if checked.problems:
        raise typer.Exit(NO)
    terminal.say(terminal.either(
        f"fine: {checked.rules} rules, {checked.examples} examples hold",
        f"всё верно: правил {checked.rules}, примеров {checked.examples}, все сходятся",
    ))  # fmt: skip


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
    with open_parts(config, readers=1, reads=True) as parts:
        _tell(parts, telling.explain_files(parts, what), as_json=as_json)


def _tell(parts: "Parts", explained: Iterator[Any], *, as_json: bool) -> None:
    from mailtriage.commands.explanation import sentences

    broken = False
    for index, each in enumerate(explained):
        broken = broken or each.reproduced is False
        if as_json:
            terminal.say_json(each.json)
        else:
            terminal.say(*(["", "=" * 80, ""] if index else []), *sentences(each, parts.settings.time_zone))
    if broken:
        raise typer.Exit(NO)


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
    quiet = _quiet(as_json=as_json)
    with open_parts(config, changes, clock=clock, log_level=quiet, thorough=as_json, reads=True) as parts:
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
def backtest(
    rules: Annotated[Path, typer.Argument(help="A rules folder, or one changed file of today's rules.")],
    *,
    since: Annotated[
        str | None, typer.Option("--since", help="30d, 12h or 2026-10-01; else all that is there.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
    max_new_rejects: Annotated[int | None, typer.Option("--max-new-rejects", min=0, help="More end with 1.")] = None,
    reread: Annotated[bool, typer.Option("--reread", help="Read the octets anew, too; slow.")] = False,
    jobs: Annotated[int | None, typer.Option("--jobs", min=1, help="Processes; else one for each processor.")] = None,
    config: Config = None,
    store: OnStore = None,
) -> None:
    """What changed rules would have done to the mail that is recorded. Changes nothing."""
    from mailtriage.commands import backtest as trying
    from mailtriage.commands.backtest_json import record
    from mailtriage.commands.backtest_page import sentences

    with open_store(config, store, readers=jobs) as parts:
        done = trying.backtest(parts, rules, since=since, most=max_new_rejects, anew=reread, jobs=jobs)
        if as_json:
            terminal.say_json(record(done))
        else:
            terminal.say(*sentences(done, parts.settings.time_zone))
    terminal.complain(*done.refused)
    raise typer.Exit(NO if done.refused else 0)


@app.command()
def deadlines(
    *,
    replay: Annotated[bool, typer.Option("--replay", help="Try the settings over what is recorded.")] = False,
    since: Annotated[str | None, typer.Option("--since", help="180d, 12w or 2026-06-01; else all.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
    config: Config = None,
    store: OnStore = None,
) -> None:
    """What is promised today, or which promises would have been kept by which settings. Changes nothing."""
    from dataclasses import asdict

    from mailtriage.commands import deadlines as promising
    from mailtriage.commands import deadlines_page as page

    with open_store(config, store) as parts:
        if not replay:
            today = promising.today(parts)
            if as_json:
                terminal.say_json({"today": [asdict(each) for each in today]})
            else:
                terminal.say_table(page.TODAY, page.today_rows(today))
            return
        found = promising.replay(parts, since)
        if as_json:
            terminal.say_json(page.record(found))
        else:
            terminal.say_table(page.HEADINGS, page.rows(found))
            terminal.say(*page.summary(found))


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
