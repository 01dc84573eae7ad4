"""What the dictionary tells of a form: past tense, order, infinitive (pymorphy3, OpenCorpora grammemes), cached.

The trap is the form of two readings: "пришли" came and is an order to send, "удалите" is an order and what you will
do. Of a past tense and an order the past is taken: doubt is news, and news is the safe side.
"""

from mailtriage.language.by_word import kept
from mailtriage.language.words import readings

_LIKELY = 0.3
_POSSIBLE = 0.1


@kept(65_536)
def tags_of(form: str) -> frozenset[str]:
    """Grammemes (OpenCorpora) of the likeliest reading; an order and a past tense that look alike are the past."""
    found = readings(form)
    likely = [tags for _, tags, score in found if score >= _LIKELY]
    past = next((tags for tags in likely if is_past(tags)), None)
    return past or (likely[0] if likely else found[0][1] if found else frozenset())


@kept(65_536)
def lemma_of(form: str) -> str | None:
    """The normal form of the reading that `tags_of` describes: "пришли" came, and is no order to send."""
    found = readings(form)
    past = next((normal for normal, tags, score in found if score >= _LIKELY and is_past(tags)), None)
    return past or (found[0][0] if found else None)


def is_past(tags: frozenset[str]) -> bool:
    """Whether a verb or a short participle tells what was: "зачислили", "зачислены"."""
    return "past" in tags and bool(tags & {"VERB", "PRTS"})


@kept(65_536)
def orders(form: str) -> bool:
    """Whether it may be an order and is no past tense: "удалите" is both an order and what you will do."""
    return not is_past(tags_of(form)) and any(
        "impr" in tags and score >= _POSSIBLE for _, tags, score in readings(form)
    )


def demanded(form: str) -> bool:
    """Whether the form is an order or an infinitive: "пришлите", "просим прислать", and not "сказано"."""
    return orders(form) or "INFN" in tags_of(form)
