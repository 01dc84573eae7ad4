"""Which words of a text are the writer's own, which he quotes, and which are a signature or a client's footer.

The trap: cutting is only a view and must never lose what he wrote: replies between and below quotes are his, text is
cut at a heading only when it plainly is one, and a forward of his own earlier mail, sent bare, is his own words.
"""

import re
from dataclasses import dataclass

from mailtriage.mail.headings import attribution, forwarded, header_block, separator

_QUOTED = re.compile(r"^\s{0,3}(?:>|[A-Za-zА-ЯЁа-яё]{1,3}>|\|\s)")
_DELIMITER = re.compile(r"^\s{0,2}--\s?$|^\s{0,2}—\s?$")
_FOOTER = re.compile(
    r"^\W{0,6}(?:отправлено|послано|отослано|написано)\s+(?:из|с|со|через|при помощи|с помощью|от)\s.{2,90}$"
    r"|^\W{0,6}(?:это )?(?:письмо|сообщение) (?:было )?отправлено (?:из|с|с помощью) .{2,90}$"
    r"|^\W{0,6}sent (?:from|via|using|with) (?:my |the |mobile |yahoo |mail|outlook|gmail|proton|samsung|yandex"
    r"|airmail|zoho|[a-z.]+\.(?:ru|com)|an? i?p).{0,80}$"
    r"|^\W{0,6}(?:get|download|скачать|загрузить|получить|установить) outlook (?:for|для) .{2,60}$"
    r"|^\W{0,6}(?:mail\.ru|яндекс[. ]почта|rambler|почта mail) (?:для|for|-) ?(?:android|ios|iphone|мобильных).{0,40}$"
    r"|^\W{0,6}(?:без вирусов|virus-free|проверено на вирусы|this email has been checked for viruses)\W.{0,60}$",
    re.IGNORECASE,
)
_DEVICE = re.compile(
    r"iphone|ipad|android|телефон|смартфон|мобильн|приложени|почт|mail|outlook|samsung|huawei|honor|xiaomi|redmi"
    r"|poco|realme|oneplus|nokia|планшет"
    r"|galaxy|pixel|устройств|windows|blackberry|thunderbird|yandex|яндекс|gmail|рамблер|rambler|the bat|myoffice"
    r"|webmail|клиент",
    re.IGNORECASE,
)
_FROM_LINE = re.compile(r"^\W*(?:от(?: кого)?|from|отправитель)\W*:", re.IGNORECASE)
_BLANKS = re.compile(r"\n{3,}")
_MAX_LINES = 20_000
_SIGNATURE_LINES = 12
_SIGNATURE_SIZE = 900


@dataclass(frozen=True, slots=True)
class Cut:
    """The three views over one text; joined they lose nothing but blank lines."""

    new_text: str
    quoted_text: str
    signature: str


def is_footer(line: str) -> bool:
    """Whether a line was added by a mail client ("Отправлено с iPhone")."""
    return bool(len(line) < 140 and _FOOTER.match(line) and _DEVICE.search(line))  # noqa: PLR2004 - longer is prose


def cut(text: str, sender: str = "") -> Cut:
    """Tell own words from quotes, signature and footers.

    Args:
        text: lines separated by LF; quotes behind ">" as plain mail has them.
        sender: the writer's address, by which a forward of his own mail is known.
    """
    lines = text.split("\n")[:_MAX_LINES]
    marks = _mark_quotes(lines)
    _mark_signatures(lines, marks)
    new = _joined(lines, marks, "new")
    if not new:
        new = _own_forward(lines, marks, sender)
    return Cut(new, _joined(lines, marks, "quoted"), _joined(lines, marks, "signature"))


def _joined(lines: list[str], marks: list[str], wanted: str) -> str:
    text = "\n".join(line.rstrip() for line, mark in zip(lines, marks, strict=True) if mark == wanted)
    return _BLANKS.sub("\n\n", text).strip()


def _mark_quotes(lines: list[str]) -> list[str]:
    marks = ["new"] * len(lines)
    index = 0
    while index < len(lines):
        if _QUOTED.match(lines[index]):
            marks[index] = "quoted"
            index += 1
            continue
        size = attribution(lines, index)
        if size:
            following = next((at for at in range(index + size, len(lines)) if lines[at].strip()), len(lines))
            if following < len(lines) and _QUOTED.match(lines[following]):
                marks[index:following] = ["quoted"] * (following - index)
                index = following
                continue
            marks[index:] = ["quoted"] * (len(lines) - index)
            break
        if separator(lines, index) or header_block(lines, index):
            marks[index:] = ["quoted"] * (len(lines) - index)
            break
        index += 1
    return marks


def _mark_signatures(lines: list[str], marks: list[str]) -> None:
    """Mark footers, and what follows a "--" line up to the next quote, where it is short enough to be a signature."""
    for index, line in enumerate(lines):
        if marks[index] == "new" and is_footer(line):
            marks[index] = "signature"
    for index, line in enumerate(lines):
        if marks[index] != "new" or not _DELIMITER.match(line):
            continue
        end = next((at for at in range(index, len(lines)) if marks[at] == "quoted"), len(lines))
        block = [
            one
            for one, mark in zip(lines[index + 1 : end], marks[index + 1 : end], strict=True)
            if one.strip() and mark == "new"
        ]
        before = any(one.strip() for one, mark in zip(lines[:index], marks[:index], strict=True) if mark == "new")
        if not block or (before and len(block) <= _SIGNATURE_LINES and sum(map(len, block)) <= _SIGNATURE_SIZE):
            for at in range(index, end):
                marks[at] = "signature"


def _own_forward(lines: list[str], marks: list[str], sender: str) -> str:
    """The body of a bare forward, when the forwarded mail was written by the same person."""
    if not sender:
        return ""
    for index, line in enumerate(lines):
        if marks[index] != "quoted" or not (forwarded(line) or header_block(lines, index)):
            continue
        size = next(
            (n for n in range(12) if (n and header_block(lines, index + n)) or (not n and header_block(lines, index))),
            None,
        )
        if size is None:
            continue
        start = index + size
        length = header_block(lines, start)
        heading = "\n".join(one for one in lines[start : start + length] if _FROM_LINE.match(one))
        if sender.casefold() in heading.casefold():
            rest = "\n".join(lines[start + length :])
            return cut(rest).new_text
        return ""
    return ""
