"""How somebody names himself in passing: "на связи Рустик", "я оксана панченко", "ваша Прасковья", a name at the end.

The trap is the rare or the pet name that no dictionary has, and the writer without capitals: who says "this is" and
then a name has said who he is. Doubt speaks for the writer, for a message that names nobody is not answered. Brands
and whole words in capitals name no person; nor does a clerk of ours of whom the writer tells.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from mailtriage.language import lexicon
from mailtriage.language.personal_words import first_name, patronymic, relative, surname, trade
from mailtriage.language.sparse import sparse
from mailtriage.language.text import Text
from mailtriage.language.words import fold, known, readings

_NAME = r"(?P<name>[^\W\d_]{2,}(?:-[^\W\d_]{2,})?)"
_KIN = (
    r"(?:(?:дед|дедушка|бабушка|баба|бабка|т[её]тя|дядя|мама|папа|отец|мать|сестра|брат|пенсионер(?:ка)?|клиент(?:ка)?|"
    r"игрок|пользователь|подписчик|болельщик|слуга|друг) )"
)
_HELLO = r"(?:здравствуйте|здраст\w*|здрась\w*|привет|день|вечер|утро)\s{1,20}"
_GAP = r"[^\S\n]{0,20}"
"""Behind a mark: the end of a line is a mark itself. Without bounds a page of empty lines would cost a minute."""
_SAYS = tuple(
    (sparse(pattern, re.IGNORECASE), plainly)
    for pattern, plainly in (
        (rf"\b(?:зовите|звать|называйте|кличут|зовут|величать|величают) (?:меня )?(?:просто )?{_NAME}", True),
        (rf"\bменя {_NAME} (?:звать|зовут|кличут)\b", True),
        (rf"\b(?:отвечайте|ответьте|пишите|звоните|позвоните|перезвоните) {_NAME}", False),
        (rf"\b(?:на связи|пишет(?: вам)?|беспокоит(?: вас)?) {_KIN}?{_NAME}", True),
        (rf"(?:^|[.!?\n,]{_GAP}|{_HELLO})(?:это|я|тут|здесь|от) {_KIN}?{_NAME}", False),
        (rf"(?:^|[.!?\n]{_GAP}){_KIN}{_NAME}", False),
        (rf"\b(?:имя|фамили[яюи]|отчество)\s*[:–—-]?\s*{_NAME}", False),
        (rf"(?:^|[.!?\n,]{_GAP}){_NAME} (?:пишет(?: вам)?(?=[.!?\n])|беспокоит|на связи)", False),
        (rf"\b(?:с уважением|с ув\.?|благодарю|спасибо)[\s,]+{_NAME}[\s.!]*$", False),
    )
)
"""Each with whether a word that also means a thing can only be a name there ("на связи Рустик")."""
_SIGNS = re.compile(
    rf"(?:^|[.!?\n)(\[©,]{_GAP})(?:(?:ваша?|тво[йя]|ваш покорный|ваша покорная|от|жду) )?{_KIN}?{_NAME}[\s.!)\]]*$",
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
_WITH_INITIALS = re.compile(
    r"(?:(?<![\w.])(?P<before>[^\W\d_]\.\s?(?:[^\W\d_]\.\s?)?)(?P<one>[^\W\d_]{3,})|"
    r"(?<!\w)(?P<other>[^\W\d_]{3,})\s(?P<after>[^\W\d_](?:\.\s?|\s|$)(?:[^\W\d_]\.?)?))[\s.)]*$"
)
_WRITTEN = re.compile(r"[\w-]+")
_COMPANION = re.compile(r"(?<![\w-])(?P<one>[^\W\d_]{3,}) (?=(?P<other>[^\W\d_]{3,})(?![\w-]))")
_OTHERS = re.compile(
    r"(?:оператор\w*|сотрудни\w+|менеджер\w*|специалист\w*|консультант\w*|агент\w*|уважаем\w+|дорог\w+|улиц\w+|кубок|"
    r"тренер\w*|судь\w+|игрок\w*|футболист\w*|хокк?еист\w*|боксер\w*|теннисист\w*|нападающ\w+|вратар\w+) $"
)
"""Before somebody else's name: our staff, those on whom one bets."""
_SHORTEST = 3
"""Letters; of two there are more cries than names."""
_PERSONAL = frozenset(("Name", "Surn", "Patr"))


def introduced(text: Text) -> tuple[str, ...]:
    """The names by which a writer calls himself, as written."""
    sample = text.written.rstrip()
    bare = _without_tail(sample)
    signed = [name for end in dict.fromkeys((sample, bare)) for name in _signed(end)]
    given = (*_said(sample, text.holding), *signed, *_in_full(sample))
    return tuple(dict.fromkeys(name for name in given if not _is_cry(name)))


def _without_tail(text: str) -> str:
    for _ in range(_TAILS):
        end = text[-200:]
        shorter = _TAIL.sub("", end)
        if shorter == end:
            break
        text = text[:-200] + shorter
    return text


def _said(text: str, holding: int) -> Iterator[str]:
    for pattern, plainly in _SAYS:
        for match in pattern.finditer(text, holding):
            if _may_be_a_name(match["name"]) or _surely(match["name"]) or (plainly and _is_thing(match["name"])):
                yield match["name"]


def _signed(text: str) -> Iterator[str]:
    """A single name at the very end, a trade and a name, a surname with initials; capitals only where in doubt."""
    last = _last_mark(text)
    match = _SIGNS.search(text, last)
    if match is not None and text[: match.start()].strip():
        word = match["name"]
        alone = text.rpartition("\n")[2].strip(" .!)") == word
        if _may_be_a_name(word) or _surely(word) or (alone and "\n" in text and _is_personal(word)):
            yield word
    match = _LAST_TWO.search(text, last)
    if match is not None and trade(match["one"]) and _titled(match["one"], match["other"]):
        yield match["other"]
    match = _WITH_INITIALS.search(text[-80:])
    if match is not None and (surname(word := match["one"] or match["other"]) or first_name(word)):
        yield match[0].strip(" )\n")


def _last_mark(text: str) -> int:
    """Where the last mark stands that has words behind it; 0 where none does."""
    behind = _FROM_BEHIND.match(text[::-1])
    return max(0, len(text) - 1 - (behind.end() if behind else 0))


def _in_full(text: str) -> Iterator[str]:
    """A first name and a surname side by side without capitals, wherever they stand."""
    if not any(map(_holds_low_first_name, text.split())):
        return
    folded = fold(text)
    for match in _COMPANION.finditer(text):
        one, other = match["one"], match["other"]
        low = one[0].islower() and other[0].islower()
        beside = (first_name(one) and surname(other)) or (surname(one) and first_name(other))
        if low and beside and not _OTHERS.search(folded[: match.start()][-40:]):
            yield f"{one} {other}"


@lru_cache(maxsize=8_192)
def _holds_low_first_name(written: str) -> bool:
    """Whether what stands between two blanks has a first name without capital."""
    return any(word[0].islower() and first_name(word) for word in _WRITTEN.findall(written))


def _titled(title: str, name: str) -> bool:
    if relative(title):
        return _is_personal(name)
    return surname(name) or patronymic(name) or (first_name(name) and name[0].isupper())


def _may_be_a_name(word: str) -> bool:
    """With a capital, and either known as a name or known as nothing."""
    if not word[0].isupper() or word.isupper() or fold(word) in lexicon.entries("brands.txt"):
        return False
    return _is_personal(word) or surname(word) or (not word.isascii() and not known(fold(word)))


def _surely(word: str) -> bool:
    """A name that is nothing else, in whatever case of letters."""
    if fold(word) in lexicon.entries("brands.txt"):
        return False
    # In small letters "результатов" is a genitive, however much it looks like a surname.
    named = surname(word) and (word[0].isupper() or not known(fold(word)) or _is_personal(word))
    return first_name(word) or patronymic(word) or named


def _is_cry(word: str) -> bool:
    return len(word) < _SHORTEST or fold(word) in lexicon.entries("interjections.txt")


def _is_personal(word: str) -> bool:
    found = readings(fold(word))
    return any(_PERSONAL & grammemes for _, grammemes, _ in found)


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
