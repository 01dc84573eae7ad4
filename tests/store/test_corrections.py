"""A wrong join is split, two conversations are merged; numbers stay taken, and what was done is told."""

from datetime import date, timedelta

import pytest
from store_desk import CUSTOMER, NOON, SUPPORT, Arrival, Desk

from mailtriage.errors import NotFound
from mailtriage.store.conversations import Conversations, Hand
from mailtriage.triage.policy import Policy

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FIRST, SECOND, THIRD = "26-000001", "26-000002", "26-000003"
BORIS = "boris@mail.example"
HAND = Hand(NOON + DAY, who="olga")


@pytest.fixture
def conversations(desk: Desk) -> Conversations:
    """On the desk's store."""
    return Conversations(desk.database)


def _joined(desk: Desk) -> None:
    """Boris's matter in Anna's conversation, with an answer to each."""
    desk.receive(
        Arrival("first"),
        Arrival("answer", sender=SUPPORT, verdict=None, conversation=FIRST, now=NOON + HOUR),
        Arrival(
            "other", sender=BORIS, subject="Другое", conversation=FIRST, now=NOON + 2 * HOUR, due=date(2026, 3, 12)
        ),
        Arrival("more", sender=BORIS, verdict="reject", reason="repeat", conversation=FIRST, now=NOON + 3 * HOUR),
    )


def test_a_message_and_what_follows_becomes_a_conversation_as_of_its_arrival(
    desk: Desk, conversations: Conversations, policy: Policy
) -> None:
    _joined(desk)
    assert conversations.split(FIRST, "3", HAND, policy) == SECOND
    old, new = desk.views.conversation(FIRST), desk.views.conversation(SECOND)
    assert ([line.id for line in old.lines], [line.id for line in new.lines]) == ([1, 2], [3, 4])
    assert (old.participants, new.participants) == ((CUSTOMER,), (BORIS,))
    assert (old.summary.waiting_since, old.summary.last_message_at) == (None, NOON + HOUR)
    assert (new.summary.status, new.summary.waiting_since) == ("open", NOON + 2 * HOUR)
    assert (new.summary.registered_at, new.summary.due) == (NOON + 2 * HOUR, date(2026, 3, 12))
    assert (new.summary.subject, new.summary.sender) == ("Другое", BORIS)
    assert new.summary.answered_at is None, "the answer was to somebody else"
    assert [(deed.deed, deed.number, deed.other, deed.messages, deed.who) for deed in new.deeds] == [
        ("split", FIRST, SECOND, (3, 4), "olga")
    ]
    assert old.deeds == new.deeds


def test_after_a_split_each_writer_is_known_in_his_own_conversation_alone(
    desk: Desk, conversations: Conversations, policy: Policy
) -> None:
    _joined(desk)
    conversations.split(FIRST, "3", HAND, policy)
    for sender, number in ((CUSTOMER, FIRST), (BORIS, SECOND)):
        [candidate] = desk.history(Arrival("next", sender=sender)).candidates
        assert (candidate.number, candidate.participants) == (number, {sender})


def test_without_a_message_the_customers_latest_leaves(
    desk: Desk, conversations: Conversations, policy: Policy
) -> None:
    _joined(desk)
    conversations.split(FIRST, None, HAND, policy)
    assert [line.id for line in desk.views.conversation(SECOND).lines] == [4]
    assert desk.views.conversation(SECOND).summary.status == "closed", "a repeat alone is nothing that is answered"


@pytest.mark.parametrize("first", ["1", "99", None])
def test_the_first_message_stays_with_its_number(
    desk: Desk, conversations: Conversations, policy: Policy, first: str | None
) -> None:
    desk.receive(Arrival("first"), Arrival("second"))
    with pytest.raises(NotFound, match=FIRST):
        conversations.split(FIRST, first, HAND, policy)
    with pytest.raises(NotFound, match="26-000009"):
        conversations.split("26-000009", first, HAND, policy)


def test_a_decision_that_leaves_with_its_message_decides_the_new_conversation_and_not_the_old(
    desk: Desk, conversations: Conversations, policy: Policy
) -> None:
    _joined(desk)
    desk.receive(Arrival("end", sender=SUPPORT, verdict=None, conversation=FIRST, final=True, now=NOON + 4 * HOUR))
    conversations.split(FIRST, "3", HAND, policy)
    assert [desk.views.conversation(number).summary.status for number in (FIRST, SECOND)] == ["open", "decided"]


def test_a_decision_by_hand_outlives_a_split(desk: Desk, conversations: Conversations, policy: Policy) -> None:
    _joined(desk)
    conversations.decide(FIRST, NOON + 5 * HOUR)
    conversations.split(FIRST, "3", HAND, policy)
    assert [desk.views.conversation(number).summary.status for number in (FIRST, SECOND)] == ["decided", "open"]


def test_of_two_conversations_one_goes_on_with_everything(desk: Desk, conversations: Conversations) -> None:
    desk.receive(Arrival("first"), Arrival("second", sender=BORIS, due=date(2026, 3, 5), now=NOON + HOUR))
    assert conversations.merge(SECOND, FIRST, HAND) == FIRST
    page = desk.views.conversation(SECOND)
    assert (page.summary.number, page.former_numbers) == (FIRST, (SECOND,))
    assert page.participants == (CUSTOMER, BORIS)
    assert (page.summary.due, page.summary.waiting_since) == (date(2026, 3, 5), NOON), "the earlier of both"
    assert [(deed.deed, deed.number, deed.other, deed.messages) for deed in page.deeds] == [
        ("merged", FIRST, SECOND, (2,))
    ]
    assert [each.number for each in desk.views.pending()] == [FIRST]
    assert desk.views.message(SECOND).id == 1


def test_the_number_of_a_merged_conversation_still_leads_to_it(desk: Desk, conversations: Conversations) -> None:
    desk.receive(Arrival("first"), Arrival("second", sender=BORIS), Arrival("third"))
    conversations.merge(SECOND, FIRST, HAND)
    conversations.merge(FIRST, THIRD, HAND)
    named = Arrival("next", sender="carl@mail.example", message={"subject": f"Re: {SECOND}"})
    [candidate] = desk.history(named).candidates
    assert (candidate.number, candidate.former_numbers) == (THIRD, {FIRST, SECOND})
    assert candidate.participants == {CUSTOMER, BORIS}
    [joined] = desk.receive(Arrival("next", sender=BORIS, conversation=SECOND))
    assert joined.number == THIRD
    [mine] = desk.history(Arrival("own", sender=BORIS)).candidates
    assert mine.number == THIRD, "the merged ones are no candidates of their own"
    [new] = desk.receive(Arrival("fourth"))
    assert new.number == "26-000004", "their numbers stay taken"


def test_to_merge_again_changes_nothing_and_with_itself_is_refused(desk: Desk, conversations: Conversations) -> None:
    desk.receive(Arrival("first"), Arrival("second"))
    conversations.merge(SECOND, FIRST, HAND)
    assert conversations.merge(SECOND, FIRST, HAND) == FIRST
    assert len(desk.views.conversation(FIRST).deeds) == 1
    with pytest.raises(NotFound, match="itself"):
        conversations.merge(FIRST, FIRST, HAND)
    with pytest.raises(NotFound, match="26-000077"):
        conversations.merge("26-000077", FIRST, HAND)


def test_a_wrong_merge_is_split_again(desk: Desk, conversations: Conversations, policy: Policy) -> None:
    desk.receive(Arrival("first"), Arrival("second", sender=BORIS))
    conversations.merge(SECOND, FIRST, HAND)
    assert conversations.split(FIRST, "2", HAND, policy) == THIRD
    assert desk.views.conversation(THIRD).participants == (BORIS,)
    assert [deed.deed for deed in desk.views.conversation(FIRST).deeds] == ["merged", "split"]


def test_a_pending_letter_stays_with_the_conversation_of_its_message(
    desk: Desk, conversations: Conversations, policy: Policy
) -> None:
    _joined(desk)
    conversations.split(FIRST, "3", HAND, policy)
    numbers = {(entry.number, entry.target) for entry in desk.outbox.entries("due") if entry.kind == "reply"}
    assert numbers == {(FIRST, CUSTOMER), (SECOND, BORIS)}


def test_a_decision_of_before_a_merge_is_shown_with_the_conversations_as_they_were(
    desk: Desk, conversations: Conversations
) -> None:
    desk.receive(Arrival("first"), Arrival("second"))
    then = desk.history(Arrival("third", now=NOON + HOUR))
    [third] = desk.receive(Arrival("third", conversation=FIRST, now=NOON + HOUR))
    conversations.merge(FIRST, SECOND, HAND)
    assert desk.views.message(str(third.id)).history == then


def test_what_is_pending_comes_overdue_first_and_whose_turn_it_is_last(desk: Desk) -> None:
    desk.receive(
        Arrival("late", due=date(2026, 3, 20)),
        Arrival("soon", due=date(2026, 3, 3)),
        Arrival("answered", due=date(2026, 3, 1)),
        Arrival("answer", sender=SUPPORT, verdict=None, conversation=THIRD),
    )
    assert [each.number for each in desk.views.pending()] == [SECOND, FIRST, THIRD]


def test_rejected_messages_are_listed_with_the_number_that_restores_them(desk: Desk) -> None:
    desk.receive(Arrival("first"), Arrival("rude", verdict="reject", reason="abusive"))
    desk.receive(Arrival("again", verdict="reject", reason="repeat", conversation=FIRST))
    assert [(each.id, each.reason, each.number) for each in desk.views.rejected()] == [
        (3, "repeat", FIRST),
        (2, "abusive", None),
    ]
    assert (desk.views.to_restore(FIRST), desk.views.to_restore("2")) == (3, 2)
    desk.receive(Arrival("lone"))
    with pytest.raises(NotFound, match="no rejected"):
        desk.views.to_restore(SECOND)
