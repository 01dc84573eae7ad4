"""How somebody names himself in passing: "на связи Рустик", "я оксана панченко", "ваша Прасковья", a name at the end.

The trap is the rare or the pet name that no dictionary has, and the writer without capitals: who says "this is" and
then a name has said who he is. Doubt speaks for the writer, for a message that names nobody is not answered. Brands
and whole words in capitals name no person; nor does a clerk of ours of whom the writer tells.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain

from mailtriage.language import lexicon
from mailtriage.language.name_places import NamePlaces
from mailtriage.language.personal_words import (
    first_name,
    patronymic,
    personal,
    relative,
    surname,
    taken_for_a_name,
    trade,
)
from mailtriage.language.sparse import sparse
from mailtriage.language.text import Text
from mailtriage.language.words import fold, readings

NAME = r"(?P<name>[^\W\d_]{2,}(?:-[^\W\d_]{2,})?)"
_KIN = (
    r"(?:(?:дед|дедушка|бабушка|баба|бабка|т[её]тя|дядя|мама|папа|отец|мать|сестра|брат|пенсионер(?:ка)?|клиент(?:ка)?|"
    r"игрок|пользователь|подписчик|болельщик|слуга|друг) )"
)
_HELLO = r"(?:здравствуйте|здраст\w*|здрась\w*|привет|день|вечер|утро)\s{1,20}"
_GAP = r"[^\S\n]{0,20}"
"""Behind a mark: the end of a line is a mark itself. Without bounds a page of empty lines would cost a minute."""
SAYS = tuple(
    (sparse(pattern, re.IGNORECASE), name)
    for pattern, name in (
        (rf"\b(?:зовите|звать|называйте|кличут|зовут|величать|величают) (?:меня )?(?:просто )?{NAME}", "plain"),
        (rf"\bменя {NAME} (?:звать|зовут|кличут)\b", "plain"),
        (rf"\b(?:отвечайте|ответьте|пишите|звоните|позвоните|перезвоните) {NAME}", "behind"),
        (rf"\b(?:на связи|пишет(?: вам)?|беспокоит(?: вас)?) {_KIN}?{NAME}", "plain"),
        (rf"(?:^|[.!?\n,]{_GAP}|{_HELLO})(?:это|я|тут|здесь|от) {_KIN}?{NAME}", "behind"),
        (rf"(?:^|[.!?\n]{_GAP}){_KIN}{NAME}", "behind"),
        (rf"\b(?:имя|фамили[яюи]|отчество)\s*[:–—-]?\s*{NAME}", "behind"),
        (rf"(?:^|[.!?\n,]{_GAP}){NAME} (?:пишет(?: вам)?(?=[.!?\n])|беспокоит|на связи)", "before"),
        (rf"\b(?:с уважением|с ув\.?|благодарю|спасибо)[\s,]+{NAME}[\s.!]*$", "last"),
    )
)
"""Each with where a name stands, or that it is plain: a word for a thing can only be a name ("на связи Рустик")."""
_SIGNS = re.compile(
    rf"(?:^|[.!?\n)(\[©,]{_GAP})(?:(?:ваша?|тво[йя]|ваш покорный|ваша покорная|от|жду) )?{_KIN}?{NAME}[\s.!)\]]*$",
    re.IGNORECASE,
)
_LAST_TWO = re.compile(
    rf"(?:^|[.!?\n)(\[,]{_GAP})(?P<one>[^\W\d_]{{2,}}) (?P<other>[^\W\d_]{{3,}}(?:-[^\W\d_]{{2,}})?)[\s.!)\]]*$"
)
_TAIL = re.compile(
    r"(?:[\s,.;:=)(❤-]|\s(?:если ч[тоеё]{1,2}|кстати|из [^\W\d_]+|\d+ лет|лет \d+)|\([^()]{0,40}\)|"
    r"\n(?:отправлено|sent from)[^\n]{0,60})$",
    re.IGNORECASE,
)
"""What may follow a name at the end: "если что", "из Рязани", "80 лет", a smile, the telephone's own line."""
_TAILS = 6
_FROM_BEHIND = re.compile(r"[\s.!)\]]*(?:[^\W\d_]+|[\s-]+)*")
"""Of a text read backwards, the words behind its last mark: what is signed is found there and nowhere else."""
_CLOSED_FROM_BEHIND = re.compile(r"[\s.!]*(?:[^\W\d_]|-)*[\s,]*")
_LONGEST_CLOSING = len("с уважением")
_WITH_INITIALS = re.compile(
    r"(?:(?<![\w.])(?P<before>[^\W\d_]\.\s?(?:[^\W\d_]\.\s?)?)(?P<one>[^\W\d_]{3,})|"
    r"(?<!\w)(?P<other>[^\W\d_]{3,})\s(?P<after>[^\W\d_](?:\.\s?|\s|$)(?:[^\W\d_]\.?)?))[\s.)]*$"
)
_COMPANION = re.compile(r"(?<![\w-])(?P<one>[^\W\d_]{3,}) (?=(?P<other>[^\W\d_]{3,})(?![\w-]))")
_OTHERS = re.compile(
    r"(?:оператор\w*|сотрудни\w+|менеджер\w*|специалист\w*|консультант\w*|агент\w*|уважаем\w+|дорог\w+|улиц\w+|кубок|"
    r"тренер\w*|судь\w+|игрок\w*|футболист\w*|хокк?еист\w*|боксер\w*|теннисист\w*|нападающ\w+|вратар\w+) $"
)
"""Before somebody else's name: our staff, those on whom one bets."""
_SHORTEST = 3
"""Letters; of two there are more cries than names."""


def introduced(text: Text, places: NamePlaces) -> tuple[str, ...]:
    """The names by which a writer calls himself, as written."""
    sample = text.written.rstrip()
    bare = _without_tail(sample)
    signed = [name for end in dict.fromkeys((sample, bare)) for name in _signed(end)]
    given = (*_said(sample, text.holding, places), *signed, *_in_full(text, places.low))
    return tuple(dict.fromkeys(name for name in given if not _is_cry(name)))


def _without_tail(text: str) -> str:
    for _ in range(_TAILS):
        end = text[-200:]
        shorter = _TAIL.sub("", end)
        if shorter == end:
            break
        text = text[:-200] + shorter
    return text


def _said(text: str, holding: int, places: NamePlaces) -> Iterator[str]:
    for pattern, name in SAYS:
        if name == "behind" and not places.told:
            continue
        begun = _closing(text) if name == "last" else 0
        for match in pattern.within(text, ((begun, len(text)),), holding):
            if taken_for_a_name(match["name"]) or (name == "plain" and _is_thing(match["name"])):
                yield match["name"]


def _signed(text: str) -> Iterator[str]:
    """A single name at the very end, a trade and a name, a surname with initials; capitals only where in doubt."""
    last = _last_mark(text)
    match = _SIGNS.search(text, last)
    if match is not None and text[: match.start()].strip():
        word = match["name"]
        alone = text.rpartition("\n")[2].strip(" .!)") == word
        if taken_for_a_name(word) or (alone and "\n" in text and personal(word)):
            yield word
    match = _LAST_TWO.search(text, last)
    if match is not None and trade(match["one"]) and _titled(match["one"], match["other"]):
        yield match["other"]
    match = _WITH_INITIALS.search(text[-80:])
    if match is not None and (surname(word := match["one"] or match["other"]) or first_name(word)):
        yield match[0].strip(" )\n")


def _closing(text: str) -> int:
    """Where the phrase begins at the earliest behind which a name closes the letter."""
    behind = _CLOSED_FROM_BEHIND.match(text[::-1])
    return max(0, len(text) - _LONGEST_CLOSING - (behind.end() if behind else 0))


def _last_mark(text: str) -> int:
    """Where the last mark stands that has words behind it; 0 where none does."""
    behind = _FROM_BEHIND.match(text[::-1])
    return max(0, len(text) - 1 - (behind.end() if behind else 0))


def _in_full(text: Text, lines: Sequence[int]) -> Iterator[str]:
    """A first name and a surname side by side without capitals, in any of these lines."""
    written = text.written
    starts = list(accumulate([len(line) + 1 for line in written.split("\n")], initial=0)) if lines else []
    for match in chain.from_iterable([_COMPANION.finditer(written, starts[at], starts[at + 1]) for at in lines]):
        one, other = match["one"], match["other"]
        if not (one[0].islower() and other[0].islower()):
            continue
        beside = (first_name(one) and surname(other)) or (surname(one) and first_name(other))
        if beside and not _OTHERS.search(text.folded[: match.start()][-40:]):
            yield f"{one} {other}"


def _titled(title: str, name: str) -> bool:
    if relative(title):
        return personal(name)
    return surname(name) or patronymic(name) or (first_name(name) and name[0].isupper())


def _is_cry(word: str) -> bool:
    return len(word) < _SHORTEST or fold(word) in lexicon.entries("interjections.txt")


def _is_thing(word: str) -> bool:
    """A noun with a capital that is no brand, organisation or place."""
    found = readings(fold(word))
    return (
        word[0].isupper()
        and not word.isupper()
        and fold(word) not in lexicon.entries("brands.txt")
        and bool(found)
        and "NOUN" in found[0][1]
        and not {"Orgn", "Geox", "Trad"} & found[0][1]
    )
