"""The same words out of another mail client are the same words; and comparing with a long past stays fast."""

import time
from email.message import EmailMessage

import pytest
from triage_letters import CUSTOMER, NUMBER, earlier, letter, past

from mailtriage.language.identity import Identities
from mailtriage.mail.reading import ReadOptions, read
from mailtriage.triage.conversation import Link
from mailtriage.triage.matter import matter
from mailtriage.triage.novelty import compare

LINKED = Link(NUMBER, "references", 0.95)
CLAIM = "Пополняла кошелёк с карты 3 марта, деньги с карты списали, а на кошелёк они не пришли. Верните деньги."


def sent(text, *, html=None, cte=None, subject="Платёж"):
    mail = EmailMessage()
    mail["From"] = f"Мария Лесная <{CUSTOMER}>"
    mail["Subject"] = subject
    mail.set_content(text, **({"cte": cte} if cte else {}))
    if html:
        mail.add_alternative(html, subtype="html")
    return read(mail.as_bytes(), ReadOptions())


def known_as(reading):
    return earlier(reading.readable_text, identities=reading.identities)


@pytest.mark.parametrize(
    "again",
    [
        sent(CLAIM, cte="base64"),
        sent(CLAIM.replace(". ", ".\n")),
        sent(CLAIM + "\n\n--\nМария Лесная\nОтправлено из Почты Mail"),
        sent(CLAIM, html=f"<div style='font-size:14px'>{CLAIM}</div><div>--&nbsp;<br>Отправлено с iPhone</div>"),
        sent(CLAIM.replace(" ", "\u00a0")),
    ],
    ids=["base64", "other lines", "another signature", "html", "hard spaces"],
)
def test_a_re_send_from_a_second_client_is_a_re_send(again):
    found = compare(again, LINKED, past(known_as(sent(CLAIM, cte="quoted-printable"))))
    assert found.new == ()
    assert found.kind == "resend"
    assert any(told.startswith("текст на") for told in found.equal)


def test_what_was_equal_is_named_beside_what_is_new():
    first = known_as(sent(CLAIM + " Это было 2500 рублей."))
    found = compare(sent(CLAIM + " Это было 2500 рублей. Номер операции 77120456."), LINKED, past(first))
    assert "номер операции 77120456" in found.new
    assert "сумма 2500" in found.equal
    assert found.extends


def test_evidence_speaks_in_the_customers_own_words():
    found = compare(letter("Прошу удалить мой аккаунт"), LINKED, past(earlier(CLAIM)))
    assert "просьба: удалить" in found.new


def test_odd_tokens_in_the_subject_of_a_reply_are_not_the_customers_news():
    found = compare(letter("ну что?", subject="RE: [##4411##] Плат… zx9-QQ 77120456"), LINKED, past(earlier(CLAIM)))
    assert (found.new, found.kind) == ((), "nudge")


def test_real_words_in_a_new_subject_are_news():
    assert compare(letter("Помогите", subject="Re: Удалите аккаунт"), LINKED, past(earlier(CLAIM))).new
    assert compare(letter("Помогите", subject="Операция 77120456"), LINKED, past(earlier(CLAIM))).new


def test_a_conversation_of_forty_letters_is_compared_within_milliseconds():
    told = tuple(
        earlier(f"{CLAIM} Письмо {n}: банк, букмекер и оператор молчат, жду уже {n} день.", at=n) for n in range(40)
    )
    history = past(*told)
    reading = letter("Деньги с карты ушли, на кошельке пусто, верните", identities=Identities(sums=("990",)))
    compare(reading, LINKED, history)
    started = time.process_time()
    for _ in range(20):
        compare(reading, LINKED, history)
    assert (time.process_time() - started) / 20 < 0.01


def test_a_hostile_flood_of_invented_words_is_news_and_ends_soon():
    flood = " ".join(f"слово{chr(1072 + n % 32)}{chr(1072 + n // 32 % 32)}вот{chr(1072 + n % 7)}" for n in range(3000))
    started = time.process_time()
    assert compare(letter(flood), LINKED, past(earlier(flood[::-1]))).new
    assert time.process_time() - started < 5
    assert matter(flood).mentions
