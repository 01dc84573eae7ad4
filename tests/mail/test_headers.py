"""Addresses, dates, ids and authentication as clients really write them."""

from datetime import UTC, datetime

import pytest

from mailtriage.mail.authentication import authentication
from mailtriage.mail.dates import sent_at
from mailtriage.mail.fields import split_header
from mailtriage.mail.headers import addresses, message_ids
from mailtriage.mail.message import Address


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a@B.example", [("", "a@b.example")]),
        ('"Doe, Jane" <jane@a.example>, <x@b.example>', [("Doe, Jane", "jane@a.example"), ("", "x@b.example")]),
        ("Doe, Jane <jane@a.example>", [("Doe, Jane", "jane@a.example")]),
        ("jane@a.example (Jane Doe)", [("Jane Doe", "jane@a.example")]),
        (
            "Team: a@a.example, b@b.example;, c@c.example",
            [("", "a@a.example"), ("", "b@b.example"), ("", "c@c.example")],
        ),
        ("undisclosed-recipients:;", []),
        ("", []),
        ('"a@fake.example" <real@b.example>', [("a@fake.example", "real@b.example")]),
        ("=?utf-8?B?PGV2aWxAYS5leGFtcGxlPg==?= <real@b.example>", [("<evil@a.example>", "real@b.example")]),
        ("Nobody", [("Nobody", "")]),
    ],
)
def test_an_address_list_is_split_before_it_is_decoded(value: str, expected: list[tuple[str, str]]) -> None:
    assert list(addresses(value.encode())) == [Address(*one) for one in expected]


def test_a_raw_cyrillic_display_name_is_decoded() -> None:
    assert addresses("Оператор связи <a@b.example>".encode("windows-1251")) == (
        Address("Оператор связи", "a@b.example"),
    )


@pytest.mark.parametrize(
    "value",
    [
        "Mon, 10 Aug 2026 14:43:41 +0300",
        "10 Aug 2026 14:43:41 +0300 (MSK)",
        "2026-08-10T14:43:41+03:00",
        "10.08.2026 14:43:41 +0300",
        "10 августа 2026, 14:43:41 +03:00",
    ],
)
def test_dates_in_any_state_are_read(value: str) -> None:
    found = sent_at(value.encode())
    assert found is not None
    assert found.astimezone(UTC) == datetime(2026, 8, 10, 11, 43, 41, tzinfo=UTC)


@pytest.mark.parametrize("value", ["", "yesterday", "32 Foo 99999", "Mon, 99 Aug 2026 99:99:99 +9999", "0"])
def test_what_is_no_date_is_none(value: str) -> None:
    assert sent_at(value.encode()) is None


def test_message_ids_are_found_once_each_and_in_order() -> None:
    assert message_ids(b"<a@b> junk <c @d> <a@b>") == ("<a@b>", "<c@d>")
    assert message_ids(b"a@b") == ("<a@b>",)


def test_only_the_topmost_results_of_our_own_server_are_believed() -> None:
    header = split_header(
        b"Authentication-Results: evil.example; dkim=pass header.d=bank.example; dmarc=pass\r\n"
        b"Authentication-Results: mx.ours.example; dkim=fail header.d=bank.example;\r\n\tspf=pass smtp.mailfrom=x@ban"
        b"k.example\r\n"
        b"Authentication-Results: mx.ours.example; dkim=pass header.d=bank.example\r\n\r\n"
    )
    ours = authentication(header, "mx.ours.example", "bank.example")
    assert (ours.dkim, ours.spf, ours.dmarc, ours.aligned) == ("fail", "pass", None, False)
    assert not authentication(header, None, "bank.example").aligned


def test_a_dkim_pass_of_another_domain_is_not_aligned() -> None:
    header = split_header(b"Authentication-Results: mx.a.example 1; dkim=pass (ok) header.i=@other.example\r\n\r\n")
    assert not authentication(header, "mx.a.example", "bank.example").aligned
    assert authentication(header, "mx.a.example", "mail.other.example").aligned
