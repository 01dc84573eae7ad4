"""The words in the XML of office documents, taken from the stream of its events.

The trap: a tree of a million nested elements costs gigabytes and minutes, and entities unfold without end: nothing is
built here, depth and text are counted, and a document type with entities is refused.
"""

from collections.abc import Sequence
from xml.parsers import expat

from mailtriage.attachments.file import MAX_TEXT

_MAX_DEPTH = 500
_BREAKS = frozenset({"p", "br", "tr", "row", "h", "table-row", "si", "line-break"})
_GAPS = frozenset({"tab", "tc", "c", "table-cell", "s"})
_HIDDEN = frozenset({"instrText", "delText", "rPh"})
_VALUES = frozenset({"v", "t"})


class Bomb(Exception):  # noqa: N818 - what the document is
    """It unfolds into more than is read."""


class _Enough(Exception):  # noqa: N818 - private: ends the parsing
    """As much text as is kept."""


class _Words:
    """Running text in document order; paragraphs end lines."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.depth = self.size = self.hidden = 0

    def start(self, tag: str, _attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise Bomb
        self.hidden += tag in _HIDDEN
        if tag in _GAPS:
            self.out.append(" ")

    def end(self, tag: str) -> None:
        self.depth -= 1
        self.hidden -= tag in _HIDDEN
        if tag in _BREAKS:
            self.out.append("\n")

    def data(self, text: str) -> None:
        if not self.hidden:
            self.say(text)

    def say(self, text: str) -> None:
        self.out.append(text)
        self.size += len(text)
        if self.size > MAX_TEXT:
            raise _Enough


class _Strings(_Words):
    """The shared strings of a workbook, each by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.strings: list[str] = []

    def end(self, tag: str) -> None:
        super().end(tag)
        if tag == "si":
            self.strings.append("".join(self.out).strip("\n"))
            self.out = []


class _Cells(_Words):
    """The values of a sheet, row by row; a cell of type "s" holds the number of a shared string."""

    def __init__(self, strings: Sequence[str]) -> None:
        super().__init__()
        self.strings = strings
        self.shared = False
        self.value: list[str] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        super().start(tag, attributes)
        if tag == "c":
            self.shared = attributes.get("t") == "s"
        elif tag in _VALUES:
            self.value = []

    def data(self, text: str) -> None:
        if self.value is not None:
            self.value.append(text)

    def end(self, tag: str) -> None:
        super().end(tag)
        if tag in _VALUES and self.value is not None:
            value, self.value = "".join(self.value), None
            known = self.shared and value.isdecimal() and int(value[:9]) < len(self.strings)
            self.say(self.strings[int(value)] if known else value)


def running_text(xml: bytes) -> str:
    """The words of a text document, a slide or an ODF sheet.

    Raises:
        Bomb: nested too deep, or with entities.
        expat.ExpatError: no XML.
    """
    words = _Words()
    _parse(xml, words)
    return "".join(words.out)


def shared_strings(xml: bytes) -> list[str]:
    """The strings of xl/sharedStrings.xml; raises as `running_text`."""
    words = _Strings()
    _parse(xml, words)
    return words.strings


def sheet_text(xml: bytes, strings: Sequence[str]) -> str:
    """The values of a worksheet, one line a row; raises as `running_text`."""
    cells = _Cells(strings)
    _parse(xml, cells)
    return "".join(cells.out)


def _parse(xml: bytes, words: _Words) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda tag, attributes: words.start(tag.rpartition(":")[2], attributes)
    parser.EndElementHandler = lambda tag: words.end(tag.rpartition(":")[2])
    parser.CharacterDataHandler = words.data
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(xml, True)  # noqa: FBT003 - the C function takes no keywords
    except _Enough:
        return


def _refuse(*_declaration: object) -> None:
    """A document type is where entities are declared; no office program writes one."""
    raise Bomb
