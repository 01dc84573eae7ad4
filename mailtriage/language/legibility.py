"""Is it language at all: keyboard mash and mojibake told from typos; layout and transliteration undone.

The trap is to call bad Russian no Russian: a hurried writer's every second word is in no dictionary, and his mail
must be answered. So a text is illegible only when next to nothing in it could be a word, and clean text is handed on
untouched.
"""

import re
import string
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Literal

from mailtriage.language import keyboard, plausibility, translit
from mailtriage.language.sparse import sparse
from mailtriage.language.words import EXAMINED, fold, known

Script = Literal["russian", "english", "layout", "translit", "none"]

_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LATIN = re.compile("[A-Za-z]")
_SUPPLEMENT = re.compile("[\u0080-\u00ff\u0152-\u0192\u02c6-\u02dc\u2013-\u203a\u20ac\u2122]")
_FOREIGN_CYRILLIC = re.compile("[іїєґўқңғүұһөәІЇЄҐЎҚҢҒҮҰҺӨӘ]")
_INTRUDER = re.compile("[¤®©¬­±µ¶·¦†‡‰](?=[\u0400-\u04ff])|[Ўў](?<=[\u0400-\u04ff].)(?=[\u0400-\u04ff])")
_INTRUDERS = "¤®©¬\xad±µ¶·¦†‡‰Ўў"
_CYRILLIC_RUN = re.compile("[\u0400-\u04ff]+")
_NO_LETTERS = bytes(set(range(128)) - set(string.ascii_letters.encode()))
_LATIN_WORD = re.compile(r"[A-Za-z][A-Za-z']*")
_ASKED_LETTERS = sparse(r"(?<!\S)[(\"«]?\?{2,}")
_CHUNK = re.compile(r"\S+")
_INSIDE_CASE = re.compile("[а-яё][А-ЯЁ]")
_ADDRESS = sparse(r"(?:https?://|www\.)\S+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_IN_ADDRESSES = ("@", "://", "www.")

_SENSIBLE = 0.25
_SHORT = 6
_LATIN_SHARE = 0.3
_MEANT = 0.5
_LONGEST_BY_CHANCE = 3
_JUDGED = 4_000
_LONGEST = 60
"""Letters of a word; whether a longer one could be any is dear to find out."""


@dataclass(frozen=True, slots=True)
class Legibility:
    """What a text is to its reader."""

    legible: bool
    script: Script
    """layout: typed with the wrong keyboard layout; translit: Russian in Latin letters; none: no language."""
    readable: str
    """The text as it was meant: layout and transliteration undone, otherwise as given."""
    because: str
    """Why not: "random keys", "question marks instead of letters", "broken encoding", "punctuation alone", "empty"."""


def judge(text: str) -> Legibility:
    """Judge a text of any length, by its beginning. Doubt goes to legible."""
    sample = text[:_JUDGED]
    if because := _damage(sample):
        return Legibility(legible=False, script="none", readable=text, because=because)
    bare = _ADDRESS.sub(lambda _: " ", sample) if any(map(sample.__contains__, _IN_ADDRESSES)) else sample
    folded, latin = fold(bare), _latin_letters(bare)
    if _surely_russian(folded, latin):
        return Legibility(legible=True, script="russian", readable=text, because="")
    return _judge_words(text, bare, _CYRILLIC_RUN.findall(folded), latin)


def _judge_words(text: str, bare: str, words: list[str], latin: int) -> Legibility:
    """Judge it by its Cyrillic words, which are folded, and by the number of its Latin letters."""
    cyrillic = sum(map(len, words))
    if not cyrillic and not latin:
        return Legibility(legible=True, script="none", readable=text, because="")
    if latin > cyrillic and not _brands_only(bare, words, cyrillic, latin):
        return _judge_latin(text, bare)
    if _random(bare, words, cyrillic):
        return _judge_random(text, bare)
    if latin >= _LATIN_SHARE * (cyrillic + latin):
        script, readable = _meant(text, bare)
        if script in {"layout", "translit"}:
            return Legibility(legible=True, script="russian", readable=readable, because="")
    return Legibility(legible=True, script="russian", readable=text, because="")


def _surely_russian(folded: str, latin: int) -> bool:
    """Whether its first words are so many that could be Russian that the others would change nothing."""
    enough, sensible = _SENSIBLE * len(folded), 0
    for run in _CYRILLIC_RUN.finditer(folded):
        form = run[0]
        if 1 < len(form) <= _LONGEST and plausibility.russian(form):
            # One word alone may be anything.
            if sensible and sensible + len(form) >= enough:
                return latin < _LATIN_SHARE * (sensible + len(form) + latin)
            sensible += len(form)
    return False


def _brands_only(bare: str, words: list[str], cyrillic: int, latin: int) -> bool:
    """Whether a text with more Latin than Cyrillic letters is Russian all the same: it only names many brands."""
    if cyrillic < _LATIN_SHARE * (cyrillic + latin):
        return False
    return not _random(bare, words, cyrillic) and _meant(bare, bare)[0] in {"none", "english"}


def _damage(sample: str) -> str:
    """What was lost before anybody could read it, or ""."""
    marks = [mark[0] for mark in _ASKED_LETTERS.finditer(sample)] if "??" in sample else []
    if not any(map(str.isalnum, sample)):
        if len(marks) > 1:
            return "question marks instead of letters"
        return "punctuation alone" if sample.strip() else "empty"
    asked = sum(map(len, marks))
    if len(marks) > 2 and asked > _readable(sample):  # noqa: PLR2004 - "Что???" and "??? ау ???" are a temper, three are a text
        return "question marks instead of letters"
    return "broken encoding" if _mistaken(sample) else ""


def _mistaken(sample: str) -> bool:
    """Whether it was read in another encoding than it was written in."""
    intruding = len(_INTRUDER.findall(sample)) if any(map(sample.__contains__, _INTRUDERS)) else 0
    if intruding > 2 and intruding > 0.1 * _plain(sample):  # noqa: PLR2004 - one or two are typing
        return True
    lost = sample.count("\ufffd")
    if lost and lost > 0.4 * _readable(sample):
        return True
    strange = len(_SUPPLEMENT.findall(sample))
    if strange >= _SHORT:
        strange -= sum(map(sample.count, "«»–—“”„…№°§€©\xa0‘’"))
    return strange >= _SHORT and strange > _plain(sample)


def _readable(sample: str) -> int:
    return sum(map(str.isalnum, sample))


def _plain(sample: str) -> int:
    return _latin_letters(sample) + sum(map(len, _CYRILLIC_RUN.findall(sample)))


def _latin_letters(text: str) -> int:
    return len(text.encode("ascii", "ignore").translate(None, _NO_LETTERS))


def _random(bare: str, words: list[str], letters: int) -> bool:
    """Whether next to no Cyrillic word of the text could be one; its words are folded."""
    forms = [form for form in words if len(form) > 1]
    if _FOREIGN_CYRILLIC.search(bare) and letters > len(_INSIDE_CASE.findall(bare)) * 10:
        return False
    if not forms:
        return False
    if len(forms) == 1:
        form = forms[0]
        return not known(form) and (keyboard.mashed(form) or (len(form) > _SHORT and not plausibility.russian(form)))
    enough = _SENSIBLE * sum(map(len, forms))
    # Of a text that is language, its beginning is enough.
    return all(sensible < enough for sensible in accumulate(map(len, filter(plausibility.russian, forms))))


def _judge_random(text: str, bare: str) -> Legibility:
    """English typed on a Russian layout is the one random-looking text that can be read."""
    latin = _LATIN_WORD.findall(keyboard.in_latin(bare).lower())
    if latin and _share(latin, [word for word in latin if plausibility.english(word)]) > _MEANT:
        return Legibility(legible=True, script="layout", readable=keyboard.in_latin(text), because="")
    because = "broken encoding" if len(_INSIDE_CASE.findall(bare)) > 1 else "random keys"
    return Legibility(legible=False, script="none", readable=text, because=because)


def _judge_latin(text: str, bare: str) -> Legibility:
    script, readable = _meant(text, bare)
    if script != "none":
        return Legibility(legible=True, script=script, readable=readable, because="")
    chunks = [chunk for chunk in _CHUNK.findall(bare) if not keyboard.KEPT.fullmatch(chunk.strip(".,;:!?()"))]
    # Each once: what hands fall on again and again proves no language.
    forms = list(dict.fromkeys(w.lower() for chunk in chunks for w in _LATIN_WORD.findall(chunk) if len(w) > 1))
    plausible = [form for form in forms if plausibility.latin(form)]
    mash = len(forms) > 1 or any(map(keyboard.mashed, forms))
    if forms and mash and _share(forms, plausible) < _SENSIBLE and not _CYRILLIC.search(bare):
        return Legibility(legible=False, script="none", readable=text, because="random keys")
    # A name or a number alone is in no language: nothing says that its writer reads English.
    script = "english" if len(forms) > 2 else "none"  # noqa: PLR2004 - "Rodrigo Castro" is two
    return Legibility(legible=True, script=script, readable=text, because="")


def _meant(text: str, bare: str) -> tuple[Script, str]:
    """What the Latin part of a text is meant to be, and the text with it undone."""
    chunks = [chunk for chunk in _CHUNK.findall(bare) if _LATIN.search(chunk) and not keyboard.KEPT.fullmatch(chunk)]
    tokens = [word for chunk in chunks for word in _LATIN_WORD.findall(chunk)]
    if not tokens:
        return "none", text
    shares: dict[Script, float] = {
        "english": _share(tokens, [word for word in tokens if plausibility.english(word.lower())]),
        "translit": _share(tokens, [word for word in tokens if _transliterated(word)]),
        "layout": _layout_share(chunks),
    }
    rival = max(shares["translit"], shares["layout"])
    if shares["english"] >= _MEANT or (shares["english"] >= _SENSIBLE and shares["english"] >= rival):
        return "english", text
    if sum(map(len, tokens)) < _LONGEST_BY_CHANCE:
        return "none", text
    if shares["layout"] >= _MEANT and shares["layout"] > shares["translit"]:
        return "layout", _CHUNK.sub(_retype, text[:EXAMINED]) + text[EXAMINED:]
    if shares["translit"] >= _MEANT:
        return "translit", translit.in_russian(text[:EXAMINED]) + text[EXAMINED:]
    return "none", text


def _share(tokens: list[str], counted: list[str]) -> float:
    """Share of letters, so that a two-letter coincidence weighs little."""
    return sum(map(len, counted)) / max(1, sum(map(len, tokens)))


def _transliterated(word: str) -> bool:
    return translit.russian_word(word)[1] if len(word) > 1 else word.lower() in "aiksuvyo"


def _layout_share(chunks: list[str]) -> float:
    typed = [part for chunk in chunks for part in _CYRILLIC_RUN.findall(_retyped(chunk))]
    return _share(typed, [part for part in typed if _is_word(part)])


def _retype(chunk: re.Match[str]) -> str:
    """Undo the layout of a chunk, unless it has Cyrillic letters already."""
    return chunk[0] if _CYRILLIC.search(chunk[0]) else _retyped(chunk[0])


@lru_cache(maxsize=8192)
def _retyped(chunk: str) -> str:
    return keyboard.retyped(chunk, _is_word)


def _is_word(part: str) -> bool:
    return known(fold(part))
