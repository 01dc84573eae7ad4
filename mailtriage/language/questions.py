"""The questions of a letter: what each is about, and whether it only goes on with another.

The trap is the follow-up: "как вывести деньги и сколько это идёт" has two question words and is one matter.
"""

import re
from collections.abc import Sequence

from mailtriage.language import lexicon
from mailtriage.language.by_word import kept
from mailtriage.language.text import Text
from mailtriage.language.words import Spoken, readings, tokens

ASKS = re.compile(
    r"\b(?:как|че|чо|где|когда|почему|зачем|сколько|какой|какая|какие|каков\w*|каким|какую|куда|кто|что|чем|можно|"
    r"нельзя|возможно|есть ли|ли|нужно|надо|хватит|с какой|до какого|"
    r"how|where|when|why|can|could|what|which|is it|do|does)\b"
)
_EMPTY_PARTS = frozenset(("PREP", "CONJ", "PRCL", "NPRO", "INTJ", "PRED", "ADVB", "COMP", "NUMR", "Apro"))
_PERMITS = re.compile(
    r"\b(?:разрешается|разрешен[оа]?|допускается|допустимо|получится|реально|предусмотрен\w*|поддерживается|поддерживаете|"
    r"принимаете|принимается|берете|бывает|положено|действует)\b|\bу вас(?: \w+)? (?:есть|имеется)\b|\bесть у вас\b"
)
"""Asks without a word of asking: "на карту жены разрешается?"."""
PROCEDURE = re.compile(
    r"^\s*(?:и |а |или )?(?:нужно|надо|обязательно|достаточно)\b|^\s*(?:и |а )?(?:как быть|если нет)\b|"
    r"\b(?:хватит|достаточно)\b|\bчто (?:мне )?(?:ещ[её] )?(?:делать|нужно|сделать)\b|"
    r"\b(?:как\w+|что)\b.{0,40}\b(?:нужн\w+|требу\w+|понадоб\w+|прислать|предоставить)\b"
)
"""Asks how the same thing is done."""
_ASKED_FIRST = re.compile(
    r"\b(?:как|как(?:ой|ая|ое|ие|ую|им)|сколько|куда|можно|есть ли|где(?! (?:мо|ден|плат|перев)\w*))\b"
)
_ALSO_ASKED = re.compile(r"\bи (?:как|как(?:ой|ая|ое|ие|ую|им)|сколько|куда|где|можно ли) ")
_MAY_ALSO_ASK = (" и как", " и сколько ", " и куда ", " и где ", " и можно ли ")
"""Of which one is wherever there is one."""
_ONE_AIM = re.compile(r"\b(?:почему|зачем|за что|когда|что|чтобы?|по шагам|пошагово|по порядку)\b")
"""A reason, a purpose or the order of steps holds all that is asked there together."""
_REFERS = frozenset("он она оно они него нее них нем ней ним это этого этом этим".split())  # noqa: SIM905
_OF_IT = frozenset(("его", "ее", "их", "там", "туда"))
_SHORT_ENGLISH = 3
_ENGLISH_IDLE = frozenset(
    "please could would should thank thanks hello dear regards best what when where which that this there have".split()  # noqa: SIM905 - a list of words reads best as words
    + "your does want need with from tell know long many much".split()  # noqa: SIM905 - as above
)
LITTLE = 2
"""So many words tell what something is about, if it is about anything of its own."""
_MOST = 20


def different(text: Text) -> list[str]:
    """Full questions that share no subject; a question and its follow-up are one."""
    if text.written.count("?") < 2:  # noqa: PLR2004 - one question differs from none
        return []
    questions = [sentence for sentence in text.statements if sentence.said.rstrip().endswith("?")]
    full: list[str] = []
    seen: set[str] = set()
    for question in questions[:_MOST] if len(questions) > 1 else ():
        said = tokens(text.written).between(question.start, question.end)
        about = subjects(said)
        asks = ASKS.search(question.said) or _PERMITS.search(question.said)
        if len(about) > 1 and asks and not follows_up(said, question.said):
            if about & seen:
                return []
            seen |= about
            full.append(question.written)
    return full if len(full) > 1 else []


def in_one_breath(text: Text) -> list[str]:
    """Two questions in one sentence that share no subject: "как сменить почту и какую комиссию вы берёте"."""
    if not any(map(text.folded.__contains__, _MAY_ALSO_ASK)):
        return []
    said = tokens(text.written)
    for sentence in text.statements:
        for also in _ALSO_ASKED.finditer(text.folded, sentence.start, sentence.end):
            at = also.start()
            then, asked = said.between(at, sentence.end), text.folded[sentence.start : at]
            one, other = subjects(said.between(sentence.start, at)), subjects(then)
            apart = min(len(one), len(other)) >= LITTLE and not one & other and not _ONE_AIM.search(sentence.said)
            onward = follows_up(then, text.folded[at : sentence.end]) or any(word.form in _OF_IT for word in then)
            if apart and not onward and _ASKED_FIRST.search(asked):
                return [text.written[:at], text.written[at:]]
    return []


def subjects(said: Sequence[Spoken]) -> frozenset[str]:
    """What it is about: the nouns and verbs, without the words that any request has."""
    return frozenset(map(_subject, said)) - {""}


@kept(16_384)
def _subject(word: Spoken) -> str:
    """The normal form of a word that tells what something is about; "" for any other."""
    found = readings(word.form)
    foreign = not found and len(word.form) > _SHORT_ENGLISH and word.form not in _ENGLISH_IDLE
    telling = foreign or (bool(found) and not found[0][1] & _EMPTY_PARTS)
    return word.lemma if telling and not word.lemmas & lexicon.entries("one_matter.txt") else ""


def follows_up(said: Sequence[Spoken], folded: str) -> bool:
    """Short questions of impatience and "why": they ask nothing of their own."""
    forms = [word.form for word in said]
    if PROCEDURE.search(folded) or _REFERS.intersection(forms):
        return True
    return (
        bool(forms)
        and forms[0] in {"почему", "зачем", "когда", "доколе", "сколько", "кто", "что"}
        and len(subjects(said)) <= LITTLE
    )
