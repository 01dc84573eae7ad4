"""What a lead reads of places, threads, replies and due dates says what the program did, not something like it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from triage.triage_letters import CUSTOMER, NOON, NUMBER, POLICY, SUPPORT, earlier, letter, past

from mailtriage.commands.explain import Grounds
from mailtriage.commands.places import spot
from mailtriage.commands.reply_lines import CLEARED, counted, hurdles
from mailtriage.commands.thread_lines import alternatives
from mailtriage.language.tenor import asked_in, said
from mailtriage.mail.message import Automatic
from mailtriage.reply.deadline import Workload
from mailtriage.triage.conversation import link
from mailtriage.triage.decision import trace
from mailtriage.triage.effects import Reply
from mailtriage.triage.facts import Facts
from mailtriage.triage.history import History
from mailtriage.triage.outcome import triage
from mailtriage.triage.ruleset import load_ruleset

RULES = load_ruleset({"10-all.yaml": "- rule: all\n  title: Всё\n  when: {always: true}\n  then: {reject: repeat}\n"})
TEXT = "Добрый день!\n\nДеньги не пришли на карту.\nКогда их ждать? Карта Сбера."


def grounds(reading, history=None, workload=None, policy=POLICY):
    return Grounds(reading, history or History(), workload or Workload(), policy, NOON, NOON)


def pieces(field, words):
    """Where a rule's words stand in a letter with that text."""
    facts = Facts(subject="Где деньги", text=TEXT, said=said("Где деньги", TEXT, ""),
                  asked=asked_in("Где деньги", TEXT, ""), names=("Карта Сбера",))  # fmt: skip
    rule = f"- rule: r\n  title: Т\n  when: {{{field}|words: [{words}]}}\n  then: {{tag: t}}\n"
    (step,) = trace(facts, load_ruleset({"10-r.yaml": rule}))
    return [str(spot(found, facts)) for found in step.found]


@pytest.mark.parametrize("field", ["said", "asked"])
def test_a_word_of_a_joined_text_is_shown_where_it_stands_in_the_letter(field):
    assert pieces(field, "деньги")[0] == "тема  Где «деньги»"
    assert pieces(field, "ждать") == ["письмо 4:10  Когда их «ждать»? Карта Сбера."]


def test_a_word_of_a_list_is_looked_for_in_the_letter():
    assert pieces("names", "Сбера") == ["письмо 4:23  Когда их ждать? Карта «Сбера»."]


def test_the_checks_of_a_reply_are_told_in_the_order_in_which_they_are_made():
    wrong = {
        "own address": {"own_addresses": frozenset({CUSTOMER, SUPPORT})},
        "rate": {"replies_per_day": 0},
    }
    history = replace(
        past(earlier("Где платёж?")), bounced=True, notices=frozenset({(NUMBER, "repeat"), ("", "repeat")})
    )
    customer = "no-reply@mail.example "
    found = []
    for step in range(len(CLEARED) + 1):
        mended = set(list(CLEARED)[:step])
        reading = letter("Где платёж?", sender=customer if "unsafe address" not in mended else customer.strip())
        if "no-reply address" in mended:
            reading = letter("Где платёж?")
        message = replace(
            reading.message,
            automatic=Automatic() if "automatic" in mended else Automatic("list"),
            authentication=replace(reading.message.authentication, dmarc=None if "dmarc failed" in mended else "fail"),
        )
        own = frozenset({reading.message.sender.address}) if "own address" not in mended else frozenset({SUPPORT})
        policy = replace(POLICY, own_addresses=own, **(wrong["rate"] if "rate" not in mended else {}))
        then = replace(
            history,
            bounced="bounced" not in mended,
            notices=history.notices if "told before" not in mended else frozenset(),
        )
        outcome = triage(replace(reading, message=message), then, Workload(), RULES, policy, NOON)
        (reply,) = [effect for effect in outcome.effects if isinstance(effect, Reply)]
        found.append(reply.suppressed)
    assert found == [*CLEARED, None]


def told(reading, history, **reply):
    """The part of the record that these lines are about."""
    chosen = link(reading, history, POLICY, NOON)
    return {
        "conversation": {"number": chosen.conversation or "26-000999", "new": chosen.conversation is None},
        "decision": {"category": "claim", "queue": "claims", "requests": 2, "counterparty": True, "verdict": "accept"},
        "reply": {"suppressed": None, "due": None} | reply,
    }


def test_a_check_that_stopped_a_reply_is_told_after_those_that_it_passed():
    lines = list(hurdles(told(letter("Где?"), History(), suppressed="bounced"), grounds(letter("Где?"))))
    assert lines[0].startswith("✓ адрес не наш; писал человек")
    assert lines[1] == "✗ на этот адрес письма не доходят"
    assert lines[2].startswith("· дальше не проверялось: об этом отказе")


def test_the_due_date_is_added_up_before_the_lead():
    reading = letter("Где платёж?")
    outcome = triage(reading, History(), Workload(), RULES, POLICY, NOON)
    assert outcome.decision.reason == "repeat"
    lines = list(counted(told(reading, History(), due="2026-03-30"), grounds(reading)))
    assert lines == [
        "норма для «претензия»: 7 раб. дн.",
        "нужен ответ банка, букмекера или оператора: ещё 5",
        "отдельных просьб 2: ещё 1",
        "день регистрации 11.03.2026 сам не считается; 13 раб. дн. после него — 30.03.2026",
    ]
    promised = past(earlier("Где платёж?"), due=date(2026, 3, 20))
    (line,) = counted(told(letter(f"{NUMBER}?"), promised, due="2026-03-20"), grounds(reading, promised))
    assert "обещан клиенту раньше" in line


def test_each_conversation_that_a_message_might_continue_is_told_with_the_reason():
    (mine,) = past(earlier("Где мой платёж в контору на 900 рублей?")).candidates
    foreign = replace(mine, number="26-000200", participants=frozenset({"other@mail.example"}), subject="Чужое")
    silent = replace(mine, number="26-000300", subject="Давнее", last_message_at=NOON - timedelta(days=90))
    unlike = replace(mine, number="26-000400", subject="Паспорт")
    history = replace(
        past(earlier("Где мой платёж в контору на 900 рублей?")), candidates=(mine, foreign, silent, unlike)
    )
    reading = letter(
        "Пишу снова про № 26-000123, а ещё про № 26-000200 и № 26-000999. Как сменить телефон?", subject="Вопрос"
    )
    lines = {
        line[4:13]: line for line in alternatives(told(reading, history)["conversation"], grounds(reading, history))
    }
    assert lines[NUMBER].startswith("» ")
    assert "подходит по номеру в письме, уверенность 80%" in lines[NUMBER]
    assert "назван номер, но отправитель в нём не участвует" in lines["26-000200"]
    assert "молчит 90 дн." in lines["26-000300"]
    assert "другое дело" in lines["26-000400"]
    assert "26-000999 назван в письме" in lines["26-000999"]
