"""Bounces of many mail systems in Russian and English: known as such, with the address that failed.

The messages are written after the shapes that the systems give their notices; `returned` is the mail of ours that came
back.
"""

import pytest

from mailtriage.mail.message import Automatic
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.parse import parse

OPTIONS = ReadOptions(own_addresses=("help@centre.example",))
RETURNED = (
    "Received: from mx.centre.example by relay.example; Mon, 10 Aug 2026 12:00:00 +0300\n"
    "From: Centre <help@centre.example>\nTo: client@shop.example\nSubject: Ваше обращение\n"
    "Message-ID: <ours-1@centre.example>\n\nЗдравствуйте, ваше обращение принято.\n"
)


def read(head: str, body: str) -> Automatic:
    return parse(f"{head.strip()}\nTo: help@centre.example\n\n{body}".encode(), OPTIONS).automatic


def mixed(note: str, returned: str = RETURNED) -> str:
    text = f"--b\nContent-Type: text/plain; charset=utf-8\n\n{note}\n"
    return f"{text}--b\nContent-Type: message/rfc822\n\n{returned}\n--b--\n"


MIXED = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b"

QMAIL = (
    """Hi. This is the qmail-send program at mx.relay.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<client@shop.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <help@centre.example>
"""
    + RETURNED
)
EXIM = (
    """This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  client@shop.example
    SMTP error from remote mail server after RCPT TO:<client@shop.example>:
    host mx.shop.example [192.0.2.1]: 550 5.1.1 no such user

------ This is a copy of the message, including all the headers. ------

Return-path: <help@centre.example>
"""
    + RETURNED
)
EXIM_DELAY = """This message was created automatically by mail delivery software.
A message that you sent has not yet been delivered to one or more of its
recipients after more than 24 hours on the queue on mx.relay.example.

The address to which the message has not yet been delivered is:

  client@shop.example

No action is required on your part. Delivery attempts will continue for
some time, and this warning may be repeated at intervals.
"""
POSTFIX = """This is the mail system at host mx.relay.example.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

For further assistance, please send mail to postmaster.

<client@shop.example>: host mx.shop.example[192.0.2.1] said: 550 5.7.1 Rejected
    (in reply to RCPT TO command)
"""
SENDMAIL = (
    """The original message was received at Mon, 10 Aug 2026 12:00:00 +0300
from mx.centre.example [192.0.2.9]

   ----- The following addresses had permanent fatal errors -----
<client@shop.example>
    (reason: 550 User unknown)

   ----- Transcript of session follows -----
... while talking to mx.shop.example.:
>>> RCPT To:<client@shop.example>
<<< 550 User unknown

   ----- Original message follows -----

"""
    + RETURNED
)
EXCHANGE_55 = """Your message

  To:      client@shop.example
  Subject: Ваше обращение
  Sent:    Mon, 10 Aug 2026 12:00:00 +0300

did not reach the following recipient(s):

client@shop.example on Mon, 10 Aug 2026 12:00:05 +0300
    The recipient name is not recognized
	MSEXCH:IMS:Shop:MAIN:MX1 0 (000C05A6) Unknown Recipient
"""
EXCHANGE_RU = """Не удалось выполнить доставку следующим получателям или группам:

Иван Клиентов (client@shop.example)
Введённый адрес электронной почты не найден. Проверьте адрес получателя и попробуйте отправить сообщение ещё раз.

Диагностические сведения для администраторов:

Создающий сервер: ex01.shop.example

client@shop.example
Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found'
"""
YANDEX = """Это сообщение создано автоматически почтовым сервером Яндекса, отвечать на него не нужно.

К сожалению, мы не смогли доставить ваше письмо.

Причина: Пользователь с таким адресом не зарегистрирован.

<client@shop.example>: host mx.shop.example said: 550 5.1.1 No such user
"""
MAIL_RU = (
    """Это письмо создано автоматически сервером Mail.Ru, отвечать на него не нужно.

К сожалению, Ваше письмо не может быть доставлено одному или нескольким получателям:

  client@shop.example
  SMTP error from remote mail server after RCPT TO: 552 5.2.2 ящик переполнен

------ Копия вашего письма, включая все заголовки ------

"""
    + RETURNED
)
YAHOO = (
    """Sorry, we were unable to deliver your message to the following address.

<client@shop.example>:
Remote host said: 554 delivery error: dd This user doesn't have a shop.example account

--- Below this line is a copy of the message.

"""
    + RETURNED
)
LOTUS = """Ваше сообщение

  Тема: Ваше обращение

не было доставлено:

  client@shop.example

по следующей причине:

  Пользователь client (client@shop.example) не указан в справочнике Domino
"""
GROUPWISE = """The message that you sent was undeliverable to the following:
\tclient@shop.example (user not found)

Possibly truncated original message follows:
"""
MDAEMON = """Приложенное сообщение не удалось доставить.

ВАШЕ СООБЩЕНИЕ НЕ БЫЛО ДОСТАВЛЕНО!

Следующие адресаты НЕ ПОЛУЧИЛИ копию вашего сообщения:

> client@shop.example

--- Session Transcript ---
 RCPT To:<client@shop.example>
 550 <client@shop.example> unknown
--- End Transcript ---
"""
COMMUNIGATE = """Message delivery to 'client@shop.example' failed
SMTP module(domain shop.example) reports:
 host mx.shop.example says:
 550 mailbox unavailable
"""
NOVELL_DELAY = """Your message to client@shop.example has been delayed.
The server will keep trying to deliver it for another 3 days.
"""
HMAIL = """Your message did not reach some or all of the intended recipients.

   Sent: Mon, 10 Aug 2026 12:00:00 +0300
   Subject: Ваше обращение

The following recipient(s) could not be reached:

client@shop.example
   Error Type: SMTP
   Remote server (192.0.2.1) issued an error.
   The remote server replied: 550 Unknown recipient

hMailServer
"""
KERIO = """Ваше письмо не удалось доставить следующим получателям:

\tclient@shop.example

Ответ сервера: 550 5.1.1 Unknown user

Если у вас есть вопросы, обратитесь к postmaster@relay.example
"""
AOL = """Your mail to the following recipients could not be delivered because they are not
accepting mail from help@centre.example:
\tclient
"""
SMALL_RU = "Ящик client@shop.example переполнен, письмо возвращено отправителю."
GATEWAY = """****** Message from the virus wall ******

The following mail could not be delivered.
Reason: exceeded maximum delivery attempts to client@shop.example.

*****************     End of message     ***************
"""
CISCO = """The following message to <client@shop.example> was undeliverable.
The reason for the problem:
5.1.0 - Unknown address error 550-'No such user'
"""
TWO = """This is the mail system at host mx.relay.example.

<client@shop.example>: user unknown

<anna@shop.example>: mailbox full
"""

CASES = {
    "qmail": ("From: MAILER-DAEMON@mx.relay.example\nSubject: failure notice", QMAIL, True),
    "exim": (
        (
            "From: Mail Delivery System <Mailer-Daemon@mx.relay.example>\n"
            "Subject: Mail delivery failed: returning message to sender\nX-Failed-Recipients: client@shop.example"
        ),
        EXIM,
        True,
    ),
    "exim without its field": (
        (
            "Return-Path: <>\nFrom: postmaster@mx.relay.example\nSubject: Mail delivery failed: returning message to "
            "sender"
        ),
        EXIM,
        True,
    ),
    "exim late": (
        "From: Mail Delivery System <Mailer-Daemon@mx.relay.example>\nSubject: Warning: message 1abc delayed 24 hours",
        EXIM_DELAY,
        False,
    ),
    "postfix": (
        f"{MIXED}\nReturn-Path: <>\nFrom: MAILER-DAEMON (Mail Delivery System)\nSubject: Undelivered Mail Returned",
        mixed(POSTFIX),
        True,
    ),
    "sendmail": (
        "From: Mail Delivery Subsystem <MAILER-DAEMON@gw.relay.example>\nSubject: Returned mail: User unknown",
        SENDMAIL,
        True,
    ),
    "exchange 5.5": (
        f"{MIXED}\nFrom: System Administrator <postmaster@shop.example>\nSubject: Undeliverable: Ваше обращение",
        mixed(EXCHANGE_55),
        True,
    ),
    "exchange in Russian": (
        (
            "From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@shop.example>\n"
            "Subject: Не удаётся доставить: Ваше обращение\nIn-Reply-To: <ours-1@centre.example>"
        ),
        EXCHANGE_RU,
        True,
    ),
    "yandex": ("From: mailer-daemon@yandex.ru\nSubject: Недоставленное сообщение", YANDEX, True),
    "mail.ru": (
        (
            "Auto-Submitted: auto-replied\nFrom: Mail Delivery System <Mailer-Daemon@mx.mail.ru>\n"
            "Subject: Ваше сообщение не доставлено. Mail failure."
        ),
        MAIL_RU,
        True,
    ),
    "yahoo": ("From: MAILER-DAEMON@yahoo.com\nSubject: Failure Notice", YAHOO, True),
    "lotus domino": (
        "From: Postmaster@shop.example\nSubject: СБОЙ ДОСТАВКИ: пользователь client не указан в справочнике",
        LOTUS,
        True,
    ),
    "groupwise": ("From: Mailer-Daemon@shop.example\nSubject: Message status - undeliverable", GROUPWISE, True),
    "mdaemon in Russian": ("From: MDaemon@shop.example\nSubject: Постоянная ошибка доставки", MDAEMON, True),
    "communigate": ("From: <MAILER-DAEMON@cgp.shop.example>\nSubject: Undeliverable mail", COMMUNIGATE, True),
    "late": (
        "Return-Path: <>\nFrom: Postmaster <postmaster@shop.example>\nSubject: Message delayed",
        NOVELL_DELAY,
        False,
    ),
    "hmailserver": ("From: mailer-daemon@shop.example\nSubject: Message undeliverable: Ваше обращение", HMAIL, True),
    "kerio in Russian": (
        "Return-Path: <>\nFrom: postmaster@relay.example\nSubject: Не удалось доставить ваше письмо",
        KERIO,
        True,
    ),
    "a name without a domain": (
        'From: "Mail Delivery Subsystem" <MAILER-DAEMON@shop.example>\nSubject: Mail Delivery Problem',
        AOL,
        True,
    ),
    "two words in Russian": (
        "Return-Path: <>\nFrom: Почтовый робот <post@shop.example>\nSubject: Ваше письмо возвращено",
        SMALL_RU,
        True,
    ),
    "a virus wall with an ordinary address": (
        f"{MIXED}\nFrom: inetgw1@relay.example\nSubject: Mail could not be delivered",
        mixed(GATEWAY),
        True,
    ),
    "cisco": (
        "From: Mail Delivery System <MAILER-DAEMON@esa.example>\nSubject: Delivery Notification: failed",
        CISCO,
        True,
    ),
    "an ordinary address": (
        "From: admin@shop.example\nSubject: Non-Delivery: Ваше обращение",
        (
            "--- Non-Delivery Report ---\nThe email below could not be delivered to the following user:\n\n"
            '"client@shop.example" <client@shop.example>\n\nOld message:\n\nЗдравствуйте\n'
        ),
        True,
    ),
    "a filter that will try again": (
        "From: gateway_smtp@shop.example\nSubject: Delivery failure notification",
        (
            "Your message with Subject: Ваше обращение\ncould not be delivered to the following recipients:\n\n"
            "client@shop.example\n\nPlease do not resend your original message.\n\n"
            "Delivery attempts will continue to be made for 5 day(s).\n"
        ),
        False,
    ),
    "an X.400 address": (
        f"{MIXED}\nFrom: System Administrator <postmaster@shop.example>\nSubject: Undeliverable: RE: Ваше обращение",
        mixed(
            EXCHANGE_55.replace(
                "client@shop.example on", "c=US;a= ;p=SHOP;o=Main;dda:SMTP=client@shop.example; on"
            ).replace("To:      client@shop.example", "To:      help@centre.example")
        ),
        True,
    ),
    "english with help offered": (
        (
            "Return-Path: <MAILER-DAEMON>\nFrom: Mail Delivery System <noreply@relay.example>\nSubject: Delivery has "
            "failed"
        ),
        (
            "Delivery has failed to these recipients:\n\nclient@shop.example\n\n"
            "If you need help, contact support@relay.example or visit our site.\n"
        ),
        True,
    ),
    "for a user in a sentence": (
        "Return-Path: <>\nFrom: postmaster@shop.example\nSubject: FAILED MAIL regarding your letter",
        (
            "The address to which your message was addressed, client@shop.example, did not match any address here.\n\n"
            "This may help to find the person:\n\n  Petr Klientov   +7 900 000-00-00   petr@shop.example\n"
        ),
        True,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_bounce_is_known_with_the_address_that_failed(name: str) -> None:
    head, body, permanent = CASES[name]
    found = read(head, body)
    assert (found.kind, found.failed_recipients, found.permanent) == ("bounce", ("client@shop.example",), permanent)
    assert found.because
    if "<ours-1@centre.example>" in body or "<ours-1@centre.example>" in head:
        assert found.original_message_id == "<ours-1@centre.example>"


def test_every_failed_address_is_named() -> None:
    found = read("From: MAILER-DAEMON@mx.relay.example\nSubject: Undelivered Mail Returned to Sender", TWO)
    assert found.failed_recipients == ("client@shop.example", "anna@shop.example")


@pytest.mark.parametrize(
    "junk", ["a@" * 20_000, "<" * 40_000, "x" * 60_000 + "@", "не доставлено " * 5_000, "to:\n" * 20_000]
)
def test_no_notice_takes_long_to_read(junk: str) -> None:
    found = read("From: MAILER-DAEMON@relay.example\nSubject: Undelivered", junk)
    assert found.kind == "bounce"
