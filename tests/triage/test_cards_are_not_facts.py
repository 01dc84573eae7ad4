"""A whole card number stays in the message: facts, evidence and replies are read by more people than the letter is."""

import json

import pytest
from triage_letters import NOON, POLICY

from mailtriage.mail.message import RawMessage
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.reading import read
from mailtriage.reply.deadline import Workload
from mailtriage.reply.subject import reply_subject
from mailtriage.triage.history import History
from mailtriage.triage.outcome import triage
from mailtriage.triage.record import record
from mailtriage.triage.ruleset import load_ruleset

# A rule that quotes the whole letter as its evidence, which no shipped rule does.
RULES = load_ruleset(
    {"1.yaml": "- {rule: all, title: t, when: {said|matches: '.*карт.*'}, then: {category: claim}}\n"
               "- {rule: accept, title: t, when: {text|matches: '.*[0-9*].*'}, then: {accept: true}}\n"}
)  # fmt: skip
DIGITS = "4111111111111111"
WRITTEN = [
    "4111 1111 1111 1111",
    DIGITS,
    "4111-1111-1111-1111",
    "4111.1111.1111.1111",
    "4111\u00a01111\u00a01111\u00a01111",
]


def mail(card: str) -> bytes:
    return (
        f"From: Карта {card} <a@b.example>\r\nTo: support@example.org\r\nSubject: карта {card}\r\n"
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nВерните деньги на карту {card}!\r\n\r\n"
        f'> карта {card}\r\n--b\r\nContent-Type: text/plain; name="{card}.txt"\r\n'
        f"Content-Disposition: attachment\r\n\r\ncard {card}\r\n--b--"
    ).encode()


@pytest.mark.parametrize("card", WRITTEN)
def test_no_fact_and_no_evidence_holds_a_whole_card_number(card: str) -> None:
    octets = mail(card)
    reading = read(octets, ReadOptions())
    outcome = triage(reading, History(), Workload(), RULES, POLICY, NOON)
    line = record(RawMessage(octets, NOON), reading, outcome, letter=None, number=None)
    kept = json.dumps([line["facts"], line["decision"], line["reply"]], ensure_ascii=False)
    assert DIGITS not in "".join(filter(str.isdigit, kept))
    assert "1111" in kept
    assert line["message"]["new_text"] == f"Верните деньги на карту {card.replace(chr(0xA0), ' ')}!"


@pytest.mark.parametrize("card", WRITTEN)
def test_no_reply_sends_a_card_number_back(card: str) -> None:
    assert DIGITS not in "".join(filter(str.isdigit, reply_subject(f"Верните на {card}", "", "26-000123")))
