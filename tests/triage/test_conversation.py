"""Which conversation a message joins: never a stranger's, and the right one of several."""

from dataclasses import replace
from datetime import timedelta

import pytest
from triage_letters import CUSTOMER, NOON, NUMBER, POLICY, SUPPORT, earlier, letter, past

from mailtriage.language.identity import Identities
from mailtriage.mail.message import Address
from mailtriage.triage.conversation import link
from mailtriage.triage.history import History

CLAIM = "Пополнила кошелёк картой, деньги списали, а на кошелёк они не пришли. Верните"
STRANGER = "stranger@mail.example"
REFERENCE = {"in_reply_to": ("<earlier-0@mail.example>",)}


def linked(reading, history, now=NOON):
    found = link(reading, history, POLICY, now)
    return found.conversation, found.linked_by


@pytest.mark.parametrize("subject", [f"Re: Вопрос [№ {NUMBER}]", f"по обращению № {NUMBER}"])
def test_a_number_in_the_subject_and_a_known_participant_join(subject):
    assert linked(letter("Ещё о другом", subject=subject), past(earlier(CLAIM))) == (NUMBER, "number")


def test_references_of_a_known_participant_join_whatever_the_subject_says():
    reading = letter("А по другому делу: как добавить карту?", subject="Новое", **REFERENCE)
    assert linked(reading, past(earlier(CLAIM))) == (NUMBER, "references")


@pytest.mark.parametrize("named", [{"subject": f"[№ {NUMBER}]"}, REFERENCE])
def test_neither_number_nor_reference_lets_a_stranger_in(named):
    found = link(letter(CLAIM, sender=STRANGER, **named), past(earlier(CLAIM)), POLICY, NOON)
    assert (found.conversation, found.linked_by, found.possibly_related) == (None, None, (NUMBER,))


@pytest.mark.parametrize(
    "reading",
    [
        letter(CLAIM, subject="Деньги"),
        letter("Деньги с карты списали, но на кошелёк они так и не поступили", subject="Re: Платёж"),
        letter("Нашла чек", subject="чек", files=("aa",)),
        letter("Сообщите о судьбе", subject="?", identities=Identities(payments=("7001",))),
        letter("ну что?", subject="ап"),
    ],
    ids=["same text", "same subject", "same file", "same payment", "a reminder"],
)
def test_the_same_matter_of_the_same_person_joins_without_references(reading):
    first = earlier(CLAIM, attachment_digests=("aa",), identities=Identities(payments=("7001",)))
    assert linked(reading, past(first)) == (NUMBER, "same matter")


def test_another_matter_of_the_same_person_is_a_new_conversation():
    reading = letter("Предлагаю сделать тёмную тему в приложении", subject="Идея")
    assert linked(reading, past(earlier(CLAIM))) == (None, None)
    vague = replace(letter("Как сменить номер телефона в профиле?", subject="Вопрос"))
    assert linked(vague, past(earlier(CLAIM, subject="Вопрос"), subject="Вопрос")) == (None, None)


def test_an_old_conversation_is_not_continued_by_likeness_alone():
    late = NOON + POLICY.same_matter_within + timedelta(days=1)
    assert linked(letter(CLAIM), past(earlier(CLAIM)), late) == (None, None)
    assert linked(letter(CLAIM, **REFERENCE), past(earlier(CLAIM)), late) == (NUMBER, "references")


def test_of_several_conversations_the_one_with_the_same_matter_is_chosen():
    first = past(earlier(CLAIM))
    other = replace(first.candidates[0], number="26-000200", subject="Идея", last_message_at=NOON)
    idea = earlier("Сделайте тёмную тему в приложении", at=9, conversation="26-000200", subject="Идея")
    history = History(candidates=(*first.candidates, other), earlier=(*first.earlier, idea))
    assert linked(letter(CLAIM, subject="письмо"), history) == (NUMBER, "same matter")
    assert linked(letter("Когда будет тёмная тема в приложении?", subject="Идея"), history)[0] == "26-000200"


def test_our_own_answer_joins_through_its_recipient():
    reading = letter("Проверим", sender=SUPPORT, to=(Address("", CUSTOMER),), subject="Re: Платёж")
    assert linked(reading, past(earlier(CLAIM))) == (NUMBER, "same matter")
    astray = letter("Проверим", sender=SUPPORT, to=(Address("", STRANGER),), subject="Re: Платёж")
    assert linked(astray, past(earlier(CLAIM))) == (None, None)


def test_what_a_clock_stamped_that_was_ahead_is_near_to_nothing():
    """Sixty days are not over for twelve years, and yet it was no while ago."""
    ahead = past(earlier(CLAIM), last_message_at=NOON + timedelta(days=4000))
    assert linked(letter(CLAIM, subject="Деньги"), ahead) == (None, None)
    assert linked(letter("ну что?", subject="ап"), ahead) == (None, None)
    assert linked(letter("Ещё о том же", subject=f"[№ {NUMBER}]"), ahead) == (NUMBER, "number")
    other = letter("А как мне добавить ещё одну карту Мир?", subject="Re: Платёж", **REFERENCE)
    decided = past(earlier(CLAIM), status="decided", last_message_at=NOON + timedelta(days=4000))
    assert linked(other, decided) == (None, None), "an old letter that was at hand"


def test_two_clocks_may_differ_by_minutes():
    soon = past(earlier(CLAIM), last_message_at=NOON + timedelta(minutes=10))
    assert linked(letter(CLAIM, subject="Деньги"), soon) == (NUMBER, "same matter")
