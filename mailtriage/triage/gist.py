"""What is kept of a text that was written before: which matters it tells and how, its words and numbers, no places.

Whoever writes for the tenth time is held against nine letters, each of which was taken apart for the ninth already. The
trap is the size: a letter taken apart is forty times its text, so only what a later one is ever asked about is kept,
words as their hashes.
"""

from array import array
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from operator import itemgetter
from threading import Lock

from mailtriage.triage.matter import Matter, matter
from mailtriage.triage.mention import with_negation
from mailtriage.triage.sense import Manner

_KEPT = 2_000_000
"""Characters of the texts whose gists stay: some 10 MB for letters, 25 for a flood of invented words."""
_LEAST = 500
"""Characters that the shortest text counts as, for what a gist is itself."""
_CONCEPT = itemgetter(0)


@dataclass(frozen=True, slots=True)
class Gist:
    """A text as later ones are held against it."""

    pairs: tuple[tuple[str, Manner], ...]
    """Each concept with each manner in which it is told, once."""
    wanted: frozenset[str]
    """Concepts told as a wish."""
    deeds: frozenset[str]
    """What third parties are told to have said or done."""
    afresh: frozenset[str]
    """Concepts beside a word that says "again", "also"."""
    seeks_leave: bool
    """Whether it asks what may or must be done."""
    mentioned: frozenset[str]
    """Digits of every number in figures, however short."""
    told_numbers: frozenset[str]
    """Digits of every number, in figures or in words."""
    words: str
    """As written, folded, each once, between blanks."""
    triples: "array[int]"
    """Hashes of three lemmas in a row."""
    length: int
    """Characters of the text."""

    @property
    def told(self) -> frozenset[tuple[str, Manner]]:
        """The pairs, for asking."""
        return frozenset(self.pairs)

    @property
    def named(self) -> frozenset[str]:
        """Each concept, in whatever manner."""
        return frozenset(map(_CONCEPT, self.pairs))

    @property
    def concepts(self) -> frozenset[str]:
        """As `Matter.concepts`."""
        return frozenset(map(with_negation, self.pairs))

    @property
    def forms(self) -> frozenset[str]:
        """The words, for asking."""
        return frozenset(self.words.split())

    def has_beginning(self, form: str, length: int) -> bool:
        """Whether a word begins with the first `length` letters of a form; a shorter form must be the whole word."""
        beginning = f" {form[:length]}" if len(form) >= length else f" {form} "
        return beginning in self.words

    @property
    def shingles(self) -> frozenset[int]:
        """The triples, for asking."""
        return frozenset(self.triples)


class Gists:
    """Those that were asked for last, by the digests of their texts; `most` is of the texts' characters.

    Each mailbox triages in a thread of its own, so they share one lock, which is not held while a text is taken apart.
    """

    def __init__(self, most: int = _KEPT) -> None:
        self._most, self._characters = most, 0
        self._kept: dict[bytes, Gist] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def of(self, text: str) -> Gist:
        """What a text leaves behind, of its examined beginning."""
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        with self._lock:
            if found := self._kept.pop(digest, None):
                self._kept[digest] = found
                return found
        made = _gist(matter(text))
        with self._lock:
            before = self._kept.pop(digest, None)
            self._kept[digest] = before or made
            self._characters += 0 if before else made.length
            while self._characters > self._most:
                self._characters -= self._kept.pop(next(iter(self._kept))).length
        return made


_gists = Gists()


def gist(text: str) -> Gist:
    """What a text leaves behind; what was asked for lately is not taken apart again."""
    return _gists.of(text)


def _gist(text: Matter) -> Gist:
    return Gist(
        pairs=tuple(map(_shared, text.told)),
        wanted=text.wanted,
        deeds=frozenset(deed.concept for deed in text.deeds),
        afresh=frozenset(mention.concept for mention in text.afresh),
        seeks_leave=bool(text.permissions),
        mentioned=text.mentioned,
        told_numbers=text.told_numbers,
        words=f" {' '.join({word.form for word in text.where.words})} ",
        triples=array("q", text.shingles),
        length=max(_LEAST, len(text.where.text)),
    )


@lru_cache(maxsize=8192)
def _shared(pair: tuple[str, Manner]) -> tuple[str, Manner]:
    """One object for what many letters tell."""
    return pair
