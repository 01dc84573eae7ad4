"""Letters that nobody wrote: reading them loads and compiles what reading most others needs.

The traps would be a customer's letter in their place, for what was read before readers are forked lies in all of them;
and a way of writing that is missing here: what reads it is made anew in each reader, and that costs as much as to read
ten letters.
"""

from typing import Final

_HTML = """\
From: =?utf-8?B?0JDQvdC90LA=?= <anna@example.org>
To: support@example.org
Subject: =?utf-8?B?0J/Qu9Cw0YLRkdC2?=
Date: Mon, 23 Nov 2026 12:00:00 +0300
Message-ID: <rehearsal@example.org>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=part

--part
Content-Type: text/html; charset=utf-8

<p>Здравствуйте! Меня зовут Анна Петровна Иванова. Оплатила 23 ноября заказ № 123456 на 1 500 рублей, деньги списали,
а платёж не дошёл. Верните деньги, пожалуйста! И ещё: как сменить телефон +7 900 000-00-00? Это безобразие, вы там
совсем обнаглели, буду жаловаться в суд.</p><p>С уважением,<br>Анна</p>
<blockquote>ghbdtn, privet, vash platezh prinyat</blockquote>
--part
Content-Type: image/png; name="check.png"
Content-Transfer-Encoding: base64

iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAAUElEQVR42mNgYGRiZmFlY2fg4OTi
5uHl42cQEBQSFhEVE2eQkJSSlpGVk2dQUFRSVlFVU2fQ0NTS1tHV02cwMDQyNjE1M2ewsLSytrG1
swcAu/gH4U6gEkgAAAAASUVORK5CYII=
--part--
"""
_REPLY = """\
From: Анна Иванова <anna@example.org>
To: support@example.org
Subject: Re: Обращение 123456, возврат
Date: Tue, 24 Nov 2026 09:30:00 +0300
Message-ID: <rehearsal-2@example.org>
In-Reply-To: <rehearsal@example.org>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=whole

--whole
Content-Type: multipart/alternative; boundary=part

--part
Content-Type: text/plain; charset=koi8-r
Content-Transfer-Encoding: 8bit

Добрый день! Прилагаю чек, это html и pdf.
Ваше обращение зарегистрировано, а ответа нет третий день: подскажите, пожалуйста, когда вернёте
деньги? Перевод на карту 2200 **** **** 0000 от 20.11.2026 на 12 500,00 руб. отклонён, хотя в "личном кабинете"
указано: "выполнен". Паспорт 0000 000000, счёт 40817810000000000000, ИНН 000000000000, почта anna@example.org.

Прошу сменить номер телефона, закрыть счёт и разблокировать кошелёк. Почему ничего не делаете, идиоты? Сейчас же
верните, иначе напишу в прокуратуру и ЦБ, я вас уничтожу! Ждать больше не могу, я в отпуске до понедельника.
Имя: Анна, мой кошелёк 1234567890. Надеюсь, это сообщение будет доставлено.

--
Анна Петровна Иванова
тел. +7 (900) 000-00-00

23.11.2026 12:40, Служба поддержки <support@example.org> пишет:
> Здравствуйте, Анна!
> Мы получили ваше письмо. Вложите, пожалуйста, чек.
--part
Content-Type: text/html; charset=koi8-r

<p>Добрый день!</p>
--part--
--whole
Content-Type: application/pdf; name="чек.pdf"
Content-Transfer-Encoding: base64

JVBERi0xLjQKMSAwIG9iago8PC9UeXBlL0NhdGFsb2cvUGFnZXMgMiAwIFI+PgplbmRvYmoKMiAwIG9iago8PC9UeXBlL1BhZ2VzL0tpZHNb
MyAwIFJdL0NvdW50IDE+PgplbmRvYmoKMyAwIG9iago8PC9UeXBlL1BhZ2UvUGFyZW50IDIgMCBSL01lZGlhQm94WzAgMCA2MTIgNzkyXS9D
b250ZW50cyA0IDAgUi9SZXNvdXJjZXM8PC9Gb250PDwvRjEgNSAwIFI+Pj4+Pj4KZW5kb2JqCjQgMCBvYmoKPDwvTGVuZ3RoIDE1OS9GaWx0
ZXJbL0FTQ0lJODVEZWNvZGUvRmxhdGVEZWNvZGVdPj5zdHJlYW0KR2FwQEVibU08USUicXUhTltqQGBVcGJrNiRPWWBZaXJeayNwLyFGTjcx
LWNCNjJfWV8xLWBIXUYoMkA9I09LQXRkIz5waV1xPDhNKl0yV1s2UU5zVU0nPFA3cEhDajJhO2ZvMG8/KlhRK0JMJ2RrUW8nJUlyWycqYkNr
TE5fS2VtV2s3bURWO2hnKU1YZGwjR29BKEpcIjdAJE80OX4+CmVuZHN0cmVhbQplbmRvYmoKNSAwIG9iago8PC9UeXBlL0ZvbnQvU3VidHlw
ZS9UeXBlMS9CYXNlRm9udC9IZWx2ZXRpY2E+PgplbmRvYmoKeHJlZgowIDYKMDAwMDAwMDAwMCA2NTUzNSBmIAowMDAwMDAwMDA5IDAwMDAw
IG4gCjAwMDAwMDAwNTQgMDAwMDAgbiAKMDAwMDAwMDEwNSAwMDAwMCBuIAowMDAwMDAwMjE3IDAwMDAwIG4gCjAwMDAwMDA0NTkgMDAwMDAg
biAKdHJhaWxlcgo8PC9TaXplIDYvUm9vdCAxIDAgUj4+CnN0YXJ0eHJlZgo1MjIKJSVFT0YK
--whole--
"""
_ENGLISH = """\
From: John Smith <john@example.org>
To: support@example.org
Subject: Where is my refund
Date: Tue, 24 Nov 2026 09:30:00 +0000
Message-ID: <rehearsal-3@example.org>
Content-Type: text/plain

Hello, my name is John Smith. I sent $150.00 on November 20, and it has not arrived. Could you please tell me when I
will get my money back? This is a disgrace, you stupid thieves, I will sue you.

Sent from my iPhone

On Mon, Nov 23, 2026 at 12:40 PM Support <support@example.org> wrote:
> Please wait.
"""
_BOUNCE = """\
From: Mail Delivery System <mailer-daemon@example.org>
To: support@example.org
Return-Path: <>
Subject: Undelivered Mail Returned to Sender
Date: Tue, 24 Nov 2026 09:30:00 +0000
Message-ID: <rehearsal-4@example.org>
Content-Type: text/plain; charset=utf-8

<nobody@example.org>: 550 5.1.1 user unknown, transcript of session follows. Адресат неизвестен.
"""
_ABSENCE = """\
From: Анна <anna@example.org>
To: support@example.org
Subject: Автоответ: Re: Обращение
Date: Tue, 24 Nov 2026 09:30:00 +0300
Message-ID: <rehearsal-5@example.org>
Content-Type: text/plain; charset=windows-1251
Content-Transfer-Encoding: 8bit

Здравствуйте! Я в отпуске до 30 ноября, отвечу по возвращении. По срочным вопросам пишите на office@example.org.
"""


def _sent(letter: str, charset: str) -> bytes:
    return letter.replace("\n", "\r\n").encode(charset)


LETTERS: Final = (
    _sent(_HTML, "utf-8"),
    _sent(_REPLY, "koi8-r"),
    _sent(_ENGLISH, "ascii"),
    _sent(_BOUNCE, "utf-8"),
    _sent(_ABSENCE, "windows-1251"),
)
