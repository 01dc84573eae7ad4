"""The reply templates: read once, checked whole, and then filled in without any way to fail.

The trap is a template that is wrong only for one customer in a thousand. So the parsed template is checked (see
`subset`), each is rendered with samples of every shape, and nothing reaches the letter but declared values.

A file is named NAME.LANGUAGE.j2 ("ack-claim.ru.j2"); its first line is `Subject: ...`, used where the customer wrote no
subject of his own; then an empty line and the text, in which one line is one paragraph. A name that begins with "_" is
a part for `{% include "_contacts" %}`.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from pathlib import PurePosixPath
from typing import Any, Final

import jinja2

from mailtriage.errors import Place, Problem, Problems, Told
from mailtriage.located import nearest
from mailtriage.reply.documents import DOCUMENTS, TOPICS, phrases
from mailtriage.reply.draft import Draft
from mailtriage.reply.filling import Fill, filling
from mailtriage.reply.subset import Check
from mailtriage.reply.wording import long_date, tidy, working_days

LANGUAGES: Final = ("ru", "en")
SHIPPED: Final = frozenset(
    {"ack", "ack-consultation", "ack-account_status", "ack-claim", "ack-proposal", "ack-hold", "follow-up"}
    | {"reject-unreadable", "reject-anonymous", "reject-abusive", "reject-repeat", "reject-decided", "other-centre"}
    | {"restored", "reopened", "extension"}
)
"""Templates without which a decision has no words, each needed in Russian and English."""
OUTSIDE_RULES: Final = SHIPPED - {"other-centre"}
"""Of these, what is sent without any rule that names it."""

_SUBJECT: Final = "Subject: "
_MAX_SOURCE: Final = 20_000
_MAX_TEXT: Final = 6_000
"""Characters of a letter; a longer one is not read."""
_MAX_ITEMS: Final = 12
_BLOCK: Final = re.compile(r"\{%.*?%\}")
_SYNTAX: Final = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)  # noqa: S701 - plain text
"""By which templates are taken apart; nothing is ever carried out in it."""


@dataclass(frozen=True)
class _Template:
    """A checked template, ready to be filled in."""

    file: str
    subject: str
    fill: Fill


class Templates:
    """All templates in all languages; made by `load_templates`, never changed."""

    def __init__(self, templates: Mapping[tuple[str, str], _Template]) -> None:
        self._templates = dict(templates)

    @property
    def names(self) -> frozenset[str]:
        """What a rule may name as its `reply`."""
        return frozenset(name for name, _ in self._templates)

    @property
    def files(self) -> Mapping[tuple[str, str], str]:
        """The file of each template, by name and language."""
        return {key: template.file for key, template in self._templates.items()}

    def render(self, draft: Draft) -> tuple[str, str]:
        """Subject of our own and text (one line a paragraph) for a draft.

        A language or template that is not there falls back to Russian and to "ack", so that a customer never waits
        for a word because of a mistyped name.

        Raises:
            KeyError: not even "ack" in Russian is there.
        """
        name, language = self._found(draft)
        template = self._templates[name, language]
        return template.subject, tidy(template.fill(_values(draft, language)))[:_MAX_TEXT]

    def language(self, draft: Draft) -> str:
        """In which language `render` writes."""
        return self._found(draft)[1]

    def _found(self, draft: Draft) -> tuple[str, str]:
        tries = itertools.product((draft.template, "ack"), (draft.language, "ru"))
        return next((key for key in tries if key in self._templates), ("ack", "ru"))

    def missing(self, names: Iterable[str] = SHIPPED) -> tuple[Problem, ...]:
        """A problem for each template that is needed and not there, in either language."""
        needed = [(name, language) for name in sorted(names) for language in LANGUAGES]
        return tuple(
            Problem(
                Place(f"{name}.{language}.j2"),
                Told("this template is missing", "этого шаблона нет") + nearest(name, self.names - {name}),
            )
            for name, language in needed
            if (name, language) not in self._templates
        )

    def check(self) -> tuple[Problem, ...]:
        """Render each template with samples of every shape; a problem for each that comes out empty or too long."""
        problems = []
        for (name, language), template in self._templates.items():
            lengths = [len(tidy(template.fill(_values(draft, language)))) for draft in samples(name, language)]
            if max(lengths) > _MAX_TEXT:
                text = Told(
                    f"longer than {_MAX_TEXT} characters when filled in",
                    f"заполненное письмо длиннее {_MAX_TEXT} знаков: такое не дочитают",
                )
                problems.append(Problem(Place(template.file, 1, 1), text))
            if not min(lengths):
                text = Told(
                    "the letter is empty when few values are known",
                    "письмо выходит пустым, когда о письме клиента известно мало",
                )
                problems.append(Problem(Place(template.file, 1, 1), text))
        return tuple(problems)


def load_templates(files: Mapping[str, str]) -> Templates:
    """Templates from file names (with or without folder) and texts.

    Raises:
        Problems: every error in every file at once: Jinja syntax, unknown values, anything beyond the subset, a letter
            that comes out empty or too long.
    """
    sources = [_Source.of(file, text) for file, text in sorted(files.items()) if file.endswith(".j2")]
    parts = {
        language: {source.name: source for source in sources if source.part and source.language == language}
        for language in LANGUAGES
    }
    problems = [problem for source in sources for problem in source.problems(parts.get(source.language, {}))]
    if problems:
        raise Problems(problems)
    fills = {language: {name: part.fill({}) for name, part in known.items()} for language, known in parts.items()}
    templates = Templates(
        {
            (source.name, source.language): _Template(source.file, source.subject, source.fill(fills[source.language]))
            for source in sources
            if not source.part
        }
    )
    if found := templates.check():
        raise Problems(found)
    return templates


@dataclass(frozen=True)
class _Source:
    """One file: its name taken apart, and its body as Jinja gets it, line for line."""

    file: str
    name: str
    language: str
    text: str
    body: str

    @classmethod
    def of(cls, file: str, text: str) -> "_Source":
        name, _, language = PurePosixPath(file).name.removesuffix(".j2").rpartition(".")
        lines = text.splitlines()
        if not name.startswith("_"):
            lines[:1] = [""]  # the subject; an empty line keeps the line numbers
        return cls(file, name, language, text, "".join(_own_line_end(line) + "\n" for line in lines))

    @property
    def part(self) -> bool:
        return self.name.startswith("_")

    @property
    def subject(self) -> str:
        return self.text.partition("\n")[0].removeprefix(_SUBJECT).strip()

    @cached_property
    def tree(self) -> jinja2.nodes.Template:
        """The body taken apart.

        Raises:
            jinja2.TemplateSyntaxError, RecursionError: it cannot be.
        """
        return _SYNTAX.parse(self.body)

    def fill(self, parts: Mapping[str, Fill]) -> Fill:
        """What makes a text of it, once it is known to be right."""
        filters = {
            "date": partial(long_date, language=self.language),
            "days": partial(working_days, language=self.language),
        }
        return filling(self.tree.body, parts, filters)

    def problems(self, parts: Mapping[str, "_Source"]) -> list[Problem]:
        """What is wrong with this file alone; `parts` are those of its language."""
        if not self.name or self.language not in LANGUAGES:
            text = Told(
                "expected a file name such as ack-claim.ru.j2 or ack-claim.en.j2",
                "файл шаблона называют так: ack-claim.ru.j2 или ack-claim.en.j2",
            )
            return [Problem(Place(self.file), text)]
        if len(self.text) > _MAX_SOURCE:
            text = Told(f"longer than {_MAX_SOURCE} characters", f"шаблон длиннее {_MAX_SOURCE} знаков")
            return [Problem(Place(self.file), text)]
        first = self.text.partition("\n")[0]
        problems = []
        if not self.part and (not first.startswith(_SUBJECT) or not self.subject or "{" in first):
            expected = Told(
                f"expected a first line such as `{_SUBJECT}Ваше обращение`, without any value in it",
                f"первая строка должна быть такой: `{_SUBJECT}Ваше обращение`, без подстановок",
            )
            problems.append(Problem(Place(self.file, 1, 1), expected))
        # A part includes nothing: that keeps it from including itself.
        allowed = frozenset() if self.part else frozenset(parts)
        lines = self.text.splitlines()
        try:
            tree = self.tree
        except jinja2.TemplateSyntaxError as error:
            line = lines[error.lineno - 1] if error.lineno <= len(lines) else ""
            place = Place(self.file, error.lineno, max(line.find("{"), 0) + 1)
            text = Told(
                f"not a valid template: {error.message}",
                f"шаблон не читается: проверьте скобки {{% %}} и {{{{ }}}} и закрыты ли if и for ({error.message})",
            )
            return [*problems, Problem(place, text)]
        except RecursionError:
            return [*problems, Problem(Place(self.file), Told("nested too deeply", "слишком глубокая вложенность"))]
        return [*problems, *Check(self.file, lines, allowed).template(tree)]


def _own_line_end(line: str) -> str:
    """The line with its end kept where a block ends it: Jinja's `trim_blocks` is for lines of blocks alone."""
    text_too = _BLOCK.sub("", line).strip()
    return f"{line.rstrip()[:-2]}+%}}" if text_too and line.rstrip().endswith("%}") else line


def _values(draft: Draft, language: str) -> dict[str, Any]:
    """What a template sees of a draft: keys turned into words, lists kept short."""
    return {
        "number": draft.number,
        "registered_on": draft.registered_on,
        "due": draft.due,
        # A working day more or less is no reason to say nothing, but zero of them is no promise.
        "working_days": draft.working_days or None,
        "says": draft.says[:_MAX_ITEMS],
        "why_due": draft.why_due[:_MAX_ITEMS],
        "documents": phrases(draft.documents, DOCUMENTS, language)[:_MAX_ITEMS],
        "requests": phrases(draft.requests, TOPICS, language)[:_MAX_ITEMS],
        "topics": frozenset(draft.topics),
        "follow_up": draft.follow_up,
        "overdue": draft.overdue,
    }


def samples(template: str, language: str) -> Iterator[Draft]:
    """Drafts of every shape: nothing known, each fact alone, and everything at once, kept and broken promises alike."""
    bare = Draft(template, "customer@mail.example", language)
    promise: dict[str, Any] = {"due": date(2026, 12, 14), "working_days": 5, "why_due": ("A.", "B.")}
    shapes: tuple[dict[str, Any], ...] = (
        {"number": "26-000123"},
        {"number": "26-000123", "registered_on": date(2026, 12, 7)},
        {"due": promise["due"]},
        promise,
        {"due": promise["due"], "overdue": True},
        {"says": ("A.",)},
        {"documents": ("receipt",)},
        {"documents": tuple(DOCUMENTS)},
        {"requests": tuple(TOPICS), "topics": tuple(TOPICS)},
        {"follow_up": True},
    )
    yield bare
    yield from (replace(bare, **shape) for shape in shapes)
    for overdue in (False, True):
        everything = {fact: value for shape in shapes for fact, value in shape.items()} | promise
        yield replace(bare, **everything | {"overdue": overdue})
