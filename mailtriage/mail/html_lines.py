"""Lays out the visible text of an HTML mail in lines: blocks, lists, rows of tables, quotes and signatures.

The trap: what the eye takes for a quote is a border on the left as often as a <blockquote>, and a <blockquote> without
a border is only an indent; and a signature is told from the message by the client's own mark, but only where nothing
the person wrote stands below it, for people write on inside and under their signatures.
"""

import re
from dataclasses import dataclass, field

from mailtriage.mail.headings import heading
from mailtriage.mail.visibility import Style

DROPPED = frozenset(
    """
    head style script template noscript object iframe svg title meta select textarea link audio video
    """.split()  # noqa: SIM905 - words read better than a column of quotes
)
BLOCKS = frozenset(
    """
    address article aside blockquote body center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header
    hr li main nav ol p pre section table tbody td tfoot th thead tr ul
    """.split()  # noqa: SIM905 - words read better than a column of quotes
)
_SPACED = frozenset(
    """
    h1 h2 h3 h4 h5 h6 p ul ol table pre
    """.split()  # noqa: SIM905 - words read better than a column of quotes
)
_WHITESPACE = re.compile(r"[ \t\r\n\f\u00a0]+")
_SIGNATURES = frozenset(
    """
    gmail_signature moz-signature applemailsignature ms-outlook-mobile-signature composer_signature signature
    protonmail_signature_block zmail_signature
    """.split()  # noqa: SIM905 - words read better than a column of quotes
)
_QUOTES = frozenset(
    """
    moz-cite-prefix yahoo_quoted protonmail_quote
    """.split()  # noqa: SIM905 - words read better than a column of quotes
)
_MAX_QUOTES = 8
_MAX_ROW = 60
"""Lines of a table row beyond which nobody looks whether its cells fit on one."""


@dataclass(slots=True)
class _Open:
    """An element that is open."""

    tag: str
    spaced: bool = False
    quotes: bool = False
    signature: int = -1
    """The line where a signature began, or -1."""
    number: int | None = None
    """Of an ordered list: the next number."""
    row: int = -1
    """Of a table row: its first line."""
    cells: list[int] = field(default_factory=list)


class Lines:
    """Collects lines with their quote depth while a tree is walked."""

    def __init__(self) -> None:
        self._lines: list[tuple[int, str]] = []
        self._current: list[str] = []
        self._open: list[_Open] = []
        self._depth = 0
        self._lists = 0
        self._bullet = ""
        self._signatures: list[tuple[int, int]] = []

    def write(self, text: str, *, preformatted: bool) -> None:
        """Add text to the line, its white space as HTML has it."""
        if preformatted:
            for number, line in enumerate(text.replace("\r\n", "\n").split("\n")):
                if number:
                    self._break(empty=True)
                if line:
                    self._current.append(line)
            return
        text = _WHITESPACE.sub(" ", text)
        if text.startswith(" ") and (not self._current or self._current[-1].endswith((" ", "\t"))):
            text = text[1:]
        if text:
            self._current.append(text)

    def enter(self, tag: str, attributes: dict[str, str | None], style: Style) -> None:
        """Open an element."""
        if tag == "br":
            self._break(empty=True)
        elif tag == "img":
            self._emoji(attributes.get("alt") or "")
        elif tag in BLOCKS:
            self._break()
        names = (
            f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower().split()[:20] if attributes else []
        )
        opened = _Open(tag, quotes=_is_quote(tag, names, style))
        opened.spaced = tag in _SPACED and "msonormal" not in names and not _no_margin(style)
        self._depth += opened.quotes
        if not _SIGNATURES.isdisjoint(names) or "data-signature-widget" in attributes:
            self._break()
            opened.signature = len(self._lines)
        if tag in {"ul", "ol"}:
            self._lists += 1
            opened.number = _integer(attributes.get("start"), 1) if tag == "ol" else None
        elif tag == "li":
            self._item(attributes)
        elif tag == "tr":
            opened.row = len(self._lines)
        elif tag in {"td", "th"} and self._open and self._open[-1].tag == "tr":
            self._open[-1].cells.append(len(self._lines))
        self._open.append(opened)

    def leave(self) -> None:
        """Close the element opened last."""
        closed = self._open.pop()
        if closed.tag in BLOCKS or closed.signature >= 0:
            self._break()
        if closed.tag == "tr":
            self._join_cells(closed)
        elif closed.tag == "li":
            self._bullet = ""
        elif closed.tag in {"ul", "ol"}:
            self._lists -= 1
        if closed.spaced and self._lines and self._lines[-1][1] and not self._in_item():
            self._lines.append((self._depth, ""))
        if closed.signature >= 0:
            self._signatures.append((closed.signature, len(self._lines)))
        self._depth -= closed.quotes

    def text(self) -> str:
        """All lines, quotes behind "> ", signatures of clients below "-- "."""
        while self._open:
            self.leave()
        self._break()
        plain = [_prefixed(depth, line) for depth, line in self._lines]
        for start, end in self._signatures[-3:]:
            below = next((at for at in range(end, len(plain)) if plain[at].strip()), None)
            if below is not None and not self._lines[below][0] and not heading(plain, below):
                continue
            inside = next((at for at in range(start, end) if plain[at].strip()), None)
            above = next((at for at in range(start - 1, -1, -1) if plain[at].strip()), None)
            for at in (above, inside):
                if at is not None and plain[at].strip() == "--":
                    plain[at] = "-- "
                    break
            else:
                if inside is not None and not self._lines[inside][0]:
                    plain[inside] = f"-- \n{plain[inside]}"
        return "\n".join(plain)

    def _break(self, *, empty: bool = False) -> None:
        line = "".join(self._current).rstrip()
        self._current = []
        if line.strip() and self._bullet:
            line, self._bullet = self._bullet + line.lstrip(), ""
        if line.strip() or empty:
            self._lines.append((self._depth, line))

    def _emoji(self, alternative: str) -> None:
        """A picture that stands for a sign is read as the sign; other pictures are not text."""
        if 0 < len(alternative) <= 8 and not any(char.isalnum() or char in "[]:" for char in alternative):  # noqa: PLR2004 - one sign with its modifiers
            self._current.append(alternative)

    def _item(self, attributes: dict[str, str | None]) -> None:
        around = next((one for one in reversed(self._open[-4:]) if one.tag in {"ol", "ul"}), None)
        indent = "  " * min(self._lists - 1, 6)
        if around is None or around.number is None:
            self._bullet = f"{indent}- "
            return
        number = _integer(attributes.get("value"), around.number)
        self._bullet, around.number = f"{indent}{number}. ", number + 1

    def _in_item(self) -> bool:
        return bool(self._open) and self._open[-1].tag == "li"

    def _join_cells(self, row: _Open) -> None:
        """Put a row whose cells hold a line each on one line, a tab between them."""
        if len(row.cells) < 2 or len(self._lines) - row.row > _MAX_ROW:  # noqa: PLR2004 - nothing to join
            return
        bounds = zip(row.cells, [*row.cells[1:], len(self._lines)], strict=True)
        cells = [[line for _, line in self._lines[start:end] if line.strip()] for start, end in bounds]
        if any(len(cell) > 1 for cell in cells):
            return
        depth = max((depth for depth, _ in self._lines[row.row :]), default=self._depth)
        joined = "\t".join(cell[0] for cell in cells if cell)
        self._lines[row.row :] = [(depth, joined)] if joined else []


def _prefixed(depth: int, line: str) -> str:
    return f"{'>' * min(depth, _MAX_QUOTES)} {line}".rstrip() if depth else line


def _integer(value: str | None, otherwise: int) -> int:
    return int(value) if value and value.isascii() and value.isdecimal() and len(value) < 7 else otherwise  # noqa: PLR2004 - a number of an item


def _no_margin(style: Style) -> bool:
    margin = style.get("margin-bottom") or style.get("margin", "")
    return margin.startswith("0") and not margin.lstrip("0cpxmtin.").strip()


def _is_quote(tag: str, names: list[str], style: Style) -> bool:
    """Whether an element holds somebody else's text; a blockquote that merely indents does not."""
    if tag not in {"blockquote", "div"}:
        return False
    border = style.get("border-left", "") or style.get("border-left-style", "")
    bordered = bool(border) and not border.startswith(("none", "0", "mediumnone")) and _is_drawn(border)
    if tag == "div":
        return bordered or not _QUOTES.isdisjoint(names)
    if bordered or "gmail_quote" in names or "cite" in names:
        return True
    indented = any(style.get(name, "").startswith(("none", "0")) for name in ("border", "border-left"))
    return not indented and not any("indent" in name for name in names)


def _is_drawn(border: str) -> bool:
    return bool(re.search(r"solid|dotted|dashed|double|groove|ridge|\dp[xt]", border))
