"""The main job, end to end: a full mailbox, one pass, every promise kept."""

import json
from collections import Counter
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
import yaml
from app.desk import letter, until
from servers.processes import free_port

from mailtriage.arrival import Recorded
from mailtriage.demo.samples import load_samples
from mailtriage.demo.smtp import Script
from mailtriage.one_pass import one_pass


def test_a_full_mailbox_is_emptied_and_each_message_has_one_outcome(any_desk):
    desk = any_desk
    samples = load_samples(datetime.now(UTC))
    desk.put(*(sample.octets for sample in samples))

    desk.once()

    assert desk.uids() == []
    assert desk.rows("select count(*), count(distinct uid) from location where folder = 'INBOX'") == [
        (len(samples), len(samples))
    ]
    accepted = desk.rows("select message_id from message where verdict = 'accept'")
    answered = Counter(
        message_from_bytes(mail.octets, policy=policy.default)["In-Reply-To"] for mail in desk.smtp.received
    )
    assert {answered[message_id] for (message_id,) in accepted} == {1}
    automatic = {message_id for (message_id,) in desk.rows("select message_id from message where verdict = 'skip'")}
    assert automatic
    assert not automatic & set(answered)


def test_a_second_pass_changes_nothing(any_desk):
    desk = any_desk
    desk.put(letter("Подскажите, как пополнить кошелёк? Пётр Ложкин"))
    desk.once()
    before = desk.rows("select * from location order by id"), len(desk.smtp.received)
    desk.once()
    assert (desk.rows("select * from location order by id"), len(desk.smtp.received)) == before


def test_the_same_octets_delivered_twice_are_answered_once(any_desk):
    desk = any_desk
    mail = letter("Прошу разблокировать кошелёк. Пётр Ложкин, +7 900 000-12-34")
    desk.put(mail, mail)
    desk.once()
    assert len(desk.smtp.received) == 1
    seen = desk.rows("select outcome from location where folder = 'INBOX' order by uid")
    assert seen == [("accept",), ("duplicate",)]
    assert desk.uids() == []


def test_a_renumbered_folder_is_read_again_and_nothing_doubles(any_desk):
    desk = any_desk
    desk.put(letter("Не пришли деньги, платёж 5550001. Пётр Ложкин"))
    desk.once()
    desk.put(letter("Как сменить пароль? Пётр Ложкин"))
    desk.imap.renumber()
    desk.once()
    desk.imap.renumber()
    desk.once()
    assert len(desk.smtp.received) == 2
    assert desk.rows("select count(*) from message") == [(2,)]
    assert desk.uids() == []


def test_the_command_ends_with_one_and_says_what_was_left_without_a_word_of_a_customer(quick_desk):
    desk = quick_desk
    desk.smtp.script["lozhkin@mail.example"] = Script(rcpt="451 4.7.1 lozhkin@mail.example is greylisted")
    desk.put(letter("Как сменить пароль? Пётр Ложкин"))
    done = desk.run("once", check=False)
    assert done.returncode == 1
    assert "1 reply rows of the outbox are due" in done.stderr
    assert desk.uids() == []
    assert "lozhkin" not in done.stderr
    desk.rows("update outbox set due_at = '2020-01-01 00:00:00'")
    desk.smtp.script.clear()
    assert desk.run("once").returncode == 0
    assert len(desk.smtp.received) == 1


def test_a_refused_reply_is_buried_and_shown(quick_desk):
    desk = quick_desk
    desk.smtp.script["lozhkin@mail.example"] = Script(rcpt="550 5.1.1 no such user")
    desk.put(letter("Как сменить пароль? Пётр Ложкин"))
    assert desk.once() == ()
    with desk.parts() as parts:
        (entry,) = parts.outbox.entries("buried")
    assert "550" in entry.last_error


def test_a_reply_that_died_after_the_final_dot_is_unconfirmed_and_never_sent_again(quick_desk):
    desk = quick_desk
    desk.smtp.script["lozhkin@mail.example"] = Script(drop="data")
    desk.put(letter("Как сменить пароль? Пётр Ложкин"))
    desk.once()
    desk.smtp.script.clear()
    desk.once()
    assert desk.rows("select status from outbox where kind = 'reply'") == [("unconfirmed",)]
    assert len(desk.smtp.received) == 1


def test_a_message_over_the_limit_is_held_with_its_headers_alone(any_desk):
    desk = any_desk
    desk.write(limits={"message_mb": 0.01})
    desk.put(letter("слово " * 20_000, subject="Большое письмо"))
    desk.once()
    ((verdict, reason, size, record),) = desk.rows("select verdict, reason, size, record from message")
    assert (verdict, reason) == ("hold", "too_large")
    assert size > 100_000
    message = (json.loads(record) if isinstance(record, str) else record)["message"]
    assert (message["subject"], message["text"]) == ("Большое письмо", "")
    assert desk.uids() == []


def test_a_server_that_is_away_is_told_and_nothing_is_lost(quick_desk):
    desk = quick_desk
    desk.put(letter("Как сменить пароль? Пётр Ложкин"))
    desk.smtp.kill()
    smtp, waiting = desk.once()
    assert smtp.startswith("smtp: ")
    assert waiting == "1 reply rows of the outbox are due"
    assert desk.uids() == []
    desk.smtp.start()
    desk.rows("update outbox set due_at = '2020-01-01 00:00:00'")
    assert desk.once() == ()
    assert len(desk.smtp.received) == 1


def test_a_mailbox_that_is_away_holds_up_neither_the_other_nor_the_replies(quick_desk):
    desk = quick_desk
    (here,) = yaml.safe_load(desk.config.read_text())["mailboxes"]
    desk.write(mailboxes=[here | {"name": "away", "port": free_port()}, here])
    desk.put(letter("Как сменить пароль? Пётр Ложкин"))
    (told,) = desk.once()
    assert told.startswith("mailbox away: TransportError: ConnectionRefusedError")
    assert desk.uids() == []
    assert len(desk.smtp.received) == 1


def test_a_disk_that_takes_nothing_leaves_the_mail_where_it_is(quick_desk):
    desk = quick_desk
    desk.put(letter("Как сменить пароль? Пётр Ложкин"))
    with desk.parts() as parts:
        assert parts.octets
        (desk.folder / "octets" / "incoming").rename(desk.folder / "elsewhere")
        (told,) = one_pass(parts)
        assert told.startswith("mailbox support: StoreError: FileNotFoundError")
        (desk.folder / "elsewhere").rename(desk.folder / "octets" / "incoming")
    assert len(desk.uids()) == 1
    assert desk.once() == ()
    assert desk.uids() == []
    assert len(desk.smtp.received) == 1


def test_messages_that_wait_for_their_move_are_not_read_again(any_desk):
    desk = any_desk
    desk.put(letter("Как сменить пароль? Пётр Ложкин"))
    desk.write(folders={"accept": "bad\u0007name"})
    (left,) = desk.once()
    assert left == "1 move rows of the outbox are due"
    desk.put(letter("Как пополнить кошелёк? Пётр Ложкин", subject="Другой вопрос"))
    desk.write()
    assert desk.once() == ("1 move rows of the outbox are due",)
    assert len(desk.smtp.received) == 2
    assert desk.rows("select count(*) from message") == [(2,)]
    assert len(desk.uids()) == 1


def test_a_second_delivery_while_the_first_is_being_moved_is_brought_back_by_nobody(quick_desk):
    desk = quick_desk
    mail = letter("Как сменить пароль? Пётр Ложкин")
    with desk.parts() as parts:
        parts.take_store()
        (mailbox,) = parts.settings.mailboxes
        with parts.mailboxes()["support"]() as connection:
            desk.put(mail)
            list(parts.rounds(mailbox).receive(connection))
            assert len(parts.outbox.claim("move", 10, datetime.now(UTC))) == 1
            desk.put(mail)
            list(parts.rounds(mailbox).receive(connection))
    assert desk.rows("select count(*) from ruling") == [(0,)]
    assert desk.rows("select outcome from location order by uid") == [("accept",), ("duplicate",)]


def test_replies_leave_while_later_mail_is_still_being_read(quick_desk):
    desk = quick_desk
    desk.write(batch=1)
    desk.put(
        *(letter(f"Как сменить пароль? {name}", sender=f"{name}@mail.example") for name in ("anna", "boris", "vera"))
    )
    answered = list[int]()
    with desk.parts() as parts:

        def watch(_: Recorded) -> None:
            until(lambda: len(desk.smtp.received) > len(answered))
            answered.append(len(desk.smtp.received))

        assert one_pass(parts, watch) == ()
    assert answered == [1, 2, 3]


def test_a_pass_that_breaks_off_ends_with_what_is_under_way(quick_desk):
    desk = quick_desk
    desk.put(letter("Как сменить пароль? Пётр Ложкин"))

    def watch(_: Recorded) -> None:
        raise KeyboardInterrupt

    with desk.parts() as parts, pytest.raises(KeyboardInterrupt):
        one_pass(parts, watch)
    assert desk.once() == ()
    assert desk.rows("select status from outbox") == [("done",), ("done",)]
    assert len(desk.smtp.received) == 1
