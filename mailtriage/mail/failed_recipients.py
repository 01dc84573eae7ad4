"""Finds the address that failed in what a mail system wrote in words.

The trap: such a notice is full of other addresses (ours, the postmaster's, whom to ask for help, everyone in the mail
that came back), so the places are searched in order of how surely they name the failed one, and the first that names
any decides.
"""

import re
from collections.abc import Callable, Iterable

from mailtriage.mail.bounce_words import WORDING, is_robot
from mailtriage.mail.headers import addresses

_PATTERN = (
    r"[a-zа-яё0-9!#$%&*+/=?^_`{|}~.'-]{1,120}@(?:[a-zа-яё0-9_-]{1,63}\.){1,8}(?:[a-zа-яё]{2,24}|xn--[a-z0-9-]{2,59})"
)
_ADDRESS = re.compile(_PATTERN, re.IGNORECASE)
_BEGINS_RETURNED = re.compile(
    r"\n[ \t]*[-=_*]{2,}.{0,40}(?:original|returned|copy|below|unsent|included|message header|forwarded|исходн|копия"
    r"|заголов|возвращ|пересыл|оригинал).{0,80}|\n(?:original|returned|old) message\b.{0,60}:[ \t]*(?=\n)"
    r"|\n(?:исходное|возвращаемое|оригинальное) сообщение\b.{0,60}(?=\n)|\nзаголовки? .{0,40}:(?=\n)"
    r"|\n>?[ \t]?(?:received|return-path|x-mailer|mime-version): ",
    re.IGNORECASE,
)
_LINE = re.compile(
    r"^[\s>*•·–—-]*(?:\d{1,2}[.)]\s{1,4})?(?:(?:(?:failed|final|original|intended|envelope)[ -])?(?:recipient|address"
    r"|user|mailbox|account|rcpt to|receiver|email|адрес|получатель|адресат|пользователь|ящик"
    r"|почтовый ящик)s?\s{0,3}[:=]\s*)?"
    rf"(?:\"[^\"\n]{{0,80}}\"|[^@<>()\[\]:\n]{{0,60}}(?=[<(\[]))?[\s\"'<(\[]*(?:[^\s@]{{0,60}}[=:;])?(?P<address>{_PATTERN})"
    r"(?P<rest>[^\n]*)$",
    re.IGNORECASE,
)
_REST = re.compile(
    r"[>\])\"'}]*\s*(?:$|[:;,(<\[\-–—#|=]|\.\.\.|on \w{3}|\s{2}|\t|(?:was|is|could|did|does|has|failed|not?|user"
    r"|mailbox|unknown|\d{3}|smtp|host|delivery|error|unable|no such|account|не|нет|пользовател\w*|ящик|адрес|ошибка"
    r"|почтов\w+"
    r"|переполнен|отсутств\w+)\b)",
    re.IGNORECASE,
)
_EXPANDED = re.compile(rf"\((?:expanded|generated|forwarded|aliased) from:? ?<?(?P<address>{_PATTERN})", re.IGNORECASE)
_DIALOG = re.compile(rf"rcpt to:? ?<?(?P<address>{_PATTERN})", re.IGNORECASE)
_NAMED = re.compile(
    r"(?:\b(?:to|for|recipient|user|mailbox|account|address|addressed|addressee|для|на|адрес\w*|ящик\w*|получател\w*"
    r"|адресат\w*|пользовател\w*|клиент\w*|домен\w*)\W{0,8})$",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"(?:contact|write to|reply to|respond to|e-?mail to|forward (?:this|it)\b.{0,20}|report\b.{0,20}|questions?"
    r"|assist\w*|help\w*|support|administrator|\bfrom|sender|originator|on behalf of|\bby|mailto|обра(?:тит|щай)\w*"
    r"|пишите|напишите"
    r"|свяж\w+|администратор\w*|отправител\w*|\bот|служб\w+ поддержки|вопрос\w*|mail from|e-?mail|if)\b[^@\n]{0,25}$",
    re.IGNORECASE,
)
_TOLD_TO = re.compile(r"^[ \t]*(?:to|кому|для|a|para)[ \t]*:(?P<addresses>.{0,500})$", re.IGNORECASE | re.MULTILINE)
_TOLD_FIELDS = re.compile(
    r"^[ \t]*(?:from|sender|to|cc|reply-to|от|от кого|кому|копия|отправитель)[ \t]*:.*$", re.IGNORECASE
)
_BARE_NAME = re.compile(r"^[ \t>*-]{1,12}([a-z0-9][a-z0-9._-]{1,63})(?:[ \t]{2,}\S.*|\t.*)?$", re.IGNORECASE)
_LISTED = re.compile(
    r"(?:following|recipients?|addressees?|users?|следующ\w+|получател\w+|адресат\w+)\b(?:[^\n:]"
    r"|\n(?!\n)){0,300}:[ \t]*\n"
    r"|not delivered to",
    re.IGNORECASE,
)
_RETURNED_TO = re.compile(
    rb"^>?[ \t]?(?:to|x-original-to|envelope-to)[ \t]*:[ \t]*([^\r\n]{1,500})", re.IGNORECASE | re.MULTILINE
)
_SAMPLE_NAMES = frozenset({"name", "yourname", "your.name", "username", "login", "имя", "логин"})
_SAMPLE = re.compile(
    r"\b(?:e-?mailing|e-?mail|mail|write|пишите|адрес\w*)(?: to| на| вида)? <?"
    rf"(?P<address>(?:name|username|login|имя|логин)@{_PATTERN.partition('@')[2]})",
    re.IGNORECASE,
)
"""How addresses are formed there, as the notice explains it."""
_MOST = 20


def notice(text: str, ignore: frozenset[str]) -> str:
    """What the mail system itself wrote: up to where the returned message begins, but never without any address."""
    text = text[:20_000]
    shortest = ""
    for match in _BEGINS_RETURNED.finditer(text):
        before = text[: match.start()]
        if any(_counts(one[0].lower(), ignore) for one in _ADDRESS.finditer(before)):
            return before
        shortest = shortest or before
    return shortest or text


def failed_recipients(said: str, returned: bytes, ignore: frozenset[str], domain: str) -> tuple[str, ...]:
    """The failed addresses in a notice, lower-case, at most 20.

    Args:
        said: the notice, without the message that came back.
        returned: header octets of the message that came back, or b"".
        ignore: addresses that cannot have failed, lower-case: the reader's own, the robot's, the notice's recipients.
        domain: the robot's, where the notice names a user without a domain.
    """
    text = "\n".join("" if _TOLD_FIELDS.match(line) else line for line in said.split("\n"))
    places: tuple[Callable[[], Iterable[str]], ...] = (
        lambda: (*_on_lines(text), *_matches(_EXPANDED, text)),
        lambda: _matches(_DIALOG, text),
        lambda: _in_sentences(text, sure=True),
        lambda: _bare_names(said, returned, domain),
        lambda: _in_sentences(text, sure=False),
        lambda: _told_to(said),
        lambda: _returned_to(returned),
    )
    for addresses_there in places:
        kept = tuple(dict.fromkeys(one for raw in addresses_there() if _counts(one := _tidy(raw), ignore)))
        if kept:
            return kept[:_MOST]
    return ()


def lines_name_one(said: str, ignore: frozenset[str]) -> bool:
    """Whether an address that may have failed has a line to itself, as mail systems write it."""
    return any(_counts(_tidy(one), ignore) for one in _on_lines(said))


def _tidy(address: str) -> str:
    address = address.lower().strip("'`.-/=")
    # Exchange writes "SMTP=ivan@..." and X.400 attributes before the address.
    return re.sub(r"^(?:.*[=:/])?(?:smtp|rfc822|email)[=:]", "", address)


def _counts(address: str, ignore: frozenset[str]) -> bool:
    return address not in ignore and not is_robot(address, "") and address.partition("@")[0] not in _SAMPLE_NAMES


def _matches(pattern: re.Pattern[str], text: str) -> Iterable[str]:
    return (match["address"] for match in pattern.finditer(text))


def _on_lines(text: str) -> Iterable[str]:
    """Addresses that have a line to themselves, or open it with the reason behind them."""
    before = ""
    for line in text.split("\n"):
        match = _LINE.match(line[:600])
        if match and _REST.match(match["rest"]) and not _ELSEWHERE.search(before[-60:] if before[-1:] != ":" else ""):
            yield match["address"]
            # `ivan@shop.example, anna@shop.example`
            yield from (one[0] for one in _ADDRESS.finditer(match["rest"]) if match["rest"][:1] in ",;")
        before = line.strip() or before


def _in_sentences(text: str, *, sure: bool) -> Iterable[str]:
    """Addresses inside sentences: the sure ones stand behind "to" or "user", or beside the reason."""
    for match in _ADDRESS.finditer(text):
        before = text[max(0, match.start() - 120) : match.start()]
        if _ELSEWHERE.search(before[-60:]):
            continue
        if not sure or _NAMED.search(before):
            yield match[0]
            continue
        sentence = before.rpartition("\n\n")[2] + text[match.end() : match.end() + 80].partition("\n\n")[0]
        if WORDING.search(sentence):
            yield match[0]


def _told_to(said: str) -> Iterable[str]:
    """The To: of a mail that the notice describes; it was the only recipient, or it is not known which one failed."""
    return (one.address for match in _TOLD_TO.finditer(said) for one in addresses(match["addresses"].encode())[:2])


def _bare_names(said: str, returned: bytes, domain: str) -> Iterable[str]:
    """Users named without a domain, completed by the returned mail, the notice, or the robot's domain."""
    opened = _LISTED.search(said)
    if not opened:
        return
    known = {one.partition("@")[0]: one for one in _returned_to(returned)}
    domains = [match["address"].partition("@")[2] for match in _SAMPLE.finditer(said)] or [domain]
    for line in said[opened.end() :].split("\n")[:20]:
        name = _BARE_NAME.match(line[:200])
        if name and name[1].lower() in known:
            yield known[name[1].lower()]
        elif name:
            yield from (f"{name[1]}@{one}" for one in domains if one)


def _returned_to(returned: bytes) -> tuple[str, ...]:
    found = [one.address.lower() for match in _RETURNED_TO.finditer(returned) for one in addresses(match[1])]
    return tuple(dict.fromkeys(found)) if len(set(found)) == 1 else ()
