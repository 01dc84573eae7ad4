"""What other robots say when no header betrays them: receipts, help desks, calendars, challenges, newsletters.

The trap: a customer writes of tickets, deliveries and mailings too; so two signs must meet, and the first person or a
demand makes it a person's.
"""

import re

from mailtriage.language.sparse import sparse
from mailtriage.language.words import EXAMINED
from mailtriage.mail.person_words import CUSTOMER, DEMANDS, OWN

_READ_SUBJECT = re.compile(
    r"^\s*(?:read|not read|прочитано|не прочитано|прочтено|не прочтено|прочитанное|прочитал|открыто|удалено"
    r"|read receipt|уведомление о прочтении|return receipt|displayed|deleted|gelesen|lu|delivered|доставлено|relayed"
    r"|ретрансляция|delivery receipt)\b\s*[:(\-–—]",
    re.IGNORECASE,
)
_READ_NAMED = re.compile(
    r"^\s*(?:уведомление о (?:прочтении|доставке|получении)|подтверждение (?:прочтения|получения|доставки)"
    r"|read receipt|return receipt|delivery receipt|отч[её]т о прочтении)",
    re.IGNORECASE,
)
_READ_BODY = sparse(
    r"(?:сообщение|письмо|message|mail)[^.]{0,200}(?:прочита|прочте|открыт|удален|was (?:read|displayed|opened|deleted)"
    r"|has been (?:read|displayed|delivered|successfully)|доставлено|получено|отображено|просмотрено)"
    r"|(?:прочитано|прочтено|открыто|доставлено|получено)\b.{0,80}\d|was read on|уведомление о (?:прочтении"
    r"|доставке)|подтверждение о прочтении|successfully delivered|успешно доставлен|return receipt",
    re.IGNORECASE | re.DOTALL,
)
_DELIVERED = sparse(
    r"(?:сообщение|письмо|message|mail)\b[^.\n]{0,100}(?:успешно доставлен|доставлено (?:получател|адресат|следующ"
    r"|в (?:почтов|ящик))|successfully delivered|was delivered to|has been delivered)"
    r"|delivery to (?:these|the following) recipients[^.]{0,20} is complete"
    r"|доставка (?:этим|следующим) получателям[^.]{0,20} (?:завершена|выполнена)",
    re.IGNORECASE,
)
_DELIVERED_SUBJECT = re.compile(r"доставлен|delivered|delivery|relay|ретрансл", re.IGNORECASE)
_TICKET = sparse(
    r"(?:ваш(?:е|а|ему|ей)?|your) (?:обращени\w+|заявк\w+|запрос\w*|вопрос\w*|тикет\w*|письмо|сообщение|request"
    r"|ticket|case|inquiry)[^.!?]{0,80}(?:зарегистрирован|принят|присвоен|получен|создан|has been (?:received|created"
    r"|registered|logged)|was received|поступил)|(?:обращени[юе]|заявк[еа]|запрос[у]?|тикет[у]?|request|ticket"
    r"|case)\s*(?:№|#|n|no\.?|номер)?\s*[\w-]*\d[\w-]*\s*[^.!?]{0,40}(?:зарегистрирован|принят|создан|присвоен"
    r"|has been)|(?:присвоен|зарегистрирован[оа]? под) (?:номер|№)|мы получили ваш[еу]? (?:обращение|заявку|запрос"
    r"|письмо)|we (?:have )?received your (?:request|message|e-?mail"
    r"|ticket|inquiry)|a (?:new )?(?:support )?ticket (?:has been|was)|заявка .{0,30}(?:закрыта|решена)"
    r"|(?:спасибо|благодарим) за (?:ваше )?обращение|thank you for contacting",
    re.IGNORECASE,
)
_TICKET_SUBJECT = re.compile(
    r"\[(?:ticket|тикет|заявка|обращение|request|case|#|sd|rt|id)[\s#:№-]*[\w-]*\d|(?:ticket|заявка|обращение|тикет"
    r"|запрос)\s*(?:id)?\s*[#№:]\s*\S*\d|\([a-z]{2,10}-\d+\)|(?:получен|принят|зарегистрирован|создан)\w*\W{1,4}(?:№"
    r"|#)\s?\d",
    re.IGNORECASE,
)
_WILL_ANSWER = re.compile(
    r"(?:свяж[еу]тся|свяжемся|ответим|ответит|рассмотрим|рассмотрен\w*|обработаем|верн[её]мся|перезвоним"
    r"|ответ)\b[^.!?]{0,80}(?:ближайшее|в течение|скоро|с вами|вам|рабоч|дн)|уже работаем над|срок (?:ответа"
    r"|рассмотрения)|ожидайте"
    r"|(?:we|an agent|our team)(?:['’]ll| will) (?:get back|reply|respond|be in touch|contact)",
    re.IGNORECASE,
)
_EVENT_SUBJECT = re.compile(
    r"^\s*(?:напоминание|приглашение|reminder|invitation|updated invitation|отменено|canceled|принято|accepted"
    r"|declined|отклонено|tentative|календар\w*|событие)\s*(?::|\()",
    re.IGNORECASE,
)
_EVENT_BODY = sparse(
    r"(?:событие|встреча|мероприятие|совещание|event|meeting)\b[^.]{0,80}(?:начн[её]тся|состоится|через \d|starts"
    r"|begins|минут|перенесен|отмен)|робот-?календар|google calendar|яндекс.?календар",
    re.IGNORECASE,
)
_CHALLENGE = sparse(
    r"(?:your|this|the) (?:e-?)?(?:message|mail|e-?mail)s? [^.?!]{0,120}(?:(?:is|are|being|been|was) (?:held"
    r"|quarantined|pending|waiting|queued)|will (?:not )?be delivered|not (?:yet )?(?:been )?delivered|awaiting)"
    r"|confirm (?:that )?(?:your|you|this) (?:message|e-?mail|address|are)|verify (?:that )?(?:you are"
    r"|your (?:message|e-?mail|identity as))|(?:письмо|сообщение)[^.?!]{0,120}(?:задержано|помещено в карантин"
    r"|ожидает подтверждения|будет доставлено|не будет доставлено|поставлено в очередь)|чтобы (?:ваше|это) (?:письмо"
    r"|сообщение) (?:было доставлено|дошло)"
    r"|подтвердите[^.?!]{0,60}(?:отправку|отправителя|что вы (?:не робот|человек))",
    re.IGNORECASE,
)
_CHALLENGE_HOW = sparse(
    r"(?:reply to this|click|follow|visit)[^.?!]{0,80}(?:confirm|verif|link|below|release|deliver)|prove (?:that )?you"
    r"|(?:ответьте на это|перейдите|нажмите|пройдите)[^.?!]{0,80}(?:подтвер|ссылк|кнопк|доставл|письмо)"
    r"|(?:one[- ]time|однократн|одноразов)\w* (?:confirm|verif|подтвер|проверк)|anti-?spam|антиспам"
    r"|защит\w+ от спама|white-?list|guest list|бел\w+ спис",
    re.IGNORECASE,
)
_CHALLENGE_SUBJECT = re.compile(
    r"confirm (?:your|you|this|delivery)|verification required|verify (?:your|you)|please confirm|challenge"
    r"|sender (?:verification|confirmation)|message (?:held|quarantined)|подтвер(?:дите|ждение) (?:отправ|письм|доставк"
    r"|адрес)|требуется подтверждение",
    re.IGNORECASE,
)
_SUBSCRIBED = sparse(
    r"вы (?:получили|получаете|видите) (?:(?:это|данное|наше|эту) )?(?:письмо|сообщение|рассылк\w+)[,\s]{1,3}(?:потому"
    r"|так как|поскольку|т\.к|если|в связи)|вы подпис\w+ на|подписались на (?:нашу|рассылку|новости)"
    r"|это письмо отправлено на|you (?:are receiving|received|are getting) this (?:e-?mail|message"
    r"|newsletter)? ?(?:because|as|since)"
    r"|this (?:e-?mail|message|newsletter) was sent to|you(?:'re| are) subscribed",
    re.IGNORECASE,
)
_UNSUBSCRIBE = sparse(
    r"отписаться|отказаться от (?:рассылк|получени|подписк)|отказ от рассылк|отмен\w+ подписк|управл\w+ подписк"
    r"|настро\w+ (?:рассылк|подписк)|unsubscribe|opt[- ]?out|manage (?:your )?(?:preferences|subscription)",
    re.IGNORECASE,
)
_NO_ANSWER = sparse(
    r"не отвечайте на (?:это|данное)|отвечать на (?:это|данное|него) (?:письмо |сообщение )?не (?:нужно|надо"
    r"|требуется|следует)|do ?n[o']t reply to this|please do not reply|отправил робот|письмо (?:отправлено|создано"
    r"|сформировано) (?:роботом|автоматически)|this (?:mailbox|address|inbox) is (?:not|un)\s?monitored",
    re.IGNORECASE,
)
_LONG = 1_200
"""Characters that a notice fits in."""
_SHOP_TALK = 2
"""A newsletter may name that many matters of a customer ("оплата", "карта")."""


def challenge(subject: str, text: str, holding: int) -> tuple[str, ...]:
    """The words of a filter that holds our mail until somebody proves to be human; the text holds this at most."""
    body = _CHALLENGE.search(text[:_LONG], holding)
    if body is None:
        return ()
    asked = _CHALLENGE_SUBJECT.search(subject) or _CHALLENGE_HOW.search(text[: _LONG * 2])
    return (body[0][:100], asked[0][:60]) if asked else ()


def newsletter(text: str, holding: int, *, bulk: bool) -> tuple[str, ...]:
    """The words at the foot of a newsletter: why one gets it, and how to get it no more."""
    leave = _UNSUBSCRIBE.search(text[:EXAMINED], holding)
    if not leave or OWN.search(text[:300]):
        return ()
    subscribed = _SUBSCRIBED.search(text[:EXAMINED], holding)
    if not (subscribed or bulk):
        return ()
    if CUSTOMER.count(text[:_LONG]) > _SHOP_TALK:
        return ()
    return tuple(match[0][:80] for match in (subscribed, leave) if match)


def delivered(text: str) -> bool:
    """Whether it says that a mail arrived."""
    return bool(_DELIVERED.search(text[:600]))


def receipt_wording(subject: str, text: str) -> tuple[str, ...]:
    """The words of a receipt without fields: its subject and its body must agree."""
    short = text[:600]
    if len(text) >= _LONG:
        return ()
    stamped, named = _READ_SUBJECT.match(subject), _READ_NAMED.match(subject)
    if (stamped or named) and (body := _READ_BODY.search(short)):
        # A stamp before our subject is a program's; a subject in so many words may be a person's.
        personal = DEMANDS.search(short) if stamped else CUSTOMER.search(short) or OWN.search(short)
        if not personal:
            return (subject[:60], body[0][:80])
    if _DELIVERED_SUBJECT.search(subject) and (arrived := _DELIVERED.search(short)) and not CUSTOMER.search(short):
        return (subject[:60], arrived[0][:80])
    return ()


def no_answer(text: str) -> str | None:
    """The words that say that nobody reads an answer."""
    found = _NO_ANSWER.search(text)
    return found[0] if found else None


def help_desk(subject: str, text: str, holding: int, *, no_reply: bool, desk: bool) -> tuple[str, ...]:
    """The words of somebody else's help desk that acknowledges our mail.

    Args:
        subject: decoded.
        text: the new words.
        holding: what they hold at most, as `language.text.Text.holding` says.
        no_reply: the address says that nobody reads the answer.
        desk: the address is a department's.
    """
    opening = text[:_LONG]
    body = _TICKET.search(opening, holding)
    if not body or OWN.search(opening) or DEMANDS.search(opening):
        return ()
    promise = _WILL_ANSWER.search(opening)
    unattended = no_reply or no_answer(text) or "автоматически" in opening.lower()
    sure = unattended or _TICKET_SUBJECT.search(subject) or (desk and promise)
    return (body[0][:80], *((promise[0][:60],) if promise else ())) if sure else ()


def calendar_robot(subject: str, text: str, *, no_reply: bool) -> tuple[str, ...]:
    """The words of a calendar that reminds or invites."""
    named = _EVENT_SUBJECT.match(subject)
    body = _EVENT_BODY.search(text[:_LONG]) if named else None
    return (named[0].strip(), body[0][:60]) if named and body and (no_reply or not CUSTOMER.search(text)) else ()
