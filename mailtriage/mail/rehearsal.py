"""A letter that nobody wrote: reading it loads what reading any other needs.

The trap would be a customer's letter in its place: what was read before readers are forked lies in all of them.
"""

from typing import Final

LETTER: Final = """\
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
""".replace("\n", "\r\n").encode()
