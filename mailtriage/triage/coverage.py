"""Which word of a list is found by another one anyway: doubles, and words that a stem covers.

The trap is a stem that only looks wider: «идт*» does not find «шёл», which «идти» does. So a stem covers a word only
if it begins every form of that word.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from mailtriage.language.words import fold, lemmas_of, morphology
from mailtriage.triage.term import Beginning, Inflected, Term, Token, term


@lru_cache(maxsize=65_536)
def _term(written: str) -> Term | None:
    return term(written)


def covers(wider: str, word: str) -> bool:
    """Whether every text that has `word`, as `words` looks for it, has `wider` too."""
    if wider == word:
        return True
    one, other = _term(wider), _term(word)
    if one is None or other is None or len(one.tokens) != len(other.tokens):
        return False
    return all(_token_covers(*pair) for pair in zip(one.tokens, other.tokens, strict=True))


def among(words: frozenset[str], word: str) -> bool:
    """Whether one of the words covers `word`."""
    if word in words:
        return True
    held = _held(words)
    return any(covers(wider, word) for key in sought_keys(word) for wider in held.get(key, ()))


@lru_cache(maxsize=65_536)
def held_keys(word: str) -> frozenset[str]:
    """What a word can be found by when a narrower one is at hand."""
    compiled = _term(word)
    match compiled.tokens[0] if compiled else None:
        case Beginning(stem):
            return frozenset({stem + "*"})
        case Inflected(lemmas):
            return lemmas
    return frozenset({word})


@lru_cache(maxsize=65_536)
def sought_keys(word: str) -> frozenset[str]:
    """Under which of these keys a word that covers this one is held: few, so that no list is walked."""
    compiled = _term(word)
    match compiled.tokens[0] if compiled else None:
        case Beginning(stem):
            return frozenset(stem[:length] + "*" for length in range(1, len(stem) + 1))
        case Inflected(lemmas):
            stems = {lemma[:length] + "*" for lemma in lemmas for length in range(1, len(lemma) + 1)}
            return frozenset(stems | lemmas)
    return frozenset({word})


@lru_cache(maxsize=4096)
def _held(words: frozenset[str]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for word in words:
        for key in held_keys(word):
            found[key] = (*found.get(key, ()), word)
    return found


def _token_covers(wider: Token, token: Token) -> bool:
    match wider, token:
        case Beginning(stem), Beginning(longer):
            return longer.startswith(stem)
        case Beginning(stem), Inflected(lemmas):
            return any(lemma.startswith(stem) for lemma in lemmas) and all(
                form.startswith(stem) for lemma in lemmas for form in _forms(lemma)
            )
        case Inflected(lemmas), Inflected(others):
            return others <= lemmas or _readings(others) <= lemmas
    return False


def _readings(lemmas: frozenset[str]) -> frozenset[str]:
    """Without the form itself where another one was written: what has it, has one of its normal forms."""
    return frozenset(lemma for lemma in lemmas if lemma in lemmas_of(lemma)) or lemmas


@lru_cache(maxsize=65_536)
def _forms(lemma: str) -> frozenset[str]:
    """All forms of a word, folded; the word itself where the dictionary does not know it."""
    found = {
        fold(form.word)
        for parsed in morphology().parse(lemma)
        if fold(parsed.normal_form) == lemma
        for form in parsed.lexeme
    }
    return frozenset(found | {lemma})


@dataclass(frozen=True, slots=True)
class Covered:
    """A word of a list that stands there for nothing."""

    index: int
    word: str
    by_index: int
    by: str
    """The word that finds it anyway."""


def covered(words: Sequence[str], *, wordy: bool) -> Iterator[Covered]:
    """The needless words of a list; `wordy` where its words find all their forms, else doubles alone are needless."""
    folded = [" ".join(fold(word).split()) for word in words]
    stems = {word[:-1]: index for index, word in enumerate(folded) if _is_stem(word)} if wordy else {}
    seen: dict[object, int] = {}
    for index, word in enumerate(folded):
        keys = _keys(word) if wordy else (word,)
        by = next((seen[key] for key in keys if key in seen), None)
        for length in range(1, len(word)):
            at = stems.get(word[:length])
            if by is None and at is not None and at != index and covers(folded[at], word):
                by = at
        if by is not None:
            yield Covered(index, words[index], by, words[by])
        else:
            seen |= dict.fromkeys(keys, index)


def _is_stem(word: str) -> bool:
    return word.endswith("*") and " " not in word


def _keys(word: str) -> tuple[object, ...]:
    """Under what a word is the same as another: as written, and by its lemmas."""
    compiled = _term(word)
    return (word,) if compiled is None else (word, compiled.tokens, tuple(_sense(token) for token in compiled.tokens))


def _sense(token: Token) -> object:
    match token:
        case Inflected(lemmas):
            return _readings(lemmas)
        case Beginning(stem):
            return stem
    return token
