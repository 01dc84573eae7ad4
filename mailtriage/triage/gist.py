"""What is kept of a text that was written before: which matters it tells and how, its words and numbers, no places.

Whoever writes for the tenth time is held against nine letters, each of which was taken apart for the ninth already. The
trap is the size: a letter taken apart is forty times its text, so only what a later one is ever asked about is kept,
its words in a row as hashes, and of each its first letters, by which a name is known.
"""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from operator import is_, itemgetter
from sys import getsizeof
from threading import Lock

from mailtriage.language.by_word import kept
from mailtriage.language.words import tokens
from mailtriage.triage.matter import Matter, matter
from mailtriage.triage.mention import with_negation
from mailtriage.triage.sense import Manner
from mailtriage.triage.wording import MAX_CHARACTERS

ROOT = 4
"""Letters by which a name is known in all its cases."""
COUNTING = frozenset("трижды четырежды три четыре пять раз раза в о во".split()).union(  # noqa: SIM905 - reads best as words
    f"{before}{which}" for before in ("", "в", "о", "во") for which in ("третий", "четвертый", "пятый")
)
"""Words that tell how often it happened, also where they are written as one: "втретий"."""
_KEPT = 10_000_000
"""Octets of the gists that stay, be they of letters or of a flood of invented words."""
_ITSELF = 300
"""Octets of what holds the parts of one."""
_NEW_PAIR = 150
"""Octets of a pair that no other gist has."""
_CONCEPT = itemgetter(0)


@dataclass(frozen=True, slots=True)
class Gist:
    """A text as later ones are held against it."""

    pairs: tuple[tuple[str, Manner], ...]
    """Each concept with each manner in which it is told, once."""
    wanted: tuple[str, ...]
    """Concepts told as a wish."""
    deeds: tuple[str, ...]
    """What third parties are told to have said or done."""
    afresh: tuple[str, ...]
    """Concepts beside a word that says "again", "also"."""
    seeks_leave: bool
    """Whether it asks what may or must be done."""
    figures: str
    """Digits of every number in figures, however short, between blanks."""
    spoken: str
    """The same of every number in words, as far as they are not among the others."""
    counting: tuple[str, ...]
    """Its words that tell how often it happened."""
    roots: str
    """The first letters of its words, folded, each once, between blanks."""
    triples: "array[int]"
    """Hashes of three lemmas in a row."""

    @property
    def named(self) -> frozenset[str]:
        """Each concept, in whatever manner."""
        return frozenset(map(_CONCEPT, self.pairs))

    @property
    def mentioned(self) -> list[str]:
        """Digits of every number in figures."""
        return self.figures.split()

    @property
    def told_numbers(self) -> list[str]:
        """Digits of every number, in figures or in words."""
        return [*self.figures.split(), *self.spoken.split()]

    def has_root(self, form: str) -> bool:
        """Whether a word begins as a folded form does; a short one must be the whole word."""
        return f" {form[:ROOT]} " in self.roots


class Gists:
    """Those that were asked for last, by the hashes of their texts, which nobody outside can foretell (PEP 456).

    Each mailbox triages in a thread of its own, so they share one lock, which is not held while a text is taken apart.
    """

    def __init__(self, most: int = _KEPT) -> None:
        """As many as take `most` octets."""
        self._most, self._octets = most, 0
        self._kept: dict[int, tuple[Gist, int]] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def of(self, text: str) -> Gist:
        """What a text leaves behind, of its examined beginning."""
        key = hash(text)
        with self._lock:
            if found := self._kept.pop(key, None):
                self._kept[key] = found
                return found[0]
        made = _gist(matter(text))
        with self._lock:
            before = self._kept.pop(key, None)
            self._kept[key] = before or made
            self._octets += 0 if before else made[1]
            while self._octets > self._most:
                self._octets -= self._kept.pop(next(iter(self._kept)))[1]
        return made[0]


_gists = Gists()


def gist(text: str) -> Gist:
    """What a text leaves behind; what was asked for lately is not taken apart again."""
    return _gists.of(text)


def told_by(texts: Iterable[Gist]) -> set[tuple[str, Manner]]:
    """The pairs of all of them."""
    return set[tuple[str, Manner]]().union(*(text.pairs for text in texts))


def concepts_of(texts: Iterable[Gist]) -> frozenset[str]:
    """As `Matter.concepts`, of all of them."""
    return frozenset(map(with_negation, told_by(texts)))


def roots_of(text: str) -> frozenset[str]:
    """The first letters of the words in the examined beginning of a text."""
    return frozenset(word.form[:ROOT] for word in tokens(text[:MAX_CHARACTERS]).words)


def _gist(text: Matter) -> tuple[Gist, int]:
    """With its octets."""
    told, forms = text.told, {word.form for word in text.where.words}
    made = Gist(
        pairs=tuple(map(_shared, told)),
        wanted=tuple(text.wanted),
        deeds=tuple({deed.concept for deed in text.deeds}),
        afresh=tuple({mention.concept for mention in text.afresh}),
        seeks_leave=bool(text.permissions),
        figures=" ".join(text.mentioned),
        spoken=" ".join(text.told_numbers - text.mentioned),
        counting=tuple(COUNTING & forms),
        roots=f" {' '.join({form[:ROOT] for form in forms})} ",
        triples=array("q", text.shingles),
    )
    parts = (made.pairs, made.wanted, made.deeds, made.afresh, made.figures, made.spoken, made.roots, made.triples)
    return made, _ITSELF + sum(map(getsizeof, parts)) + _NEW_PAIR * sum(map(is_, made.pairs, told))


@kept(8_192)
def _shared(pair: tuple[str, Manner]) -> tuple[str, Manner]:
    """One object for what many letters tell."""
    return pair
