"""What a folder says about a message that a person put into it.

The trap is a folder that says less than we know: two verdicts may share one, and a name without {category} says nothing
of the kind of a message. What a folder leaves open stays as it was, and a message that lies where it belongs is told
nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import get_args

from mailtriage.store.rulings import BY_HAND, Wanted
from mailtriage.store.whereabouts import Known
from mailtriage.triage.decision import CATEGORIES, QUEUES, Category, Verdict
from mailtriage.triage.effects import duplicate_move
from mailtriage.triage.policy import Policy
from mailtriage.triage.then import REASONS

_OTHER = "other"
"""What stands in a folder's name for a kind or reason that is not known."""


class Instructions:
    """The folders of the configuration, with {category}, {reason} and {queue} filled in."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._meanings: dict[str, list[Wanted]] = {}
        for wanted in _all():
            folder = self._folder(wanted.verdict, wanted.reason, wanted.category, QUEUES[_kind(wanted.category)])
            self._meanings.setdefault(folder, []).append(wanted)
        self._outgoing = self._folder(None, None, None, None)

    @property
    def watched(self) -> tuple[str, ...]:
        """Every folder that says something."""
        return tuple(self._meanings)

    @property
    def all(self) -> tuple[str, ...]:
        """Those, and that of support's own letters."""
        return tuple(dict.fromkeys((*self._meanings, self._outgoing)))

    def told(self, folder: str, known: Known | None = None) -> Wanted | None:
        """What is to become of a message that was put there; None where it belongs there as it is."""
        meanings = self._meanings.get(folder, [])
        if known is not None and (not meanings or folder == self._home(known)):
            return None
        # Of a folder that two verdicts share, the one that the message has already says nothing new.
        same = next((meant for meant in meanings if known and meant.verdict == known.verdict), None)
        if same is not None and len({meant.verdict for meant in meanings}) > 1:
            return None
        wanted = _common(meanings) if meanings else None
        if known and wanted and wanted.verdict == known.verdict and not (wanted.reason or wanted.category):
            return None
        return wanted

    def _home(self, known: Known) -> str:
        return self._folder(known.verdict, known.reason, known.category, known.queue)

    def _folder(self, verdict: str | None, reason: str | None, category: str | None, queue: str | None) -> str:
        folders: Mapping[str, str] = self._policy.folders
        filled = {kind: name.replace("{queue}", queue or _OTHER) for kind, name in folders.items()}
        return duplicate_move(verdict, reason, category, replace(self._policy, folders=filled)).folder


def _all() -> Iterator[Wanted]:
    """All that folders can say."""
    for category in (*CATEGORIES, None):
        yield Wanted("accept", None, category, "mailbox")
    for verdict in get_args(Verdict):
        reasons = REASONS.get(verdict, ())
        if verdict == "reject":
            reasons = (*reasons, BY_HAND)
        if verdict != "accept":
            for reason in (*reasons, None):
                yield Wanted(verdict, reason, None, "mailbox")


def _common(meanings: list[Wanted]) -> Wanted:
    """What all meanings of one folder agree on; of several verdicts the first, which accepts where it can."""
    first = meanings[0]
    alike = [meant for meant in meanings if meant.verdict == first.verdict]
    reason = first.reason if len({meant.reason for meant in alike}) == 1 else None
    category = first.category if len({meant.category for meant in alike}) == 1 else None
    return Wanted(first.verdict, reason, category, "mailbox")


def _kind(category: str | None) -> Category | None:
    return next((known for known in CATEGORIES if known == category), None)
