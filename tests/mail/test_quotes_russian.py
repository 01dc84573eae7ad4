"""Replies as Russian mail programs write them: of each only the new words are new, and all of them."""

import pytest

from mailtriage.mail.quotes import cut

OURS = (
    "Здравствуйте!\n\nВаше обращение № 26-000123 принято.\nМы ответим в течение трёх рабочих дней.\n\nСлужба поддержки"
)


def behind(text: str, mark: str = "> ") -> str:
    return "\n".join(f"{mark}{line}".rstrip() for line in text.split("\n"))


OWN = "Добрый день! Прошло пять дней, а деньги на кошелёк так и не поступили."
OWN_2 = "Операция от 3 августа,\nсумма 1 500 рублей.\n\nПроверьте, пожалуйста, ещё раз."

REPLIES = {
    "Gmail": f"{OWN}\n\nпн, 10 авг. 2026 г. в 14:43, Служба поддержки <support@help.example>:\n\n{behind(OURS)}\n",
    "Gmail, the address on the next line": (
        f"{OWN}\n\nср, 12 авг. 2026 г. в 09:05, Служба поддержки пользователей <\nsupport@help.example>:\n\n"
        f"{behind(OURS)}"
    ),
    "Gmail of earlier years": (
        f"{OWN}\n\n10 августа 2026 г., 14:43 пользователь Служба поддержки <support@help.example>\nнаписал:\n"
        f"\n{behind(OURS)}"
    ),
    "Gmail with a zone": (
        f"{OWN}\n\n2026-08-10 14:43 GMT+03:00 Служба поддержки <support@help.example>:\n\n{behind(OURS)}"
    ),
    "Gmail in English": (
        f"{OWN}\n\nOn Mon, Aug 10, 2026 at 2:43 PM Служба поддержки <support@help.example>\nwrote:\n\n{behind(OURS)}"
    ),
    "Gmail without quote marks": (
        f"{OWN}\n\nпн, 10 авг. 2026 г. в 14:43, Служба поддержки <support@help.example>:\n{OURS}"
    ),
    "Outlook in Russian": (
        f"{OWN}\n\nОт: Служба поддержки <support@help.example>\nОтправлено: понедельник, 10 августа 2026 г. 14:43\n"
        f"Кому: Иван Петров <ivan@mail.example>\nТема: RE: Вопрос по выводу средств\n\n{OURS}"
    ),
    "Outlook without addresses": (
        f"{OWN}\n\nОт: Служба поддержки\nОтправлено: 10 августа 2026 г. 14:43\nКому: Иван Петров\nТема: RE: "
        f"Вопрос\n\n{OURS}"
    ),
    "Outlook in English": (
        f"{OWN}\n\nFrom: Support <support@help.example>\nSent: Monday, August 10, 2026 2:43 PM\nTo: Ivan\n"
        f"Subject: RE: Вопрос\n\n{OURS}"
    ),
    "Outlook for telephones": (
        f"{OWN}\n\nПолучить Outlook для Android<https://aka.ms/AAb9ysg>\n________________________________\n"
        f"От: Служба поддержки <support@help.example>\nОтправлено: понедельник, 10 августа 2026 г., 14:43\n"
        f"Кому: ivan@mail.example <ivan@mail.example>\nТема: Re: Вопрос\n\n{OURS}"
    ),
    "Outlook for Mac": (
        f"{OWN}\n\nОт: Служба поддержки <support@help.example>\nДата: понедельник, 10 августа 2026 г. в 14:43\n"
        f"Кому: Иван Петров <ivan@mail.example>\nКопия: Бухгалтерия <buh@mail.example>\nТема: Re: Вопрос\n\n{OURS}"
    ),
    "Outlook in bold": (
        f"{OWN}\n\n*От:* Служба поддержки [mailto:support@help.example]\n*Отправлено:* 10 августа 2026 г. 14:43\n"
        f"*Кому:* ivan@mail.example\n*Тема:* RE: Вопрос\n\n{OURS}"
    ),
    "Outlook Express": (
        f"{OWN}\n\n----- Исходное сообщение -----\nОт: Служба поддержки\nКому: Иван\nОтправлено: 10 августа "
        "2026 г. 14:43\n"
        f"Тема: Re: Вопрос\n\n{OURS}"
    ),
    "-----Исходное сообщение-----": (
        f"{OWN}\n\n-----Исходное сообщение-----\nОт: Служба поддержки [mailto:support@help.example]\n"
        f"Отправлено: 10 августа 2026 г. 14:43\nКому: ivan@mail.example\nТема: RE: Вопрос\n\n{OURS}"
    ),
    "-----Original Message-----": (
        f"{OWN}\n-----Original Message-----\nFrom: Служба поддержки <support@help.example>\nTo: ivan@mail.example\n"
        f"Date: Mon, 10 Aug 2026 14:43:10 +0300\nSubject: Re: Вопрос\n\n{OURS}"
    ),
    "Mail.ru": (
        f"{OWN}\n\n>Понедельник, 10 августа 2026, 14:43 +03:00 от Служба поддержки <support@help.example>:\n>"
        f"\n{behind(OURS, '>')}"
    ),
    "Mail.ru without marks": (
        f"{OWN}\n\n\nПонедельник, 10 августа 2026, 14:43 +03:00 от Служба поддержки <support@help.example>:\n\n{OURS}"
    ),
    "Mail.ru on a telephone": (
        f"{OWN}\n\n--\nОтправлено из мобильной Почты Mail\n\n"
        f"понедельник, 10 августа 2026 г., 14:43 +0300 от support@help.example <support@help.example>:\n{behind(OURS)}"
    ),
    "Mail.ru, its signature": (
        f"{OWN}\n\nС уважением,\nИван Петров\nivan@mail.example\n\n\n"
        f"Понедельник, 10 августа 2026, 14:43 +03:00 от Служба поддержки <support@help.example>:\n{behind(OURS)}"
    ),
    "Yandex": f'{OWN}\n\n10.08.2026, 14:43, "Служба поддержки" <support@help.example>:\n{behind(OURS)}',
    "Yandex with its signature": (
        f'{OWN}\n\n-- \nС уважением, Иван Петров\n\n\n10.08.2026, 14:43, "Служба поддержки" '
        f"<support@help.example>:\n{OURS}"
    ),
    "Yandex with the addressees": (
        f"{OWN}\n\n----------------\nКому: Иван Петров (ivan@yandex.example);\nТема: Вопрос по выводу;\n"
        f"10.08.2026, 14:43, Служба поддержки <support@help.example>:\n\n{behind(OURS)}"
    ),
    "Yandex on a telephone": (
        f"{OWN}\n\nОтправлено из мобильного приложения Яндекс Почты\n\n10.08.2026, 14:43, Служба поддержки "
        f"<support@help.example>:\n{behind(OURS)}"
    ),
    "Rambler": f"{OWN}\n\n10.08.2026, 14:43, Служба поддержки <support@help.example>\n\n{behind(OURS)}",
    "Rambler, its words": f"{OWN}\n\nСлужба поддержки писал(а) 10.08.2026 14:43:\n\n{OURS}\n",
    "Rambler on a telephone": (
        f"{OWN}\n\n--\nОтправлено из мобильной версии Рамблер/почты\n10 августа 2026 г., 14:43, "
        "support@help.example написал:\n\n"
        f"{behind(OURS)}"
    ),
    "iPhone": (
        f"{OWN}\n\nОтправлено с iPhone\n\n> 10 авг. 2026 г., в 14:43, Служба поддержки <support@help.example> "
        "написал(а):\n> \n"
        f"{behind(OURS)}"
    ),
    "iPad, unmarked heading": (
        f"{OWN}\nОтправлено с моего iPad\n\n10 авг. 2026 г., в 14:43, Служба поддержки <support@help.example>"
        "\nнаписал(а):\n\n"
        f"{behind(OURS)}"
    ),
    "Apple Mail": (
        f"{OWN}\n\n10 августа 2026 г., в 14:43:10, Служба поддержки <support@help.example> написал(а):\n\n"
        f"{behind(OURS)}"
    ),
    "Samsung": (
        f"{OWN}\n\n\nОтправлено с моего смартфона Samsung Galaxy.\n\n-------- Исходное сообщение --------\n"
        f"От: Служба поддержки <support@help.example>\nДата: 10.08.26 14:43 (GMT+03:00)\nКому: ivan@mail.example\n"
        f"Тема: Re: Вопрос\n\n{OURS}"
    ),
    "Huawei": (
        f"{OWN}\nОтправлено с устройства HUAWEI\n-------- Исходное сообщение --------\nОт: support@help.example\n"
        f"Дата: пн, 10 авг. 2026 г., 14:43\nКому: ivan@mail.example\nТема: Re: Вопрос\n{OURS}"
    ),
    "myMail": (
        f"{OWN}\n\n--\nОтправлено из myMail для Android\n\nпонедельник, 10 августа 2026г., 14:43 +03:00 от "
        "Служба поддержки "
        f"support@help.example:\n\n{behind(OURS, '>')}"
    ),
    "BlueMail": (
        f"{OWN}\n\nПолучить BlueMail для Android\nНа 10 авг. 2026 г., в 14:43, Служба поддержки <support@help.example> "
        f"написал:\n{behind(OURS)}"
    ),
    "The Bat!": (
        "Здравствуйте, Служба.\n\nВы писали 10 августа 2026 г., 14:43:10:\n\n"
        f"{behind(OURS)}\n\n{OWN}\n\n-- \nС уважением,\n Иван                          mailto:ivan@mail.example\n"
    ),
    "The Bat!, with initials": (
        f"Здравствуйте, Служба.\n\n10 августа 2026 г., 14:43:10, вы писали:\n\n{behind(OURS, 'СП> ')}\n\n{OWN}"
    ),
    "Thunderbird": f"10.08.2026 14:43, Служба поддержки пишет:\n{behind(OURS)}\n\n{OWN}\n",
    "Thunderbird above": f"{OWN}\n\n10.08.2026 14:43, Служба поддержки пишет:\n{behind(OURS)}\n\n-- \nИван Петров\n",
    "Thunderbird without a date": f"{OWN}\n\nСлужба поддержки пишет:\n{behind(OURS)}\n",
    "Zimbra": (
        f'{OWN}\n\n----- Исходное сообщение -----\nОт: "Служба поддержки" <support@help.example>\n'
        'Кому: "Иван Петров" <ivan@mail.example>\nОтправленные: Понедельник, 10 Август 2026 г 14:43:10\n'
        f"Тема: Re: Вопрос\n\n{OURS}"
    ),
    "Zimbra with marks": (
        f"----- Исходное сообщение -----\n> От: Служба поддержки <support@help.example>\n> Кому: ivan@mail.example\n"
        f"> Отправлено: Понедельник, 10 Август 2026 г 14:43:10\n> Тема: Re: Вопрос\n\n{behind(OURS)}\n\n{OWN}"
    ),
    "Roundcube": f"Служба поддержки писал 2026-08-10 14:43:\n{behind(OURS)}\n\n{OWN}",
    "Zoho": (
        f"{OWN}\n\n---- Вкл Пн, 10 авг 2026 14:43:10 +0300 Служба поддержки <support@help.example> написал "
        f"----\n\n{OURS}"
    ),
    "a program in another language": f"{OWN}\n\n2026.08.10. 14:43 keltezéssel, Support írta:\n{behind(OURS)}",
    "plain marks alone": f"{behind(OURS)}\n\n{OWN}",
    "nested quotes": (
        f"{OWN}\n\nпн, 10 авг. 2026 г. в 14:43, Служба поддержки <support@help.example>:\n\n> "
        f"{behind(OURS).lstrip('> ')}\n>\n"
        "> сб, 8 авг. 2026 г. в 09:00, Иван <ivan@mail.example>:\n>\n>> Где мои деньги?\n>>> Ещё старше\n>>\n>\n"
    ),
    "a heading wrapped in three": (
        f"{OWN}\n\nпонедельник, 10 августа 2026 г.,\n14:43 пользователь Служба поддержки\n"
        "<support@help.example> написал:\n\n"
        f"{behind(OURS)}"
    ),
    "a disclaimer of his firm": (
        f"{OWN}\n\nС уважением,\nИван Петров\nглавный бухгалтер\nтел. +7 495 123-45-67\n\n"
        "Данное сообщение и любые приложения к нему являются конфиденциальными и предназначены исключительно для\n"
        "адресата. Если вы получили его по ошибке, уничтожьте его и уведомите отправителя.\n\n"
        "From: Support <support@help.example>\nSent: Monday, August 10, 2026 2:43 PM\nTo: Ivan\nSubject: "
        f"Вопрос\n\n{OURS}"
    ),
    "a footer of an antivirus": (
        f"{OWN}\n\n--\nЭто сообщение проверено на вирусы антивирусом Avast.\nhttps://www.avast.example/antivirus"
    ),
}


@pytest.mark.parametrize("style", REPLIES)
def test_a_reply_in_the_style_of_each_program_keeps_its_own_words_alone(style: str) -> None:
    found = cut(REPLIES[style])
    own = (
        found.new_text.removeprefix("Здравствуйте, Служба.").strip() if style.startswith("The Bat!") else found.new_text
    )
    assert own == OWN
    assert "обращение № 26-000123" in found.quoted_text or "Avast" in found.signature
    assert "26-000123" not in found.signature


@pytest.mark.parametrize("style", REPLIES)
def test_own_words_of_several_paragraphs_stay_whole(style: str) -> None:
    assert OWN_2 in cut(REPLIES[style].replace(OWN, OWN_2)).new_text


@pytest.mark.parametrize(
    "heading",
    [
        '10.08.2026, 14:43, "Служба поддержки" <support@help.example>:',
        "пн, 10 авг. 2026 г. в 14:43, Служба поддержки <support@help.example>:",
        "10.08.2026 14:43, Служба поддержки пишет:",
        "-------- Исходное сообщение --------\nОт: support@help.example\nДата: 10.08.2026 14:43\nКому: me@mail.example",
    ],
)
def test_answers_between_the_quotes_stay_in_their_order(heading: str) -> None:
    text = (
        f"Отвечаю по пунктам.\n\n{heading}\n> Уточните сумму.\n1500 рублей\n> Уточните дату\n> и время операции.\n\n"
        "3 августа, около 18:00\n\n> Приложите чек.\nПриложил.\n> Служба поддержки\n"
    )
    assert " ".join(cut(text).new_text.split()) == "Отвечаю по пунктам. 1500 рублей 3 августа, около 18:00 Приложил."


def test_an_empty_answer_above_a_quote_has_no_new_words() -> None:
    assert cut(f"\n\nОтправлено с iPhone\n\n{REPLIES['Yandex'].partition(OWN)[2]}").new_text == ""
