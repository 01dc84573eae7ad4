"""The sample mail is whole, dated right, and would reach nobody real."""

import email
import email.policy
import json
import re
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from importlib import resources

import pytest

from mailtriage.demo.samples import Sample, load_samples

NOW = datetime(2027, 3, 9, 8, 15, tzinfo=timezone(timedelta(hours=3)))
FOLDER = resources.files("mailtriage.demo") / "samples"
SAMPLES = load_samples(NOW)
SUPPORT = "support@1cupis.ru"

each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)


def parsed(sample: Sample) -> EmailMessage:
    message = email.message_from_bytes(sample.octets, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def written(name: str) -> EmailMessage:
    (sample,) = (sample for sample in SAMPLES if name in sample.name)
    return parsed(sample)


def plain_text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_the_index_names_every_file_once() -> None:
    files = sorted(entry.name for entry in FOLDER.iterdir() if entry.name.endswith(".eml"))
    assert [sample.name for sample in SAMPLES] == files


def test_every_verdict_reason_and_category_occurs() -> None:
    expected = {(sample.expected.verdict, sample.expected.reason) for sample in SAMPLES}
    rejects = {("reject", reason) for reason in ("unreadable", "anonymous", "abusive", "repeat", "decided")}
    skips = {("skip", reason) for reason in ("bounce", "auto_reply", "list", "receipt", "loop")}
    assert expected == {(None, None), ("accept", None), ("hold", "official_request")} | rejects | skips
    accepted = {sample.expected.category for sample in SAMPLES if sample.expected.verdict == "accept"}
    assert accepted == {"consultation", "account_status", "claim", "proposal"}


@each_sample
def test_a_sample_is_mail_to_support_with_crlf_alone(sample: Sample) -> None:
    assert not sample.octets.replace(b"\r\n", b"").count(b"\n")
    message = parsed(sample)
    assert message["Message-ID"]
    assert SUPPORT in (message["From"] if sample.outgoing else message["To"])


@each_sample
def test_only_the_own_date_line_differs_from_the_file(sample: Sample) -> None:
    stored = (FOLDER / sample.name).read_bytes().split(b"\r\n")
    loaded = sample.octets.split(b"\r\n")
    changed = [(old, new) for old, new in zip(stored, loaded, strict=True) if old != new]
    assert len(changed) == 1
    assert changed[0][1].startswith(b"Date: ")
    assert parsedate_to_datetime(changed[0][1][6:].decode()) == sample.received_at


def test_messages_arrive_in_order_and_the_last_just_before_now() -> None:
    arrivals = [sample.received_at for sample in SAMPLES]
    assert arrivals == sorted(set(arrivals))
    assert timedelta() < NOW - arrivals[-1] < timedelta(minutes=10)
    assert timedelta(days=3) < NOW - arrivals[0] < timedelta(days=14)


def test_a_sender_keeps_the_offset_of_his_own_clock_whatever_zone_now_is_told_in() -> None:
    offsets = {sample.received_at.utcoffset() for sample in SAMPLES}
    assert len(offsets) > 1
    assert [s.octets for s in load_samples(NOW.astimezone(UTC))] == [s.octets for s in SAMPLES]


@each_sample
def test_no_address_or_phone_of_a_sample_can_belong_to_anybody(sample: Sample) -> None:
    message = parsed(sample)
    texts = [sample.octets.decode("latin-1")]
    for part in message.walk():
        if not part.is_multipart():
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            texts.append(payload.decode("utf-8", "replace"))
    addresses = {found.lower() for text in texts for found in re.findall(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", text)}
    assert {address for address in addresses if not address.endswith(".example")} <= {SUPPORT}
    for text in texts[1:]:
        for phone in re.findall(r"(?:\+7|\b8)[ -(]*\d{3}[ )-]*\d{3}[ -]*\d{2}[ -]*\d{2}\b", text):
            assert re.sub(r"\D", "", phone)[1:7] == "900000"


def test_the_thread_links_back_to_the_claim() -> None:
    claim = written("claim-not-credited")
    for name in ("bump", "support-question", "answer-statement", "support-final", "insists", "new-evidence"):
        assert claim["Message-ID"] in written(name)["References"]
    assert written("insists")["In-Reply-To"] == written("support-final")["Message-ID"]
    assert written("support-final")["X-Mailtriage-Decision"] == "final"
    again = written("claim-again")
    assert again["In-Reply-To"] is None
    assert plain_text(again) == plain_text(claim)


def test_the_samples_are_small_and_carry_every_kind_of_file() -> None:
    assert sum(len(sample.octets) for sample in SAMPLES) < 600_000
    kinds = {part.get_content_type() for sample in SAMPLES for part in parsed(sample).walk()}
    docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    assert {"application/pdf", "image/png", "image/jpeg", docx, "message/delivery-status"} <= kinds
    assert {"message/disposition-notification", "text/html", "multipart/alternative"} <= kinds


def test_the_index_is_sorted_out_for_people() -> None:
    entries = json.loads((FOLDER / "index.json").read_text("utf-8"))
    titles = [entry["title"] for entry in entries]
    assert len(set(titles)) == len(titles)
    assert all(re.search("[а-яё]", title) for title in titles)
