"""People who write about bounces, holidays, robots and lists, or whose letters bear a robot's mark: people still."""

import pytest

from mailtriage.mail.message import Automatic
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.parse import parse

OPTIONS = ReadOptions(own_addresses=("help@centre.example",))
BOUNCE = (
    "From: MAILER-DAEMON@centre.example\nTo: ivan@mail.example\nSubject: Undelivered Mail Returned to Sender\n"
    "Content-Type: text/plain; charset=utf-8\n\n"
    "I'm sorry to have to inform you that your message could not be delivered.\n\n"
    "<helpp@centre.example>: host mx.centre.example said: 550 5.1.1 User unknown\n"
)
MIXED = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b"


def read(subject: str, body: str, head: str = "", sender: str = "Иван Петров <ivan@mail.example>") -> Automatic:
    lines = [f"From: {sender}", "To: help@centre.example", f"Subject: {subject}", *filter(None, [head])]
    return parse(("\n".join(lines) + "\n\n" + body).encode(), OPTIONS).automatic


def attached(words: str, media_type: str = "message/rfc822", content: str = BOUNCE) -> str:
    text = f"--b\nContent-Type: text/plain; charset=utf-8\n\n{words}\n"
    return f"{text}--b\nContent-Type: {media_type}\n\n{content}\n--b--\n"


PEOPLE = {
    "letters come back": (
        "Письмо не доставлено",
        (
            "Здравствуйте! Моё прошлое письмо вам вернулось с ошибкой 550, адресат не найден. Пишу ещё раз: где мои "
            "деньги?"
        ),
        "",
    ),
    "letters come back, in short": ("Письмо не доставлено", "Ваше письмо не доставлено, пришлите ответ ещё раз.", ""),
    "letters come back, without a request": (
        "Недоставленное письмо",
        "Ваше письмо от 5 августа мне не доставлено. Почта ivan@mail.example, Петров.",
        "",
    ),
    "a full mailbox": (
        "Ящик переполнен",
        "Добрый день. У меня был переполнен ящик, и ваш ответ не дошёл. Теперь место есть.",
        "",
    ),
    "a bounce is quoted": (
        "не могу вам написать",
        (
            "Пишу вам третий раз, вот что приходит:\n\n"
            "> This message was created automatically by mail delivery software.\n"
            "> A message that you sent could not be delivered to one or more of its recipients.\n"
            ">   help@centre.example\n>     550 no such user\n"
        ),
        "",
    ),
    "a bounce is pasted": (
        "Undelivered Mail Returned to Sender",
        (
            "Добрый день, почему я получаю такое?\n\nI'm sorry to have to inform you that your message could not be "
            "delivered to one or more recipients.\n\n<helpp@centre.example>: user unknown\n"
        ),
        "",
    ),
    "a bounce is forwarded": (
        "Fwd: Undelivered Mail Returned to Sender",
        attached("Посмотрите, пожалуйста, не доходит."),
        MIXED,
    ),
    "a bounce is forwarded without a word": (
        "Fwd: Undelivered Mail Returned to Sender",
        (
            "-------- Пересылаемое сообщение --------\nОт: MAILER-DAEMON@centre.example\nКому: ivan@mail.example\n"
            "Тема: Undelivered Mail\n\nYour message could not be delivered.\n\n<x@y.example>: unknown\n"
        ),
        "",
    ),
    "a report is attached": (
        "отчёт сервера",
        attached(
            "Прикладываю отчёт о недоставке, который я получил.",
            "message/delivery-status",
            "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; help@centre.example\nAction: failed\nStatus: 5.1.1",
        ),
        MIXED,
    ),
    "a delay": (
        "Задержка доставки чека",
        "Чек до сих пор не доставлен на почту, попытки не помогают. Пришлите ещё раз.",
        "",
    ),
    "an English question": (
        "my message was not delivered",
        "Hello, my previous message to you could not be delivered (user unknown). Please help with my account.",
        "",
    ),
    "a wallet cannot be delivered to": (
        "не удалось отправить перевод",
        "Перевод не удалось доставить получателю, деньги списаны. Верните 500 рублей.",
        "",
    ),
    "has been on holiday": (
        "Re: ваш вопрос",
        "Я была в отпуске до 10 августа и не видела письмо. Отвечаю: чек прикладываю, карта та же.",
        "In-Reply-To: <a@centre.example>",
    ),
    "is on holiday abroad": (
        "код не приходит",
        "Сейчас в отпуске за границей, смс с кодом не приходит. Как мне войти в кошелёк?",
        "",
    ),
    "will be away": (
        "Документы",
        "Добрый день. Буду отсутствовать до пятницы, поэтому документы пришлю после. Дело о возврате 300 руб.",
        "",
    ),
    "in hospital": (
        "прошу отсрочку",
        "Нахожусь на больничном, паспорт предъявить не могу. Прошу не закрывать кошелёк.",
        "",
    ),
    "out of office in a story": (
        "out of office reply from your support",
        "Hi, I got an out of office reply from your colleague. Who else can help me? My money is still missing.",
        "",
    ),
    "complains of auto-replies": (
        "ваши автоответы",
        "Мне приходит только автоответ: ваше обращение зарегистрировано. Когда ответит человек?",
        "",
    ),
    "about an auto-reply": (
        "Автоответ вместо помощи",
        "Вместо ответа прислали автоматическое сообщение. Верните деньги!",
        "",
    ),
    "asks to be taken off a list": (
        "Рассылка",
        "Отпишите меня от рассылки, я не могу отписаться сам. Иван Петров, телефон +7 900 000-00-00.",
        "",
    ),
    "forwards a newsletter": (
        "Fwd: Бонус 500 рублей",
        (
            "Это от вас?\n\n-------- Пересылаемое сообщение --------\nОт: news@shop.example\n\nБонус!\n"
            "Вы получили это письмо, потому что подписались на новости. Отписаться: https://shop.example/u\n"
        ),
        "",
    ),
    "precedence alone": ("вопрос", "Здравствуйте, как сменить номер телефона?", "Precedence: bulk"),
    "precedence junk alone": ("вопрос", "Здравствуйте, как сменить номер телефона?", "Precedence: junk"),
    "an answer of a list": (
        "Re: вопрос",
        "Здравствуйте, как сменить номер телефона?",
        "Precedence: bulk\nIn-Reply-To: <a@centre.example>",
    ),
    "precedence list alone": ("вопрос", "Здравствуйте, как сменить номер телефона?", "Precedence: list"),
    "not automatic": ("вопрос", "Как сменить номер?", "Auto-Submitted: no\nX-Autoreply: no"),
    "passed on by a mirror": ("вопрос", "Как сменить номер телефона?", "X-Autogenerated: Mirror"),
    "passed on by a rule": (
        "вопрос",
        "Как сменить номер телефона?",
        "X-MS-Exchange-Inbox-Rules-Loop: ivan@mail.example",
    ),
    "asks for a receipt": ("вопрос", "Прошу ответить.", "Disposition-Notification-To: ivan@mail.example"),
    "answers a ticket": (
        "Re: [Обращение №26-000123] вопрос",
        "Ваше обращение № 26-000123 зарегистрировано неделю назад, а ответа нет. Почему?",
        "In-Reply-To: <a@centre.example>",
    ),
    "read it": ("Прочитано: и что дальше", "Ваш ответ прочитал. Деньги где? Когда вернёте?", ""),
    "asks what was opened": ("Открыто дело?", "Сообщите, открыто ли дело по моему заявлению. Петров И. И.", ""),
    "a meeting": ("Встреча в офисе", "Встреча состоится завтра? Я подойду с паспортом, подскажите адрес.", ""),
    "confirms he is no robot": (
        "подтверждение",
        "Сайт требует подтвердить, что я не робот, и не пускает дальше. Подтвердите мою почту вручную.",
        "",
    ),
    "a moderator holds his message": (
        "мой отзыв",
        "Мой отзыв задержан, ожидает подтверждения неделю. Опубликуйте его, пожалуйста.",
        "",
    ),
    "thanks": (
        "Re: ответ",
        "Спасибо за ваше письмо, всё получилось. Вернусь к вам, если что.",
        "In-Reply-To: <a@c.example>",
    ),
    "a delivery note": ("заказ доставлен", "Заказ доставлено в пункт, но оплата через вас не прошла. Что делать?", ""),
    "works no longer": (
        "смена почты",
        "Я больше не работаю в той фирме, почта отключена. Смените адрес в кошельке.",
        "",
    ),
}


@pytest.mark.parametrize("name", PEOPLE)
def test_a_person_is_a_person(name: str) -> None:
    subject, body, head = PEOPLE[name]
    found = read(subject, body, head)
    assert found.kind is None, found.because


@pytest.mark.parametrize(
    ("sender", "subject", "body"),
    [
        (
            "Сергей, администратор <postmaster@firma.example>",
            "не доходят письма",
            "Здравствуйте. Я администратор почты фирмы. Ваши письма нам не доставляются, ошибка 550. Проверьте SPF?",
        ),
        ("Мастерская <smtp@firma.example>", "оплата", "Добрый день, не прошла оплата 500 рублей, верните."),
        ("Анна Роботова <robotova@mail.example>", "вопрос", "Как пополнить кошелёк?"),
        ("Анна Ньюс <newsome@mail.example>", "вопрос", "Как пополнить кошелёк?"),
        ("mr.robot@mail.example", "вопрос", "Как пополнить кошелёк? Иван Петров"),
        ("robot@yandex.ru", "вопрос", "Как пополнить кошелёк? Иван Петров"),
        ("Фонд <info@fond.example>", "вопрос", "Как пополнить кошелёк? Прошу ответить."),
    ],
)
def test_an_odd_address_alone_makes_no_robot(sender: str, subject: str, body: str) -> None:
    found = read(subject, body, sender=sender)
    assert found.kind is None, found.because
