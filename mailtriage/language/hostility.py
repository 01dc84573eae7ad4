"""Insults, and whether they are aimed at the reader or the staff.

The trap is the aim: "тупая система", "какие-то уроды взломали кабинет" and "не держите меня за идиота" insult nobody
here. An insult counts where it is a call by itself, or stands with a word for the staff and not with one for the
writer; a bare exclamation counts only where no third person is spoken of.
"""

import re
from collections.abc import Iterator
from functools import cache

from mailtriage.language import lexicon, name_calling, scorn
from mailtriage.language.holding import Needs
from mailtriage.language.text import Text, any_within
from mailtriage.language.words import Word, readings, tokens, words

_BREAK = re.compile(r"^[\s,.!?…;:()«»\"“”–—-]*$")
_VICTIM = frozenset(
    (
        "я",
        "мы",
        "себя",
        "клиент",
        "игрок",
        "пользователь",
        "человек",
        "муж",
        "жена",
        "сын",
        "дочь",
        "сосед",
        "друг",
        "брат",
        "людь",
    )
)
_OTHERS = frozenset(
    (
        "мошенник",
        "хакер",
        "вор",
        "взломщик",
        "аферист",
        "злоумышленник",
        "какой-то",
        "некий",
        "кто-то",
        "букмекер",
        "судья",
        "футболист",
        "тренер",
    )
)
_PLACE = frozenset(("там", "тут", "здесь", "одни", "один", "сидеть", "работать", "набрать", "понабрать"))
_RECRUITING = frozenset(("набрать", "понабрать", "понабирать", "набирать", "насобирать"))
_ORDERING = frozenset(("передайте", "увольте", "уберите", "гоните", "выгоните", "замените", "утихомирьте"))
_MACHINES = frozenset(("система", "сайт", "программа", "машина", "бот", "приложение", "робот", "автоответчик"))
_HERD = frozenset(("сборище", "стадо", "свора", "кучка", "куча", "толпа", "шобла", "банда", "шайка"))
_FLAT = frozenset(("тупорылый", "безмозглый", "тупоголовый", "рукожопый", "криворукий"))
_FILLING = frozenset(
    ("весь", "там", "вообще", "просто", "же", "такой", "совсем", "реально", "какой", "полностью", "абсолютно")
)
_SELF = frozenset(
    ("дурак", "дура", "дурень", "идиот", "идиотка", "балбес", "олух", "болван", "кретин", "лошара", "тупица")
)
"""What people call themselves, too: "Вот дурак, не сохранил чек"."""
_MADE_OF_ME = (["из", "меня"], ["из", "нас"])
_CRY = 6
_WINDOW = 9
_NEAR = 3


@cache
def _all_rude() -> frozenset[str]:
    return lexicon.entries("insults.txt") | lexicon.entries("beasts.txt") | lexicon.entries("slights.txt")


_NEEDS = Needs(words=lambda: [_all_rude()])


def insults(text: Text) -> Iterator[str]:
    """Insulting words aimed at the reader or the staff, as they stand in the text."""
    text = name_calling.unstretched(text)
    yield from scorn.scorn(text)
    yield from name_calling.filth(text)
    if not _NEEDS.met(text.holding):
        return
    said = tokens(text.written)
    suspects = said.starts_of(_all_rude())
    alone = not said.starts_of(_OTHERS)
    for sentence in text.sentences:
        if any_within(suspects, sentence.start, sentence.end):
            yield from _insults_in(sentence.written, alone=alone)


def _insults_in(sentence: str, *, alone: bool) -> Iterator[str]:
    found = words(sentence)
    if name_calling.thieves_and(found):
        yield sentence.strip()
        return
    if alone and (cry := _cry(sentence, found)):
        yield cry
        return
    for at, word in enumerate(found):
        if word.lemmas & lexicon.entries("insults.txt"):
            called = alone and (_called(sentence, found, at) or _herded(found, at))
            aimed = called or _aimed(found, at) or name_calling.at_our_work(found, at)
        elif word.lemmas & lexicon.entries("beasts.txt"):
            aimed = _to_the_face(sentence, found, at) or _slighted_beast(found, at)
        elif word.lemmas & lexicon.entries("slights.txt"):
            aimed = _slighted(sentence, found, at)
        else:
            continue
        if aimed:
            yield sentence[word.start : word.end]


def _cry(sentence: str, found: tuple[Word, ...]) -> str:
    """The insult that is the whole of a short sentence: "Урод конченый!", "Вот твари", "Сборище идиотов"."""
    if len(found) > _CRY or not all(
        word.lemmas & _all_rude() or word.lemmas & lexicon.entries("exclaiming.txt") for word in found
    ):
        return ""
    strong = lexicon.entries("insults.txt") | _FLAT
    addressed = (
        any(word.form in {"вы", "ты"} for word in found) or sum(bool(word.lemmas & _all_rude()) for word in found) > 1
    )
    for at, word in enumerate(found):
        herd = at > 0 and found[at - 1].lemmas & _HERD
        if word.lemmas & strong and (herd or "nomn" in _cases(word.form) or "UNKN" in _cases(word.form)):
            if "sing" in _cases(word.form) and word.lemmas & _SELF and not (addressed or herd):
                continue
            return sentence[word.start : word.end]
    return ""


def _cases(form: str) -> frozenset[str]:
    return frozenset().union(*(grammemes for _, grammemes, _ in readings(form))) if readings(form) else frozenset()


def _are_many(form: str) -> bool:
    """Whether it may be a plural nominative; "козел" is a plural, too, but of another case."""
    return any({"plur", "nomn"} <= tags for _, tags, _ in readings(form))


def _called(sentence: str, found: tuple[Word, ...], at: int) -> bool:
    """A call: a plural nominative, adjectives included, between punctuation marks or the ends of the sentence."""
    grammemes = _cases(found[at].form)
    if "nomn" not in grammemes or (not _are_many(found[at].form) and len(found) > 1 and not _addressed(found, at)):
        return False
    strong = bool(found[at].lemmas & lexicon.entries("insults.txt"))
    first = at
    while first and (
        found[first - 1].lemmas & _all_rude()
        or (strong and name_calling.colours(found[first - 1]))
        or found[first - 1].form in {"вы", "ты", "одни", "все", "и", "же", "просто", "какие", "там"}
    ):
        first -= 1
    last = at
    while last + 1 < len(found) and (
        found[last + 1].lemmas & _all_rude()
        or (strong and name_calling.colours(found[last + 1]))
        or found[last + 1].form in {"вы", "ты", "и", "все", "же", "там"}
        or [word.form for word in found[last + 1 : last + 3]] == ["у", "вас"]
        or [word.form for word in found[last : last + 2]] == ["у", "вас"]
    ):
        last += 1
    before = sentence[found[first - 1].end : found[first].start] if first else ","
    after = sentence[found[last].end : found[last + 1].start] if last + 1 < len(found) else ","
    if before.rstrip().endswith(("«", '"', "“", "„")):
        return False
    alone = bool(before.strip() and _BREAK.match(before)) and bool(after.strip() and _BREAK.match(after))
    return alone and not any(word.lemmas & _OTHERS for word in found)


def _addressed(found: tuple[Word, ...], at: int) -> bool:
    return any(
        word.form in {"ты", "вы", "тебя", "тебе", "твой", "твоя"} for word in found[max(0, at - _WINDOW) : at + _WINDOW]
    )


def _herded(found: tuple[Word, ...], at: int) -> bool:
    before = found[max(0, at - _NEAR) : at]
    return any(word.lemmas & _HERD for word in before) and any(
        word.form in {"вы", "вас", "вашей", "ваша"} for word in found
    )


def _aimed(found: tuple[Word, ...], at: int) -> bool:
    """Near a word for the staff and not treated as a word for the writer or a third party."""
    if found[at].form == "дурака" and any("валять" in word.lemmas or "играть" in word.lemmas for word in found):
        return False
    around = found[max(0, at - _WINDOW) : at + _WINDOW]
    recruited = any(word.lemmas & _RECRUITING for word in around)
    ours = recruited or any("ваш" in word.lemmas for word in found[max(0, at - 2) : at])
    if (any(word.lemmas & _OTHERS for word in around) and not ours) or _of_the_writer(found, at):
        return False
    if at and found[at - 1].lemmas & _MACHINES:
        return False
    at_them = any(
        word.lemmas & lexicon.entries("staff.txt") for word in around if word.form != "вам" or "у" not in word.lemmas
    )
    seated = any(word.form in _PLACE or word.lemma in _PLACE for word in found[max(0, at - _NEAR - 1) : at + _NEAR])
    told = any(word.form in _ORDERING for word in found[:at])
    return at_them or recruited or told or (seated and "plur" in _cases(found[at].form))


def _of_the_writer(found: tuple[Word, ...], at: int) -> bool:
    before = found[max(0, at - _WINDOW) : at]
    if [word.form for word in found[at + 1 : at + 3]] in _MADE_OF_ME:
        return True
    if any(
        word.form in {"я", "мы"}
        and not any("который" in other.lemmas for other in found[max(0, place - _NEAR) : place])
        for place, word in enumerate(found[:at])
        if place >= at - _NEAR
    ):
        return True
    if before and before[-1].form == "а" and any(word.form == "не" for word in before):
        return False
    treated = any(word.lemmas & lexicon.entries("treating.txt") or word.form == "для" for word in before[-4:])
    victim = any(word.lemmas & _VICTIM for word in found[max(0, at - _WINDOW) : at + _NEAR])
    return treated and (victim or bool(before and before[-1].form in {"за", "из", "как", "не"}))


def _to_the_face(sentence: str, found: tuple[Word, ...], at: int) -> bool:
    grammemes = _cases(found[at].form)
    if "nomn" not in grammemes:
        return False
    pronoun = any(word.form in {"вы", "ты"} for word in found[max(0, at - _NEAR) : at + 2])
    if found[at].lemma == "больной":
        return pronoun and at == len(found) - 1
    if pronoun and not any(word.form in {"как", "не", "где", "чей", "про"} for word in found[max(0, at - 2) : at]):
        last = at + 1 if at + 1 < len(found) and found[at + 1].form in {"вы", "ты"} else at
        while last > at and last + 1 < len(found) and _fills(found[last + 1]):
            last += 1
        return last == len(found) - 1 or not _runs_on(sentence, found, last)
    return _are_many(found[at].form) and _called(sentence, found, at)


def _fills(word: Word) -> bool:
    return bool(word.lemmas & _FILLING) or name_calling.colours(word)


def _slighted_beast(found: tuple[Word, ...], at: int) -> bool:
    """As in "Ваша операторша тупая овца": the word for the staff, the slight and the beast side by side."""
    before = found[max(0, at - _NEAR) : at]
    return (
        len(before) > 1
        and bool(before[-1].lemmas & lexicon.entries("slights.txt"))
        and any(word.lemmas & lexicon.entries("staff.txt") for word in before[:-1])
    )


def _runs_on(sentence: str, found: tuple[Word, ...], at: int) -> bool:
    return not sentence[found[at].end : found[at + 1].start].strip()


def _slighted(sentence: str, found: tuple[Word, ...], at: int) -> bool:
    """A slighting adjective of "вы", or of a noun for the staff that follows it."""
    follows = found[at + 1] if at + 1 < len(found) else None
    if follows and follows.lemmas & (
        lexicon.entries("staff.txt") - {"вы", "ты", "ваш", "твой", "контора", "цупис", "служба"}
    ):
        return True
    noun_follows = bool(
        follows and _runs_on(sentence, found, at) and readings(follows.form) and "NOUN" in readings(follows.form)[0][1]
    )
    first = at
    while first and found[first - 1].lemmas & _FILLING:
        first -= 1
    before = found[max(0, first - _NEAR) : at]
    pronoun = any(word.form in {"вы", "ты"} for word in before)
    negated = any(word.form in {"не", "ни", "как"} for word in before)
    weak = found[at].lemmas & {"больной", "ненормальный", "мерзкий", "поганый", "паршивый", "вшивый"}
    nominative = "nomn" in _cases(found[at].form)
    said = pronoun or (not weak and _of_staff(before))
    said = said or (not weak and follows is not None and follows.form in {"вы", "ты"})
    return said and nominative and not negated and not noun_follows and (not weak or follows is None)


def _of_staff(before: tuple[Word, ...]) -> bool:
    """Whether nothing but staff can be the subject of what follows: "Ваши операторы совсем ..."."""
    subjects = [word for word in before if {"NOUN", "nomn"} <= _likeliest(word)]
    return (
        bool(subjects)
        and bool(subjects[-1].lemmas & lexicon.entries("staff.txt"))
        and not subjects[-1].lemmas & {"служба", "контора", "цупис", "поддержка", "агент"}
        and not any("VERB" in _likeliest(word) for word in before)
    )


def _likeliest(word: Word) -> frozenset[str]:
    found = readings(word.form)
    return found[0][1] if found else frozenset()
