"""Numbers in text, each told for what it is: phone, account, payment, card, document, sum, date.

The trap is that they all look alike: a wallet's number looks like a phone, a card's like a payment. So the surest
shapes are taken first and blanked out, then those that a word before them explains, and the rest last.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from mailtriage.language import amounts, cards, dates
from mailtriage.language.near_numbers import NearNumbers
from mailtriage.language.sparse import Sparse, sparse
from mailtriage.language.text import Text

_TAKEN = "\x01"
_SEEN = re.compile(r"\S")
_NUMBER = r"((?:[A-ZА-Я]{1,4}[-]?)?\d(?:[ \u00a0-]?\d){3,24})(?![\d])"
_RUN = re.compile(r"\d(?:\D{0,4}\d)*")
"""Figures that may belong together: those of one number stand no further apart."""
_APART = r"[\s\u00a0./)(\u2010-\u2015-]"

_EMAIL = sparse(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_UUID = sparse(r"(?<!\w)([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?!\w)")
_BANK_ACCOUNT = NearNumbers(
    r"(?<!\d)([345]\d{4}[ .]?\d{3}[ .]?\d[ .]?\d{4}[ .]?\d{7}|[345]\d{3}(?:[ \u00a0-]\d{4}){4})(?!\d)"
)
_PHONE = sparse(rf"(?<![\w+])(?:\+\s?7|8|7){_APART}{{0,4}}(\d{{3}})((?:{_APART}{{0,3}}\d){{7}})(?!\d)")
_FOREIGN_PHONE = sparse(r"\+(?!7)(\d(?:[\s().-]{0,3}\d){9,13})(?!\d)")
_SHORT_PHONE = sparse(r"(?<![\w+-])\(?(9\d{2})\)?[\s.-]{0,3}(\d{3}[\s-]?\d{2}[\s-]?\d{2})(?!\d)")
_PHONE_WORD = re.compile(r"(?:тел|номер телефона|моб|whatsapp|ватсап|звони\w+|phone)[^\d\n]{0,15}$")
_ACCOUNT = NearNumbers(
    rf"(?:счет\w*|счёт\w*|кошел\w+|аккаунт\w*|акк\b|кабинет\w*|\bид\b|\bid\b|айди|логин\w*|лицев\w+|wallet|account|"
    rf"договор\w*|кашел\w+|учетн\w+|учётн\w+|koshel\w+|schet\w*)[^\d\n!?\x01]{{0,25}}?{_NUMBER}"
)
_OPERATION = re.compile(r"транзакц|операци|плат[её]ж|заявк|обращени|тикет|чека|transaction|payment|order")
_PAYMENT = NearNumbers(
    rf"(?:плат[её]ж\w*|операци\w+|транзакци\w+|перевод\w*|вывод\w*|квитанци\w+|чек\w*|заявк\w+|заявлени\w+|"
    rf"обращени\w+|номер\w*|№|#|ставк\w+|пополнени\w+|ордер\w*|тикет\w*|возврат\w*|авторизаци\w+|\bуип\b|референс\w*|"
    rf"order|payment|transaction|operation|receipt|request|ticket|number|nomer\w*|платежк\w+|rrn|купон\w*|"
    rf"идентификатор\w*)[^\d\n!?\x01]{{0,30}}?{_NUMBER}(?:(?:\s?,\s?|\s?и\s){_NUMBER})?(?:(?:\s?,\s?|"
    rf"\s?и\s){_NUMBER})?"
)
_NAMED = re.compile(
    r"номер|№|#|\bid\b|\bn[o°.]?\s?(?=\d)|number|nomer|идентификатор|квитанц|чек|заявк|обращени|транзакц|операци|rrn|тикет|ticket"
)
_CODE = sparse(r"(?<![\w-])([A-ZА-Я]{2,6}-?\d[\d-]{2,20}\d)(?![\w-])")
_LONG = sparse(r"(?<![\w+.,-])(\d{7,20})(?![\w]|[.,]\d)")
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
    written, low, holding, _ = text
    if not re.search(r"[\d@]", written):
        return found
    longest, taken = _longest(low), False
    for least, pattern, kind, read in _SWEEPS:
        if least > longest or not pattern.may_be_in(holding):
            continue
        if taken and least > 1:
            longest, taken = _longest(low), False
            if least > longest:
                continue
        looked_at = written if pattern in {_CODE, _EMAIL} else low
        spans = _sweep(pattern.finditer(looked_at), read, getattr(found, kind))
        if spans:
            written, low, taken = _blanked(written, spans), _blanked(low, spans), True
    return found


def _longest(text: str) -> int:
    """How many figures may belong together at most, of those that are not yet taken."""
    return max((len(_digits(run)) for run in _RUN.findall(text)), default=0)


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


def _blanked(text: str, spans: list[tuple[int, int]]) -> str:
    pieces, at = list[str](), 0
    for start, end in spans:
        pieces += [text[at:start], _SEEN.sub(_TAKEN, text[start:end])]
        at = end
    return "".join([*pieces, text[at:]])


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


_SWEEPS: tuple[tuple[int, Sparse | NearNumbers, str, Callable[[re.Match[str]], tuple[str, ...]]], ...] = (
    (0, _EMAIL, "emails", _email),
    (0, _UUID, "payments", _code),
    (8, dates.ISO_DATE, "dates", dates.iso_date),
    (1, dates.WORD_DATE, "dates", dates.word_date),
    (1, dates.ENGLISH_DATE, "dates", dates.english_date),
    (4, cards.PASSPORT, "documents", cards.passport),
    (8, cards.LICENCE, "documents", cards.licence),
    (10, cards.INN, "documents", cards.inn),
    (11, cards.SNILS, "documents", cards.snils),
    (20, _BANK_ACCOUNT, "accounts", _account),
    (15, cards.GROUPED_CARD, "accounts", cards.grouped_card),
    (13, cards.CARD, "accounts", cards.card),
    (4, cards.CARD_TAIL, "accounts", cards.card_tail),
    (11, _PHONE, "phones", _phone),
    (10, _FOREIGN_PHONE, "phones", _foreign_phone),
    (2, dates.SHORT_DATE, "dates", dates.short_date),
    (10, cards.FAR_PASSPORT, "documents", cards.passport),
    (1, amounts.SUM, "sums", amounts.money),
    (10, _SHORT_PHONE, "phones", _short_phone),
    (1, _CODE, "payments", _code),
    (4, _ACCOUNT, "accounts", _account),
    (4, _PAYMENT, "payments", _payment),
    (7, _LONG, "payments", _code),
    (1, amounts.BARE, "sums", amounts.bare_money),
)
"""In the order in which they take: how many figures it needs together, a pattern, the kind of what it finds, and how
that is read (nothing: not taken)."""
