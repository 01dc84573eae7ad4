"""What a word is under its disguise: foreign letters, digits, asterisks, spaces between letters, a foreign keyboard.

The trap is to undo a disguise that nobody put on: initials, sums with a star, two sentences without a space. So every
reading found here is only a candidate; it counts when the whole of it is obscene and its parts are no words
themselves.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

from mailtriage.language import keyboard, lexicon, translit
from mailtriage.language.obscene_roots import obscene
from mailtriage.language.plausibility import english, latin, squeeze
from mailtriage.language.sparse import sparse
from mailtriage.language.words import fold, known

_LOOKS = str.maketrans("abcehkmoptxyuinrzldswg364019@$", "авсенкмортхуиипгзлдсшдзбчоияас")
_SOUNDS = str.maketrans("abcehkmoptxyuinrzldswgfvj364019@$", "абцехкмоптхйуинрзлдсвгфвйебчоияас")
_NEITHER = str.maketrans("", "", "0123456789")
_SEPARATORS = re.compile(r"[^а-я]+")
_MASKED = re.compile(r"[*#@$%&_×•·^~+=\-.…?!]+")
_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
_PLAIN = re.compile("[а-я]+")
_LATIN = re.compile("[a-z]")
_SPACED = sparse(r"(?<![^\W\d_])[^\W_](?:(?:[ \t]{1,3}|[ \t]?[-_.*,/|][ \t]?)[^\W_](?![^\W_])){2,40}")
_COMBINING = re.compile("[\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff]")
_EDGES = ".,;:!?()[]{}«»\"'“”„…—–-<>/\\|"
_PUNCTUATION = frozenset("-_+=?!.")
_LONGEST = 40

_TRANSLIT = re.compile(
    """(?:
      (?:(?:na|ni|po|do|o|a|za|ot)?(?:h|x|kh)u(?:y|i|j|ye|ie|je|e|ya|ia|ja|il|yl|jl)(?:$|n|l|v|s|t|m|a|o|e|u|
        i))(?!nh|ng)
    | (?:ras|ot|na|s|po|za|o|pri|v)?p[ie]zd | p[ie]zd
    | (?:za|na|po|pro|vy|vi|ot|ob|u|raz|pod|do|pere|pri|iz)(?:[yj'])?eb(?:al|an|at|u$|ut|is|i$|ok|ki|is[hc]|yv|nu|on|l)
    | (?:dolb|mozg)[oa][yj]?[eo]b | u[yj]?eb(?:ok|ki|an|is)
    | [yj]eb(?:ok|ki) | [yji]?[eo]ban(?:[yiaoue]|ut) | (?:[yj]e|e|yo|jo)b(?:al|at$|at'|ut$|lo$|lan|uch|i$|is)
    | bl(?:ya|ia|ja)(?:$|d|t|$) | (?:vy|vi)bl(?:ya|ia|ja)d
    | (?:s|c)u(?:k|ch)(?:a|i|u|oy|oi|ami|ara|am)$ | cyka$
    | muda(?:k|ch|c|ts) | mudil | mudozv | p[ei]d[oa]r(?:a?s|i$|y$|$|il|ov|am|sk) | g[ao]ndon | zalup
    | (?:na|po|ni)?x[yu](?:i|j|y|yu|u|ya|li|le|yli|evo|[ey]ta|esos|[iyj]n[iy]?a|[iyj]lo)$
    | (?:na|po|ni)her(?:a|u|$)(?!s)
    | pohu[iy]z | (?:vy|vi|za|na|ot|do|po|pri|pere|pro|s)hu(?:ya|ia|ja)[cr] | hu[iy]l[aoiy]?$
    | [yj]?eb(?:yot|iot|jot|l(?:ya|ia|ja)$|l(?:ej|ey|ei|yu|iu)$) | (?:za|na|vy|vi|ot|po|pere|pri|pro)?[yj]?ebash
    | [yj]eben(?:ya|ia|ey|iam|yam|yah) | naeb(?:sh|sch) | (?:na|za|po|pod|vy|vi|u|pro|ob|raz|ras)[yj]ob(?:k|$|a|y|i|n|s)
    | (?:pro|za|na|do|vy|po)eb$ | poeben | pidri?l | mandavo | (?:za|na|po|vy|vi|ot|u)?droch(?:i(?!a)|k|u|er|$)
    )""",
    re.VERBOSE,
)

_HOOY = re.compile("(?:na|po|ni)?hoo[yij]")
"""As English ears write it; with its letters squeezed it would be Spanish."""
_KEYED = 4
_KEYED_PLAIN = frozenset(("cerf", "cerb"))
"""What only a wrong layout explains though it could be spoken; any other ("cert", "GPL") is a word or a name."""
_NAMES = frozenset(("hui", "huy", "suki", "huya", "xue", "xui", "xuy", "xyi", "huj", "ebi", "xye", "blya", "huila"))
"""Given names in other languages; in small letters they are meant."""


_PI = re.compile(r"3[.,]14(?=[а-яa-z])")
_CUT = re.compile(r"(?:бл|пиз|хуе?|еб|ебан?)(?:\.{2,}|…|[*#@$]+)")
"""A word broken off where everybody can finish it."""


def naked(word: str) -> str:
    """A word folded, without combining marks and invisible characters, the number pi read as its name."""
    return _PI.sub("пи", _COMBINING.sub("", fold(unicodedata.normalize("NFKC", word))))


@lru_cache(maxsize=16_384)
def candidates(chunk: str) -> tuple[str, ...]:
    """What a chunk without blanks may say under its disguise, as folded Cyrillic words."""
    if len(chunk) > _LONGEST:
        return ()
    bare = naked(chunk).strip(_EDGES)
    found = list(dict.fromkeys(form for form in _readings(bare) if len(form) > 1))
    return tuple(found)


def _readings(bare: str) -> Iterator[str]:
    if not _CYRILLIC.search(bare):
        if _LATIN.search(bare):
            yield from _latin(bare)
        return
    if _PLAIN.fullmatch(bare):
        yield bare
        return
    pieces = [piece for piece in _SEPARATORS.split(bare) if piece]
    yield from pieces
    foreign = bool(_LATIN.search(bare)) or any(map(str.isdigit, bare)) or "@" in bare or "$" in bare
    if not _words_apart(pieces):
        yield "".join(pieces)
    if foreign and not _words_apart(pieces):
        for table in (_LOOKS, _SOUNDS, _NEITHER):
            yield _SEPARATORS.sub("", bare.translate(table))


def _words_apart(pieces: list[str]) -> bool:
    """Whether the pieces of a chunk are words in their own right: a missing blank, not a disguise."""
    return len(pieces) > 1 and all(len(piece) > 2 and known(piece) for piece in pieces)  # noqa: PLR2004 - "на", "у" prove nothing


def _latin(bare: str) -> Iterator[str]:
    letters = _SEPARATORS_LATIN.sub("", bare)
    if english(letters) or letters in lexicon.entries("latin_names.txt"):
        return
    if all(letter in "aceopxykmthbu304" for letter in letters):
        yield letters.translate(_LOOKS)


_DIGITS = {"0": "o", "1": "i", "3": "z", "6": "b"}
_DIGIT_INSIDE = re.compile(r"(?<=[a-z])[0136](?=[a-z])|^6(?=ly)")
_SEPARATORS_LATIN = re.compile(r"[^a-z0-9']+")


@lru_cache(maxsize=16_384)
def transliterated(chunk: str) -> bool:
    """Whether a Latin chunk is an obscenity in transliteration."""
    form = squeeze(_DIGIT_INSIDE.sub(lambda digit: _DIGITS[digit[0]], _SEPARATORS_LATIN.sub("", naked(chunk))))
    plain = naked(chunk).strip(_EDGES)
    if _HOOY.fullmatch(plain):
        return True
    if form in _NAMES and not chunk.strip(_EDGES).islower():
        return False
    if (
        len(form) > _LONGEST
        or len(form) < 3  # noqa: PLR2004 - "hu" is nobody's word
        or english(form)
        or english(plain)
        or form in lexicon.entries("latin_names.txt")
    ):
        return False
    if not _TRANSLIT.match(form) or not latin(form):
        return False
    russian, is_known = translit.russian_word(form)
    return obscene(fold(russian)) or not is_known


def retyped(chunk: str) -> str:
    """A Latin chunk as a Russian keyboard would have it, letters alone, or "" where that is not worth a look."""
    if not _LATIN.search(chunk.lower()) or len(chunk) > _LONGEST or english(chunk.lower().strip(_EDGES)):
        return ""
    bare = chunk.rstrip(_EDGES)
    bare = bare if bare.istitle() else bare.lower()
    if any(map(str.isdigit, bare)) or (
        bare.isalpha() and (len(bare) < _KEYED or latin(bare)) and bare not in _KEYED_PLAIN
    ):
        return ""
    return _SEPARATORS.sub("", fold(keyboard.in_russian(chunk.rstrip(_EDGES))))


@lru_cache(maxsize=8_192)
def masked(chunk: str) -> bool:
    """Whether a chunk with asterisks or dots in the place of letters can only be an obscenity."""
    if _CUT.fullmatch(naked(chunk).strip(",;:!?()«»\"'")):
        return True
    bare = naked(chunk).strip(",;:!?()[]{}«»\"'“”„—–<>/\\|").rstrip(".…-").lstrip(".…-")
    if len(bare) > _LONGEST or not _MASKED.search(bare) or not _CYRILLIC.search(bare):
        return False
    if bare.startswith("*") and bare.endswith("*"):
        return False
    if not _mask_meant(bare, shouted=chunk[0].isupper()):
        return False
    if len(_MASKED.sub("", bare)) == 1:
        return True
    parts, at = [], 0
    for mark in _MASKED.finditer(bare):
        parts.append(re.escape(bare[at : mark.start()].translate(_LOOKS)))
        length = mark.end() - mark.start()
        parts.append(f"[а-я]{{{max(1, length - 1)},{length + 2}}}")
        at = mark.end()
    parts.append(re.escape(bare[at:].translate(_LOOKS)))
    return re.search(f"^{''.join(parts)}$", _maskable(), re.MULTILINE) is not None


def _mask_meant(bare: str, *, shouted: bool) -> bool:
    """Whether the marks stand for letters: not for a footnote, a bank's masked name, or the end of a sentence."""
    visible, marks = _MASKED.sub("", bare).translate(_LOOKS), set("".join(_MASKED.findall(bare)))
    if not _PLAIN.fullmatch(visible):
        return False
    if len(visible) == 1:
        hidden = len(bare) - 1
        return bare[0] in "хпбе" and marks == {"*"} and hidden > 1 and not shouted
    return not marks <= _PUNCTUATION or not _words_apart(_MASKED.split(bare))


@cache
def _maskable() -> str:
    return "\n".join(sorted(lexicon.entries("masked.txt")))


def spaced(text: str) -> Iterator[tuple[str, str]]:
    """Runs of single letters with blanks or marks between them: as written, and joined."""
    for run in _SPACED.finditer(text):
        yield run[0], _SEPARATORS.sub("", naked(run[0]).translate(_LOOKS))
