"""Threats of violence that name no blow: what the writer knows, what lies in his car, who will not get home.

The trap is that each part is innocent by itself: "знаю, где ваш офис, приеду с заявлением", "купил канистру", "деньги
не дошли до дома", "берегите себя и близких". So a fate counts only where its subject is the reader or the staff, the
private life of staff only where the writer claims to know it, and hints only two of a kind together; courts,
complaints and papers make a visit civil, and what others threaten the writer with is not his.
"""

import re
from collections.abc import Iterator
from itertools import permutations

from mailtriage.language.phrases import Phrases, Spoken, spoken
from mailtriage.language.text import Text

_CIVIL = re.compile(
    r"\b(?:суд(?:а|у|ом|е|ы|ов|ебн\w+)?|иск(?:а|у|ом|и|ов\w*)?|юрист\w*|адвокат\w*|прокурат\w*|прокурор\w*|роспотреб\w*|"
    r"цб|центробанк\w*|центральн\w+ банк\w*|жалоб\w+|полици\w+|журналист\w*|заявлени\w+|пристав\w*|паспорт\w*|"
    r"документ\w*|претензи\w+|скан\w*|чек\w*)\b"
)
_BOUGHT = re.compile(
    r"\b(?:купи|куплен|покупа|оплат|оплач|заказ|магазин|товар|доставк|продав|продаж|списал|ставк|ставил|матч|заправк|"
    r"билет|курьер|партнер)\w*"
)
_THINGS = re.compile(
    r"\b(?:деньг|денег|перевод|платеж|посылк|письм|карт[аыу]\b|курьер|выплат|выигрыш|средств|заказ|смс|автобус|компани|"
    r"бизнес|сервис|сайт|приложени|репутаци|рейтинг|клиент|мошенни|партнер|сосед|хакер|преступни|вор\b|бывш|документ|"
    r"передать|конкурент|регулятор|суд\b|суде\b|цб\b)\w*"
)
"""What does not fear for its life, whom the writer may say it of, and what such meetings are for."""
_AFTERWARDS = re.compile(
    r"\bкак (?:компани|бизнес|фирма|банк)|\b(?:передать|отдать|конкурент)\w*|"
    r"^\W*(?:\w+ )?(?:отзывы|клиенты|журналисты)\b"
)
_MY_OWN = re.compile(
    r"\b(?:муж|жена|отец|мать|сын|дочь|брат|сестра|бабушк\w+|дедушк\w+|родственни\w+) (?:уже )?(?:умер|скончал)\w+"
)
_UNDER_THREAT = re.compile(r"\b(?:угрожа(?!ю\b)|грозит|грозят|грозил|пригрозил|шантаж|вымога|запугива)\w*")
"""Words of those who are threatened; "угрожаю" is a threat."""
_BY_STAFF = re.compile(r"\b(?:вы|ваш\w*|оператор\w*|сотрудни\w+|поддержк\w+)\b")
_MENACES = Phrases("menaces.txt")
_BEFORE = 60
_AFTER = 40
_REACH = 3
"""Sentences from one hint to the other."""
_TOGETHER = frozenset(
    (
        ("means", "whereabouts"),
        ("means", "coming"),
        ("means", "omen"),
        ("means", "desperate"),
        ("means", "families"),
        ("whereabouts", "omen"),
        ("whereabouts", "families"),
        ("families", "omen"),
        ("families", "desperate"),
        ("families", "health"),
        ("company", "omen"),
        ("record", "omen"),
        ("record", "coming"),
        ("record", "whereabouts"),
        ("nights", "health"),
        ("nights", "families"),
        ("nights", "whereabouts"),
    )
)
"""Two kinds of hint that make a threat; no kind does alone."""


def menaces(text: Text) -> Iterator[str]:
    """Implied threats of violence to the reader or the staff, folded."""
    possible = _MENACES.possible(text.holding)
    told = text.sentences if possible else ()
    hints = []
    for found in spoken(possible, told):
        if found.section != "outright":
            hints.append(found)
        elif not _somebody_elses(found.match, told[found.sentence - 1].said if found.sentence else ""):
            yield found.match[0].strip()
    yield from _hinted([sentence.said for sentence in told], hints)


def told_by_others(before: str) -> bool:
    """Whether what stands before tells of a threat to the writer that staff did not make: it follows."""
    return bool(_UNDER_THREAT.search(before)) and not _BY_STAFF.search(before)


def _somebody_elses(found: re.Match[str], sentence_before: str) -> bool:
    """Whether things or third persons are meant, or the writer tells what he is threatened with."""
    before = found.string[max(0, found.start() - _BEFORE) : found.start()]
    after = found.string[found.end() : found.end() + _AFTER]
    return bool(
        told_by_others(sentence_before)
        or told_by_others(before)
        or _THINGS.search(found[0])
        or _AFTERWARDS.search(after)
        or _MY_OWN.search(found.string)
        or re.search(r"\bли\b", found[0])
    )


def _hinted(told: list[str], hints: list[Spoken]) -> Iterator[str]:
    """Two hints of different kinds near each other, with no civil purpose beside them."""
    standing: dict[int, list[Spoken]] = {}
    for hint in hints:
        if not (hint.section == "means" and _BOUGHT.search(told[hint.sentence])):
            standing.setdefault(hint.sentence, []).append(hint)
    for at in sorted(standing):
        around = [hint for near in range(at, at + _REACH) for hint in standing.get(near, ())]
        for one, other in permutations(around, 2):
            if (one.section, other.section) in _TOGETHER:
                last = max(one.sentence, other.sentence)
                beside = " ".join(told[max(0, at - 1) : last + 2])
                if not (_CIVIL.search(beside) or _UNDER_THREAT.search(beside)):
                    yield one.match[0].strip()
                    return
