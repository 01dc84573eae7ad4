"""What people edit beside the configuration: rules, reply templates and the calendar, found and read as files.

It imports no more than it needs, so that `check` answers at once: an editor may run it at every save.
"""

from pathlib import Path

from mailtriage.configuration import read_text
from mailtriage.errors import Place, Problem, Problems
from mailtriage.reply.deadline import WorkCalendar, load_calendar
from mailtriage.reply.documents import DOCUMENTS, TOPICS
from mailtriage.reply.templates import Templates, load_templates
from mailtriage.triage.consequence import Known


def rule_files(folder: Path) -> dict[str, Path]:
    """The files of a rules folder by their name below it: "10-automatic.yaml", "lists/banks.yaml".

    Raises:
        Problems: it holds no rules.
    """
    paths = sorted(folder.glob("*.yaml")) + sorted(folder.glob("lists/*.yaml"))
    if not any(path.parent == folder for path in paths):
        raise Problems([Problem(Place(str(folder)), "expected rule files here, such as 10-automatic.yaml")])
    return {str(path.relative_to(folder)): path for path in paths}


def template_files(folder: Path) -> tuple[Path, ...]:
    """The files of the reply templates.

    Raises:
        Problems: there is none.
    """
    files = tuple(sorted(folder.glob("*.j2")))
    if not files:
        raise Problems([Problem(Place(str(folder)), "expected reply templates here, such as ack.ru.j2")])
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


def known_names(templates: frozenset[str]) -> Known:
    """What rules may name of the reply room, whose `templates` are these."""
    return Known(templates=templates, documents=DOCUMENTS, topics=TOPICS)
