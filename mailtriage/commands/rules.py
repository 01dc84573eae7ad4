"""The commands for who writes rules: what the language is, and what in the rules does nothing.

The trap is the page that is printed from elsewhere than the language itself: schema and reference are made on the spot,
from the same tables that the daemon reads rules by.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailtriage.commands import terminal
from mailtriage.commands.opening import Config

if TYPE_CHECKING:
    from mailtriage.triage.finding import Finding

rules_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="The language of the rules, and their linter."
)

NO = 1


@rules_app.command("schema")
def rules_schema(
    lists: Annotated[bool, typer.Option("--lists", help="Of the files in lists/ instead.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """JSON Schema of a rule file: an editor that has it completes and checks."""
    from mailtriage.triage import schema  # noqa: PLC0415 - so that `--help` starts at once

    terminal.say(schema.as_text(schema.list_schema() if lists else schema.rules_schema()).rstrip("\n"))


@rules_app.command("reference")
def rules_reference() -> None:
    """Every fact, operator and consequence, as a page of Markdown in Russian."""
    from mailtriage.triage.reference import reference  # noqa: PLC0415 - as above

    terminal.say(reference().rstrip("\n"))


@rules_app.command("lint")
def rules_lint(
    config: Config = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Rules that never decide, shadowed, without examples; lists, words and templates that nobody needs."""
    findings = _findings(config)
    errors = [finding.problem for finding in findings if finding.severity == "error"]
    warnings = [finding.problem for finding in findings if finding.severity == "warning"]
    if as_json:
        terminal.say_json(
            {"errors": len(errors), "warnings": len(warnings), "findings": [_record(finding) for finding in findings]}
        )
    else:
        terminal.say(*terminal.told(errors), *terminal.warned(warnings))
        if not findings:
            terminal.say(terminal.either("fine: nothing to mend", "всё верно: поправлять нечего"))
    raise typer.Exit(NO if errors else 0)


def _findings(config: Path | None) -> "tuple[Finding, ...]":
    """Of the configured rules.

    Raises:
        Problems: what is configured, or a template, or a rule is wrong.
    """
    from mailtriage.configuration import load_configuration, read_text  # noqa: PLC0415 - as above
    from mailtriage.edited import known_names, read_templates, rule_files  # noqa: PLC0415 - as above
    from mailtriage.reply.wording import local_time  # noqa: PLC0415 - as above
    from mailtriage.triage.lint import lint  # noqa: PLC0415 - as above
    from mailtriage.triage.ruleset import load_ruleset  # noqa: PLC0415 - as above

    settings = load_configuration(config).settings
    templates = read_templates(settings.replies)
    texts = {name: read_text(path) for name, path in rule_files(settings.rules).items()}
    known = known_names(templates.names, settings.forwards)
    ruleset = load_ruleset(texts, known=known, folder=f"{settings.rules}/")
    return lint(ruleset, templates, local_time(datetime.now(UTC), settings.time_zone).date())


def _record(finding: "Finding") -> Mapping[str, Any]:
    place = finding.place
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "severity": finding.severity,
        "kind": finding.kind,
        "rule": finding.rule,
        "text": finding.text.en,
        "text_ru": finding.text.ru,
    }
