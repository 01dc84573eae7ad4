"""Numbers in text, each told for what it is: phone, account, payment, card, document, sum, date.

The trap is that they all look alike: a wallet's number looks like a phone, a card's like a payment. So the surest
shapes are taken first and blanked out, then those that a word before them explains, and the rest last.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from mailtriage.language import amounts, cards, dates
from mailtriage.language.figures import AmongFigures, AtFigures, Figures, NearFigures, OfFigures, blanked
from mailtriage.language.sparse import sparse
from mailtriage.language.text import Text

_NUMBER = r"((?:[A-ZА-Я]{1,4}[-]?)?\d(?:[ \u00a0-]?\d){3,24})(?![\d])"
_APART = r"[\s\u00a0./)(\u2010-\u2015-]"

_EMAIL = sparse(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_UUID = AmongFigures(0, r"(?<!\w)([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?!\w)")
_BANK_ACCOUNT = AtFigures(
    20,
    r"(?<!\d)([345]\d{4}[ .]?\d{3}[ .]?\d[ .]?\d{4}[ .]?\d{7}|[345]\d{3}(?:[ \u00a0-]\d{4}){4})(?!\d)",
)
_PHONE = AtFigures(11, rf"(?<![\w+])(?:\+\s?7|8|7){_APART}{{0,4}}(\d{{3}})((?:{_APART}{{0,3}}\d){{7}})(?!\d)", before=2)
_FOREIGN_PHONE = AtFigures(10, r"\+(?!7)(\d(?:[\s().-]{0,3}\d){9,13})(?!\d)", before=1)
_SHORT_PHONE = AtFigures(10, r"(?<![\w+-])\(?(9\d{2})\)?[\s.-]{0,3}(\d{3}[\s-]?\d{2}[\s-]?\d{2})(?!\d)", before=1)
_PHONE_WORD = re.compile(r"(?:тел|номер телефона|моб|whatsapp|ватсап|звони\w+|phone)[^\d\n]{0,15}$")
_ACCOUNT = NearFigures(
    rf"(?:счет\w*|счёт\w*|кошел\w+|аккаунт\w*|акк\b|кабинет\w*|\bид\b|\bid\b|айди|логин\w*|лицев\w+|wallet|account|"
    rf"договор\w*|кашел\w+|учетн\w+|учётн\w+|koshel\w+|schet\w*)[^\d\n!?\x01]{{0,25}}?{_NUMBER}"
)
_OPERATION = re.compile(r"транзакц|операци|плат[её]ж|заявк|обращени|тикет|чека|transaction|payment|order")
_PAYMENT = NearFigures(
    rf"(?:плат[её]ж\w*|операци\w+|транзакци\w+|перевод\w*|вывод\w*|квитанци\w+|чек\w*|заявк\w+|заявлени\w+|"
    rf"обращени\w+|номер\w*|№|#|ставк\w+|пополнени\w+|ордер\w*|тикет\w*|возврат\w*|авторизаци\w+|\bуип\b|референс\w*|"
    rf"order|payment|transaction|operation|receipt|request|ticket|number|nomer\w*|платежк\w+|rrn|купон\w*|"
    rf"идентификатор\w*)[^\d\n!?\x01]{{0,30}}?{_NUMBER}(?:(?:\s?,\s?|\s?и\s){_NUMBER})?(?:(?:\s?,\s?|"
    rf"\s?и\s){_NUMBER})?"
)
_NAMED = re.compile(
    r"номер|№|#|\bid\b|\bn[o°.]?\s?(?=\d)|number|nomer|идентификатор|квитанц|чек|заявк|обращени|транзакц|операци|rrn|тикет|ticket"
)
_CODE = AtFigures(1, r"(?<![\w-])([a-zа-я]{2,6}-?\d[\d-]{2,20}\d)(?![\w-])", before=7)
_LONG = AtFigures(7, r"(?<![\w+.,-])(\d{7,20})(?![\w]|[.,]\d)")
_CAPITALS = re.compile(r"[A-ZА-Я]+[-\d]")
_FREE_LINE = "800"
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


def find_digits(text: Text) -> Digits:
    """Every number of a text that says who or what it is about."""
    found = Digits()
    if not re.search(r"[\d@]", text.written):
        return found
    emails = _sweep(_EMAIL.finditer(text.written, text.holding), _email, found.emails)
    figures = Figures(blanked(text.folded, emails) if emails else text.folded)
    for pattern, kind, read in _SWEEPS:
        if pattern.least <= figures.most and pattern.may_be_in(text.holding):
            matches = pattern.finditer(figures)
            if pattern is _CODE:
                matches = (match for match in matches if _CAPITALS.match(text.written, match.start()))
            if spans := _sweep(matches, read, getattr(found, kind)):
                figures.take(spans)
    return found


def _sweep(
    matches: Iterable[re.Match[str]], read: Callable[[re.Match[str]], tuple[str, ...]], values: list[str]
) -> list[tuple[int, int]]:
    """Offer each match to `read`, keep what it tells ("" is taken and not kept); the places that it took."""
    spans = []
    for match in matches:
        told = read(match)
        values += [value for value in told if value and value not in values]
        if told:
            spans.append(match.span())
    return spans


def _digits(written: str) -> str:
    return re.sub(r"\D", "", written)


def _email(match: re.Match[str]) -> tuple[str, ...]:
    return (match[0].lower(),)


def _phone(match: re.Match[str]) -> tuple[str, ...]:
    first = match[1][0]
    if match[0][0] != "+" and (first not in "34589" or (match[0].isdigit() and first != "9")):
        return ()
    # A free line is an office's: taken, and nobody's.
    return ("" if match[1] == _FREE_LINE else f"+7{match[1]}{_digits(match[2])}",)


def _foreign_phone(match: re.Match[str]) -> tuple[str, ...]:
    return (f"+{_digits(match[1])}",)


def _short_phone(match: re.Match[str]) -> tuple[str, ...]:
    before = match.string[max(0, match.start() - 30) : match.start()]
    if match[0].isdigit() and not _PHONE_WORD.search(before):
        return ()
    return (f"+7{match[1]}{_digits(match[2])}",)


def _account(match: re.Match[str]) -> tuple[str, ...]:
    number = re.sub(r"[ \u00a0.]", "", match[1]).upper()
    # "ID транзакции": the nearer word says what it is.
    if len(_digits(number)) < _LEAST or _OPERATION.search(match[0]):
        return ()
    return (number,)


def _payment(match: re.Match[str]) -> tuple[str, ...]:
    named = bool(_NAMED.search(match[0]))
    numbers = [re.sub(r"[ \u00a0]", "", number).upper() for number in match.groups() if number]
    return tuple(number for number in numbers if len(_digits(number)) >= (_LEAST - 1 if named else _TRUSTED))


def _code(match: re.Match[str]) -> tuple[str, ...]:
    return (match[1].upper(),)


_SWEEPS: tuple[tuple[OfFigures, str, Callable[[re.Match[str]], tuple[str, ...]]], ...] = (
    (_UUID, "payments", _code),
    (dates.ISO_DATE, "dates", dates.iso_date),
    (dates.WORD_DATE, "dates", dates.word_date),
    (dates.ENGLISH_DATE, "dates", dates.english_date),
    (cards.PASSPORT, "documents", cards.passport),
    (cards.LICENCE, "documents", cards.licence),
    (cards.INN, "documents", cards.inn),
    (cards.SNILS, "documents", cards.snils),
    (_BANK_ACCOUNT, "accounts", _account),
    (cards.GROUPED_CARD, "accounts", cards.grouped_card),
    (cards.CARD, "accounts", cards.card),
    (cards.CARD_TAIL, "accounts", cards.card_tail),
    (_PHONE, "phones", _phone),
    (_FOREIGN_PHONE, "phones", _foreign_phone),
    (dates.SHORT_DATE, "dates", dates.short_date),
    (cards.FAR_PASSPORT, "documents", cards.passport),
    (amounts.SUM, "sums", amounts.money),
    (_SHORT_PHONE, "phones", _short_phone),
    (_CODE, "payments", _code),
    (_ACCOUNT, "accounts", _account),
    (_PAYMENT, "payments", _payment),
    (_LONG, "payments", _code),
    (amounts.BARE, "sums", amounts.bare_money),
)
"""In the order in which they take: a pattern, the kind of what it finds, and how that is read (nothing: not taken)."""
