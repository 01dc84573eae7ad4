"""What is new in a message: every new fact found, and no repeat where there is one."""

from dataclasses import replace

import pytest
from triage_letters import CUSTOMER, NOON, NUMBER, POLICY, attachment, earlier, letter, past, support

from mailtriage.language.identity import Identities, find_identities
from mailtriage.triage.conversation import Link, link
from mailtriage.triage.novelty import compare

CLAIM = "Пополняла кошелёк с карты, деньги с карты списали, а на кошелёк они не пришли. Верните деньги. Мария Лесная"
LINKED = Link(NUMBER, "references", 0.95)


def new(reading, history):
    return compare(reading, LINKED, history).new


@pytest.mark.parametrize(
    "later",
    [
        CLAIM,
        "Здравствуйте! " + CLAIM,
        CLAIM.upper(),
        "Дублирую обращение. " + CLAIM + " Жду ответа!",
        "Деньги списали с карты, но на кошелёк так и не поступили. Прошу вернуть.",
        "Когда вернёте деньги?",
        "Верните же наконец мои деньги!",
        "Ну что там с моими деньгами?",
        "ап",
        "up",
        "!!!",
        "Ау! Есть кто живой?",
        "ну что?",
        "жду ответа",
        "Когда ответите?",
        "Прошло уже 3 дня, а ответа нет.",
        "Пишу третий раз, вы вообще читаете письма?",
        "Спасибо!",
        "Добрый день! Подскажите, пожалуйста, есть ли новости по моему обращению?",
        "Сколько можно ждать? Безобразие!",
        "Напоминаю о себе. Мария Лесная",
        "",
    ],
)
def test_a_letter_without_a_new_fact_has_nothing_new(later):
    assert new(letter(later), past(earlier(CLAIM))) == ()


@pytest.mark.parametrize(
    "later",
    [
        "Номер операции 77120456",
        "Сегодня снова списали деньги с карты",
        "И второй кошелёк тоже",
        "Можно ли вернуть деньги на счёт в банке?",
        "А как теперь поменять номер телефона?",
        "Деньги пришли, но не все",
        "Деньги пришли, вопрос снят",
        "Банк ответил, что операция прошла успешно",
        "Прикладываю выписку",
        "Карту мне заблокировали",
        "Кошелёк удалите",
        CLAIM + " Списали 4500 рублей.",
        CLAIM + " Квитанция 5501998.",
        CLAIM + " Карта Тинькофф, платила через мобильное приложение.",
    ],
)
def test_a_new_fact_in_a_pending_matter_is_found_however_short(later):
    assert new(letter(later), past(earlier(CLAIM)))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (Identities(sums=("990",)), "сумма 990"),
        (Identities(dates=("2026-03-01",)), "дата 2026-03-01"),
        (Identities(payments=("OUT-7",)), "номер операции OUT-7"),
        (Identities(phones=("+79000000001",)), "телефон +79000000001"),
        (Identities(names=("Пётр Озёрный",)), "имя Пётр Озёрный"),
    ],
)
def test_each_kind_of_fact_is_told_by_its_name(found, expected):
    assert expected in new(letter("Верните деньги", identities=found), past(earlier(CLAIM)))


def test_what_was_mentioned_before_is_not_new_and_neither_is_the_senders_own_name():
    known = Identities(sums=("990",), dates=("2026-03-01",), names=("Лесная Мария",))
    again = Identities(sums=("990",), dates=("--03-01",), names=("Мария",))
    assert new(letter("Верните деньги", identities=again), past(earlier(CLAIM, identities=known))) == ()


def test_a_file_is_new_by_its_digest_and_the_same_file_again_is_not():
    history = past(earlier(CLAIM, attachment_digests=("aa",)))
    assert new(letter("Верните деньги", files=("aa",)), history) == ()
    assert new(letter("Верните деньги", files=("aa", "bb")), history) == (f"вложение {attachment('bb').filename}",)


def test_a_forward_of_ones_own_letter_adds_nothing_but_a_banks_letter_does():
    head = "\n-------- Пересылаемое сообщение --------\nОт: Мария Лесная\nДата: 6 марта 2026\n\n"
    own = letter("Дублирую, первое могло потеряться", subject="Fwd: Платёж", quoted=head + CLAIM)
    bank = letter(
        "Вот", subject="Fwd: Платёж", quoted=head + "Операция исполнена банком полностью, претензий не имеем."
    )
    assert compare(own, LINKED, past(earlier(CLAIM))).empty
    assert "пересланное письмо" in new(bank, past(earlier(CLAIM)))


@pytest.mark.parametrize("answer", ["Да", "Нет, не менял", "6150", "Альфа-Банк", "Готово, сделал"])
def test_any_answer_to_a_question_of_support_is_new(answer):
    assert new(letter(answer), past(earlier(CLAIM), support("Вы меняли номер телефона? Назовите банк.")))


@pytest.mark.parametrize("nudge", ["Спасибо", "ну что?", "!!!"])
def test_thanks_and_reminders_answer_no_question(nudge):
    assert new(letter(nudge), past(earlier(CLAIM), support("Назовите, пожалуйста, банк."))) == ()


DECISION = "Деньги удержаны по пункту 4 тарифов, возврату не подлежат. Это окончательное решение."


@pytest.mark.parametrize(
    "insisting",
    [
        "Всё равно верните деньги!",
        "Я не согласна с вашим решением, требую вернуть деньги.",
        "Это незаконно! Буду жаловаться в прокуратуру.",
        "Ваш ответ меня не устраивает. Пересмотрите решение.",
        "Какие ещё тарифы? Верните мои деньги на карту!",
    ],
)
def test_insisting_on_a_decided_matter_is_nothing_new(insisting):
    history = past(earlier(CLAIM), support(DECISION, final=True), status="decided")
    assert new(letter(insisting), history) == ()


@pytest.mark.parametrize(
    "argument",
    [
        "Пункт 4 ко мне не относится: я пенсионерка, инвалид второй группы, для нас сбор отменён.",
        "Вот выписка, там видно пополнение в марте.",
        "Я устроилась на работу, бухгалтерия даст справку.",
        "А по другому делу: как привязать вторую карту?",
        "Банк подтвердил письмом, что перевод зачислен вам.",
    ],
)
def test_a_new_argument_reopens_a_decided_matter(argument):
    history = past(earlier(CLAIM), support(DECISION, final=True), status="decided")
    assert new(letter(argument), history)


def test_a_first_letter_and_one_whose_forerunner_was_never_taken_up_are_new():
    assert compare(letter(CLAIM), Link(None, None, 1.0), past(earlier(CLAIM))).new
    refused = past(earlier(CLAIM, verdict="reject", reason="unreadable"))
    assert new(letter(CLAIM), refused)


def test_the_same_words_from_another_person_are_no_repeat():
    history = past(earlier(CLAIM))
    stranger = letter(CLAIM, sender="other@mail.example")
    chosen = link(stranger, history, POLICY, NOON)
    assert chosen.conversation is None
    assert compare(stranger, chosen, history).new


def test_the_best_earlier_message_is_named():
    first, second = earlier(CLAIM), earlier("Кошелёк закрыли без причины, откройте", at=2)
    found = compare(letter(CLAIM), LINKED, past(first, second))
    assert found.same_as == first.message_id
    assert found.similarity == 1.0
    assert found.same_as != second.message_id
    assert first.sender == CUSTOMER


@pytest.mark.parametrize(
    "written",
    [
        "Платёж 66 5091 4427 прошёл",
        "операция OUT-20093",
        "транзакция 550e8400-e29b-41d4-a716-446655440000",
        "тел. 8 (903) 123-45-67",
        "звоните +44 20 7946 0958",
        "кошелёк № 4276 1234 5678",
        "карта 4276 1600 1234 5674",
        "карта *5674",
        "паспорт 45 08 123456",
        "ИНН 500100732259",
        "СНИЛС 112-233-445 95",
    ],
)
def test_a_number_that_a_known_file_tells_is_none_of_the_news(written):
    """However it is written there: figures that stand together nowhere in the file would be taken for new."""
    found = find_identities(written)
    assert found.payments or found.phones or found.accounts or found.documents
    reading = letter(CLAIM, files=("f",), identities=found)
    (file,) = reading.message.attachments
    told = replace(file, text=f"Чек. {written}. Спасибо за покупку")
    reading = replace(reading, message=replace(reading.message, attachments=(told,)))
    assert new(reading, past(earlier(CLAIM, attachment_digests=("f",)))) == ()
