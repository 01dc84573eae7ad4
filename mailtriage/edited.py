"""What people edit beside the configuration: rules, reply templates and the calendar, found and read as files.

It imports no more than it needs, so that `check` answers at once: an editor may run it at every save. The trap is the
file that nobody reads because its name ends otherwise: whoever wrote `80-own.yml` believes that it is in use.
"""

import re
from collections.abc import Collection
from pathlib import Path

from mailtriage.configuration import read_text
from mailtriage.errors import Place, Problem, Problems, Told
from mailtriage.reply.deadline import WorkCalendar, load_calendar
from mailtriage.reply.documents import DOCUMENTS, TOPICS
from mailtriage.reply.templates import Templates, load_templates
from mailtriage.triage.then import Known

_BELOW = ("", "outgoing", "lists")
"""The folders of rules, by their names below the rules folder itself."""
_MEANT = re.compile(r"\.ya?ml(\.[^.~]*)?\s*$", re.IGNORECASE)
_PUT_ASIDE = re.compile(r"[.#].*|.*(?:~|#|\.(?:sw[a-p]|bak|orig|old|rej|tmp|disabled|json|md))", re.IGNORECASE)
"""Hidden files, copies that editors keep, and what stands beside rules on purpose."""


def rule_files(folder: Path) -> dict[str, Path]:
    """The files of a rules folder by their name below it: "10-automatic.yaml", "outgoing/10-final.yaml".

    Raises:
        Problems: it holds no rules, or files that are meant as rules and not named so.
    """
    if misnamed := misnamed_rules(folder):
        raise Problems(misnamed)
    return read_as_rules(folder)


def misnamed_rules(folder: Path) -> tuple[Problem, ...]:
    """Files that are meant as rules and are not read, because their names end otherwise than in ".yaml"."""
    return tuple(
        Problem(Place(str(path)), _misnamed(path.name))
        for below in _BELOW
        for path in sorted((folder / below).glob("*"))
        if _MEANT.search(path.name) and path.suffix != ".yaml" and not _PUT_ASIDE.fullmatch(path.name)
    )


def _misnamed(name: str) -> Told:
    return Told(
        f"the file {name} is not read: its name must end in .yaml",
        f"файл {name} не читается: имя должно кончаться на .yaml",
    )


def read_as_rules(folder: Path) -> dict[str, Path]:
    """The same files, whatever else the folder holds.

    Raises:
        Problems: it holds no rules.
    """
    found = (path for below in _BELOW for path in sorted((folder / below).glob("*.yaml")))
    # An editor's lock (.#80-own.yaml) is a link to nowhere.
    paths = [path for path in found if not path.name.startswith((".", "#"))]
    if not any(path.parent == folder for path in paths):
        text = Told(
            "expected rule files here, such as 10-automatic.yaml",
            "здесь должны лежать файлы правил, например 10-automatic.yaml",
        )
        raise Problems([Problem(Place(str(folder)), text)])
    return {str(path.relative_to(folder)): path for path in paths}


def template_files(folder: Path) -> tuple[Path, ...]:
    """The files of the reply templates.

    Raises:
        Problems: there is none.
    """
    files = tuple(sorted(folder.glob("*.j2")))
    if not files:
        text = Told(
            "expected reply templates here, such as ack.ru.j2",
            "здесь должны лежать шаблоны ответов, например ack.ru.j2",
        )
        raise Problems([Problem(Place(str(folder)), text)])
    return files


def read_templates(folder: Path) -> Templates:
    """The reply templates of a folder.

    Raises:
        Problems: a template is wrong or there is none, with file:line:column.
    """
    return load_templates({str(path): read_text(path) for path in template_files(folder)})


def read_calendar(file: Path) -> WorkCalendar:
    """The production calendar with the owner's overrides; without the file there are none.

    Raises:
        Problems: everything that is wrong in it, with file:line:column.
    """
    return load_calendar(read_text(file), str(file)) if file.exists() else WorkCalendar()


def known_names(templates: frozenset[str], forwards: Collection[str] | None = None) -> Known:
    """What rules may name: `templates` of the reply room, and the configuration's `forwards` (None: unchecked)."""
    return Known(templates=templates, documents=DOCUMENTS, topics=TOPICS, forwards=forwards)
