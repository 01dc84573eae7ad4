"""Reading the store, and what a person does to a conversation."""

from datetime import timedelta

import pytest
from store_desk import NOON, Arrival, Desk

from mailtriage.errors import NotFound
from mailtriage.store.conversations import Conversations

HOUR = timedelta(hours=1)


def test_a_message_is_found_by_row_digest_and_registration_number(desk: Desk) -> None:
    arrival = Arrival("first")
    recorded = desk.receive(arrival)[0]
    found = [desk.views.message(key) for key in (str(recorded.id), arrival.raw().digest, "26-000001")]
    assert found[0] == found[1] == found[2]
    assert (found[0].number, found[0].ruleset, found[0].outgoing) == ("26-000001", "0123456789ab", False)
    assert found[0].record["facts"]["own_address"] is False
    assert desk.views.line(arrival.raw().digest) == recorded.record


@pytest.mark.parametrize("key", ["26-000009", "7", "0" * 64, "nonsense", "9" * 30, "²"])
def test_what_is_not_there_is_not_found(desk: Desk, key: str) -> None:
    with pytest.raises(NotFound):
        desk.views.message(key)
    assert desk.views.line(key) is None


def test_messages_are_counted_by_verdict_and_reason(desk: Desk) -> None:
    rude = {"verdict": "reject", "reason": "abusive"}
    desk.receive(Arrival("a"), Arrival("b"), Arrival("c", **rude), Arrival("d", verdict=None))  # type: ignore[arg-type]
    assert desk.views.counts() == {("accept", None): 2, ("reject", "abusive"): 1, (None, None): 1}


def test_a_closed_conversation_opens_again_with_the_next_message(desk: Desk) -> None:
    desk.receive(Arrival("first"), Arrival("second"))
    conversations = Conversations(desk.database)
    conversations.close("26-000001", NOON)
    assert [c.number for c in desk.views.conversations("open")] == ["26-000002"]
    desk.receive(Arrival("third", conversation="26-000001", now=NOON + HOUR))
    summary = desk.views.conversation("26-000001").summary
    assert (summary.status, summary.closed_at, summary.waiting_since) == ("open", None, NOON + HOUR)


def test_a_decision_recorded_by_hand_counts_as_the_answer(desk: Desk) -> None:
    desk.receive(Arrival("first"))
    Conversations(desk.database).decide("26-000001", NOON + HOUR)
    summary = desk.views.conversation("26-000001").summary
    assert (summary.status, summary.decided_at, summary.answered_at) == ("decided", NOON + HOUR, NOON + HOUR)
    assert desk.history(Arrival("second")).candidates[0].status == "decided"


def test_a_conversation_that_is_not_there_cannot_be_closed(desk: Desk) -> None:
    with pytest.raises(NotFound, match="26-000042"):
        Conversations(desk.database).close("26-000042", NOON)
