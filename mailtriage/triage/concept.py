"""Which matter a word stands for: a group of synonyms, its normal form, or none.

The trap is the word that means nothing here and everything there: "раз" in "списали два раза" and in "пишу второй раз",
"прошёл" in "платёж прошёл" and in "прошёл месяц", "получил" of money and of our own letter.
"""

import re

from mailtriage.language.words import Word
from mailtriage.triage import lexicon
from mailtriage.triage.grammar import is_past, lemma_of, orders, tags_of
from mailtriage.triage.synonyms import ON_FILES, SYNONYMS, TELLING, synonym
from mailtriage.triage.turns import of_letters, turn_of_phrase
from mailtriage.triage.wording import Wording

GRAMMAR = lexicon.FUNCTION_WORDS | lexicon.ENGLISH_FUNCTION_WORDS
IDLE = GRAMMAR | lexicon.CALENDAR | lexicon.COURTESY | lexicon.NUDGE | lexicon.INSISTENCE | lexicon.ENGLISH_INSISTENCE
_LOOKING = frozenset({"смотреть", "посмотреть", "глядеть", "взглянуть", "поглядеть"})
"""As orders they only point at what lies there: "вот же чек, смотрите"."""
_HOURS = frozenset({"утром", "днем", "вечером", "ночью"})
"""Told of an event they are a fact; the greetings have other forms."""
_DOUBT = frozenset({"вдруг", "может", "возможно", "наверное", "видимо", "кажется", "вероятно"})
_MATTERS = frozenset(
    {
        "проблема",
        "вопрос",
        "ситуация",
        "платеж",
        "операция",
        "перевод",
        "пополнение",
        "оплата",
        "идентификация",
        "вывод",
        "все",
    }
)
_SETTLED = frozenset({"решить", "решиться", "разрешиться", "пройти", "уладиться", "разобраться"})
_REPLIES = frozenset({"ответ", "отказ", "письмо", "решение", "реакция", "уведомление", "answer", "reply"})
"""What came or did not come is our own letter: no event in the matter."""
_MONEY_UNITS = frozenset({"рубль", "тысяча", "копейка", "миллион", "тыс", "руб", "половина"})
_COLOURS = frozenset({"ADVB", "INTJ", "PRCL", "CONJ", "PREP", "NPRO", "COMP", "PRED"})


def concept_of(where: Wording, place: int, *, asked: bool) -> str | None:
    """The matter of the word at a place, or None where it means nothing of its own; `asked`: its sentence asks."""
    word = where.words[place]
    if any(character.isdigit() for character in word.form) or len(word.form) == 1:
        return None
    lemma = lemma_of(word.form) or word.lemma
    turn = turn_of_phrase(where, place, lemma)
    return _matter(where, place, lemma, asked=asked) if turn is None else turn or None


def _matter(where: Wording, place: int, lemma: str, *, asked: bool) -> str | None:
    """Of a word that stands in no turn of phrase."""
    word = where.words[place]
    tags = tags_of(word.form)
    if lemma in lexicon.NUMBER_WORDS or ("NUMR" in tags and lemma not in GRAMMAR):
        return _number(where, place, lemma)
    if lemma in _SETTLED and not asked and _settles(where, place, tags):
        return "work"
    if _idle(word, lemma):
        return None
    group = next((g for one in (lemma, *sorted(word.lemmas)) if (g := synonym(one)) in SYNONYMS), lemma)
    # Who promises or threatens tells nothing that has happened; what colours a letter is no fact.
    colours = {"futr", "1per"} <= tags or (bool(tags & _COLOURS) and word.form not in _HOURS)
    if group not in SYNONYMS:
        return None if colours and lemma not in TELLING else lemma
    return None if group == "arrive" and _of_a_reply(where, place, asked=asked) else group


def _idle(word: Word, lemma: str) -> bool:
    if word.form in _HOURS:
        return False
    return lemma in IDLE or word.form in IDLE or _compound_idle(word) or (lemma in _LOOKING and orders(word.form))


def _number(where: Wording, place: int, lemma: str) -> str | None:
    """A number word counts as such, unless it counts what is compared by itself, or nothing: "ни одного"."""
    if _counts_events(where, place):
        return "double"
    return None if _counts_known(where, place) or (place and where.words[place - 1].form == "ни") else lemma


def _compound_idle(word: Word) -> bool:
    """Whether no part of it says anything: "ау-у-у"."""
    parts = [part for part in re.split(r"[-\u2010\u2011]", word.form) if part]
    return len(parts) > 1 and all(part in IDLE or len(part) == 1 for part in parts)


def _counts_known(where: Wording, place: int) -> bool:
    """Whether a number word counts time, money or the day of a month, which are compared as such."""
    if _after_thousands(where, place):
        return True
    onward = where.words[place + 1 : place + 4]
    units = lexicon.TIME_UNITS | _MONEY_UNITS | lexicon.CALENDAR | {"число"}
    return bool(onward) and (
        bool(onward[0].lemmas & (units - _MONEY_UNITS))
        or any(word.lemmas & _MONEY_UNITS for word in onward)
        or ("NUMR" in tags_of(onward[0].form) and any(word.lemmas & units for word in onward[1:]))
    )


def _after_thousands(where: Wording, place: int) -> bool:
    """Whether it ends a sum that is told without its unit: "тысячу четыреста пятьдесят"."""
    while place and "NUMR" in tags_of(where.words[place].form):
        place -= 1
        if where.words[place].lemma == "тысяча":
            return True
    return False


def _counts_events(where: Wording, place: int) -> bool:
    """Whether something happened so often: "списали два раза", and not "пишу второй раз"."""
    after = where.words[place + 1 : place + 2]
    tags = tags_of(where.words[place].form)
    times = bool(after) and after[0].lemma == "раз" and "ADJF" not in tags
    return times and where.words[place].lemma != "один" and not of_letters(where, place)


def _of_a_reply(where: Wording, place: int, *, asked: bool) -> bool:
    """Whether what came is our letter, or what is asked about is whether his letter came."""
    first = max(0, place - 3)
    if any(word.form in _DOUBT for word in where.words[first:place]):
        return True
    return any(
        (word.lemma in _REPLIES or (asked and synonym(word.lemma) in ON_FILES))
        and where.sentences[place] == where.sentences[first + at]
        for at, word in enumerate(where.words[first : place + 4])
    )


def _settles(where: Wording, place: int, tags: frozenset[str]) -> bool:
    """Whether it is over: "проблема решилась", "платёж прошёл"; not "вопрос так и не решён" or "прошло три дня"."""
    near = where.words[max(0, place - 3) : place + 3]
    if where.words[place].lemma == "разобраться":
        return is_past(tags) and "sing" in tags and (not place or where.words[place - 1].form != "не")
    return is_past(tags) and any(w.lemma in _MATTERS for w in near) and not any(w.form in {"не", "нет"} for w in near)
