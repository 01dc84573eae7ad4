"""How a word is meant: its matter, and whether it is told as done, denied, wished, or only named.

The trap is the small word that turns the meaning: "деньги пришли" after "деньги не пришли" is news, "вы так и не
вернули" after "верните" is none, and "разблокировать не надо, удалите" denies nothing to the verb behind the comma.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from mailtriage.language.words import Word
from mailtriage.triage import lexicon
from mailtriage.triage.concept import GRAMMAR, IDLE, concept_of
from mailtriage.triage.grammar import is_past, orders, tags_of
from mailtriage.triage.synonyms import FURNITURE, SYNONYMS, synonym
from mailtriage.triage.wording import Wording

Manner = Literal["done", "denied", "wished", "named", "blamed"]
BARRIER = re.compile(r"[,.;:!?()\n«»\"]")
_ABSENT = frozenset({"нет", "нету"})
_NEEDLESS = frozenset({"надо", "нужно", "нужный", "стоить"})
"""Behind "не" they end its force: "разблокировать не надо, удалите"."""
UNREAL = frozenset({"бы", "б", "чтобы", "чтоб", "если", "пусть", "пускай"})
_WANTING = frozenset({"хотеть", "просить", "требовать", "нужно", "надо", "прошу", "хочу", "желать", "решить", "want"})
_THANKING = frozenset({"спасибо", "благодарю", "благодарим", "благодарна", "благодарен", "thanks", "thank"})
_HIS_LETTER = frozenset({"обращение", "заявка", "заявление", "запрос", "жалоба", "претензия", "тикет"})
_SENDING = frozenset(
    "слать посылать послать отправлять отправить присылать прислать пересылать переслать дублировать продублировать "  # noqa: SIM905 - reads best as words
    "повторять повторить направлять направить высылать выслать send resend sending resending resent sent".split()
)
_CARRIERS = frozenset(
    "письмо почта почтовый ящик адрес email e-mail mail mailbox letter message спам spam дубль копия повтор повторно "  # noqa: SIM905 - reads best as words
    "еще again once".split()
)
"""What is sent, where it is sent from, and that it is sent again."""
_RESENDING = frozenset({"дублировать", "продублировать", "resend", "resending", "resent"})
_UNDERWAY = frozenset({"arrive", "enter", "email", "попасть", "затеряться"})
"""Said of a letter: "вдруг не дошло"."""
_SECOND_PERSON = frozenset({"вы", "вас", "вам", "вами", "ваш", "ваша", "ваше", "ваши", "вашего", "вашей"})
_REACH = 4
"""Words between a wish and what is wished for."""
_FIRST_PERSON = frozenset({"я", "мы", "i", "we"})


@dataclass(frozen=True, slots=True)
class Mention:
    """One word that means something, where it stands."""

    concept: str
    """A group of synonyms, or the normal form."""
    manner: Manner
    form: str
    """As the customer wrote it, folded: for people."""
    weight: float
    """1 for a word of its own, less for what every letter speaks of or what only colours."""
    sentence: int
    place: int
    """Of the word in the text."""
    promised: bool = False
    """In a sentence in which the writer says what he is going to do: a promise or a threat, nothing that happened."""
    own_act: bool = False
    """Told in the past tense of the writer himself."""
    wanted: bool = False
    """Told as a wish: "удалите", "хочу закрыть"."""

    @property
    def negatable(self) -> str:
        """The concept, with its negation."""
        return f"не {self.concept}" if self.manner == "denied" else self.concept


@dataclass(frozen=True, slots=True)
class _Setting:
    """Numbers of sentences, and places of words, that turn the meaning of what stands in them."""

    asked: frozenset[int]
    unreal: frozenset[int]
    """Wishes, conditions and questions: nothing in them is told as done."""
    accusing_nobody: frozenset[int]
    promises: frozenset[int]
    of_his_letter: frozenset[int]
    of_sending: frozenset[int]
    """They only tell how the letter comes: from another box, a second time, lest the first was lost."""
    dated: frozenset[int]
    thanked: frozenset[int]
    """Places of what one thanks for."""


def mentions(where: Wording, asked: frozenset[int]) -> Iterator[Mention]:
    """Every word that means something, in order.

    Args:
        where: the text taken apart.
        asked: numbers of the sentences that ask; nothing in them is told as done.
    """
    setting = _setting(where, asked)
    negator, start = "", 0
    for place, word in enumerate(where.words):
        if place and BARRIER.search(where.text, where.words[place - 1].end, word.start):
            negator, start = "", place
        if word.form in lexicon.NEGATORS or word.lemma in lexicon.NEGATORS or word.form.endswith("n't"):
            negator = word.form
            continue
        concept = concept_of(where, place, asked=where.sentences[place] in asked)
        if concept is not None and not _idle_here(where, place, concept, setting):
            yield _mention(where, place, concept, negator, setting, start=start)
            negator = ""
        elif word.lemma not in GRAMMAR or word.lemma in _NEEDLESS:
            # "не" turns the next word that means something, over grammar in between: "так и не смог войти".
            negator = ""


def _setting(where: Wording, asked: frozenset[int]) -> _Setting:
    def among(forms: frozenset[str]) -> frozenset[int]:
        return frozenset(where.sentences[p] for p, word in enumerate(where.words) if forms & {word.form, word.lemma})

    return _Setting(
        asked=asked,
        unreal=asked | among(UNREAL),
        accusing_nobody=_blunt(where),
        promises=_promises(where),
        of_his_letter=among(_HIS_LETTER),
        of_sending=(among(_SENDING) & among(_CARRIERS)) | among(_RESENDING),
        dated=among(lexicon.CALENDAR),
        thanked=_thanked(where),
    )


def _idle_here(where: Wording, place: int, concept: str, setting: _Setting) -> bool:
    """Whether a word that tells something elsewhere tells nothing where it stands."""
    sentence = where.sentences[place]
    if concept == "fraud":
        return sentence not in setting.accusing_nobody
    # "Вы работаете вообще?" asks nothing about the matter; "вы работаете в субботу?" may.
    underway = concept not in SYNONYMS or concept in _UNDERWAY or where.words[place].form == "lost"
    if sentence in setting.of_sending and underway:
        return True
    about_us = sentence in setting.asked - setting.dated and "2per" in tags_of(where.words[place].form)
    return about_us or place in setting.thanked or (sentence in setting.of_his_letter and _action(where.words[place]))


def _mention(where: Wording, place: int, concept: str, negator: str, setting: _Setting, *, start: int) -> Mention:
    word, sentence = where.words[place], where.sentences[place]
    tags = tags_of(word.form)
    absent = _absent(where, place)
    manner: Manner
    if concept == "stuck" or (concept == "money" and (negator in _ABSENT or absent)):
        concept, manner = "arrive", "denied"
    else:
        manner = "denied" if negator or absent else _manner(word, tags, concept, unreal=sentence in setting.unreal)
    wanting = any(w.lemma in _WANTING for w in where.words[max(0, place - _REACH) : place])
    colours = bool(tags & {"ADJF", "ADJS", "PRTF"}) and concept not in SYNONYMS
    return Mention(
        concept=concept,
        manner=manner,
        form=word.form,
        weight=0.5 if concept in FURNITURE or colours else 1.0,
        sentence=sentence,
        place=place,
        promised=sentence in setting.promises,
        own_act=manner == "done" and "VERB" in tags and _own(tags, where.words[start:place]),
        wanted=orders(word.form) or ("INFN" in tags and wanting),
    )


def _manner(word: Word, tags: frozenset[str], concept: str, *, unreal: bool) -> Manner:
    if unreal or "INFN" in tags or orders(word.form):
        return "wished"
    if {"2per", "pres"} <= tags:
        return "blamed"
    works = concept == "work" and "VERB" in tags
    english = not tags and word.form.endswith("ed")
    return "done" if is_past(tags) or works or english else "named"


def _own(tags: frozenset[str], before: tuple[Word, ...]) -> bool:
    """The writer himself: "я нашёл", or "нашла" without anybody else before it."""
    if any(word.form in _FIRST_PERSON for word in before):
        return True
    return bool(tags & {"masc", "femn"}) and not any("nomn" in tags_of(word.form) for word in before)


def _blunt(where: Wording) -> frozenset[int]:
    """Sentences that accuse nobody here: with a verb, and without "вы"."""
    verbs = {where.sentences[p] for p, word in enumerate(where.words) if "VERB" in tags_of(word.form)}
    return frozenset(verbs - {where.sentences[p] for p, word in enumerate(where.words) if word.form in _SECOND_PERSON})


def _promises(where: Wording) -> frozenset[int]:
    """Sentences with a verb in the first person's future, and none in the past."""
    coming, past = set[int](), set[int]()
    for place, word in enumerate(where.words):
        tags = tags_of(word.form)
        if {"futr", "1per"} <= tags or word.form in {"will", "i'll"}:
            coming.add(where.sentences[place])
        elif is_past(tags):
            past.add(where.sentences[place])
    return frozenset(coming - past)


def _thanked(where: Wording) -> frozenset[int]:
    """Places of the words that follow "спасибо за": what one thanks for is courtesy."""
    found = set[int]()
    for place, word in enumerate(where.words):
        if word.form not in _THANKING:
            continue
        at = place + 1
        while at < len(where.words) and not BARRIER.search(where.text, where.words[at - 1].end, where.words[at].start):
            found.add(at)
            at += 1
    return frozenset(found)


def _action(word: Word) -> bool:
    """A verb that means nothing at a payment centre."""
    tags = tags_of(word.form)
    return bool(tags & {"VERB", "INFN"}) and "past" not in tags and synonym(word.lemma) not in SYNONYMS


def _absent(where: Wording, place: int) -> bool:
    """Whether "нет" or "не было" follows, over grammar such as "так и": "денег так и нет"."""
    following = where.words[place + 1 : place + 5]
    for at, word in enumerate(following):
        if BARRIER.search(where.text, where.words[place + at].end, word.start):
            return False
        if word.form in _ABSENT:
            return True
        if word.form == "не" and at + 1 < len(following):
            return following[at + 1].lemma == "быть"
        if word.lemma not in IDLE:
            return False
    return False
