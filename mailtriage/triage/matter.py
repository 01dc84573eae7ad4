"""What a letter is about, as a set of concepts: the words left when grammar, courtesy and waiting are taken away.

Two tellings of one matter share few letters but most concepts; a new fact is a concept (or number) that was not there.
The trap is the small word that turns the meaning: "деньги пришли" after "деньги не пришли" is news, so a negated
concept is another concept.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from mailtriage.language.words import Word
from mailtriage.triage import lexicon
from mailtriage.triage.wording import MAX_CHARACTERS, Wording, wording

_GRAMMAR = lexicon.FUNCTION_WORDS | lexicon.ENGLISH_FUNCTION_WORDS
_IDLE = _GRAMMAR | lexicon.CALENDAR | lexicon.COURTESY | lexicon.NUDGE | lexicon.INSISTENCE
_TOGETHER = {("charge", "block"): "unblock", ("return", "account"): "unblock", ("delete", "block"): "unblock"}
"""Two concepts side by side that mean a third: "снять ограничение", "вернуть доступ"."""
_SCORNFUL = frozenset({"какой", "что", "кто", "куда", "зачем"})
"""Before "еще" they only scold: "какие еще тарифы"."""
_ASKING = frozenset({"можно", "нельзя", "как", "куда", "ли", "where", "how", "can", "may"})
_LEAVE = frozenset({"можно", "нельзя", "may", "нужны", "нужно", "нужен", "надо", "требуются", "подойдет", "хватит"})
_IMPATIENT = frozenset({"сколько", "долго"})
_REPLY_PREFIX = re.compile(
    r"^\s*(?:(?:re|fwd?|aw|отв|ответ|на|пересл\w*|fw|ha|hа)\s*(?:\[\d+\])?\s*:\s*|\[[^\]]{0,40}\]\s*)", re.IGNORECASE
)
_FORWARD_PREFIX = re.compile(r"^\s*(?:(?:re|отв|на)\s*:\s*)*(?:fwd?|fw|пересл\w*)\s*:", re.IGNORECASE)
_REGISTRATION = re.compile(r"(?<![\d-])(\d{2}-\d{6})(?![\d-])")
_NUMBER = re.compile(r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)|\d+")
_YEAR = re.compile(r"20[123]\d")
"""Part of a date, which is compared as a date."""
_MIN_NUMBER = 3
_MIN_ROOT = 5
_SAME_BEGINNING = 2
"""Letters that a word and its misspelling begin with; without it every word would be held against every other."""
_MANY = 80
"""So many missing concepts are news, whatever their spelling."""
_MAX_SUBJECT = 400
_SHINGLE = 3


@dataclass(frozen=True, slots=True)
class Matter:
    """A text, taken apart for comparing."""

    concepts: frozenset[str]
    """Of the whole text; a negated one begins with "не "."""
    questions: tuple[frozenset[str], ...]
    """Concepts of each sentence that asks, negated or not: who asks does not assert."""
    permissions: tuple[frozenset[str], ...]
    """Of those the ones that ask what may or must be done."""
    afresh: frozenset[str]
    """Concepts beside a word that says "again", "also"."""
    numbers: frozenset[str]
    """Digits of every number of three or more that does not count time."""
    mentioned: frozenset[str]
    """Digits of every number, however short."""
    shingles: frozenset[tuple[str, ...]]
    """Three lemmas in a row; of a shorter text all of them."""
    forms: frozenset[str]
    """The words as written, folded."""


@lru_cache(maxsize=128)
def matter(text: str) -> Matter:
    """Take a text apart; at most the examined beginning of it."""
    text = text[:MAX_CHARACTERS]
    where = wording(text)
    concepts: dict[int, str] = {}
    negated = False
    for position, word in enumerate(where.words):
        if word.lemma in lexicon.NEGATORS or word.form in lexicon.NEGATORS:
            negated = True
            continue
        following = where.words[position + 1] if position + 1 < len(where.words) else None
        concept = _concept(word, following)
        if concept:
            concepts[position] = f"не {concept}" if negated else concept
        # "не" turns the next word that means something; grammar in between ("так и не смог войти") does not stop it.
        negated = negated and not concept and word.lemma in _GRAMMAR
    _join(concepts)
    questions = _questions(where, concepts)
    lemmas = [word.lemma for word in where.words]
    return Matter(
        concepts=frozenset(concepts.values()),
        questions=tuple(questions.values()),
        permissions=tuple(asked for first, asked in questions.items() if _seeks_leave(where, first)),
        afresh=_afresh(where.words, concepts),
        numbers=frozenset(_numbers(text)),
        mentioned=frozenset(_digits(found) for found in _NUMBER.findall(text)),
        shingles=shingles(lemmas),
        forms=frozenset(word.form for word in where.words),
    )


def shingles(lemmas: list[str]) -> frozenset[tuple[str, ...]]:
    """Three in a row; of fewer than three all in one."""
    if len(lemmas) < _SHINGLE:
        return frozenset({tuple(lemmas)}) if lemmas else frozenset()
    return frozenset(tuple(lemmas[at : at + _SHINGLE]) for at in range(len(lemmas) - _SHINGLE + 1))


def containment(part: frozenset[tuple[str, ...]], whole: frozenset[tuple[str, ...]]) -> float:
    """The share of `part` that is in `whole`; 0 where there is nothing to compare."""
    return len(part & whole) / len(part) if part else 0.0


def unseen(concepts: Iterable[str], before: frozenset[str]) -> frozenset[str]:
    """Those that were not there before, not even as another word of the same root or with a typing slip."""
    missing = frozenset(concepts) - before
    if not missing or len(missing) > _MANY:
        return missing
    alike: dict[str, list[str]] = {}
    for other in before:
        alike.setdefault(other[:_SAME_BEGINNING], []).append(other)
    return frozenset(c for c in missing if not any(_akin(c, other) for other in alike.get(c[:_SAME_BEGINNING], ())))


def root_subject(subject: str) -> tuple[str, ...]:
    """The words of a subject without Re, Fwd and tags: what stays the same within a conversation."""
    subject = subject[:_MAX_SUBJECT]
    while match := _REPLY_PREFIX.match(subject):
        subject = subject[match.end() :]
    return tuple(word.form for word in wording(_REGISTRATION.sub(" ", subject).replace("№", " ")).words)


def is_forward(subject: str) -> bool:
    """Whether a subject says that the mail was forwarded."""
    return bool(_FORWARD_PREFIX.match(subject))


def registration_numbers(text: str) -> tuple[str, ...]:
    """Every registration number that is named, in its order."""
    return tuple(dict.fromkeys(_REGISTRATION.findall(text)))


def _join(concepts: dict[int, str]) -> None:
    """Put the meaning of two neighbours in the place of the first."""
    for position, concept in list(concepts.items()):
        for after in (position + 1, position + 2):
            if joined := _TOGETHER.get((concept, concepts.get(after, ""))):
                concepts[position] = joined
                concepts.pop(after)
                break


def _concept(word: Word, following: Word | None) -> str | None:
    if any(character.isdigit() for character in word.form) or len(word.form) == 1:
        return None
    if word.lemma in lexicon.NUMBER_WORDS:
        counts_time = following is not None and bool(following.lemmas & lexicon.TIME_UNITS)
        return None if counts_time else word.lemma
    if word.lemma in _IDLE or word.form in _IDLE:
        return None
    return next((group for lemma in sorted(word.lemmas) if (group := _synonym(lemma)) in lexicon.SYNONYMS), word.lemma)


@lru_cache(maxsize=16_384)
def _synonym(lemma: str) -> str:
    if lemma in _EXACT:
        return _EXACT[lemma]
    for length in range(len(lemma), 2, -1):
        if lemma[:length] in _STEMS:
            return _STEMS[lemma[:length]]
    return lemma


def _akin(one: str, other: str) -> bool:
    """The same root by its beginning, or one slip of the keyboard."""
    if one.startswith("не ") != other.startswith("не "):
        return False
    prefix = _common(one, other)
    if prefix >= _MIN_ROOT + (3 if one.startswith("не ") else 0):
        return True
    shorter, longer = sorted((len(one), len(other)))
    if shorter <= _MIN_ROOT or longer - shorter > 1:
        return False
    suffix = _common(one[::-1], other[::-1])
    return prefix + suffix >= longer - 1


def _common(one: str, other: str) -> int:
    """How many letters both begin with."""
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return length


def _numbers(text: str) -> Iterable[str]:
    for found in _NUMBER.findall(_REGISTRATION.sub(" ", text)):
        digits = _digits(found)
        if len(digits) >= _MIN_NUMBER and not _YEAR.fullmatch(digits):
            yield digits


def _digits(number: str) -> str:
    return "".join(character for character in number if character.isdigit())


def _questions(where: Wording, concepts: dict[int, str]) -> dict[int, frozenset[str]]:
    """Concepts of the sentences that end with a question mark or begin as a question does, by the first word."""
    by_sentence: dict[int, list[int]] = {}
    for position, sentence in enumerate(where.sentences):
        by_sentence.setdefault(sentence, []).append(position)
    found = {}
    for positions in by_sentence.values():
        end = where.words[positions[-1]].end
        opening = {where.words[position].form for position in positions[:3]}
        if "?" in where.text[end : end + 4] or opening & _ASKING:
            asked = (concepts[position] for position in positions if position in concepts)
            found[positions[0]] = frozenset(plain(concept) for concept in asked)
    return found


def _seeks_leave(where: Wording, first: int) -> bool:
    """Whether a question asks what may or must be done; "сколько можно ждать" does not."""
    last = len(where.words)
    forms = {where.words[p].form for p in range(first, last) if where.sentences[p] == where.sentences[first]}
    return bool(forms & _LEAVE) and not forms & _IMPATIENT


def plain(concept: str) -> str:
    """A concept without its negation."""
    return concept.removeprefix("не ")


def _afresh(words: tuple[Word, ...], concepts: dict[int, str]) -> frozenset[str]:
    """The fact next to each "again": the next word that is no grammar; where that is a reminder, there is none."""
    found: set[str] = set()
    for position, word in enumerate(words):
        if word.form not in lexicon.AFRESH or (position and words[position - 1].lemma in _SCORNFUL):
            continue
        onward = range(position + 1, min(position + 5, len(words)))
        beside = next((p for p in onward if words[p].lemma not in _GRAMMAR), None)
        beside = position - 1 if beside is None and position else beside
        if beside is not None and beside in concepts:
            found.add(concepts[beside])
    return frozenset(found)


_EXACT = {word: concept for concept, written in lexicon.SYNONYMS.items() for word in written if not word.endswith("*")}
_STEMS = {word[:-1]: concept for concept, written in lexicon.SYNONYMS.items() for word in written if word.endswith("*")}
