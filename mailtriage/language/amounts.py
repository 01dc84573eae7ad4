"""Sums of money in digits: "1 000,50 руб.", "3,5 тыс", "₽640", "640 р. 15 коп.", and bare ones beside a word of paying.

The trap is that anything countable is a number: days, ages, articles of the law. So a number without a currency is a
sum only where its sentence speaks of paying, or where it is nearly all that a short letter says.
"""

import re

from mailtriage.language.figures import AtFigures

_CURRENCY = r"(?:р(?:уб(?:л\w+|\.)?)?(?![а-яё\w])|руб\w*|₽|rub\b|rur\b|roubles?\b|rubles?\b)"
_SCALE = r"(?:тыс(?:яч\w*|\.)?|тыщ\w*|т\.\s?р\.?|т\.|к(?![а-яё\w])|млн\.?|миллион\w*)"
_WHOLE = r"(?<![\w.,\x01])(\d{1,3}(?:[ \u00a0\u202f'.]\d{3}){1,3}|\d{1,9})"
_AMOUNT = rf"{_WHOLE}(?:[.,](\d{{1,2}}))?(?!\d)"
SUM = AtFigures(
    1,
    rf"{_AMOUNT}\s{{0,2}}({_SCALE})?\s{{0,2}}{_CURRENCY}(?:\s{{0,2}}(\d{{1,2}})\s?коп\w*)?|"
    rf"{_AMOUNT}\s{{0,2}}({_SCALE})(?![а-яё])|"
    rf"(?:₽|\brub|\brur)\s?{_AMOUNT}|"
    # A statement writes its movements with a sign and the kopecks, and no currency.
    rf"(?<=[+\u2212-]){_WHOLE}[.,](\d{{2}})(?!\d)",
    before=len("rub "),
)
_SUM_GROUPS = ((1, 2, 3), (5, 6, 7), (8, 9, 0), (10, 11, 0))
"""Where each form holds roubles, kopecks and the scale; 0 for none."""
BARE = AtFigures(1, rf"{_AMOUNT}(?![\w%:-])")
_PAYING = re.compile(
    r"плат|опла|сумм|спис|снял|сняли|верн|возвра|пополн|зачисл|положи|палажи|полож|внес|вн[её]с|перев[её]|вывел|"
    r"вывод|комисси|пришл|удерж|закину|кинул|долж|баланс|остат|взял|деньг|дене|по\b|где\b|куда\b|мои(?:х)?\b|refund|charg|paid|balance"
)
_NOT_MONEY = re.compile(
    r"\s{0,2}(?:дн|д\.|час|мин|сек|лет|год|раз|недел|месяц|мес|км|шт|процент|%|человек|матч|балл|-?(?:го|й|я|е|"
    r"му|ым|ой)\b|числ|символ|знак|цифр|букв|июн|класс|век)"
)
_SENTENCE_BREAK = re.compile(r"[!?\n]|\.\s")
_SHORT = 120
_FEW_LETTERS = 6


def money(match: re.Match[str]) -> tuple[str, ...]:
    """Of `SUM`."""
    for whole, cents, scale in _SUM_GROUPS:
        if match[whole]:
            kopecks = match[cents] or (match[4] if whole == 1 else None)
            return (_amount(match[whole], kopecks, match[scale] if scale else None),)
    return ()


def bare_money(match: re.Match[str]) -> tuple[str, ...]:
    """Of `BARE`."""
    text = match.string
    if _NOT_MONEY.match(text, match.end()) or len(re.sub(r"\D", "", match[1])) < 2:  # noqa: PLR2004 - one digit counts things
        return ()
    before = _SENTENCE_BREAK.split(text[max(0, match.start() - 60) : match.start()])[-1]
    told = _PAYING.search(before) or _bare_answer(text, match)
    return (_amount(match[1], match[2], None),) if told else ()


def plain_sum(value: float) -> str:
    """A sum as it is compared: "640", "1000.50"."""
    return str(int(value)) if value == int(value) else f"{value:.2f}"


def _amount(whole: str, cents: str | None, scale: str | None) -> str:
    value = float(re.sub(r"\D", "", whole) + f".{cents or 0}")
    if scale:
        value *= 1_000_000 if scale.startswith(("млн", "миллион")) else 1_000
    return plain_sum(value)


def _bare_answer(text: str, match: re.Match[str]) -> bool:
    """Whether a number is nearly all that a short letter says: the answer to "what sum?"."""
    start, end = text.rfind("\n", 0, match.start()) + 1, text.find("\n", match.end())
    line = text[start : end if end >= 0 else len(text)]
    return len(text) < _SHORT and sum(map(str.isalpha, line)) <= _FEW_LETTERS
