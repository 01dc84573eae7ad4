"""Where in a text names may stand, told by its words alone: of a hundred words of a letter five may belong to one.

What a word may be is kept by word, as it stands between two blanks, so a text is gone through once and only lines are
read in which something shows a name. The trap is the name that shows nothing by itself: whatever may announce one
("клиент Вера", "имя: оксана") must be known here.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from mailtriage.language.by_word import kept
from mailtriage.language.holding import ODD
from mailtriage.language.name_words import Token, tokens_of
from mailtriage.language.personal_words import first_name, taken_for_a_name
from mailtriage.language.text import LINE_END
from mailtriage.language.words import fold

_PERSONAL: Final = 1
"""May belong to a name."""
_CAPITAL: Final = 2
_ENDS: Final = 4
"""No name goes on behind it."""
_SHOWS: Final = 8
"""Shows a name by itself: a father's name, or what is announced without a blank."""
_ANNOUNCES: Final = 16
"""A name may follow."""
_TELLS: Final = 32
"""The same, of any kind: how somebody names himself in passing."""
_MARK: Final = 64
"""May stand between the two."""
_TAKEN: Final = 128
"""Taken for a name where one is told."""
_ITSELF: Final = 256
"""Tells and is told at once."""
_LOW: Final = 512
"""A first name without capital."""
_ALL: Final = 1023 ^ (_ENDS | _MARK)
_MATTERS: Final = _PERSONAL | _TAKEN | _ITSELF | _LOW

_WORD = re.compile(r"[\w-]+")
_MARKS = f",:.–—-{LINE_END}"
_LAST = re.compile(r"[^\W_]+(?=[,:.–—-]*$)")
_TOLD = re.compile(r"[^\W\d_]{2,}(?:-[^\W\d_]{2,})?")
_IN_ONE = re.compile(r"(?:имя|фамили[яюи]|отчество)[:–—-]?[^\W\d_]|,[^\W\d_]")
_END = re.compile(r"[,;:!?()«»\"<>/|]$|[^\W_]{2}\.$")
_ANNOUNCING = frozenset(
    (
        "зовут", "звать", "меня", "фио", "ио", "о", "уважением", "ув", "вам", "беспокоит", "это", "имя", "фамилия",
        "фамилию", "фамилии", "is", "regards", "sincerely", "zovut", "uvazheniem", "imya",
    )
)  # fmt: skip
"""Last words of what introduces a name to `names`."""
_TELLING = frozenset(
    (
        "это", "я", "тут", "здесь", "от", "имя", "фамилия", "фамилию", "фамилии", "отчество", "отвечайте", "ответьте",
        "пишите", "звоните", "позвоните", "перезвоните", "дед", "дедушка", "бабушка", "баба", "бабка", "тетя", "дядя",
        "мама", "папа", "отец", "мать", "сестра", "брат", "пенсионер", "пенсионерка", "клиент", "клиентка", "игрок",
        "пользователь", "подписчик", "болельщик", "слуга", "друг",
    )
)  # fmt: skip
"""The same of `introductions`."""


class NamePlaces(NamedTuple):
    """Where a text may hold names; nowhere else, but for its end."""

    lines: tuple[int, ...]
    """Numbers of the lines where somebody may be named in full or introduced."""
    told: bool
    """Whether a word that is taken for a name there stands behind one that tells who somebody is."""
    low: tuple[int, ...]
    """Numbers of the lines where a first name without capital stands."""


def may_be_in(said: str) -> bool:
    """Whether anything in a piece of text may belong to a name."""
    return any(_kind(piece) & _PERSONAL for piece in said.split())


def name_places(pieces: Iterable[str]) -> NamePlaces:
    """Of a text in pieces without blanks, the ends of its lines among them."""
    standing = [*filter(None, pieces), LINE_END]
    kinds = list(map(_kind, standing))
    ends = [at for at, piece in enumerate(standing) if piece == LINE_END]
    showing, low, told = list[int](), list[int](), False
    for at in [at for at, kind in enumerate(kinds) if kind & _MATTERS]:
        kind, before = kinds[at], _before(kinds, at)
        if kind & _SHOWS or before & _ANNOUNCES or (kind & _CAPITAL and _beside_a_capital(kinds, at)):
            showing.append(bisect_left(ends, at))
        told = told or bool(kind & _ITSELF or (kind & _TAKEN and before & _TELLS))
        if kind & _LOW:
            low.append(bisect_left(ends, at))
    return NamePlaces(tuple(dict.fromkeys(showing)), told, tuple(dict.fromkeys(low)))


def _before(kinds: Sequence[int], at: int) -> int:
    """What stands before it, marks apart."""
    at -= 1
    while at >= 0 and kinds[at] & _MARK:
        at -= 1
    return kinds[at] if at >= 0 else 0


def _beside_a_capital(kinds: Sequence[int], at: int) -> bool:
    before = kinds[at - 1] if at else 0
    return bool((before & _CAPITAL and not before & _ENDS) or (kinds[at + 1] & _CAPITAL and not kinds[at] & _ENDS))


@kept(8_192)
def _kind(piece: str) -> int:
    """All that what stands between two blanks may be."""
    if ODD.search(piece):
        return _ALL
    return sum({*_of_tokens(piece, tokens_of(piece, 0)), *_of_words(piece, fold(piece))})


def _of_tokens(piece: str, tokens: Sequence[Token]) -> Iterator[int]:
    for token in tokens:
        if token.capital and "other" not in token.kinds:
            yield _CAPITAL
        if token.personal:
            yield _PERSONAL
            if "patronymic" in token.kinds or any(map(str.isalpha, piece[: token.start])):
                yield _SHOWS


def _of_words(piece: str, folded: str) -> Iterator[int]:
    if not piece.strip(_MARKS):
        yield _MARK
    last = _LAST.search(folded)
    if last is not None and last[0] in _ANNOUNCING:
        yield _ANNOUNCES
    if last is not None and last[0] in _TELLING:
        yield _TELLS
    first = _TOLD.match(piece.lstrip(_MARKS))
    if first is not None and taken_for_a_name(first[0]):
        yield _TAKEN
    if _END.search(piece):
        yield _ENDS
    if _IN_ONE.search(folded):
        yield _ITSELF
    if any(word[0].islower() and first_name(word) for word in _WORD.findall(piece)):
        yield _LOW
