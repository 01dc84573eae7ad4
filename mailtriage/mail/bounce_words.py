"""What mail systems say when they cannot deliver, in Russian and English: subjects, sentences, senders.

The trap: customers say the same about their own letters, so these patterns prove nothing alone; `bounces` weighs them.
"""

import re

from mailtriage.language.sparse import sparse

_DAEMON = re.compile(r"(?:mailer[-_.]?daemon|mdaemon|m-daemon|mail-daemon)\b", re.IGNORECASE)
_ROBOT = re.compile(
    r"^(?:daemon|root|postmaster|post-?master|system-?administrator|ndr|dsn|delivery-?failure|mail-?(?:er|delivery"
    r"|system)|bounces?|mmdf|uucp|smtp|majordomo-owner|microsoftexchange.*|mta|mail-?gateway|returned-mail"
    r"|undeliver\w*"
    r"|.*antivirus.*|.*virus-?wall.*|.*smtp_gateways?)(?:\b|_|$)",
    re.IGNORECASE,
)
_ROBOT_NAME = re.compile(
    r"mail(?:er)? ?(?:delivery|daemon)|delivery (?:sub)?system|postmaster|mail administrator|jetmail|microsoft outlook$"
    r"|администратор почт|почтов\w+ (?:служба|демон|робот|сервер|система|подсистема)|служба доставки"
    r"|подсистема доставки"
    r"|система доставки|служба возврата",
    re.IGNORECASE,
)
SUBJECT = sparse(
    r"undeliver|permanent delivery failure|processing error|mail failed|failed mail|automatically rejected"
    r"|returned mail|failure delivery|delivery (?:status|failure|failed|has failed|unsuccess|problem|delay|report"
    r"|error|incomplete)|mail delivery (?!\w+ (?:service|offer|price))|failure notice|(?:could|can) ?not be delivered"
    r"|non-?delivery|nondeliverable|returned to sender|delivery notification|mail (?:failure|error|system error)"
    r"|warning: (?:could not|message)|rejected mail|bounced? mail|message (?:status|not delivered|delayed"
    r"|you sent blocked|undelivered)|user unknown|unable to deliver|mail could not|delayed mail"
    r"|message (?:could not|rejected)|problems? (?:delivering|with your) mail|couldn't be delivered"
    r"|message (?:has been )?blocked|(?:письмо|сообщение) (?:отклонено|заблокировано)|состояни\w+ доставки"
    r"|не ?(?:удалось|удаётся|удается|возможно) (?:доставить|отправить)|не (?:было |был |была )?доставлен"
    r"|недоставлен|недоставк|error sending message|невозможно доставить|ошибка (?:доставки|при доставке)"
    r"|отказ (?:в|при) (?:доставке|при[её]ме)|возврат (?:письма|почты|сообщения)|сообщение не дошло"
    r"|проблем[аы] с доставкой|доставка (?:письма|сообщения"
    r"|почты) (?:не|невозможна|задерж|прекращ)|невозможность доставки|нельзя доставить|отч[её]т о (?:не)?доставке"
    r"|письмо (?:не может быть|возвращено)|ваше письмо не|сбой доставки|уведомление о (?:не)?доставке"
    r"|задержка доставки|доставка (?:задерж|отложен|невозможна|не выполнена)|статус[аe]? доставки|о статусе доставки",
    re.IGNORECASE,
)
WORDING = sparse(
    r"(?:could|can) ?n[o']t be delivered|could not deliver|was not delivered|undeliverable|unable to deliver"
    r"|delivery (?:to the following|failed|attempts?|error|has been delayed|has failed)|non-?delivery report"
    r"|did(?: not|n't) (?:reach|receive)|was (?:automatically )?rejected|(?:wasn't|weren't) (?:delivered|found)"
    r"|permanent(?:ly)? (?:fatal )?(?:error|fail)|user (?:is )?unknown|unknown user|no such (?:user|recipient"
    r"|mailbox)|mailbox (?:is )?(?:unavailable|full|not found|disabled)|message not delivered"
    r"|does not (?:exist|have an? .{0,30}account)|address(?:es)? (?:rejected|not found|failed|unknown)"
    r"|recipient (?:address )?(?:rejected|unknown|not found)|over ?quota|quota exceeded"
    r"|following (?:address|recipient)|not (?:a )?(?:known|valid|listed|our customer)"
    r"|host (?:or domain name )?(?:not found|unknown)|returned to you|transcript of session|couldn't be"
    r"|will be retried|message (?:is )?being returned|not (?:been )?able to deliver|failed to (?:be )?deliver"
    r"|invalid (?:recipient|final delivery|mailbox)|unrouteable|relaying denied"
    r"|не (?:было |был |может быть |удалось |удаётся |удается |смогло быть )*доставлен|не(?:возможно|льзя| удалось"
    r"| удаётся| удается| смог(?:ли|ла)?| может) (?:быть )?(?:доставить|отправить|передать)"
    r"|(?:адресат|получатель|пользовател[ья]|ящик|адрес)\S*[^.\n]{0,60}(?:не (?:найден|существует|зарегистрирован"
    r"|принима|обнаружен)|неизвест|отсутств|переполнен|заблокирован|отключ[её]н)"
    r"|(?:нет|неизвестн\S+|несуществующ\S+) (?:такого )?(?:пользовател|ящик|адресат|получател)"
    r"|письмо (?:не доставлено|возвращ)|переполнен|возвращ\w+ отправителю|попытк\S+ доставки"
    r"|превышен\S* (?:квот|лимит|размер)|будет повторен|доставка [^.\n]{0,60}не удалась|отказ\w* (?:в"
    r"|при) (?:при[её]ме|доставке|получении) (?:письм|сообщ|почт)",
    re.IGNORECASE,
)
FORMULA = re.compile(
    r"(?:your|this|the (?:following|attached|enclosed)|a) (?:e-?)?(?:message|mail|e-?mail)\b(?:[^.?!]"
    r"|\.(?=\w)){0,200}?(?:(?:could|can)(?: not|n't)|was not|has not been|cannot|did ?n[o']t|wasn't"
    r"|was (?:automatically )?rejected|undeliver|is being returned|has been (?:delayed|rejected|returned)"
    r"|had permanent)|mail below could not be delivered|delivery (?:has failed|failed|to the following"
    r"|status notification)|non-?delivery report|message (?:not|un)delivered|unable to deliver (?:your )?message"
    r"|delivery failure (?:notif|was)|(?:ваше|данное|следующее|это|отправленное вами|посланное вами) (?:письмо"
    r"|сообщение)\b(?:[^.?!]|\.(?=\w)){0,200}?(?:не (?:было |был |может быть |удалось |смогло )*(?:доставлен"
    r"|доставить)|возвращ|отклонен|невозможно доставить|недоставлен)|(?:письмо|сообщение)(?: для| на имя| по адресу"
    r"| на адрес|, адресованное)\W{1,4}\S{1,80}@\S{1,80} не|(?:письмо|сообщение)\b[^.?!\n]{0,60} не (?:было "
    r"|может быть )?доставлено (?:следующ|получател|адресат|по адресу|на)"
    r"|(?:не удалось|невозможно|не удаётся|не удается) доставить (?:ваше |это |данное |следующее |письм|сообщени|почт)"
    r"|доставка\b[^.?!\n]{0,80}не удалась|произош\w+ (?:сбой|ошибка) (?:при )?доставк",
    re.IGNORECASE,
)
TRANSCRIPT = re.compile(
    r"(?<![\d.,-])[45]\d\d[ -]#?\(?[45]\.\d{1,3}\.\d{1,3}|#[45]\.\d\.\d|<<< ?[45]\d\d|\brcpt to:|smtp error"
    r"|remote (?:host|server|mta) (?:said|replied|returned)|\bsaid: ?[45]\d\d|diagnostic[- ]code"
    r"|(?:ошибка|код|error|ответ\w*|сообщил\S*)\W{1,3}(?:smtp\W{1,3})?[45]\d\d\b|transcript of session"
    r"|session transcript|удал[её]нный сервер",
    re.IGNORECASE,
)
DELAY = re.compile(
    r"will (?:be retried|keep trying|continue|try again|be attempted|retry)|still (?:trying|being|undelivered)"
    r"|warning message only|do(?: not|n't) need to resend|not yet (?:been )?delivered|(?:has been|is|was|been) delayed"
    r"|delayed (?:mail|delivery|for)|attempts? [^.]{0,60}(?:will (?:continue|be (?:made|repeated))|continue to)"
    r"|keep(?:s)? trying|try(?:ing)? (?:for|until) (?:another|up to|the next)|temporarily (?:deferred|delayed)"
    r"|retry (?:for|until)|queued for|no action is required"
    r"|доставк\w+ (?:\w+ ){0,3}(?:задержив|отложен)|только предупреждение|temporary problem|задержка доставки"
    r"|задержан[оа]?\b|(?:ещё|еще|пока) не доставлен"
    r"|попытк\S+ [^.]{0,60}(?:продолж|повтор|предприн)|продолж\w+ попытки|(?:будет|будут) повтор|повторять (?:отправ"
    r"|попыт)",
    re.IGNORECASE,
)
FINAL = re.compile(
    r"permanent (?:fatal |delivery )*(?:error|fail)|failed permanently|постоянн\w+ ошибк|giv(?:en|ing) up"
    r"|not (?:going to|be) (?:try|tried|retr)|no (?:further|more) attempts"
    r"|removed from the (?:mail )?queue|too long|больше не (?:будет|будут)|прекращен",
    re.IGNORECASE,
)


def is_daemon(local_part: str) -> bool:
    """Whether a local part is one that writes nothing but bounces."""
    return bool(_DAEMON.match(local_part))


def is_robot(address: str, name: str) -> bool:
    """Whether a From is that of a mail system; "postmaster" may also be a person."""
    local = address.partition("@")[0]
    return is_daemon(local) or bool(_ROBOT.match(local)) or bool(_ROBOT_NAME.search(name))
