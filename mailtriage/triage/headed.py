"""What a message says for itself: its text, and the words of its subject that are its own.

Each is taken apart by itself: the text leaves a gist behind that knows nothing of any subject, so that it is taken
apart once for both. The trap is the neighbour: the last words of a subject do not turn the meaning of the first ones
below it, but a question in either is a question of the message.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from mailtriage.language.once import once
from mailtriage.triage.matter import Matter, matter
from mailtriage.triage.mention import Mention
from mailtriage.triage.shingles import SHINGLE, shingles


@dataclass(frozen=True)
class Headed:
    """Both together, as `Matter` has each; the heading's sentences and places are numbered below zero."""

    heading: Matter
    text: Matter

    @once
    def mentions(self) -> tuple[Mention, ...]:
        """Every word that means something, in order."""
        return (*self._above(self.heading.mentions), *self.text.mentions)

    @property
    def tells(self) -> bool:
        """Whether any word means something."""
        return self.heading.tells or self.text.tells

    @once
    def deeds(self) -> tuple[Mention, ...]:
        """What third parties are told to have said or done."""
        return (*self._above(self.heading.deeds), *self.text.deeds)

    @once
    def asking(self) -> frozenset[int]:
        """Numbers of the sentences that ask."""
        return self.text.asking.union(map(_above, self.heading.asking))

    @once
    def permissions(self) -> frozenset[int]:
        """Of those the ones that ask what may or must be done."""
        return self.text.permissions.union(map(_above, self.heading.permissions))

    @once
    def afresh(self) -> tuple[Mention, ...]:
        """Beside a word that says "again", "also"."""
        return (*self._above(self.heading.afresh), *self.text.afresh)

    @property
    def numbers(self) -> frozenset[str]:
        """Digits of every number of three or more that counts neither time nor letters."""
        return self.heading.numbers | self.text.numbers

    @property
    def mentioned(self) -> frozenset[str]:
        """Digits of every number, however short."""
        return self.heading.mentioned | self.text.mentioned

    @once
    def spoken(self) -> Mapping[int, frozenset[str]]:
        """By the place of each number word what the number may be, in digits."""
        above = {place - self._words_above: values for place, values in self.heading.spoken.items()}
        return above | dict(self.text.spoken)

    @once
    def shingles(self) -> frozenset[int]:
        """Of both as they are read, the text below its heading."""
        above, below = self.heading.where.words, self.text.where.words
        if len(below) < SHINGLE:
            return shingles((*above, *below))
        return self.text.shingles | shingles((*above, *below[: SHINGLE - 1])) if above else self.text.shingles

    @property
    def named(self) -> frozenset[str]:
        """Each concept, in whatever manner."""
        return self.heading.named | self.text.named

    @property
    def concepts(self) -> frozenset[str]:
        """The same; a denied one begins with "не "."""
        return self.heading.concepts | self.text.concepts

    @property
    def _words_above(self) -> int:
        return len(self.heading.where.words)

    def _above(self, found: tuple[Mention, ...]) -> tuple[Mention, ...]:
        words = self._words_above
        return tuple(each._replace(sentence=_above(each.sentence), place=each.place - words) for each in found)


def headed(heading: str, text: str) -> Headed:
    """A text below what its subject says anew, "" where that is nothing."""
    return Headed(matter(heading), matter(text))


def _above(sentence: int) -> int:
    return -1 - sentence
