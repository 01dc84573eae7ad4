"""What is new in a message against what the customer sent before; a repeat is a message in which nothing is.

Similarity alone is wrong both ways: a re-send with one new payment number is 94 % the same, and a complete rewording
shares hardly a phrase. So facts are compared one by one, and words only decide what facts leave open. Doubt is new:
nobody is turned away because his news was short.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from mailtriage.language import keyboard, translit
from mailtriage.language.once import once
from mailtriage.language.sparse import sparse
from mailtriage.language.words import fold, spoken
from mailtriage.language.words import known as in_dictionary
from mailtriage.mail.reading import Reading
from mailtriage.triage import lexicon
from mailtriage.triage.assent import assents
from mailtriage.triage.conversation import Link
from mailtriage.triage.familiar import familiar
from mailtriage.triage.gist import gist
from mailtriage.triage.grammar import demanded
from mailtriage.triage.headed import Headed, headed
from mailtriage.triage.history import EarlierMessage, History
from mailtriage.triage.news import Comparison
from mailtriage.triage.particulars import Particulars
from mailtriage.triage.shingles import overlap, shingles_of
from mailtriage.triage.subjects import is_forward, is_reply, root_subject
from mailtriage.triage.synonyms import ON_FILES
from mailtriage.triage.wording import MAX_CHARACTERS, wording

Kind = Literal["thanks", "nudge", "signature", "forward", "resend", "rewording"]

_ANEW = ("новое обращение",)
_ALIKE = 0.6
_NEARLY_IDENTICAL = 0.75
_UNDONE = {"layout": keyboard.in_russian, "translit": translit.in_russian}
"""A subject is too short to be judged by itself: who writes the letter in Latin letters so writes its subject."""
_RETOLD = 3
"""Concepts that make more than a reminder."""
_COMPARED = 40
"""The latest messages of a conversation that a new one is held against."""
_HEADER_LINE = re.compile(
    r"^[ \t>*-]*(?:от|кому|копия|дата|тема|отправлено|from|to|cc|date|sent|subject)[ \t]*:.*$|^[ \t>]*-{3,}.*$",
    re.IGNORECASE | re.MULTILINE,
)
_FORWARDED = sparse(r"пересылаемо|пересланно|переадресованно|forwarded message|перенаправленно", re.IGNORECASE)
_COUNTERS = frozenset(
    "зачем почему какой какая какое какие какую каких куда как где можно нужно обязательно без никак which why "  # noqa: SIM905 - reads best as words
    "where how".split()
)
"""Who asks back so asks about what support wanted; "когда" and "сколько" only press."""
_OF_THE_FORWARDED = 300
"""Characters at the beginning of what is quoted in which a client says that it forwards."""


@dataclass(frozen=True, slots=True)
class Novelty:
    """The comparison with everything earlier in the conversation, or of the sender."""

    same_as: str | None
    """Message-ID or "№ 26-000123" of the earlier message that holds the same, or None."""
    similarity: float
    """0 to 1: share of this message's word shingles that were there before."""
    new: tuple[str, ...]
    """What was not there before, in words for people: "сумма 990", "вопрос", "вложение scan.pdf"."""
    empty: bool
    """The message adds nothing at all: "спасибо", "ну что?", "up", marks alone."""
    kind: Kind | None = None
    """What a message without anything new is; None where something is new."""
    equal: tuple[str, ...] = ()
    """What was there before, in words for people: "сумма 990", "текст на 93 %"."""
    extends: bool = False
    """It holds all of an earlier message and more."""


def compare(reading: Reading, link: Link, history: History) -> Novelty:
    """Compare a message with what its conversation holds; without a conversation everything is new."""
    if link.conversation is None:
        return Novelty(None, 0.0, _ANEW, empty=False)
    beside = _Beside(reading, link, history)
    if not beside.told:
        return Novelty(None, 0.0, _ANEW, beside.empty)
    best, similarity, back = beside.most_alike
    new = tuple(dict.fromkeys(beside.news()))
    # What the next letter is held against costs little as long as this one is taken apart.
    gist(reading.readable_text)
    alike = (f"текст на {similarity:.0%}",) if similarity >= _ALIKE else ()
    extends = bool(new) and back >= _NEARLY_IDENTICAL
    equal = (*alike, *beside.facts.equal)
    if new:
        return Novelty(None, similarity, new, empty=False, equal=equal, extends=extends)
    kind = _kind(beside, similarity, back)
    return Novelty(_name(best) or f"№ {link.conversation}", similarity, (), beside.empty, kind, equal)


def outline(reading: Reading, link: Link, history: History) -> tuple[bool, bool]:
    """Whether `compare` finds anything new, and whether the message adds nothing at all; told as soon as it is sure."""
    if link.conversation is None:
        return True, False
    beside = _Beside(reading, link, history)
    if beside.told and beside.is_news:
        return True, False
    return not beside.told, beside.empty


@dataclass(frozen=True)
class _Beside:
    """A message beside what its conversation holds; what nobody asks for is not compared."""

    reading: Reading
    link: Link
    history: History

    @once
    def within(self) -> tuple[EarlierMessage, ...]:
        """The latest messages of the conversation."""
        inside = [earlier for earlier in self.history.earlier if earlier.conversation == self.link.conversation]
        return tuple(inside[-_COMPARED:])

    @once
    def told(self) -> tuple[EarlierMessage, ...]:
        """Of them what the customer told, and we took up."""
        return tuple(earlier for earlier in self.within if not earlier.outgoing and considered(earlier))

    @once
    def own(self) -> Headed:
        """What the message itself is about."""
        return headed(_own_heading(self.reading, self.within), self.reading.readable_text)

    @once
    def facts(self) -> Particulars:
        """Its sums, numbers, dates, names and files."""
        return Particulars(self.reading, self.own, self.within)

    @once
    def empty(self) -> bool:
        """Whether it adds nothing at all."""
        return not self.facts.new_files and not self.own.numbers and _says_nothing(self.reading, self.own)

    def news(self) -> Iterator[str]:
        """What was not there before, in words for people, the surest first."""
        yield from self.facts.news()
        yield from self._words()
        yield from self._besides()

    @property
    def is_news(self) -> bool:
        """Whether anything was not, the cheapest first: of sums and words whole files are asked that came before."""
        if self.facts.new_files or self.facts.has_new_figures:
            return True
        return next(chain(self._words(), self._besides(), self.facts.news()), None) is not None

    def _besides(self) -> Iterator[str]:
        yield from self._forwards_news()
        yield from _answer(self.reading, self.own, self.within)

    @once
    def forwarded(self) -> str | None:
        """What a forward holds; None for any other message."""
        message = self.reading.message
        quoted = message.body.quoted_text
        # By its subject, or by what the client wrote above what it forwards.
        forwards = is_forward(message.subject) or _FORWARDED.search(quoted[:_OF_THE_FORWARDED])
        return _HEADER_LINE.sub("", quoted) if forwards else None

    @property
    def most_alike(self) -> tuple[EarlierMessage | None, float, float]:
        """The earlier one that holds most of this one, of equals the latest; the shares of new in old, old in new."""
        best, similarity, back = None, 0.0, 0.0
        quoted = shingles_of(self.forwarded or "")
        for earlier in self.told:
            share, conversely = overlap(self.own.shingles, earlier.gist.triples)
            if quoted:
                share = max(share, overlap(quoted, earlier.gist.triples)[0])
            if share >= similarity and share > 0:
                best, similarity, back = earlier, share, conversely
        return best, round(similarity, 3), back

    def _forwards_news(self) -> Iterator[str]:
        """A forward brings what it holds: one's own earlier mail is nothing new, a bank's letter is."""
        if not self.forwarded or not self.forwarded.strip():
            return
        known = frozenset(chain.from_iterable(earlier.gist.triples for earlier in self.within))
        if overlap(shingles_of(self.forwarded), known)[0] < _ALIKE:
            yield "пересланное письмо"

    def _words(self) -> Iterator[str]:
        """The new words; what support itself asked, once that was answered, or wrote in a decision, was known."""
        message, decided = self.reading.message, _decided(self.link, self.history)
        answered = not self.within[-1].outgoing
        known = [earlier.gist for earlier in (self.within if decided or answered else self.told)]
        known += [gist(subject) for subject in {earlier.subject for earlier in self.told}]
        old = self.facts.old_files
        known += [gist(file.text) for file in old if file.text]
        known.append(gist(message.body.signature))
        spoken_of = ON_FILES if old and not self.facts.new_files else ()
        if any(earlier.attachment_digests for earlier in self.told):
            spoken_of = (*spoken_of, "picture", "вложение", "файл", "документ")
        return Comparison(
            text=fold(self.reading.readable_text[:MAX_CHARACTERS]),
            own=self.own,
            known=familiar(known, spoken_of),
            told=tuple(earlier.gist for earlier in self.told),
            names=_names(self.reading),
            decided=decided,
        ).new_words()


def _names(reading: Reading) -> frozenset[str]:
    """The words of all personal names in the message, folded."""
    names = (*reading.identities.names, reading.message.sender.name)
    return frozenset(word.form for name in names for word in spoken(name))


def considered(earlier: EarlierMessage) -> bool:
    """Whether it was taken up at all: what was rejected as unreadable or anonymous may be sent anew."""
    return earlier.verdict in {"accept", "hold"} or earlier.reason in {"repeat", "decided"}


def _own_heading(reading: Reading, within: tuple[EarlierMessage, ...]) -> str:
    """The words of the subject that the conversation has not seen.

    A reply's subject is the thread's: clients cut it and help-desks add marks, so only real words in it are his own.
    """
    subject = reading.message.subject
    if not is_reply(subject) and (undone := _UNDONE.get(reading.legibility.script)):
        subject = undone(subject)
    roots = {root_subject(before) for before in {earlier.subject for earlier in within}}
    own = root_subject(subject)
    if own in roots or not within:
        return ""
    seen = {form for root in roots for form in root}
    if is_reply(subject):
        return " ".join(form for form in own if form not in seen and in_dictionary(form))
    return " ".join(own) if set(own) - seen else ""


def _says_nothing(reading: Reading, own: Headed) -> bool:
    names = " ".join((*reading.identities.names, reading.message.sender.name, reading.message.body.signature))
    known = familiar([gist(names)])
    forms = {word.form for word in spoken(names)}
    return not any(mention.form not in forms for mention in known.missing(own.mentions)) and not own.deeds


def _name(earlier: EarlierMessage | None) -> str | None:
    return (earlier.message_id or f"№ {earlier.conversation}") if earlier else None


def _decided(link: Link, history: History) -> bool:
    return any(found.number == link.conversation and found.status == "decided" for found in history.candidates)


def _answer(reading: Reading, own: Headed, within: tuple[EarlierMessage, ...]) -> Iterable[str]:
    """After a question of support any answer is new, however short; thanks and reminders are none."""
    last = max(within, key=lambda earlier: (earlier.received_at, earlier.id))
    if not last.outgoing or last.final:
        return
    asked = "?" in last.text or any(word.lemmas & lexicon.ASKING and demanded(word.form) for word in spoken(last.text))
    stated = any(mention.sentence not in own.asking for mention in own.mentions)
    if asked and (stated or own.mentioned or reading.message.attachments or _replies(reading, last.text)):
        yield "ответ на вопрос поддержки"


def _replies(reading: Reading, asked: str) -> bool:
    """A word that answers, such as "да" or "в мае", in a sentence that neither thanks, reminds nor asks back."""
    where = wording(reading.readable_text)
    idle = lexicon.NUDGE | lexicon.COURTESY
    for positions in where.by_sentence.values():
        here = where.words[positions.start : positions.stop]
        after = where.text[where.ends[positions[-1]] :][:3]
        answers = [w for w in here if w.form in lexicon.ANSWERS or w.lemma in lexicon.ANSWERS | lexicon.CALENDAR]
        counters = "?" in after and any(w.form in _COUNTERS for w in here)
        if (counters or (answers and "?" not in after)) and not any(w.lemma in idle and w not in answers for w in here):
            return True
    return assents(reading.readable_text, asked)


def _kind(beside: _Beside, similarity: float, back: float) -> Kind:
    """What a message without anything new is."""
    reading, own = beside.reading, beside.own
    if beside.forwarded is not None and reading.message.body.quoted_text.strip():
        return "forward"
    if beside.empty and not reading.message.attachments:
        forms = wording(reading.readable_text).words
        if any(word.lemma in lexicon.THANKS or word.form in lexicon.THANKS for word in forms):
            return "thanks"
        names = _names(reading)
        greets = all(
            w.form in names | lexicon.GREETINGS or w.lemma in lexicon.GREETINGS or len(w.form) == 1 for w in forms
        )
        return "signature" if forms and greets else "nudge"
    if max(similarity, back) >= _NEARLY_IDENTICAL or (reading.message.attachments and len(own.mentions) < _RETOLD):
        return "resend"
    return "rewording" if len(own.mentions) >= _RETOLD else "nudge"
