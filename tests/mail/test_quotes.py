"""Own words, quotes, signatures and footers in the styles of the clients that customers use."""

import pytest

from mailtriage.mail.html import html_to_text
from mailtriage.mail.quotes import cut

OWN = "Деньги так и не пришли, что делать дальше?"

HEADINGS = (
    "пн, 10 авг. 2026 г. в 14:43, Служба поддержки <help@a.example>:",
    "10 августа 2026 г., 14:43 пользователь Служба поддержки <help@a.example>\nнаписал:",
    "Понедельник, 10 августа 2026, 14:43 +03:00 от Служба поддержки <help@a.example>:",
    '10.08.2026, 14:43, "Служба поддержки" <help@a.example>:',
    "10 авг. 2026 г., в 14:43, Служба поддержки <help@a.example> написал(а):",
    "10.08.2026 14:43, Служба поддержки пишет:",
    "On Mon, Aug 10, 2026 at 2:43 PM Support <help@a.example> wrote:",
    "Здравствуйте, вы писали 10 августа 2026 г., 14:43:10:",
    "Служба поддержки писал(а) 2026-08-10 14:43:",
    (
        "-----Исходное сообщение-----\nОт: Служба поддержки\nОтправлено: 10 августа 2026 г. 14:43\nКому: me@b.example"
        "\nТема: Re: вопрос\n"
    ),
    (
        "-----Original Message-----\nFrom: Support\nSent: Monday, August 10, 2026 2:43 PM\nTo: me@b.example\nSubject: "
        "Re: question\n"
    ),
    (
        "________________________________\nОт: Служба поддержки <help@a.example>\nОтправлено: 10 августа 2026 г. 14:"
        "43\nКому: me\nТема: Re: вопрос\n"
    ),
    (
        "От: Служба поддержки <help@a.example>\nДата: понедельник, 10 августа 2026 г. в 14:43\nКому: me@b.example"
        "\nТема: Re: вопрос\n"
    ),
)


@pytest.mark.parametrize("heading", HEADINGS)
@pytest.mark.parametrize("prefix", ["> ", ""])
def test_the_quote_of_each_client_is_cut_with_its_heading(heading: str, prefix: str) -> None:
    found = cut(f"{OWN}\n\n{heading}\n{prefix}Здравствуйте, ожидайте ответа.\n{prefix}Ваша поддержка")
    assert found.new_text == OWN
    assert "ожидайте ответа" in found.quoted_text


def test_answers_between_and_below_quotes_are_the_writers_own() -> None:
    text = "10.08.2026, 14:43, Поддержка <a@b.example>:\n> Какая сумма?\n\n640 рублей\n\n> Какой день?\n\nСреда"
    assert cut(text).new_text == "640 рублей\n\nСреда"


@pytest.mark.parametrize(
    "footer",
    [
        "Отправлено с iPhone",
        "Отправлено из Яндекс Почты для мобильных",
        "Отправлено из мобильной Почты Mail",
        "--\nОтправлено из Яндекс Почты для мобильных",
        "Sent from my Samsung Galaxy smartphone.",
        "Скачать Outlook для Android",
        "Отправлено с устройства Huawei",
    ],
)
def test_the_footer_of_a_client_is_no_word_of_the_customer(footer: str) -> None:
    assert cut(f"{OWN}\n\n{footer}").new_text == OWN
    assert cut(f"\n\n{footer}\n").new_text == ""


@pytest.mark.parametrize(
    "text",
    [
        "Вы писали мне вчера: ждите.\nЯ жду до сих пор.",
        "Отправлено с карты Сбербанка 500 рублей, где они?",
        "Дата: 10.08.2026\nСумма: 500 руб.\nКому: на кошелёк",
        "Чек во вложении --\nпосмотрите",
        (
            "Отправлено из приложения банка 10 000, а на кошелек не пришло ничего, хотя прошло три дня, прошу разо"
            "браться и срочно вернуть все мои деньги обратно"
        ),
    ],
)
def test_words_that_only_look_like_headings_stay(text: str) -> None:
    assert cut(text).new_text == text


def test_a_bare_forward_of_his_own_mail_is_his_own_words() -> None:
    text = f"-------- Пересылаемое сообщение --------\nОт: Я <me@mail.example>\nКому: help@a.example\nТема: а\n\n{OWN}"
    assert cut(text, "me@mail.example").new_text == OWN
    assert cut(text, "else@mail.example").new_text == ""


def test_hidden_html_is_not_seen_and_quoted_html_is_quoted() -> None:
    html = (
        '<body><div style="display:none">preheader</div><p style="font-size:0px">tiny</p>'
        '<span style="color:#ffffff">white</span>'
        f"<div>{OWN}</div><div>10.08.2026, 14:43, &quot;A&quot; &lt;a@b.example&gt;:</div>"
        "<blockquote><div>старое</div></blockquote></body>"
    )
    text = html_to_text(html)
    assert "preheader" not in text
    assert "tiny" not in text
    assert "white" not in text
    assert cut(text).new_text == OWN


def test_deep_nesting_ends_soon() -> None:
    assert "конец" in html_to_text("<div>" * 50_000 + "конец")
