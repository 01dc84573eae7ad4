"""Obscenity in its Russian disguises, and rudeness or threats aimed at staff; never a word that only looks so.

The trap is the false alarm: a civil customer who is told that he swore is lost. So disguises are undone only to whole
obscene words (`disguise`, `obscene_roots`), insults count by their aim (`hostility`), violence only as the writer's own
will (`threats`), and reported speech does not
count at all (`speech`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from mailtriage.language import disguise, english_rudeness, hostility, threats
from mailtriage.language.by_word import kept
from mailtriage.language.innocent_names import is_name
from mailtriage.language.obscene_roots import obscene
from mailtriage.language.sparse import sparse
from mailtriage.language.speech import own_words
from mailtriage.language.text import Text, looked_through, one_beneath_the_other
from mailtriage.language.words import fold, known

_ADDRESS = sparse(
    r"(?:https?://|www\.)\S+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}|"
    r"(?<![\w-])(?:[\w-]{1,63}\.){1,4}(?:ru|com|net|org|рф)\b"
)
_CYRILLIC_WORD = re.compile("[а-я]+")
_COARSE = sparse(
    r"\b(?:г[ао]вн\w*|жоп\w*|(?:на|об|за|про|по|вы|у|с)?сра(?:ть|л\w*|н\w*|ш\w*|к\w{0,2})|(?:на|об|у)?дерьм\w*|"
    r"(?:на|об|у)?сс(?:ать|ал\w*|ыт))\b"
)
_EDGES = ".,;:!?()[]{}«»\"'“”„…—–-<>/\\|"
_WRAPPED = re.compile(r"\n(?<=[^\n.!?:;]\n)(?=[ \t]*[а-яa-z])")
"""A line broken inside a sentence, as mail programs break them at 72 columns."""
_WOOD = r"(?:доск|брус|бревн|древес|дерев|вагонк|фанер|паркет|сосн|половиц|рейк)"
_BREED = r"(?:ощен|щенится|щенна|овчарк|лабрадор|такс[аыу]|хаски|порода|породы|кобел|йорк|шпиц|родословн)"
_INNOCENT = sparse(
    rf"\b(?:без|ни) сучка\b|\bсучк(?:и|ов|ами|ом|а|у)\b(?=[^.!?\n]{{0,40}}\b{_WOOD})|"
    rf"\b{_WOOD}\w*[^.!?,\n]{{0,12}} сучк(?:и|ов|ами|ом|а|у)\b|"
    rf"\bсук[аиуе]\b(?=[^.!?\n]{{0,15}}\b{_BREED}|[^.!?\n]{{0,60}}\b(?:ощен|щенится|щенна))|"
    rf"\b(?:щенк\w+ от|кобел\w+ (?:и|или)) сук[иау]\b",
    re.IGNORECASE,
)
"""A bitch that has a breed or puppies, a knot in wood."""
_INITIALS = re.compile(r"[A-ZА-ЯЁ]\.\s?[A-ZА-ЯЁ]\.?")
"""Two capitals with full stops are whose letter it is, whatever they spell."""
_AROUND = ",;:!?()[]{}«»\"'“”„…—–-<>/\\|"
_TORN = 5
_SHRED = 4
_ALMOST = re.compile(r"х(?:(?<=[ х-]х)|(?<=нах|пох|них|дох))(?=[\s.,!?…*@#&$]|$)")
_CUT_OFF = re.compile(
    r"\b(?:ид[ии](?:те)?|пош[её]?л[аи]?|пошлите?|посылаю|катитесь|валите|да|ну)(?: (?:вы|ты|вас|тебя|все|оно"
    r"|всех|бы)){0,2} на х"
    r"(?=[\s.,!?…*@#&]|$)|\b(?:на|по|ни|до|нах?|них?|пох?)[ -]?х(?:\.{2,}|…|[*@#&$]{1,4})(?=\W|$)"
)
"""Where the last word is not needed, to be understood."""
_BEGINNINGS = frozenset(("ху", "хуе", "пиз", "пизд", "бля", "еба", "еб"))


@dataclass(frozen=True, slots=True)
class Rudeness:
    """Each field holds the offending words as they stand in the text, so that a person can check."""

    obscenities: tuple[str, ...] = ()
    insults: tuple[str, ...] = ()
    """Aimed at the reader or the staff."""
    threats: tuple[str, ...] = ()
    """Of violence against the reader or the staff; a threat to go to court is none."""
    coarse: tuple[str, ...] = ()
    """Coarse words of the body that are no obscenity, aimed at nobody; no ground for a rejection by themselves."""
    obscene_count: int = 0
    """How many obscene words there are, repetitions counted."""


def find_rudeness(text: str) -> Rudeness:
    """The writer's own rudeness: words inside quotation marks that report somebody else's speech do not count."""
    whole = one_beneath_the_other(text.split("\n", 1))
    without_addresses = _ADDRESS.sub(_blank, whole.written, whole.holding)
    own = own_words(without_addresses, whole.holding)
    here = whole if own == whole.written else looked_through(own)
    flowing = here.with_blanks(_WRAPPED.sub(" ", here.folded))
    obscenities = [*_obscenities(here), *english_rudeness.obscenities(here)]
    return Rudeness(
        obscenities=_distinct(obscenities),
        obscene_count=len(obscenities),
        insults=_distinct(
            [
                *hostility.insults(here),
                *_as_written(own, flowing.folded, threats.dismissals(flowing)),
                *english_rudeness.insults(here),
            ]
        ),
        threats=_distinct(
            [
                *_as_written(own, flowing.folded, threats.threats(flowing)),
                *english_rudeness.threats(here),
            ]
        ),
        coarse=_distinct(own[found.start() : found.end()] for found in _COARSE.finditer(here.folded, here.holding)),
    )


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _distinct(found: Iterator[str] | list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))


def _as_written(text: str, folded: str, found: Iterator[str]) -> Iterator[str]:
    for phrase in found:
        at = folded.find(phrase)
        yield text[at : at + len(phrase)]


def _obscenities(text: Text) -> Iterator[str]:
    chunks = _INNOCENT.sub(_blank, text.written, text.holding).split()
    for at, chunk in enumerate(chunks):
        if _rude(chunk) and not is_name(chunks, at):
            yield chunk.strip(_EDGES)
    for written, joined in disguise.spaced(text.written):
        if any(obscene(joined[at:]) for at in range(len(joined) - 2)) or any(
            obscene(joined[:end]) for end in range(3, len(joined))
        ):
            yield written
    yield from _in_pieces(chunks)
    if _ALMOST.search(text.folded):
        for cut in _CUT_OFF.finditer(text.folded):
            yield text.written[cut.start() : cut.end()]


def _in_pieces(chunks: list[str]) -> Iterator[str]:
    """Obscene words with a blank or two put into them."""
    short = [at for at, chunk in enumerate(chunks[:-1]) if len(chunk) <= _TORN]
    for one, other in ((chunks[at], chunks[at + 1]) for at in short):
        if len(other) <= _TORN + 2 and not (_ordinary(one) and _ordinary(other)) and _torn(one, other):
            yield f"{one} {other}".strip(_EDGES)
    for three in (chunks[at : at + 3] for at in short if len(chunks[at + 1]) <= _SHRED):
        if len(three) > 2 and max(map(len, three)) <= _SHRED and _shredded(*three):  # noqa: PLR2004 - as it is called
            yield " ".join(three).strip(_EDGES)


@kept(16_384)
def _rude(chunk: str) -> bool:
    if _INITIALS.fullmatch(chunk.strip(_AROUND)):
        return False
    if any(map(obscene, disguise.candidates(chunk))) or disguise.masked(chunk) or disguise.transliterated(chunk):
        return True
    typed = disguise.retyped(chunk)
    return len(typed) > 2 and obscene(typed)  # noqa: PLR2004 - two keys prove nothing


@kept(16_384)
def _ordinary(chunk: str) -> bool:
    """Whether it is a word of the dictionary: two of them side by side are none torn in two."""
    form = fold(chunk.strip(_EDGES))
    return form not in _BEGINNINGS and bool(_CYRILLIC_WORD.fullmatch(form)) and known(form)


@lru_cache(maxsize=16_384)
def _shredded(*chunks: str) -> bool:
    """One obscene word in three shreds of which two are no words."""
    shreds = [fold(chunk.strip(_EDGES)) for chunk in chunks]
    unknown = [shred for shred in shreds if len(shred) == 1 or not known(shred)]
    joined = "".join(shreds)
    return (
        len(unknown) > 1
        and any(len(shred) > 1 for shred in unknown)
        and bool(_CYRILLIC_WORD.fullmatch(joined))
        and obscene(joined)
    )


@lru_cache(maxsize=16_384)
def _torn(begun_with: str, ended_with: str) -> bool:
    """One obscene word torn in two: the parts are none themselves."""
    one, other = fold(begun_with), fold(ended_with.strip(_EDGES))
    if not (_CYRILLIC_WORD.fullmatch(one) and _CYRILLIC_WORD.fullmatch(other)):
        return False
    begun = one in _BEGINNINGS
    if len(one) + len(other) < 3 or (not begun and (min(len(one), len(other)) < 2 or (known(one) and known(other)))):  # noqa: PLR2004 - the rest is `spaced`
        return False
    return obscene(one + other)
