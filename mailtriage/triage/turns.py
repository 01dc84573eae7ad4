"""Turns of phrase in which a word means another matter than alone, or none: "не моё", "прочёл дважды", "билет сгорел".

The trap is to let a turn go too far: "звонил вам" only asks again, "мне звонил банк" is news; "дважды прочёл" is
impatience, "дважды списали" an event; "не мой перевод" disowns it, "не моя вина" nothing.
"""

import re

from mailtriage.triage.grammar import is_past, tags_of
from mailtriage.triage.sense import BURNING, CALLING, DOING, TIMES, UNKNOWN
from mailtriage.triage.synonyms import synonym
from mailtriage.triage.wording import Wording

_MARK = re.compile(r"[,.;:!?()\n]")
_VERBS = frozenset({"VERB", "INFN", "PRTS", "GRND"})
_READING = frozenset(
    {"читать", "прочитать", "прочесть", "перечитать", "перечитывать", "дозвониться", "дозваниваться", "звонить"}
)
_YOU = frozenset({"вам", "вас"})
_BURNT = frozenset(
    {"билет", "бронь", "путевка", "поездка", "деньги", "средство", "сумма", "бонус", "ставка", "купон", "балл",
     "отпуск", "выигрыш", "фрибет", "скидка"}
)  # fmt: skip
"""What burns without a fire: it is lost."""
_WRITING = frozenset(
    {"писать", "написать", "обращаться", "обратиться", "звонить", "отправлять", "просить", "пробовать", "пытаться",
     "повторять", "спрашивать", "прошу", "говорить", "объяснять", "пользоваться"}
)  # fmt: skip


def turn_of_phrase(where: Wording, place: int, lemma: str) -> str | None:
    """The matter that the word at a place stands for in its turn, "" where it tells nothing, None where it has none."""
    if _disowns(where, place, lemma):
        return "disown"
    if (lemma in TIMES and _counts_letters(where, place)) or (lemma in CALLING and _calls_us(where, place)):
        return ""
    if lemma in BURNING and any(word.lemmas & _BURNT for word in where.words[max(0, place - 3) : place + 4]):
        return "charge"
    return None


def of_letters(where: Wording, place: int) -> bool:
    """Whether what happened so often is that somebody wrote, called or read: "прочёл дважды"."""
    return any(word.lemmas & (_WRITING | _READING) for word in where.words[max(0, place - 4) : place + 5])


def _counts_letters(where: Wording, place: int) -> bool:
    """Whether the verb beside it writes, calls or reads: "дважды прочёл", and not "дважды списали, звоню вам"."""
    for at in (place + 1, place - 1, place + 2, place - 2):
        if 0 <= at < len(where.words) and tags_of(where.words[at].form) & _VERBS:
            near, far = sorted((at, place))
            between = where.text[where.ends[near] : where.starts[far]]
            return not _MARK.search(between) and bool(where.words[at].lemmas & (_WRITING | _READING))
    return False


def _calls_us(where: Wording, place: int) -> bool:
    """Who rang us only asked again; who was rung up tells of it."""
    return any(word.form in _YOU for word in where.words[max(0, place - 2) : place + 3])


def _disowns(where: Wording, place: int, lemma: str) -> bool:
    """Whether the writer says that what was done was not his doing, in whichever words: "не моё", "не подтверждал"."""
    before = [word.form for word in where.words[max(0, place - 2) : place]]
    if lemma in DOING:
        return is_past(tags_of(where.words[place].form)) and "не" in before
    if where.words[place].form == UNKNOWN:
        return "без" in before
    if before[-1:] != ["не"] or lemma != "мой":
        return False
    if any(word.lemma == "ваш" for word in where.words[max(0, place - 5) : place + 3]):
        # "Ваша вина, а не моя" speaks of guilt.
        return False
    onward = where.words[place + 1 : place + 2]
    ends = not onward or bool(_MARK.search(where.text, where.ends[place], where.starts[place + 1]))
    return ends or synonym(onward[0].lemma) in {"pay", "charge"}
