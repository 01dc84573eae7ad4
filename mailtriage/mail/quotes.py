"""Which words of a text are the writer's own, which he quotes, and which are a signature or a client's footer.

The trap: cutting is only a view and must never lose what he wrote: answers between and below quotes are his, text is
cut at a heading only when it plainly is one, and a forward of his own earlier mail, sent bare, is his own words, as is
a text that stands behind ">" from end to end with nobody else to quote. What counts as a signature: `signatures`.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from mailtriage.mail.header_blocks import field_kind, header_block
from mailtriage.mail.headings import apart, closing, forwarded, heading, is_quoted
from mailtriage.mail.signatures import signature_lines

_BLANKS = re.compile(r"\n{3,}")
_MARK = re.compile(r"^\s{0,3}(?:>|[A-Za-zА-ЯЁа-яё]{1,3}>|\|\s)\s?")
_TAIL = re.compile(r"^\s*[(<_=&/?%][^\s]*[)>]?[^\w\s]*\s*>?\s*$|^[a-zа-яё][^\n]{0,60}$")
_MAX_LINES = 20_000
"""Lines among which headings and signatures are looked for: nobody writes so many, and each costs a dozen patterns."""
_WRAPPED = 68
"""Characters at which a client, or a server on the way, may have broken a quoted line in two."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The three views over one text; joined they lose nothing but blank lines."""

    new_text: str
    quoted_text: str
    signature: str


def cut(text: str, sender: str = "") -> Cut:
    """Tell own words from quotes, signature and footers.

    Args:
        text: lines separated by LF; quotes behind ">" as plain mail has them.
        sender: the writer's address, by which a forward of his own mail is known.
    """
    marked = _marked(text)
    if marked.views.new_text:
        return marked.views
    lines, marks = marked.lines, marked.marks
    new = _own_forward(lines, marks, sender) if marked.headings else _all_quoted(lines, marks)
    return replace(marked.views, new_text=new)


@dataclass(frozen=True, slots=True)
class _Marked:
    """The lines of a text with a mark for each, and how many headings stood above the quotes."""

    lines: list[str]
    marks: list[str]
    headings: int
    views: Cut


@lru_cache(maxsize=2)
def _marked(text: str) -> _Marked:
    """Asked twice about the same text: whether it says anything, and then what."""
    whole = text.split("\n")
    lines = [part for line in whole[:_MAX_LINES] for part in apart(line)] + whole[_MAX_LINES:]
    marks, headings = _mark_quotes(lines)
    _mark_broken_quotes(lines, marks)
    _mark_signatures(lines, marks)
    views = Cut(*(_joined(lines, marks, kind) for kind in ("new", "quoted", "signature")))
    return _Marked(lines, marks, headings, views)


def _joined(lines: list[str], marks: list[str], wanted: str) -> str:
    """The lines of one kind; stretches that others stand between are paragraphs of their own."""
    if wanted not in marks:
        return ""
    found, last = list[str](), 0
    for index, (line, mark) in enumerate(zip(lines, marks, strict=True)):
        if mark == wanted:
            if index != last + 1:
                found.append("")
            found.append(line.rstrip())
            last = index
    return _BLANKS.sub("\n\n", "\n".join(found)).strip()


def _mark_quotes(lines: list[str]) -> tuple[list[str], int]:
    """A mark for each line, "new" or "quoted", and how many headings stood above the quotes."""
    marks, headings, index = ["new"] * len(lines), 0, 0
    while index < len(lines):
        if is_quoted(lines[index]):
            marks[index] = "quoted"
            index += 1
            continue
        size = heading(lines, index) if index < _MAX_LINES else 0
        if not size:
            index += 1
            continue
        headings += 1
        end = index + size
        following = next((at for at in range(end, len(lines)) if lines[at].strip()), len(lines))
        if following < len(lines) and is_quoted(lines[following]):
            end = following
        else:
            end = next((at + 1 for at in range(end, len(lines)) if closing(lines[at])), len(lines))
        marks[index:end] = ["quoted"] * (end - index)
        index = end
    return marks, headings


def _mark_broken_quotes(lines: list[str], marks: list[str]) -> None:
    """A lone line amid a quote is the quote's own, when it is but the end of the long line above, or of its link."""
    for index in range(1, len(lines) - 1):
        if marks[index] != "new" or marks[index - 1] != "quoted" or marks[index + 1] != "quoted":
            continue
        above, line = lines[index - 1].rstrip(), lines[index]
        if not (is_quoted(lines[index - 1]) and is_quoted(lines[index + 1]) and len(line) < 400 and _TAIL.match(line)):  # noqa: PLR2004 - a paragraph
            continue
        if not line[:1].isalpha() or (len(above) >= _WRAPPED and above[-1] not in ".?!:;"):
            marks[index] = "quoted"


def _mark_signatures(lines: list[str], marks: list[str]) -> None:
    """Look for the signature at the end of each stretch between the quotes."""
    start, before = 0, False
    while start < min(len(lines), _MAX_LINES):
        if marks[start] != "new":
            start += 1
            continue
        end = start
        while end < len(lines) and marks[end] == "new":
            end += 1
        first = max(start, end - _MAX_LINES)
        for index in signature_lines(lines[first:end], before=before or first > start):
            marks[first + index] = "signature"
        before = before or any(marks[at] == "new" and lines[at].strip() for at in range(start, end))
        start = end


def _all_quoted(lines: list[str], marks: list[str]) -> str:
    """His own words, when all of it stands behind ">": a mail without a heading quotes nobody."""
    inside = [_MARK.sub("", line) for line, mark in zip(lines, marks, strict=True) if mark == "quoted"]
    inner, headings = _mark_quotes(inside)
    _mark_signatures(inside, inner)
    return _joined(inside, inner, "new") if headings or "quoted" not in inner else ""


def _own_forward(lines: list[str], marks: list[str], sender: str) -> str:
    """The body of a bare forward, when the forwarded mail was written by the same person."""
    if not sender:
        return ""
    for index, line in enumerate(lines):
        if marks[index] != "quoted" or not (forwarded(line) or header_block(lines, index)):
            continue
        start = next((at for at in range(index, index + 12) if header_block(lines, at, announced=True)), None)
        if start is None:
            continue
        end = start + header_block(lines, start, announced=True)
        fields = [field_kind(one) for one in lines[start:end]]
        if any(kind == "from" and sender.casefold() in value.casefold() for kind, value in fields):
            return cut("\n".join(lines[end:])).new_text
        return ""
    return ""
