"""How long answers really take: within how many working days a given share of them comes.

The trap is to look at the answers alone: where half of the mail is still unanswered, the answers that came are the
quick ones. So those that still wait count as waiting (Kaplan and Meier 1958), and only for the days on which they were
watched: a conversation that was old already when the watch began says nothing of how quickly new mail is answered.
"""

import math
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

ENOUGH: Final = 20
"""Answers, before anything is told of how long they take."""
_MARGIN: Final = 1.64
"""Standard errors by which the share must be passed: 95 % sure, so that what was measured on little is not promised."""


@dataclass(frozen=True, slots=True)
class Waited:
    """One customer's wait, in working days since registration; negative where some days were allowed on top of it."""

    since: int
    """How many days he had waited when the watch began; 0 where it began before."""
    until: int
    """The day of the answer; without one, the last day that ended without it."""
    answered: bool


def days_for(waits: Collection[Waited], share: float) -> int | None:
    """The working days within which at least that share of answers comes; None where there are too few to tell.

    One more wait without an end is assumed beside those that were seen: so the estimate holds for the next customer,
    too, and not for those alone who were counted. Where the share is reached, but not with certainty, it is the longest
    wait for an answer; where it never was reached, a day more than the longest wait.
    """
    answers = Counter(wait.until for wait in waits if wait.answered)
    if answers.total() < ENOUGH:
        return None
    watched = [wait for wait in waits if wait.until >= wait.since]
    first, last = min(wait.since for wait in watched), max(wait.until for wait in watched)
    began, ended = Counter(wait.since for wait in watched), Counter(wait.until for wait in watched)
    days = range(first, last + 1)
    arrived, left = accumulate(began[day] for day in days), accumulate(ended[day - 1] for day in days)
    unanswered, error = 1.0, 0.0
    for day, came, gone in zip(days, arrived, left, strict=True):
        if found := answers[day]:
            waiting = came - gone + 1
            unanswered *= 1 - found / waiting
            error += found / (waiting * (waiting - found))  # Greenwood 1926
            if 1 - unanswered * (1 + _MARGIN * math.sqrt(error)) >= share:
                return max(0, day)
    return max(0, max(answers) if 1 - unanswered >= share else last + 1)
