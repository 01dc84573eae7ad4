"""The lines that mail clients put above what they quote: attributions, separators, header blocks.

The trap: people write "вы писали:" and "10 августа я написал:" themselves, so an attribution needs what only a client
writes beside its verb (a time, an address, or ">" on the next line) and nothing that only a person says ("я", "мне").
"""

import re
from itertools import islice

from mailtriage.language.sparse import sparse
from mailtriage.mail.header_blocks import BRACKETED, MAILBOX, TIME, field_kind, header_block

QUOTED = re.compile(r"^\s{0,3}(?:>(?!.{0,200}<<\s*$)|[A-Za-zА-ЯЁа-яё]{1,3}>|\|\s(?=[^|]*$))")
"""A line marked as quoted: "> text", "ИП> text" (The Bat!), "| text"; a table or ">> an advertisement <<" is none."""
_DATE = sparse(
    r"(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}\W{1,3}[^\W\d]{3,10}\.?,?[\s-]+(?:19"
    r"|20)\d\d|[^\W\d]{3,10}\.?\s\d{1,2},?\s(?:19|20)\d\d|\d{4}年\d{1,2})(?!\d)",
    re.IGNORECASE,
)
_DIGITS_OF_DATE = re.compile(r"\d(?:[./-]\d|[09]\d\d|年)")
"""What stands in every date: two numbers beside each other, or a year."""
_DAY = re.compile(
    r"\d{1,2}\s(?:янв|фев|мар|апр|мая|май|июн|июл|авг|сен|окт|ноя|дек|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)",
    re.IGNORECASE,
)
_FOREIGN_VERB = (
    r"wrote|writes|written|a écrit|schrieb|geschrieben|(?:het volgende )?geschreven|escribió|ha scritto|escreveu"
    r"|schreef|skrev|skrifaði|napisał|napisała|pisze|kirjoitti|napsal|yazdı|viết|đã viết"
)
_CLIENTS_VERB = rf"пи[сш](?:ал|ала|али|ет|ете)|написал[аи]?|написав|пише|{_FOREIGN_VERB}"
_WROTE = sparse(
    rf"\b(?:{_CLIENTS_VERB}|сообщила?|ответила?|сообщает|отправила?|sent)(?:\s?\(-?л?а\)|\(l?a\))?(?!\w)", re.IGNORECASE
)
_WROTE_LAST = re.compile(rf"\b(?:{_CLIENTS_VERB})(?:\s?\(-?л?а\))?\s*[:：]?$", re.IGNORECASE)
_CLIENT_SHAPE = re.compile(
    rf"\b(?:{_CLIENTS_VERB})(?:\s?\(-?л?а\))?\s*[:：]$"
    r"|\b(?:вы писали|(?:на)?писал\s?\(-?л?а\)|пишет|wrote),?\s(?:в\s|on\s)?\W{0,2}(?:[^\W\d]{2,12},?\s)?\d.{0,40}:$"
    r"|\b(?:на)?писал[аи]? \d{4}-\d\d-\d\d.{0,20}:$",
    re.IGNORECASE,
)
_RUSSIAN_WORD = re.compile(r"[а-яё]{4}")
_FOREIGN = re.compile(rf"\b(?:{_FOREIGN_VERB})\b", re.IGNORECASE)
_CLIENTS = re.compile(rf"\b(?:{_CLIENTS_VERB})(?!\w)", re.IGNORECASE)
_PERSONAL = re.compile(
    r"\b(?:я|мне|меня|мной|мы|нам|нас|мой|моя|моё|мои|моего|не|что|это|уже|почему|когда|пожалуйста)\b"
    r"|\bI\b(?![.'])|\b(?:my|me|we|that|please)\b",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[:：>]\s*\**\s*$|\b(?:wrote|написал(?:\(а\)|а)?|пишет)\s*-*\s*$", re.IGNORECASE)
_LAST = frozenset(":：>)eлат")
"""What stands last in whatever `_ENDS` finds, but for the dashes and stars behind it."""
_STARTS = re.compile(
    r"(?:On|Le|Am|El|Il|Em|Op|Den|W dniu)\s|(?:в\s)?(?:пн|вт|ср|чт|пт|сб|вс|понедельник|вторник|сред[ау]|четверг"
    r"|пятниц[ау]|суббот[ау]|воскресенье)\b|\d{1,4}[\s./年-]|(?:mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul"
    r"|aug|sep|oct|nov|dec)",
    re.IGNORECASE,
)
_ON = re.compile(r"(?:On|Le|Am|El|Il|Em|Op|Den|W dniu)\s")
_BEHIND = re.compile(
    r"(?<=\w)-{2,}\s*(?=On\s)|(?<=\S)\s{1,3}(?=On\s(?:[^\W\d]{3,9},?\s\w|\d))"
    r"|(?<=[.!?])\s{1,3}(?=[Вв]ы писали|\d{1,2}[.\s])|(?<=\w)\s{0,3}(?=-{4,}\s?[A-ZА-ЯЁ])"
)
_DASHED = re.compile(r"^[-_=*\s]{2,}([^-_=*\s].{0,300}?)\s?-{2,}:?$")
_MAX_ATTRIBUTION = 400
_SEPARATOR = re.compile(
    r"^\s*(?:[-_=*~ >]{2,}\s*)(?:исходное|первоначальное|оригинальное|пересылаемое|пересланное|переадресованное"
    r"|перенаправленное|исходный текст|текст исходного|исходящее|original|forwarded|ursprüngliche|originele?"
    r"|message d'origine|mensaje original|messaggio original[ei]|mensagem original|oprindelig|alkuperäinen|replied"
    r"|вихідне|початкове|оригінальне|переслане)\b[^\n]{0,60}?[-_=*~ ]{2,}:?\s*$"
    r"|^\s*[-_=*~]{2,}\s*(?:исходное|первоначальное|пересылаемое|пересланное|перенаправленное|original|forwarded)\s+"
    r"(?:сообщение|письмо|message|mail)\b.{0,80}$"
    r"|^[-=]{2,}\s?8<[-=]{2,}"
    r"|^\s*[>*]*\s*(?:начало (?:переадресованного|пересланного|пересылаемого) сообщения|begin forwarded message"
    r"|(?:это )?(?:пересылаемое|пересланное|перенаправленное|исходное) (?:сообщение|письмо)|forwarded message"
    r"|original message)\s*[:*]*\s*$",
    re.IGNORECASE,
)
_FORWARDED = re.compile(r"пересыл|переслан|переадрес|перенаправ|forwarded", re.IGNORECASE)
_CLOSING = re.compile(
    r"^\s*[-_=*~]{2,}.{0,3}\s*(?:завершение|конец|окончание|end of)\s.{0,80}?(?:сообщени|письм|текст|message|text)",
    re.IGNORECASE,
)
_RULE = re.compile(r"^\s*[_\-=*]{2,}\s*$")


def is_quoted(line: str) -> bool:
    """Whether a line is marked as somebody else's."""
    return bool(QUOTED.match(line))


def heading(lines: list[str], index: int) -> int:
    """How many lines the heading of a quote takes that starts here, 0 where none does."""
    line = lines[index]
    if not line.strip():
        return 0
    size = attribution(lines, index) or _separated(lines, index)
    # Where the field above began no block, this one begins none: it would be a part of it.
    return size or (0 if index and field_kind(lines[index - 1])[0] else header_block(lines, index))


def apart(line: str) -> tuple[str, ...]:
    """A line, or two where a client put its heading behind the writer's last words ("спасибо On Wed, ... wrote:")."""
    if len(line) > _MAX_ATTRIBUTION or not line.rstrip(" *").endswith((":", "-", "wrote")) or is_quoted(line):
        return (line,)
    for match in islice(_BEHIND.finditer(line), 4):
        own, rest = line[: match.start()].rstrip(), line[match.end() :]
        if attribution([rest], 0) or _SEPARATOR.match(rest):
            return (own, rest)
    return (line,)


def forwarded(line: str) -> bool:
    """Whether a separator line says that a mail is passed on rather than answered."""
    return bool(len(line) <= 200 and _SEPARATOR.match(line) and _FORWARDED.search(line))  # noqa: PLR2004 - else prose


def closing(line: str) -> bool:
    """Whether a line says that the forwarded text ends here, as Yandex writes it."""
    return bool(len(line) <= 200 and _CLOSING.match(line))  # noqa: PLR2004 - else prose


def _separated(lines: list[str], index: int) -> int:
    """The size of a separator ("-----Исходное сообщение-----") or of a rule, with the heading that it announces."""
    line = lines[index]
    if len(line) > 200:  # noqa: PLR2004 - a paragraph
        return 0
    separator = bool(_SEPARATOR.match(line))
    if not separator and not _RULE.match(line):
        return 0
    following = _content(lines, index + 1, 3)
    if following is None:
        return int(separator)
    if separator:
        size = header_block(lines, following, announced=True) or attribution(lines, following)
        return following + size - index if size else 1
    size = header_block(lines, following)
    # Yandex: a rule, "Кому: ...;", "Тема: ...;", and only then its attribution.
    at = following
    while not size and at < min(len(lines), following + 4) and field_kind(lines[at])[0]:
        at += 1
        size = attribution(lines, at) if at < len(lines) else 0
    return (max(at, following) + size - index) if size else 0


def _content(lines: list[str], start: int, reach: int) -> int | None:
    """The first line with something on it, no further than `reach` lines away."""
    return next((at for at in range(start, min(start + reach, len(lines))) if lines[at].strip()), None)


def attribution(lines: list[str], index: int) -> int:
    """How many lines an attribution that starts here takes ("Иван писал(а) 10.08.2026:"), 0 where none does."""
    first = lines[index].strip()
    if not first or len(first) > _MAX_ATTRIBUTION or first.startswith(("http://", "https://")):
        return 0
    # Nearly all lines neither open one nor end as one.
    reach = 5 if _opens(first) or _continued(lines, index) else int(_ends(first))
    joined = ""
    for at in range(index, min(index + reach, len(lines))):
        line = lines[at].strip()
        unclosed = joined.count("<") > joined.count(">")
        if at > index and ((not line and not unclosed) or (line.startswith(">") and not unclosed)):
            return 0
        joined = f"{joined} {line}".strip()
        if len(joined) > _MAX_ATTRIBUTION:
            return 0
        if _ends(joined) and not _goes_on(lines, at, joined):
            following = _content(lines, at + 1, 4)
            quoted = following is not None and is_quoted(lines[following])
            return at - index + 1 if _is_attribution(joined, quoted=quoted) else 0
    return 0


def _ends(joined: str) -> bool:
    """Whether lines end as an attribution does; most end with a full stop, and are not gone through."""
    last = joined.rstrip("*- ")[-1:]
    return bool((last.isspace() or last.lower() in _LAST) and _ENDS.search(joined))


def _goes_on(lines: list[str], at: int, joined: str) -> bool:
    """Whether an address is still open, or the verb stands on the next line, below the address."""
    if joined.count("<") > joined.count(">") + joined.count("<mailto:"):
        return True
    following = lines[at + 1].strip() if at + 1 < len(lines) else ""
    return joined.endswith(">") and len(following) < 40 and bool(_WROTE_LAST.search(following))  # noqa: PLR2004 - a verb


def _opens(line: str) -> bool:
    """Whether a first line may be continued on the next: only one with a date, or "On ...", earns the look."""
    return bool(_ON.match(line) or ("@" in line and MAILBOX.search(line))) or _dated(line)


def _dated(line: str) -> bool:
    """Whether a date stands in a line; most lines have no such digits."""
    return bool(_DIGITS_OF_DATE.search(line) and _DATE.search(line))


def _continued(lines: list[str], at: int) -> bool:
    """Whether a short line goes on with a date: "Служба поддержки писал(а)" above "2026-08-10 14:43:"."""
    return at + 1 < len(lines) and _dated(lines[at + 1][:100]) and bool(_WROTE.search(lines[at][:200]))


def _is_attribution(line: str, *, quoted: bool) -> bool:  # noqa: PLR0911 - one return a shape of the clients
    """Whether joined lines are one, `quoted` when ">" follows them."""
    dashed = _DASHED.match(line)
    wrote = bool(_WROTE.search(line))
    if not wrote and "@" not in line and not quoted:
        return False
    line = (dashed[1] if dashed else line).strip(" *")
    dated, timed = _dated(line), bool(TIME.search(line))
    mailbox, bracketed = bool(MAILBOX.search(line)), bool(BRACKETED.search(line))
    last = wrote and bool(_WROTE_LAST.search(line))
    personal = bool(_PERSONAL.search(MAILBOX.sub("", line)))
    if dashed:
        return last and not personal
    if not line.endswith((":", "：")):
        # "2026-08-10 14:43 GMT+03:00 Иван <a@b>" and "On ... wrote", without a colon.
        if not dated or len(line) >= 160:  # noqa: PLR2004 - a paragraph
            return False
        return bracketed and ((line.endswith(">") and (timed or quoted)) or (last and timed))
    if bracketed and dated and _STARTS.match(line):
        return True
    if mailbox and ((dated and (timed or wrote)) or (wrote and (timed or last or quoted))):
        return bracketed or not personal
    if personal or len(line) > 200:  # noqa: PLR2004 - a paragraph
        return False
    return _is_nameless(line, quoted=quoted, dated=dated, timed=timed)


def _is_nameless(line: str, *, quoted: bool, dated: bool, timed: bool) -> bool:
    """Whether a line without an address is an attribution: by the verb of a client beside a date or a time."""
    if not _CLIENTS.search(line):
        # Above ">" a date with its time is enough: "wrote" has as many words as there are languages. Russian is known.
        return quoted and dated and timed and not _RUSSIAN_WORD.search(line)
    last = bool(_WROTE_LAST.search(line))
    if dated and _STARTS.match(line) and _FOREIGN.search(line) and (timed or last):
        return True
    if timed and (dated or _DAY.search(line) or _STARTS.match(line)):
        return quoted or (bool(_CLIENT_SHAPE.search(line)) and not _is_told(line))
    if dated:
        return quoted or "(а)" in line
    return quoted and (last or line.lower().startswith("вы писали")) and line.count(" ") < 9  # noqa: PLR2004


def _is_told(line: str) -> bool:
    """Whether a person tells who wrote and when ("10.08.2026 14:43 оператор написала:"): no name begins so small."""
    time = TIME.search(line)
    subject = line[time.end() :].lstrip(" ,.;-–") if time else ""
    return subject[:1].islower() and not subject.startswith(("пользователь", "вы ", "от "))
