"""What robots say when no header betrays them: absence notes, receipts, help desks and calendars, Russian and English.

The trap: customers use the same words about themselves ("я был в отпуске, деньги не пришли"), so each sign is weighed
and a mail that asks for something is a person's.
"""

import re

_SUBJECT = re.compile(
    r"^\s*(?:re:|отв:|ответ:|fwd?:)?\s*\[?\(?\s*(?:автоответ|авто-?ответ|авто-?reply|автоматический (?:ответ|отклик)"
    r"|автоматическое (?:уведомление|сообщение)|auto(?:matic)?[- ]?(?:reply|response|answer)|autoreply|auto:"
    r"|out of (?:the )?office|вне офиса|отсутстви[ея] на рабочем месте|нет на (?:рабочем )?месте|on vacation"
    r"|i am (?:on|away)|vacation|away from|нахожусь вне офиса|я в отпуске)",
    re.IGNORECASE,
)
_SUBJECT_INSIDE = re.compile(
    r"(?:автоответ|автоматический ответ|automatic reply|auto-?reply|out of office|вне офиса|(?:отвечает"
    r"|ответил) автоответчик)\b",
    re.IGNORECASE,
)
_MACHINE = re.compile(
    r"автоматическ(?:ое|ий) (?:сообщение|ответ|письмо|уведомление)|автоответ|(?:сообщение|письмо|ответ"
    r"|уведомление)\W+(?:\w+\W+){0,2}(?:создан|сформирован|сгенерирован|отправлен)\w*\W+автоматически"
    r"|(?:отправлен|сформирован|создан|сгенерирован)\w* автоматически|this is an? auto(?:matic"
    r"|mated)(?:ally generated)? (?:reply|response|message|e-?mail)|auto(?:matic)?-?(?:reply|response)\b"
    r"|автоматически сгенерирован",
    re.IGNORECASE,
)
_ABSENT = re.compile(
    r"(?:меня|нас|его|её|ее|сотрудника) (?:сейчас |временно |сегодня |пока )?(?:нет|не будет) (?:в офисе"
    r"|на (?:рабочем )?месте|на работе|до|с)|нахожусь (?:в|вне|на) (?:\S+ ){0,2}(?:отпуск|командировк|офис|больничн"
    r"|декрет)"
    r"|(?:я |сейчас |пока |временно |уш(?:ёл|ел|ла) )*(?:в (?:ежегодном |очередном |декретном "
    r"|учебном )?(?:отпуск[еу]?|командировке|отъезде)|на больничном|на сессии)(?: (?:до|с|по)\b|[.,!]|\s*$)"
    r"|буду отсутствовать|отсутствую"
    r"|отдыхаю (?:до|на|в|с)|уехал[аи]? (?:в отпуск|до)|i (?:am|'m|will be) (?:currently )?(?:out of|away"
    r"|on (?:vacation|leave|holiday|annual|maternity|sick|parental))|out of (?:the )?office"
    r"|limited access to (?:my )?e-?mail"
    r"|офис (?:закрыт|не работает)|компания не работает|больше не работа(?:ю|ет) в|уволил(?:ся|ась)"
    r"|no longer (?:with|works? (?:for|at))|mailbox is not monitored|ящик (?:больше )?не (?:обслуживается"
    r"|используется|проверяется)",
    re.IGNORECASE | re.MULTILINE,
)
_RETURN = re.compile(
    r"верн(?:усь|ёмся|емся|ётся|ется)|буду (?:снова )?(?:на (?:связи|работе|месте)|в офисе|доступ)|(?:отвечу|прочту"
    r"|прочитаю|рассмотрю|свяжусь)\b[^.!?\n]{0,60}(?:позже|по возвращени|после|когда|в понедельник|как только|с \d)"
    r"|по возвращени|замеща|вместо меня|по (?:всем )?(?:срочным|неотложным|экстренным|рабочим|текущим) (?:вопросам"
    r"|делам)|по срочным|(?:если|когда) (?:вопрос |дело |это )?срочн|обращайтесь к|пишите (?:на|коллег)|звоните"
    r"|связь нестабильн"
    r"|(?:почту|письма|сообщения) (?:не )?(?:смотрю|читаю|проверяю|прочту|прочитаю)|доступ\S* к почте"
    r"|почта (?:читается|не читается)|i will (?:be back|return|respond|reply|get back)|for urgent|in urgent"
    r"|urgent matters|please contact|contact my"
    r"|спасибо за (?:ваше |ваш )?(?:письмо|сообщение)|thank you for your (?:e-?mail|message)|ваше письмо (?:получено"
    r"|принято|очень важно)",
    re.IGNORECASE,
)
_CUSTOMER = re.compile(
    r"\?|деньг|денег|кошел|счет|счёт|верните|вернуть|списал|зачисл|заблокир|разблокир|аккаунт|личн\w+ кабинет|пополн"
    r"|вывод|вывест|помогите|подскажите|платеж|платёж|оплат|комисси|ставк|карт[уыае]\b|паспорт|refund|my account"
    r"|my money|withdraw|прошу|требую",
    re.IGNORECASE,
)
_READ_SUBJECT = re.compile(
    r"^\s*(?:read|прочитано|прочтено|прочитанное|прочитал|открыто|read receipt|уведомление о прочтении"
    r"|return receipt|displayed|gelesen|lu|delivered|доставлено|relayed|delivery receipt)\b\s*[:(\-–—]",
    re.IGNORECASE,
)
_READ_NAMED = re.compile(
    r"^\s*(?:уведомление о (?:прочтении|доставке|получении)|подтверждение (?:прочтения|получения|доставки)"
    r"|read receipt|return receipt|delivery receipt|отч[её]т о прочтении)",
    re.IGNORECASE,
)
_READ_BODY = re.compile(
    r"(?:сообщение|письмо|message|mail)[^.]{0,200}(?:прочита|прочте|открыт|was (?:read|displayed|opened)"
    r"|has been (?:read|displayed|delivered|successfully)|доставлено|получено|отображено|просмотрено)"
    r"|(?:прочитано|прочтено|открыто|доставлено|получено)\b.{0,80}\d|was read on|уведомление о (?:прочтении"
    r"|доставке)|подтверждение о прочтении|successfully delivered|успешно доставлен|return receipt",
    re.IGNORECASE | re.DOTALL,
)
_DELIVERED = re.compile(
    r"(?:сообщение|письмо|message|mail)\b[^.\n]{0,100}(?:успешно доставлен|доставлено (?:получател|адресат"
    r"|в (?:почтов|ящик))|successfully delivered|was delivered to|has been delivered)",
    re.IGNORECASE,
)
_TICKET = re.compile(
    r"(?:ваш(?:е|а|ему|ей)?|your) (?:обращени\w+|заявк\w+|запрос\w*|вопрос\w*|тикет\w*|письмо|request|ticket|case"
    r"|inquiry)[^.!?]{0,80}(?:зарегистрирован|принят|присвоен|получен|создан|has been (?:received|created|registered"
    r"|logged)|was received|поступил)"
    r"|(?:обращени[юе]|заявк[еа]|запрос[у]?|тикет[у]?|request|ticket|case)\s*(?:№|#|n|no\.?"
    r"|номер)?\s*[\w-]*\d[\w-]*\s*[^.!?]{0,40}(?:зарегистрирован|принят|создан|присвоен|has been)|(?:присвоен"
    r"|зарегистрирован[оа]? под) (?:номер|№)"
    r"|мы получили ваш[еу]? (?:обращение|заявку|запрос|письмо)|we (?:have )?received your (?:request|message|e-?mail"
    r"|ticket|inquiry)|a (?:new )?(?:support )?ticket (?:has been|was)|заявка .{0,30}(?:закрыта|решена)",
    re.IGNORECASE,
)
_TICKET_SUBJECT = re.compile(
    r"\[(?:ticket|тикет|заявка|обращение|request|case|#|sd|rt|id)[\s#:№-]*[\w-]*\d|(?:ticket|заявка|обращение|тикет"
    r"|запрос)\s*(?:id)?\s*[#№:]\s*\S*\d",
    re.IGNORECASE,
)
_EVENT_SUBJECT = re.compile(
    r"^\s*(?:напоминание|приглашение|reminder|invitation|updated invitation|отменено|canceled|принято|accepted"
    r"|declined|отклонено|tentative|календар\w*|событие)\s*(?::|\()",
    re.IGNORECASE,
)
_EVENT_BODY = re.compile(
    r"(?:событие|встреча|мероприятие|совещание|event|meeting)\b[^.]{0,80}(?:начн[её]тся|состоится|через \d|starts"
    r"|begins|минут|перенесен|отмен)|робот-?календар|google calendar|яндекс.?календар",
    re.IGNORECASE,
)
_LONG = 1_200
"""Characters beyond which nobody's absence note goes."""


def absence(subject: str, text: str, null_return_path: bool) -> tuple[str, ...]:  # noqa: FBT001 - one sign among others
    """The words of an automatic reply or absence note, or nothing for a person's mail."""
    opening = text[:_LONG]
    if match := _SUBJECT.search(subject):
        asks = len(_CUSTOMER.findall(opening))
        return (
            (match[0].strip(),)
            if null_return_path or asks <= 1 or _MACHINE.search(opening) or _ABSENT.search(opening)
            else ()
        )
    signs: list[str] = []
    weight = 0.0
    for pattern, worth in (
        (_MACHINE, 2),
        (_ABSENT, 1),
        (_RETURN, 1),
    ):
        if match := pattern.search(opening):
            signs.append(match[0].strip())
            weight += worth
    if match := _SUBJECT_INSIDE.search(subject):
        signs.append(match[0])
        weight += 1
    weight += (
        len(text) < _LONG and bool(re.match(r"\s*(?:re|ha|отв|ответ)\s*:", subject, re.IGNORECASE) and signs)
    ) / 2 + null_return_path
    weight -= 1.5 * min(2, len(_CUSTOMER.findall(opening)))
    return tuple(signs) if weight >= 2 and len(text) < _LONG * 2 else ()  # noqa: PLR2004 - two signs of three


def receipt_wording(subject: str, text: str) -> tuple[str, ...]:
    """The words of a receipt without fields: its subject and its body must agree."""
    short = text[:600]
    match = _READ_SUBJECT.match(subject) or _READ_NAMED.match(subject)
    body = _READ_BODY.search(short)
    if match and body and len(text) < _LONG:
        return (match[0].strip(), body[0][:80])
    delivered = _DELIVERED.search(short)
    named = re.search(r"доставлен|delivered|delivery", subject, re.IGNORECASE)
    return (
        (subject[:60], delivered[0][:80])
        if delivered and named and len(text) < _LONG and not _CUSTOMER.search(short)
        else ()
    )


def help_desk(subject: str, text: str, no_reply: bool) -> tuple[str, ...]:  # noqa: FBT001 - one sign among others
    """The words of somebody else's help desk that acknowledges our mail."""
    body = _TICKET.search(text[:_LONG])
    if not body:
        return ()
    named = _TICKET_SUBJECT.search(subject)
    machine = _MACHINE.search(text)
    asks = len(re.findall(r"верните|прошу|требую|почему|когда", text, re.IGNORECASE))
    return (body[0][:80],) if (no_reply or named or machine) and not asks else ()


def calendar_robot(subject: str, text: str, no_reply: bool) -> tuple[str, ...]:  # noqa: FBT001 - one sign among others
    """The words of a calendar that reminds or invites."""
    named, body = _EVENT_SUBJECT.match(subject), _EVENT_BODY.search(text[:_LONG])
    return (named[0].strip(), body[0][:60]) if named and body and (no_reply or not _CUSTOMER.search(text)) else ()
