"""What a word form means wherever it stands: looked up once a form, for the same forms come in every letter.

The trap is the word that its neighbours decide about: a number word, "прошёл" of a payment and of a month. Of such a
word only that is told here; `concept.py` asks its neighbours.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from mailtriage.language.by_word import kept
from mailtriage.language.numerals import number_words
from mailtriage.language.words import Spoken, lemma, lemmas_of
from mailtriage.triage import lexicon
from mailtriage.triage.grammar import is_past, lemma_of, orders, tags_of
from mailtriage.triage.synonyms import ACTORS, FURNITURE, SYNONYMS, TELLING, synonym

Manner = Literal["done", "denied", "wished", "named", "blamed"]
Role = Literal[
    "unreal", "his letter", "sending", "carrier", "resending", "calendar", "verb", "second person", "coming", "past",
    "third party", "number", "again", "asking", "thanking",
]  # fmt: skip
"""What a word does to the meaning of its sentence, or of what stands beside it."""

GRAMMAR = lexicon.FUNCTION_WORDS | lexicon.ENGLISH_FUNCTION_WORDS
IDLE = GRAMMAR | lexicon.CALENDAR | lexicon.COURTESY | lexicon.NUDGE | lexicon.INSISTENCE | lexicon.ENGLISH_INSISTENCE
UNREAL = frozenset({"бы", "б", "чтобы", "чтоб", "если", "пусть", "пускай"})
_NEEDLESS = frozenset({"надо", "нужно", "нужный", "стоить"})
"""Behind "не" they end its force: "разблокировать не надо, удалите"."""
_LOOKING = frozenset({"смотреть", "посмотреть", "глядеть", "взглянуть", "поглядеть"})
"""As orders they only point at what lies there: "вот же чек, смотрите"."""
_HOURS = frozenset({"утром", "днем", "вечером", "ночью"})
"""Told of an event they are a fact; the greetings have other forms."""
_SETTLED = frozenset({"решить", "решиться", "разрешиться", "пройти", "уладиться", "разобраться"})
_HIS_LETTER = frozenset({"обращение", "заявка", "заявление", "запрос", "жалоба", "претензия", "тикет"})
_SENDING = frozenset(
    "слать посылать послать отправлять отправить присылать прислать пересылать переслать дублировать продублировать "  # noqa: SIM905 - reads best as words
    "повторять повторить направлять направить высылать выслать send resend sending resending resent sent".split()
)
_CARRIERS = frozenset(
    "письмо почта почтовый ящик адрес email e-mail mail mailbox letter message спам spam дубль копия повтор повторно "  # noqa: SIM905 - reads best as words
    "еще again once".split()
)
"""What is sent, where it is sent from, and that it is sent again."""
_RESENDING = frozenset({"дублировать", "продублировать", "resend", "resending", "resent"})
_NAMED: Mapping[Role, frozenset[str]] = {
    "unreal": UNREAL,
    "his letter": _HIS_LETTER,
    "sending": _SENDING,
    "carrier": _CARRIERS,
    "resending": _RESENDING,
    "calendar": lexicon.CALENDAR,
}
"""Roles that are a word's by its form or its normal form."""
_AS_WRITTEN: Mapping[Role, frozenset[str]] = {
    "second person": frozenset({"вы", "вас", "вам", "вами", "ваш", "ваша", "ваше", "ваши", "вашего", "вашей"}),
    "again": lexicon.AFRESH,
    "asking": frozenset({"можно", "нельзя", "как", "куда", "ли", "where", "how", "can", "may"}),
    "thanking": frozenset({"спасибо", "благодарю", "благодарим", "благодарна", "благодарен", "thanks", "thank"}),
}
"""Roles that are a word's by its form alone."""
_ENGLISH_FUTURE = frozenset({"will", "i'll"})
TIMES = frozenset({"дважды", "трижды", "четырежды", "двукратно", "многократно", "неоднократно"})
CALLING = frozenset({"звонить", "дозваниваться"})
BURNING = frozenset({"сгореть", "сгорать", "погореть"})
DOING = frozenset(
    {"подтверждать", "подтвердить", "совершать", "совершить", "проводить", "провести", "санкционировать", "одобрять",
     "одобрить", "разрешать", "разрешить", "авторизовать", "инициировать"}
)  # fmt: skip
UNKNOWN = "ведома"
"""Behind "без моего": it was not his doing."""
_TURNING = TIMES | CALLING | BURNING | DOING | {"мой"}
"""What these stand for hangs on the words beside them, see `turns.py`."""
_COLOURS = frozenset({"ADVB", "INTJ", "PRCL", "CONJ", "PREP", "NPRO", "COMP", "PRED"})
_DESCRIBING = frozenset({"ADJF", "ADJS", "PRTF"})
_TOLD_OTHERWISE = frozenset({"stuck", "fraud"})
"""What is stuck did not arrive, and fraud may be blame."""
_HYPHEN = re.compile(r"[-\u2010\u2011]")


@dataclass(frozen=True, slots=True)
class Sense:
    """What is known of a form without its neighbours."""

    tags: frozenset[str]
    """Grammemes of its likeliest reading, see `grammar.tags_of`."""
    lemma: str
    """The normal form of that reading."""
    tells: bool
    """It is neither a number in figures nor a single letter."""
    concept: str | None
    """Its group of synonyms, else its normal form; None where it means nothing of its own."""
    counts: bool
    """A number word, which means what stands beside it."""
    may_settle: bool
    """Beside a matter, and told as done, it means that all is well."""
    alone: bool
    """Its concept does not hang on its neighbours."""
    plain: bool
    """No verb, and with a concept of its own: unless it is denied or thanked for, its neighbours say no more of it."""
    turns: bool
    """It may stand in a turn of phrase."""
    weight: float
    """Of its concept: 1 for a word of its own, less for what every letter speaks of or what only colours."""
    negates: bool
    passes_negation: bool
    """Grammar over which a negation reaches the next word: "так и не смог войти"."""
    orders: bool
    acts: bool
    """A verb that means nothing at a payment centre."""
    describes: bool
    manner: Manner
    """In which it is told, where nothing beside it says otherwise."""
    roles: frozenset[Role]


@kept(65_536)
def sense_of(form: str) -> Sense:
    """Look a folded form up; one number in figures means no more by itself than any other."""
    return _FIGURES if form.isdigit() else _sense(form)


def _sense(form: str) -> Sense:
    tags, likely = tags_of(form), lemma(form)
    meant = lemma_of(form) or likely
    tells = len(form) > 1 and not any(map(str.isdigit, form))
    turns = tells and (meant in _TURNING or form == UNKNOWN)
    counts = tells and (meant in lexicon.NUMBER_WORDS or ("NUMR" in tags and meant not in GRAMMAR))
    concept = _concept(form, meant, tags) if tells and not counts else None
    settles = tells and meant in _SETTLED and is_past(tags)
    describes = bool(tags & _DESCRIBING)
    verb = bool(tags & {"VERB", "INFN"})
    alone = not (turns or counts or settles or concept == "arrive")
    manner = _manner(form, tags)
    told_one_way = concept not in _TOLD_OTHERWISE and not verb and manner != "done" and not orders(form)
    return Sense(
        tags=tags,
        lemma=meant,
        tells=tells,
        concept=concept,
        counts=counts,
        may_settle=settles,
        alone=alone,
        plain=alone and concept is not None and told_one_way,
        turns=turns,
        weight=weight_of(concept, describes=describes) if concept else 1.0,
        negates=not lexicon.NEGATORS.isdisjoint((form, likely)) or form.endswith("n't"),
        passes_negation=likely in GRAMMAR and likely not in _NEEDLESS,
        orders=orders(form),
        acts=verb and "past" not in tags and synonym(likely) not in SYNONYMS,
        describes=describes,
        manner=manner,
        roles=_roles(form, likely, tags),
    )


def weight_of(concept: str, *, describes: bool) -> float:
    """How much a new word of this concept counts."""
    return 0.5 if concept in FURNITURE or (describes and concept not in SYNONYMS) else 1.0


def _concept(form: str, meant: str, tags: frozenset[str]) -> str | None:
    if form not in _HOURS and _idle(form, meant):
        return None
    groups = map(synonym, (meant, *sorted(lemmas_of(form))))
    if group := next((group for group in groups if group in SYNONYMS), None):
        return group
    # Who promises or threatens tells nothing that has happened; what colours a letter is no fact.
    colours = {"futr", "1per"} <= tags or (bool(tags & _COLOURS) and form not in _HOURS)
    return None if colours and meant not in TELLING else meant


def _idle(form: str, meant: str) -> bool:
    return not IDLE.isdisjoint((form, meant)) or _compound_idle(form) or (meant in _LOOKING and orders(form))


def _compound_idle(form: str) -> bool:
    """Whether no part of it says anything: "ау-у-у"."""
    parts = [part for part in _HYPHEN.split(form) if part]
    return len(parts) > 1 and all(part in IDLE or len(part) == 1 for part in parts)


def _manner(form: str, tags: frozenset[str]) -> Manner:
    if "INFN" in tags or orders(form):
        return "wished"
    if {"2per", "pres"} <= tags:
        return "blamed"
    english = not tags and form.endswith("ed")
    return "done" if is_past(tags) or english else "named"


def _roles(form: str, likely: str, tags: frozenset[str]) -> frozenset[Role]:
    found: set[Role] = {role for role, words in _NAMED.items() if not words.isdisjoint((form, likely))}
    found.update(role for role, words in _AS_WRITTEN.items() if form in words)
    if "VERB" in tags:
        found.add("verb")
    if likely in ACTORS:
        found.add("third party")
    if number_words((Spoken(form, likely, lemmas_of(form)),)):
        found.add("number")
    if {"futr", "1per"} <= tags or form in _ENGLISH_FUTURE:
        found.add("coming")
    elif is_past(tags):
        found.add("past")
    return frozenset(found)


_FIGURES = _sense("0")
