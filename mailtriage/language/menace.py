"""Threats of violence that name no blow: what the writer knows, what lies in his car, who will not get home.

The trap is that each part is innocent by itself: "знаю, где ваш офис, приеду с заявлением", "купил канистру", "деньги
не дошли до дома", "берегите себя и близких". So a fate counts only where its subject is the reader or the staff, the
private life of staff only where the writer claims to know it, and hints only two of a kind together; courts,
complaints and papers make a visit civil, and what others threaten the writer with is not his.
"""

import re
from collections.abc import Iterator
from itertools import product

from mailtriage.language.phrases import Spoken, spoken

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
_AFTERWARDS = re.compile(r"\bкак (?:компани|бизнес|фирма|банк)|\b(?:передать|отдать|конкурент)\w*|^\W*(?:\w+ )?(?:отзывы|конкуренты|клиенты|журналисты)\b")
_MY_OWN = re.compile(r"\b(?:муж|жена|отец|мать|сын|дочь|брат|сестра|бабушк\w+|дедушк\w+|родственни\w+) (?:уже )?(?:умер|скончал)\w+")
_UNDER_THREAT = re.compile(r"\b(?:угрожа|грозит|грозят|грозил|пригрозил|шантаж|вымога|запугива)\w*")
_SENTENCE = re.compile(r"[^.!?…\n;]+[.!?…\n;]*")
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


def menaces(text: str) -> Iterator[str]:
    """Implied threats of violence to the reader or the staff, in a folded text."""
    sentences = [found[0] for found in _SENTENCE.finditer(text)]
    hints = []
    for found in spoken("menaces.txt", sentences):
        if found.section != "outright":
            hints.append(found)
        elif not _somebody_elses(found.match, sentences[found.sentence - 1] if found.sentence else ""):
            yield found.match[0].strip()
    yield from _hinted(sentences, hints)


def _somebody_elses(found: re.Match[str], sentence_before: str) -> bool:
    """Whether things or third persons are meant, or the writer tells what he is threatened with."""
    before = found.string[max(0, found.start() - _BEFORE) : found.start()]
    after = found.string[found.end() : found.end() + _AFTER]
    return bool(
        _UNDER_THREAT.search(sentence_before)
        or _UNDER_THREAT.search(before)
        or _THINGS.search(found[0])
        or _AFTERWARDS.search(after)
        or _MY_OWN.search(found.string)
        or re.search(r"\bли\b", found[0])
    )


def _hinted(sentences: list[str], hints: list[Spoken]) -> Iterator[str]:
    """Two hints of different kinds near each other, with no civil purpose beside them."""
    for one, other in product(hints, hints):
        if (one.section, other.section) not in _TOGETHER or abs(one.sentence - other.sentence) >= _REACH:
            continue
        if one.section == "means" and _BOUGHT.search(sentences[one.sentence]):
            continue
        first, last = sorted((one.sentence, other.sentence))
        near = " ".join(sentences[max(0, first - 1) : last + 2])
        if not (_CIVIL.search(near) or _UNDER_THREAT.search(near)):
            yield one.match[0].strip()
            return
