"""Which word was meant by one that is no word: letters held down ("блокиииировали"), and slips of the finger.

The trap is the innocent neighbour: "длинный" has its two letters by right, and "карма" is no slip for "карта". So only
what the dictionary does not know is ever taken for another word, and a short word never is. Slips are found without
trying every word of a rule on every word of a text: two spellings within so many edits share a key that is made by
leaving as many letters out (symmetric deletion), and only what shares one is compared.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import combinations, product

from mailtriage.language.by_word import kept
from mailtriage.language.words import fold, known, morphology

_RUN = re.compile(r"([^\W\d_])\1+")
_LONG_RUN = re.compile(r"([^\W\d_])\1\1+")
_CYRILLIC = re.compile("[а-я]+(?:-[а-я]+)*")
_LATIN = re.compile("[a-z]+")
_MOST_RUNS = 4
_KEYED = 7
"""Letters at the beginning that keys are made of: what inflection changes stands behind them."""
_SHORTEST_TYPED = 4
_SHORTEST_LATIN = 6
_MARK = "~"
_LONGEST = 40


@kept(65_536)
def unstretched(form: str) -> frozenset[str]:
    """What a folded form is when letters that were held down are let go; nothing for a word that the dictionary has.

    A Latin form has no dictionary here ("good" must not be "god"), so it gives up three letters in a row, never two.
    """
    runs = _RUN if _CYRILLIC.fullmatch(form) else _LONG_RUN
    found = list(runs.finditer(form))[:_MOST_RUNS]
    if not found or len(form) > 2 * _LONGEST or known(form):
        return frozenset()
    candidates = [_with_runs(form, found, lengths) for lengths in product((1, 2), repeat=len(found))]
    sensible = frozenset(candidate for candidate in candidates if known(candidate))
    return (sensible or frozenset((candidates[0], candidates[-1]))) - {form}


def _with_runs(form: str, runs: list[re.Match[str]], lengths: Iterable[int]) -> str:
    kept, at = [], 0
    for run, length in zip(runs, lengths, strict=True):
        kept += [form[at : run.start()], run[1] * length]
        at = run.end()
    return "".join((*kept, form[at:]))


def edits_allowed(form: str) -> int:
    """How many slips a word of a rule may be written with: none in a short one, two in a long one."""
    if _LATIN.fullmatch(form):
        return 1 if len(form) >= _SHORTEST_LATIN else 0
    return 0 if len(form) <= _SHORTEST_TYPED else 1 if len(form) <= 8 else 2  # noqa: PLR2004 - lengths, said above


@lru_cache(maxsize=16_384)
def meant_forms(form: str, lemmas: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """All forms of a rule's word, as far as they allow a slip, by each key that a slip of them shares."""
    inflected = {
        fold(each.word)
        for parse in morphology().parse(form)
        if fold(parse.normal_form) in lemmas
        for each in parse.lexeme
    }
    by_key: dict[str, list[str]] = {}
    for each in sorted(inflected | {form}):
        if edits := edits_allowed(each):
            for key in _keys(each, edits):
                by_key.setdefault(key, []).append(each)
    return {key: tuple(forms) for key, forms in by_key.items()}


@kept(16_384)
def typed_keys(form: str) -> frozenset[str]:
    """The keys of a word of a text that may be a slip; none for a word that is one, too short or no word at all."""
    if not _SHORTEST_TYPED <= len(form) <= _LONGEST or not (_CYRILLIC.fullmatch(form) or _LATIN.fullmatch(form)):
        return frozenset()
    return frozenset() if known(form) else _keys(form, 1 if len(form) < _KEYED else 2)


def _keys(form: str, edits: int) -> frozenset[str]:
    head = form[:_KEYED]
    return frozenset(
        _MARK + "".join(kept)
        for left_out in range(min(edits, len(head) - 1) + 1)
        for kept in combinations(head, len(head) - left_out)
    )


def is_key(anchor: str) -> bool:
    """Whether an anchor is a key of slips, and not a word."""
    return anchor.startswith(_MARK)


def is_slip(typed: str, meant: str) -> bool:
    """Whether one is the other with no more edits than its length allows."""
    allowed = edits_allowed(meant)
    return abs(len(typed) - len(meant)) <= allowed and distance(typed, meant) <= allowed


def distance(one: str, other: str) -> int:
    """Letters inserted, left out, changed or swapped with their neighbour (Damerau, each letter edited once)."""
    start, most = 0, min(len(one), len(other))
    while start < most and one[start] == other[start]:
        start += 1
    end = 0
    while end < most - start and one[-1 - end] == other[-1 - end]:
        end += 1
    one, other = one[start : len(one) - end], other[start : len(other) - end]
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return row[-1]
