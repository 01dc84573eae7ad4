"""What was written down against what lies there: every gap is named, and mended where it can be."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from app.desk import Desk
from app.following_desk import CLAIM, OTHER, REJECTED, Mailroom, nameless, question, spelled
from app.program import mailtriage
from prometheus_client import REGISTRY

from mailtriage.reconcile.reconciler import EVERY, Reconciled

NOW = datetime.now(UTC)


@pytest.fixture
def room(desk: Desk) -> Mailroom:
    """A mailroom on pymap, then on Dovecot, that has read a question and a rejected letter."""
    return _filled(Mailroom(desk))


@pytest.fixture
def quick_room(quick_desk: Desk) -> Mailroom:
    """The same on pymap alone."""
    return _filled(Mailroom(quick_desk))


def _filled(room: Mailroom) -> Mailroom:
    room.desk.put(question(), nameless())
    room.once(2)
    return room


def _reconcile(
    room: Mailroom, *, repair: bool = False, octets: bool = False, later: timedelta = timedelta(0)
) -> Reconciled:
    with room.desk.parts() as parts:
        now = datetime.now(UTC) + later
        return parts.reconciler.reconcile(now, mend=EVERY if repair else (), all_octets=octets)


def _kinds(found: Reconciled) -> list[str]:
    return sorted(gap.kind for gap in found.gaps)


def _change(room: Mailroom, *statements: str, **values: int | str) -> None:
    with closing(sqlite3.connect(room.desk.database)) as connection, connection:
        for statement in statements:
            connection.execute(statement, values)


def _mended(room: Mailroom, *kinds: str, octets: bool = False) -> Reconciled:
    """Exactly these gaps are found, all are mended, and then none is left."""
    found = _reconcile(room, repair=True, octets=octets)
    assert _kinds(found) == sorted(kinds)
    assert found.left == (), [gap.left for gap in found.left]
    room.once()
    again = _reconcile(room, octets=octets)
    assert again.gaps == (), [gap.sentence for gap in again.gaps]
    return found


def test_where_all_is_well_nothing_is_found(room: Mailroom) -> None:
    assert _reconcile(room, octets=True) == Reconciled((), 2, 0, None)


def test_a_uid_that_was_passed_over_is_found_and_read(room: Mailroom) -> None:
    """The cursor stands behind a message that has no outcome, as no run of ours leaves it."""
    room.desk.put(question("Где мой платёж за вчерашний день?"))
    _change(room, "update cursor set uid = 1000 where folder = 'INBOX'")
    room.once()
    found = _reconcile(room)
    assert (_kinds(found), found.waiting) == (["no_outcome"], 1)
    assert found.oldest is not None
    assert found.oldest > NOW - timedelta(minutes=10)
    done = _mended(room, "no_outcome")
    assert done.gaps[0].mended == "read and recorded: accept"
    assert room.lies("INBOX") == 0
    assert len(room.desk.smtp.received) == 3


def test_what_waits_is_no_gap_until_it_waits_too_long(quick_room: Mailroom) -> None:
    quick_room.desk.put(question("Где мой платёж?"))
    found = _reconcile(quick_room)
    assert (_kinds(found), found.waiting) == ([], 1)
    assert _kinds(_reconcile(quick_room, later=timedelta(hours=2))) == ["waits_too_long"]


def test_what_people_moved_while_nobody_looked_is_written_down(quick_room: Mailroom) -> None:
    """Put where the daemon has looked already, as after a cursor of another store."""
    quick_room.drag(OTHER, CLAIM)
    _change(quick_room, "update cursor set uid = 1000 where folder = 'Triage/claim'")
    done = _mended(quick_room, "moved_unseen")
    assert f"by the books lies in {OTHER}" in done.gaps[0].sentence
    assert len(quick_room.desk.smtp.received) == 2, "nobody is written to"


def test_what_people_took_away_is_told_and_written_down(quick_room: Mailroom) -> None:
    with quick_room.client() as client:
        client.create_folder("Private")
    quick_room.drag(OTHER, "Private")
    found = _mended(quick_room, "taken_away")
    assert "lies in none of our folders" in found.gaps[0].sentence


def test_a_message_that_came_back_to_where_it_was_moved_from_is_moved_again(quick_room: Mailroom) -> None:
    """The books say that it was moved; the server has it still, as after a MOVE that was undone there."""
    quick_room.desk.put(question("Где мой платёж за прошлый вторник?"))
    quick_room.desk.smtp.kill()
    with quick_room.desk.parts() as parts, parts.mailboxes()["support"]() as connection:
        for _ in parts.rounds(parts.settings.mailboxes[0]).receive(connection):
            pass
    quick_room.desk.smtp.start()
    _change(
        quick_room, "update outbox set status = 'done', settled_at = created_at where kind = 'move' and status = 'due'"
    )
    assert quick_room.lies("INBOX") == 1
    _mended(quick_room, "still_there")
    assert quick_room.lies("INBOX") == 0


def test_a_decided_message_that_nothing_moves_is_moved(quick_room: Mailroom) -> None:
    _change(quick_room, "delete from outbox where kind = 'move'", "delete from location where folder <> 'INBOX'")
    quick_room.drag(OTHER, "INBOX")
    (uid,) = quick_room.desk.uids()
    _change(quick_room, "update location set uid = :uid where message_id = 1", uid=uid)
    _change(quick_room, "delete from location where message_id = 2")
    _change(quick_room, "update cursor set uid = 1000")
    _mended(quick_room, "unmoved", "unrecorded_place")
    assert quick_room.lies("INBOX") == 0


def test_a_folder_whose_uids_became_others_is_read_by_its_headers(quick_room: Mailroom) -> None:
    _change(quick_room, "update location set current = 0 where folder <> 'INBOX'")
    _change(quick_room, "update location set uid = uid + 500 where folder <> 'INBOX'")
    _mended(quick_room, "unrecorded_place", "unrecorded_place")


def test_a_letter_of_ours_folder_that_nobody_read_is_recorded_and_its_letters_wait(quick_room: Mailroom) -> None:
    """So a store that was brought back from a backup finds what came since."""
    quick_room.desk.put(question("Где мой платёж за среду?"), folder="INBOX")
    quick_room.drag("INBOX", CLAIM)
    _change(quick_room, "update cursor set uid = 1000 where folder = 'Triage/claim'")
    found = _reconcile(quick_room)
    assert _kinds(found) == ["unread_in_folder"]
    _mended(quick_room, "unread_in_folder")
    assert len(quick_room.desk.smtp.received) == 2
    assert quick_room.desk.rows("select status from outbox where message_id = 3 and kind = 'reply'") == [
        ("unconfirmed",)
    ]
    assert quick_room.desk.rows("select verdict, category from message where id = 3") == [("accept", "claim")]


def test_what_came_within_the_second_in_which_the_store_began_is_not_older(quick_room: Mailroom) -> None:
    """Servers tell the time of arrival in whole seconds."""
    second = NOW.replace(microsecond=0)
    _change(quick_room, "update message set recorded_at = :began", began=f"{second:%F %T}.999999")
    with quick_room.client() as client:
        client.append(spelled(client, CLAIM), question("Где мой платёж за среду?"), msg_time=second)
    _change(quick_room, "update cursor set uid = 1000 where folder = 'Triage/claim'")
    assert _kinds(_reconcile(quick_room)) == ["unread_in_folder"]


def test_mail_that_lay_there_before_the_store_began_is_nobodys_gap(quick_desk: Desk) -> None:
    room = Mailroom(quick_desk)
    with room.client() as client:
        client.create_folder(spelled(client, CLAIM))
        client.append(spelled(client, CLAIM), question(), msg_time=NOW - timedelta(days=400))
    _filled(room)
    assert _reconcile(room).gaps == ()


def test_missing_and_damaged_octets_are_fetched_again(quick_room: Mailroom) -> None:
    files = sorted((quick_room.desk.folder / "octets" / "raw").glob("*/*"))
    files[0].unlink()
    whole = files[1].read_bytes()
    files[1].write_bytes(whole[:-1] + b"!")
    _mended(quick_room, "octets_missing", "octets_damaged", octets=True)
    assert files[0].exists()
    assert files[1].read_bytes() == whole


def test_octets_that_lie_nowhere_any_more_are_left_to_a_person(quick_room: Mailroom) -> None:
    for file in (quick_room.desk.folder / "octets" / "raw").glob("*/*"):
        file.unlink()
    with quick_room.client() as client:
        client.create_folder("Private")
    quick_room.drag(OTHER, "Private")
    quick_room.drag(REJECTED, "Private")
    _reconcile(quick_room, repair=True)
    found = _reconcile(quick_room, repair=True)
    assert _kinds(found) == ["octets_missing", "octets_missing"]
    assert all("backup" in str(gap.left) for gap in found.left)


def test_what_is_owed_too_long_is_told_with_what_to_do(quick_room: Mailroom) -> None:
    _change(
        quick_room,
        "update outbox set status = 'unconfirmed', settled_at = '2020-01-01 00:00:00' where id = 2",
        "update outbox set status = 'due', due_at = '2020-01-01 00:00:00' where id = 4",
    )
    found = _reconcile(quick_room, repair=True)
    assert _kinds(found) == ["stuck", "unconfirmed"]
    assert len(found.left) == 2
    told = " ".join(gap.sentence for gap in found.left)
    assert "mailtriage outbox retry 2" in told
    assert "lozhkin" not in told


def test_a_move_that_was_given_up_is_tried_again(quick_room: Mailroom) -> None:
    quick_room.desk.put(question("Где мой платёж за четверг?"))
    quick_room.write(folders={"accept": "bad\u0007name"})
    quick_room.desk.once()
    _change(quick_room, "update outbox set status = 'buried', settled_at = created_at where status = 'due'")
    quick_room.write()
    _change(quick_room, "update outbox set payload = replace(payload, 'bad\\u0007name', 'Triage/other')")
    _mended(quick_room, "move_buried")


def test_the_command_ends_with_one_while_a_gap_is_left_and_tells_programs_all(quick_room: Mailroom) -> None:
    next((quick_room.desk.folder / "octets" / "raw").glob("*/*")).unlink()
    config = ("--config", quick_room.desk.config)
    done = mailtriage("reconcile", "--json", *config)
    told = json.loads(done.out)
    assert (done.code, told["gaps"], told["left"]) == (1, 1, 1)
    assert told["found"][0]["kind"] == "octets_missing"
    done = mailtriage("reconcile", "--repair", *config)
    assert done.code == 0
    assert done.out.splitlines()[-1] == "2 messages on the servers; gaps: 1, mended: 1"
    assert "Mended: fetched again." in done.out
    assert mailtriage("reconcile", *config).out == "2 messages on the servers; gaps: 0, mended: 0\n"


def test_the_daemon_tells_it_each_morning_by_metric_and_one_event(quick_room: Mailroom) -> None:
    next((quick_room.desk.folder / "octets" / "raw").glob("*/*")).unlink()
    with quick_room.desk.parts() as parts:
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        assert parts.mornings_of_the_daemon.look(datetime.now(UTC)) == ()
        assert "reconcile" in parts.mornings_of_the_daemon.look(tomorrow)
        assert "reconcile" not in parts.mornings_of_the_daemon.look(tomorrow)
    (event,) = [event for event in quick_room.desk.events() if event["action"] == "reconciled"]
    assert (event["gaps"], event["kinds"], event["messages"]) == (1, {"octets_missing": 1}, 2)
    assert REGISTRY.get_sample_value("mailtriage_ledger_gaps") == 1
    assert REGISTRY.get_sample_value("mailtriage_oldest_without_outcome_seconds") == 0
