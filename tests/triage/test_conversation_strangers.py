"""No foreign mail enters a conversation, and no reply to it shows anything of the other."""

from dataclasses import replace
from datetime import timedelta

import pytest
from triage_letters import CUSTOMER, NOON, NUMBER, POLICY, SUPPORT, earlier, letter, past, support

from mailtriage.language.identity import Identities
from mailtriage.mail.message import Address, Authentication
from mailtriage.reply.deadline import Workload
from mailtriage.reply.signature import sign
from mailtriage.triage.conversation import link
from mailtriage.triage.effects import Reply
from mailtriage.triage.outcome import triage
from mailtriage.triage.ruleset import load_ruleset

KEY = b"k" * 32
SIGNED = sign(NUMBER, KEY)
KEYED = replace(POLICY, keys=(KEY,), reply_address="support+{number}@cupis.example")
STRANGER = "stranger@mail.example"
CLAIM = "Пополнила кошелёк картой, деньги списали, а на кошелёк они не пришли. Верните"
SUBJECT = "Зачисление на кошелёк"
FAILED = {"authentication": Authentication(dmarc="fail")}
REFERENCE = {"in_reply_to": ("<earlier-0@mail.example>",), "references": ("<earlier-0@mail.example>",)}
REUSED = {"references": ("<earlier-0@mail.example>",), "message_id": "<earlier-0@mail.example>"}
PAID = Identities(payments=("7001",))
BEFORE = past(earlier(CLAIM, attachment_digests=("aa",), identities=PAID), subject=SUBJECT)
RULES = load_ruleset(
    {
        "1.yaml": """
- {rule: decided, title: t, when: {decided: true, new|exists: false}, then: {reject: decided}}
- {rule: repeat, title: t, when: {repeat: true}, then: {reject: repeat}}
- {rule: accept, title: t, when: {always: true}, then: {accept: true}}
"""
    }
)


def linked(reading, history=BEFORE, policy=KEYED, now=NOON):
    return link(reading, history, policy, now)


def reply_to(reading, history=BEFORE, policy=KEYED):
    outcome = triage(reading, history, Workload(), RULES, policy, NOON)
    return next(effect for effect in outcome.effects if isinstance(effect, Reply))


FOREIGN = {
    "stolen plain number": letter(CLAIM, sender=STRANGER, subject=f"Re: {SUBJECT} [№ {NUMBER}]"),
    "stolen signed number": letter(CLAIM, sender=STRANGER, subject=f"Re: {SUBJECT} [№ {SIGNED}]"),
    "signed number in the address": letter(
        CLAIM, sender=STRANGER, to=(Address("", f"support+{SIGNED.lower()}@cupis.example"),)
    ),
    "forged signature": letter(CLAIM, sender=STRANGER, subject=f"[№ {NUMBER}-AAAA]"),
    "forwarded thread": letter(
        "Это моя мама, помогите ей",
        sender=STRANGER,
        name="Пётр Иной",
        subject=f"Fwd: {SUBJECT} [№ {SIGNED}]",
        quoted=f"\nОт: {CUSTOMER}\n> {CLAIM}",
        **REFERENCE,
    ),
    "reused Message-ID": letter(CLAIM, sender=STRANGER, references=("<earlier-0@mail.example>",)),
    "the same payment": letter("Где платёж 7001?", sender=STRANGER, subject="?", identities=PAID),
    "the same file": letter("Смотрите", sender=STRANGER, subject="?", files=("aa",)),
    "forged From, DMARC failed": letter(CLAIM, subject=f"Re: {SUBJECT} [№ {SIGNED}]", **REFERENCE, **FAILED),
}


@pytest.mark.parametrize("reading", FOREIGN.values(), ids=FOREIGN.keys())
@pytest.mark.parametrize("status", ["open", "decided", "closed"])
def test_foreign_mail_joins_nothing_and_is_told_nothing(reading, status):
    candidate = replace(BEFORE.candidates[0], status=status)
    history = replace(BEFORE, candidates=(candidate,))
    found = linked(reading, history)
    assert (found.conversation, found.possibly_related) == (None, (NUMBER,))
    draft = reply_to(reading, history).draft
    assert (draft.number, draft.registered_on, draft.follow_up, draft.overdue) == (None, None, False, False)
    assert draft.template == "ack"


def test_a_forged_from_that_nobody_checked_is_answered_to_the_customer_alone():
    forged = letter(CLAIM, subject=f"Re: {SUBJECT} [№ {NUMBER}]", reply_to=(Address("", STRANGER),))
    assert reply_to(forged).draft.to == CUSTOMER
    own = replace(forged, message=replace(forged.message, authentication=Authentication(dmarc="pass", aligned=True)))
    assert reply_to(own, policy=replace(KEYED, authserv_id="mx.cupis.example")).draft.to == STRANGER


def test_mail_under_our_own_name_that_is_not_proved_touches_no_conversation():
    forged = letter("Итоговое решение", sender=SUPPORT, to=(Address("", CUSTOMER),), subject=f"[№ {SIGNED}]")
    assert linked(forged).conversation == NUMBER
    assert linked(forged, policy=replace(KEYED, authserv_id="mx.cupis.example")).conversation is None


def test_an_address_behind_which_is_nobody_takes_part_in_nothing():
    form = "noreply@site.example"
    history = past(earlier(CLAIM, sender=form), participants=frozenset({form}))
    assert linked(letter(CLAIM, sender=form), history).conversation is None


@pytest.mark.parametrize(
    ("reading", "how"),
    [
        (letter("Ещё о другом", subject=f"Re: {SUBJECT} [№ {SIGNED}]"), ("number", 1.0)),
        (letter("Ещё", to=(Address("", f"support+{SIGNED.lower()}@cupis.example"),)), ("number", 1.0)),
        (letter("Ещё о другом", subject=f"Re: {SUBJECT} [№ {NUMBER}]"), ("number", 0.9)),
        (letter("Ещё о другом", subject="Тема", **REFERENCE), ("references", 0.9)),
        (letter(f"По обращению {NUMBER}", subject="Тема"), ("number", 0.8)),
        (letter("Где платёж 7001?", subject="?", identities=PAID), ("same matter", 0.9)),
        (letter("Предлагаю тёмную тему в приложении", subject=f"[№ {NUMBER}-AAAA]"), (None, 0.8)),
    ],
    ids=["signed", "reply address", "plain", "reference", "in the text", "same payment", "wrong signature"],
)
def test_a_participant_joins_with_a_stated_confidence(reading, how):
    found = linked(reading)
    assert (found.linked_by, found.confidence) == how


def test_the_same_person_joins_from_another_address_but_not_where_dmarc_failed():
    proved = replace(BEFORE, same_person=frozenset({CUSTOMER}))
    other = {"sender": "second@mail.example", "subject": f"[№ {SIGNED}]"}
    assert linked(letter(CLAIM, **other), proved).conversation == NUMBER
    assert linked(letter(CLAIM, **other, **FAILED), proved).conversation is None


def test_the_number_of_a_merged_conversation_means_the_one_that_holds_it():
    merged = past(earlier(CLAIM), former_numbers=frozenset({"26-000077"}))
    assert linked(letter("Ещё о другом", subject="№ 26-000077"), merged).conversation == NUMBER


def test_of_two_conversations_that_hold_one_message_id_the_one_with_the_matter_is_chosen():
    idea = earlier("Сделайте тёмную тему в приложении", at=9, conversation="26-000200", subject="Идея")
    newer = replace(BEFORE.candidates[0], number="26-000200", subject="Идея", last_message_at=NOON)
    history = replace(BEFORE, candidates=(*BEFORE.candidates, newer), earlier=(*BEFORE.earlier, idea))
    again = letter("Деньги с карты списали, на кошелёк не пришли", subject="?", **REFERENCE)
    assert linked(again, history).conversation == NUMBER


DECIDED = past(
    earlier(CLAIM), support("В возврате отказано. Это итоговое решение.", final=True), status="decided", subject=SUBJECT
)
QUOTED = f"\n> {CLAIM}\n> В возврате отказано. Это итоговое решение."


@pytest.mark.parametrize("status", ["decided", "closed"])
def test_a_hijacked_answer_to_a_decided_conversation_begins_another(status):
    history = replace(DECIDED, candidates=(replace(DECIDED.candidates[0], status=status),))
    subject = f"Re: {SUBJECT} [№ {SIGNED}]"
    reading = letter("Подскажите, как сменить номер телефона в профиле?", subject=subject, quoted=QUOTED, **REFERENCE)
    late = NOON + timedelta(days=30)
    assert linked(reading, history, now=late).conversation is None
    assert linked(reading, history).conversation == NUMBER, "what was decided four days ago is one talk yet"
    assert linked(reading, replace(BEFORE), now=late).conversation == NUMBER, "and so is what nobody has decided"


@pytest.mark.parametrize(
    "text",
    [
        "Я не согласна с решением, пересмотрите его",
        "Почему отказали? Объясните причину",
        "Банк прислал выписку, посмотрите её, пожалуйста",
        "Оператор подтвердил ошибку терминала",
        "Спасибо",
        "ну что?",
        "Буду жаловаться в Роспотребнадзор, верните",
    ],
)
def test_whoever_argues_with_a_decision_stays_in_its_conversation(text):
    reading = letter(text, subject=f"Re: {SUBJECT}", quoted=QUOTED, **REFERENCE)
    assert linked(reading, DECIDED, now=NOON + timedelta(days=90)).conversation == NUMBER


def test_an_open_conversation_keeps_whatever_answers_its_letters():
    reading = letter("Подскажите, как сменить номер телефона в профиле?", subject=f"Re: {SUBJECT}", **REFERENCE)
    assert linked(reading, now=NOON + timedelta(days=300)).conversation == NUMBER
