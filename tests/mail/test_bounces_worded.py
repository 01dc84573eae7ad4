"""Bounces without fields: told by sender, subject and sentence, in the words of many servers."""

import pytest

from mailtriage.mail.options import ReadOptions
from mailtriage.mail.parse import parse

OPTIONS = ReadOptions(own_addresses=("help@centre.example",))
NOTICES = [
    # subject, From, null return path, text, failed address, permanent
    (
        "Delivery Status Notification (Failure)",
        "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        True,
        (
            "** Адрес не найден **\n\n"
            "Ваше сообщение не доставлено по адресу client@shop.example, так как он не найден или не "
            "принимает почту.\n\nОтвет удаленного сервера:\n\n550 5.1.1 User unknown\n"
        ),
        "client@shop.example",
        True,
    ),
    (
        "Delivery Notification: Delivery has failed",
        "Internet Mail Delivery <postmaster@relay.example>",
        True,
        (
            "This report relates to a message you sent with the following header fields:\n\n"
            "  Message-id: <ours@centre.example>\n  Date: Mon, 10 Aug 2026 12:00:00 +0300\n"
            "  From: Centre <help@centre.example>\n  To: client@shop.example\n  Subject: x\n\n"
            "Your message cannot be delivered to the following recipients:\n\n"
            "  Recipient address: client@shop.example\n  Reason: Illegal host/domain name found\n"
        ),
        "client@shop.example",
        True,
    ),
    (
        "Undeliverable Mail",
        "Postmaster <postmaster@shop.example>",
        False,
        (
            "Unknown user: client@shop.example\n\nOriginal message follows.\n\nReceived: from x\n"
            "Message-ID: <o@centre.example>\n"
        ),
        "client@shop.example",
        True,
    ),
    (
        "Error sending message [1235.relay.example] from [centre.example]",
        "root@relay.example",
        False,
        (
            "[<01>] XMail bounce: Rcpt=[client@shop.example];Error=[550 5.1.1 no such user]\n\n\n"
            "[<02>] The reason of the delivery failure was:\n\n550 5.1.1 no such user\n"
        ),
        "client@shop.example",
        True,
    ),
    (
        "UNDELIVERABLE MAIL",
        '"Courier mail server at relay.example" <@>',
        False,
        (
            "This is a delivery status notification from relay.example,\n"
            "running the Courier mail server.\n\nUNDELIVERABLE MAIL\n\n"
            "Your message to the following recipients cannot be delivered:\n\n"
            "<client@shop.example>:\n    mx [192.0.2.1]:\n>>> RCPT TO:<client@shop.example>\n"
            "<<< 550 User unknown.\n"
        ),
        "client@shop.example",
        True,
    ),
    (
        "Delivery status notification: error",
        "Mailer Daemon <MAILER-DAEMON@relay.example>",
        True,
        (
            "Hi!\n\nThis is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n"
            "An error has occurred while attempting to deliver a message for\n"
            "the following list of recipients:\n\nclient@shop.example: 550 5.1.1 no mailbox\n\n"
            "Below is a copy of the original message:\n\n"
        ),
        "client@shop.example",
        True,
    ),
    (
        "Delivery Status Notification (Failure)",
        "MAILER-DAEMON@amazonses.com",
        False,
        ("An error occurred while trying to deliver the mail to the following recipients:\nclient@shop.example\n"),
        "client@shop.example",
        True,
    ),
    (
        "Письмо не доставлено",
        "Почтовый робот <robot@provider.example>",
        False,
        "Уведомление: письмо для client@shop.example не доставлено. Причина: ящик отключён.",
        "client@shop.example",
        True,
    ),
    (
        "Недоставка: Ваше обращение",
        "Администратор почты <admin@shop.example>",
        True,
        "Сообщение для client@shop.example не доставлено: пользователь не найден.",
        "client@shop.example",
        True,
    ),
    (
        "Ошибка доставки сообщения",
        "postmaster@relay.example",
        False,
        (
            "Ваше письмо, отправленное 10.08.2026 на адрес client@shop.example, не может быть "
            "доставлено.\nПричина: превышена квота почтового ящика (552)."
        ),
        "client@shop.example",
        True,
    ),
    (
        "Mail delivery failed",
        "MAILER-DAEMON <mailer-daemon@icewarp.example>",
        False,
        "Permanent failure for one or more recipients (client@shop.example:552 size limit)\n",
        "client@shop.example",
        True,
    ),
    (
        "Сбой доставки",
        "postmaster@relay.example",
        True,
        (
            "Доставка следующему получателю не удалась:\n\n     client@shop.example\n\n"
            "Технические подробности:\n550 No such user"
        ),
        "client@shop.example",
        True,
    ),
    (
        "Возвращено: Ваше обращение",
        "Подсистема доставки <delivery@shop.example>",
        False,
        (
            "Почтовая система не смогла доставить сообщение.\nПолучатель: client@shop.example\n"
            "Причина: 554 5.7.1 Relay access denied"
        ),
        "client@shop.example",
        True,
    ),
    (
        "Undeliverable: x",
        "Microsoft Outlook <postmaster@shop.example>",
        False,
        (
            "Delivery has failed to these recipients or groups:\n\n"
            "client@shop.example<mailto:client@shop.example>\n"
            "The email address you entered couldn't be found. Please check the recipient's email "
            "address and try to resend the message.\n\n"
            "Diagnostic information for administrators:\n\nGenerating server: x\n"
        ),
        "client@shop.example",
        True,
    ),
    (
        "Задержка доставки",
        "postmaster@relay.example",
        True,
        (
            "Сообщение для <client@shop.example> пока не доставлено, сервер не отвечает. Попытки "
            "доставки будут продолжены ещё 4 дня."
        ),
        "client@shop.example",
        False,
    ),
    (
        "Delayed Mail (still being retried)",
        "MAILER-DAEMON@relay.example",
        True,
        (
            "This is the mail system at host relay.example.\n\n"
            "####################################################################\n"
            "# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #\n"
            "####################################################################\n\n"
            "Your message could not be delivered for more than 4 hour(s).\n"
            "It will be retried until it is 5 day(s) old.\n\n"
            "<client@shop.example>: connect to shop.example: Connection timed out\n"
        ),
        "client@shop.example",
        False,
    ),
    (
        "failure notice",
        "MAILER-DAEMON@relay.example",
        True,
        (
            "Bonjour, ceci est le programme. \n\n<client@shop.example>:\n"
            "192.0.2.1 does not like recipient.\nRemote host said: 550 unknown\n"
            "Giving up on 192.0.2.1.\n"
        ),
        "client@shop.example",
        True,
    ),
    (
        "Mail System Error - Returned Mail",
        "Mail Administrator <Postmaster@relay.example>",
        True,
        (
            "This Message was undeliverable due to the following reason:\n\n"
            "The user(s) account is disabled.\n\n<client@shop.example>\n\n"
            "Please reply to <Postmaster@relay.example>\n"
            "if you feel this message to be in error.\n"
        ),
        "client@shop.example",
        True,
    ),
    (
        "Returned mail: Ваше обращение",
        "Postmaster@shop.example",
        False,
        (
            "Your message was not delivered to:\n\n  client@shop.example\n\nbecause:\n\n"
            "  Error transferring to SHOP; Maximum hop count exceeded.\n"
        ),
        "client@shop.example",
        True,
    ),
    (
        "Почта не доставлена",
        "mail@shop.example",
        False,
        ("Извините, почта не доставлена.\nАдресат: client@shop.example\nОтвет: 550 Mailbox not found"),
        "client@shop.example",
        True,
    ),
    (
        "Не доставлено: Re: Ваше обращение",
        "Системный администратор <postmaster@zavod.example>",
        False,
        (
            "Сообщение не было доставлено ни одному из получателей.\n\n    Тема: Ваше обращение\n"
            "    Отправлено: 10.08.2026 12:00\n\n"
            "Не удалось доставить сообщение следующим получателям:\n\n"
            "'masha@zavod.example' 10.08.2026 12:01\n        550 5.1.1 пользователь не найден"
        ),
        "masha@zavod.example",
        True,
    ),
    (
        "Undelivered Mail Returned to Sender",
        "MAILER-DAEMON@zavod.example (Mail Delivery System)",
        True,
        (
            "Это почтовая система на узле mail.zavod.example.\n\n"
            "К сожалению, ваше сообщение не удалось доставить одному или нескольким получателям.\n"
            '\n<masha@zavod.example>: unknown user: "masha"\n'
        ),
        "masha@zavod.example",
        True,
    ),
    (
        "Автоматическое уведомление: письмо не доставлено",
        "noreply@hosting.example",
        False,
        ("Письмо на адрес masha@zavod.example не доставлено: почтовый ящик заблокирован за неактивность."),
        "masha@zavod.example",
        True,
    ),
    (
        "Ваше сообщение отклонено",
        "filter@zavod.example",
        True,
        "Ваше сообщение для masha@zavod.example отклонено почтовым фильтром. Код 554.",
        "masha@zavod.example",
        True,
    ),
    (
        "Message blocked",
        "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        True,
        (
            "Your message to masha@zavod.example has been blocked. See technical details below for "
            "more information.\n\nThe response was:\n550 5.7.26 Unauthenticated email"
        ),
        "masha@zavod.example",
        True,
    ),
    (
        "Delivery incomplete",
        "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        True,
        (
            "There was a temporary problem while delivering your message to masha@zavod.example. "
            "Gmail will retry for 46 more hours. You'll be notified if the delivery fails "
            "permanently."
        ),
        "masha@zavod.example",
        False,
    ),
    (
        "Уведомление о состоянии доставки (сбой)",
        "postmaster@zavod.example",
        False,
        (
            "Это автоматически созданное уведомление о состоянии доставки.\n\n"
            "Доставка следующим получателям не удалась.\n\n       masha@zavod.example\n"
        ),
        "masha@zavod.example",
        True,
    ),
    (
        "Уведомление о состоянии доставки (задержка)",
        "postmaster@zavod.example",
        False,
        (
            "Это автоматически созданное уведомление о состоянии доставки.\n\n"
            "ЭТО ТОЛЬКО ПРЕДУПРЕЖДЕНИЕ.\n\nПОВТОРНО ОТПРАВЛЯТЬ СООБЩЕНИЕ НЕ ТРЕБУЕТСЯ.\n\n"
            "Доставка следующим получателям отложена.\n\n       masha@zavod.example\n"
        ),
        "masha@zavod.example",
        False,
    ),
    (
        "Returned mail: response error",
        "Mail Delivery Subsystem <MAILER-DAEMON@x.example>",
        True,
        (
            "   **********************************************\n"
            "   **      THIS IS A WARNING MESSAGE ONLY      **\n"
            "   **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **\n"
            "   **********************************************\n\n"
            "   ----- Transcript of session follows -----\n"
            "<masha@zavod.example>... Deferred: Connection timed out\n"
            "Warning: message still undelivered after 4 hours\n"
            "Will keep trying until message is 5 days old\n"
        ),
        "masha@zavod.example",
        False,
    ),
    (
        "Mailbox over quota",
        "postmaster@zavod.example",
        True,
        "User masha@zavod.example is over quota; your mail was not delivered. Try again later.",
        "masha@zavod.example",
        True,
    ),
    (
        "Ошибка при отправке письма",
        "Почтовая служба Завода <mail@zavod.example>",
        True,
        (
            "Здравствуйте!\n\n"
            "Ваше письмо не доставлено получателю masha@zavod.example, потому что такого адреса не "
            "существует.\n\nС уважением,\nпочтовая служба Завода"
        ),
        "masha@zavod.example",
        True,
    ),
    (
        "Nondeliverable mail",
        "Mail Administrator <mailadm@x.example>",
        False,
        ("------Transcript of session follows -------\nmasha@zavod.example\nThe user's email name is not found.\n"),
        "masha@zavod.example",
        True,
    ),
    (
        "Недоставленное сообщение",
        "mailer@stroi.example",
        True,
        (
            "Здравствуйте.\n\n"
            "Сообщение, отправленное вами по адресу vera@stroi.example, доставить не удалось.\n"
            "Ответ сервера: 550 5.1.1 <vera@stroi.example>: Recipient address rejected: User unknown\n"
            "\n-- \nПочтовый сервер stroi.example"
        ),
        "vera@stroi.example",
        True,
    ),
    (
        "Mail delivery failed: returning message to sender",
        "Mail Delivery System <Mailer-Daemon@host.example>",
        True,
        (
            "vera@stroi.example: all hosts for 'stroi.example' have been failing for a long time "
            "(and retry time not reached)"
        ),
        "vera@stroi.example",
        True,
    ),
    (
        "[!!] Undeliverable message",
        "mail-gateway@stroi.example",
        False,
        ("Message could not be delivered.\nRecipient: vera@stroi.example\nReason: Mailbox full"),
        "vera@stroi.example",
        True,
    ),
    (
        "Ящик не существует",
        "robot@stroi.example",
        True,
        "Письмо к vera@stroi.example не может быть доставлено. Такого ящика не существует.",
        "vera@stroi.example",
        True,
    ),
    (
        "Rejected: Ваше обращение",
        "postmaster@stroi.example",
        True,
        ("The message you sent to vera@stroi.example was rejected because it exceeds the maximum size."),
        "vera@stroi.example",
        True,
    ),
    (
        "Your message couldn't be delivered",
        "Microsoft Outlook <postmaster@outlook.example>",
        False,
        ("Your message to vera@stroi.example couldn't be delivered.\n\nvera wasn't found at stroi.example.\n"),
        "vera@stroi.example",
        True,
    ),
    (
        "Доставка невозможна",
        "Mailer-Daemon@relay.example",
        True,
        ("Узел stroi.example не отвечает более 5 суток, сообщение для vera@stroi.example снято с очереди."),
        "vera@stroi.example",
        True,
    ),
    (
        "Отправка отложена",
        "Mailer-Daemon@relay.example",
        True,
        (
            "Сообщение для vera@stroi.example ещё не доставлено (421 попробуйте позже). Сервер "
            "повторит попытку через 30 минут."
        ),
        "vera@stroi.example",
        False,
    ),
    (
        "Не удалось доставить сообщение",
        "no-reply@mailserver.example",
        True,
        ("Ваше сообщение «Ваше обращение» не удалось доставить на адрес rita@depo.example.\nПричина: домен не найден."),
        "rita@depo.example",
        True,
    ),
    (
        "failure notice",
        "MAILER-DAEMON@depo.example",
        True,
        (
            "Hi. This is the qmail-send program at depo.example.\n"
            "I tried to deliver a message, but had no luck.\n\n<rita@depo.example>:\n"
            "User and password not set, continuing without authentication.\n"
            "<rita@depo.example> 192.0.2.1 failed after I sent the message.\n"
            "Remote host said: 554 5.7.1 spam\n\n"
            "--- Enclosed are the original headers of the message.\n"
        ),
        "rita@depo.example",
        True,
    ),
    (
        "Undeliverable: Ваше обращение",
        "postmaster@depo.example",
        False,
        (
            "rita@depo.example\n"
            "Your message wasn't delivered because the recipient's mailbox is full.\n\n"
            "The following organization rejected your message: depo.example."
        ),
        "rita@depo.example",
        True,
    ),
    (
        "Delivery Status Notification",
        "MAILER-DAEMON@depo.example",
        False,
        (
            "The following message could not be delivered.\n\nTo: rita@depo.example\nSubject: x\n"
            "\nReason: Recipient rejected"
        ),
        "rita@depo.example",
        True,
    ),
    (
        "Письмо не отправлено",
        "Почтовая система <mail@depo.example>",
        False,
        "Письмо для rita@depo.example не отправлено: превышен размер ящика получателя.",
        "rita@depo.example",
        True,
    ),
    (
        "Mail could not be sent",
        "system@depo.example",
        True,
        "Could not deliver the mail to rita@depo.example. Error: 550 mailbox unavailable",
        "rita@depo.example",
        True,
    ),
    (
        "Отказ в доставке",
        "postmaster@relay.example",
        True,
        "Сервер depo.example отказал в приёме письма для rita@depo.example. 550 Access denied",
        "rita@depo.example",
        True,
    ),
    (
        "Предупреждение: письмо ещё не доставлено",
        "Mailer-Daemon@relay.example",
        True,
        ("Ваше письмо для rita@depo.example находится в очереди 4 часа. Попытки доставки продолжаются."),
        "rita@depo.example",
        False,
    ),
]


@pytest.mark.parametrize("row", NOTICES, ids=lambda row: row[0])
def test_a_worded_bounce_is_known(row: tuple[str, str, bool, str, str, bool]) -> None:
    subject, sender, null, text, failed, permanent = row
    lines = [
        f"From: {sender}",
        "To: help@centre.example",
        f"Subject: {subject}",
        *(["Return-Path: <>"] if null else []),
    ]
    found = parse(("\n".join(lines) + "\n\n" + text).encode(), OPTIONS).automatic
    assert (found.kind, found.failed_recipients, found.permanent) == ("bounce", (failed,), permanent)
