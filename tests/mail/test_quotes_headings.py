"""Headings of all kinds: forwards, other programs, headings on the line of own words, quotes that a server broke."""

import pytest

from mailtriage.mail.quotes import cut

OURS = (
    "Здравствуйте!\n\nВаше обращение № 26-000123 принято.\nМы ответим в течение трёх рабочих дней.\n\nСлужба поддержки"
)


def behind(text: str, mark: str = "> ") -> str:
    return "\n".join(f"{mark}{line}".rstrip() for line in text.split("\n"))


OWN = "Добрый день! Прошло пять дней, а деньги на кошелёк так и не поступили."


FORWARDS = {
    "Gmail": (
        "---------- Forwarded message ---------\nОт: Банк <info@bank.example>\nDate: пн, 10 авг. 2026 г. в 14:43\n"
        "Subject: Отказ\nTo: <ivan@mail.example>\n\n\nОперация отклонена.\n"
    ),
    "Yandex": (
        '-------- Пересылаемое сообщение --------\n10.08.2026, 14:43, "Банк" <info@bank.example>:\n\n'
        "Операция отклонена.\n"
        "-------- Завершение пересылаемого сообщения --------\n"
    ),
    "Mail.ru": (
        "-------- Пересылаемое сообщение --------\nОт кого: Банк <info@bank.example>\nКому: Иван <ivan@mail.example>\n"
        "Дата: Понедельник, 10 августа 2026, 14:43 +03:00\nТема: Отказ\n\nОперация отклонена."
    ),
    "Thunderbird": (
        "-------- Перенаправленное сообщение --------\nТема: \tОтказ\nДата: \tMon, 10 Aug 2026 14:43:10 +0300\n"
        "От: \tБанк <info@bank.example>\nКому: \tivan@mail.example\n\n\nОперация отклонена."
    ),
    "iPhone": (
        "Отправлено с iPhone\n\nНачало переадресованного сообщения:\n\n> От: Банк <info@bank.example>\n> "
        "Дата: 10 августа 2026 г., "
        "14:43:10 GMT+3\n> Кому: ivan@mail.example\n> Тема: Отказ\n> \n> Операция отклонена.\n"
    ),
    "Outlook": (
        "От: Банк <info@bank.example>\nОтправлено: 10 августа 2026 г. 14:43\nКому: ivan@mail.example\nТема: Отказ\n\n"
        "Операция отклонена."
    ),
    "The Bat!": (
        "===8<==============Исходный текст письма===============\nОперация отклонена.\n"
        "===8<===========Конец исходного текста письма===========\n"
    ),
}


@pytest.mark.parametrize("style", FORWARDS)
def test_a_forwarded_mail_is_quoted_and_the_words_above_it_are_new(style: str) -> None:
    found = cut(f"Пересылаю ответ банка, прошу разобраться.\n\n{FORWARDS[style]}")
    assert found.new_text == "Пересылаю ответ банка, прошу разобраться."
    assert "Операция отклонена." in found.quoted_text


def test_words_below_a_closed_forward_are_new() -> None:
    assert cut(f"{FORWARDS['Yandex']}\nЧто мне делать?").new_text == "Что мне делать?"


def test_words_on_the_line_of_a_heading_are_not_lost() -> None:
    assert cut("спасибо On Wed, Aug 12, 2026 at 3:59 PM, <a@b.example> wrote:\n> ждите").new_text == "спасибо"
    assert cut("Жду ответа. 10.08.2026, 14:43, Служба <a@b.example>:\n> ждите").new_text == "Жду ответа."


def test_a_quoted_line_that_a_server_broke_in_two_stays_quoted() -> None:
    long = "> Перевод на сумму 1500 рублей по указанным вами реквизитам исполнен, денежные средства"
    text = f"Вижу.\n\n10.08.2026, 14:43, Служба <a@b.example>:\n{long}\nзачислены получателю.\n> Служба"
    assert cut(text).new_text == "Вижу."


OTHER_HEADINGS = (
    "Понедельник, 10 августа 2026, 14:43 +03:00 от support@help.example:",
    "Понедельник, 10 августа 2026, 14:43 +03:00 от support@help.example <support@help.example>:",
    "10.08.2026, 14:43, Служба поддержки (support@help.example):",
    "10.08.2026, 14:43, support@help.example:",
    "пн, 10 авг. 2026 г., 14:43 Служба <support@help.example>:",
    "Отправлено с Android\n\n-------- Исходное сообщение --------\nОт: support@help.example\nДата: 10.08.2026 14:43",
    'Пользователь "Служба" <s@help.example> написал 10 августа 2026 г. 14:43:',
    "10 августа 2026 г., 14:43 +03:00, Служба <s@help.example>:",
    (
        '----- Original Message -----\nFrom: "S" <s@help.example>\nTo: me\nSent: Monday, 10 August, 2026 '
        "14:43:10\nSubject: Re"
    ),
    "----------- Переадресованное сообщение -----------\nОт: Банк",
    "----- Пересланное сообщение от Банк <x@y.example> -----",
    "On 10.08.2026 14:43, Служба wrote:",
    "10.08.2026 14:43, Служба wrote:",
    "Am 10.08.2026 um 14:43 schrieb Служба:",
    "Le lun. 10 août 2026 à 14:43, X <x@y.fr> a écrit :",
    "В Пн, 10/08/2026 в 14:43 +0300, Служба пишет:",
    "В письме от понедельник, 10 августа 2026 г. 14:43:10 MSK пользователь Служба написал:",
    "10 августа 2026 г., 14:43, Вы писали:",
    "On Mon, 10 Aug 2026 14:43:10 +0300\nСлужба <s@help.example> wrote:",
    "* Служба <s@help.example> [2026-08-10 14:43]:",
    "On Mon, Aug 10, 2026 at 02:43:10PM +0300, Служба wrote:",
    "10 авг. 2026 г., 14:43 от s@help.example:",
    "------- Original Message -------\nВ понедельник, 10 августа 2026 г. в 14:43, Служба <s@help.example> написал(а):",
    "10 авг. 2026 г., 14:43 +0300, Служба <s@help.example>, писал:",
    (
        '------ Исходное сообщение ------\nОт: "S" <s@help.example>\nКому: me\nОтправлено: 10.08.2026 '
        "14:43:10\nТема: Re: a"
    ),
    "-------- Исходное сообщение --------\nТема: a\nДата: 2026-08-10 14:43\nОт: S <s@help.example>\nКому: me",
    "От: Служба\nДата: 10.08.2026 14:43:10\nКому: Иван",
    (
        "---------- Пересылаемое сообщение ---------\nОт: S <s@help.example>\nДата: пн, 10 авг. 2026 г. в "
        "14:43\nТема: a\nКому: <me@mail.example>"
    ),
    "Пересылаемое сообщение\nОт кого: S <s@help.example>\nКому: me\nДата: 10.08.2026\nТема: a",
    "10 августа 2026, 14:43, Служба поддержки платежей <support@help.example> написал(-а):",
    'вт, 11 авг. 2026 г., 9:05 Служба поддержки "Единый платежей" <support@help.example>:',
    (
        "________________________________\nFrom: Служба <s@help.example>\nSent: Monday, August 10, 2026 "
        "2:43:10 PM\nTo: me <me@mail.example>\nSubject: Re: a"
    ),
    "От: Служба [mailto:s@help.example] \nОтправлено: 10 августа 2026 г. 14:43\nКому: me\nТема: a\nВажность: Высокая",
    '10.08.2026, 14:43, "Служба" <s@help.example>:\n\nКому: me',
    "Monday, August 10, 2026 2:43 PM +03:00 from Служба <s@help.example>:",
    "Пн, 10 авг 2026, 14:43 Служба <s@help.example>:",
    "10.08.2026 14:43, Служба поддержки via Help <s@help.example> пишет:",
    "10.08.2026 в 14:43 Служба поддержки <s@help.example> написал(а):",
    "Mon, 10 Aug 2026 14:43:10 +0300 от Служба <s@help.example>:",
    "Служба <s@help.example> писал(а) в своём письме Mon, 10 Aug 2026 14:43:10 +0300:",
    "Дата: 10.08.2026 14:43\nОт: Служба <s@help.example>\nКому: me@mail.example\nТема: Re",
    "--- Исходное сообщение ---\nОт кого: Служба <s@help.example>\nДата: 10 августа 2026, 14:43:10",
    "Від: Служба <s@help.example>\nНадіслано: 10 серпня 2026 р. 14:43\nКому: me\nТема: Re",
    "Ответ на сообщение от 10.08.2026 14:43, Служба <s@help.example>:",
)


@pytest.mark.parametrize("heading", OTHER_HEADINGS)
@pytest.mark.parametrize("mark", ["", "> "])
def test_headings_of_other_programs_are_known_with_and_without_marks(heading: str, mark: str) -> None:
    assert cut(f"{OWN}\n\n{heading}\n\n{behind(OURS, mark)}").new_text == OWN
