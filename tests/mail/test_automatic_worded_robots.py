"""Robots without any header that says so: their words must do."""

import pytest

from mailtriage.mail.message import Automatic
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.parse import parse

OPTIONS = ReadOptions(own_addresses=("help@centre.example",))


def read(subject: str, text: str, head: str, sender: str) -> Automatic:
    lines = [f"From: {sender}", "To: help@centre.example", f"Subject: {subject}", *filter(None, [head])]
    return parse(("\n".join(lines) + "\n\n" + text).encode(), OPTIONS).automatic


ROBOTS = [
    # subject, text, header, From, kind
    (
        "Re: Ваше обращение",
        ("Здравствуйте! Меня нет на рабочем месте до 15.08. С вопросами обращайтесь к Ивановой О.П., тел. 123-45."),
        "",
        "Анна <anna@shop.example>",
        "auto_reply",
    ),
    (
        "RE: Ответ по обращению",
        ("Добрый день!\nЯ в отпуске с 01.08.2026 по 14.08.2026.\nВ моё отсутствие пишите Олегу: oleg@shop.example"),
        "",
        "Анна <anna@shop.example>",
        "auto_reply",
    ),
    (
        "Ответ: Ваше обращение",
        ("Коллеги, добрый день. До 20 августа в отпуске без доступа к почте. Отвечу по возвращении."),
        "",
        "Анна <anna@shop.example>",
        "auto_reply",
    ),
    ("Нет на месте: Ваше обращение", "Отвечу завтра", "", "Анна <anna@shop.example>", "auto_reply"),
    (
        "Отсутствую",
        "Отсутствую на рабочем месте по 10 августа включительно.",
        "",
        "Анна <anna@shop.example>",
        "auto_reply",
    ),
    (
        "Re: запрос чека",
        (
            "Спасибо, ваше письмо получено. Мы ответим вам в течение двух рабочих дней. Это письмо "
            "сформировано автоматически."
        ),
        "",
        "Магазин <info@shop.example>",
        "auto_reply",
    ),
    (
        "Ваше письмо получено",
        "Спасибо за обращение в нашу компанию! Менеджер свяжется с вами в ближайшее время.",
        "",
        "Магазин <info@shop.example>",
        "auto_reply",
    ),
    (
        "Спасибо за обращение",
        "Здравствуйте! Ваше обращение принято. Номер обращения 44512. Срок ответа 3 дня.",
        "",
        "support@bank.example",
        "auto_reply",
    ),
    (
        "Out of Office: request",
        "I'm currently on vacation and will be back on May 3.",
        "",
        "Анна <anna@shop.example>",
        "auto_reply",
    ),
    (
        "Re: request",
        ("I'm away from the office until 12 May with no access to email. For anything urgent please contact Bob."),
        "",
        "Анна <anna@shop.example>",
        "auto_reply",
    ),
    ("Abwesenheitsnotiz: request", "Ich bin bis 12. Mai nicht im Büro.", "", "Анна <anna@shop.example>", "auto_reply"),
    ("Réponse automatique : request", "Je suis absent jusqu'au 12 mai.", "", "Анна <anna@shop.example>", "auto_reply"),
    (
        "Автоматический ответ: Ваше обращение",
        (
            "Благодарим за письмо! По вопросам оплаты: pay@shop.example, по вопросам возврата денег: "
            "back@shop.example. Есть вопросы? Звоните."
        ),
        "",
        "Анна <anna@shop.example>",
        "auto_reply",
    ),
    (
        "Re: Ваше обращение",
        "На больничном. По вопросам склада - Петров, 8 900 000-00-00",
        "",
        "Анна <anna@shop.example>",
        "auto_reply",
    ),
    (
        "Re: Ваше обращение",
        "Почта отключена, пишите на new@shop.example. Это автоответ.",
        "",
        "Анна <anna@shop.example>",
        "auto_reply",
    ),
    (
        "[JIRA] (ABC-12) request",
        "Ваш запрос создан. Не отвечайте на это письмо.",
        "",
        "jira@shop.example",
        "auto_reply",
    ),
    (
        "Принято: планёрка",
        "Иван принял приглашение",
        "MIME-Version: 1.0\nContent-Type: text/calendar; method=REPLY",
        "Анна <anna@shop.example>",
        "auto_reply",
    ),
    (
        "Открыто: Ваше обращение",
        "Ваше сообщение было открыто 10.08.2026 в 14:00. Это не гарантирует, что оно прочитано.",
        "",
        "Анна <anna@shop.example>",
        "receipt",
    ),
    (
        "Не прочитано: Ответ",
        "Ваше сообщение для Анны было удалено без прочтения 10.08.2026",
        "",
        "Анна <anna@shop.example>",
        "receipt",
    ),
    (
        "Delivered: request",
        "Your message has been delivered to the following recipients:\n\nanna@shop.example",
        "",
        "postmaster@shop.example",
        "receipt",
    ),
    (
        "Ретрансляция: ответ",
        (
            "Доставка этим получателям или группам завершена, но уведомление о доставке не было "
            "отправлено конечным сервером:\n\nanna@shop.example"
        ),
        "Return-Path: <>",
        "Microsoft Outlook <postmaster@shop.example>",
        "receipt",
    ),
    (
        "Relayed: request",
        (
            "Delivery to these recipients or groups is complete, but no delivery notification was "
            "sent by the destination server:\n\nanna@shop.example"
        ),
        "Return-Path: <>",
        "postmaster@shop.example",
        "receipt",
    ),
    (
        "Сообщение ожидает проверки",
        "Ваше сообщение в список news ожидает одобрения модератора.",
        "List-Id: <news.shop.example>",
        "news-bounces@shop.example",
        "list",
    ),
    (
        "Boxbe request",
        (
            "Hello, this message serves to notify you that your email was not delivered to my Inbox "
            "because you are not on my Guest List. Please click here to be added: verify. Your "
            "message is waiting."
        ),
        "",
        "Анна <anna@shop.example>",
        "auto_reply",
    ),
    (
        "Re: Ваше обращение",
        "С 1 по 15 августа я в отпуске, почту не читаю.",
        "",
        "Ольга Сидорова <o.sidorova@zavod.example>",
        "auto_reply",
    ),
    (
        "Re: Ваше обращение",
        ("Уважаемый отправитель! Ваше письмо получено. Ольга Сидорова будет на рабочем месте с 20.08.2026."),
        "",
        "Ольга Сидорова <o.sidorova@zavod.example>",
        "auto_reply",
    ),
    ("Нет в офисе: Ваше обращение", "", "", "Ольга Сидорова <o.sidorova@zavod.example>", "auto_reply"),
    (
        "Автоответчик",
        "Привет! Я в горах, интернета нет. Вернусь - прочту :)",
        "",
        "Мария К. <mk1987@mail.example>",
        "auto_reply",
    ),
    (
        "Re: Ваше обращение",
        (
            "Добрый день!\nНахожусь в отпуске, вернусь 25.08.2026.\n"
            "По вопросам отгрузок - Иванов И., 8(900)000-00-00\nПо вопросам оплаты - Петрова А.\n"
            "\n--\nС уважением, Ольга"
        ),
        "",
        "Ольга Сидорова <o.sidorova@zavod.example>",
        "auto_reply",
    ),
    (
        "Re: Ваше обращение",
        ("Прошу прощения, я сейчас не на рабочем месте. Отвечу вам позднее. Это сообщение отправлено автоматически."),
        "",
        "Ольга Сидорова <o.sidorova@zavod.example>",
        "auto_reply",
    ),
    (
        "Ваша заявка № 1234 принята",
        "Здравствуйте! Ваша заявка принята в работу. Ожидайте ответа оператора.",
        "",
        "Техподдержка <support@telecom.example>",
        "auto_reply",
    ),
    (
        "Thank you for contacting us",
        "Thank you for contacting Example. Our team will get back to you within 24 hours.",
        "",
        "help@telecom.example",
        "auto_reply",
    ),
    (
        "[SD-4412] Ваш запрос зарегистрирован",
        "Запрос SD-4412 зарегистрирован. Ответственный: Петров.",
        "",
        "Service Desk <sd@bank.example>",
        "auto_reply",
    ),
    (
        "Оцените качество обслуживания",
        "Ваш запрос SD-4412 решён. Пожалуйста, не отвечайте на это письмо.",
        "",
        "noreply@bank.example",
        "auto_reply",
    ),
    (
        "Out of office",
        (
            "I will be out of the office starting 10.08.2026 and will not return until 20.08.2026. I "
            "will respond to your message when I return."
        ),
        "",
        "Ольга Сидорова <o.sidorova@zavod.example>",
        "auto_reply",
    ),
    (
        "Re: your letter",
        ("Dear Sir or Madam, I am on maternity leave. Please contact Petrov (petrov@zavod.example)."),
        "",
        "Ольга Сидорова <o.sidorova@zavod.example>",
        "auto_reply",
    ),
    (
        "Скидки до 70% на всё",
        "Распродажа! Только до воскресенья. Чтобы отписаться от рассылки, перейдите по ссылке",
        "",
        "promo@magazin.example",
        "list",
    ),
    (
        "Дайджест недели",
        ("Вы получаете это письмо, так как зарегистрированы на сайте. Отказаться от получения писем: http://x.example"),
        "",
        "Редакция <red@gazeta.example>",
        "list",
    ),
    (
        "Прочтено: Ответ на обращение",
        "Ваше сообщение прочтено 12 августа 2026 г. 10:00:00 (UTC+03:00)",
        "",
        "Ольга Сидорова <o.sidorova@zavod.example>",
        "receipt",
    ),
    (
        "Уведомление о прочтении",
        ("Это уведомление о прочтении письма, отправленного вами 10.08.2026. Оно означает, что письмо было открыто."),
        "",
        "Ольга Сидорова <o.sidorova@zavod.example>",
        "receipt",
    ),
    (
        "Return Receipt (displayed) - Ответ",
        (
            "This is a Return Receipt for the mail that you sent to masha@zavod.example. Note: This "
            "Return Receipt only acknowledges that the message was displayed."
        ),
        "",
        "Ольга Сидорова <o.sidorova@zavod.example>",
        "receipt",
    ),
    ("Re: Ваше обращение", "Я в отпуске до понедельника.", "", "Игорь Ветров <i.vetrov@stroi.example>", "auto_reply"),
    (
        "Re: Ваше обращение",
        "Меня сейчас нет. По срочным вопросам +7 900 000-00-00.",
        "",
        "Игорь Ветров <i.vetrov@stroi.example>",
        "auto_reply",
    ),
    (
        "Re: Ваше обращение",
        "Ваше сообщение получено, мы свяжемся с вами. Компания «Строй»",
        "",
        "info@stroi.example",
        "auto_reply",
    ),
    (
        "Re: Ваше обращение",
        (
            "Здравствуйте! Спасибо за Ваше письмо. С 10.08 по 24.08 буду в отпуске. На это время "
            "меня заменяет Вера (vera@stroi.example)."
        ),
        "",
        "Игорь Ветров <i.vetrov@stroi.example>",
        "auto_reply",
    ),
    (
        "Re: Ваше обращение",
        "Dear sender, I'm out of office till Monday. Best, Igor",
        "",
        "Игорь Ветров <i.vetrov@stroi.example>",
        "auto_reply",
    ),
    (
        "Я больше не работаю в компании",
        "Я больше не работаю в компании Строй. Пишите: office@stroi.example",
        "",
        "Игорь Ветров <i.vetrov@stroi.example>",
        "auto_reply",
    ),
    (
        "Re: Ваше обращение",
        "Этот адрес не обслуживается. Пожалуйста, воспользуйтесь формой на сайте.",
        "",
        "bounce@stroi.example",
        "auto_reply",
    ),
    (
        "Получено новое обращение",
        "Обращению присвоен номер 20394. Ожидаемый срок ответа - 2 дня.",
        "",
        "otrs@stroi.example",
        "auto_reply",
    ),
    (
        "Re: Ваше обращение",
        ("Добрый день! В настоящее время я нахожусь в отпуске. Ваше письмо будет рассмотрено после 20 августа."),
        "",
        "Лев Громов <gromov@depo.example>",
        "auto_reply",
    ),
    ("Автоответ", "Здравствуйте, ваше письмо очень важно для нас.", "", "info@depo.example", "auto_reply"),
    (
        "Re: Ваше обращение",
        "Уехал в командировку до 12.09, на письма отвечаю с задержкой.",
        "",
        "Лев Громов <gromov@depo.example>",
        "auto_reply",
    ),
    ("ОТСУТСТВУЮ до 20.08 Re: Ваше обращение", "Замещает Петров", "", "Лев Громов <gromov@depo.example>", "auto_reply"),
    (
        "Re: Ваше обращение",
        ("Thanks for your message! I'm travelling until 3 May and will have limited access to email."),
        "",
        "Лев Громов <gromov@depo.example>",
        "auto_reply",
    ),
    (
        "Заявка #991 создана",
        "Уважаемый клиент, заявка #991 создана. Статус: новая.",
        "",
        "hd@depo.example",
        "auto_reply",
    ),
    (
        "Ваш запрос получен (№ 55)",
        "Мы получили ваш запрос и уже работаем над ним.",
        "",
        "Служба поддержки <care@depo.example>",
        "auto_reply",
    ),
    (
        "Новинки августа",
        ("Смотрите новинки! Вы подписаны на новости магазина. Отписаться можно здесь: http://x.example"),
        "",
        "shop@depo.example",
        "list",
    ),
    ("Read: Ваше обращение", "Ваше сообщение прочитано", "", "Лев Громов <gromov@depo.example>", "receipt"),
    (
        "Доставлено: Ваше обращение",
        "Ваше сообщение доставлено следующим получателям:\n\nrita@depo.example",
        "Return-Path: <>",
        "postmaster@depo.example",
        "receipt",
    ),
    (
        "Verify your email to reach me",
        ("Hi, I use a spam filter. Your email is waiting for approval. Click here to verify you are a real person."),
        "",
        "Лев Громов <gromov@depo.example>",
        "auto_reply",
    ),
    (
        "Автоответ",
        "Вам ответил робот. Вы получили это, потому что писали.",
        "",
        "info@depo.example",
        "auto_reply",
    ),
    (
        "Автоответ",
        "Это автоответ. Ваше письмо получено.",
        "",
        "Лев Громов <gromov@depo.example>",
        "auto_reply",
    ),
    ("Auto-reply", "This is an automatic reply to your message.", "", "Leo Gromov <gromov@depo.example>", "auto_reply"),
    (
        "Delivery Status Notification (Success)",
        "A delivery status notification.\nYour message was delivered to the following recipients:\nrita@depo.example",
        "Auto-Submitted: auto-replied",
        "postmaster@depo.example",
        "receipt",
    ),
    (
        "Delivery Status Notification",
        "Your message has been delivered to rita@depo.example, but could not be delivered to:\n\n  anna@depo.example",
        "Auto-Submitted: auto-replied",
        "postmaster@depo.example",
        "bounce",
    ),
    (
        "Delivery Status Notification (Failure)",
        "This is a delivery status notification.\nDelivery to the following recipients failed: rita@depo.example",
        "Auto-Submitted: auto-replied",
        "postmaster@depo.example",
        "bounce",
    ),
]


@pytest.mark.parametrize("row", ROBOTS, ids=lambda row: row[0])
def test_a_robot_is_known_by_its_words(row: tuple[str, str, str, str, str]) -> None:
    assert read(*row[:4]).kind == row[4]
