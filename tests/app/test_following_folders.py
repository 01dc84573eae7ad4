"""The mailbox as an interface: what a person moves is what he wants, and nothing that we move is."""

import json
from datetime import UTC, datetime

import pytest
from app.desk import Desk, letter
from app.following_desk import CLAIM, OTHER, REJECTED, Mailroom, nameless, question, spelled
from app.program import mailtriage

from mailtriage.mail.message import Location
from mailtriage.store.whereabouts import BY_US, Whereabouts
from mailtriage.transport.imap import Mailbox


@pytest.fixture
def room(desk: Desk) -> Mailroom:
    return Mailroom(desk)


@pytest.fixture
def quick_room(quick_desk: Desk) -> Mailroom:
    return Mailroom(quick_desk)


def test_the_folders_are_made_before_anybody_needs_them(room: Mailroom) -> None:
    room.once()
    for folder in (CLAIM, OTHER, REJECTED, "Triage/Rejected/decided", "Triage/Automatic", "Triage/Hold"):
        assert room.lies(folder) == 0


def test_a_rejected_message_that_is_moved_to_an_accepted_folder_is_restored_with_its_kind(room: Mailroom) -> None:
    room.desk.put(nameless())
    room.once()
    assert room.told() == ["reject:anonymous"]
    assert room.drag(REJECTED, CLAIM) == 1
    room.once()
    assert room.verdicts() == [("accept", None, "claim")]
    assert room.rulings() == [("mailbox", "accept", None, "claim")]
    assert room.told() == ["reject:anonymous", "restored"]
    assert room.standing() == [("open", 1, 0)]
    room.once(2)
    assert (room.lies(CLAIM), len(room.rulings()), len(room.told())) == (1, 1, 2), "not an instruction again"


def test_dragged_back_to_inbox_it_is_restored_and_moved_by_us_which_is_no_instruction(room: Mailroom) -> None:
    room.desk.put(nameless())
    room.once()
    room.drag(REJECTED, "INBOX")
    room.once(3)
    assert room.rulings() == [("mailbox", "accept", None, None)]
    assert (room.lies("INBOX"), room.lies(OTHER), room.lies(REJECTED)) == (0, 1, 0)
    assert room.told() == ["reject:anonymous", "restored"]
    room.drag(OTHER, REJECTED)
    room.once(2)
    assert room.verdicts() == [("reject", "anonymous", None)]
    room.drag(REJECTED, "INBOX")
    room.once(2)
    assert room.verdicts() == [("accept", None, None)]
    assert room.told() == ["reject:anonymous", "restored"], "of each message a customer hears once"


def test_an_accepted_message_that_is_moved_to_a_rejected_folder_is_rejected_without_a_word(room: Mailroom) -> None:
    room.desk.put(question())
    room.once()
    room.drag(OTHER, "Triage/Rejected/abusive")
    room.once(2)
    assert room.rulings() == [("mailbox", "reject", "abusive", None)]
    assert room.told() == ["ack"]
    assert room.standing() == [("closed", 0, 0)]
    assert room.lies("Triage/Rejected/abusive") == 1


def test_moved_between_accepted_folders_it_is_of_another_kind(room: Mailroom) -> None:
    room.desk.put(question())
    room.once()
    room.drag(OTHER, CLAIM)
    room.once(2)
    assert room.rulings() == [("mailbox", "accept", None, "claim")]
    assert room.told() == ["ack"]
    assert room.desk.rows("select category, queue from conversation") == [("claim", "claims")]


def test_held_and_automatic_mail_is_accepted_the_same_way(quick_room: Mailroom) -> None:
    room = quick_room
    room.desk.put(letter("Всё очень странно, помогите разобраться"))
    room.once()
    room.drag("Triage/Hold", "Triage/consultation")
    room.once(2)
    assert room.verdicts() == [("accept", None, "consultation")]


def test_a_second_delivery_is_no_restoring(room: Mailroom) -> None:
    octets = nameless()
    room.desk.put(octets)
    room.once()
    room.desk.put(octets)
    room.once(2)
    assert room.rulings() == []
    assert (room.lies("INBOX"), room.lies(REJECTED)) == (0, 2)


def test_mail_that_a_person_moved_before_we_saw_it_is_read_and_his_folder_decides(room: Mailroom) -> None:
    room.once()
    room.desk.put(nameless(), folder=CLAIM)
    room.desk.put(question(sender="Анна Белова <belova@mail.example>"), folder="Triage/Rejected/repeat")
    room.once(2)
    assert sorted(room.verdicts()) == [("accept", None, "claim"), ("reject", "repeat", None)]
    assert room.told() == ["restored"], "no notice that a person's folder contradicts"
    assert room.desk.rows("select json_extract(payload, '$.template') from outbox where event = 'restored'") == [
        ("ack-claim",)
    ]
    assert (room.lies(CLAIM), room.lies("Triage/Rejected/repeat")) == (1, 1)


def test_what_lay_in_a_folder_before_our_first_look_is_left_alone(quick_room: Mailroom) -> None:
    room = quick_room
    with room.client() as client:
        client.create_folder("Triage/Hold")
    room.desk.put(question(), folder="Triage/Hold")
    room.once(2)
    assert room.verdicts() == []
    room.desk.put(question(), folder="Triage/Hold")
    room.once()
    assert room.verdicts() == [("hold", "by_hand", None)]


@pytest.mark.parametrize("without", [("UIDPLUS",), ("MOVE", "UIDPLUS")], ids=["no-uidplus", "neither"])
def test_our_own_moves_are_known_where_the_server_tells_no_uid(
    make_imap_server, tmp_path, smtp_server, without
) -> None:
    room = Mailroom(Desk(tmp_path, make_imap_server(without=without), smtp_server))
    room.desk.put(nameless(), question(sender="Анна Белова <belova@mail.example>"))
    room.once(3)
    assert room.rulings() == []
    with room.client() as client:
        delimiter = client.list_folders("", "")[0][1].decode()
        client.select_folder(REJECTED.replace("/", delimiter))
        client.copy(client.search(), CLAIM.replace("/", delimiter))
    room.once(3)
    assert room.rulings() == [("mailbox", "accept", None, "claim")]


def test_a_death_between_moving_and_writing_it_down_invents_no_instruction(room: Mailroom) -> None:
    room.desk.put(nameless())
    with room.desk.parts() as parts:
        parts.take_store()
        with parts.mailboxes()["support"]() as connection:
            list(parts.rounds(parts.settings.mailboxes[0]).receive(connection))
            (move,) = parts.outbox.claim("move", 10, datetime.now(UTC))
            connection.move(move.folder, move.uid, move.uidvalidity, move.target)
    # A ruling of another kind came meanwhile, so that the folder is not where it belongs any more.
    room.desk.rows("update message set verdict = 'accept', reason = null, category = 'claim'")
    room.once(3)
    assert room.rulings() == []


def test_a_move_that_was_made_before_inbox_was_numbered_anew_is_found_done(room: Mailroom) -> None:
    room.desk.put(nameless(), question(sender="Анна Белова <belova@mail.example>"))
    with room.desk.parts() as parts:
        parts.take_store()
        with parts.mailboxes()["support"]() as connection:
            list(parts.rounds(parts.settings.mailboxes[0]).receive(connection))
            for move in parts.outbox.claim("move", 10, datetime.now(UTC)):
                if move.target == REJECTED:  # of the other one nothing was carried out
                    connection.move(move.folder, move.uid, move.uidvalidity, move.target)
    room.desk.imap.renumber()
    room.desk.once()
    room.once()
    assert room.desk.rows("select distinct status from outbox where kind = 'move'") == [("done",)]
    assert (room.lies("INBOX"), room.lies(REJECTED), room.lies(OTHER)) == (0, 1, 1)
    assert room.rulings() == []
    assert json.loads(mailtriage("reconcile", "--json", "--config", room.desk.config).out)["found"] == []


def test_inbox_that_is_numbered_anew_while_a_move_is_in_flight_restores_nothing(room: Mailroom) -> None:
    room.desk.put(nameless())
    with room.desk.parts() as parts:
        parts.take_store()
        for _ in range(2):
            with parts.mailboxes()["support"]() as connection:
                list(parts.rounds(parts.settings.mailboxes[0]).receive(connection))
            parts.outbox.claim("move", 10, datetime.now(UTC))
            room.desk.imap.renumber()
    room.desk.once()
    room.once()
    assert room.rulings() == []
    assert room.told() == ["reject:anonymous"]
    assert (room.lies("INBOX"), room.lies(REJECTED)) == (0, 1)


def test_another_uidvalidity_makes_up_no_instruction(quick_room: Mailroom) -> None:
    room = quick_room
    room.desk.put(nameless())
    room.once()
    room.desk.rows("update message set verdict = 'accept', reason = null")
    room.desk.rows(f"update cursor set uidvalidity = uidvalidity - 1 where folder = '{REJECTED}'")  # noqa: S608 - ours
    room.desk.rows(f"update location set uidvalidity = uidvalidity - 1 where folder = '{REJECTED}'")  # noqa: S608 - ours
    room.once(2)
    assert room.rulings() == []
    assert "folder_renumbered" in room.desk.actions()
    room.drag(REJECTED, "Triage/proposal")
    room.once()
    assert room.rulings() == [("mailbox", "accept", None, "proposal")]


def test_what_a_person_deleted_is_noted_and_nothing_follows(quick_room: Mailroom) -> None:
    room = quick_room
    room.desk.put(nameless())
    room.once()
    with room.client() as client:
        client.select_folder(REJECTED)
        client.delete_messages(client.search())
        client.expunge()
    room.once(2)
    assert room.verdicts() == [("reject", "anonymous", None)]
    assert room.desk.rows(f"select current from location where folder = '{REJECTED}'") == [(0,)]  # noqa: S608 - ours


def test_what_we_move_there_while_its_uids_are_told_is_not_taken_away(
    quick_room: Mailroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick_room.desk.put(nameless())
    quick_room.once()
    told = Mailbox.uids

    def uids(self: Mailbox, folder: str) -> tuple[int, frozenset[int]]:
        found = told(self, folder)
        if folder == REJECTED and len(found[1]) == 1:
            (uid,) = found[1]
            with quick_room.client() as client, quick_room.desk.parts() as parts:
                client.select_folder(spelled(client, REJECTED))
                client.copy([uid], spelled(client, REJECTED))
                Whereabouts(parts.database).note(1, Location("support", REJECTED, found[0], uid + 1), BY_US)
        return found

    monkeypatch.setattr(Mailbox, "uids", uids)
    quick_room.once()
    monkeypatch.undo()
    current = quick_room.desk.rows(f"select current from location where folder = '{REJECTED}'")  # noqa: S608 - ours
    assert current == [(1,), (1,)]
    assert json.loads(mailtriage("reconcile", "--json", "--config", quick_room.desk.config).out)["found"] == []


def test_a_reused_message_id_hides_no_letter_that_a_person_moved(quick_room: Mailroom) -> None:
    room = quick_room
    room.desk.put(question(message_id="<same@mail.example>"))
    room.once()
    # INTERNALDATE counts seconds: two letters of one second and one Message-ID are told apart by what they say.
    ((second,),) = room.desk.rows("select received_at from message")
    when = datetime.fromisoformat(second).replace(tzinfo=UTC)
    with room.desk.mailbox() as mailbox:
        mailbox.append(CLAIM, question("Это совсем другое письмо", message_id="<same@mail.example>"), when)
    room.once()
    assert len(room.verdicts()) == 2


def test_a_server_that_writes_the_header_anew_hides_nobody_s_move(quick_room: Mailroom) -> None:
    room, letter_ = quick_room, nameless(message_id="<anew@mail.example>")
    room.desk.put(letter_)
    room.once()
    ((second,),) = room.desk.rows("select received_at from message")
    when = datetime.fromisoformat(second).replace(tzinfo=UTC)
    with room.desk.mailbox() as mailbox:
        mailbox.append(CLAIM, b"X-Moved: by the server\r\n" + letter_, when)
    room.once()
    assert len(room.verdicts()) == 1
    assert room.rulings() == [("mailbox", "accept", None, "claim")]
