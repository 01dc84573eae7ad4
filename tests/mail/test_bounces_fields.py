"""Delivery reports with fields (RFC 3464), whole, broken and in odd dress."""

import pytest

from mailtriage.mail.message import Automatic
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.parse import parse

OPTIONS = ReadOptions(own_addresses=("help@centre.example",))
RETURNED = (
    "Received: from mx.centre.example by relay.example; Mon, 10 Aug 2026 12:00:00 +0300\n"
    "From: Centre <help@centre.example>\nTo: client@shop.example\nSubject: Ваше обращение\n"
    "Message-ID: <ours-1@centre.example>\n\nЗдравствуйте, ваше обращение принято.\n"
)


def read(head: str, body: str) -> Automatic:
    return parse(f"{head.strip()}\nTo: help@centre.example\n\n{body}".encode(), OPTIONS).automatic


def report(note: str, fields: str) -> str:
    status = f"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.relay.example\n\n{fields}\n"
    text = f"--b\nContent-Type: text/plain; charset=utf-8\n\n{note}\n"
    return f"{text}{status}--b\nContent-Type: message/rfc822\n\n{RETURNED}\n--b--\n"


REPORT = "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b"
FIELDS = "Final-Recipient: rfc822;client@shop.example\n"


@pytest.mark.parametrize(
    ("fields", "permanent"),
    [
        (FIELDS + "Action: failed\nStatus: 5.1.1\n", True),
        (FIELDS + "Action: delayed\nStatus: 4.4.1\n", False),
        (FIELDS + "Action: delayed\n", False),
        (FIELDS + "Action: failed\n", True),
        (FIELDS + "Action: failure\nStatus: 553\n", True),
        (FIELDS + "Action: failed\nStatus: 4.4.7\n", False),
        (FIELDS + "Action: failed\nDiagnostic-Code: smtp; 550 5.7.1 no\n", True),
        (FIELDS + "Action: error\nStatus: 5.0.0\n", True),
        ("Original-Recipient: rfc822;client@shop.example\nFinal-Recipient: rfc822;x@y.example\nAction: failed\n", True),
        ("Final-Recipient: RFC822; <client@shop.example>\nAction: failed (no such user)\nStatus: 5.1.1 (no)\n", True),
    ],
)
def test_the_status_class_says_whether_another_try_is_in_vain(fields: str, permanent: bool) -> None:  # noqa: FBT001 - a table
    found = read(f"{REPORT}\nFrom: mailer-daemon@relay.example\nSubject: Undelivered", report("note", fields))
    assert (found.kind, found.failed_recipients, found.permanent) == ("bounce", ("client@shop.example",), permanent)
    assert found.original_message_id == "<ours-1@centre.example>"


def test_of_several_recipients_only_those_that_failed_are_named() -> None:
    fields = "Final-Recipient: rfc822;ok@shop.example\nAction: relayed\n\n" + FIELDS + "Action: failed\nStatus: 5.0.0\n"
    found = read(f"{REPORT}\nFrom: mailer-daemon@relay.example\nSubject: s", report("note", fields))
    assert found.failed_recipients == ("client@shop.example",)


def test_recipients_without_a_blank_line_between_them_are_all_read() -> None:
    fields = f"{FIELDS}Action: failed\nStatus: 5.1.1\n{FIELDS.replace('client', 'anna')}Action: failed\nStatus: 5.1.1\n"
    found = read(f"{REPORT}\nFrom: mailer-daemon@relay.example\nSubject: s", report("note", fields))
    assert found.failed_recipients == ("client@shop.example", "anna@shop.example")


def test_a_report_with_empty_fields_is_read_by_its_words() -> None:
    note = "The following recipients did not receive this message:\n\n<client@shop.example>\n"
    found = read(f"{REPORT}\nFrom: postmaster@shop.example\nSubject: Delivery report", report(note, ""))
    assert (found.kind, found.failed_recipients, found.permanent) == ("bounce", ("client@shop.example",), True)


def test_a_report_whose_boundaries_broke_is_still_read() -> None:
    body = report("Delivery failed.", FIELDS + "Action: failed\nStatus: 5.1.1\n")
    found = read("From: mailer-daemon@relay.example\nSubject: Undelivered", body)
    assert (found.kind, found.failed_recipients, found.permanent) == ("bounce", ("client@shop.example",), True)


def test_the_original_id_is_read_from_the_report_and_from_what_is_answered() -> None:
    fields = f"X-Original-Message-ID: <ours-2@centre.example>\n{FIELDS}Action: failed\nStatus: 5.1.1\n"
    head = "From: mailer-daemon@relay.example\nSubject: Delivery Status Notification (Failure)"
    body = report("note", fields).replace("Message-ID: <ours-1@centre.example>\n", "")
    assert read(f"{REPORT}\n{head}", body).original_message_id == "<ours-2@centre.example>"
    answer = read(f"{head}\nIn-Reply-To: <ours-3@centre.example>", "Delivery failed to client@shop.example")
    assert answer.original_message_id == "<ours-3@centre.example>"


def test_a_refusal_in_the_dress_of_a_receipt_is_a_bounce() -> None:
    head = "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b"
    fields = "Final-Recipient: rfc822; client@shop.example\nOriginal-Message-ID: <ours-1@centre.example>\n"
    fields += "Disposition: automatic-action/MDN-sent-automatically; deleted\n"
    body = (
        "--b\nContent-Type: text/plain\n\nYour message to <client@shop.example> was automatically rejected:\nQuota "
        "exceeded\n"
        f"--b\nContent-Type: message/disposition-notification\n\n{fields}\n--b--\n"
    )
    found = read(f"{head}\nFrom: <admin@shop.example>\nSubject: Automatically rejected mail", body)
    assert (found.kind, found.failed_recipients) == ("bounce", ("client@shop.example",))
    assert found.original_message_id == "<ours-1@centre.example>"
