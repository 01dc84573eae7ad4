"""Russian in Latin letters, read back: "dengi ne prishli" is as good a letter as any.

Nobody transliterates by a standard, so each Latin sequence has several readings, and the dictionary decides: the
reading that departs least from the usual one and is a word wins. The number of readings tried is bounded, for a
chosen text could otherwise make it exponential.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations, islice

from mailtriage.language.keyboard import KEPT
from mailtriage.language.words import fold, known

_READINGS = {
    "shch": "щ", "sch": "щ сч ш", "sh": "ш щ сх", "ch": "ч х", "zh": "ж", "kh": "х", "ts": "ц тс", "tz": "ц", "ck": "к",
    "ph": "ф", "yu": "ю", "ju": "ю жу", "iu": "ю иу ию", "ya": "я ья", "ja": "я жа", "ia": "я ия иа", "yo": "ё йо ьо",
    "jo": "ё жо", "io": "ио ё ьо", "ye": "е ые ье", "je": "е же ье", "ie": "ие ье е", "yy": "ый", "ij": "ий ый",
    "iy": "ий ый",
    "a": "а", "b": "б бь", "c": "ц с к", "d": "д дь", "e": "е э", "f": "ф", "g": "г ж", "h": "х", "i": "и й ы",
    "j": "й ж дж",
    "k": "к", "l": "л ль", "m": "м мь", "n": "н нь", "o": "о", "p": "п пь", "q": "к я", "r": "р рь", "s": "с сь ш",
    "t": "т ть",
    "u": "у ю", "v": "в вь", "w": "в ш щ", "x": "х кс", "y": "ы й у и ь", "z": "з зь ц", "'": "ь ъ", "`": "ь ъ",
    "4": "ч", "6": "ш",
}  # fmt: skip
_SEQUENCE = re.compile("|".join(sorted(map(re.escape, _READINGS), key=len, reverse=True)))
_TOKEN = re.compile(r"[A-Za-z][A-Za-z'`46]*")
_CHUNK = re.compile(r"\S+")
_TRIED = 80
_LONGEST = 30


def in_russian(text: str) -> str:
    """A text with its Latin words read as Russian; addresses, codes and what is in capitals among others stay."""
    shouted = text.isupper()
    return _CHUNK.sub(lambda chunk: _chunk(chunk[0], shouted), text)


@lru_cache(maxsize=16_384)
def russian_word(token: str) -> tuple[str, bool]:
    """One Latin word read as Russian, and whether the dictionary knows the result."""
    sequences = _SEQUENCE.findall(token.lower())
    if len(token) > _LONGEST or not sequences:
        return token, False
    choices = [_READINGS[sequence].split() for sequence in sequences]
    for candidate in islice(_candidates(choices), _TRIED):
        if known(fold(candidate)):
            return _cased(candidate, token), True
    return _cased("".join(choice[0] for choice in choices), token), False


def _candidates(choices: list[list[str]]) -> Iterator[str]:
    usual = [choice[0] for choice in choices]
    yield "".join(usual)
    open_places = [place for place, choice in enumerate(choices) if len(choice) > 1]
    for departures in (1, 2):
        for places in combinations(open_places, departures):
            yield from _departing(choices, usual, places)


def _departing(choices: list[list[str]], usual: list[str], places: tuple[int, ...]) -> Iterator[str]:
    place, *rest = places
    for other in choices[place][1:]:
        changed = [*usual[:place], other, *usual[place + 1 :]]
        if rest:
            yield from _departing(choices, changed, tuple(rest))
        else:
            yield "".join(changed)


def _chunk(chunk: str, shouted: bool) -> str:  # noqa: FBT001 - private, called once
    bare = chunk.strip(".,;:!?()")
    if (KEPT.fullmatch(bare) and not _TOKEN.fullmatch(bare)) or (bare.isupper() and len(bare) > 1 and not shouted):
        return chunk
    return _TOKEN.sub(lambda token: russian_word(token[0])[0], chunk)


def _cased(russian: str, token: str) -> str:
    if len(token) > 1 and token.isupper():
        return russian.upper()
    return russian.capitalize() if token[0].isupper() else russian
