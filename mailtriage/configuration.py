"""The configuration: one YAML file, overridable by environment, every mistake told at once with its place.

The trap is the half-read file: what is wrong in one key must not hide what is wrong in the next, and a variable that
leads nowhere is as much a mistake as a mistyped key.
"""

import errno
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from mailtriage.errors import Place, Problem, Problems, Told
from mailtriage.located import Located, load, nearest
from mailtriage.settings import Settings

ENVIRONMENT_PREFIX = "MAILTRIAGE_"
LANGUAGE_VARIABLE = "MAILTRIAGE_LANGUAGE"
"""The one variable of this prefix that is no setting: in which language mistakes are told."""
_RUSSIAN = {
    "literal_error": "нужно одно из: {expected}",
    "greater_than": "нужно число больше {gt}",
    "greater_than_equal": "нужно число не меньше {ge}",
    "less_than_equal": "нужно число не больше {le}",
    "too_short": "нужно хотя бы одно значение",
    "string_too_short": "здесь не может быть пусто",
    "string_type": "нужен текст; возьмите его в кавычки",
    "bool_parsing": "нужно true или false",
    "bool_type": "нужно true или false",
    "int_parsing": "нужно целое число",
    "int_type": "нужно целое число",
    "int_from_float": "нужно целое число",
    "float_parsing": "нужно число",
    "float_type": "нужно число",
    "tuple_type": "нужен список: [одно, другое]",
    "dict_type": "нужны ключи и значения",
    "model_type": "нужны ключи и значения",
    "path_type": "нужен путь к файлу или папке",
    "string_pattern_mismatch": "можно только латинские буквы, цифры, _ и -",
}
"""By pydantic's type of error."""
_IN_RUSSIAN = {errno.ENOENT: "его здесь нет", errno.EACCES: "нет прав на чтение", errno.EISDIR: "это папка"}
_URL_PATH = re.compile(r"(sqlite:///|file://|file:)(?!/)(.+)", re.DOTALL)


@dataclass(frozen=True)
class Configuration:
    """Loaded settings and where they stand."""

    settings: Settings
    file: Path
    root: Path
    """The project root: relative paths of the file start here."""


def shipped() -> Path:
    """The folder that holds the shipped config/ and rules/: inside the wheel, or the repository itself."""
    inside = Path(__file__).parent / "shipped"
    return inside if inside.is_dir() else Path(__file__).parent.parent


def find_configuration(file: Path | None) -> Path:
    """The file asked for, else config/mailtriage.yaml of the working folder, else the shipped one."""
    if file is not None:
        return file
    here = Path("config/mailtriage.yaml")
    return here if here.is_file() else shipped() / "config" / "mailtriage.yaml"


def load_configuration(file: Path | None = None, environment: Mapping[str, str] = os.environ) -> Configuration:
    """Read, override and validate.

    Raises:
        Problems: everything that is wrong, each with file:line:column or the variable's name.
    """
    path = find_configuration(file)
    located = load(read_text(path), str(path))
    problems: list[Problem] = []
    if not isinstance(located.value, dict):
        text = Told(
            "expected keys such as mailboxes:, smtp:, database:",
            "здесь нужны ключи, например mailboxes:, smtp:, database:",
        )
        raise Problems([Problem(Place(str(path), 1, 1), text)])
    overridden = _override(located, environment, problems)
    root = path.resolve().parent.parent
    try:
        settings = Settings.model_validate(located.value)
    except ValidationError as error:
        details = error.errors(include_input=False)
        inner = {detail["loc"][:length] for detail in details for length in range(len(detail["loc"]))}
        # A list whose only item is wrong also counts as too short; saying so would only mislead.
        details = [detail for detail in details if detail["type"] != "too_short" or detail["loc"] not in inner]
        problems += [_problem(located, overridden, detail) for detail in details]
        raise Problems(problems) from None
    if problems:
        raise Problems(problems)
    return Configuration(_absolute(settings, root), path, root)


def read_text(path: Path) -> str:
    """The text of a file that a person edits.

    Raises:
        Problems: it is missing, unreadable or not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        text = Told(
            f"cannot be read: {error.strerror}",
            f"файл не открывается: {_IN_RUSSIAN.get(error.errno or 0, error.strerror)}",
        )
        raise Problems([Problem(Place(str(path)), text)]) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        text = Told("not UTF-8: save the file in this encoding", "файл не в UTF-8: сохраните его в этой кодировке")
        raise Problems([Problem(Place(str(path), line, 1), text)]) from None


def _override(
    located: Located, environment: Mapping[str, str], problems: list[Problem]
) -> dict[tuple[str | int, ...], str]:
    """Put variables into the tree; returns which path came from which variable."""
    overridden: dict[tuple[str | int, ...], str] = {}
    for variable in sorted(environment):
        if not variable.startswith(ENVIRONMENT_PREFIX) or variable == LANGUAGE_VARIABLE:
            continue
        steps = variable.removeprefix(ENVIRONMENT_PREFIX).lower().split("__")
        path = tuple(int(step) if step.isdecimal() else step for step in steps)
        try:
            _set(located.value, path, load(environment[variable], f"environment variable {variable}").value)
        except Problems as error:
            problems += error.problems
        except (KeyError, IndexError, TypeError):
            text = Told("leads to no place in the configuration", "такого места в настройках нет")
            problems.append(Problem(Place(f"environment variable {variable}"), text))
        else:
            overridden[path] = variable
    return overridden


def _set(tree: Any, path: tuple[str | int, ...], value: Any) -> None:
    *parents, last = path
    for step in parents:
        tree = tree.setdefault(step, {}) if isinstance(tree, dict) else tree[step]
    if isinstance(tree, list) and not isinstance(last, int):
        raise KeyError(last)
    tree[last] = value


def _problem(located: Located, overridden: Mapping[tuple[str | int, ...], str], detail: Any) -> Problem:
    path = tuple(detail["loc"])
    text = _told(detail)
    if detail["type"] == "extra_forbidden":
        known = _known_keys(path[:-1])
        text = Told(f'unknown key "{path[-1]}"', f"ключа «{path[-1]}» здесь нет") + nearest(str(path[-1]), known)
    elif detail["type"] == "missing":
        text = Told(f'"{path[-1]}" is missing here', f"здесь не хватает ключа «{path[-1]}»")
        path = path[:-1]
    for length in range(len(path), 0, -1):
        if variable := overridden.get(path[:length]):
            return Problem(Place(f"environment variable {variable}"), text)
    if detail["type"] == "extra_forbidden":
        return Problem(located.key_place(path), text)
    of = f"{path[-1]}: " if detail["type"] != "missing" and path else ""
    return Problem(located.place(path), Told(of, of) + text)


def _told(detail: Any) -> Told:
    """What pydantic found, in both languages; what it has no sentence for is told in English."""
    en = str(detail["msg"]).removeprefix("Value error, ")
    context = detail.get("ctx", {})
    sentence = _RUSSIAN.get(detail["type"])
    return Told(en, sentence.format(**context) if sentence else f"значение не подходит: {en}")


def _known_keys(path: tuple[str | int, ...]) -> list[str]:
    """The keys that a section takes, for the hint."""
    model: type[BaseModel] = Settings
    for step in path:
        if isinstance(step, int):
            continue
        annotation = model.model_fields[step].annotation if step in model.model_fields else None
        inner = getattr(annotation, "__args__", (annotation,))[0]
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return []
        model = inner
    return [field.alias or name for name, field in model.model_fields.items()]


def _absolute(settings: Settings, root: Path) -> Settings:
    def under(url: str) -> str:
        match = _URL_PATH.fullmatch(url)
        return f"{'sqlite:///' if match[1].startswith('sqlite') else 'file://'}{root / match[2]}" if match else url

    return settings.model_copy(
        update={
            "rules": root / settings.rules,
            "replies": root / settings.replies,
            "calendar": root / settings.calendar,
            "database": under(settings.database),
            "octets": under(settings.octets),
        }
    )
