"""What a letter is about, as a set of concepts: the words left when grammar, courtesy and waiting are taken away.

Two tellings of one matter share few letters but most concepts; a new fact is a concept (or number) that was not there.
The trap is the small word that turns the meaning: "деньги пришли" after "деньги не пришли" is news, so a negated
concept is another concept.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter

from mailtriage.language.numerals import spoken_number
from mailtriage.language.once import once
from mailtriage.reply.signature import NUMBER, numbers
from mailtriage.triage import lexicon
from mailtriage.triage.deeds import deeds
from mailtriage.triage.mention import Mention, mentions, with_negation
from mailtriage.triage.sense import GRAMMAR, Manner
from mailtriage.triage.shingles import shingles
from mailtriage.triage.synonyms import SYNONYMS
from mailtriage.triage.wording import MAX_CHARACTERS, Wording, wording

_TOGETHER = {
    ("charge", "block"): "unblock",
    ("return", "account"): "unblock",
    ("delete", "block"): "unblock",
}
"""Two concepts side by side that mean a third: "снять ограничение", "вернуть доступ"."""
_SECONDS = frozenset(second for _, second in _TOGETHER)
_SCORNFUL = frozenset({"какой", "что", "кто", "куда", "зачем", "весь", "все"})
"""Before "еще" they only scold, or it goes on as it was: "какие еще тарифы", "все еще"."""
_LEAVE = frozenset(
    """
    можно нельзя may нужны нужно нужен надо требуются подойдет хватит возможен возможна возможно возможны реально
    разрешено
    """.split()  # noqa: SIM905 - reads best as words
)
_IMPATIENT = frozenset({"сколько", "долго"})
_NUMBER = re.compile(r"\d(?:\d{0,2}(?:[ \u00a0\u202f]\d{3})+(?!\d)|\d*)")
_YEAR = re.compile(r"20[123]\d")
"""Part of a date, which is compared as a date."""
_MIN_NUMBER = 3
_MIN_ROOT = 5
_SHORT_ENDING = 2
_WHOLE_ROOT = 4
_SAME_BEGINNING = 2
"""Letters that a word and its misspelling begin with; without it every word would be held against every other."""
_MANY = 80
"""So many missing concepts are news, whatever their spelling."""
_LETTERS = frozenset({"письмо", "обращение", "звонок", "сообщение", "заявка", "запрос", "раз"})
_SENDING = frozenset(
    """
    отправлять направлять отправить направить прислать присылать посылать послать высылать выслать слать прикладывать
    приложить прикреплять прикрепить прилагать вкладывать дублировать писать просить попросить повторять напоминать
    прошу обращаться пробовать
    """.split()  # noqa: SIM905 - reads best as words
)
"""Beside these "again" tells that the letter comes again, and nothing else."""
_CONCEPT, _CONCEPT_AND_MANNER = itemgetter(0), itemgetter(0, 1)
"""Of a mention, by place: of every word of all that came before."""


@dataclass(frozen=True)
class Matter:
    """The examined beginning of a text, taken apart for comparing; what nobody asks for is not looked for."""

    text: str

    @once
    def where(self) -> Wording:
        """Its words."""
        return wording(self.text)

    @once
    def mentions(self) -> tuple[Mention, ...]:
        """Every word that means something, in order."""
        return _joined(tuple(mentions(self.where, self.asking)))

    @property
    def tells(self) -> bool:
        """Whether any word means something."""
        return next(mentions(self.where, self.asking), None) is not None

    @once
    def deeds(self) -> tuple[Mention, ...]:
        """What third parties are told to have said or done."""
        return tuple(deeds(self.where, self.asking))

    @once
    def asking(self) -> frozenset[int]:
        """Numbers of the sentences that ask."""
        return frozenset(_asking(self.where))

    @once
    def permissions(self) -> frozenset[int]:
        """Of those the ones that ask what may or must be done."""
        return frozenset(sentence for sentence in self.asking if _seeks_leave(self.where, sentence))

    @once
    def afresh(self) -> tuple[Mention, ...]:
        """Beside a word that says "again", "also"."""
        again = self.where.by_role["again"]
        return tuple(_afresh(self.where, again, {mention.place: mention for mention in self.mentions})) if again else ()

    @once
    def numbers(self) -> frozenset[str]:
        """Digits of every number of three or more that counts neither time nor letters."""
        return frozenset(_numbers(self.where)) if self.mentioned else frozenset()

    @once
    def mentioned(self) -> frozenset[str]:
        """Digits of every number, however short."""
        return numbers_in(self.text)

    @once
    def spoken(self) -> Mapping[int, frozenset[str]]:
        """By the place of each number word what the number may be, in digits, from three of them on."""
        return _spoken(self.where)

    @once
    def told_numbers(self) -> frozenset[str]:
        """Digits of every number, in figures or in words."""
        return self.mentioned.union(*self.spoken.values())

    @once
    def shingles(self) -> frozenset[int]:
        """As `shingles` has them."""
        return shingles(self.where.words)

    @once
    def told(self) -> frozenset[tuple[str, Manner]]:
        """Each concept with each manner in which it is told."""
        return frozenset(map(_CONCEPT_AND_MANNER, self.mentions))

    @once
    def named(self) -> frozenset[str]:
        """Each concept, in whatever manner."""
        return frozenset(map(_CONCEPT, self.mentions))

    @once
    def wanted(self) -> frozenset[str]:
        """Concepts told as a wish."""
        return frozenset(mention.concept for mention in self.mentions if mention.wanted)

    @once
    def concepts(self) -> frozenset[str]:
        """Of the whole text; a denied one begins with "не "."""
        return frozenset(map(with_negation, self.told))


@lru_cache(maxsize=32)
def matter(text: str) -> Matter:
    """Take a text apart; at most the examined beginning of it."""
    return Matter(text[:MAX_CHARACTERS])


def numbers_in(text: str) -> frozenset[str]:
    """Digits of every number in figures, however short, in the examined beginning of a text."""
    return frozenset(map(_digits, _NUMBER.findall(text[:MAX_CHARACTERS])))


def unseen(concepts: Iterable[str], before: frozenset[str]) -> frozenset[str]:
    """Those that were not there before, not even as another word of the same root or with a typing slip."""
    missing = frozenset(concepts) - before
    if not missing or len(missing) > _MANY:
        return missing
    alike: dict[str, list[str]] = {}
    for other in before:
        alike.setdefault(other[:_SAME_BEGINNING], []).append(other)
    return frozenset(c for c in missing if not any(akin(c, other) for other in alike.get(c[:_SAME_BEGINNING], ())))


def registration_numbers(text: str) -> tuple[str, ...]:
    """Every registration number that is named, in its order."""
    return numbers(text)


def _joined(found: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """Two neighbours that mean a third thing become it, in the place of the first."""
    if _SECONDS.isdisjoint(map(_CONCEPT, found)):
        return found
    result: list[Mention] = []
    for mention in found:
        if mention.concept in _SECONDS and result and mention.place - result[-1].place <= 2:  # noqa: PLR2004 - side by side, or one word between
            last = result[-1]
            if both := _TOGETHER.get((last.concept, mention.concept)):
                result[-1] = last._replace(concept=both)
                continue
        result.append(mention)
    return tuple(result)


def akin(one: str, other: str) -> bool:
    """The same root by its beginning, or one slip of the keyboard."""
    if one.startswith("не ") != other.startswith("не "):
        return False
    one, other = one.removeprefix("не "), other.removeprefix("не ")
    if one in SYNONYMS or other in SYNONYMS:
        return False
    shorter, longer = sorted((len(one), len(other)))
    slips = shorter > _MIN_ROOT and longer - shorter <= 1
    if not slips and one[:_WHOLE_ROOT] != other[:_WHOLE_ROOT]:
        return False
    prefix = _common(one, other)
    if prefix > _MIN_ROOT or (prefix == _MIN_ROOT and shorter <= prefix + _SHORT_ENDING):
        return True
    if prefix == shorter >= _WHOLE_ROOT:
        return True
    return slips and prefix + _common(one[::-1], other[::-1]) >= longer - 1


def _common(one: str, other: str) -> int:
    """How many letters both begin with."""
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return length


def _numbers(where: Wording) -> Iterable[str]:
    for found in _NUMBER.finditer(NUMBER.sub(lambda match: " " * len(match[0]), where.text)):
        digits = _digits(found[0])
        after = bisect_left(where.starts, found.end())
        counts = after < len(where.words) and bool(where.words[after].lemmas & (lexicon.TIME_UNITS | _LETTERS))
        if len(digits) >= _MIN_NUMBER and not _YEAR.fullmatch(digits) and not counts:
            yield digits


def _spoken(where: Wording) -> dict[int, frozenset[str]]:
    found: dict[int, frozenset[str]] = {}
    end = 0
    for at in where.by_role["number"]:
        if at >= end:
            values, length = spoken_number(where.words, at)
            if any(len(value) >= _MIN_NUMBER for value in values):
                found.update(dict.fromkeys(range(at, at + length), values))
            end = at + length
    return found


def _digits(number: str) -> str:
    return "".join(filter(str.isdigit, number))


def _asking(where: Wording) -> Iterator[int]:
    """The sentences that end with a question mark or begin as a question does."""
    for at in where.by_role["asking"]:
        sentence = where.sentences[at]
        if at in where.by_sentence[sentence][:3]:
            yield sentence
    if "?" in where.text:
        for sentence, positions in where.by_sentence.items():
            end = where.ends[positions[-1]]
            if where.text.find("?", end, end + 4) >= 0:
                yield sentence


def _seeks_leave(where: Wording, sentence: int) -> bool:
    """Whether a question asks what may or must be done; "сколько можно ждать" does not."""
    forms = {where.words[at].form for at in where.by_sentence[sentence]}
    return bool(forms & _LEAVE) and not forms & _IMPATIENT


def _afresh(where: Wording, again: Iterable[int], found: dict[int, Mention]) -> Iterable[Mention]:
    """The fact next to each "again": the next word that is no grammar; where that is a reminder, there is none."""
    for position in again:
        if position and where.words[position - 1].lemma in _SCORNFUL:
            continue
        if any(w.lemma in _SENDING for w in where.words[max(0, position - 5) : position + 3]):
            continue
        onward = range(position + 1, min(position + 5, len(where.words)))
        beside = next((p for p in onward if where.words[p].lemma not in GRAMMAR), None)
        beside = position - 1 if beside is None and position else beside
        if beside is not None and beside in found:
            yield found[beside]
