"""What counts as told already: every matter that was mentioned before, and in which manner.

The trap is the outcome: "верните" asks for what "вернули" tells, so something told as done is news although it was
asked for, while "вы так и не вернули" after "верните" is none.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, get_args

from mailtriage.language.once import once
from mailtriage.triage.gist import Gist, told_by
from mailtriage.triage.matter import akin
from mailtriage.triage.mention import Mention
from mailtriage.triage.sense import Manner
from mailtriage.triage.synonyms import FURNITURE, IMPLIED, OUTCOMES, TELLING

_SAME_BEGINNING = 2
_NAMED: Final[Manner] = "named"
_ALONE: Final[Mapping[Manner, frozenset[Manner]]] = {manner: frozenset({manner}) for manner in get_args(Manner)}
_TURNING: Final = frozenset[Manner]({"done", "denied"})
"""In which what was mentioned before may yet be news."""
_MANY = 80
"""So many missing words are news, whatever their spelling."""
_EXACT = frozenset(TELLING)
"""Nothing but the same concept will do for these: "справка" is not "справедливо"."""


@dataclass(frozen=True)
class Familiar:
    """Everything that was told before, indexed for asking."""

    manners: Mapping[str, AbstractSet[Manner]]
    told: tuple[Gist, ...]

    @once
    def wanted(self) -> frozenset[str]:
        """Concepts that were told as a wish."""
        return frozenset[str]().union(*(there.wanted for there in self.told))

    @once
    def deeds(self) -> frozenset[str]:
        """What third parties were told to have said or done."""
        return frozenset[str]().union(*(there.deeds for there in self.told))

    @once
    def by_beginning(self) -> dict[str, list[str]]:
        """Concepts by their first letters, so that a slip is held against few."""
        found: dict[str, list[str]] = {}
        for concept in self.manners:
            found.setdefault(concept[:_SAME_BEGINNING], []).append(concept)
        return found

    def has(self, mention: Mention) -> bool:
        """Whether the mention tells nothing that was not there before."""
        if mention.manner != "done" and IMPLIED.get(mention.concept) in self.manners:
            return True
        if mention.concept in self.manners:
            return self._tells(mention, mention.concept)
        return any(self._tells(mention, concept) for concept in self._alike(mention.concept))

    def named(self, concept: str) -> bool:
        """Whether it was mentioned in whatever manner."""
        return concept in self.manners

    def missing(self, found: Iterable[Mention]) -> tuple[Mention, ...]:
        """Those that are new, in their order; of a flood of strange words all."""
        known = self.manners
        # What was named before says nothing new by being named or wished for again.
        doubtful = [m for m in found if m.manner in _TURNING or m.concept not in known]
        strange = {mention.concept for mention in doubtful} - known.keys()
        if len(strange) > _MANY:
            return tuple(mention for mention in doubtful if mention.concept in strange)
        return tuple(mention for mention in doubtful if not self.has(mention))

    def _alike(self, concept: str) -> Iterable[str]:
        """Concepts that a new one may be in another spelling."""
        others = () if concept in _EXACT else self.by_beginning.get(concept[:_SAME_BEGINNING], ())
        return (other for other in others if akin(concept, other))

    def _tells(self, mention: Mention, concept: str) -> bool:
        known = self.manners[concept]
        match mention.manner:
            case "done" if concept in OUTCOMES:
                return "done" in known
            case "denied" if concept not in FURNITURE:
                return bool(known & {"denied", "wished"}) or (
                    # Where something did not come, the absence of what was named then is the same complaint.
                    "named" in known and (concept in OUTCOMES or "denied" in self.manners.get("arrive", ()))
                )
            case "done":
                return bool(known & {"done", "named", "blamed"})
            case _:
                return True


def familiar(told: Iterable[Gist], more: Iterable[str] = ()) -> Familiar:
    """Everything in these texts, and these concepts."""
    texts = tuple(told)
    manners = dict.fromkeys(more, _ALONE[_NAMED])
    for concept, manner in told_by(texts):
        known = manners.get(concept)
        # Most are told in one manner, and share one set.
        manners[concept] = _ALONE[manner] if known is None else known | _ALONE[manner]
    return Familiar(manners, texts)
