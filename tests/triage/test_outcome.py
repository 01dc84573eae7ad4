"""One message to one outcome: verdict, folder, reply and why a reply must not leave."""

import json
from dataclasses import replace
from datetime import date, timedelta
from time import process_time

import pytest
from triage_letters import CUSTOMER, NOON, NUMBER, POLICY, SUPPORT, earlier, letter, past, support

from mailtriage.language.legibility import Legibility
from mailtriage.mail.message import Address, Authentication, Automatic, RawMessage
from mailtriage.reply.deadline import Workload
from mailtriage.triage.effects import Move, Reply, duplicate_move
from mailtriage.triage.facts import FACTS_JSON, FIELDS, Facts
from mailtriage.triage.history import History
from mailtriage.triage.outcome import hold, triage
from mailtriage.triage.record import record
from mailtriage.triage.ruleset import load_ruleset

RULES = load_ruleset(
    {
        "1.yaml": """
- {rule: bounce, title: t, when: {automatic: bounce}, then: {skip: bounce}}
- {rule: unreadable, title: t, when: {legible: false}, then: {reject: unreadable}}
- {rule: decided, title: t, when: {decided: true, repeat: true}, then: {reject: decided}}
- {rule: repeat, title: t, when: {repeat: true}, then: {reject: repeat}}
- {rule: court, title: t, when: {text|words: [суд]}, then: {hold: court}}
- {rule: claim, title: t, when: {said|words: [вернуть]}, then: {category: claim, documents: [receipt]}}
- {rule: accept, title: t, when: {always: true}, then: {accept: true}}
""",
        "outgoing/1.yaml": """
- {rule: final, title: t, when: {text|words: [повторно рассматриваться не будет]}, then: {decision: final}}
""",
    }
)
CLAIM = "Верните деньги за двойную оплату. Мария Лесная"
EMPTY = History()


def decided(reading, history=EMPTY, policy=POLICY, now=NOON):
    return triage(reading, history, Workload(), RULES, policy, now)


def reply_of(outcome):
    return next((effect for effect in outcome.effects if isinstance(effect, Reply)), None)


def test_an_accepted_message_is_moved_and_acknowledged_with_a_promise():
    outcome = decided(letter(CLAIM))
    move, reply = outcome.effects
    assert move == Move("Triage/claim", "Triage-accept")
    assert (reply.event, reply.draft.template, reply.draft.to, reply.suppressed) == ("ack", "ack-claim", CUSTOMER, None)
    assert reply.draft.working_days == 7
    assert reply.draft.due > NOON.date()
    assert reply.draft.documents == ("receipt",)


def test_the_same_arguments_give_the_same_outcome():
    history = past(earlier(CLAIM), support("Проверим"))
    assert decided(letter(CLAIM), history) == decided(letter(CLAIM), history)


def test_a_follow_up_keeps_the_standing_promise_and_an_overdue_one_is_owned_up_to():
    reading = letter("Вот номер операции 88001122", in_reply_to=("<earlier-0@mail.example>",))
    kept = reply_of(decided(reading, past(earlier(CLAIM), due=date(2026, 3, 20))))
    assert (kept.event, kept.draft.template, kept.draft.number) == ("follow-up", "follow-up", NUMBER)
    assert (kept.draft.due, kept.draft.overdue) == (date(2026, 3, 20), False)
    late = reply_of(decided(reading, past(earlier(CLAIM), due=date(2026, 3, 10))))
    assert (late.draft.overdue, late.draft.due) == (True, date(2026, 3, 10))


def test_the_answer_to_a_question_is_news_although_a_clock_was_ahead_before_it():
    ahead = earlier(CLAIM, at=0, received_at=NOON + timedelta(days=4000))
    history = past(ahead, support("С какой карты вы платили?", at=1))
    outcome = decided(letter("С зарплатной.", in_reply_to=("<earlier-1@mail.example>",)), history)
    assert "ответ на вопрос поддержки" in outcome.facts.new


def test_a_repeat_is_told_once_with_the_number_and_dates_of_the_first():
    history = past(earlier(CLAIM))
    first = decided(letter(CLAIM), history)
    assert (first.decision.verdict, first.decision.reason, first.decision.category) == ("reject", "repeat", "claim")
    assert first.effects[0] == Move("Triage/Rejected/repeat", "Triage-reject")
    draft = reply_of(first).draft
    assert (draft.number, draft.due, draft.registered_on) == (NUMBER, date(2026, 3, 20), date(2026, 3, 6))
    again = decided(letter(CLAIM), replace(history, notices=frozenset({(NUMBER, "repeat")})))
    assert reply_of(again).suppressed == "told before"


def test_insisting_after_a_final_decision_is_decided_and_news_reopens_it():
    history = past(earlier(CLAIM), support("Отказано. Это итоговое решение.", final=True), status="decided")
    assert decided(letter("Всё равно верните деньги!"), history).decision.reason == "decided"
    assert decided(letter("Верните, вот выписка", files=("aa",)), history).decision.verdict == "accept"


@pytest.mark.parametrize(
    ("changes", "history", "why"),
    [
        ({"sender": SUPPORT.replace("support", "noreply")}, History(), "no-reply address"),
        ({"sender": "Mailer-Daemon@mail.example"}, History(), "no-reply address"),
        ({"sender": ""}, History(), "unsafe address"),
        ({"reply_to": (Address("", SUPPORT),)}, History(), "own address"),
        ({"authentication": Authentication(dmarc="fail")}, History(), "dmarc failed"),
        ({}, History(bounced=True), "bounced"),
        ({}, History(replies_today=3), "rate"),
    ],
)
def test_a_reply_that_must_not_leave_says_why(changes, history, why):
    assert reply_of(decided(letter(CLAIM, **changes), history)).suppressed == why


def test_the_answer_goes_to_the_only_reply_to_and_else_to_from():
    one = letter(CLAIM, reply_to=(Address("", "office@firm.example"),))
    two = letter(CLAIM, reply_to=(Address("", "office@firm.example"), Address("", "b@firm.example")))
    bad = letter(CLAIM, reply_to=(Address("", "not an address"),))
    assert [reply_of(decided(reading)).draft.to for reading in (one, two, bad)] == [
        "office@firm.example",
        CUSTOMER,
        CUSTOMER,
    ]


def test_robots_are_skipped_in_silence():
    outcome = decided(letter("Не доставлено", automatic=Automatic("bounce", ("multipart/report",))))
    assert outcome.effects == (Move("Triage/Automatic", "Triage-skip"),)


def test_supports_own_mail_is_outgoing_and_its_final_words_are_known():
    own = {"sender": SUPPORT, "to": (Address("", CUSTOMER),), "subject": "Re: Платёж"}
    history = past(earlier(CLAIM))
    outcome = decided(letter("Деньги не вернём. Повторно рассматриваться не будет.", **own), history)
    assert (outcome.decision.verdict, outcome.final, outcome.link.conversation) == (None, True, NUMBER)
    assert outcome.effects == (Move("Triage/Outgoing", "Triage-outgoing"),)
    assert not decided(letter("Назовите номер операции.", **own), history).final
    marked = letter("Ответ дан.", own_headers={"x-mailtriage-decision": "final"}, **own)
    assert decided(marked, history).final


def test_mail_that_only_claims_to_be_ours_is_held_where_our_server_can_tell():
    policy = replace(POLICY, authserv_id="mx.cupis.example")
    forged = decided(letter("Итоговое решение", sender=SUPPORT), policy=policy)
    assert (forged.decision.verdict, forged.decision.reason, forged.final) == ("hold", "forged_own_address", False)
    assert reply_of(forged) is None
    true = letter("Итоговое решение", sender=SUPPORT, authentication=Authentication(dkim="pass", aligned=True))
    assert decided(true, policy=policy).decision.verdict is None


@pytest.mark.parametrize(("defect", "reason"), [("too_large", "too_large"), ("killed after 60 s", "reader_failed")])
def test_what_could_not_be_read_is_held_and_acknowledged_neutrally(defect, reason):
    headers_alone = replace(letter("", defects=(defect,)), legible=True, unread=defect)
    outcome = decided(headers_alone)
    assert (outcome.decision.verdict, outcome.decision.reason) == ("hold", reason)
    assert reply_of(outcome).draft.template == "ack-hold"
    empty = replace(letter(""), legibility=Legibility(legible=False, script="none", readable="", because="empty"))
    assert decided(empty).decision.reason == "unreadable"


def test_a_failed_decision_is_a_hold_that_answers_nothing():
    outcome = hold(letter(CLAIM), "triage_failed", History(), RULES, POLICY)
    assert (outcome.decision.verdict, outcome.effects) == ("hold", (Move("Triage/Hold", "Triage-hold"),))


def test_three_marks_over_a_quote_are_a_reminder_and_not_unreadable():
    reading = letter("!!!", subject="Re: Платёж", quoted="> " + CLAIM, in_reply_to=("<earlier-0@mail.example>",))
    marks = replace(
        reading,
        legible=False,
        legibility=Legibility(legible=False, script="none", readable="!!!", because="punctuation alone"),
    )
    assert decided(marks, past(earlier(CLAIM))).decision.reason == "repeat"
    assert decided(marks).decision.reason == "unreadable"


def test_a_folder_is_never_left_whatever_a_rule_calls_its_reason():
    policy = replace(POLICY, folders={"hold": "Triage/Hold/{reason}", "accept": "Triage/{category}/{queue}"})
    assert duplicate_move("hold", "../../INBOX", None, policy).folder == "Triage/Hold/other"
    assert duplicate_move("accept", None, None, policy).folder == "Triage/other/other"


def test_the_record_is_the_contracts_json_and_survives_the_round_trip():
    reading = letter(CLAIM, files=("aa",), reply_to=(Address("", CUSTOMER),))
    raw = RawMessage(b"octets", NOON, name="0001.eml")
    outcome = decided(reading, replace(past(earlier(CLAIM)), replies_today=9), now=NOON + timedelta(hours=1))
    line = record(raw, reading, outcome, letter=None, number=NUMBER)
    assert json.loads(json.dumps(line)) == line
    assert line["file"] == "0001.eml"
    assert line["conversation"] == {
        "number": NUMBER,
        "new": False,
        "linked_by": "same matter",
        "confidence": 0.9,
        "possibly_related": [],
    }
    assert line["reply"]["suppressed"] == "rate"
    assert line["reply"]["due"] == "2026-03-20"
    assert FACTS_JSON.validate_python(line["facts"]) == outcome.facts
    assert line["decision"]["verdict"] == "accept"


def test_every_fact_has_a_russian_sentence_and_a_stored_one_is_validated():
    assert all(field.sentence.endswith(".") and field.sentence[0].isupper() for field in FIELDS.values())
    facts = Facts(text="а", sums=("1",), automatic="list", similarity=0.5)
    assert FACTS_JSON.validate_json(FACTS_JSON.dump_json(facts)) == facts


def test_hostile_letters_cost_a_bounded_time():
    words = " ".join(f"слово{at:x} {at}" for at in range(20_000))
    heads = "\n" * 50_000 + "> " * 20_000 + "Re: " * 5_000
    before = [earlier(words + str(at), at=at) for at in range(60)]
    reading = letter(words, subject="Fwd: " * 5_000, quoted=heads)
    triage(letter("разогрев"), EMPTY, Workload(), RULES, POLICY, NOON)
    began = process_time()
    assert decided(reading, past(*before)).decision.verdict
    assert process_time() - began < 10
