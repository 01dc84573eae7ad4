"""The words of a message that tell something new: a question, a wish, a circumstance, an event told again.

A retelling brings words of its own, so a share of them is allowed; what decides is what kind of word is new and
whether the sentence around it is. The trap is the share alone: one short sentence at the end of a letter sent again
("и ещё с меня взяли комиссию") is a small share and all the news.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from mailtriage.language.once import once
from mailtriage.language.sparse import sparse
from mailtriage.triage.familiar import Familiar
from mailtriage.triage.gist import Gist
from mailtriage.triage.headed import Headed
from mailtriage.triage.mention import Mention
from mailtriage.triage.shingles import overlap
from mailtriage.triage.synonyms import OUTCOMES, TELLING, WISHES

_NEARLY_IDENTICAL = 0.75
_RETOLD = 0.5
_FEW = 3.0
_ALLOWED = 0.2
_ALLOWED_RETOLD = 0.34
_ALLOWED_INSISTING = 0.3
_SENTENCE_IS_NEWS = 0.5
_LEAST_OF_A_SENTENCE = 1.5
_FURNITURE = 0.5
"""What every letter speaks of is no argument by itself."""
_SHOWN = 4
_TAKEN_BACK = sparse(
    r"больше (?:уже |ничего )?не (?:нужно|надо|требуется|актуально)|\bне ?актуально|вопрос снят|можете не отвечать"
    r"|закройте (?:мое |мою |это )?(?:обращение|заявку)|no longer (?:needed|relevant)"
    r"|(?:вопрос|проблема|ситуация) (?:уже |теперь |сам[аи]? )?(?:снимаю|закрыт|решен|решил|исчерпан|разрешил)"
    r"(?![^.!\n]*\?)|(?:снимаю|отзываю) (?:свой |свою |свое )?(?:вопрос|претензи|обращени|жалоб|заяв)"
)
_COUNTED = sparse(
    r"\b(трижды|четырежды|(?:три|четыре|пять) раза?|в?о? ?(?:третий|четвертый|пятый) раз)\W+(?:\w+\W+)?"
    r"(?:спис|сня[тл]|снима|удерж|пополн|зачисл|заблок|отказ)\w*"
)
"""How often it happened; how often he wrote is no news."""
_TELLING = frozenset(TELLING)


@dataclass(frozen=True)
class Comparison:
    """A message's words beside everything that was told before."""

    text: str
    """Of the message, folded."""
    own: Headed
    known: Familiar
    told: tuple[Gist, ...]
    """The customer's earlier letters, one by one."""
    names: frozenset[str]
    """Words of personal names, folded: names are compared as names."""
    decided: bool
    """Whether a final decision stands: then only an argument counts, no manner of speaking."""

    def new_words(self) -> Iterator[str]:
        """What is new, in Russian, most telling first; each is looked for when it is asked for."""
        nothing = True
        for news in chain(self._taken_back(), self._question(), self._circumstances(), self._again()):
            nothing = False
            yield news
        if nothing:
            yield from self._much()

    def _missing(self, found: Iterable[Mention]) -> tuple[Mention, ...]:
        missing = self.known.missing(found)
        return tuple(m for m in missing if m.form not in self.names and not self._is_known_number(m))

    def _is_known_number(self, mention: Mention) -> bool:
        """Whether it is a word of a number that was told before, in figures or in words: "семь двести"."""
        values = self.own.spoken.get(mention.place, frozenset())
        return bool(values) and not values.isdisjoint(self._numbers_told)

    @once
    def _numbers_told(self) -> frozenset[str]:
        return frozenset[str]().union(*(there.told_numbers for there in self.told))

    def _taken_back(self) -> Iterable[str]:
        """Whoever needs nothing more must not be told that his matter is still waiting."""
        if found := _TAKEN_BACK.search(self.text):
            yield f"просьба снята: {found[0]}"

    def _question(self) -> Iterable[str]:
        """What is asked and was never mentioned; and the first question that seeks leave."""
        asking = self.own.asking
        asked = [mention for mention in self.own.mentions if mention.sentence in asking]
        news = self._missing(asked)
        before = bool(self.own.permissions) and any(there.seeks_leave for there in self.told)
        if news and before and self.own.permissions:
            # The same question in other words may bring a word that only colours it.
            tolerated = _weight(news) <= _ALLOWED_RETOLD * _weight(asked) and all(m.weight < 1 for m in news)
            news = () if tolerated else news
        if news:
            yield _told("вопрос", news)
        elif self.own.permissions and not before and not self.decided:
            yield _told("вопрос", [m for m in asked if m.sentence in self.own.permissions])

    def _circumstances(self) -> Iterable[str]:
        news = self._new_statements
        wishes = [m for m in news if m.concept in WISHES and m.manner != "done"]
        wishes = wishes or [m for m in self.own.mentions if m.wanted and self._closes(m)]
        if wishes:
            yield _told("просьба", wishes)
        telling = [m for m in news if self._tells(m)]
        telling += [m for m in self._own_statements if self._acted(m)] if self.decided else []
        deeds = [deed for deed in self.own.deeds if deed.concept not in self.known.deeds]
        if telling or deeds:
            yield _told("обстоятельство", (*deeds, *telling))
        counted = _COUNTED.search(self.text)
        if counted and not set(counted[1].split()).issubset(chain.from_iterable(there.counting for there in self.told)):
            yield f"обстоятельство: {counted[0]}"

    def _tells(self, mention: Mention) -> bool:
        if mention.concept in _TELLING or (mention.manner == "done" and mention.concept in OUTCOMES):
            return True
        return self.decided and mention.own_act

    def _acted(self, mention: Mention) -> bool:
        """After a decision, what the customer says to have done himself and never told as done."""
        told = self.known.manners.get(mention.concept, ())
        return mention.own_act and mention.form not in self.names and "done" not in told

    def _closes(self, mention: Mention) -> bool:
        """Whether it asks to close what was closed by us before: "закройте мой кошелёк" is another wish."""
        return mention.concept == "block" and mention.manner == "wished" and "block" not in self.known.wanted

    def _again(self) -> Iterable[str]:
        if not self.own.afresh:
            return
        before = frozenset[str]().union(*(there.afresh for there in self.told))
        if afresh := [
            mention for mention in self.own.afresh if mention.concept not in before and mention.form not in self.names
        ]:
            sentences = {mention.sentence for mention in afresh}
            beside = [m for m in self.own.mentions if m.sentence in sentences]
            yield _told("снова", sorted({*afresh, *beside[-_SHOWN:]}, key=lambda mention: mention.place))

    def _much(self) -> tuple[str, ...]:
        """More new words than a retelling brings with it."""
        stated, news = self._own_statements, self._new_statements
        if self.decided and all(mention.manner == "wished" and mention.weight <= _FURNITURE for mention in news):
            return ()
        whole, fresh = _weight(stated), _weight(news)
        for sentence in {mention.sentence for mention in news}:
            here = _weight(m for m in stated if m.sentence == sentence)
            strange = _weight(m for m in news if m.sentence == sentence)
            if strange >= _LEAST_OF_A_SENTENCE and strange > _SENTENCE_IS_NEWS * here:
                return (_told("слова", news),)
        return (_told("слова", news),) if fresh > self._allowed(whole) else ()

    def _allowed(self, whole: float) -> float:
        """How much a retelling may bring: few words leave no room for doubt, so none."""
        if self.decided:
            return max(1.0, whole * _ALLOWED_INSISTING) if whole >= _FEW else 0.0
        nearly = any(overlap(self.own.shingles, there.triples)[0] >= _NEARLY_IDENTICAL for there in self.told)
        share = _ALLOWED_RETOLD if self.retells else _ALLOWED
        return max(whole * share if whole > _FEW else 0.0, 1.0 if nearly else 0.0)

    @property
    def retells(self) -> bool:
        """Whether it holds at least half of what one earlier letter told."""
        concepts = self.own.named - self.names
        for there in self.told:
            theirs = there.named - self.names
            if len(theirs) >= _FEW and len(theirs & concepts) >= _RETOLD * len(theirs):
                return True
        return False

    @once
    def _own_statements(self) -> tuple[Mention, ...]:
        asking = self.own.asking
        stated = [m for m in self.own.mentions if m.sentence not in asking]
        return tuple(m for m in stated if not self._is_no_argument(m)) if self.decided else tuple(stated)

    @once
    def _new_statements(self) -> tuple[Mention, ...]:
        return self._missing(self._own_statements)

    def _is_no_argument(self, mention: Mention) -> bool:
        """Blame, and threats: what happened or what proves it is told otherwise."""
        return mention.sentence in self._blames or (mention.promised and mention.concept not in _TELLING)

    @once
    def _blames(self) -> frozenset[int]:
        """Sentences that only say what we are like: "обираете пенсионеров"."""
        blaming = {m.sentence for m in self.own.mentions if m.manner == "blamed"}
        return frozenset(blaming - {m.sentence for m in self.own.mentions if m.own_act})


def _weight(found: Iterable[Mention]) -> float:
    return sum({mention.negatable: mention.weight for mention in found}.values())


def _told(called: str, found: Iterable[Mention]) -> str:
    """The customer's own words, so that a person can see what was meant."""
    return f"{called}: " + ", ".join(dict.fromkeys(mention.form for mention in found))
