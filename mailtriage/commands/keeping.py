"""The commands that keep the store whole: compared, saved, brought back; and what of a person is in it, out of it.

The trap is the command that is run at three in the morning: each says what it did, what is left to do, and ends with 1
while something is.
"""

from pathlib import Path
from typing import Annotated

import typer

from mailtriage.commands import terminal
from mailtriage.commands.opening import AsJson, Config, OnStore, open_parts, open_store

Whom = Annotated[str, typer.Argument(metavar="ADDRESS|NUMBER", help="A person's address, or a conversation's number.")]
Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Of the backup.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (reconcile, backup, recover, export, erase):
        app.command()(command)


def reconcile(
    *,
    repair: Annotated[bool, typer.Option("--repair", help="Mend what can be mended, and say what was done.")] = False,
    octets: Annotated[bool, typer.Option("--octets", help="Read all octets; else a thirtieth, by the day.")] = False,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Compare servers, ledger, folders, octets and outbox; 1 when a gap is left. The daemon does so each morning."""
    from mailtriage.commands import reconcile as comparing  # noqa: PLC0415 - `--help` must not wait for the parts

    with open_store(config) as parts:
        done = comparing.reconcile(parts, repair=repair, octets=octets)
    if as_json:
        terminal.say_json(comparing.record(done))
    else:
        terminal.say(*comparing.sentences(done))
    raise typer.Exit(int(bool(done.left)))


def backup(folder: Folder, config: Config = None, store: OnStore = None) -> None:
    """Save the store while the daemon runs; a folder with an earlier backup gets what is new."""
    from mailtriage.commands.backup import save  # noqa: PLC0415 - as above

    with open_store(config, store) as parts:
        saved = save(parts, folder)
    terminal.say(*saved.lines)
    raise typer.Exit(int(not saved.complete))


def recover(folder: Folder, config: Config = None) -> None:
    """Bring a backup back into an empty store; overwrites nothing."""
    from mailtriage.commands.backup import bring_back  # noqa: PLC0415 - as above

    with open_parts(config) as parts:
        done = bring_back(parts, folder)
    terminal.say(*done.lines)
    raise typer.Exit(int(not done.complete))


def export(
    whom: Whom,
    target: Annotated[Path, typer.Argument(metavar="TARGET", help="A new folder, or a new file that ends with .zip.")],
    config: Config = None,
    store: OnStore = None,
) -> None:
    """Hand out all that is stored of a person: JSON, and every message as .eml."""
    from mailtriage.commands.person import export as hand_out  # noqa: PLC0415 - as above

    with open_store(config, store) as parts:
        terminal.say(hand_out(parts, whom, target))


def erase(
    whom: Whom,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    config: Config = None,
    store: OnStore = None,
) -> None:
    """Take out all that a person wrote and was written; that there was a message stays, with its digest and outcome."""
    from mailtriage.commands import person  # noqa: PLC0415 - as above

    with open_store(config, store) as parts:
        if not yes:
            typer.confirm(f"erase {person.summary(parts, whom)} for good?", abort=True, err=True)
        terminal.say(*person.erase(parts, whom))
