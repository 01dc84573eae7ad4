"""Numbers in text, each told for what it is: phone, account, payment, card, document, sum, date.

The trap is that they all look alike: a wallet's number looks like a phone, a card's like a payment. So the surest
shapes are taken first and blanked out, then those that a word before them explains, and the rest last. Of cards and
documents only the last digits leave this module.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from mailtriage.language.words import EXAMINED

_TAKEN = "\x01"
_MONTHS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
_CURRENCY = r"(?:р(?:уб(?:л\w+|\.)?)?(?![а-яё\w])|руб\w*|₽|rub\b|rur\b|roubles?\b|rubles?\b)"
_SCALE = r"(?:тыс(?:яч\w*|\.)?|тыщ\w*|т\.\s?р\.?|т\.|к(?![а-яё\w])|млн\.?|миллион\w*)"
_AMOUNT = r"(?<![\w.,\x01])(\d{1,3}(?:[ \u00a0'.]\d{3}){1,3}|\d{1,9})(?:[.,](\d{1,2}))?(?!\d)"
_NUMBER = r"((?:[A-ZА-Я]{1,4}[-]?)?\d(?:[ \u00a0-]?\d){3,24})(?![\d])"

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_DATE = re.compile(r"(?<![\d.])(\d{1,2})([./-])(\d{1,2})(?:\2(\d{4}|\d{2}))?(?:\s?г\.?)?(?![\d.]*\d)")
_ISO_DATE = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_WORD_DATE = re.compile(
    r"(?<!\d)(\d{1,2})(?:-?го)?\s+(янв\w*|фев\w*|марта?|апр\w*|ма[яй]|июн\w*|июл\w*|авг\w*|сен\w*|окт\w*|ноя\w*|"
    r"дек\w*)(?:\s+(\d{4}))?"
)
_PASSPORT = re.compile(
    r"(?:паспорт\w*|серия|passport)[^\d\n\x01]{0,40}?(\d{2}\s?\d{2}(?:[^\d\n]{0,12}\d{6})?|\d{6,9})(?!\d)"
)
_INN = re.compile(r"(?:инн|inn)[^\d\n]{0,12}(\d{10}(?:\d{2})?)(?!\d)")
_SNILS = re.compile(
    r"(?:снилс[^\d\n]{0,12})?(?<!\d)(\d{3}-\d{3}-\d{3}[ -]\d{2})(?!\d)|снилс[^\d\n]{0,12}(\d{11})(?!\d)"
)
_CARD = re.compile(r"(?<![\d+])\d(?:[ \u00a0-]?\d){12,18}(?!\d)")
_CARD_TAIL = re.compile(
    r"(?:(?:[*xх•·]{2,}|\d{4,6}[*xх•·]+)[ *xх•·-]*|карт\w*[^\d\n.!?]{0,30}\*)(\d{4})(?!\d)|"
    r"карт\w*[^\d\n!?]{0,25}(?:\.\.\.?|…|оканчивается на|последние\D{0,15})\s?(\d{4})(?!\d)"
)
_BANK_ACCOUNT = re.compile(r"(?<!\d)(\d{5}[ .]?\d{3}[ .]?\d[ .]?\d{4}[ .]?\d{7})(?!\d)")
_PHONE = re.compile(r"(?<![\w+])(?:\+\s?7|8|7)[\s\u00a0.(–-]*(\d{3})((?:[\s\u00a0.)(–-]{0,3}\d){7})(?!\d)")
_FOREIGN_PHONE = re.compile(r"\+(?!7)(\d(?:[\s().-]{0,3}\d){9,13})(?!\d)")
_SHORT_PHONE = re.compile(r"(?<![\w+-])\(?(9\d{2})\)?[\s.-]*(\d{3}[\s-]?\d{2}[\s-]?\d{2})(?!\d)")
_PHONE_WORD = re.compile(r"(?:тел|номер телефона|моб|whatsapp|ватсап|звони\w+|phone)[^\d\n]{0,15}$")
_SUM = re.compile(
    rf"{_AMOUNT}\s{{0,2}}({_SCALE})?\s{{0,2}}(?:{_CURRENCY}|(?<=\s{{1}}){_CURRENCY})|"
    rf"{_AMOUNT}\s{{0,2}}({_SCALE})(?![а-яё])"
)
_ACCOUNT = re.compile(
    rf"(?:счет\w*|счёт\w*|кошел\w+|аккаунт\w*|акк\b|кабинет\w*|\bид\b|\bid\b|логин\w*|лицев\w+|wallet|account|"
    rf"договор\w*|кашел\w+|учетн\w+|учётн\w+|koshel\w+|schet\w*)[^\d\n!?\x01]{{0,25}}?{_NUMBER}"
)
_PAYMENT = re.compile(
    rf"(?:плат[её]ж\w*|операци\w+|транзакци\w+|перевод\w*|вывод\w*|квитанци\w+|чек\w*|заявк\w+|заявлени\w+|"
    rf"обращени\w+|номер\w*|№|#|ставк\w+|пополнени\w+|ордер\w*|тикет\w*|"
    rf"order|payment|transaction|operation|receipt|request|ticket|number|nomer\w*|платежк\w+|rrn|купон\w*|"
    rf"идентификатор\w*)[^\d\n!?\x01]{{0,30}}?{_NUMBER}(?:(?:\s?,\s?|\s?и\s){_NUMBER})?(?:(?:\s?,\s?|"
    rf"\s?и\s){_NUMBER})?"
)
_NAMED = re.compile(
    r"номер|№|#|\bid\b|number|nomer|идентификатор|квитанц|чек|заявк|обращени|транзакц|операци|rrn|тикет|ticket"
)
_CODE = re.compile(r"(?<![\w-])([A-ZА-Я]{2,6}-?\d[\d-]{2,20}\d)(?![\w-])")
_LONG = re.compile(r"(?<![\w+.,-])(\d{7,20})(?![\w]|[.,]\d)")
_BARE = re.compile(rf"{_AMOUNT}(?![\w%:-])")
_PAYING = re.compile(
    r"плат|опла|сумм|спис|снял|сняли|верн|возвра|пополн|зачисл|положи|палажи|полож|внес|вн[её]с|перев[её]|вывел|"
    r"вывод|комисси|пришл|удерж|закину|кинул|долж|баланс|остат|взял|деньг|дене|по\b|refund|charg|paid|balance"
)
_NOT_MONEY = re.compile(
    r"^\s{0,2}(?:дн|д\.|час|мин|сек|лет|год|раз|недел|месяц|мес|км|шт|процент|%|человек|матч|балл|-?(?:го|й|я|е|"
    r"му|ым|ой)\b|числ|символ|знак|цифр|букв|июн|класс|век)"
)
_SENTENCE_BREAK = re.compile(r"[!?\n]|\.\s")
_LUHN_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
_LEAST = 5
_TRUSTED = 6


@dataclass(slots=True)
class Digits:
    """What was found, normalised as `identity.Identities` says."""

    phones: list[str] = field(default_factory=list)
    accounts: list[str] = field(default_factory=list)
    payments: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    sums: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)


def find_digits(text: str) -> Digits:
    """Every number of a text that says who or what it is about."""
    found = Digits()
    rest = text[:EXAMINED]
    if not re.search(r"[\d@]", rest):
        return found
    for pattern, take in (
        (_EMAIL, _email), (_ISO_DATE, _iso_date), (_WORD_DATE, _word_date), (_PASSPORT, _passport), (_INN, _inn),
        (_SNILS, _snils),
        (_BANK_ACCOUNT, _account), (_CARD, _card), (_CARD_TAIL, _card_tail), (_PHONE, _phone),
        (_FOREIGN_PHONE, _foreign_phone), (_DATE, _date),
        (_SUM, _sum), (_SHORT_PHONE, _short_phone), (_CODE, _code), (_ACCOUNT, _account), (_PAYMENT, _payment),
        (_LONG, _code), (_BARE, _bare),
    ):  # fmt: skip
        rest = _sweep(pattern, rest, take, found)
    return found


def _sweep(pattern: re.Pattern[str], text: str, take: Callable[[re.Match[str], Digits], bool], found: Digits) -> str:
    """Offer each match to `take`, and blank out what it took."""
    where = text if pattern is _CODE or pattern is _EMAIL else text.lower() if len(text.lower()) == len(text) else text
    taken = [match.span() for match in pattern.finditer(where) if take(match, found)]
    pieces, at = [], 0
    for start, end in taken:
        pieces += [text[at:start], re.sub(r"\S", _TAKEN, text[start:end])]
        at = end
    return "".join([*pieces, text[at:]])


def _bare_digits(written: str) -> str:
    return re.sub(r"\D", "", written)


def _add(values: list[str], value: str) -> bool:
    if value not in values:
        values.append(value)
    return True


def _email(match: re.Match[str], found: Digits) -> bool:
    return _add(found.emails, match[0].lower())


def _day(year: str | None, month: int, day: int) -> str | None:
    full = int(year) + (2000 if len(year) == 2 else 0) if year else None  # noqa: PLR2004 - two digits of a year
    try:
        return (
            date(full, month, day).isoformat() if full else date(2024, month, day).isoformat()[4:].replace("-", "--", 1)
        )
    except ValueError:
        return None


def _iso_date(match: re.Match[str], found: Digits) -> bool:
    day = _day(match[1], int(match[2]), int(match[3]))
    return bool(day and _add(found.dates, day))


def _date(match: re.Match[str], found: Digits) -> bool:
    if match[2] == "-" and not match[4]:
        return False
    money = re.match(rf"\s{{0,2}}(?:{_SCALE}|{_CURRENCY})", match.string[match.end() : match.end() + 12])
    if not match[4] and (money or len(match[3]) < 2):  # noqa: PLR2004 - "2.5" is no date
        return False
    day = _day(match[4], int(match[3]), int(match[1]))
    return bool(day and _add(found.dates, day))


def _word_date(match: re.Match[str], found: Digits) -> bool:
    month = next(number for number, stem in _MONTH_STEMS if match[2].startswith(stem))
    day = _day(match[3], month, int(match[1]))
    return bool(day and _add(found.dates, day))


_MONTH_STEMS = sorted(enumerate(_MONTHS, 1), key=lambda pair: -len(pair[1]))


def _passport(match: re.Match[str], found: Digits) -> bool:
    return _add(found.documents, f"passport *{_bare_digits(match[1])[-2:]}")


def _inn(match: re.Match[str], found: Digits) -> bool:
    return _add(found.documents, f"inn *{match[1][-2:]}")


def _snils(match: re.Match[str], found: Digits) -> bool:
    return _add(found.documents, f"snils *{_bare_digits(match[0])[-2:]}")


def _card(match: re.Match[str], found: Digits) -> bool:
    number = _bare_digits(match[0])
    doubled = (_LUHN_DOUBLED[int(digit)] if place % 2 else int(digit) for place, digit in enumerate(reversed(number)))
    return sum(doubled) % 10 == 0 and number[0] in "234569" and _add(found.accounts, f"*{number[-4:]}")


def _card_tail(match: re.Match[str], found: Digits) -> bool:
    return _add(found.accounts, f"*{match[1] or match[2]}")


def _phone(match: re.Match[str], found: Digits) -> bool:
    plain = match[0].isdigit()
    if match[1][0] not in "34589" or (plain and match[1][0] != "9"):
        return False
    return _add(found.phones, f"+7{match[1]}{_bare_digits(match[2])}")


def _foreign_phone(match: re.Match[str], found: Digits) -> bool:
    return _add(found.phones, f"+{_bare_digits(match[1])}")


def _short_phone(match: re.Match[str], found: Digits) -> bool:
    before = match.string[max(0, match.start() - 30) : match.start()]
    if match[0].isdigit() and not _PHONE_WORD.search(before):
        return False
    return _add(found.phones, f"+7{match[1]}{_bare_digits(match[2])}")


def _amount(whole: str, cents: str | None, scale: str | None) -> str:
    value = float(f"{_bare_digits(whole)}.{cents or 0}")
    if scale:
        value *= 1_000_000 if scale.startswith(("млн", "миллион")) else 1_000
    return plain_sum(value)


def plain_sum(value: float) -> str:
    """A sum as it is compared: "640", "1000.50"."""
    return str(int(value)) if value == int(value) else f"{value:.2f}"


def _sum(match: re.Match[str], found: Digits) -> bool:
    if match[1]:
        return _add(found.sums, _amount(match[1], match[2], match[3]))
    return _add(found.sums, _amount(match[4], match[5], match[6]))


def _account(match: re.Match[str], found: Digits) -> bool:
    number = re.sub(r"[ \u00a0.]", "", match[1]).upper()
    if len(_bare_digits(number)) < _LEAST:
        return False
    return _add(found.accounts, number)


def _payment(match: re.Match[str], found: Digits) -> bool:
    named = bool(_NAMED.search(match[0]))
    numbers = [re.sub(r"[ \u00a0]", "", number).upper() for number in match.groups() if number]
    taken = [number for number in numbers if len(_bare_digits(number)) >= (_LEAST - 1 if named else _TRUSTED)]
    for number in taken:
        _add(found.payments, number)
    return bool(taken)


def _code(match: re.Match[str], found: Digits) -> bool:
    return _add(found.payments, match[1].upper())


def _bare(match: re.Match[str], found: Digits) -> bool:
    """A number without a currency is a sum where its sentence speaks of paying."""
    text = match.string
    if _NOT_MONEY.match(text[match.end() : match.end() + 12]) or len(_bare_digits(match[1])) < 2:  # noqa: PLR2004 - one digit counts things
        return False
    before = _SENTENCE_BREAK.split(text[max(0, match.start() - 60) : match.start()])[-1]
    short = len(text) < 40  # noqa: PLR2004 - a bare answer to "what sum?"
    return bool(_PAYING.search(before) or short) and _add(found.sums, _amount(match[1], match[2], None))


def sums_of(values: Iterator[float]) -> Iterator[str]:
    """Sums as they are compared."""
    yield from map(plain_sum, values)
