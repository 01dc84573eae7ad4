"""Name-calling that is told by its shape: "дерьмо вы", "дебилы делали сайт", "безмозглые курицы", "воры и мрази".

The trap is the same word about things and strangers: "говно вы продаёте" judges the goods, "какие-то уроды взломали"
the burglars. So a coarse noun counts only as what the reader is, an insult of nobody named only as the maker of our
own work or at a desk of ours.
"""

import re
from collections.abc import Iterator

from mailtriage.language import lexicon
from mailtriage.language.holding import Needs
from mailtriage.language.sparse import sparse
from mailtriage.language.text import Text, looked_through
from mailtriage.language.words import Word, readings

_FILTH = sparse(
    r"\b(?:вы|ты)(?: все| там| просто| же| и есть){0,2} (?:(?:кус(?:ок|ки)|мешки?) (?:говна|дерьма)|говно|дерьмо)"
    r"(?=\s*(?:[.!?,…;)]|$|а не\b|и\b))"
    r"|\b(?:говно|дерьмо)(?: же)? (?:вы|ты)(?: все)?(?=\s*(?:[.!?,…;)]|$|а не\b))"
    r"|\b(?:кус(?:ок|ки)|мешки?) (?:говна|дерьма)(?: же)? (?:вы|ты)\b"
)
_STRETCHED = re.compile(r"([а-яё])\1{2,}", re.IGNORECASE)
_STRETCHES = Needs(lambda: [frozenset(3 * letter for letter in "абвгдежзийклмнопрстуфхцчшщъыьэюя")], caseless=True)
_MADE = frozenset(
    ("делать", "сделать", "писать", "написать", "придумать", "придумывать", "разрабатывать", "разработать", "создавать",
     "создать", "рисовать", "нарисовать", "программировать", "проектировать", "верстать")
)  # fmt: skip
_WORK = frozenset(
    ("сайт", "приложение", "форма", "анкета", "кнопка", "инструкция", "программа", "интерфейс", "правило", "капча",
     "кабинет", "система", "опрос", "верификация", "проверка", "идентификация", "это", "этот")
)  # fmt: skip
_DESK = frozenset(
    ("прилавок", "стекло", "касса", "стойка", "ресепшен", "рецепция", "ресепшн", "окошко", "чат", "поддержка", "офис",
     "телефон", "линия", "провод", "комп", "компьютер", "монитор", "регистратура", "справочная", "доставка",
     "техподдержка", "коллцентр", "колл-центр")
)  # fmt: skip
_THIEVES = frozenset(("вор", "жулик", "мошенник", "аферист", "кидала", "ворье", "обманщик", "хапуга"))
_JOINTS = frozenset(("и", "да", "все"))
_BARE = frozenset(("тупой", "тупорылый", "безмозглый", "тупоголовый", "криворукий", "безрукий", "бестолковый"))
_REACH = 3
_SHORT = 6


def unstretched(text: Text) -> Text:
    """With what a stretched letter adds made invisible, in its place: "тупыыыые" reads as "тупые"."""
    if not _STRETCHES.met(text.holding):
        return text
    return looked_through(_STRETCHED.sub(lambda found: found[1] + "\u200b" * (len(found[0]) - 1), text.written))


def filth(text: Text) -> Iterator[str]:
    """What the reader is called by a coarse noun, folded."""
    for found in _FILTH.finditer(text.folded, text.holding):
        yield found[0]


def thieves_and(found: tuple[Word, ...]) -> bool:
    """Whether a short sentence only lists what the reader is, thieves among it: "Воры и мрази"."""
    strong = [word for word in found if word.lemmas & lexicon.entries("insults.txt") and _nominative(word)]
    listed = lexicon.entries("insults.txt") | lexicon.entries("exclaiming.txt") | _THIEVES | _JOINTS
    thieves = any(word.lemmas & _THIEVES and "plur" in _grammemes(word) for word in found)
    return bool(strong) and thieves and len(found) <= _SHORT and all(word.lemmas & listed for word in found)


def at_our_work(found: tuple[Word, ...], at: int) -> bool:
    """Whether the insult at a place is said of who made our site, or sits at a desk: "недоумки за стеклом"."""
    after = found[at + 1 : at + 1 + _REACH]
    made = any(word.lemmas & _MADE for word in after) and any(word.lemmas & _WORK for word in found)
    desk = any(
        one.form in {"за", "на", "в"} and other.lemmas & _DESK
        for one, other in zip(after, found[at + 2 : at + 2 + _REACH], strict=False)
    )
    return _nominative(found[at]) and (made or desk)


def belittled(found: tuple[Word, ...], at: int) -> bool:
    """Whether a beast at a place has brains missing beside it: nobody says so of a real one."""
    before = found[at - 1] if at else None
    return before is not None and bool(before.lemmas & _BARE) and {"nomn", "plur"} <= _grammemes(found[at])


def colours(word: Word) -> bool:
    """Whether it is an adjective that may go with an insult of several: "моральные", "проклятые"."""
    found = readings(word.form)
    return any({"plur", "nomn"} <= tags and bool(tags & {"ADJF", "PRTF"}) for _, tags, _ in found)


def _nominative(word: Word) -> bool:
    return "nomn" in _grammemes(word)


def _grammemes(word: Word) -> frozenset[str]:
    return frozenset().union(*(tags for _, tags, _ in readings(word.form)))
