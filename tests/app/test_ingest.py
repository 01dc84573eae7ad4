"""Messages out of files: all of them, in order, one line each, exactly as the contract has them."""

import mailbox
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

import pytest
from app.desk import OPTIONS, letter
from app.program import configuration, contents, mailtriage

from mailtriage.clocks import message_clock
from mailtriage.commands.ingest import clock_of
from mailtriage.errors import Problems
from mailtriage.mail.message import RawMessage
from mailtriage.mail.reading import read
from mailtriage.transport.files import count_messages, raw_messages, within

TEXT, FLAG, LIST, MAP = str, bool, list, dict
MAYBE = (str, type(None))
CONTRACT = {
    "file": MAYBE, "digest": TEXT, "received_at": TEXT, "message.message_id": MAYBE, "message.subject": TEXT,
    "message.from.name": TEXT, "message.from.address": TEXT, "message.reply_to": LIST, "message.to": LIST,
    "message.date": MAYBE, "message.in_reply_to": LIST, "message.references": LIST, "message.text": TEXT,
    "message.new_text": TEXT, "message.quoted_text": TEXT, "message.signature": TEXT, "message.charset": TEXT,
    "message.repaired": MAYBE, "message.attachments": LIST, "message.defects": LIST, "automatic.kind": MAYBE,
    "automatic.because": LIST, "conversation.number": MAYBE, "conversation.new": FLAG, "conversation.linked_by": MAYBE,
    "conversation.confidence": float, "facts": MAP, "decision.verdict": MAYBE, "decision.reason": MAYBE,
    "decision.category": MAYBE, "decision.requests": int, "decision.several_tasks": FLAG,
    "decision.counterparty": FLAG, "decision.queue": MAYBE, "decision.rule": MAYBE, "decision.ruleset": TEXT,
    "decision.hits": LIST,
}  # fmt: skip
"""Every key of one message's JSON and its type."""
REPLY = {
    "template": TEXT, "to": TEXT, "subject": MAYBE, "message_id": MAYBE, "due": MAYBE,
    "working_days": (int, type(None)), "why_due": LIST, "text": MAYBE, "suppressed": MAYBE,
}  # fmt: skip
NOW = "2026-11-23T10:00:00+03:00"


def mails(folder: Path) -> Path:
    """A question, a bounce, nothing at all, a letter of our own, and no words of a known charset."""
    folder.mkdir()
    (folder / "1-question.eml").write_bytes(letter("Как пополнить кошелёк? Пётр Ложкин", message_id="<q@mail.example>"))
    (folder / "2-bounce.eml").write_bytes(
        b"From: MAILER-DAEMON@mail.example\nAuto-Submitted: auto-replied\nReturn-Path: <>\n"
        b"Subject: Undelivered Mail Returned to Sender\nContent-Type: multipart/report; report-type=delivery-status\n\n"
    )
    (folder / "3-empty.eml").write_bytes(b"")
    own = letter("Ответ поддержки", sender="Поддержка <support@1cupis.ru>", subject="Re: Вопрос")
    own = own.replace(b"To: support@1cupis.ru", b"To: lozhkin@mail.example")
    (folder / "4-own.eml").write_bytes(b"In-Reply-To: <q@mail.example>\n" + own)
    (folder / "5-octets.eml").write_bytes(bytes(range(256)) * 4)
    (folder / "ignored.txt").write_text("no message")
    return folder


@pytest.fixture(scope="module")
def ingested(tmp_path_factory):
    """The same folder, ingested twice as JSON and once for people; gives the three ends and the folder."""
    folder = tmp_path_factory.mktemp("ingest")
    config, store = configuration(folder), f"sqlite:///{folder}/named.db"
    command = ["ingest", mails(folder / "mails"), "--config", config, "--store", store, "--now", NOW]
    return mailtriage(*command, "--json"), mailtriage(*command, "--json"), mailtriage(*command), folder


def at(record, path):
    for key in path.split("."):
        record = record[key]
    return record


def test_each_message_is_one_line_in_the_order_of_names_with_every_key_of_the_contract(ingested):
    first, *_ = ingested
    assert first.code == 0
    assert [line["file"][0] for line in first.lines] == ["1", "2", "3", "4", "5"]
    for line in first.lines:
        wrong = {path: at(line, path) for path, kind in CONTRACT.items() if not isinstance(at(line, path), kind)}
        reply = line["reply"] or dict.fromkeys(REPLY, None)
        assert not wrong
        assert line["reply"] is None or all(isinstance(reply[key], kind) for key, kind in REPLY.items())


def test_verdicts_numbers_and_promises_are_those_of_the_time_that_was_given(ingested):
    question, bounce, empty, own, _ = ingested[0].lines
    assert datetime.fromisoformat(question["received_at"]) == datetime.fromisoformat(NOW)
    assert question["conversation"] == question["conversation"] | {"number": "26-000001", "new": True}
    assert (question["reply"]["due"], question["reply"]["working_days"]) == ("2026-11-26", 3)
    assert "26-000001" in question["reply"]["subject"]
    assert (bounce["decision"]["verdict"], bounce["reply"]) == ("skip", None)
    assert (empty["decision"]["verdict"], empty["decision"]["reason"]) == ("reject", "unreadable")
    assert empty["reply"]["suppressed"] == "unsafe address"
    assert (own["decision"]["verdict"], own["conversation"]["number"], own["reply"]) == (None, "26-000001", None)


def test_what_was_ingested_before_gives_its_recorded_line_again(ingested):
    first, second, *_ = ingested
    assert second.lines == [line | {"duplicate": True} for line in first.lines]


def test_without_json_a_summary_counts_what_became_of_them(ingested):
    third = ingested[2]
    assert third.out.splitlines() == ["Писем: 5", "  уже записаны раньше: 5", "Ответов ждёт отправки: 0"]


def test_events_go_to_stderr_and_hold_nothing_of_a_customer(ingested):
    assert "message_recorded" in ingested[0].err
    assert "Ложкин" not in ingested[0].err
    assert "lozhkin" not in ingested[0].err


def test_the_named_store_keeps_the_database_and_the_octets_beside_it(ingested):
    folder = ingested[3]
    kept = contents(folder)
    assert "named.db" in kept
    assert sum(name.startswith("named.db.octets/raw/") and len(Path(name).name) == 64 for name in kept) == 5
    assert "store" not in kept


def names(path):
    return [raw.name for raw in raw_messages(path)]


def test_a_maildir_is_read_in_the_order_of_delivery(tmp_path):
    for part in ("cur", "new", "tmp"):
        (tmp_path / part).mkdir()
    for name in ("cur/1002.a.host:2,S", "new/1001.b.host", "cur/1003.c.host:2,", "cur/.nfs", "tmp/1000.d.host"):
        (tmp_path / name).write_bytes(b"Subject: x\n\nx\n")
    assert names(tmp_path) == ["1001.b.host", "1002.a.host:2,S", "1003.c.host:2,"]
    assert count_messages(tmp_path) == 3


def test_an_mbox_is_split_at_envelopes_alone_and_its_quoting_undone(tmp_path):
    (tmp_path / "box").write_bytes(
        b"From a@b.example Mon Nov 23 10:00:00 2026\nSubject: one\n\n>From here\n>>From there\n\nFrom the bank: 5\n\n"
        b"From - Mon, 23 Nov 2026 10:00:00 +0300\r\nSubject: two\r\n\r\ntwo\r\n"
    )
    one, two = raw_messages(tmp_path / "box")
    assert one.octets == b"Subject: one\n\nFrom here\n>From there\n\nFrom the bank: 5\n"
    assert two.octets == b"Subject: two\r\n\r\ntwo\r\n"
    assert (one.name, two.name) == ("box#1", "box#2")


def test_what_the_standard_library_writes_as_mbox_comes_back(tmp_path):
    box = mailbox.mbox(tmp_path / "box")
    written = [b"Subject: %d\n\nFrom me\n\nFrom you\n" % number for number in range(3)]
    for octets in written:
        box.add(message_from_bytes(octets))
    box.close()
    assert [raw.octets for raw in raw_messages(tmp_path / "box")] == written


def test_an_eml_with_an_envelope_line_is_one_message_and_an_empty_mbox_is_none(tmp_path):
    octets = b"From a@b.example Mon Nov 23 10:00:00 2026\nSubject: x\n\nx\n\nFrom a@b.example Mon Nov 23 10:00 2026\n"
    (tmp_path / "one.eml").write_bytes(octets)
    (tmp_path / "none.mbox").write_bytes(b"")
    assert [raw.octets for raw in raw_messages(tmp_path / "one.eml")] == [octets]
    assert names(tmp_path / "none.mbox") == []


def test_a_name_that_is_no_utf_8_is_still_a_name(tmp_path):
    Path(f"{tmp_path}/\udce0.EML").write_bytes(b"")
    assert names(tmp_path) == ["\\xe0.EML"]


def test_a_folder_without_messages_is_told(tmp_path):
    with pytest.raises(Problems, match="no message here"):
        names(tmp_path)


def test_a_message_over_the_limit_keeps_its_header_alone():
    raw = RawMessage(b"Subject: x\r\n\r\n" + b"x" * 100, datetime.now(UTC))
    assert within(raw, 200) == raw
    assert (within(raw, 50).octets, within(raw, 50).full_size) == (b"Subject: x\r\n\r\n", 114)


@pytest.mark.parametrize("date", ["Fri, 31 Dec 9999 23:59:59 +0000", "Mon, 1 Jan 0001 00:00:00 +0000", "yesterday"])
def test_a_date_that_no_promise_could_be_counted_from_is_no_clock(date: str) -> None:
    octets = letter("Как пополнить кошелёк? Пётр Ложкин")
    octets = b"Date: " + date.encode() + b"\n" + octets.replace(b"\nDate: ", b"\nX-Date: ", 1)
    raw = RawMessage(octets, datetime(2026, 11, 23, tzinfo=UTC))
    assert message_clock(raw, read(octets, OPTIONS)) == raw.received_at


@pytest.mark.parametrize(
    "now", ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+03:00", "1970-01-01T00:00:00Z", "soon"]
)
def test_a_time_that_no_promise_could_be_counted_from_is_refused(now: str) -> None:
    with pytest.raises(Problems, match="expected a time"):
        clock_of(now)
