"""What may be found in a text, told by its words alone: most of what is looked for needs letters that it has nowhere.

Words repeat, so what a word holds of all that anybody asks for is found out once and kept by word; a text holds what
its words hold. The trap is to ask for what nobody asked for yet when the text was looked through: whoever asks says so
where his module is loaded.
"""

import re
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from threading import Lock
from typing import Final

from mailtriage.language.by_word import Kept
from mailtriage.language.words import fold, spoken

ALL: Final = -1
"""What a text holds that was not looked through: everything may be found in it."""
_LONGEST: Final = 80
"""Characters between two blanks that are likely to come again."""
ODD: Final = re.compile(r"[^\x00-\x7f\xa0-\xb4\xb6-\xbf\u0400-\u04ff\u2010-\u2027\u2116\u20bd]")
"""Letters of which several are one to a pattern that does not mind case: what needs one may have another."""

Groups = Callable[[], Iterable[AbstractSet[str]]]
_NONE: Final[dict[str, int]] = {}


class Needs:
    """Groups of letters and of words: where a text does not hold one of each, there is nothing to look for."""

    __slots__ = ("_bits", "caseless", "letters", "words")

    def __init__(self, letters: Groups = tuple, words: Groups = tuple, *, caseless: bool = False) -> None:
        """Groups are asked for once, when first needed.

        Args:
            letters: folded, side by side within a word.
            words: by their normal forms, or as they stand.
            caseless: whether the letters stand for capitals too, in a text that is not folded.
        """
        self.letters, self.words, self.caseless = letters, words, caseless
        self._bits = 0
        _INDEX.join(self)

    def met(self, held: int) -> bool:
        """Whether a text that holds this has all that is needed."""
        return held & self._bits == self._bits

    def among(self, holdings: Iterable[int]) -> list[int]:
        """Which of several hold all that is needed, by their places in the row."""
        bits = self._bits
        return [at for at, held in enumerate(holdings) if held & bits == bits]

    def numbered(self, bits: int) -> None:
        """Take the places of the groups in what a text holds."""
        self._bits = bits


class _ByPiece(Kept[str, int]):
    """What pieces between blanks hold; what is so long that it will hardly come again is not kept."""

    def __missing__(self, piece: str) -> int:
        return super().__missing__(piece) if len(piece) <= _LONGEST else self._find(piece)


class _Index:
    """Everything that is asked for, by letters and by words."""

    def __init__(self) -> None:
        self._waiting: list[Needs] = []
        self._lock = Lock()
        self._groups = 0
        self._words: dict[str, int] = {}
        self._marks: dict[str, int] = {}
        """What is a single one."""
        self._letters: dict[str, dict[str, int]] = {}
        """By the first two of them."""
        self._of_any_case = 0
        self._kept = _ByPiece(self._of_word, 8_192)

    def join(self, needs: Needs) -> None:
        self._waiting.append(needs)

    def held_by(self, pieces: Iterable[str]) -> list[int]:
        if self._waiting:
            self._take_in()
        return list(map(self._kept.__getitem__, pieces))

    def _take_in(self) -> None:
        with self._lock:
            for needs in self._waiting:
                bits = 0
                for group in needs.letters():
                    for each in group:
                        alike = self._letters.setdefault(each[:2], {}) if len(each) > 1 else self._marks
                        alike[each] = alike.get(each, 0) | 1 << self._groups
                    bits |= 1 << self._groups
                    self._groups += 1
                self._of_any_case |= bits if needs.caseless else 0
                for group in needs.words():
                    for each in group:
                        self._words[each] = self._words.get(each, 0) | 1 << self._groups
                    bits |= 1 << self._groups
                    self._groups += 1
                needs.numbered(bits)
            # In this order: whoever sees nobody waiting must not meet what was found out before.
            self._kept.clear()
            self._waiting.clear()

    def _of_word(self, written: str) -> int:
        word = fold(written)
        found = self._of_any_case if ODD.search(word) else 0
        for mark, bits in self._marks.items():
            if mark in word:
                found |= bits
        for at in range(len(word) - 1):
            for letters, bits in self._letters.get(word[at : at + 2], _NONE).items():
                if word.startswith(letters, at):
                    found |= bits
        for one in spoken(word):
            for form in (one.form, *one.lemmas):
                found |= self._words.get(form, 0)
        return found


_INDEX: Final = _Index()


def held_by(pieces: Iterable[str]) -> list[int]:
    """What each piece of a text holds of all that is asked for, as numbers for `Needs.met`, which may be united.

    Whatever is looked for stands between two blanks; linear in the length of all.
    """
    return _INDEX.held_by(pieces)
