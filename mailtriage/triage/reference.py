"""The page of everything that a rule may say, in Russian, made from the sentences of the language itself.

The trap is the page that lags behind: what has no sentence and no example here cannot be in the language, because the
tables below are asked for each fact, operator and consequence.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from mailtriage.reply.documents import DOCUMENTS, TOPICS, Phrase
from mailtriage.triage.consequence import CONSEQUENCES
from mailtriage.triage.decision import QUEUES
from mailtriage.triage.facts import FIELDS, FactField
from mailtriage.triage.operators import KINDS_IN_RUSSIAN, OPERATORS, fits
from mailtriage.triage.rule_reader import RULE_KEYS
from mailtriage.triage.then import REASONS

GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "Слова": ("subject", "text", "said", "asked", "quoted_text", "attachment_text", "language", "repaired", "words"),
    "На что похоже": ("resembles", "resemblance", "resembles_because"),
    "Кто пишет": (
        "sender_address", "sender_name", "sender_domain", "identified", "identified_by", "own_address", "authentic",
        "dkim", "spf", "dmarc",
    ),
    "Робот или человек": ("automatic", "automatic_because"),
    "Можно ли прочитать": (
        "legible", "illegible_because", "defects", "size", "oversized", "reader_failed",
    ),
    "Грубость": ("obscenities", "obscenities_count", "insults", "threats", "strikes"),
    "Вложения": ("attachments", "attachment_types", "attachment_names", "attachment_problems"),
    "Что названо в письме": ("requests", "sums", "dates", "payments", "accounts", "phones", "names"),
    "Когда": ("received_on", "sent_on"),
    "Что было раньше": (
        "new_conversation", "linked_by", "conversation_status", "conversation_category", "decided", "acknowledged",
        "repeat", "same_as", "similarity", "new", "known", "nothing_new_kind", "adds_nothing",
    ),
}  # fmt: skip
"""Every fact, in the order of the page."""

EXAMPLES: Final[dict[str, str]] = {
    "is": "language: en",
    "in": "sender_domain|in: [mail.ru, yandex.ru]",
    "contains": "subject|contains: отчёт",
    "starts": "subject|starts: запрос",
    "ends": "attachment_names|ends: .pdf",
    "words": "said|words: [заблокировать, блокир*, $banks]",
    "phrase": "said|phrase: [деньги не дойти, нет денег]",
    "similar": "said|similar: [идентификация]",
    "matches": "subject|matches: '№ ?[0-9]{6}'",
    "lt": "attachments|lt: 3",
    "lte": "attachments|lte: 2",
    "gt": "requests|gt: 1",
    "gte": "requests|gte: 2",
    "before": "dates|before: -90d",
    "after": "received_on|after: 2026-12-31",
    "any_in": "attachment_types|any_in: [application/pdf, image/jpeg]",
    "exists": "payments|exists: false",
}
"""One for each operator."""

_JOINING: Final = (
    ("условия в одних фигурных скобках", "должны выполниться все", "{repeat: true, attachments|exists: false}"),
    ("список через дефис или `any:`", "хватит одного", "any: [{language: en}, {said|words: [hello]}]"),
    ("`all:`", "должны выполниться все; нужно, когда одно поле спрашивают дважды",
     "all: [{said|words: [карта]}, {said|words: $banks}]"),
    ("`not:`", "условие не должно выполниться", "not: {said|words: $account}"),
    ("`always: true`", "любое письмо", "always: true"),
)  # fmt: skip


_ABOUT: Final = (
    "Эта страница составлена самой программой: `mailtriage rules reference`. Как писать и проверять правила,"
    " рассказано в rules/README.md."
)
_LISTS: Final = (
    "Слова, нужные нескольким правилам, лежат в `lists/`: файл `lists/banks.yaml` правила зовут `$banks`. В файле"
    " каждое слово с новой строки: `- слово`, `- начал*` (любое слово, которое так начинается) или `- несколько слов`."
    " Список можно поставить везде, где ждут слов или значений, и рядом с другими: `[карта, $banks]`. Списки в списки"
    " не вкладывают."
)


def reference() -> str:
    """The page in Markdown."""
    parts = [
        "# Язык правил: справочник",
        _ABOUT,
        *_section("Правило", ("ключ", "что это"), ((f"`{key}`", text) for key, text in RULE_KEYS.items())),
        *_section(
            "Как соединяются условия", ("пишут", "значит", "пример"),
            ((how, meaning, _code(example)) for how, meaning, example in _JOINING),
        ),
        *_facts(),
        *_operators(),
        *_section(
            "Что писать в `then`", ("ключ", "что делает", "пример"),
            ((f"`{key}`", each.sentence, _code(each.example)) for key, each in CONSEQUENCES.items()),
        ),
        *_names(),
        "## Списки слов",
        _LISTS,
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _facts() -> Iterator[str]:
    yield "## О чём можно спросить"
    for title, names in GROUPS.items():
        yield f"### {title}"
        yield _table(
            ("поле", "вид", "что это"), ((f"`{name}`", _kind(FIELDS[name]), FIELDS[name].sentence) for name in names)
        )


def _kind(fact: FactField) -> str:
    listed = f": {', '.join(f'`{choice}`' for choice in fact.choices)}" if fact.choices else ""
    return KINDS_IN_RUSSIAN[fact.kind] + listed + ("; бывает пусто" if fact.nullable else "")


def _operators() -> Iterator[str]:
    yield "## Операторы"
    yield (
        "Пишут `поле|оператор: значение`. Значений может быть несколько: `[одно, другое]` — подойдёт любое."
        " Большие и маленькие буквы, «е» и «ё» не различаются."
    )
    rows = ((f"`{name}`", sentence, _fitting(name), _code(EXAMPLES[name])) for name, (_, sentence) in OPERATORS.items())
    yield _table(("оператор", "значит", "для чего", "пример"), rows)


def _fitting(operator: str) -> str:
    kinds, _ = OPERATORS[operator]
    if len(kinds) == len(KINDS_IN_RUSSIAN):
        return "любое поле"
    beside = [f"`{fact.name}`" for fact in FIELDS.values() if fits(fact, operator) and fact.kind not in kinds]
    return ", ".join([words for kind, words in KINDS_IN_RUSSIAN.items() if kind in kinds] + beside)


def _names() -> Iterator[str]:
    for verdict, reasons in REASONS.items():
        yield f"Причины для `{verdict}`: {', '.join(f'`{reason}`' for reason in reasons)}."
    yield f"Очереди, если правило не назвало своей: {', '.join(f'`{queue}`' for queue in QUEUES.values())}."
    yield from _section("Темы (`topic`)", ("ключ", "о чём"), _phrases(TOPICS.items()))
    yield from _section("Документы (`documents`)", ("ключ", "что попросим прислать"), _phrases(DOCUMENTS.items()))


def _phrases(items: Iterable[tuple[str, Phrase]]) -> Iterator[tuple[str, ...]]:
    return ((f"`{key}`", phrase.ru) for key, phrase in items)


def _section(title: str, headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"## {title}"
    yield _table(headings, rows)


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [headings, ("---",) * len(headings), *(tuple(cell.replace("|", "\\|") for cell in row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _code(example: str) -> str:
    return f"`{example}`"
