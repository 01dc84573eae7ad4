"""What ties messages together whoever sends them, and what that does not prove."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from store_desk import NOON, SUPPORT, Arrival, Desk, scan

from mailtriage.language.identity import Identities
from mailtriage.mail.message import Authentication, Automatic
from mailtriage.store import tables as t

HOUR = timedelta(hours=1)
OTHER = "anna.shubina@post.example"
MINE = Identities(phones=("+79001234567",), names=("Шубина Анна",), payments=("6650914427",))


def _kinds(desk: Desk) -> set[str]:
    with desk.database.read() as connection:
        return set(connection.scalars(select(t.trace.c.kind)))


def test_a_message_is_recognised_by_its_numbers_and_files_and_its_writer_by_his_name(desk: Desk) -> None:
    desk.receive(Arrival("first", identities=MINE, message=scan("d1")))
    assert _kinds(desk) == {"payment", "phone", "file", "name"}


@pytest.mark.parametrize(
    "arrival",
    [
        Arrival("forged", identities=MINE, message={"authentication": Authentication(dmarc="fail")}),
        Arrival("robot", identities=MINE, verdict="hold", message={"automatic": Automatic("auto_reply")}),
        Arrival("skipped", identities=MINE, verdict="skip", reason="list"),
        Arrival("ours", identities=MINE, sender=SUPPORT, verdict=None),
    ],
    ids=lambda arrival: arrival.name,
)
def test_what_no_customer_surely_wrote_leaves_no_trace(desk: Desk, arrival: Arrival) -> None:
    desk.receive(arrival)
    assert _kinds(desk) == set()


@pytest.mark.parametrize(
    "later",
    [
        Arrival("later", sender=OTHER, identities=Identities(payments=("6650914427",))),
        Arrival("later", sender=OTHER, message=scan("d1")),
    ],
    ids=["payment", "file"],
)
def test_a_shared_number_or_file_brings_the_message_and_its_conversation_but_proves_nobody(
    desk: Desk, later: Arrival
) -> None:
    desk.receive(Arrival("first", identities=MINE, message=scan("d1")))
    history = desk.history(later)
    assert [message.sender for message in history.earlier] == ["anna@mail.example"]
    assert [(found.number, found.participants) for found in history.candidates] == [
        ("26-000001", {"anna@mail.example"})
    ]
    assert history.same_person == frozenset()


def test_what_everybody_names_ties_nobody_together(desk: Desk) -> None:
    hotline = Identities(phones=("+78001004088",), names=("Шубина Анна",))
    desk.receive(*(Arrival(f"m{index}", sender=f"c{index}@mail.example", identities=hotline) for index in range(6)))
    history = desk.history(Arrival("later", sender=OTHER, identities=hotline))
    assert (history.earlier, history.candidates, history.same_person) == ((), (), frozenset())


def test_a_person_is_known_by_number_and_name_from_another_address(desk: Desk) -> None:
    desk.receive(Arrival("first", identities=MINE), Arrival("elsewhere"))
    history = desk.history(Arrival("second", sender=OTHER, identities=MINE))
    assert history.same_person == {"anna@mail.example"}
    assert [found.number for found in history.candidates] == ["26-000001", "26-000002"], "all of his, not that alone"
    stored = desk.receive(Arrival("second", sender=OTHER, identities=MINE))[0]
    assert desk.views.message(str(stored.id)).history == history


def test_a_newcomer_answers_for_his_older_address(desk: Desk) -> None:
    desk.receive(Arrival("first", identities=MINE), Arrival("rude", verdict="reject", reason="abusive"))
    history = desk.history(Arrival("second", sender=OTHER, identities=MINE, now=NOON + HOUR))
    assert (history.strikes, history.replies_today) == (1, 2)
    assert (history.last_reply_at, history.notices) == (None, frozenset()), "to this address nothing was written yet"


def test_whoever_names_anothers_phone_and_name_earns_him_neither_strikes_nor_silence(desk: Desk) -> None:
    desk.receive(Arrival("first", identities=MINE))
    rude = [Arrival(f"r{i}", sender=OTHER, identities=MINE, verdict="reject", reason="abusive") for i in range(5)]
    desk.receive(*rude)
    history = desk.history(Arrival("second", identities=MINE))
    assert (history.strikes, history.replies_today, history.same_person) == (0, 1, {OTHER})


def test_ten_thousand_numbers_in_one_letter_are_bounded(desk: Desk) -> None:
    many = Identities(payments=tuple(str(10_000_000 + index) for index in range(10_000)), phones=MINE.phones)
    desk.receive(Arrival("first", identities=many))
    with desk.database.read() as connection:
        assert len(connection.execute(select(t.trace.c.value)).all()) <= 61
    assert len(desk.history(Arrival("second", sender=OTHER, identities=many)).earlier) == 1
