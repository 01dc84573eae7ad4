"""A reply as octets: headers that hold, a subject that does no harm, the same octets every time."""

import email
import email.policy
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mailtriage.mail.message import Message
from mailtriage.reply import mime
from mailtriage.reply.compose import LOOP_HEADER, compose, deliverable
from mailtriage.reply.draft import Draft, Letter
from mailtriage.reply.subject import clean_subject, reply_subject
from mailtriage.reply.templates import load_templates

RU = "Письмо получено, мы ответим на него в ближайшие рабочие дни, как только разберёмся."
EN = "Hello, we have received your message and will answer it as soon as we have looked into it."
TEMPLATES = load_templates(
    {
        "ack.ru.j2": f"Subject: Ваше обращение\n\nЗдравствуйте!\n\n{RU}\n",
        "ack.en.j2": f"Subject: Your message\n\n{EN}\n",
        "reject-abusive.ru.j2": "Subject: Ваше письмо\n\nНапишите спокойно.\n",
        "extension.ru.j2": "Subject: Нужно время\n\nНам нужно больше времени.\n",
    }
)
DRAFT = Draft("ack", "ivan@mail.example", "ru")
ORIGINAL = Message(message_id="<one@mail.example>", references=("<zero@mail.example>",), subject="Где деньги?")


def letter(draft: Draft = DRAFT, original: Message = ORIGINAL, **changed: Any) -> Letter:
    arguments: dict[str, Any] = {
        "templates": TEMPLATES,
        "original": original,
        "sender": "Первый ЦУПИС <support@1cupis.ru>",
        "number": "26-000123",
        "registered_on": date(2026, 11, 23),
        "digest": "ab" * 32,
        "now": datetime(2026, 11, 23, 9, 30, 15, 999, tzinfo=UTC),
    }
    return compose(draft, **arguments | {"original": original} | changed)


def parsed(made: Letter) -> EmailMessage:
    return email.message_from_bytes(made.octets, policy=email.policy.default)


def test_a_letter_carries_what_clients_and_robots_look_for() -> None:
    made = letter(reply_address="support+{number}@1cupis.ru")
    message = parsed(made)
    assert dict(message.items()) == {
        "From": "Первый ЦУПИС <support@1cupis.ru>",
        "To": "ivan@mail.example",
        "Subject": "Re: Где деньги? [№ 26-000123]",
        "Date": "Mon, 23 Nov 2026 12:30:15 +0300",
        "Message-ID": made.message_id,
        "In-Reply-To": "<one@mail.example>",
        "References": "<zero@mail.example> <one@mail.example>",
        "Reply-To": "support+26-000123@1cupis.ru",
        "Auto-Submitted": "auto-replied",
        "X-Auto-Response-Suppress": "DR, RN, NRN, OOF, AutoReply",
        LOOP_HEADER: "support@1cupis.ru",
        "X-Mailtriage-Number": "26-000123",
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative; boundary="=_{made.message_id[1:25]}"',
    }
    plain, html = message.iter_parts()
    assert plain["Content-Type"] == 'text/plain; charset="utf-8"; format="flowed"'
    assert plain.get_content().replace("\r\n", "\n").replace(" \n", "\n") == f"{made.text}\n"
    assert html["Content-Type"] == 'text/html; charset="utf-8"'
    assert not any(part.defects for part in message.walk())


def test_a_letter_may_be_text_alone() -> None:
    message = parsed(letter(with_html=False))
    assert message["Content-Type"] == 'text/plain; charset="utf-8"; format="flowed"'
    assert message.get_content().replace("\r\n", "\n").replace(" \n", "\n") == f"{letter().text}\n"


def test_a_reply_says_that_it_replies_and_a_notice_that_nobody_asked_for_says_so() -> None:
    assert parsed(letter(replace(DRAFT, template="extension")))["Auto-Submitted"] == "auto-generated"
    assert "Precedence" not in parsed(letter())


def test_an_address_for_answers_that_is_none_is_left_out() -> None:
    assert "Reply-To" not in parsed(letter(reply_address="support {number}@1cupis.ru"))


@pytest.mark.parametrize("name", ["Support", 'Дом, "сад" <x@evil.example>', "Ltd. (Support), Inc", "ы" * 200])
def test_the_name_of_the_sender_arrives_whatever_it_is(name: str) -> None:
    quoted = name.replace('"', '\\"')
    octets = letter(sender=f'"{quoted}" <support@1cupis.ru>').octets
    written = email.message_from_bytes(octets)["From"]
    assert parseaddr(written)[1] == "support@1cupis.ru"
    assert str(make_header(decode_header(written))) == f"{name} <support@1cupis.ru>"
    assert parsed(letter(sender="support@1cupis.ru"))["From"] == "support@1cupis.ru"


def test_a_letter_is_seven_bit_with_short_lines_in_both_languages() -> None:
    for language in ("ru", "en"):
        octets = letter(replace(DRAFT, language=language)).octets
        assert octets.isascii()
        assert max(map(len, octets.split(b"\r\n"))) <= 78
        assert b"\n" not in octets.replace(b"\r\n", b"")


def test_the_same_arguments_give_the_same_octets_and_each_event_its_own_id() -> None:
    assert letter() == letter()
    ids = {made.message_id for made in (letter(), letter(digest="cd" * 32), letter(event="reject:repeat"))}
    assert len(ids) == 3
    assert all(re.fullmatch(r"<[0-9a-f]{32}@1cupis\.ru>", id_) for id_ in ids)
    assert letter(event="ack").message_id == letter(now=datetime(2027, 1, 1, tzinfo=UTC)).message_id


def test_long_message_ids_stay_whole_and_a_long_chain_is_shortened_in_the_middle() -> None:
    own = f"<{'a' * 120}@prod.example>"
    chain = tuple(f"<{index}{'b' * 70}@prod.example>" for index in range(200))
    octets = letter(original=replace(ORIGINAL, message_id=own, references=chain)).octets
    assert f"In-Reply-To: {own}\r\n".encode() in octets
    references = parsed(letter(original=replace(ORIGINAL, message_id=own, references=chain)))["References"].split()
    assert len(references) == 20
    assert (references[0], references[-2], references[-1]) == (chain[0], chain[-1], own)


def test_ids_that_are_none_are_not_repeated() -> None:
    hostile = replace(ORIGINAL, message_id="<a>\r\nBcc: x@evil.example", references=("<x y>", "<é@x>"))
    assert "In-Reply-To" not in parsed(letter(original=hostile))
    assert "Bcc" not in parsed(letter(original=hostile))
    half = replace(ORIGINAL, references=("<x y>", "<ok@mail.example>"))
    assert parsed(letter(original=half))["References"] == "<ok@mail.example> <one@mail.example>"


@pytest.mark.parametrize(
    "address",
    [
        *("", "ivan", "@mail.example", "a b@mail.example", "a@b@mail.example\r\nBcc: c@d.example", "a,b@mail.example"),
        *(
            "a@mail.example>, <b@mail.example",
            "a@localhost",
            "a@-x.example",
            "иван@mail.example",
            "a" * 65 + "@mail.example",
        ),
        *("a@[127.0.0.1]", '"a"@mail.example', ".a@mail.example", "a@" + "b." * 130 + "example", "a@mail.example\n"),
    ],
)
def test_an_address_that_is_not_safe_gets_no_letter(address: str) -> None:
    assert deliverable(address) is None
    with pytest.raises(ValueError, match="no letter"):
        letter(replace(DRAFT, to=address))


def test_a_cyrillic_domain_is_written_in_ascii() -> None:
    assert deliverable("ivan@почта.рф") == "ivan@xn--80a1acny.xn--p1ai"
    assert letter(replace(DRAFT, to="o'neil+x@почта.рф")).to == "o'neil+x@xn--80a1acny.xn--p1ai"


@pytest.mark.parametrize(
    ("theirs", "echoed"),
    [
        ("Где деньги?", "Где деньги?"),
        ("RE: Fwd: Отв: Где деньги?", "Где деньги?"),
        ("Re: Где деньги? [№ 26-000123]", "Где деньги?"),
        ("Обращение № 26-000777", "Обращение"),
        ("Деньги\r\nBcc: victim@mail.example", "Деньги Bcc"),
        ("Выигрыш тут https://evil.example/x?y=1 и www.evil.example", "Выигрыш тут и"),
        ("Зайди на evil.example/login", "Зайди на"),
        ("Зайди на мой-банк.рф или 10.0.0.1/a", "Зайди на или"),
        ("Пишите: boss@mail.example", "Пишите"),
        ("\u202eденег нет\u202c\u200b", "денег нет"),
        ("Не пришли.Помогите, 1.5 тыс. руб., ст.395", "Не пришли.Помогите, 1.5 тыс. руб., ст.395"),
        ("Вход =?utf-8?b?aHR0cDovL2V2aWwuZXhhbXBsZQ==?= =?utf-8?q?x", "Вход utf-8?q?x"),
        ("Отзыв (http://evil.example)", "Отзыв"),
        ("!!! ???", ""),
        ("", ""),
        ("Re:", ""),
        ("а" * 300, "а" * 79 + "…"),
        ("слово " * 50, "слово " * 12 + "слово…"),
    ],
)
def test_a_subject_is_echoed_without_links_addresses_numbers_and_tricks(theirs: str, echoed: str) -> None:
    assert clean_subject(theirs) == echoed


def test_without_a_usable_subject_our_own_words_stand_there() -> None:
    assert reply_subject("", "Ваше обращение", "26-000001") == "Ваше обращение [№ 26-000001]"
    assert reply_subject("http://evil.example", "Ваше обращение", None) == "Ваше обращение"


def test_the_words_of_an_abusive_mail_are_not_sent_back() -> None:
    made = letter(replace(DRAFT, template="reject-abusive"), number=None)
    assert made.subject == "Ваше письмо"
    assert "X-Mailtriage-Number" not in parsed(made)


HEADERS = [
    line.partition(":")[0] for line in letter().octets.decode().split("\r\n\r\n")[0].splitlines() if line[0] != " "
]


@settings(derandomize=True, database=None, deadline=None)
@example(subject="000¡¡¡¡¡¡¡¡¡¡¡¡", name="0¡¡¡¡¡ ¡")
@given(subject=st.text(max_size=300), name=st.text(max_size=80))
def test_no_subject_whatever_becomes_a_header(subject: str, name: str) -> None:
    original = replace(ORIGINAL, subject=f"{subject}\r\n{name}: x", message_id="<one@mail.example>")
    made = letter(original=original)
    head = made.octets.decode("ascii").split("\r\n\r\n")[0]
    assert [line.partition(":")[0] for line in head.splitlines() if line[0] != " "] == HEADERS
    assert parsed(made)["Subject"] == made.subject
    assert b"\n" not in made.octets.replace(b"\r\n", b"")
    assert len(made.subject) <= len("Re:  [№ 26-000123]") + 80


@settings(derandomize=True, database=None, deadline=None)
@given(
    message_id=st.text(max_size=300),
    references=st.lists(st.text(max_size=300), max_size=5),
    parent=st.lists(st.text(max_size=50), max_size=2),
)
def test_no_message_id_whatever_becomes_a_header(message_id: str, references: list[str], parent: list[str]) -> None:
    hostile = replace(ORIGINAL, message_id=message_id, references=tuple(references), in_reply_to=tuple(parent))
    head = letter(original=hostile).octets.decode("ascii").split("\r\n\r\n")[0]
    names = {line.partition(":")[0] for line in head.splitlines() if line[0] != " "}
    assert names <= set(HEADERS)
    assert names >= set(HEADERS) - {"In-Reply-To", "References"}


@pytest.mark.parametrize(
    "value", ["a\r\nBcc: x@evil.example", "a\nb", "a\rb", "a\x00b", "é", "", " a", "a\r\n \r\n b", "a" * 999]
)
def test_what_would_not_arrive_as_it_is_makes_no_header(value: str) -> None:
    with pytest.raises(ValueError, match="X-Test holds what no header may"):
        mime.octets([("X-Test", value)], [mime.Part("text/plain", "text\n")], "b")
