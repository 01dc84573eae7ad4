"""The main job, end to end: a full mailbox, one pass, every promise kept."""

import json
import sqlite3
from collections import Counter
from datetime import UTC, datetime
from email import message_from_bytes, policy

from app.desk import Desk, letter

from mailtriage.demo.samples import load_samples
from mailtriage.demo.servers import Script


def rows(desk: Desk, query: str) -> list[tuple]:
    with sqlite3.connect(desk.database) as connection:
        return connection.execute(query).fetchall()


def test_a_full_mailbox_is_emptied_and_each_message_has_one_outcome(desk):
    samples = load_samples(datetime.now(UTC))
    desk.put(*(sample.octets for sample in samples))

    desk.run("once")

    assert desk.uids() == []
    assert rows(desk, "select count(*), count(distinct uid) from location where folder = 'INBOX'") == [
        (len(samples), len(samples))
    ]
    accepted = rows(desk, "select message_id from message where verdict = 'accept'")
    answered = Counter(
        message_from_bytes(mail.octets, policy=policy.default)["In-Reply-To"] for mail in desk.smtp.received
    )
    assert {answered[message_id] for (message_id,) in accepted} == {1}
    automatic = {message_id for (message_id,) in rows(desk, "select message_id from message where verdict = 'skip'")}
    assert automatic
    assert not automatic & set(answered)


def test_a_second_pass_changes_nothing(desk):
    desk.put(letter("Подскажите, как пополнить кошелёк? Пётр Ложкин"))
    desk.run("once")
    before = rows(desk, "select * from location order by id"), len(desk.smtp.received)
    desk.run("once")
    assert (rows(desk, "select * from location order by id"), len(desk.smtp.received)) == before


def test_the_same_octets_delivered_twice_are_answered_once(desk):
    mail = letter("Прошу разблокировать кошелёк. Пётр Ложкин, +7 900 000-12-34")
    desk.put(mail, mail)
    desk.run("once")
    assert len(desk.smtp.received) == 1
    assert rows(desk, "select outcome from location order by uid") == [("accept",), ("duplicate",)]
    assert desk.uids() == []


def test_a_renumbered_folder_is_read_again_and_nothing_doubles(desk):
    desk.put(letter("Не пришли деньги, платёж 5550001. Пётр Ложкин"))
    desk.run("once")
    desk.put(letter("Как сменить пароль? Пётр Ложкин"))
    desk.imap.renumber()
    desk.run("once")
    desk.imap.renumber()
    desk.run("once")
    assert len(desk.smtp.received) == 2
    assert rows(desk, "select count(*) from message") == [(2,)]
    assert desk.uids() == []


def test_a_deferred_reply_is_left_for_later_and_said(desk):
    desk.smtp.script["lozhkin@mail.example"] = Script(rcpt="451 4.7.1 greylisted, come back")
    desk.put(letter("Как сменить пароль? Пётр Ложкин"))
    done = desk.run("once", check=False)
    assert done.returncode == 1
    assert "1 reply rows of the outbox are due" in done.stderr
    assert desk.uids() == []
    assert "lozhkin" not in done.stderr


def test_a_refused_reply_is_buried_and_shown(desk):
    desk.smtp.script["lozhkin@mail.example"] = Script(rcpt="550 5.1.1 no such user")
    desk.put(letter("Как сменить пароль? Пётр Ложкин"))
    desk.run("once")
    shown = desk.run("outbox", "list", "--status", "buried").stdout
    assert "550" in shown


def test_a_reply_that_died_after_the_final_dot_is_unconfirmed_and_never_sent_again(desk):
    desk.smtp.script["lozhkin@mail.example"] = Script(drop="data")
    desk.put(letter("Как сменить пароль? Пётр Ложкин"))
    desk.run("once")
    desk.smtp.script.clear()
    desk.run("once")
    assert rows(desk, "select status from outbox where kind = 'reply'") == [("unconfirmed",)]
    assert len(desk.smtp.received) <= 1


def test_a_message_over_the_limit_is_held_with_its_headers_alone(desk):
    desk.write(limits={"message_mb": 0.01})
    desk.put(letter("слово " * 20_000, subject="Большое письмо"))
    desk.run("once")
    ((verdict, reason, size, record),) = rows(desk, "select verdict, reason, size, record from message")
    assert (verdict, reason) == ("hold", "too_large")
    assert size > 100_000
    assert json.loads(record)["message"]["subject"] == "Большое письмо"
    assert json.loads(record)["message"]["text"] == ""
    assert desk.uids() == []


def test_a_server_that_is_away_is_told_and_nothing_is_lost(desk):
    desk.put(letter("Как сменить пароль? Пётр Ложкин"))
    desk.smtp.kill()
    assert desk.run("once", check=False).returncode == 1
    assert desk.uids() == []
    desk.smtp.start()
    rows(desk, "update outbox set due_at = '2020-01-01 00:00:00'")
    desk.run("once")
    assert len(desk.smtp.received) == 1
