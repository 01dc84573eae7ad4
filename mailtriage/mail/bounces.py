"""Reads bounces: the fields of RFC 3464 where there are any, else the wording and shape of what servers write.

The trap: a report also tells of delivery that succeeded (a receipt) or is only late, and half the bounces of small
servers have no fields at all; and a customer who complains that "письмо не доставлено" is no bounce, so wording counts
only together with a sender or a shape that no person has.
"""

import re
from dataclasses import dataclass

from mailtriage.mail.fields import split_header
from mailtriage.mail.headers import message_ids

ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.а-яё-]{1,120}@(?:[A-Za-z0-9а-яё_-]{1,63}\.){1,8}[A-Za-zа-яё0-9-]{2,24}",
    re.IGNORECASE,
)
_BARE = re.compile(r"[^\s<>;,\"()]{1,200}@[^\s<>;,\"()]{1,200}")
_STATUS = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b")
_CODE = re.compile(r"(?<![\d.-])([45])\d\d[ -](?=[^\d\s]|\d\.\d)")
# Sender local parts of mail systems.
_ROBOT = re.compile(
    r"^(?:mailer-?daemon|m?daemon|postmaster|system-?administrator|ndr|delivery-?failure|mail-?(?:er|delivery)"
    r"|daemon|bounces?|mmdf|uucp|smtp|majordomo-owner|microsoftexchange.*|mailsystem|mta|returned-mail)\b",
    re.IGNORECASE,
)
ROBOT_NAME = re.compile(
    r"mail(?:er)? ?(?:delivery|daemon)|почтовая служба|почтовый (?:демон|робот|сервер)|служба доставки"
    r"|mail delivery (?:sub)?system|почтовая система",
    re.IGNORECASE,
)
SUBJECT = re.compile(
    r"undeliver|permanent delivery failure|processing error|mail failed|failed mail|automatically rejected"
    r"|returned mail|delivery (?:status|failure|has failed|unsuccess|problem|delay|report|error)|mail delivery"
    r"|failure notice|could not be delivered"
    r"|non-?delivery|nondeliverable|returned to sender|delivery notification|mail (?:failure|error|system error)"
    r"|warning: (?:could not|message)|rejected mail|bounced? mail"
    r"|message (?:status|not delivered|delayed|you sent blocked)|user unknown|unable to deliver|mail could not"
    r"|delayed mail|problems? (?:delivering|with your) mail"
    r"|не ?(?:удалось|удаётся|удается|возможно) (?:доставить|отправить)|не (?:было )?доставлен|недоставлен"
    r"|невозможно доставить|ошибка доставки|возврат (?:письма|почты)"
    r"|сообщение не дошло|проблема с доставкой|доставка (?:письма|сообщения|почты) (?:не|невозможна|задерж)"
    r"|невозможность доставки|нельзя доставить|отчет о (?:не)?доставке"
    r"|отчёт о (?:не)?доставке|письмо (?:не может быть|возвращено)|ваше письмо не|сбой доставки"
    r"|уведомление о (?:не)?доставке|задержка доставки",
    re.IGNORECASE,
)
WORDING = re.compile(
    r"could ?n[o']t be delivered|could not deliver|was not delivered|undeliverable|unable to deliver"
    r"|delivery (?:to the following|failed|attempts?|error|has been delayed)"
    r"|permanent(?:ly)? (?:fatal )?(?:error|fail)|user (?:is )?unknown|unknown user|no such (?:user|recipient"
    r"|mailbox)|mailbox (?:is )?(?:unavailable|full|not found|disabled)"
    r"|does not (?:exist|have an? .{0,30}account)|address(?:es)? (?:rejected|not found|failed|unknown)"
    r"|recipient (?:address )?(?:rejected|unknown|not found)|over quota|quota exceeded"
    r"|following (?:address|recipient)|not (?:a )?(?:known|valid|listed|our customer)"
    r"|host (?:or domain name )?(?:not found|unknown)|returned to you|transcript of session|this is a permanent error"
    r"|couldn't be|will be retried|message (?:is )?being returned|not (?:been )?able to deliver"
    r"|failed to (?:be )?deliver|invalid (?:recipient|final delivery)|unrouteable|relaying denied"
    r"|не (?:было |был |может быть |удалось |удаётся |удается )*доставлен|не(?:возможно|льзя| удалось| удаётся"
    r"| удается| смог(?:ли)?| может) (?:быть )?(?:доставить|отправить|передать)"
    r"|(?:адресат|получатель|пользовател[ья]|ящик|адрес)\S*[^.\n]{0,60}(?:не (?:найден|существует|зарегистрирован"
    r"|принима|обнаружен)|неизвест|отсутств|переполнен|заблокирован|отключ[её]н)"
    r"|(?:нет|неизвестн\S+|несуществующ\S+) (?:такого )?(?:пользовател|ящик|адресат|получател)"
    r"|письмо (?:не доставлено|возвращ)|переполнен|возвращено отправителю|попытк\S+ доставки"
    r"|превышен\S* (?:квот|лимит|размер)|будет повторен",
    re.IGNORECASE,
)
DELAY = re.compile(
    r"delayed|will (?:be retried|keep trying|continue)|still (?:trying|being)|warning message only"
    r"|do not need to resend|not yet (?:been )?delivered|temporar|try(?:ing)? again"
    r"|задерж|ещё не доставлен|еще не доставлен|попытки (?:доставки )?(?:будут )?продолж|повторять отправлять|не нужно",
    re.IGNORECASE,
)
_REPORTED = frozenset({"final-recipient", "original-recipient", "x-actual-recipient"})
_RETURNED = re.compile(
    r"\n[-=_ ]{2,}.{0,40}(?:original|returned|copy|below|unsent|included|исходн|копия|заголов|возвращ).{0,60}\n"
    r"|\n(?:Received|Return-Path): ",
    re.IGNORECASE,
)
_FIELDS = re.compile(r"\n\s{0,4}(?:From|Sender|Date|Subject|Message-ID|От|Дата|Тема): ", re.IGNORECASE)
_OWN_ID = re.compile(rb"^message-id[ \t]*:[ \t]*(?:\r?\n[ \t]+)?(<[^<>\r\n]{1,400}>)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class DeliveryStatus:
    """The fields of one message/delivery-status (RFC 3464 2.3)."""

    recipients: tuple[str, ...]
    """Those that failed or are late."""
    actions: frozenset[str]
    status: str | None
    """The first enhanced status code of a failed recipient."""

    @property
    def delivered(self) -> bool:
        """Whether it tells of success alone."""
        return bool(self.actions) and self.actions <= {"delivered", "relayed", "expanded"}

    @property
    def permanent(self) -> bool | None:
        """Whether another try is in vain; None where nothing says so."""
        if self.status:
            return self.status.startswith("5")
        if "failed" in self.actions:
            return True
        return False if "delayed" in self.actions else None


def is_robot(address: str, name: str) -> bool:
    """Whether a From is that of a mail system."""
    return bool(_ROBOT.match(address.partition("@")[0])) or bool(ROBOT_NAME.search(name))


def delivery_status(octets: bytes) -> DeliveryStatus:
    """Read the groups of fields; what is not a field is skipped."""
    recipients, actions, status = list[str](), set[str](), None
    position = 0
    for _ in range(200):
        header = split_header(octets, position)
        if header.body_start <= position:
            break
        position = header.body_start
        fields = {field.name: field.value.decode("utf-8", "replace").strip() for field in header.fields}
        action = fields.get("action", "").lower().split(" ")[0]
        named = [
            fields[name] for name in ("original-recipient", "final-recipient", "x-actual-recipient") if name in fields
        ]
        if not named and not action:
            continue
        actions |= {action} if action else set()
        if action in {"delivered", "relayed", "expanded"}:
            continue
        found = [
            match[0].strip("'")
            for value in named  # the original recipient is the one that we wrote to
            if (match := _BARE.search(value.rpartition(";")[2]))
        ]
        recipients += found[:1]
        code = _STATUS.search(fields.get("status", "")) or _STATUS.search(fields.get("diagnostic-code", ""))
        status = status or (code[0] if code else None)
    return DeliveryStatus(tuple(dict.fromkeys(recipients)), frozenset(actions), status)


def worded_recipients(text: str, own: frozenset[str]) -> tuple[str, ...]:
    """The addresses that a bounce without fields names, up to where the returned message begins."""
    notice = _RETURNED.split(text[:20_000], maxsplit=1)[0]
    named = ADDRESS.search(notice)
    notice = (
        _FIELDS.split(notice, maxsplit=1)[0]
        if named and ADDRESS.search(_FIELDS.split(notice, maxsplit=1)[0])
        else notice
    )
    found = (match[0].rstrip(".-").lower() for match in ADDRESS.finditer(notice))
    return tuple(dict.fromkeys(one for one in found if one not in own and not _ROBOT.match(one)))[:20]


def worded_permanence(text: str) -> bool | None:
    """Whether the wording says that another try is in vain."""
    if DELAY.search(text[:4000]) and not re.search(r"permanent|постоянн", text[:4000], re.IGNORECASE):
        return False
    match = _STATUS.search(text[:8000]) or _CODE.search(text[:8000])
    if match:
        return match[1] == "5" if match[1] in "45" else None
    return None


def returned_message_id(octets: bytes) -> str | None:
    """The Message-ID of the mail that came back, wherever its header stands in these octets."""
    match = _OWN_ID.search(octets)
    return next(iter(message_ids(match[1])), None) if match else None
