"""Sums that are written in words: "четыре с половиной тысячи", "сто сорок тысяч", "полторы тысячи".

The trap is that every number word is also a plain word of the language ("один раз", "первые два дня"): so a numeral
counts only where thousands, millions or roubles stand in it.
"""

from collections.abc import Iterator, Sequence

from mailtriage.language.amounts import plain_sum
from mailtriage.language.holding import Needs
from mailtriage.language.text import Text
from mailtriage.language.words import Spoken, tokens

_UNITS = {
    "один": 1, "два": 2, "три": 3, "четыре": 4, "пять": 5, "шесть": 6, "семь": 7, "восемь": 8, "девять": 9,
    "десять": 10, "одиннадцать": 11,
    "двенадцать": 12, "тринадцать": 13, "четырнадцать": 14, "пятнадцать": 15, "шестнадцать": 16, "семнадцать": 17,
    "восемнадцать": 18,
    "девятнадцать": 19, "двадцать": 20, "тридцать": 30, "сорок": 40, "пятьдесят": 50, "шестьдесят": 60,
    "семьдесят": 70, "восемьдесят": 80,
    "девяносто": 90, "сто": 100, "двести": 200, "триста": 300, "четыреста": 400, "пятьсот": 500, "шестьсот": 600,
    "семьсот": 700,
    "восемьсот": 800, "девятьсот": 900, "полтора": 1.5, "полтораста": 150, "пара": 2, "сотня": 100,
    "пятерка": 5, "десятка": 10,
}  # fmt: skip
_HUNDRED_ITSELF, _THOUSAND = 100, 1_000
_SCALES = {"тысяча": 1_000, "миллион": 1_000_000, "тыща": 1_000}
_WHOLE = {"полтысячи": 500, "полмиллиона": 500_000, "полсотни": 50}
_HUNDRED = frozenset(("сотню", "сотни"))
_WANTED = frozenset(
    ("вернуть", "возвратить", "списать", "снять", "отдать", "зачислить", "положить", "перевести", "удержать")
)
_COUNTED = frozenset(
    ("раз", "год", "извинение", "спасибо", "человек", "черт", "вопрос", "причина", "письмо", "звонок", "клиент",
     "пользователь", "час", "день", "километр")
)  # fmt: skip
"""What thousands are counted of, when they are no roubles."""
_BEGINNINGS = _UNITS.keys() | _SCALES.keys()
_ORDINAL = ("надцатый", "дцатый", "первый", "второй", "третий", "ятый", "естой", "едьмой", "осьмой", "вятый", "ятьсот")
_ROUBLES = frozenset(("рубль", "деревянный"))
_NEEDS = Needs(words=lambda: (_BEGINNINGS | _WHOLE.keys(), frozenset((*_SCALES, *_WHOLE, *_ROUBLES, *_HUNDRED))))
"""A numeral, and what makes it a sum."""


def sums_in_words(text: Text) -> Iterator[float]:
    """The sums in roubles that are written in words, in their order."""
    if not _NEEDS.met(text.holding):
        return
    words = tokens(text.written).words
    end = 0
    for at in number_words(words):
        if at >= end:
            value, length, counts = _numeral(words, at)
            if length and counts:
                yield value
            end = at + (length or 1)


def number_words(words: Sequence[Spoken]) -> list[int]:
    """The places of the words that a number may begin with."""
    return [at for at, word in enumerate(words) if not word.lemmas.isdisjoint(_BEGINNINGS) or word.form in _WHOLE]


def spoken_number(words: Sequence[Spoken], at: int) -> tuple[frozenset[str], int]:
    """The values that the number words from here may have, in digits, and how many words they are; 0 for none.

    "Семь двести" is two hundred and seven to a reader of figures, and seven thousand two hundred to everybody else.
    """
    value, length, _ = _read(words, at)
    values = {value}
    first = next((_UNITS[lemma] for lemma in sorted(words[at].lemmas) if lemma in _UNITS), 0)
    if length > 1 and 0 < first < _HUNDRED_ITSELF <= value - first < _THOUSAND:
        values.add(first * _THOUSAND + value - first)
    return frozenset(map(plain_sum, values)), length


def _numeral(words: Sequence[Spoken], at: int) -> tuple[float, int, bool]:
    """Value, number of words, and whether it speaks of thousands or roubles."""
    total, length, scaled = _read(words, at)
    after = words[at + length].lemmas if at + length < len(words) else frozenset()
    # "5 тысяч" is a number in digits, and read as such.
    in_digits = at > 0 and words[at - 1].form.isdigit()
    if in_digits or after & _COUNTED or any(lemma.endswith(_ORDINAL) for lemma in after):
        return 0.0, length, False
    roubles = bool(after & _ROUBLES)
    return total, length, scaled or (roubles and length > 0) or _asked_back(words, at, length)


def _read(words: Sequence[Spoken], at: int) -> tuple[float, int, bool]:
    """Value, number of words, and whether thousands stand among them."""
    if whole := _WHOLE.get(words[at].form):
        return float(whole), 1, True
    total, group, length, scaled = 0.0, 0.0, 0, False
    while at + length < len(words):
        here = words[at + length]
        unit = next((_UNITS[lemma] for lemma in sorted(here.lemmas) if lemma in _UNITS), None)
        scale = next((_SCALES[lemma] for lemma in sorted(here.lemmas) if lemma in _SCALES), None)
        if unit is not None:
            group += unit
        elif scale is not None:
            total, group, scaled = total + (group or 1) * scale, 0.0, True
        elif (
            length and here.form == "с" and at + length + 1 < len(words) and words[at + length + 1].form == "половиной"
        ):
            group += 0.5
            length += 1
        else:
            break
        length += 1
    return total + group, length, scaled


def _asked_back(words: Sequence[Spoken], at: int, length: int) -> bool:
    """Whether it is "верните сотню"."""
    return (
        length == 1 and words[at].form in _HUNDRED and any(word.lemmas & _WANTED for word in words[max(0, at - 2) : at])
    )
