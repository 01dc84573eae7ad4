"""The operators of the rules, each with its sentence for the reference page and the kinds of facts that it fits.

The trap is the operator that compiles and never holds ("больше" on a text): what does not fit is a mistake, so that no
rule sleeps unseen.
"""

from typing import Final

from mailtriage.triage.facts import LISTS_OF_DATES, FactField, FactKind

_TEXTS: frozenset[FactKind] = frozenset({"text", "list"})
_NUMBERS: frozenset[FactKind] = frozenset({"number"})
_DATES: frozenset[FactKind] = frozenset({"date"})
_EVERY: frozenset[FactKind] = frozenset({"text", "list", "choice", "number", "flag", "date"})

OPERATORS: Final[dict[str, tuple[frozenset[FactKind], str]]] = {
    "is": (_EVERY, "равно; так же понимается поле без оператора"),
    "in": (_EVERY - {"flag"}, "равно одному из списка"),
    "contains": (_TEXTS, "содержит такую последовательность букв"),
    "starts": (_TEXTS, "начинается с"),
    "ends": (_TEXTS, "кончается на"),
    "words": (_TEXTS, "есть любое из слов в любой форме; блокир* значит начало слова"),
    "phrase": (
        _TEXTS,
        "слова в любой форме, по порядку, между ними не больше двух других (иначе {words: [деньги дойти], gap: 5})",
    ),
    "similar": (
        _TEXTS,
        "есть любое из слов в любой форме, в том числе с опечаткой; короткие слова — только без опечаток",
    ),
    "matches": (_TEXTS, "подходит под выражение RE2"),
    "lt": (_NUMBERS, "меньше"),
    "lte": (_NUMBERS, "не больше"),
    "gt": (_NUMBERS, "больше"),
    "gte": (_NUMBERS, "не меньше"),
    "before": (
        _DATES,
        "раньше дня: 2026-01-31 или считая от дня получения письма, -90d; на списке дат — хотя бы одна из них",
    ),
    "after": (
        _DATES,
        "позже дня: 2026-01-31 или считая от дня получения письма, +0d; на списке дат — хотя бы одна из них",
    ),
    "any_in": (frozenset({"list"}), "в списке есть хотя бы одно из значений"),
    "exists": (_EVERY, "true: есть и не пусто; false: нет, пусто или ноль"),
}
"""Each operator with the kinds of facts that it fits (see `fits`) and its sentence."""

KINDS_IN_RUSSIAN: Final[dict[FactKind, str]] = {
    "text": "текст",
    "list": "список",
    "choice": "одно из нескольких значений",
    "number": "число",
    "flag": "да или нет",
    "date": "дата",
}


def fits(known: FactField, operator: str) -> bool:
    """Whether an operator may be asked of a fact: by its kind, and dates also of the lists that hold dates."""
    kinds = OPERATORS[operator][0]
    return known.kind in kinds or (kinds == _DATES and known.name in LISTS_OF_DATES)
