"""Everything that a person edits, checked at once: configuration, rules with their examples, templates, calendar.

The trap is the mistake that hides another: a slip in the configuration must not keep the rules from being read, nor a
broken template the rule that names one that is not there. So each is checked as far as it can be without the others.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parseaddr
from functools import partial
from pathlib import Path
from typing import TypeVar

from mailtriage.configuration import ENVIRONMENT_PREFIX, find_configuration, load_configuration, read_text
from mailtriage.edited import known_names, misnamed_rules, read_as_rules, read_calendar, template_files
from mailtriage.errors import Place, Problem, Problems, Told, in_order
from mailtriage.located import Located, load
from mailtriage.reply.templates import Templates, load_templates
from mailtriage.reply.wording import local_time
from mailtriage.settings import Settings
from mailtriage.triage.examples import run_examples
from mailtriage.triage.lint import lint
from mailtriage.triage.ruleset import Ruleset, load_ruleset
from mailtriage.triage.then import Known

T = TypeVar("T")
_USUAL = {"rules": "rules", "replies": "config/replies", "calendar": "config/calendar.yaml"}
_USUAL_ZONE = str(Settings.model_fields["time_zone"].default)
_PLACEHOLDER = re.compile(r"\{[^{}]*\}?|\}")
_IN_FOLDERS = frozenset({"{category}", "{reason}", "{queue}"})


@dataclass(frozen=True)
class Checked:
    """What was found: problems forbid a start, warnings do not."""

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    rules: int
    examples: int
    templates: Templates | None = None
    """None where any of them is wrong."""
    replies: Path | None = None
    """The folder of the templates."""


def check(file: Path | None) -> Checked:
    """All errors at once, each with file:line:column; nothing is contacted and nothing is changed."""
    problems: list[Problem] = []
    warnings: list[Problem] = []
    path = find_configuration(file)
    configuration = _attempt(lambda: load_configuration(file), problems)
    written = _attempt(lambda: load(read_text(path), str(path)), [])
    if configuration and written:
        problems += _settings(configuration.settings, written)
        warnings += _warnings(configuration.settings, written)
        places: Mapping[str, Path] = {key: getattr(configuration.settings, key) for key in _USUAL}
    else:
        places = _meant(path, written)
    ruleset = None
    known, templates = _templates(places["replies"], problems) if "replies" in places else (None, None)
    if configuration and known:
        known = replace(known, forwards=configuration.settings.forwards)
    if "rules" in places:
        ruleset = _rules(places["rules"], known, problems)
    if ruleset:
        zone = configuration.settings.time_zone if configuration else _USUAL_ZONE
        for finding in lint(ruleset, templates, local_time(datetime.now(UTC), zone).date()):
            (problems if finding.severity == "error" else warnings).append(finding.problem)
    if "calendar" in places:
        warnings += _calendar(places["calendar"], configuration.settings if configuration else None, problems)
    return Checked(
        in_order(problems),
        in_order(warnings),
        len(ruleset.all_rules) if ruleset else 0,
        sum(len(rule.examples) for rule in ruleset.all_rules) if ruleset else 0,
        templates,
        places.get("replies"),
    )


def _meant(path: Path, written: Located | None) -> Mapping[str, Path]:
    """Where the other files stand as far as a wrong configuration still tells; a guess that is not there is none."""
    root = path.resolve().parent.parent
    values = written.value if written and isinstance(written.value, dict) else {}
    named = {key: os.environ.get(ENVIRONMENT_PREFIX + key.upper()) or values.get(key) for key in _USUAL}
    places = {key: root / value for key, value in named.items() if isinstance(value, str)}
    guesses = {key: root / usual for key, usual in _USUAL.items() if key not in places}
    return places | {key: guess for key, guess in guesses.items() if path.exists() and guess.exists()}


def _templates(folder: Path, problems: list[Problem]) -> tuple[Known | None, Templates | None]:
    """Check the templates; what rules may name is known by the files, also where these are wrong."""
    files = _attempt(lambda: template_files(folder), problems)
    if files is None:
        return None, None
    texts = _texts({str(file): file for file in files}, problems)
    templates = _attempt(lambda: load_templates(texts), problems)
    if templates:
        missing = templates.missing()
        problems += [Problem(Place(str(folder / each.place.file)), each.text) for each in missing]
    names = (file.name.removesuffix(".j2").rpartition(".")[0] for file in files)
    return known_names(frozenset(name for name in names if name and not name.startswith("_"))), templates


def _rules(folder: Path, known: Known | None, problems: list[Problem]) -> Ruleset | None:
    problems += misnamed_rules(folder)
    files = _attempt(lambda: read_as_rules(folder), problems)
    if files is None:
        return None
    texts = _texts(files, problems)
    if any(name.startswith("lists/") for name in files.keys() - texts.keys()):
        # Without a list each rule that names it would be blamed.
        return None
    ruleset = _attempt(lambda: load_ruleset(texts, known=known, folder=f"{folder}/"), problems)
    problems += run_examples(ruleset) if ruleset else ()
    return ruleset


def _texts(files: Mapping[str, Path], problems: list[Problem]) -> dict[str, str]:
    """The texts by name, without those that cannot be read."""
    read = {name: _attempt(partial(read_text, file), problems) for name, file in files.items()}
    return {name: text for name, text in read.items() if text is not None}


def _calendar(file: Path, settings: Settings | None, problems: list[Problem]) -> list[Problem]:
    calendar = _attempt(lambda: read_calendar(file), problems)
    today = local_time(datetime.now(UTC), settings.time_zone if settings else _USUAL_ZONE).date()
    doubt = calendar.doubt(today) if calendar else None
    return [Problem(Place(str(file)), doubt)] if doubt else []


def _attempt(step: Callable[[], T], problems: list[Problem]) -> T | None:
    try:
        return step()
    except Problems as error:
        problems += error.problems
        return None


def _settings(settings: Settings, written: Located) -> list[Problem]:
    """What each value alone cannot tell."""
    found = []
    if not settings.database.startswith(("sqlite:///", "postgresql+psycopg://")):
        text = Told(
            "database: expected sqlite:///file or postgresql+psycopg://...",
            "database: нужно sqlite:///файл или postgresql+psycopg://...",
        )
        found.append(Problem(_place(written, "database"), text))
    if "://" in settings.octets and not settings.octets.startswith(("file:///", "s3://")):
        text = Told(
            "octets: expected file:///folder or s3://bucket/prefix",
            "octets: нужно file:///папка или s3://bucket/prefix",
        )
        found.append(Problem(_place(written, "octets"), text))
    for verdict, folder in settings.folders.model_dump().items():
        for unknown in sorted(set(_PLACEHOLDER.findall(folder)) - _IN_FOLDERS):
            known = ", ".join(sorted(_IN_FOLDERS))
            text = Told(
                f"{verdict}: {unknown} is not filled in; known: {known}",
                f"{verdict}: {unknown} ничем не заполняется; есть: {known}",
            )
            found.append(Problem(_place(written, "folders", verdict), text))
    return found


def _warnings(settings: Settings, written: Located) -> list[Problem]:
    """What is allowed and should be known."""
    found = []
    if settings.authserv_id is None:
        text = Told(
            "authserv_id is not set: mail in INBOX that claims to be from an own address is believed without proof",
            "authserv_id не задан: письму от нашего собственного адреса верят без доказательств",
        )
        found.append(Problem(_place(written, "authserv_id"), text))
    sender = parseaddr(settings.smtp.sender)[1]
    if sender.casefold() not in {address.casefold() for address in settings.own_addresses}:
        text = Told(
            f"from: {sender} is not among own_addresses, so replies that come back look like mail of a customer",
            f"from: {sender} нет среди own_addresses, и вернувшийся ответ примут за письмо клиента",
        )
        found.append(Problem(_place(written, "smtp", "from"), text))
    if settings.reply_address and "{number}" not in settings.reply_address:
        text = Told(
            "reply_address: without {number} in it, it cannot tell to which conversation an answer belongs",
            "reply_address: без {number} в адресе не понять, к какому обращению относится ответ",
        )
        found.append(Problem(_place(written, "reply_address"), text))
    if settings.readers.where == "workers" and not settings.octets.startswith("s3://"):
        text = Told(
            f"octets: workers find messages in {settings.octets} only where that folder is shared with them",
            f"octets: обработчики найдут письма в {settings.octets}, только если эта папка у них общая",
        )
        found.append(Problem(_place(written, "octets"), text))
    if not settings.calendar.exists():
        text = Told(
            f"calendar: {settings.calendar} is not there, so the production calendar holds without overrides",
            f"calendar: файла {settings.calendar} нет, действует производственный календарь без поправок",
        )
        found.append(Problem(_place(written, "calendar"), text))
    return found


def _place(written: Located, *path: str) -> Place:
    """Where a value stands: in the file, or in the variable that overrides it."""
    variable = ENVIRONMENT_PREFIX + "__".join(path).upper()
    return Place(f"environment variable {variable}") if variable in os.environ else written.place(path)
