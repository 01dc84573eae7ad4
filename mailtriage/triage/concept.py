"""Which matter a word stands for where it stands: a group of synonyms, its normal form, or none.

The trap is the word that means nothing here and everything there: "раз" in "списали два раза" and in "пишу второй раз",
"прошёл" in "платёж прошёл" and in "прошёл месяц", "получил" of money and of our own letter.
"""

from mailtriage.triage import lexicon
from mailtriage.triage.sense import Sense
from mailtriage.triage.synonyms import ON_FILES, synonym
from mailtriage.triage.turns import of_letters, turn_of_phrase
from mailtriage.triage.wording import Wording

_DOUBT = frozenset({"вдруг", "может", "возможно", "наверное", "видимо", "кажется", "вероятно"})
_MATTERS = frozenset(
    "проблема вопрос ситуация платеж операция перевод пополнение оплата идентификация вывод все".split()  # noqa: SIM905 - reads best as words
)
_REPLIES = frozenset({"ответ", "отказ", "письмо", "решение", "реакция", "уведомление", "answer", "reply"})
"""What came or did not come is our own letter: no event in the matter."""
_MONEY_UNITS = frozenset({"рубль", "тысяча", "копейка", "миллион", "тыс", "руб", "половина"})
_DATED = lexicon.TIME_UNITS | lexicon.CALENDAR | {"число"}
_UNITS = _DATED | _MONEY_UNITS


def concept_of(where: Wording, place: int, *, asked: bool) -> str | None:
    """The matter of the word at a place, or None where it means nothing of its own; `asked`: its sentence asks."""
    sense = where.senses[place]
    if sense.alone:
        return sense.concept
    turn = turn_of_phrase(where, place, sense.lemma) if sense.turns else None
    return _matter(where, place, sense, asked=asked) if turn is None else turn or None


def _matter(where: Wording, place: int, sense: Sense, *, asked: bool) -> str | None:
    """Of a word that stands in no turn of phrase."""
    if sense.counts:
        return _number(where, place, sense.lemma)
    if sense.may_settle and not asked and _settles(where, place):
        return "work"
    return None if sense.concept == "arrive" and _of_a_reply(where, place, asked=asked) else sense.concept


def _number(where: Wording, place: int, lemma: str) -> str | None:
    """A number word counts as such, unless it counts what is compared by itself, or nothing: "ни одного"."""
    if _counts_events(where, place):
        return "double"
    return None if _counts_known(where, place) or (place and where.words[place - 1].form == "ни") else lemma


def _counts_known(where: Wording, place: int) -> bool:
    """Whether a number word counts time, money or the day of a month, which are compared as such."""
    if _after_thousands(where, place):
        return True
    onward = where.words[place + 1 : place + 4]
    return bool(onward) and (
        bool(onward[0].lemmas & _DATED)
        or any(word.lemmas & _MONEY_UNITS for word in onward)
        or ("NUMR" in where.senses[place + 1].tags and any(word.lemmas & _UNITS for word in onward[1:]))
    )


def _after_thousands(where: Wording, place: int) -> bool:
    """Whether it ends a sum that is told without its unit: "тысячу четыреста пятьдесят"."""
    while place and "NUMR" in where.senses[place].tags:
        place -= 1
        if where.words[place].lemma == "тысяча":
            return True
    return False


def _counts_events(where: Wording, place: int) -> bool:
    """Whether something happened so often: "списали два раза", and not "пишу второй раз"."""
    after = where.words[place + 1 : place + 2]
    times = bool(after) and after[0].lemma == "раз" and "ADJF" not in where.senses[place].tags
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


def _settles(where: Wording, place: int) -> bool:
    """Whether it is over: "проблема решилась", "платёж прошёл"; not "вопрос так и не решён" or "прошло три дня"."""
    near = where.words[max(0, place - 3) : place + 3]
    if where.words[place].lemma == "разобраться":
        return "sing" in where.senses[place].tags and (not place or where.words[place - 1].form != "не")
    return any(w.lemma in _MATTERS for w in near) and not any(w.form in {"не", "нет"} for w in near)
