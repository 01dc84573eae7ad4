"""How a word is meant: its matter, and whether it is told as done, denied, wished, or only named.

The trap is the small word that turns the meaning: "деньги пришли" after "деньги не пришли" is news, "вы так и не
вернули" after "верните" is none, and "разблокировать не надо, удалите" denies nothing to the verb behind the comma.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import NamedTuple

from mailtriage.language.by_word import kept
from mailtriage.triage.concept import concept_of
from mailtriage.triage.sense import IDLE, Manner, Role, Sense, weight_of
from mailtriage.triage.synonyms import SYNONYMS
from mailtriage.triage.wording import Wording

_ABSENT = frozenset({"нет", "нету"})
_WANTING = frozenset({"хотеть", "просить", "требовать", "нужно", "надо", "прошу", "хочу", "желать", "решить", "want"})
_UNDERWAY = frozenset({"arrive", "enter", "email", "попасть", "затеряться"})
"""Said of a letter: "вдруг не дошло"."""
_REACH = 4
"""Words between a wish and what is wished for."""
_FIRST_PERSON = frozenset({"я", "мы", "i", "we"})


_put_together = tuple.__new__


@kept(8_192)
def with_negation(told: tuple[str, Manner]) -> str:
    """A concept as it is told: a denied one is another, and begins with "не "."""
    concept, manner = told
    return f"не {concept}" if manner == "denied" else concept


class Mention(NamedTuple):
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
        return with_negation((self.concept, self.manner))


@dataclass(frozen=True, slots=True)
class _Setting:
    """Numbers of sentences and clauses, and places of words, that turn the meaning of what stands in them."""

    asked_about_us: frozenset[int]
    """Questions without a date: what "вы" do in them is nothing of the matter."""
    unreal: frozenset[int]
    """Wishes, conditions and questions: nothing in them is told as done."""
    accusing_nobody: frozenset[int]
    """With a verb, and without "вы"."""
    promises: frozenset[int]
    """With a verb in the first person's future, and none in the past."""
    of_his_letter: frozenset[int]
    of_sending: frozenset[int]
    """They only tell how the letter comes: from another box, a second time, lest the first was lost."""
    lacking: frozenset[int]
    """Clauses with a word that may say that something is not there."""
    thanked: frozenset[int]
    """Places of what one thanks for."""


def mentions(where: Wording, asked: frozenset[int]) -> Iterator[Mention]:
    """Every word that means something, in order.

    Args:
        where: the text taken apart.
        asked: numbers of the sentences that ask; nothing in them is told as done.
    """
    setting = _setting(where, asked)
    unreal, promises, of_sending = setting.unreal, setting.promises, setting.of_sending
    lacking, thanked = setting.lacking, setting.thanked
    negator, start, before = "", 0, 0
    words = zip(where.words, where.senses, where.sentences, where.clauses, strict=True)
    for place, (word, sense, sentence, clause) in enumerate(words):
        if clause != before:
            negator, start, before = "", place, clause
        if sense.negates:
            negator = word.form
            continue
        if sense.plain and not (negator or clause in lacking or sentence in of_sending or place in thanked):
            manner = "wished" if sentence in unreal else sense.manner
            told = (sense.concept, manner, word.form, sense.weight, sentence, place, sentence in promises, False, False)
            # As `Mention(...)`, which takes twice as long, for most words of all that came before.
            yield _put_together(Mention, told)
            continue
        concept = sense.concept if sense.alone else concept_of(where, place, asked=sentence in asked)
        if concept is not None and not _idle_here(where, place, concept, setting):
            yield _mention(where, place, concept, negator, setting, start=start)
            negator = ""
        elif not sense.passes_negation:
            # "не" turns the next word that means something, over grammar in between: "так и не смог войти".
            negator = ""


def _setting(where: Wording, asked: frozenset[int]) -> _Setting:
    def having(role: Role) -> frozenset[int]:
        return frozenset(map(where.sentences.__getitem__, where.by_role[role]))

    lacking = (place for form in (*_ABSENT, "не") for place in where.by_form.get(form, ()))
    return _Setting(
        asked_about_us=asked - having("calendar"),
        unreal=asked | having("unreal"),
        accusing_nobody=having("verb") - having("second person"),
        promises=having("coming") - having("past"),
        of_his_letter=having("his letter"),
        of_sending=(having("sending") & having("carrier")) | having("resending"),
        lacking=frozenset(where.clauses[place] for place in lacking),
        thanked=frozenset(_thanked(where)),
    )


def _idle_here(where: Wording, place: int, concept: str, setting: _Setting) -> bool:
    """Whether a word that tells something elsewhere tells nothing where it stands."""
    sentence, sense = where.sentences[place], where.senses[place]
    if concept == "fraud":
        return sentence not in setting.accusing_nobody
    if sentence in setting.of_sending and (
        concept not in SYNONYMS or concept in _UNDERWAY or where.words[place].form == "lost"
    ):
        return True
    # "Вы работаете вообще?" asks nothing about the matter; "вы работаете в субботу?" may.
    about_us = sentence in setting.asked_about_us and "2per" in sense.tags
    return about_us or place in setting.thanked or (sentence in setting.of_his_letter and sense.acts)


def _mention(where: Wording, place: int, concept: str, negator: str, setting: _Setting, *, start: int) -> Mention:
    sense, sentence = where.senses[place], where.sentences[place]
    absent = where.clauses[place] in setting.lacking and _absent(where, place)
    manner: Manner
    if concept == "stuck" or (concept == "money" and (negator in _ABSENT or absent)):
        concept, manner = "arrive", "denied"
    else:
        manner = "denied" if negator or absent else _manner(sense, concept, unreal=sentence in setting.unreal)
    weight = sense.weight if concept == sense.concept else weight_of(concept, describes=sense.describes)
    promised = sentence in setting.promises
    own_act = manner == "done" and "VERB" in sense.tags and _own(where, start, place)
    wanted = sense.orders or ("INFN" in sense.tags and _wished(where, place))
    return Mention(concept, manner, where.words[place].form, weight, sentence, place, promised, own_act, wanted)


def _manner(sense: Sense, concept: str, *, unreal: bool) -> Manner:
    if unreal:
        return "wished"
    works = concept == "work" and "VERB" in sense.tags
    return "done" if works and sense.manner == "named" else sense.manner


def _own(where: Wording, start: int, place: int) -> bool:
    """The writer himself: "я нашёл", or "нашла" without anybody else before it in the clause."""
    if any(word.form in _FIRST_PERSON for word in where.words[start:place]):
        return True
    alone = not any("nomn" in sense.tags for sense in where.senses[start:place])
    return alone and bool(where.senses[place].tags & {"masc", "femn"})


def _wished(where: Wording, place: int) -> bool:
    return any(word.lemma in _WANTING for word in where.words[max(0, place - _REACH) : place])


def _thanked(where: Wording) -> Iterator[int]:
    """Places of the words that follow "спасибо за": what one thanks for is courtesy."""
    for thanks in where.by_role["thanking"]:
        onward = range(thanks + 1, len(where.words))
        yield from takewhile(lambda at: where.clauses[at] == where.clauses[thanks], onward)  # noqa: B023 - used at once


def _absent(where: Wording, place: int) -> bool:
    """Whether "нет" or "не было" follows, over grammar such as "так и": "денег так и нет"."""
    following = where.words[place + 1 : place + 5]
    for at, word in enumerate(following, place + 1):
        if where.clauses[at] != where.clauses[place]:
            return False
        if word.form in _ABSENT:
            return True
        if word.form == "не" and at < place + len(following):
            return where.words[at + 1].lemma == "быть"
        if word.lemma not in IDLE:
            return False
    return False
