"""What a folder says, and what it leaves open."""

from dataclasses import replace

import pytest

from mailtriage.following.instructions import Instructions
from mailtriage.reply.deadline import Norms, WorkCalendar
from mailtriage.store.rulings import Wanted
from mailtriage.store.whereabouts import Known
from mailtriage.triage.policy import Policy

REJECTED = Known(1, "d", None, "reject", "repeat", None, "general")
CLAIM = Known(1, "d", None, "accept", None, "claim", "claims")


def instructions(**folders: str) -> Instructions:
    policy = Policy(own_addresses=frozenset(), norms=Norms(), calendar=WorkCalendar())
    return Instructions(replace(policy, folders=folders))


def says(verdict: str, reason: str | None = None, category: str | None = None) -> Wanted:
    return Wanted(verdict, reason, category, "mailbox")


@pytest.mark.parametrize(
    ("known", "folder", "wanted"),
    [
        (REJECTED, "Triage/claim", says("accept", None, "claim")),
        (REJECTED, "Triage/other", says("accept")),
        (REJECTED, "Triage/Rejected/repeat", None),
        (REJECTED, "Triage/Rejected/abusive", says("reject", "abusive")),
        (REJECTED, "Triage/Automatic", says("skip")),
        (CLAIM, "Triage/Hold", says("hold")),
        (CLAIM, "Triage/claim", None),
        (CLAIM, "Triage/other", None),
        (CLAIM, "Triage/Rejected/other", says("reject")),
        (CLAIM, "Private", None),
        (None, "Triage/proposal", says("accept", None, "proposal")),
    ],
)
def test_a_folder_tells_what_is_to_become_of_a_message(known: Known | None, folder: str, wanted: Wanted | None) -> None:
    assert instructions().told(folder, known) == wanted


def test_a_folder_of_all_kinds_leaves_the_kind_open() -> None:
    told = instructions(accept="Yes", reject="No").told
    assert told("Yes", REJECTED) == says("accept")
    assert told("No", CLAIM) == says("reject")
    assert told("Yes", CLAIM) is None


def test_a_folder_of_two_verdicts_says_nothing_to_who_has_one_of_them() -> None:
    told = instructions(skip="Aside", hold="Aside").told
    assert told("Aside", replace(REJECTED, verdict="hold", reason="odd")) is None
    assert told("Aside", CLAIM) == says("skip")


def test_a_queue_in_the_name_means_the_kind_that_goes_there() -> None:
    told = instructions(accept="{queue}").told
    assert told("claims", REJECTED) == says("accept", None, "claim")
    assert told("claims", CLAIM) is None
