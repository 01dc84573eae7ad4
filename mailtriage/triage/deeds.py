"""What third parties are told to have said or done: a bank that answered, a court that ruled, the police turned to.

The trap is the threat and the wish: "пусть суд решит" and "пойду в полицию" tell of nothing that happened.
"""

from collections.abc import Iterator

from mailtriage.triage.grammar import is_past
from mailtriage.triage.mention import Mention
from mailtriage.triage.sense import UNREAL, Sense
from mailtriage.triage.synonyms import ACTORS, SPEECH
from mailtriage.triage.wording import Wording

_REACH = 4
"""Words between a third party and what it did or said."""
_ADDRESSED = frozenset({"court", "authority"})


def deeds(where: Wording, asked: frozenset[int]) -> Iterator[Mention]:
    """What third parties are told to have said or done: the party is the concept, "банк ответил" the form."""
    for place in where.by_role["third party"]:
        word = where.words[place]
        actor = ACTORS.get(word.lemma)
        if actor is None or where.sentences[place] in asked:
            continue
        clause = _clause_before(where, place)
        if any(where.words[at].form in UNREAL for at in clause):
            continue
        if actor in _ADDRESSED:
            yield from _turned_to(actor, where, place, clause)
        if "nomn" in where.senses[place].tags or word.form.isascii():
            yield from _spoke(actor, where, place)


def _turned_to(actor: str, where: Wording, place: int, clause: range) -> Iterator[Mention]:
    """Where the writer went himself: "обратился в полицию", "в суд подал"."""
    turned = next((at for at in clause if _own_past(where.senses[at])), None)
    if turned is None and place + 1 < len(where.words) and "nomn" not in where.senses[place].tags:
        turned = place + 1 if _own_past(where.senses[place + 1]) else None
    if turned is not None:
        form = f"{where.words[turned].form} … {where.words[place].form}"
        yield Mention(f"обращение: {actor}", "done", form, 1.0, where.sentences[place], place)


def _spoke(actor: str, where: Wording, place: int) -> Iterator[Mention]:
    """What the party itself did or says, within its sentence."""
    for at in range(place + 1, min(place + 1 + _REACH, len(where.words))):
        if where.sentences[at] != where.sentences[place]:
            return
        tags = where.senses[at].tags
        if (is_past(tags) and "VERB" in tags) or where.words[at].lemma in SPEECH:
            form = f"{where.words[place].form} {where.words[at].form}"
            yield Mention(f"слово: {actor}", "done", form, 1.0, where.sentences[place], place)
            return


def _clause_before(where: Wording, place: int) -> range:
    """The few words before, as far as the clause reaches."""
    first = place
    while first > max(0, place - _REACH) and where.clauses[first - 1] == where.clauses[place]:
        first -= 1
    return range(first, place)


def _own_past(sense: Sense) -> bool:
    return is_past(sense.tags) and {"VERB", "sing"} <= sense.tags
