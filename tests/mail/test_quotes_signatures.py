"""Footers of programs, signatures and disclaimers at the end of Russian mail."""

import pytest

from mailtriage.mail.quotes import cut

OWN = "Добрый день! Прошло пять дней, а деньги на кошелёк так и не поступили."


@pytest.mark.parametrize(
    "footer",
    [
        "Отправлено с iPhone",
        "Отправлено с моего iPhone",
        "Отправлено из мобильной Почты Mail.ru",
        "Отправлено из Почты Mail.ru для Android",
        "Отправлено из Mail для iOS",
        "Отправлено из Яндекс.Почты для мобильных",
        "-- \nОтправлено из мобильного приложения Яндекс Почты",
        "Отправлено с мобильного устройства",
        "Отправлено с телефона Xiaomi",
        "Отправлено со смартфона Samsung Galaxy",
        "Отправлено с моего Galaxy",
        "Отправлено из Outlook для iOS<https://aka.ms/o0ukef>",
        "Отправлено из приложения «Почта» для Windows",
        "Отправлено с помощью Proton Mail",
        "Отправлено из Спарк (Spark)",
        "Sent from my Huawei phone",
        "Sent from my iPhone",
        "Sent from Mail.ru app for Android",
        "Sent from Yahoo Mail on Android",
        "Sent with Aqua Mail for Android",
        "Get Outlook for Android<https://aka.ms/ghei36>",
        "Скачайте Outlook для iOS",
        "Без вирусов. www.avast.example",
        "Mail.ru для Android",
        "Відправлено з iPhone",
        "Это письмо отправлено с телефона",
    ],
)
def test_footers_of_programs_are_no_words_of_the_writer(footer: str) -> None:
    found = cut(f"{OWN}\n\n{footer}\n")
    assert found.new_text == OWN
    assert found.signature


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nИван Петров",
        "--\nИван Петров\n+7 900 123-45-67",
        "—\nИван",
        "С уважением,\nИван Петров",
        "С уважением\n\nПетров Иван Иванович\nМобильный: +7 900 123-45-67\nКошелёк 1234567890",
        "С наилучшими пожеланиями,\nМария Соколова, менеджер\nООО «Ромашка»",
        "Best regards,\nIvan Petrov",
        "____________\nИван Петров\nтел. 8 (495) 123-45-67\nwww.romashka.example",
    ],
)
def test_signatures_are_kept_apart(signature: str) -> None:
    found = cut(f"{OWN}\n\n{signature}")
    assert found.new_text == OWN
    assert "Ив" in found.signature or "Iv" in found.signature or "Мария" in found.signature


OTHER_ENDS = (
    "—\nС уважением, Иван\nОтправлено из мобильной Почты Mail",
    "Best regards / С уважением,\nИван Петров",
    "Отправлено с iPhone 15 Pro",
    "Отправлено с моего мобильного телефона",
    "Отправлено из приложения Почта Mail.ru",
    "Отправлено из Gmail для Android",
    "Это сообщение отправлено с моего телефона, извините за опечатки",
    "Sent from my phone, please excuse typos and brevity",
    "С уважением,\nИванов Иван Иванович\nг. Москва\n8-900-123-45-67",
    "С уважением,\n\nИван.",
    '-- \nС уважением,\nИван Иванов\nООО "Ромашка"\nТел.: +7 (495) 123-45-67\nE-mail: ivan@b.example\nwww.b.example',
    "Отправлено из Mail.ru для Android",
    "Отправлено с Redmi Note 12",
    "Отправлено из мобильной почты Rambler",
    "С уважением,\nМария\n\nОтправлено с iPhone",
    "Написано с помощью Gmail",
    "--\nОтправлено из Почты Mail.ru для iOS",
    "Отправлено с моего Huawei P30",
    "отправлено с айфона",
    "Sent via the Samsung Galaxy S21, an AT&T 5G smartphone",
    "Отправлено из Outlook",
    "_____\nОтправлено с планшета",
    "С наилучшими пожеланиями / Best regards,\nПётр",
    "Всего доброго!\nАнна",
    "С уважением, Иван\nтел. 89001234567",
    "С уважением Иванов И.И.\nтел: 8 900 123 45 67\nмой кошелек 123456789",
    "Отправлено через почту Яндекс",
    "Отправлено с HUAWEI P20 Lite",
)


@pytest.mark.parametrize("end", OTHER_ENDS)
def test_other_footers_and_signatures_are_cut(end: str) -> None:
    assert cut(f"{OWN}\n\n{end}").new_text == OWN
