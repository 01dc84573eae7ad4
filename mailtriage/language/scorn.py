"""Scorn for staff that no single word carries: beasts, missing brains, the mop and the pigsty as their right place.

The trap is that the words are everyday ones: a sheep is bought, a zoo is visited, "как баран на новые ворота" is said
of oneself. So a beast counts only as what staff are said to be, brains only as what staff lack, a place only as
theirs; where the writer or other customers stand in the sentence, it may be about them.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from mailtriage.language import lexicon, name_calling
from mailtriage.language.holding import Needs
from mailtriage.language.phrases import Phrase, Phrases, spoken
from mailtriage.language.text import Text
from mailtriage.language.words import Word, fold, readings, words

_ABOUT_OTHERS = re.compile(
    r"\b(?:я|мне|меня|мной|мной|нам|нас|нами|мы|мой|моя|моего|моей|моих|моим|клиент\w*|игрок\w*|пользовател\w*|себя|себе|"
    r"муж\w*|жен[аыу]|сын\w*|доч\w+|мошенни\w+)\b"
)
_ABOUT_THINGS = re.compile(r"\b(?:систем|сайт|бот|приложени|программ|инструкци|анкет|форм|реклам|банк)\w*")
_ABOUT_SELF = re.compile(r"\b(?:я|мы|себя|меня|нас|муж|жена|клиент\w*)\b")
_THEY = re.compile(
    r"\b(?:вы|вас|вам|вами|ты|тебя|тебе|ваш\w*|тво\w+|"
    r"(?:оператор|сотрудни|менеджер|специалист|консультант|девк|девиц|поддержк|персонал)\w*)\b"
)
_WITH_THEM = re.compile(
    r"\b(?:у (?:вас|тебя|них|нее|него|(?:ваш|эт|тво|так)\w+|(?:оператор|сотрудни|менеджер|девоч|девиц)\w*)|"
    r"вам|тебе|им|ей|ему|вы|ваш(?:и|а)|(?:оператор|сотрудни|менеджер|специалист|поддержк)\w*|на письма)\b"
)
"""Whose brains may be missed; "вашу инструкцию" has none."""
_TELL = re.compile(
    r"\b(?:передай|скажи|объясни|напомни|уволь|убери|замени|выгони|гони|успокой|научи|уйми|призови)(?:те)?\b[^.!?\n]{0,30}$"
)
_TELLING = frozenset(("передать", "сказать", "объяснить", "напомнить", "сообщить", "намекнуть"))
_SEATED = frozenset(("сидеть", "работать", "набрать", "понабрать", "отвечать", "один", "посадить"))
_HERD = frozenset(
    ("стадо", "сборище", "свора", "кучка", "куча", "толпа", "шобла", "стая", "табун", "отара", "загон", "зоопарк")
)
_ELSEWHERE = frozenset(("реклама", "ролик", "игра", "магазин", "цирк", "зоопарк", "ферма"))
_SCORN = Phrases("scorn.txt")
_AHEAD = 10
_REACH = 60


@cache
def _beasts() -> frozenset[str]:
    return lexicon.entries("beasts.txt") | lexicon.entries("scorned.txt")


_NEEDS = Needs(words=lambda: [_beasts()])


def scorn(text: Text) -> Iterator[str]:
    """Scornful words about staff, as they stand in the text."""
    if possible := _SCORN.possible(text.holding):
        yield from _phrased(text, possible)
    for sentence in text.sentences if _NEEDS.met(text.holding) else ():
        if _NEEDS.met(sentence.holding):
            yield from _called_beasts(sentence.written)


def _phrased(text: Text, possible: Sequence[Phrase]) -> Iterator[str]:
    for found in spoken(possible, text.sentences):
        sentence = found.match.string
        if _ABOUT_THINGS.search(sentence) or (found.section == "brains" and not _WITH_THEM.search(sentence)):
            continue
        if not (_ABOUT_SELF if found.section == "sick" else _ABOUT_OTHERS).search(sentence):
            start = text.sentences[found.sentence].start
            yield text.written[start + found.match.start() : start + found.match.end()].strip()


def _called_beasts(sentence: str) -> Iterator[str]:
    found, folded = words(sentence), fold(sentence)
    for at, word in enumerate(found):
        if not word.lemmas & _beasts() or _name(sentence[word.start : word.end]):
            continue
        if (
            name_calling.belittled(found, at)
            or _said_of_staff(sentence, found, at)
            or _pointed_at(folded, found, at)
            or _in_a_herd(folded, found, at)
        ):
            yield sentence[word.start : word.end]


def _name(written: str) -> bool:
    return written[0].isupper() and not written.isupper()


def _cases(word: Word) -> frozenset[str]:
    return (
        frozenset().union(*(grammemes for _, grammemes, _ in readings(word.form)))
        if readings(word.form)
        else frozenset()
    )


def _staff(word: Word) -> bool:
    return bool(word.lemmas & (lexicon.entries("staff.txt") - {"ваш", "твой", "контора", "цупис", "служба", "агент"}))


def _said_of_staff(sentence: str, found: tuple[Word, ...], at: int) -> bool:
    """The predicate of a staff noun, of "вы", or of a pronoun that stands for staff told of before."""
    if "nomn" not in _cases(found[at]) or not _ends_clause(sentence, found, at):
        return False
    subject = at - 1
    while subject >= max(0, at - _AHEAD) and _between(found[subject]):
        subject -= 1
    if subject < 0:
        return False
    word = found[subject]
    if word.form in {"вы", "ты"}:
        return True
    if word.form in {"он", "она", "они"}:
        before = found[max(0, subject - _AHEAD) : subject]
        return any(_staff(other) or other.lemma in {"свой", "ваш"} for other in before) and any(
            other.lemmas & _TELLING for other in before
        )
    if word.form in {"ваш", "ваша", "ваши"} and subject:
        subject, word = subject - 1, found[subject - 1]
    named = subject > 0 and sentence[word.start].isupper() and found[subject - 1].lemmas & {"ваш", "этот"}
    if (_staff(word) or named) and "nomn" in _cases(word):
        return True
    return _subordinate(sentence, found, subject, at) or _seated(found, at)


def _between(word: Word) -> bool:
    cases = _cases(word)
    return (
        "PREP" in cases
        or ("NOUN" in cases and "nomn" not in cases)
        or bool(word.lemmas & lexicon.entries("between.txt"))
        or bool(word.lemmas & lexicon.entries("slights.txt"))
        or bool(word.lemmas & lexicon.entries("insults.txt"))
        or ("ADJF" in cases and not word.lemmas & {"ваш", "твой", "мой", "наш"})
    )


def _ends_clause(sentence: str, found: tuple[Word, ...], at: int) -> bool:
    """Whether nothing but an adjective or another such noun follows before the next mark."""
    if at + 1 == len(found):
        return True
    after = sentence[found[at].end : found[at + 1].start]
    follows = found[at + 1]
    return (
        bool(after.strip())
        or follows.form in {"и", "а", "вы", "у", "какие-то", "какой-то", "какая-то", "да", "с"}
        or (bool({"ADJF", "PRTF"} & _cases(follows)) and "nomn" in _cases(follows))
    )


def _subordinate(sentence: str, found: tuple[Word, ...], last: int, at: int) -> bool:
    """As in "Сотрудница, которая мне отвечала, овца": the staff noun stands before a relative clause."""
    if "," not in sentence[found[last].end : found[at].start]:
        return False
    for back in range(last, max(0, last - _AHEAD), -1):
        if found[back].lemmas & {"который", "что"} and back:
            return any(_staff(word) and "nomn" in _cases(word) for word in found[max(0, back - 3) : back])
    return False


def _seated(found: tuple[Word, ...], at: int) -> bool:
    """As in "У вас там работают животные"."""
    before = found[max(0, at - 7) : at]
    return (
        "plur" in _cases(found[at])
        and any(word.lemmas & _SEATED for word in before[-3:])
        and any(word.form in {"вас", "вашей", "вашем", "ваших"} for word in before)
        and not any(word.form in {"как", "где"} or word.lemma in _ELSEWHERE for word in before)
    )


def _pointed_at(folded: str, found: tuple[Word, ...], at: int) -> bool:
    """As in "передайте этой козе" and "эта ваша курица": any case, but named so."""
    before = found[max(0, at - 3) : at]
    pronouns = [word for word in before if word.lemmas & {"этот", "ваш", "свой", "твой"}]
    if not pronouns:
        return False
    both = any("этот" in word.lemmas for word in pronouns) and any("ваш" in word.lemmas for word in pronouns)
    return (both and pronouns[-1] is before[-1]) or bool(
        _TELL.search(folded[max(0, pronouns[0].start - _REACH) : pronouns[0].start])
    )


def _in_a_herd(folded: str, found: tuple[Word, ...], at: int) -> bool:
    before = found[max(0, at - 3) : at]
    return (
        any(word.lemmas & _HERD for word in before)
        and "gent" in _cases(found[at])
        and not _ABOUT_OTHERS.search(folded)
        and bool(_THEY.search(folded))
    )
