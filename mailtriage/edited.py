"""What people edit beside the configuration: rules, reply templates and the calendar, found and read as files.

It imports no more than it needs, so that `check` answers at once: an editor may run it at every save.
"""

from collections.abc import Collection
from pathlib import Path

from mailtriage.configuration import read_text
from mailtriage.errors import Place, Problem, Problems, Told
from mailtriage.reply.deadline import WorkCalendar, load_calendar
from mailtriage.reply.documents import DOCUMENTS, TOPICS
from mailtriage.reply.templates import Templates, load_templates
from mailtriage.triage.consequence import Known


def rule_files(folder: Path) -> dict[str, Path]:
    """The files of a rules folder by their name below it: "10-automatic.yaml", "outgoing/10-final.yaml".

    Raises:
        Problems: it holds no rules.
    """
    paths = [path for below in ("*.yaml", "outgoing/*.yaml", "lists/*.yaml") for path in sorted(folder.glob(below))]
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
