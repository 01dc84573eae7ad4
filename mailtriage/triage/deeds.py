"""What third parties are told to have said or done: a bank that answered, a court that ruled, the police turned to.

The trap is the threat and the wish: "пусть суд решит" and "пойду в полицию" tell of nothing that happened.
"""

from collections.abc import Iterator

from mailtriage.language.words import Word
from mailtriage.triage.grammar import is_past, tags_of
from mailtriage.triage.mention import BARRIER, UNREAL, Mention
from mailtriage.triage.synonyms import ACTORS, SPEECH
from mailtriage.triage.wording import Wording

_REACH = 4
"""Words between a third party and what it did or said."""
_ADDRESSED = frozenset({"court", "authority"})


def deeds(where: Wording, asked: frozenset[int]) -> Iterator[Mention]:
    """What third parties are told to have said or done: the party is the concept, "банк ответил" the form."""
    for place, word in enumerate(where.words):
        actor = ACTORS.get(word.lemma)
        sentence = where.sentences[place]
        clause = _clause_before(where, place)
        if actor is None or sentence in asked or any(w.form in UNREAL for w in clause):
            continue
        turned = next((w for w in clause if actor in _ADDRESSED and _own_past(w)), None)
        follows = where.words[place + 1] if place + 1 < len(where.words) else None
        if (
            turned is None
            and actor in _ADDRESSED
            and follows
            and "nomn" not in tags_of(word.form)
            and _own_past(follows)
        ):
            turned = follows
        if turned:
            yield Mention(f"обращение: {actor}", "done", f"{turned.form} … {word.form}", 1.0, sentence, place)
        if not ("nomn" in tags_of(word.form) or word.form.isascii()):
            continue
        for at in range(place + 1, min(place + 1 + _REACH, len(where.words))):
            tags = tags_of(where.words[at].form)
            spoken = where.words[at].lemma in SPEECH
            if where.sentences[at] != sentence:
                break
            if (is_past(tags) and "VERB" in tags) or spoken:
                form = f"{word.form} {where.words[at].form}"
                yield Mention(f"слово: {actor}", "done", form, 1.0, sentence, place)
                break


def _clause_before(where: Wording, place: int) -> tuple[Word, ...]:
    """The few words before, as far as the clause reaches."""
    first = place
    while first > max(0, place - _REACH) and not BARRIER.search(
        where.text, where.words[first - 1].end, where.words[first].start
    ):
        first -= 1
    return where.words[first:place]


def _own_past(word: Word) -> bool:
    tags = tags_of(word.form)
    return is_past(tags) and "VERB" in tags and "sing" in tags
